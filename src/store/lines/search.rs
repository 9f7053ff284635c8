//! All held lines that match: a piece of work that any number of threads share, the newest lines first.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::query::LineMatcher;

use super::Piece;
use super::block::{Opened, Scratch};
use super::key::LineKey;

/// Pieces that a step searches: about half a megabyte of text, a millisecond or two.
const STRIDE: usize = 4;

/// Tells one search from those before it; a newer one has a greater number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SearchId(pub u64);

/// One search over what was held when it began.
///
/// Threads share it by reference; each calls [`Search::step`] with memory of its own until nothing comes back. Nothing
/// here waits or locks.
pub struct Search {
    id: SearchId,
    pieces: Vec<Piece>,
    matcher: Arc<dyn LineMatcher>,
    /// The id of the newest search: an older one stops.
    newest: Arc<AtomicU64>,
    lines: u64,
    keep: u64,
    /// The first piece that nobody has taken.
    next: AtomicUsize,
    done: AtomicUsize,
    searched: AtomicU64,
    found: AtomicU64,
}

/// What one step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hits {
    /// Of which search.
    pub id: SearchId,
    /// The lines, the newest first; steps come roughly in the order of time, so who collects puts them in place.
    pub keys: Vec<LineKey>,
    /// Lines found so far, those without a key included.
    pub found: u64,
    /// Lines looked at so far.
    pub searched: u64,
    /// Lines to look at in all.
    pub lines: u64,
    /// Nothing more will come.
    pub done: bool,
}

impl Search {
    /// A search for what `matcher` matches over `pieces`, as [`Lines::snapshot`](super::Lines::snapshot) gives them.
    ///
    /// It stops as soon as `newest` holds another number than its `id`. The keys of the first `keep` hits come back;
    /// of those beyond, which nobody scrolls through, only their number.
    #[must_use]
    pub fn new(
        id: SearchId,
        pieces: Vec<Piece>,
        matcher: Arc<dyn LineMatcher>,
        newest: Arc<AtomicU64>,
        keep: u64,
    ) -> Self {
        Self {
            id,
            lines: pieces.iter().map(|piece| piece.len() as u64).sum(),
            pieces,
            matcher,
            newest,
            keep,
            next: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            searched: AtomicU64::new(0),
            found: AtomicU64::new(0),
        }
    }

    /// Which search it is.
    #[must_use]
    pub const fn id(&self) -> SearchId {
        self.id
    }

    /// Searches some more lines; `None` if all are taken, or a newer search has begun.
    ///
    /// The last of all steps to end says [`Hits::done`], also where there is nothing to search.
    pub fn step(&self, scratch: &mut Scratch) -> Option<Hits> {
        if self.newest.load(Ordering::Relaxed) != self.id.0 {
            return None;
        }
        let start = self.next.fetch_add(STRIDE, Ordering::Relaxed);
        if start >= self.pieces.len().max(1) {
            return None;
        }
        let pieces = &self.pieces[start.min(self.pieces.len())..(start + STRIDE).min(self.pieces.len())];
        let mut keys = Vec::new();
        let mut searched = 0;
        for piece in pieces {
            let opened = piece.block.open(&piece.group, scratch);
            self.search(&opened, |at| keys.push(piece.block.place(at).of(piece.id)));
            searched += piece.len() as u64;
        }
        let before = self.found.fetch_add(keys.len() as u64, Ordering::Relaxed);
        let found = before + keys.len() as u64;
        let searched = self.searched.fetch_add(searched, Ordering::Relaxed) + searched;
        keys.sort_unstable_by(|a, b| b.cmp(a));
        keys.truncate(usize::try_from(self.keep.saturating_sub(before)).unwrap_or(usize::MAX));
        let done = self.done.fetch_add(pieces.len(), Ordering::AcqRel) + pieces.len() == self.pieces.len();
        let (found, searched) =
            if done { (self.found.load(Ordering::Relaxed), self.lines) } else { (found, searched) };
        Some(Hits { id: self.id, keys, found, searched, lines: self.lines, done })
    }

    fn search(&self, opened: &Opened<'_>, mut hit: impl FnMut(usize)) {
        let block = opened.block;
        let (mut at, mut start) = (0, 0);
        while at < block.len() {
            let Some(candidate) = self.matcher.candidate(opened.text, start) else { break };
            // A candidate right here stands for this line, even if it is empty.
            if candidate > start && candidate >= block.text_end(at) {
                at = block.row_at(candidate);
                if at >= block.len() {
                    break;
                }
            }
            if self.matcher.matches(&opened.line(at)) {
                hit(at);
            }
            start = block.text_end(at);
            at += 1;
        }
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("id", &self.id).field("lines", &self.lines).finish_non_exhaustive()
    }
}
