//! A pool of working memory for hashing.
//!
//! Without the pool, glibc keeps the freed 19 MiB of each hash per blocking thread: 66 concurrent sign-ins with
//! two permits left 650 MB allocated.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Block, HasherError};

/// Lends buffers. Allocates a buffer only if all others are in use.
pub(crate) struct MemoryPool {
    blocks: usize,
    free: Mutex<Vec<Vec<Block>>>,
}

impl MemoryPool {
    /// Creates an empty pool of buffers of `blocks` blocks of 1 KiB.
    pub(crate) const fn new(blocks: usize) -> Self {
        Self { blocks, free: Mutex::new(Vec::new()) }
    }

    /// Lends at least `blocks` blocks to `work`, then wipes them. A request above the pool's buffer size, for an
    /// imported hash, gets a new buffer that is freed afterwards.
    pub(crate) fn lend<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> Result<T, HasherError> {
        if blocks > self.blocks {
            return Ok(work(&mut allocate(blocks)?));
        }
        let kept = self.free().pop();
        let mut memory = kept.map_or_else(|| allocate(self.blocks), Ok)?;
        let result = work(&mut memory);
        memory.fill(Block::new());
        self.free().push(memory);
        Ok(result)
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
    fn lend_again_reuses_the_wiped_buffer() {
        let pool = MemoryPool::new(8);
        let empty_block = Block::new();
        assert!(pool.free().is_empty(), "no buffer is allocated before the first use");
        let first = pool.lend(8, |memory| {
            for block in memory.iter_mut() {
                block.as_mut().fill(7);
            }
            memory.as_ptr()
        });
        let second = pool.lend(4, |memory| {
            assert!(memory.iter().all(|block| block.as_ref() == empty_block.as_ref()));
            memory.as_ptr()
        });
        assert_eq!(first, second);
        assert_eq!(pool.lend(16, |memory| memory.len()), Ok(16));
        assert_eq!(pool.free().len(), 1, "an oversized buffer is not kept");
    }

    #[test]
    fn lend_nested_allocates_two_buffers() {
        let pool = MemoryPool::new(8);
        for _ in 0..3 {
            pool.lend(8, |_| pool.lend(8, |_| ())).unwrap().unwrap();
        }
        assert_eq!(pool.free().len(), 2);
    }
}
