//! The lines of one group: what of a page is new, and where it goes.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{
    GapReason, GroupKey, LogGap, LogPage, LogRow, LogStream, TailReport, TimeRange, Timestamp,
};

use super::Counts;
use super::block::Block;
use super::draft::{Draft, Spread};
use super::evict::Graves;
use super::key::Place;
use super::unnamed::Unnamed;

/// Streams remembered by name before those that no block names any more are forgotten.
const STREAMS: usize = 4096;

/// A block, with its ends at hand.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) first: Place,
    pub(super) last: Place,
    pub(super) block: Arc<Block>,
}

/// Memory, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    /// Of all blocks, and of what is remembered of evicted ones.
    pub(super) all: usize,
    /// Of blocks that are not compressed.
    pub(super) plain: usize,
}

/// Stretches that were read by themselves and are remembered.
const REMEMBERED: usize = 64;

/// What of a stretch lies before and behind another.
fn outside(range: TimeRange, other: TimeRange) -> impl Iterator<Item = TimeRange> {
    let before = TimeRange { start: range.start, end: range.end.min(other.start) };
    let behind = TimeRange { start: range.start.max(other.end), end: range.end };
    [before, behind].into_iter().filter(|rest| rest.start < rest.end)
}

/// All that is known of one group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) key: Arc<GroupKey>,
    /// By their first line.
    pub(super) slots: Vec<Slot>,
    pub(super) gaps: Vec<LogGap>,
    /// Stretches that were read in full by themselves, the latest last.
    read: Vec<TimeRange>,
    pub(super) report: Option<TailReport>,
    pub(super) counts: Counts,
    pub(super) graves: Graves,
    pub(super) unnamed: Unnamed,
    /// Some blocks may be worth merging.
    pub(super) untidy: bool,
    blocks: Bytes,
    streams: HashSet<Arc<LogStream>>,
}

impl Group {
    pub(super) fn new(key: GroupKey) -> Self {
        Self {
            key: Arc::new(key),
            slots: Vec::new(),
            gaps: Vec::new(),
            read: Vec::new(),
            report: None,
            counts: Counts::default(),
            graves: Graves::default(),
            unnamed: Unnamed::default(),
            untidy: false,
            blocks: Bytes::default(),
            streams: HashSet::new(),
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        Bytes { all: self.blocks.all + self.graves.bytes() + self.unnamed.bytes(), plain: self.blocks.plain }
    }

    /// Takes in the lines of a page that are new, and returns the blocks that they have become.
    pub(super) fn take(&mut self, page: LogPage) -> Vec<Arc<Block>> {
        self.confirm(&page.confirmed);
        let draft = Draft {
            streams: page.streams.into_iter().map(|stream| self.shared(stream)).collect(),
            rows: page.rows,
            text: page.text,
            figures: page.figures,
        };
        let draft = draft.sorted();
        if page.unnamed {
            let new = self.new_unnamed(&draft);
            return self.put(draft.select(&new));
        }
        if draft.rows.iter().all(|row| !row.provisional) {
            return self.link(draft);
        }
        // A block is all of one kind.
        let (guesses, facts): (Vec<u32>, Vec<u32>) =
            (0..draft.rows.len() as u32).partition(|at| draft.rows[*at as usize].provisional);
        let mut blocks = self.link(draft.select(&facts));
        blocks.extend(self.link(draft.select(&guesses)));
        blocks
    }

    /// Puts those lines of a draft that are new in their places; all are provisional or none.
    fn link(&mut self, draft: Draft) -> Vec<Arc<Block>> {
        let new = self.new_rows(&draft);
        let draft = if new.len() == draft.rows.len() { draft } else { draft.select(&new) };
        self.put(draft)
    }

    /// Puts all lines of a draft in their places.
    fn put(&mut self, draft: Draft) -> Vec<Arc<Block>> {
        let lines = draft.rows.len() as u64;
        self.counts.held += lines;
        self.counts.late += draft.rows.iter().filter(|row| row.late).count() as u64;
        if draft.rows.first().is_some_and(|row| row.provisional) {
            self.counts.provisional += lines;
        }
        let blocks: Vec<Arc<Block>> = draft.into_blocks().into_iter().map(Arc::new).collect();
        for block in &blocks {
            self.insert(Arc::clone(block));
        }
        blocks
    }

    /// Puts a block in its place.
    pub(super) fn insert(&mut self, block: Arc<Block>) {
        let bytes = block.bytes();
        self.blocks.all += bytes;
        if !block.is_cold() {
            self.blocks.plain += bytes;
        }
        let slot = Slot { first: block.first(), last: block.last(), block };
        let at = self.slots.partition_point(|other| other.first <= slot.first);
        self.slots.insert(at, slot);
        self.untidy = true;
    }

    /// Takes the blocks out for which `gone` holds.
    pub(super) fn remove(&mut self, mut gone: impl FnMut(&Arc<Block>) -> bool) {
        let bytes = &mut self.blocks;
        self.slots.retain(|slot| {
            let out = gone(&slot.block);
            if out {
                bytes.all -= slot.block.bytes();
                if !slot.block.is_cold() {
                    bytes.plain -= slot.block.bytes();
                }
            }
            !out
        });
    }

    /// The indexes of those rows of a draft that were never seen; counts the others.
    fn new_rows(&mut self, draft: &Draft) -> Vec<u32> {
        let rows = &draft.rows;
        let mut old = vec![false; rows.len()];
        self.mark_held(draft, &mut old);
        self.graves.mark(rows, &mut old);
        self.unnamed.mark(draft, &mut old);
        let mut seen: HashSet<(Timestamp, u64), Spread> = HashSet::default();
        let mut new = Vec::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let same_instant =
                |other: Option<&LogRow>| other.is_some_and(|other| other.timestamp == row.timestamp);
            let alone =
                !same_instant(rows.get(at + 1)) && !same_instant(at.checked_sub(1).map(|at| &rows[at]));
            let again = old[at] || !alone && !seen.insert((row.timestamp, row.id));
            if again {
                self.counts.duplicates += 1;
            } else if self.graves.reach(row.timestamp) {
                new.push(at as u32);
            } else {
                self.counts.beyond_reach += 1;
            }
        }
        new
    }

    /// Marks those rows of a draft that are held: by timestamp and id, whatever their ingestion is said to be.
    fn mark_held(&self, draft: &Draft, held: &mut [bool]) {
        let rows = &draft.rows;
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
        for slot in &self.slots {
            if slot.first.timestamp > last.timestamp {
                break;
            }
            if slot.last.timestamp < first.timestamp {
                continue;
            }
            // Only the rows of the draft and those of the block that lie in the same stretch can meet.
            let from = rows.partition_point(|row| row.timestamp < slot.first.timestamp);
            let to = rows.partition_point(|row| row.timestamp <= slot.last.timestamp);
            let block = &slot.block;
            let mut at = from;
            while at < to {
                let timestamp = rows[at].timestamp;
                let end = at + rows[at..to].partition_point(|row| row.timestamp == timestamp);
                let start = block.first_at(timestamp);
                let stop = start + same_time(block, start, timestamp);
                meet(&rows[at..end], &block.ids()[start..stop], &mut held[at..end]);
                at = end;
            }
        }
    }

    fn shared(&mut self, stream: LogStream) -> Arc<LogStream> {
        if let Some(known) = self.streams.get(&stream) {
            return Arc::clone(known);
        }
        if self.streams.len() >= STREAMS && self.streams.len().is_power_of_two() {
            self.streams.retain(|stream| Arc::strong_count(stream) > 1);
        }
        let shared = Arc::new(stream);
        self.streams.insert(Arc::clone(&shared));
        shared
    }

    /// Takes in a gap, or what was filled of those that are known.
    pub(super) fn gap(&mut self, gap: LogGap) {
        match (gap.why, gap.filled) {
            // Stretches are read by themselves, in any order: what was read stays read.
            (GapReason::NotRead, true) => {
                if self.read.len() == REMEMBERED {
                    self.read.remove(0);
                }
                self.read.push(gap.range);
                self.lacks(gap);
            }
            (GapReason::NotRead, false) => {
                let mut unread = vec![gap.range];
                for read in &self.read {
                    unread = unread.into_iter().flat_map(|range| outside(range, *read)).collect();
                }
                for range in unread {
                    self.lacks(LogGap { range, ..gap.clone() });
                }
            }
            _ => self.lacks(gap),
        }
    }

    fn lacks(&mut self, gap: LogGap) {
        let LogGap { range, why, filled, .. } = &gap;
        let mut merged = *range;
        let mut left = Vec::with_capacity(self.gaps.len() + 1);
        for old in self.gaps.drain(..) {
            let apart = old.range.end < range.start || range.end < old.range.start;
            let of_others = if *filled {
                // A search fills what searches left; what the tail lacks the tail fills.
                why.is_of_a_search() && !old.why.is_of_a_search()
            } else {
                old.why != *why
            };
            if apart || of_others {
                left.push(old);
            } else if *filled {
                left.extend(outside(old.range, *range).map(|range| LogGap { range, ..old.clone() }));
            } else {
                merged = TimeRange::new(merged.start.min(old.range.start), merged.end.max(old.range.end));
            }
        }
        if !filled {
            left.push(LogGap { range: merged, ..gap });
        }
        left.sort_by_key(|gap| (gap.range.start, gap.range.end));
        self.gaps = left;
        self.forget_searched();
    }

    /// Takes in how the tail is doing.
    pub(super) fn reported(&mut self, report: TailReport) {
        self.report = Some(report);
        self.forget_searched();
    }

    /// What was only searched and has been read since lacks nothing.
    fn forget_searched(&mut self) {
        let Some(TailReport { read_from, seen_to: Some(seen_to), .. }) = &self.report else { return };
        let (read_from, seen_to) = (*read_from, *seen_to);
        let of_search = |gap: &LogGap| gap.why.is_of_a_search();
        if !self.gaps.iter().any(|gap| of_search(gap) && gap.range.end > read_from) {
            return;
        }
        let mut left = Vec::with_capacity(self.gaps.len());
        for gap in self.gaps.drain(..) {
            if !of_search(&gap) {
                left.push(gap);
                continue;
            }
            let rest = outside(gap.range, TimeRange::new(read_from, seen_to));
            left.extend(rest.map(|range| LogGap { range, ..gap.clone() }));
        }
        self.gaps = left;
    }
}

/// How many rows of a block from `start` on have this timestamp.
fn same_time(block: &Block, start: usize, timestamp: Timestamp) -> usize {
    (start..block.len()).take_while(|at| block.timestamp(*at) == timestamp).count()
}

/// Marks those rows of one instant whose id is among `ids`.
fn meet(rows: &[LogRow], ids: &[u64], held: &mut [bool]) {
    if rows.len() * ids.len() <= 4096 {
        for (row, held) in rows.iter().zip(held) {
            *held |= ids.contains(&row.id);
        }
    } else {
        let ids: HashSet<u64, Spread> = ids.iter().copied().collect();
        for (row, held) in rows.iter().zip(held) {
            *held |= ids.contains(&row.id);
        }
    }
}
