//! Which events of a group have been passed on: so that none is passed on twice, and late ones are known for late.
//!
//! Kept are hashes of event ids, of as far back as the deepest sweep reads, and no more of them than
//! [`Memory::MOST`] for all groups together: what is forgotten earlier for want of room is said. An event that is
//! read again after it was forgotten is passed on again; those who hold events compare their ids as well.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use super::sweep::DEEP;
use crate::model::Timestamp;

/// How far back ids are kept: the deepest sweep, and the time it takes.
pub(super) const REACH: Duration = Duration::from_secs(DEEP.as_secs() + 120);
/// How far ahead of the server's time an event may be.
const AHEAD: Duration = Duration::from_hours(3);
/// Ids are forgotten together by so many milliseconds of event time.
const SPAN: i64 = 10_000;

/// The ids of one group's events.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    spans: BTreeMap<i64, HashSet<u64, AsItIs>>,
    count: usize,
    most: usize,
    /// All ids of events from here on that were passed on are kept.
    floor: i64,
    /// No event can be newer: CloudWatch Logs takes none from more than two hours ahead.
    ceiling: i64,
    /// Ids of events with times that cannot be.
    strange: HashSet<u64, AsItIs>,
    /// Whether the floor is where it is for want of room.
    is_short: bool,
}

impl Memory {
    /// Ids that are kept for all groups together: about 6 MB.
    pub const MOST: usize = 1 << 18;
    /// Ids that any group may keep.
    const LEAST: usize = 1 << 12;

    pub fn new() -> Self {
        Self {
            spans: BTreeMap::new(),
            count: 0,
            most: Self::MOST,
            floor: i64::MIN,
            ceiling: i64::MAX,
            strange: HashSet::default(),
            is_short: false,
        }
    }

    /// Shares the room with so many groups.
    pub fn share(&mut self, groups: usize) {
        self.most = (Self::MOST / groups.max(1)).max(Self::LEAST);
    }

    /// Keeps an id; whether it is new. What lies before the floor is always new, unless its time cannot be.
    pub fn is_new(&mut self, at: Timestamp, id: u64) -> bool {
        let at = at.millis();
        if at <= 0 || at > self.ceiling {
            if self.strange.len() >= Self::LEAST {
                self.strange.clear();
            }
            return !self.spans.values().any(|span| span.contains(&id)) && self.strange.insert(id);
        }
        if !self.strange.is_empty() && self.strange.contains(&id) {
            return false;
        }
        if at < self.floor {
            return true;
        }
        let is_new = self.spans.entry(at.div_euclid(SPAN)).or_default().insert(id);
        self.count += usize::from(is_new);
        is_new
    }

    /// Whether all events of that time that were passed on are known.
    pub fn reaches(&self, at: Timestamp) -> bool {
        self.floor <= at.millis()
    }

    /// Forgets what no sweep reads again, and the oldest of what is too much.
    pub fn forget(&mut self, now: Timestamp) {
        let reach = (now - REACH).millis();
        self.ceiling = (now + AHEAD).millis();
        if self.floor < reach {
            self.floor = reach;
            self.is_short = false;
        }
        while let Some(entry) = self.spans.first_entry() {
            let end = entry.key().saturating_add(1).saturating_mul(SPAN);
            if end <= self.floor {
                self.count -= entry.remove().len();
            } else if self.count > self.most {
                self.count -= entry.remove().len();
                self.floor = end;
                self.is_short = true;
            } else {
                break;
            }
        }
    }

    /// From when on late events are told from repeated ones, if there were too many to go back further.
    pub fn short_from(&self) -> Option<Timestamp> {
        self.is_short.then_some(Timestamp::from_millis(self.floor))
    }
}

/// A hash of `bytes` that never changes from build to build and spreads over all 64 bits: eight bytes a step, folded
/// products of them.
pub(super) fn hash(bytes: &[u8], seed: u64) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        (product as u64) ^ (product >> 64) as u64
    };
    let mut state = seed ^ 0x243f_6a88_85a3_08d3;
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        let word = chunk.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
        state = fold(state ^ word, 0x9e37_79b9_7f4a_7c15);
    }
    let word = rest.iter().rev().fold(0, |word, &byte| word << 8 | u64::from(byte));
    state = fold(state ^ word, 0xa076_1d64_78bd_642f);
    fold(state ^ bytes.len() as u64, 0xe703_7ed1_a0b4_28db)
}

/// Ids are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Same(u64);
type AsItIs = BuildHasherDefault<Same>;

impl Hasher for Same {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes, self.0);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_new_once() {
        let mut memory = Memory::new();
        let at = Timestamp::from_secs(1000);
        assert!(memory.is_new(at, 1) && memory.is_new(at, 2));
        assert!(!memory.is_new(at, 1));
    }

    #[test]
    fn what_is_too_much_or_too_old_is_forgotten_and_the_shorter_reach_is_said() {
        let mut memory = Memory::new();
        memory.share(1_000_000);
        let at = |second: u64| Timestamp::from_secs(1_000_000) + Duration::from_secs(second);
        for second in 0..10_000 {
            memory.is_new(at(second), second);
        }
        memory.forget(at(0));
        let floor = memory.short_from().expect("there were too many");
        assert!(floor > at(5_000) && !memory.reaches(at(5_000)) && memory.reaches(at(9_000)));
        assert!(memory.count <= Memory::LEAST);
        assert!(memory.is_new(at(1), 1), "what was forgotten is new again");
        assert!(!memory.is_new(at(9_999), 9_999));
        memory.forget(at(20_000));
        assert_eq!((memory.short_from(), memory.count), (None, 0));
    }

    #[test]
    fn ids_that_differ_in_one_place_have_different_hashes() {
        let ids: HashSet<u64> = (0..200_000)
            .map(|number| {
                hash(format!("3912345678901234567890123456789012345678901234567{number:07}").as_bytes(), 0)
            })
            .collect();
        assert_eq!(ids.len(), 200_000);
        assert_ne!(hash(b"a", 0), hash(b"a\0", 0));
        assert_ne!(hash(b"", 0), hash(b"", 1));
    }
}
