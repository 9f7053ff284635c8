//! The lines that the filter found: on workers over what was held when it was applied, at once over what comes after.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::query::LineMatcher;
use crate::store::lines::{Hits, LineKey, Piece, Scratch, Search, SearchId};

/// Lines whose keys are kept: nobody scrolls further.
const KEPT: usize = 200_000;

/// What the filter has found so far.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// By time; the newest [`KEPT`].
    keys: Vec<LineKey>,
    /// How many of what was held match, those without a key included.
    searched_found: u64,
    /// How many of what came since match.
    come: u64,
    /// Lines looked at, and to look at in all.
    progress: (u64, u64),
    done: bool,
    id: SearchId,
    newest: Arc<AtomicU64>,
}

/// A search to carry out on workers; its hits come back as [`Job::Found`](super::super::Job::Found).
#[derive(Clone)]
pub struct SearchJob(pub Arc<Search>);

impl PartialEq for SearchJob {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for SearchJob {}

impl fmt::Debug for SearchJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SearchJob").field(&self.0.id()).finish()
    }
}

impl Matches {
    /// Forgets what was found and begins a search over `pieces`; one that still runs stops by itself.
    pub(super) fn begin(&mut self, pieces: Vec<Piece>, matcher: Arc<dyn LineMatcher>) -> SearchJob {
        self.id = SearchId(self.id.0 + 1);
        self.newest.store(self.id.0, Ordering::Relaxed);
        self.keys.clear();
        (self.searched_found, self.come) = (0, 0);
        self.done = false;
        let search = Search::new(self.id, pieces, matcher, Arc::clone(&self.newest), KEPT as u64);
        self.progress = (0, 0);
        SearchJob(Arc::new(search))
    }

    /// Nothing is searched any more.
    pub(super) fn end(&mut self) {
        self.id = SearchId(self.id.0 + 1);
        self.newest.store(self.id.0, Ordering::Relaxed);
        *self = Self { id: self.id, newest: Arc::clone(&self.newest), ..Self::default() };
    }

    /// Takes in what workers found; what an older search found is of no use.
    pub(in crate::app) fn take(&mut self, hits: Hits) {
        if hits.id != self.id {
            return;
        }
        self.searched_found = self.searched_found.max(hits.found);
        self.progress = (self.progress.0.max(hits.searched), hits.lines);
        self.done |= hits.done;
        self.insert(hits.keys);
    }

    /// Looks through lines that have just come.
    pub(super) fn look(&mut self, pieces: Vec<Piece>, matcher: Arc<dyn LineMatcher>) {
        let newest = Arc::new(AtomicU64::new(self.id.0));
        let search = Search::new(self.id, pieces, matcher, newest, u64::MAX);
        let mut scratch = Scratch::default();
        while let Some(hits) = search.step(&mut scratch) {
            self.come += hits.keys.len() as u64;
            self.insert(hits.keys);
        }
    }

    fn insert(&mut self, keys: Vec<LineKey>) {
        let Some(oldest) = keys.iter().min().copied() else { return };
        let from = self.keys.partition_point(|key| *key < oldest);
        let mut tail = self.keys.split_off(from);
        tail.extend(keys);
        tail.sort_unstable();
        tail.dedup();
        self.keys.append(&mut tail);
        if self.keys.len() > KEPT {
            self.keys.drain(..self.keys.len() - KEPT);
        }
    }

    /// How many lines match, as far as is known.
    #[must_use]
    pub const fn found(&self) -> u64 {
        self.searched_found + self.come
    }

    /// The part of the lines that was looked at, from 0 to 1; `None` once all were.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        let (searched, lines) = self.progress;
        (!self.done).then(|| if lines == 0 { 0.0 } else { searched as f64 / lines as f64 })
    }

    /// The last `count` matches before `bound`, in order.
    pub(super) fn before(&self, bound: LineKey, count: usize) -> &[LineKey] {
        let end = self.keys.partition_point(|key| *key < bound);
        &self.keys[end.saturating_sub(count)..end]
    }

    /// The first `count` matches after `bound`, in order.
    pub(super) fn after(&self, bound: LineKey, count: usize) -> &[LineKey] {
        let start = self.keys.partition_point(|key| *key <= bound);
        &self.keys[start..(start + count).min(self.keys.len())]
    }

    /// The first match that is `key` or stands behind it.
    pub(super) fn at_or_after(&self, key: LineKey) -> Option<LineKey> {
        self.keys.get(self.keys.partition_point(|own| *own < key)).copied()
    }

    /// The last match that is `key` or stands before it.
    pub(super) fn at_or_before(&self, key: LineKey) -> Option<LineKey> {
        self.keys.partition_point(|own| *own <= key).checked_sub(1).map(|at| self.keys[at])
    }

    /// How many matches stand behind `key`.
    #[must_use]
    pub fn count_after(&self, key: LineKey) -> u64 {
        (self.keys.len() - self.keys.partition_point(|own| *own <= key)) as u64
    }
}
