//! A pool of working memory for hashing.
//!
//! Freeing 19 MiB after each hash does not bound memory: glibc keeps freed memory per thread, and there are many
//! blocking threads. 66 concurrent sign-ins left 650 MB allocated with two permits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Block, HasherError};

/// Lends working memory. Has at most as many buffers as are used at the same time.
pub(crate) struct MemoryPool {
    blocks: usize,
    free: Mutex<Vec<Vec<Block>>>,
}

impl MemoryPool {
    /// A pool of buffers of `blocks` blocks of 1 KiB, allocated when first used.
    pub(crate) const fn new(blocks: usize) -> Self {
        Self { blocks, free: Mutex::new(Vec::new()) }
    }

    /// Lends at least `blocks` blocks, and wipes them afterwards. A larger buffer, for an imported hash, is
    /// freed.
    pub(crate) fn lend<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> Result<T, HasherError> {
        if blocks > self.blocks {
            return Ok(work(&mut allocate(blocks)?));
        }
        let kept = self.free().pop();
        let mut memory = kept.map_or_else(|| allocate(self.blocks), Ok)?;
        let done = work(&mut memory);
        memory.fill(Block::new());
        self.free().push(memory);
        Ok(done)
    }

    fn free(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn allocate(blocks: usize) -> Result<Vec<Block>, HasherError> {
    let mut memory = Vec::new();
    memory.try_reserve_exact(blocks).map_err(|_| HasherError::Unavailable)?;
    memory.resize(blocks, Block::new());
    Ok(memory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_reused_and_wiped() {
        let pool = MemoryPool::new(8);
        let written = Block::new();
        assert!(pool.free().is_empty(), "none is taken before it is needed");
        let first = pool.lend(8, |memory| {
            for block in memory.iter_mut() {
                block.as_mut().fill(7);
            }
            memory.as_ptr()
        });
        let second = pool.lend(4, |memory| {
            assert!(memory.iter().all(|block| block.as_ref() == written.as_ref()));
            memory.as_ptr()
        });
        assert_eq!(first, second);
        assert_eq!(pool.lend(16, |memory| memory.len()), Ok(16));
        assert_eq!(pool.free().len(), 1, "an oversized one is not kept");
    }

    #[test]
    fn pool_has_as_many_buffers_as_used_at_once() {
        let pool = MemoryPool::new(8);
        for _ in 0..3 {
            pool.lend(8, |_| pool.lend(8, |_| ())).unwrap().unwrap();
        }
        assert_eq!(pool.free().len(), 2);
    }
}
