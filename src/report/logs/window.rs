//! A bounded window in which lines are put in order before they go out.
//!
//! Lines come nearly in order: page by page, and a page behind may hold a line that belongs before. So they wait here,
//! already written, until it is known that nothing older comes ([`Window::release`]), or until there is no more room:
//! then the group that holds most gives its oldest. Nothing is ever dropped; what comes after its place has gone out is
//! [late](Window::is_late).

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::ops::Range;
use std::time::Duration;

use crate::model::Timestamp;

/// What lines of a group are ordered by: when one happened, when it was ingested, its event id.
pub type Key = (Timestamp, Timestamp, Box<str>);

/// By how much the clock of a function may be ahead.
const AHEAD: Duration = Duration::from_mins(1);

/// Lines that wait, of all groups.
#[derive(Debug)]
pub struct Window {
    groups: Vec<Group>,
    lines: usize,
    bytes: usize,
    most_lines: usize,
    most_bytes: usize,
}

#[derive(Debug, Default)]
struct Group {
    waiting: BinaryHeap<Reverse<Line>>,
    /// The newest that went out in order.
    passed: Option<Key>,
}

#[derive(Debug)]
struct Line {
    key: Key,
    arrived: Timestamp,
    text: Box<str>,
}

impl Window {
    /// A window for so many groups that holds no more than `most_lines` and `most_bytes` of written text in all.
    #[must_use]
    pub fn new(groups: usize, most_lines: usize, most_bytes: usize) -> Self {
        let groups = std::iter::repeat_with(Group::default).take(groups).collect();
        Self { groups, lines: 0, bytes: 0, most_lines, most_bytes }
    }

    /// Whether a line of `group` comes after its place has gone out. One whose time cannot be is never late.
    #[must_use]
    pub fn is_late(&self, group: usize, key: &Key) -> bool {
        key.0.is_plausible() && self.groups[group].passed.as_ref().is_some_and(|passed| key < passed)
    }

    /// Takes in a line that arrived at `arrived`, and gives out what there is no more room for. A late line goes out
    /// at once.
    pub fn put(&mut self, group: usize, key: Key, arrived: Timestamp, text: &str, out: &mut String) {
        if self.is_late(group, &key) {
            return out.push_str(text);
        }
        self.lines += 1;
        self.bytes += text.len();
        self.groups[group].waiting.push(Reverse(Line { key, arrived, text: text.into() }));
        while self.lines > self.most_lines || self.bytes > self.most_bytes {
            let fullest = (0..self.groups.len()).max_by_key(|&at| self.groups[at].waiting.len());
            let Some(line) = fullest.and_then(|at| self.groups[at].oldest()) else { return };
            self.gone(&line, out);
        }
    }

    /// Gives out the lines of these groups from before `until`, among each other in order of time: nothing older comes
    /// in order any more.
    pub fn release(&mut self, groups: Range<usize>, until: Timestamp, out: &mut String) {
        while let Some(at) = self.first(groups.clone())
            && self.groups[at].waiting.peek().is_some_and(|Reverse(line)| line.key.0 < until)
            && let Some(line) = self.groups[at].oldest()
        {
            self.gone(&line, out);
        }
    }

    /// Gives out what arrived before `arrived` and has waited since, with everything that belongs before it: nothing is
    /// known of how far its group has been read. A line whose time lies ahead goes out alone: it makes no other late.
    pub fn release_arrived(&mut self, arrived: Timestamp, out: &mut String) {
        for at in 0..self.groups.len() {
            let old = |line: &&Line| line.arrived < arrived;
            let waiting = || self.groups[at].waiting.iter().map(|Reverse(line)| line);
            let in_order =
                waiting().filter(old).filter(|line| !line.is_ahead()).map(|line| line.key.clone()).max();
            let any_ahead = waiting().filter(old).any(Line::is_ahead);
            while self.groups[at]
                .waiting
                .peek()
                .is_some_and(|Reverse(line)| Some(&line.key) <= in_order.as_ref())
                && let Some(line) = self.groups[at].oldest()
            {
                self.gone(&line, out);
            }
            if any_ahead {
                let waiting =
                    std::mem::take(&mut self.groups[at].waiting).into_sorted_vec().into_iter().rev();
                let (gone, kept): (Vec<_>, Vec<_>) =
                    waiting.partition(|Reverse(line)| line.is_ahead() && line.arrived < arrived);
                self.groups[at].waiting = kept.into();
                for Reverse(line) in &gone {
                    self.gone(line, out);
                }
            }
        }
    }

    /// Gives out everything, in the same way.
    pub fn finish(&mut self, out: &mut String) {
        while let Some(at) = self.first(0..self.groups.len())
            && let Some(line) = self.groups[at].oldest()
        {
            self.gone(&line, out);
        }
    }

    /// The group that has the oldest line of some groups.
    fn first(&self, groups: Range<usize>) -> Option<usize> {
        let first = |at: usize| self.groups[at].waiting.peek().map(|Reverse(line)| (&line.key, at));
        groups.filter_map(first).min().map(|(_, at)| at)
    }

    fn gone(&mut self, line: &Line, out: &mut String) {
        self.lines -= 1;
        self.bytes -= line.text.len();
        out.push_str(&line.text);
    }
}

impl Group {
    /// The oldest line, which goes out in order.
    fn oldest(&mut self) -> Option<Line> {
        let Reverse(line) = self.waiting.pop()?;
        if !line.is_ahead() {
            // The heap gives them in order, and late ones never get in.
            self.passed = Some(line.key.clone());
        }
        Some(line)
    }
}

impl Line {
    /// Whether it says to have happened long after it was ingested, or at a time that cannot be.
    fn is_ahead(&self) -> bool {
        !self.key.0.is_plausible() || self.key.0 > self.key.1 + AHEAD
    }
}

impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key.cmp(&other.key)
    }
}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Line {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 1_772_366_400_000;

    fn key(at: i64) -> Key {
        (Timestamp::from_millis(START + at), Timestamp::from_millis(START + at), at.to_string().into())
    }

    fn put(window: &mut Window, group: usize, at: i64, out: &mut String) -> bool {
        let late = window.is_late(group, &key(at));
        window.put(group, key(at), Timestamp::from_millis(START + at), &format!("{group}:{at} "), out);
        late
    }

    #[test]
    fn lines_wait_until_nothing_older_comes_and_are_late_after_that() {
        let (mut window, mut out) = (Window::new(1, 100, 10_000), String::new());
        for at in [5, 3, 9, 4] {
            assert!(!put(&mut window, 0, at, &mut out));
        }
        assert_eq!(out, "");
        window.release(0..1, key(5).0, &mut out);
        assert_eq!(out, "0:3 0:4 ");
        assert!(!put(&mut window, 0, 6, &mut out) && put(&mut window, 0, 2, &mut out));
        window.finish(&mut out);
        assert_eq!(out, "0:3 0:4 0:2 0:5 0:6 0:9 ");
    }

    #[test]
    fn what_fits_comes_out_in_one_order_over_all_groups() {
        let (mut window, mut out) = (Window::new(2, 100, 10_000), String::new());
        for at in [1, 4, 6] {
            put(&mut window, 0, at, &mut out);
        }
        for at in [2, 3, 5] {
            put(&mut window, 1, at, &mut out);
        }
        window.finish(&mut out);
        assert_eq!(out, "0:1 1:2 1:3 0:4 1:5 0:6 ");
    }

    #[test]
    fn a_line_of_the_future_waits_no_longer_than_the_others_and_makes_none_late() {
        let (mut window, mut out) = (Window::new(1, 100, 10_000), String::new());
        let ahead = (Timestamp::from_millis(START + 7_000_000), key(1).1, "1".into());
        window.put(0, ahead, key(1).0, "ahead ", &mut out);
        window.put(0, (Timestamp::from_millis(i64::MAX), key(1).1, "2".into()), key(1).0, "never ", &mut out);
        put(&mut window, 0, 20, &mut out);
        window.release_arrived(key(10).0, &mut out);
        assert_eq!(out, "ahead never ");
        assert!(!put(&mut window, 0, 15, &mut out));
        window.finish(&mut out);
        assert_eq!(out, "ahead never 0:15 0:20 ");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_lost_whatever_the_bounds_and_what_is_not_late_is_in_order(
            lines in prop::collection::vec((0_usize..3, 0_i64..200), 0..120),
            most in 0_usize..30,
        ) {
            let (mut window, mut out) = (Window::new(3, most, 10_000), String::new());
            let (mut late, mut all) = (Vec::new(), Vec::new());
            for (group, at) in &lines {
                if put(&mut window, *group, *at, &mut out) {
                    late.push(format!("{group}:{at}"));
                }
                all.push(format!("{group}:{at}"));
                prop_assert!(window.lines <= most);
            }
            window.finish(&mut out);
            prop_assert_eq!((window.lines, window.bytes), (0, 0));
            let mut written: Vec<String> = out.split_whitespace().map(str::to_owned).collect();
            for group in 0..3 {
                let mut late = late.clone();
                let times: Vec<i64> = written
                    .iter()
                    .filter(|line| {
                        let was_late = late.iter().position(|late| late == *line);
                        was_late.map(|at| late.remove(at)).is_none()
                    })
                    .filter_map(|line| line.strip_prefix(&format!("{group}:"))?.parse().ok())
                    .collect();
                if late.is_empty() && lines.iter().collect::<std::collections::BTreeSet<_>>().len() == lines.len() {
                    prop_assert!(times.is_sorted(), "{times:?}");
                }
            }
            written.sort();
            all.sort();
            prop_assert_eq!(written, all);
        }
    }
}
