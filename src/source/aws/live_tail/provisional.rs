//! Lines of Live Tail and the events of `FilterLogEvents` that stand in for them.
//!
//! A line of Live Tail has no id. Its group, stream, times and text are its key, and since two equal lines in one
//! millisecond are two, keys are counted: each event read confirms one line, and a line whose event was read before
//! it came is not shown a second time.

use std::collections::{BTreeMap, HashMap};

use crate::model::Timestamp;

/// Keys of one group that are kept at most, on either side.
const MOST: usize = 100_000;

/// What has come of one key.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// Ids of lines that no event has confirmed yet.
    waiting: Vec<u64>,
    /// Lines that came, to number them by.
    lines: u64,
    /// Events that were read before their line came.
    events: u64,
}

/// The lines and events of one group, by key.
#[derive(Debug, Default)]
pub(in crate::source::aws) struct Provisional {
    seen: HashMap<u64, Seen>,
    by_time: BTreeMap<Timestamp, Vec<u64>>,
    never_confirmed: u64,
    /// Live Tail has been on: before that no event need be kept.
    is_used: bool,
}

impl Provisional {
    /// Whether there is anything to compare with.
    pub const fn is_used(&self) -> bool {
        self.is_used
    }

    /// Live Tail begins.
    pub const fn begin(&mut self) {
        self.is_used = true;
    }

    fn entry(&mut self, key: u64, at: Timestamp) -> &mut Seen {
        if !self.seen.contains_key(&key) {
            self.by_time.entry(at).or_default().push(key);
        }
        self.seen.entry(key).or_default()
    }

    /// A line came: its number among those of its key, unless its event was read already.
    pub fn line(&mut self, key: u64, at: Timestamp, id: impl Fn(u64) -> u64) -> Option<u64> {
        self.is_used = true;
        let seen = self.entry(key, at);
        if seen.events > 0 {
            seen.events -= 1;
            return None;
        }
        let id = id(seen.lines);
        seen.lines += 1;
        seen.waiting.push(id);
        Some(id)
    }

    /// An event was read: the id of the line that it stands in for, if one waits.
    pub fn event(&mut self, key: u64, at: Timestamp) -> Option<u64> {
        let seen = self.entry(key, at);
        if seen.waiting.is_empty() {
            seen.events += 1;
            return None;
        }
        Some(seen.waiting.remove(0))
    }

    /// Everything up to `complete_to` has been read: what still waits there is never confirmed. Old keys are
    /// forgotten.
    pub fn settle(&mut self, complete_to: Timestamp) {
        while let Some(entry) = self.by_time.first_entry() {
            if *entry.key() >= complete_to && self.seen.len() <= MOST {
                break;
            }
            for key in entry.remove() {
                let seen = self.seen.remove(&key).unwrap_or_default();
                self.never_confirmed += seen.waiting.len() as u64;
            }
        }
    }

    /// Lines whose time was complete and whose event never came.
    pub const fn never_confirmed(&self) -> u64 {
        self.never_confirmed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Timestamp = Timestamp::from_secs(1_772_366_400);

    #[test]
    fn each_event_stands_in_for_one_line_and_equal_lines_stay_as_many_as_they_are() {
        let mut provisional = Provisional::default();
        let id = |number| 100 + number;
        assert_eq!(provisional.line(7, AT, id), Some(100));
        assert_eq!(provisional.line(7, AT, id), Some(101), "an equal line in the same millisecond");
        assert_eq!(provisional.event(7, AT), Some(100));
        assert_eq!(provisional.event(7, AT), Some(101));
        assert_eq!(provisional.event(7, AT), None, "a third event has no line");
        assert_eq!(provisional.line(7, AT, id), None, "until that comes: it is there already");
        assert_eq!(provisional.line(7, AT, id), Some(102));
    }

    #[test]
    fn a_line_that_no_event_confirms_is_counted_once_its_time_is_complete() {
        let mut provisional = Provisional::default();
        provisional.line(7, AT, |number| number);
        provisional.line(8, AT, |number| number);
        provisional.event(8, AT);
        provisional.settle(AT);
        assert_eq!(provisional.never_confirmed(), 0);
        provisional.settle(AT + std::time::Duration::from_millis(1));
        assert_eq!((provisional.never_confirmed(), provisional.seen.len()), (1, 0));
    }
}
