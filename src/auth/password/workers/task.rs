//! A piece of work whose caller waits for the result.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::WorkError;

/// Work whose caller waits for the result.
pub(super) trait Task: Send {
    /// Whether the caller no longer waits.
    fn is_abandoned(&self) -> bool;
    /// Runs the work, calls `finished`, and answers.
    fn run(self: Box<Self>, finished: &dyn Fn());
    /// Answers that the queue is full.
    fn refuse(self: Box<Self>);
}

/// Work, and the way to its caller.
pub(super) struct Answered<F, T> {
    /// The work.
    pub(super) work: F,
    /// Receives the result. An answer that cannot be delivered is dropped: the caller has gone.
    pub(super) answer: oneshot::Sender<Result<T, WorkError>>,
}

impl<F: FnOnce() -> T + Send, T: Send> Task for Answered<F, T> {
    fn is_abandoned(&self) -> bool {
        self.answer.is_closed()
    }

    fn run(self: Box<Self>, finished: &dyn Fn()) {
        // A panic ends only this piece of work. The panic hook has logged it.
        let result = catch_unwind(AssertUnwindSafe(self.work)).map_err(|_| WorkError::Failed);
        // The permit is free before the caller continues with its next piece of work.
        finished();
        let _ = self.answer.send(result);
    }

    fn refuse(self: Box<Self>) {
        let _ = self.answer.send(Err(WorkError::Full));
    }
}
