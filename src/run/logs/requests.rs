//! Requests on their way out: joined from pages, written once nothing more is to come of them.
//!
//! They go out in the order of their start: one that is still under way holds back those that began after it, as long as
//! there is room. It neither reads a clock nor writes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Architecture, Function, Invocation, LogPage, Prices, Timestamp};
use crate::query::Query;
use crate::report::requests::RequestForm;
use crate::store::invocations::Invocations;

/// Requests that wait; beyond that the oldest go out as they are.
const WAITING: usize = 50_000;
/// How many then go out at once.
const BATCH: usize = 2_000;
/// The longest that a request runs, where its function's timeout is not known.
const LONGEST: Duration = Duration::from_mins(15);
/// How long after its REPORT more may come of a request.
const AFTER: Duration = Duration::from_secs(5);

/// Requests that wait, and how they are written.
pub(super) struct Requests {
    joined: Invocations,
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

impl Requests {
    pub(super) fn new(form: RequestForm, prices: Prices, functions: &[Function]) -> Self {
        let mut joined = Invocations::default();
        joined.set_limit(2 * WAITING);
        for function in functions.iter().filter(|function| function.is_quiet()) {
            joined.set_quiet(&function.key, true);
        }
        let known = functions.iter().map(|function| {
            let timeout =
                function.timeout_s.map_or(LONGEST, |seconds| Duration::from_secs(u64::from(seconds)));
            (Arc::clone(&function.key.name), (function.architecture, timeout))
        });
        let known = known.collect();
        Self { joined, form, prices, known, begun: false, found: 0, written: 0, hurried: 0 }
    }

    /// Takes in a page.
    pub(super) fn take(
        &mut self,
        page: &LogPage,
        query: &Query,
        wanted: impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        self.joined.take(page);
        while self.joined.len() > WAITING {
            let now = page.rows.last().map(|row| row.timestamp).unwrap_or_default();
            let taken = self.joined.take_oldest(BATCH);
            self.hurried += taken.iter().filter(|one| one.reported.is_none()).count() as u64;
            self.write(&taken, now, query, &wanted, out);
        }
    }

    /// Writes those of which nothing more is to come, now that everything up to `seen_to` has been read.
    pub(super) fn settle(
        &mut self,
        seen_to: Timestamp,
        query: &Query,
        wanted: impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        let over = |one: &Invocation| {
            let last = one.reported.unwrap_or_else(|| one.start + self.timeout(one));
            last + AFTER < seen_to
        };
        let many = self.joined.by_start().take_while(over).count();
        if many > 0 {
            let taken = self.joined.take_oldest(many);
            self.write(&taken, seen_to, query, &wanted, out);
        }
    }

    /// Writes the rest: everything up to `seen_to` has been read.
    pub(super) fn finish(
        &mut self,
        seen_to: Option<Timestamp>,
        query: &Query,
        wanted: impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        let taken = self.joined.take_oldest(usize::MAX);
        let last = taken.iter().map(|one| one.last).max().unwrap_or_default();
        self.write(&taken, seen_to.unwrap_or(last), query, &wanted, out);
        if !self.begun {
            out.push_str(&self.form.header());
        }
    }

    fn timeout(&self, one: &Invocation) -> Duration {
        self.known.get(&one.function.name).map_or(LONGEST, |(_, timeout)| *timeout)
    }

    fn write(
        &mut self,
        taken: &[Invocation],
        now: Timestamp,
        query: &Query,
        wanted: &impl Fn(&Invocation) -> bool,
        out: &mut String,
    ) {
        for one in taken.iter().filter(|one| wanted(one)) {
            self.found += 1;
            if !query.matches_request(one) {
                continue;
            }
            if !std::mem::replace(&mut self.begun, true) {
                out.push_str(&self.form.header());
            }
            self.written += 1;
            let outcome = one.outcome_at(now, self.timeout(one));
            let architecture = self.known.get(&one.function.name).and_then(|(architecture, _)| *architecture);
            self.form.write(one, outcome, architecture, &self.prices, out);
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
