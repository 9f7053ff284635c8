//! Which lines have been written: so that none is written twice, however often it is read.
//!
//! A tail knows what it has passed on for a while, and reads some stretches again after that. Here are the hashes of
//! more ids, and for longer: some 10 bytes each.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use crate::model::Timestamp;

/// Ids are forgotten together by so many milliseconds of event time.
const SPAN: i64 = 10_000;
/// Where ids of events stand whose time cannot be: forgotten last.
const STRANGE: i64 = i64::MAX;

/// The ids of the lines so far, up to a bound.
#[derive(Debug)]
pub struct Seen {
    spans: BTreeMap<(i64, usize), HashSet<u64, BuildHasherDefault<AsItIs>>>,
    count: usize,
    most: usize,
    floor: i64,
    unsure: u64,
}

impl Seen {
    /// Remembers at most so many.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { spans: BTreeMap::new(), count: 0, most, floor: i64::MIN, unsure: 0 }
    }

    /// Keeps an id of a group; whether it is new. What lies before all that is remembered is taken to be new.
    pub fn is_new(&mut self, group: usize, at: Timestamp, id: u64) -> bool {
        let span = if at.is_plausible() { at.millis().div_euclid(SPAN) } else { STRANGE };
        if span < self.floor {
            self.unsure += 1;
            return true;
        }
        let is_new = self.spans.entry((span, group)).or_default().insert(id);
        self.count += usize::from(is_new);
        while self.count > self.most
            && let Some(oldest) = self.spans.first_entry()
        {
            self.floor = oldest.key().0.saturating_add(1);
            self.count -= oldest.remove().len();
        }
        is_new
    }

    /// Forgets what is older than `reach` before `now`: nobody reads it again.
    pub fn forget(&mut self, now: Timestamp, reach: Duration) {
        let floor = (now - reach).millis().div_euclid(SPAN);
        while let Some(oldest) = self.spans.first_entry().filter(|oldest| oldest.key().0 < floor) {
            self.count -= oldest.remove().len();
        }
    }

    /// How many lines came of which nobody knows any more whether they had come before.
    #[must_use]
    pub const fn unsure(&self) -> u64 {
        self.unsure
    }
}

/// Hashes need no hashing.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_secs(1_772_366_400 + seconds)
    }

    #[test]
    fn a_line_is_new_once_in_each_group() {
        let mut seen = Seen::new(100);
        assert!(seen.is_new(0, at(0), 7) && seen.is_new(1, at(0), 7) && seen.is_new(0, at(0), 8));
        assert!(!seen.is_new(0, at(0), 7) && !seen.is_new(1, at(0), 7));
        assert!(seen.is_new(0, Timestamp::from_millis(-1), 9));
        seen.forget(at(7_200), Duration::from_hours(1));
        assert!(seen.is_new(0, at(0), 7), "forgotten");
        assert!(!seen.is_new(0, Timestamp::from_millis(-1), 9), "has no age");
    }

    #[test]
    fn the_oldest_are_forgotten_first_and_what_is_not_sure_is_counted() {
        let mut seen = Seen::new(50);
        for number in 0..200 {
            assert!(seen.is_new(0, at(number), number.unsigned_abs()));
        }
        assert!(seen.count <= 50 && seen.unsure() == 0);
        assert!(!seen.is_new(0, at(199), 199));
        assert!(seen.is_new(0, at(3), 3));
        assert_eq!(seen.unsure(), 1);
    }
}
