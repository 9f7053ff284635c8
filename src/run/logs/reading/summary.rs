//! What is said once all is written: how much there was, and whether that was all.

use super::{Group, Output, Reading, State};
use crate::query::Query;
use crate::report::logs::time;

impl Reading {
    /// Whether something is known to be missing.
    pub(in crate::run::logs) fn is_incomplete(&self) -> bool {
        let follows = self.follows();
        self.groups.iter().any(|group| {
            let unread = !follows && group.is_open();
            unread || group.state == State::Failed || !group.gaps.is_empty()
        })
    }

    /// What there was: a line for each group where there are several, and one for all.
    pub(in crate::run::logs) fn summary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if self.groups.len() > 1 {
            lines.extend(self.groups.iter().map(|group| {
                let of_lines = matches!(self.output, Output::Lines { .. });
                let query = if of_lines { &self.query } else { &Query::default() };
                let counts = counts(std::slice::from_ref(group), query);
                format!("{}: {counts}{}", group.chosen.key.name, self.promise(group))
            }));
        }
        let mut all = counts(&self.groups, &self.query);
        if let Output::Requests(requests) = &self.output {
            all = format!("{}; {}", requests.counts(&self.query), counts(&self.groups, &Query::default()));
        }
        let promise = match &self.groups[..] {
            [only] => self.promise(only),
            _ => String::new(),
        };
        lines.push(format!("{all}{promise}"));
        let later: u64 = self.groups.iter().map(|group| group.later_than_promised).sum();
        if later > 0 {
            lines.push(format!("{later} came after their time had been called complete"));
        }
        if let Output::Requests(requests) = &self.output {
            lines.extend(requests.said());
        }
        if self.seen.unsure() > 0 {
            lines.push(format!(
                "{} came so long after their place that they may have been written before",
                self.seen.unsure()
            ));
        }
        lines
    }

    /// Up to when a group is complete, and what may still come.
    fn promise(&self, group: &Group) -> String {
        if group.state == State::Failed {
            return "; not read to the end".to_owned();
        }
        let until = self.span.until;
        match group.complete_to {
            Some(to) if until.is_some_and(|until| to >= until) => format!("; complete to {}", time(to, None)),
            Some(to) => {
                format!("; complete to {}, events newer than that may still arrive", time(to, None))
            }
            None => {
                format!("; events newer than {} may still arrive", time(self.span.since, None))
            }
        }
    }
}

fn counts(groups: &[Group], query: &Query) -> String {
    let sum = |of: fn(&Group) -> u64| groups.iter().map(of).sum::<u64>();
    let gaps: usize = groups.iter().map(|group| group.gaps.len()).sum();
    let events = sum(|group| group.events);
    let many =
        |number: u64, one: &str, more: &str| format!("{number} {}", if number == 1 { one } else { more });
    let matched =
        if query.is_empty() { String::new() } else { format!(", {} matched", sum(|group| group.written)) };
    let gaps = if gaps == 0 { "no gaps".to_owned() } else { many(gaps as u64, "gap", "gaps") };
    format!("{}{matched}, {} late, {gaps}", many(events, "event", "events"), sum(|group| group.late))
}
