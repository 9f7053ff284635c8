//! The log lines that are held: complete, in order, each once, and never more than so many bytes.
//!
//! Lines stand in immutable blocks of one group each, in the order of (timestamp, ingestion, id) within a block.
//! Blocks may overlap in time, because events come late; who reads merges them ([`Reader`]). A line is addressed by its
//! [`LineKey`], never by an index, so that nothing moves under a reader while blocks come and go. Who works on another
//! thread ([`Search`]) is given [`Piece`]s: reference counts, no copies, no locks.
//!
//! | file | is about |
//! |---|---|
//! | `draft`, `block` | rows on their way into a block, and the block: text arena and packed columns |
//! | `pack`, `mark`, `figures` | the columns' encodings |
//! | `group` | the blocks of one group: what is new in a page and what is there already |
//! | `confirm` | lines of Live Tail, taken out one by one as `FilterLogEvents` brings the real ones |
//! | `unnamed` | lines of Logs Insights, which have no event ids: what of them is held already |
//! | `evict` | the bound: oldest out first, counted exactly |
//! | `tidy` | small blocks merged, old ones compressed: work for another thread |
//! | `read`, `tally` | what screens ask: lines around a key, counts, a histogram |
//! | `search` | all lines that match, newest first, on any number of threads |
//! | `order` | all lines of some pieces in order, for who writes them down |
//!
//! **What is exact.** A line is the same as one held if group, timestamp and event id (by a hash of 64 bits) agree, for
//! as far back as anything is held. Of evicted lines the ids stay behind, for an eighth of the memory; a line older than
//! those too is not taken in again, because nothing could tell whether it is new: see [`Counts::beyond_reach`].
//!
//! **What taking in costs.** [`Lines::ingest`] moves the page's text, does not copy it, and packs its columns: about a
//! tenth of a microsecond a line, as much again where lines of the same time are held. Text beyond a thirty-second of the
//! memory is compressed by [`Chore`]s, on a worker. If nobody does them, every page waits for one of at most 512 KB of
//! text: 2 ms, the longest that taking in ever adds.

mod block;
mod confirm;
mod draft;
mod evict;
mod figures;
mod group;
mod key;
mod mark;
mod order;
mod pack;
mod read;
mod search;
mod tally;
mod tidy;
mod unnamed;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::model::{GroupKey, LogGap, LogPage, Scope, TailReport};

pub use block::{Levels, Scratch};
pub use key::{GroupId, LineKey};
pub use order::in_order;
pub use read::{Found, HeldLine, Reader, Row};
pub use search::{Hits, Search, SearchId};
pub use tally::Histogram;
pub use tidy::{Chore, Tidied};

pub(super) use draft::Spread;

use block::Block;
use group::Group;

/// Bytes of lines that are held if nobody says otherwise.
const DEFAULT_LIMIT: usize = 256 * 1024 * 1024;

/// How many lines came, stayed and went; of one group or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines that are held, provisional ones included.
    pub held: u64,
    /// Lines of Live Tail that are held and that no `FilterLogEvents` has confirmed.
    pub provisional: u64,
    /// Lines that left because the memory was full, each counted once.
    pub evicted: u64,
    /// Provisional lines that left because the memory was full.
    pub evicted_provisional: u64,
    /// Lines that came again and changed nothing.
    pub duplicates: u64,
    /// Lines that were not taken in because they are older than everything that is remembered: each may be one that
    /// was evicted before.
    pub beyond_reach: u64,
    /// Held lines that came after their slice of time had been seen.
    pub late: u64,
}

impl Counts {
    fn add(&mut self, other: &Self) {
        self.held += other.held;
        self.provisional += other.provisional;
        self.evicted += other.evicted;
        self.evicted_provisional += other.evicted_provisional;
        self.duplicates += other.duplicates;
        self.beyond_reach += other.beyond_reach;
        self.late += other.late;
    }
}

/// Some lines of one group that will never change: what a worker is given. Cloning is two reference counts.
#[derive(Clone)]
pub struct Piece {
    id: GroupId,
    group: Arc<GroupKey>,
    block: Arc<Block>,
}

impl Piece {
    /// The group that its lines are of.
    #[must_use]
    pub fn group(&self) -> &GroupKey {
        &self.group
    }

    /// How many lines it holds; never none.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty")]
    pub fn len(&self) -> usize {
        self.block.len()
    }

    /// Its first and its last line.
    #[must_use]
    pub fn span(&self) -> (LineKey, LineKey) {
        (self.block.first().of(self.id), self.block.last().of(self.id))
    }
}

impl PartialEq for Piece {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.block, &other.block)
    }
}

impl Eq for Piece {}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").field("block", &self.block).finish_non_exhaustive()
    }
}

/// All log lines that are held, of all groups.
#[derive(Clone, Debug)]
pub struct Lines {
    groups: Vec<Group>,
    ids: HashMap<GroupKey, GroupId>,
    limit: usize,
    /// Bytes of all blocks and of what is remembered of evicted ones.
    bytes: usize,
    /// Bytes of those blocks whose text is not compressed.
    plain: usize,
    /// A chore was handed out and has not come back.
    busy: bool,
    revision: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            ids: HashMap::new(),
            limit: DEFAULT_LIMIT,
            bytes: 0,
            plain: 0,
            busy: false,
            revision: 0,
        }
    }
}

impl Lines {
    /// Holds at most `bytes` from now on; evicts at once what is too much.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
        self.evict();
    }

    /// Takes in one page. What it holds that is new comes back as pieces, for whoever filters or joins as lines come.
    ///
    /// The same page again changes nothing but [`Counts::duplicates`].
    pub fn ingest(&mut self, page: LogPage) -> Vec<Piece> {
        let id = self.id_of(&page.group);
        let taken = self.change(id.0 as usize, |group| group.take(page));
        let pieces = taken
            .into_iter()
            .map(|block| Piece { id, group: Arc::clone(&self.groups[id.0 as usize].key), block })
            .collect();
        self.revision += 1;
        self.evict();
        self.tidy_if_nobody_does();
        pieces
    }

    /// Takes in how the tail of a group is doing.
    pub fn report(&mut self, report: TailReport) {
        let id = self.id_of(&report.group);
        self.groups[id.0 as usize].reported(report);
        self.revision += 1;
    }

    /// Takes in that a stretch may lack lines, or that it was read again in full.
    pub fn gap(&mut self, gap: LogGap) {
        let id = self.id_of(&gap.group);
        self.groups[id.0 as usize].gap(gap);
        self.revision += 1;
    }

    /// What was learnt before the account was known belongs to it.
    pub fn rename(&mut self, from: &Scope, to: &Scope) {
        let moved: Vec<GroupKey> = self.ids.keys().filter(|key| key.scope == *from).cloned().collect();
        for old in moved {
            let new = GroupKey { scope: to.clone(), name: Arc::clone(&old.name) };
            // Lines of both names are never held: the account is named before the first line of a known account.
            if let Some(id) = self.ids.remove(&old) {
                self.groups[id.0 as usize].key = Arc::new(new.clone());
                self.ids.entry(new).or_insert(id);
            }
        }
        self.revision += 1;
    }

    /// Changes a group, and keeps count of the memory.
    fn change<T>(&mut self, group: usize, change: impl FnOnce(&mut Group) -> T) -> T {
        let group = &mut self.groups[group];
        let before = group.bytes();
        let result = change(group);
        let after = group.bytes();
        self.bytes = self.bytes + after.all - before.all;
        self.plain = self.plain + after.plain - before.plain;
        result
    }

    fn id_of(&mut self, key: &GroupKey) -> GroupId {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = GroupId(self.groups.len() as u32);
        self.groups.push(Group::new(key.clone()));
        self.ids.insert(key.clone(), id);
        id
    }

    /// The id of a group, if anything was ever said of it.
    #[must_use]
    pub fn group(&self, key: &GroupKey) -> Option<GroupId> {
        self.ids.get(key).copied()
    }

    /// The group of an id.
    #[must_use]
    pub fn key(&self, id: GroupId) -> Option<&GroupKey> {
        self.groups.get(id.0 as usize).map(|group| &*group.key)
    }

    /// All groups of which anything was ever said, in the order in which they came.
    #[must_use]
    pub fn groups(&self) -> impl ExactSizeIterator<Item = (GroupId, &GroupKey)> {
        self.groups.iter().enumerate().map(|(at, group)| (GroupId(at as u32), &*group.key))
    }

    /// How the tail of a group is doing.
    #[must_use]
    pub fn tail(&self, id: GroupId) -> Option<&TailReport> {
        self.groups.get(id.0 as usize)?.report.as_ref()
    }

    /// The stretches of a group that may lack lines, by time; none overlap that have one reason.
    #[must_use]
    pub fn gaps(&self, id: GroupId) -> &[LogGap] {
        self.groups.get(id.0 as usize).map_or(&[], |group| &group.gaps)
    }

    /// How many lines of one group came, stayed and went.
    #[must_use]
    pub fn counts(&self, id: GroupId) -> Counts {
        self.groups.get(id.0 as usize).map(|group| group.counts).unwrap_or_default()
    }

    /// How many lines of all groups came, stayed and went.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut sum = Counts::default();
        for group in &self.groups {
            sum.add(&group.counts);
        }
        sum
    }

    /// Bytes of memory that lines take.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of memory that lines may take.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Changes whenever anything here does.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// All lines of some groups as pieces, the newest first: for work on another thread.
    #[must_use]
    pub fn snapshot(&self, groups: &[GroupId]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = self.pieces(groups).collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.block.last()));
        pieces
    }

    fn pieces<'a>(&'a self, groups: &'a [GroupId]) -> impl Iterator<Item = Piece> + 'a {
        self.chosen(groups).flat_map(|(id, group)| {
            group.slots.iter().map(move |slot| Piece {
                id,
                group: Arc::clone(&group.key),
                block: Arc::clone(&slot.block),
            })
        })
    }

    fn chosen<'a, 'g>(
        &'a self,
        groups: &'g [GroupId],
    ) -> impl Iterator<Item = (GroupId, &'a Group)> + use<'a, 'g> {
        groups.iter().filter_map(|id| Some((*id, self.groups.get(id.0 as usize)?)))
    }
}

#[cfg(test)]
mod tests;
