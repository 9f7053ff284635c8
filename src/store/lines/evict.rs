//! The bound: oldest out first, over all groups, counted exactly.
//!
//! Whole blocks leave, the one first whose newest line is the oldest; lines of bad times before all others. Their ids
//! stay behind for a while, so that a sweep that brings an evicted line again is known to: without them it would be
//! taken in, evicted and counted twice.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashSet, VecDeque};
use std::sync::Arc;

use crate::model::{LogRow, Timestamp};

use super::Lines;
use super::block::Block;
use super::group::Group;

/// The part of the memory that ids of evicted lines may take.
const GRAVES: usize = 8;
/// What a grave takes beside its ids.
const HEADSTONE: usize = 64;

/// Ids of evicted lines.
#[derive(Clone, Debug)]
struct Grave {
    first: Timestamp,
    last: Timestamp,
    /// Sorted.
    ids: Box<[u64]>,
}

/// What is remembered of the evicted lines of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Graves {
    /// In the order in which they were evicted.
    dug: VecDeque<Grave>,
    bytes: usize,
    /// The newest line that was evicted and is not remembered.
    floor: Option<Timestamp>,
    /// Lines of bad times were evicted and are not remembered.
    bad_forgotten: bool,
}

impl Graves {
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether it would be known that a line of `at` was held and evicted.
    pub(super) fn reach(&self, at: Timestamp) -> bool {
        if at.is_plausible() { self.floor.is_none_or(|floor| floor < at) } else { !self.bad_forgotten }
    }

    /// Marks those of some rows, which are in order, that were evicted.
    pub(super) fn mark(&self, rows: &[LogRow], evicted: &mut [bool]) {
        for grave in &self.dug {
            let from = rows.partition_point(|row| row.timestamp < grave.first);
            let to = rows.partition_point(|row| row.timestamp <= grave.last);
            for at in from..to {
                evicted[at] |= grave.ids.binary_search(&rows[at].id).is_ok();
            }
        }
    }

    fn dig(&mut self, block: &Block) {
        let mut ids: Box<[u64]> = block.ids().into();
        ids.sort_unstable();
        self.bytes += ids.len() * 8 + HEADSTONE;
        self.dug.push_back(Grave { first: block.first().timestamp, last: block.last().timestamp, ids });
    }

    fn oldest(&self) -> Option<Timestamp> {
        self.dug.front().map(|grave| grave.last)
    }

    fn forget_oldest(&mut self) -> usize {
        let Some(grave) = self.dug.pop_front() else { return 0 };
        let bytes = grave.ids.len() * 8 + HEADSTONE;
        self.bytes -= bytes;
        if grave.last.is_plausible() {
            self.floor = self.floor.max(Some(grave.last));
        } else {
            self.bad_forgotten = true;
        }
        bytes
    }
}

impl Group {
    /// Lets go of some blocks, and counts their lines.
    fn bury(&mut self, blocks: &[Arc<Block>]) {
        let out: HashSet<*const Block> = blocks.iter().map(Arc::as_ptr).collect();
        self.remove(|block| out.contains(&Arc::as_ptr(block)));
        for block in blocks {
            let lines = block.len() as u64;
            self.counts.held -= lines;
            self.counts.late -= block.late() as u64;
            if block.is_provisional() {
                self.counts.provisional -= lines;
                self.counts.evicted_provisional += lines;
            } else {
                self.counts.evicted += lines;
                self.graves.dig(block);
            }
        }
    }
}

impl Lines {
    /// Lets lines go until those left fit.
    pub(super) fn evict(&mut self) {
        if self.bytes <= self.limit {
            return;
        }
        let mut oldest: BinaryHeap<_> = self
            .groups
            .iter()
            .enumerate()
            .flat_map(|(group, held)| {
                held.slots.iter().enumerate().map(move |(at, slot)| {
                    Reverse((slot.last.timestamp.is_plausible(), slot.last, group, at))
                })
            })
            .collect();
        let mut out: BTreeMap<usize, Vec<Arc<Block>>> = BTreeMap::new();
        let mut freed = 0;
        let room = self.limit / GRAVES;
        while self.bytes.saturating_sub(freed) > self.limit {
            let Some(Reverse((_, _, group, at))) = oldest.pop() else { break };
            let block = &self.groups[group].slots[at].block;
            let ids = if block.is_provisional() { 0 } else { block.len() * 8 + HEADSTONE };
            freed += block.bytes().saturating_sub(ids);
            out.entry(group).or_default().push(Arc::clone(block));
        }
        for (group, blocks) in out {
            self.change(group, |group| group.bury(&blocks));
        }
        let mut graves: usize = self.groups.iter().map(|group| group.graves.bytes()).sum();
        while graves > room {
            let oldest = self
                .groups
                .iter()
                .enumerate()
                .filter_map(|(at, group)| Some((group.graves.oldest()?, at)))
                .min();
            let Some((_, group)) = oldest else { break };
            graves -= self.change(group, |group| group.graves.forget_oldest());
        }
        self.revision += 1;
    }
}
