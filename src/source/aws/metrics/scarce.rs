//! Whom to ask first when the cap does not pay for everyone: who is known to be sick, then who is not known at all.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::time::Duration;

use super::wanted::{COUNTS, Turn, Wanted};
use crate::model::{FunctionKey, Metric, Period, SeriesPage, Subject, Timestamp};
use crate::source::aws::functions::Fleet;
use crate::source::aws::spend::Rank;

/// How much of an answer counts as now.
const RECENT: Duration = Duration::from_mins(15);

/// What the answers so far tell of each function.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<FunctionKey, Recent>);

/// The counts of a function's newest quarter of an hour; `None` before the first answer.
#[derive(Clone, Copy, Debug, Default)]
struct Recent {
    invocations: Option<f64>,
    errors: Option<f64>,
    throttles: Option<f64>,
}

/// The place of a line among those that wait for money, the smallest first: who it belongs to, how much there is of what
/// they have, and how lately they were changed, because a deploy is the likeliest thing to make a function sick.
type Place = (Group, Reverse<u64>, Reverse<Option<Timestamp>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Screen,
    /// It has errors or throttles.
    Sick,
    /// Nothing is known of it: its errors, which tell most for one metric.
    Unknown,
    Healthy,
    /// The other metrics of those of which nothing is known.
    Rest,
    /// The hours of long trends.
    Hours,
}

impl Told {
    /// Keeps what an answer tells.
    pub fn take_in(&mut self, pages: &[SeriesPage]) {
        for page in pages {
            let Subject::Function(key) = &page.key.subject else { continue };
            if page.key.period != Period::MINUTE || !COUNTS.contains(&page.key.metric) {
                continue;
            }
            let since = page.range.end - RECENT;
            let sum = page.points.iter().filter(|point| point.at >= since).map(|point| point.value).sum();
            let recent = self.0.entry(key.clone()).or_default();
            match page.key.metric {
                Metric::Errors => recent.errors = Some(sum),
                Metric::Throttles => recent.throttles = Some(sum),
                _ => recent.invocations = Some(sum),
            }
        }
    }

    /// Forgets functions that are gone.
    pub fn keep(&mut self, fleet: &Fleet) {
        if self.0.len() > 2 * fleet.functions.len() {
            self.0.retain(|key, _| fleet.functions.contains_key(&key.name));
        }
    }

    /// Puts what is wanted in the order in which it is worth its money; among equals it stays as it was.
    pub fn order(&self, wanted: &mut [Wanted], fleet: &Fleet) {
        wanted.sort_by_cached_key(|wanted| self.place(wanted, fleet));
    }

    fn place(&self, wanted: &Wanted, fleet: &Fleet) -> Place {
        let hours = matches!(wanted.turn, Turn::Each(_)) || wanted.turn == super::wanted::HOURS;
        let plain = |group| (group, Reverse(0), Reverse(None));
        let key = match &wanted.line.subject {
            _ if hours => return plain(Group::Hours),
            Subject::Function(key) if wanted.rank == Rank::Background => key,
            _ => return plain(Group::Screen),
        };
        let changed = || fleet.functions.get(&key.name).and_then(|function| function.last_modified);
        let recent = self.0.get(key).copied().unwrap_or_default();
        let trouble = recent.errors.unwrap_or(0.0) + recent.throttles.unwrap_or(0.0);
        if trouble > 0.0 {
            return (Group::Sick, Reverse(trouble as u64), Reverse(None));
        }
        match recent.errors {
            Some(_) => (Group::Healthy, Reverse(recent.invocations.unwrap_or(0.0) as u64), Reverse(None)),
            None if wanted.line.metric == Metric::Errors => (Group::Unknown, Reverse(0), Reverse(changed())),
            None => (Group::Rest, Reverse(0), Reverse(changed())),
        }
    }
}
