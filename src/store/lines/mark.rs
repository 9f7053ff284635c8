//! Level, kind and lateness of a line in nine bits.

use crate::model::{Level, LineKind};

const LEVELS: [Option<Level>; 7] = [
    None,
    Some(Level::Trace),
    Some(Level::Debug),
    Some(Level::Info),
    Some(Level::Warn),
    Some(Level::Error),
    Some(Level::Fatal),
];

const KINDS: [LineKind; 16] = [
    LineKind::Application,
    LineKind::InitStart,
    LineKind::InitDone,
    LineKind::InitReport,
    LineKind::RestoreStart,
    LineKind::RestoreDone,
    LineKind::RestoreReport,
    LineKind::Start,
    LineKind::RuntimeDone,
    LineKind::End,
    LineKind::Report,
    LineKind::Timeout,
    LineKind::Exit,
    LineKind::Extension,
    LineKind::Dropped,
    LineKind::Platform,
];

/// Where a level stands in a [`Levels`](super::Levels): 0 is a line that names none.
pub(super) const fn level_index(level: Option<Level>) -> usize {
    match level {
        None => 0,
        Some(Level::Trace) => 1,
        Some(Level::Debug) => 2,
        Some(Level::Info) => 3,
        Some(Level::Warn) => 4,
        Some(Level::Error) => 5,
        Some(Level::Fatal) => 6,
    }
}

/// A new kind is a compile error here, and a line in the table.
const fn kind_index(kind: LineKind) -> u64 {
    match kind {
        LineKind::Application => 0,
        LineKind::InitStart => 1,
        LineKind::InitDone => 2,
        LineKind::InitReport => 3,
        LineKind::RestoreStart => 4,
        LineKind::RestoreDone => 5,
        LineKind::RestoreReport => 6,
        LineKind::Start => 7,
        LineKind::RuntimeDone => 8,
        LineKind::End => 9,
        LineKind::Report => 10,
        LineKind::Timeout => 11,
        LineKind::Exit => 12,
        LineKind::Extension => 13,
        LineKind::Dropped => 14,
        LineKind::Platform => 15,
    }
}

pub(super) const fn pack(level: Option<Level>, kind: LineKind, late: bool) -> u64 {
    level_index(level) as u64 | kind_index(kind) << 3 | (late as u64) << 8
}

pub(super) fn level(mark: u64) -> Option<Level> {
    LEVELS.get(mark as usize & 7).copied().flatten()
}

pub(super) fn kind(mark: u64) -> LineKind {
    KINDS.get(mark as usize >> 3 & 31).copied().unwrap_or_default()
}

pub(super) const fn late(mark: u64) -> bool {
    mark >> 8 & 1 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_comes_back() {
        for want in LEVELS {
            for is in KINDS {
                for came_late in [false, true] {
                    let mark = pack(want, is, came_late);
                    assert_eq!((level(mark), kind(mark), late(mark)), (want, is, came_late));
                }
            }
        }
    }
}
