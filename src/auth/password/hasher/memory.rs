//! A pool of working memory for hashing.
//!
//! Without the pool, glibc keeps the freed 19 MiB of each hash per blocking thread: 66 concurrent sign-ins with
//! two permits left 650 MB allocated.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Block, HasherError};

/// Lends buffers. Allocates a buffer only if all others are in use.
pub(crate) struct MemoryPool {
    blocks: usize,
    free: Mutex<Free>,
}

#[derive(Default)]
struct Free {
    wiped: Vec<Vec<Block>>,
    /// Contain data of the hashes that used them.
    used: Vec<Vec<Block>>,
}

impl MemoryPool {
    /// Creates an empty pool of buffers of `blocks` blocks of 1 KiB.
    pub(crate) fn new(blocks: usize) -> Self {
        Self { blocks, free: Mutex::default() }
    }

    /// Lends at least `blocks` blocks to `work`, which overwrites them: they may contain data of another hash until
    /// [`wipe`](Self::wipe). A request above the pool's buffer size, for an imported hash, gets a new buffer that is
    /// freed afterwards.
    pub(crate) fn lend<T>(&self, blocks: usize, work: impl FnOnce(&mut [Block]) -> T) -> Result<T, HasherError> {
        if blocks > self.blocks {
            return Ok(work(&mut allocate(blocks)?));
        }
        let kept = self.free().take();
        let mut memory = kept.map_or_else(|| allocate(self.blocks), Ok)?;
        let result = work(&mut memory);
        self.free().used.push(memory);
        Ok(result)
    }

    /// Overwrites the data of hashes in all buffers that are not in use. Takes 2 ms per buffer of 19 MiB, in which no
    /// buffer can be borrowed: call it when no hash is waiting.
    pub(crate) fn wipe(&self) {
        let mut free = self.free();
        let Free { wiped, used } = &mut *free;
        for buffer in &mut *used {
            buffer.fill(Block::new());
        }
        wiped.append(used);
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Free {
    fn take(&mut self) -> Option<Vec<Block>> {
        self.used.pop().or_else(|| self.wiped.pop())
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
    fn lend_again_reuses_the_buffer() {
        let pool = MemoryPool::new(8);
        assert!(pool.free().take().is_none(), "no buffer is allocated before the first use");
        let first = pool.lend(8, |memory| memory.as_ptr());
        let second = pool.lend(4, |memory| memory.as_ptr());
        pool.wipe();
        let third = pool.lend(8, |memory| memory.as_ptr());
        assert_eq!((first, first), (second, third));
        assert_eq!(pool.lend(16, |memory| memory.len()), Ok(16));
        assert_eq!(pool.free().used.len(), 1, "an oversized buffer is not kept");
    }

    #[test]
    fn wipe_clears_every_free_buffer() {
        let pool = MemoryPool::new(8);
        let write = |memory: &mut [Block]| memory.iter_mut().for_each(|block| block.as_mut().fill(7));
        pool.lend(8, |memory| {
            write(memory);
            pool.lend(8, write)
        })
        .unwrap()
        .unwrap();
        pool.wipe();
        let free = pool.free();
        assert_eq!((free.wiped.len(), free.used.len()), (2, 0));
        assert!(free.wiped.iter().flatten().all(|block| block.as_ref() == Block::new().as_ref()));
    }

    #[test]
    fn lend_nested_allocates_two_buffers() {
        let pool = MemoryPool::new(8);
        for _ in 0..3 {
            pool.lend(8, |_| pool.lend(8, |_| ())).unwrap().unwrap();
        }
        assert_eq!(pool.free().used.len(), 2);
    }
}
