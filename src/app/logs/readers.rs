//! Which log groups are read: those that an open screen needs, and for a while those that one needed.

use std::time::Duration;

use crate::model::{GroupKey, LogOrder, LogWant, Timestamp};

use crate::app::layout::Frame;
use crate::app::{App, Screen};

/// A group is read for so long after its screen was left, so that coming back finds no hole.
const LINGER: Duration = Duration::from_mins(1);

/// A group that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Read {
    group: GroupKey,
    /// Since when no open screen needs it.
    left_at: Option<Timestamp>,
}

/// The groups that are read, most wanted first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::app) struct Readers(Vec<Read>);

impl Readers {
    /// Now these are needed, most wanted first.
    fn need(&mut self, now: Timestamp, groups: Vec<GroupKey>) {
        let mut left = std::mem::take(&mut self.0);
        for read in &mut left {
            read.left_at.get_or_insert(now);
        }
        for group in groups {
            if !self.0.iter().any(|read| read.group == group) {
                self.0.push(Read { group, left_at: None });
            }
        }
        left.retain(|read| {
            let lingers = read.left_at.is_some_and(|left| now.since(left) < LINGER);
            lingers && !self.0.iter().any(|own| own.group == read.group)
        });
        self.0.extend(left);
    }

    /// Nothing is read any more: what it was called has changed.
    pub(in crate::app) fn clear(&mut self) {
        self.0.clear();
    }
}

impl App {
    /// Looks at what the open screens need, that on top first.
    pub(in crate::app) fn note_readers(&mut self) {
        let mut groups = Vec::new();
        for screen in self.opened.iter().rev() {
            match screen {
                Screen::Logs => groups.extend(self.logs.sources.groups()),
                Screen::Requests => groups.extend(self.requests.groups()),
                Screen::Function(of) if self.shows_panes() => groups.push(self.group_of(&of.key)),
                Screen::Functions | Screen::Function(_) | Screen::Timeline(_) | Screen::Traces => {}
            }
        }
        self.log_readers.need(self.now, groups);
    }

    /// Whether one function's screen has room for its last requests.
    const fn shows_panes(&self) -> bool {
        match &self.frame {
            Frame::Function(layout) => layout.panes.is_some(),
            _ => true,
        }
    }

    /// What the sources are to read.
    pub(in crate::app) fn log_want(&self) -> Option<LogWant> {
        let groups: Vec<GroupKey> = self.log_readers.0.iter().map(|read| read.group.clone()).collect();
        (!groups.is_empty()).then_some(LogWant {
            groups,
            since: self.logs_since,
            until: None,
            order: LogOrder::NewestFirst,
            live: self.logs.live,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    #[test]
    fn what_a_screen_needed_is_read_for_a_minute_more() {
        let group = |name: &str| GroupKey::new(&Scope::new("123456789012", "eu-west-1"), name);
        let at = Timestamp::from_secs;
        let names = |readers: &Readers| -> Vec<String> {
            readers.0.iter().map(|read| read.group.name.to_string()).collect()
        };
        let mut readers = Readers::default();
        readers.need(at(0), vec![group("a"), group("b"), group("a")]);
        assert_eq!(names(&readers), ["a", "b"]);
        readers.need(at(10), vec![group("c"), group("b")]);
        assert_eq!(names(&readers), ["c", "b", "a"], "what is on screen comes first");
        readers.need(at(69), vec![group("b")]);
        assert_eq!(names(&readers), ["b", "c", "a"]);
        readers.need(at(70), vec![group("b")]);
        assert_eq!(names(&readers), ["b", "c"], "a was left a minute ago");
        readers.need(at(75), vec![group("c")]);
        assert_eq!(names(&readers), ["c", "b"], "who comes back begins anew");
    }
}
