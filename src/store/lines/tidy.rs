//! Work on blocks that need not be done at once, nor on the loop: small ones merged, old ones compressed.
//!
//! A merge makes a block at least twice as large as the largest that went into it, so a line is copied as often as the
//! size of its block can double: at most about ten times, whatever the pages' sizes. Late lines make small blocks between
//! large ones, which merge among themselves, never with a large one: there are about as many as there are large ones.

use std::collections::{BinaryHeap, HashMap};
use std::fmt;
use std::sync::Arc;

use crate::model::GroupKey;

use super::Lines;
use super::block::{Block, Scratch};
use super::draft::{BLOCK_ROWS, BLOCK_TEXT, Draft};
use super::group::Slot;
use super::key::GroupId;

/// Text that one chore works on, at most: a few milliseconds of a worker.
const CHORE: usize = 2 * 1024 * 1024;
/// The same for a chore that is done on the loop, because nobody else does.
const CHORE_INLINE: usize = 512 * 1024;
/// What may wait for a worker beyond twice what may stay as it is; a page or two.
const BACKLOG: usize = 4_000_000;
/// The part of the memory that blocks may take whose text is not compressed: what comes and goes soon costs no work.
const PLAIN: usize = 32;
/// Blocks smaller than this are not worth compressing.
const SMALL: usize = 4 * 1024;
/// Blocks that one merge looks at.
const RUN: usize = 64;

/// Work on some blocks; carry it out on any thread and hand the result to [`Lines::finish`].
#[derive(Clone)]
pub struct Chore {
    jobs: Vec<Job>,
}

#[derive(Clone)]
struct Job {
    id: GroupId,
    group: Arc<GroupKey>,
    blocks: Vec<Arc<Block>>,
}

/// A chore that was carried out.
#[derive(Clone)]
pub struct Tidied {
    jobs: Vec<(Job, Vec<Arc<Block>>)>,
}

impl Chore {
    /// Does the work: pure, and a few milliseconds long.
    #[must_use]
    pub fn run(self) -> Tidied {
        let (mut scratch, mut output) = (Scratch::default(), Vec::new());
        let done = self.jobs.into_iter().map(|job| {
            let new = match &*job.blocks {
                [one] => vec![Arc::new(one.compressed(&mut output))],
                many => merged(many, &job.group, &mut scratch, &mut output),
            };
            (job, new)
        });
        Tidied { jobs: done.collect() }
    }
}

/// The lines of some blocks in as few as they fill, compressed if any of them was.
fn merged(
    blocks: &[Arc<Block>],
    group: &GroupKey,
    scratch: &mut Scratch,
    output: &mut Vec<u8>,
) -> Vec<Arc<Block>> {
    let mut draft = Draft::default();
    let mut streams = HashMap::default();
    for block in blocks {
        let opened = block.open(group, scratch);
        for at in 0..block.len() {
            draft.push(&opened, at, &mut streams);
        }
    }
    let cold = blocks.iter().any(|block| block.is_cold());
    let new = draft.sorted().into_blocks().into_iter();
    new.map(|block| Arc::new(if cold { block.compressed(output) } else { block })).collect()
}

impl Lines {
    /// Work that is worth doing, if there is any and none is being done; its result goes to [`Lines::finish`].
    pub fn chore(&mut self) -> Option<Chore> {
        if self.busy {
            return None;
        }
        let chore = self.next_chore(CHORE)?;
        self.busy = true;
        Some(chore)
    }

    /// Takes in what a chore has made. Where its blocks have meanwhile been evicted or replaced, it was in vain.
    pub fn finish(&mut self, tidied: Tidied) {
        self.busy = false;
        for (job, new) in tidied.jobs {
            let at = job.id.0 as usize;
            let Some(group) = self.groups.get(at) else { continue };
            let is_held = |block: &Arc<Block>| {
                let from = group.slots.partition_point(|slot| slot.first < block.first());
                let same = group.slots[from..].iter().take_while(|slot| slot.first == block.first());
                same.into_iter().any(|slot| Arc::ptr_eq(&slot.block, block))
            };
            if job.blocks.iter().all(is_held) {
                self.change(at, |group| {
                    group.remove(|block| job.blocks.iter().any(|old| Arc::ptr_eq(old, block)));
                    for block in new {
                        group.insert(block);
                    }
                });
            }
        }
    }

    /// Does a small chore at once if what should be compressed has piled up.
    pub(super) fn tidy_if_nobody_does(&mut self) {
        if self.plain > 2 * (self.limit / PLAIN) + BACKLOG
            && let Some(chore) = self.next_chore(CHORE_INLINE)
        {
            let busy = self.busy;
            self.finish(chore.run());
            self.busy = busy;
        }
    }

    fn next_chore(&mut self, size: usize) -> Option<Chore> {
        let mut jobs = Vec::new();
        let mut text = 0;
        self.compressions(size, &mut text, &mut jobs);
        for (at, group) in self.groups.iter_mut().enumerate().filter(|(_, group)| group.untidy) {
            let mut from = 0;
            while text < size {
                let Some(run) = next_merge(&group.slots[from..]) else {
                    group.untidy = false;
                    break;
                };
                let blocks: Vec<_> =
                    group.slots[from..][run.clone()].iter().map(|slot| Arc::clone(&slot.block)).collect();
                from += run.end;
                let id = GroupId(at as u32);
                text += blocks.iter().map(|block| block.text_len()).sum::<usize>();
                let taken =
                    |job: &Job| job.id == id && blocks.iter().any(|block| Arc::ptr_eq(&job.blocks[0], block));
                if !jobs.iter().any(taken) {
                    jobs.push(Job { id, group: Arc::clone(&group.key), blocks });
                }
            }
        }
        (!jobs.is_empty()).then_some(Chore { jobs })
    }

    /// The oldest plain blocks, as long as there is more plain text than there should be.
    fn compressions(&self, size: usize, text: &mut usize, jobs: &mut Vec<Job>) {
        let mut too_much = self.plain.saturating_sub(self.limit / PLAIN);
        if too_much == 0 {
            return;
        }
        let mut oldest: BinaryHeap<_> = self
            .groups
            .iter()
            .enumerate()
            .flat_map(|(group, held)| {
                let plain = held
                    .slots
                    .iter()
                    .enumerate()
                    .filter(|(_, slot)| !slot.block.is_cold() && slot.block.text_len() >= SMALL);
                plain.map(move |(at, slot)| std::cmp::Reverse((slot.last, group, at)))
            })
            .collect();
        while too_much > 0 && *text < size {
            let Some(std::cmp::Reverse((_, at, slot))) = oldest.pop() else { break };
            let group = &self.groups[at];
            let block = Arc::clone(&group.slots[slot].block);
            too_much = too_much.saturating_sub(block.bytes());
            *text += block.text_len();
            jobs.push(Job { id: GroupId(at as u32), group: Arc::clone(&group.key), blocks: vec![block] });
        }
    }
}

/// The first run of neighbours that are worth merging.
fn next_merge(slots: &[Slot]) -> Option<std::ops::Range<usize>> {
    let weight = |slot: &Slot| slot.block.text_len() + 32 * slot.block.len() + 256;
    (0..slots.len()).find_map(|start| {
        let (mut sum, mut rows, mut largest, mut best) = (0, 0, 0, None);
        for (at, slot) in slots.iter().enumerate().skip(start).take(RUN) {
            let same = slot.block.is_provisional() == slots[start].block.is_provisional()
                && slot.block.has_bad_times() == slots[start].block.has_bad_times();
            sum += weight(slot);
            rows += slot.block.len();
            largest = largest.max(weight(slot));
            if !same || sum > BLOCK_TEXT || rows > BLOCK_ROWS {
                break;
            }
            if at > start && sum >= 2 * largest {
                best = Some(start..at + 1);
            }
        }
        best
    })
}

impl PartialEq for Chore {
    fn eq(&self, other: &Self) -> bool {
        self.jobs == other.jobs
    }
}

impl Eq for Chore {}

impl PartialEq for Tidied {
    fn eq(&self, other: &Self) -> bool {
        self.jobs.iter().map(|(job, _)| job).eq(other.jobs.iter().map(|(job, _)| job))
    }
}

impl Eq for Tidied {}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.blocks.iter().map(Arc::as_ptr).eq(other.blocks.iter().map(Arc::as_ptr))
    }
}

impl fmt::Debug for Chore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chore").field("jobs", &self.jobs.len()).finish()
    }
}

impl fmt::Debug for Tidied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tidied").field("jobs", &self.jobs.len()).finish()
    }
}
