//! Requests on their way out: joined from pages, written once nothing more is to come of them.
//!
//! They go out in the order of their start: one that is still under way holds back those that began after it, as long as
//! there is room. Each group is joined by itself, because one may be read far ahead of another; a window puts their records
//! in order. It neither reads a clock nor writes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::throttled::Refused;
use crate::model::{Architecture, Function, Invocation, LogPage, Outcome, Prices, Timestamp};
use crate::query::Query;
use crate::report::logs::Window;
use crate::report::requests::RequestForm;
use crate::store::invocations::Invocations;

/// Requests of a group that are under way at the same time; beyond that the oldest go out as they are.
const WAITING: usize = 20_000;
/// How many then go out at once.
const BATCH: usize = 1_000;
/// Written requests that wait to be put in order with those of other groups.
const WAITING_LINES: usize = 20_000;
const WAITING_BYTES: usize = 16 * 1024 * 1024;
/// The longest that a request runs, where its function's timeout is not known.
const LONGEST: Duration = Duration::from_mins(15);
/// How long after its REPORT more may come of a request.
const AFTER: Duration = Duration::from_secs(5);

/// Requests that wait, and how they are written.
pub(super) struct Requests {
    /// Of each group, which is read in order by itself.
    groups: Vec<Group>,
    window: Window,
    form: RequestForm,
    prices: Prices,
    /// Architectures and timeouts, by the functions' names.
    known: HashMap<Arc<str>, (Option<Architecture>, Duration)>,
    begun: bool,
    found: u64,
    written: u64,
    /// Those that went out before their REPORT because too many waited.
    hurried: u64,
}

/// The requests of one group.
#[derive(Default)]
struct Group {
    joined: Invocations,
    /// Up to where it was read.
    read_to: Timestamp,
    /// Nothing that began before is still to be written.
    passed: Timestamp,
}

impl Requests {
    pub(super) fn new(form: RequestForm, prices: Prices, groups: usize, functions: &[Function]) -> Self {
        let group = || {
            let mut joined = Invocations::default();
            joined.set_limit(2 * WAITING);
            for function in functions.iter().filter(|function| function.is_quiet()) {
                joined.set_quiet(&function.key, true);
            }
            Group { joined, ..Group::default() }
        };
        let known = functions.iter().map(|function| {
            let timeout =
                function.timeout_s.map_or(LONGEST, |seconds| Duration::from_secs(u64::from(seconds)));
            (Arc::clone(&function.key.name), (function.architecture, timeout))
        });
        let known = known.collect();
        Self {
            groups: std::iter::repeat_with(group).take(groups).collect(),
            window: Window::new(groups, WAITING_LINES, WAITING_BYTES),
            form,
            prices,
            known,
            begun: false,
            found: 0,
            written: 0,
            hurried: 0,
        }
    }

    /// Takes in a page of a group, and writes those of which nothing more is to come.
    pub(super) fn take(
        &mut self,
        at: usize,
        page: &LogPage,
        query: &Query,
        wanted: impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        let group = &mut self.groups[at];
        group.joined.take(page);
        let plausible = page.rows.iter().map(|row| row.timestamp).filter(|at| at.is_plausible());
        group.read_to = group.read_to.max(plausible.max().unwrap_or_default());
        self.settle(at, query, &wanted, out);
        while self.groups[at].joined.len() > WAITING {
            let taken = self.groups[at].joined.take_oldest(BATCH);
            self.hurried += taken
                .iter()
                .filter(|one| one.reported.is_none() && one.outcome != Outcome::Throttled)
                .count() as u64;
            self.write(at, &taken, query, &wanted, out);
        }
    }

    /// Takes in attempts that Lambda refused, before the log of their group.
    pub(super) fn take_throttled(&mut self, at: usize, refused: &Refused) {
        self.groups[at].joined.take_throttled(&refused.function, &refused.group, &refused.attempts);
    }

    /// Takes in that a group was read up to `seen_to`, or, without one, that nothing more comes of it.
    pub(super) fn read(
        &mut self,
        at: usize,
        seen_to: Option<Timestamp>,
        query: &Query,
        wanted: impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        let group = &mut self.groups[at];
        if let Some(seen_to) = seen_to {
            group.read_to = group.read_to.max(seen_to);
            self.settle(at, query, &wanted, out);
        } else {
            let taken = group.joined.take_oldest(usize::MAX);
            group.passed = Timestamp::from_millis(i64::MAX);
            self.write(at, &taken, query, &wanted, out);
        }
        let passed = self.groups.iter().map(|group| group.passed).min().unwrap_or_default();
        self.window.release(0..self.groups.len(), passed, out);
    }

    fn settle(&mut self, at: usize, query: &Query, wanted: &impl Fn(&Invocation) -> bool, out: &mut String) {
        let group = &self.groups[at];
        let over = |one: &Invocation| {
            let last = match one.outcome {
                Outcome::Throttled => one.start,
                _ => one.reported.unwrap_or_else(|| one.start + self.timeout(one)),
            };
            last + AFTER < group.read_to
        };
        let many = group.joined.by_start().take_while(over).count();
        let next = group.joined.by_start().nth(many).map(|one| one.start);
        // What has no START yet begins its duration before its REPORT.
        let passed = next.unwrap_or(group.read_to).min(group.read_to - AFTER);
        let group = &mut self.groups[at];
        group.passed = group.passed.max(passed);
        if many > 0 {
            let taken = group.joined.take_oldest(many);
            self.write(at, &taken, query, wanted, out);
        }
    }

    /// Writes the rest.
    pub(super) fn finish(&mut self, query: &Query, wanted: impl Fn(&Invocation) -> bool, out: &mut String) {
        for at in 0..self.groups.len() {
            let taken = self.groups[at].joined.take_oldest(usize::MAX);
            self.write(at, &taken, query, &wanted, out);
        }
        self.begin(out);
        self.window.finish(out);
    }

    /// Writes the header, once.
    fn begin(&mut self, out: &mut String) {
        if !std::mem::replace(&mut self.begun, true) {
            out.push_str(&self.form.header());
        }
    }

    fn timeout(&self, one: &Invocation) -> Duration {
        self.known.get(&one.function.name).map_or(LONGEST, |(_, timeout)| *timeout)
    }

    fn write(
        &mut self,
        at: usize,
        taken: &[Invocation],
        query: &Query,
        wanted: &impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        let now = self.groups[at].read_to;
        let mut text = String::new();
        for one in taken.iter().filter(|one| wanted(one)) {
            self.found += 1;
            if !query.matches_request(one) {
                continue;
            }
            self.begin(out);
            self.written += 1;
            let outcome = one.outcome_at(now, self.timeout(one));
            let architecture = self.known.get(&one.function.name).and_then(|(architecture, _)| *architecture);
            text.clear();
            self.form.write(one, outcome, architecture, &self.prices, &mut text);
            let id = format!("{}{}", one.key.request, one.key.attempt).into();
            self.window.put(at, (one.start, one.start, id), now, &text, out);
        }
    }

    /// How many there were.
    pub(super) fn counts(&self, query: &Query) -> String {
        let requests = if self.found == 1 { "request" } else { "requests" };
        let matched = if query.is_empty() { String::new() } else { format!(", {} matched", self.written) };
        format!("{} {requests}{matched}", self.found)
    }

    /// What else is to be said.
    pub(super) fn said(&self) -> Option<String> {
        (self.hurried > 0).then(|| {
            format!("{} were written before their REPORT had come: too many were under way", self.hurried)
        })
    }
}
