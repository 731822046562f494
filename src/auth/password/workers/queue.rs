//! A queue that is fair to networks.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};

/// Jobs by network. The networks take turns; the jobs of one network are first in, first out.
pub(super) struct FairQueue<K, J> {
    jobs: HashMap<K, VecDeque<J>>,
    /// The networks with jobs, in the order of their turns.
    turns: VecDeque<K>,
    len: usize,
}

impl<K, J> Default for FairQueue<K, J> {
    fn default() -> Self {
        Self { jobs: HashMap::new(), turns: VecDeque::new(), len: 0 }
    }
}

impl<K: Copy + Eq + Hash, J> FairQueue<K, J> {
    /// The number of jobs.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Appends a job to those of its network. A network without jobs gets the last turn.
    pub(super) fn push(&mut self, network: K, job: J) {
        let jobs = self.jobs.entry(network).or_default();
        if jobs.is_empty() {
            self.turns.push_back(network);
        }
        jobs.push_back(job);
        self.len += 1;
    }

    /// Removes the first job that `admits` accepts. Its network then gets the last turn; networks without such a job
    /// keep their turns.
    pub(super) fn pop(&mut self, mut admits: impl FnMut(&J) -> bool) -> Option<J> {
        for turn in 0..self.turns.len() {
            let network = *self.turns.get(turn)?;
            let jobs = self.jobs.get_mut(&network)?;
            let Some(position) = jobs.iter().position(&mut admits) else { continue };
            let job = jobs.remove(position)?;
            self.turns.remove(turn);
            if jobs.is_empty() {
                self.jobs.remove(&network);
            } else {
                self.turns.push_back(network);
            }
            self.len -= 1;
            return Some(job);
        }
        None
    }

    /// Removes all jobs that `keep` rejects.
    pub(super) fn retain(&mut self, mut keep: impl FnMut(&J) -> bool) {
        for jobs in self.jobs.values_mut() {
            jobs.retain(&mut keep);
        }
        self.jobs.retain(|_, jobs| !jobs.is_empty());
        self.turns.retain(|network| self.jobs.contains_key(network));
        self.len = self.jobs.values().map(VecDeque::len).sum();
    }

    /// Removes the newest job of the network with the most jobs, to make room for a job of `network`. `None`: with
    /// that job, no other network would have more jobs than `network`.
    pub(super) fn make_room_for(&mut self, network: K) -> Option<J> {
        let own = self.jobs.get(&network).map_or(0, VecDeque::len);
        let longest = *self.turns.iter().max_by_key(|network| self.jobs.get(network).map_or(0, VecDeque::len))?;
        let jobs = self.jobs.get_mut(&longest)?;
        if jobs.len() <= own + 1 {
            return None;
        }
        self.len -= 1;
        jobs.pop_back()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(jobs: &[(char, u32)]) -> FairQueue<char, u32> {
        let mut queue = FairQueue::default();
        for (network, job) in jobs {
            queue.push(*network, *job);
        }
        queue
    }

    fn drain(queue: &mut FairQueue<char, u32>) -> Vec<u32> {
        std::iter::from_fn(|| queue.pop(|_| true)).collect()
    }

    #[test]
    fn pop_networks_take_turns() {
        let mut queue = queue(&[('a', 1), ('a', 2), ('a', 3), ('b', 11), ('c', 21), ('b', 12)]);
        assert_eq!(queue.pop(|_| true), Some(1));
        queue.push('d', 31);
        assert_eq!(drain(&mut queue), [11, 21, 2, 31, 12, 3]);
        assert_eq!((queue.len(), queue.jobs.len(), queue.turns.len()), (0, 0, 0));
    }

    #[test]
    fn pop_refused_job_keeps_its_turn() {
        let mut queue = queue(&[('a', 1), ('a', 2), ('b', 11), ('b', 12)]);
        assert_eq!(queue.pop(|job| *job > 10), Some(11));
        assert_eq!(queue.pop(|job| *job == 2), Some(2), "it overtakes the refused job of its network");
        assert_eq!(queue.pop(|_| false), None);
        assert_eq!(drain(&mut queue), [12, 1]);
    }

    #[test]
    fn retain_removes_jobs_and_empty_networks() {
        let mut queue = queue(&[('a', 1), ('b', 11), ('b', 12)]);
        queue.retain(|job| *job > 11);
        assert_eq!((queue.len(), queue.jobs.len(), queue.turns.len()), (1, 1, 1));
        assert_eq!(drain(&mut queue), [12]);
    }

    #[test]
    fn make_room_for_removes_newest_of_longest() {
        let mut queue = queue(&[('a', 1), ('a', 2), ('a', 3), ('b', 11), ('b', 12)]);
        assert_eq!(queue.make_room_for('a'), None, "no other network has more");
        assert_eq!(queue.make_room_for('b'), None, "both would have three");
        assert_eq!(queue.make_room_for('c'), Some(3));
        assert_eq!(queue.make_room_for('c'), Some(12));
        assert_eq!(queue.len(), 3);
        queue.push('c', 21);
        assert_eq!(queue.make_room_for('c'), None);
    }
}
