//! The working memory of hashes, kept and used again.
//!
//! Giving 19 MiB back after each hash does not bound memory: an allocator with an arena for each
//! thread (glibc) keeps it for that thread, and blocking threads are many. 66 sign-ins at once were
//! seen to leave 650 MB behind on two permits.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Block, HasherError};

/// Hands out working memory; at most as many pieces come to exist as are used at the same time.
pub(crate) struct MemoryPool {
    blocks: usize,
    free: Mutex<Vec<Vec<Block>>>,
}

impl MemoryPool {
    /// Memory for hashes of up to `blocks` blocks of 1 KiB; none is taken before it is needed.
    pub(crate) const fn new(blocks: usize) -> Self {
        Self { blocks, free: Mutex::new(Vec::new()) }
    }

    /// Lends at least `blocks` blocks and wipes them afterwards. What is larger than the pool's own
    /// (a hash brought along from another system) is given back to the operating system.
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
    fn memory_is_used_again_and_holds_nothing_of_the_hash_before() {
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
    fn as_many_pieces_exist_as_are_used_at_the_same_time() {
        let pool = MemoryPool::new(8);
        for _ in 0..3 {
            pool.lend(8, |_| pool.lend(8, |_| ())).unwrap().unwrap();
        }
        assert_eq!(pool.free().len(), 2);
    }
}
