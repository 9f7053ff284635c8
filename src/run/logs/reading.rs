//! What is written of what the tails tell, and what is said of it. It neither reads a clock nor writes.

mod summary;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::choice::Chosen;
use super::named::Named;
use super::requests::Requests;
use super::span::Span;
use super::throttled::Refused;
use crate::model::{
    Event, Failure, FailureKind, Invocation, LogGap, LogLine, LogOrder, LogPage, LogWant, TailReport,
    TailStatus, Timestamp,
};
use crate::query::{Facts, Query};
use crate::report::logs::{Form, Seen, Window, time};

/// Lines that wait to be put in order: two pages, and no more bytes than that.
const WAITING_LINES: usize = 20_000;
const WAITING_BYTES: usize = 16 * 1024 * 1024;
/// Ids that are remembered so that no line is written twice: some 30 MB, and less where there are fewer lines.
const REMEMBERED: usize = 2_000_000;
/// With `--follow`: how far back a tail may read again.
const REACH: Duration = Duration::from_mins(40);
/// With `--follow`: how long a line waits for the tail to say how far it has come.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// What is younger is not called seen yet, although it was asked for: two seconds, and one by which the time of
/// CloudWatch is not known better.
const EDGE: Duration = Duration::from_millis(3_010);
/// How long the same kind of trouble is not said again.
const SAID_AGAIN: Duration = Duration::from_mins(1);
/// How long a group may fail until it is given up; a throttled one is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// The tails of all groups, on their way out.
pub(super) struct Reading {
    groups: Vec<Group>,
    /// As it was asked for, and by the clock of CloudWatch.
    asked: Span,
    span: Span,
    query: Query,
    output: Output,
    seen: Seen,
}

/// What becomes of lines.
enum Output {
    Lines {
        form: Form,
        window: Window,
        /// The requests that the filter names.
        named: Box<Named>,
    },
    Requests(Box<Requests>),
}

/// One group.
struct Group {
    chosen: Chosen,
    /// Lines that were read, those of them that were written, and those that came after their place had gone out.
    events: u64,
    written: u64,
    late: u64,
    later_than_promised: u64,
    seen_to: Option<Timestamp>,
    complete_to: Option<Timestamp>,
    gaps: Vec<LogGap>,
    state: State,
    /// When each kind of trouble was said last.
    said: BTreeMap<Trouble, Timestamp>,
}

/// Kinds of trouble that are said, each once in a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Absent,
    Throttled,
    Failing,
    Failed,
}

/// How far a group has come.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Reading {
        /// Since when it fails, if it does.
        failing: Option<Timestamp>,
    },
    Read,
    Failed,
}

impl Reading {
    /// The lines themselves.
    pub(super) fn new(chosen: Vec<Chosen>, span: Span, query: Query, form: Form) -> Self {
        let window = Window::new(chosen.len(), WAITING_LINES, WAITING_BYTES);
        Self::with(chosen, span, query, Output::Lines { form, window, named: Box::default() })
    }

    /// The requests that lines tell of.
    pub(super) fn of_requests(chosen: Vec<Chosen>, span: Span, query: Query, requests: Requests) -> Self {
        Self::with(chosen, span, query, Output::Requests(Box::new(requests)))
    }

    fn with(chosen: Vec<Chosen>, span: Span, query: Query, output: Output) -> Self {
        let group = |chosen| Group {
            chosen,
            events: 0,
            written: 0,
            late: 0,
            later_than_promised: 0,
            seen_to: None,
            complete_to: None,
            gaps: Vec::new(),
            state: State::Reading { failing: None },
            said: BTreeMap::new(),
        };
        let groups = chosen.into_iter().map(group).collect();
        Self { groups, asked: span, span, query, output, seen: Seen::new(REMEMBERED) }
    }

    /// Takes in attempts that Lambda refused, before anything else.
    pub(super) fn take_throttled(&mut self, refused: &[Refused]) {
        for refused in refused {
            if let Some(at) = self.place(&refused.group)
                && let Output::Requests(requests) = &mut self.output
            {
                requests.take_throttled(at, refused);
            }
        }
    }

    /// Whether it has no end of its own.
    pub(super) const fn follows(&self) -> bool {
        self.span.until.is_none()
    }

    /// What the tails are to read.
    pub(super) fn want(&self) -> LogWant {
        let open = self.groups.iter().filter(|group| group.is_open());
        LogWant {
            groups: open.map(|group| group.chosen.key.clone()).collect(),
            since: self.span.since,
            until: self.span.until,
            order: LogOrder::OldestFirst,
            live: false,
        }
    }

    /// Whether every group has been read as far as it can be.
    pub(super) fn is_over(&self) -> bool {
        self.groups.iter().all(|group| !group.is_open())
    }

    /// Takes in what the sources tell at `now`: what is to be written goes to `out`, what is to be said comes back.
    pub(super) fn take(&mut self, event: Event, now: Timestamp, out: &mut String) -> Option<String> {
        match event {
            Event::Logs(page) => self.page(&page, now, out),
            Event::Tail(report) => return self.report(&report, now, out),
            Event::LogGap(gap) => return self.gap(gap),
            _ => {}
        }
        None
    }

    /// Lets time pass.
    pub(super) fn tick(&mut self, now: Timestamp, out: &mut String) {
        if self.follows()
            && let Output::Lines { window, .. } = &mut self.output
        {
            window.release_arrived(now - LONGEST_WAIT, out);
        }
    }

    /// Everything that still waits.
    pub(super) fn finish(&mut self, out: &mut String) {
        match &mut self.output {
            Output::Lines { window, .. } => window.finish(out),
            Output::Requests(requests) => {
                let groups = &self.groups;
                requests.finish(&self.query, |one| wanted(groups, one), out);
            }
        }
    }

    fn place(&self, key: &crate::model::GroupKey) -> Option<usize> {
        // Who asks may have become known meanwhile: the group is the same.
        self.groups.iter().position(|group| {
            group.chosen.key.name == key.name && group.chosen.key.scope.region == key.scope.region
        })
    }

    fn page(&mut self, page: &LogPage, now: Timestamp, out: &mut String) {
        let Some(at) = self.place(&page.group) else { return };
        let follows = self.follows();
        let (form, window, named) = match &mut self.output {
            Output::Lines { form, window, named } => {
                for kept in named.take(at, page, &mut self.query) {
                    let line = kept.as_line(&page.group);
                    let key = (line.timestamp, line.ingested, line.event_id.into());
                    let late = window.is_late(at, &key);
                    self.groups[at].written += 1;
                    let mut text = String::new();
                    form.write(&line, late, &mut text);
                    if late {
                        out.push_str(&text);
                    } else {
                        window.put(at, key, now, &text, out);
                    }
                }
                (*form, window, named)
            }
            Output::Requests(requests) => {
                let group = &mut self.groups[at];
                for line in page.lines() {
                    if group.wants(&line) && self.seen.is_new(at, line.timestamp, line.id) {
                        group.events += 1;
                        group.late += u64::from(line.late);
                    }
                }
                let groups = &self.groups;
                return requests.take(at, page, &self.query, |one| wanted(groups, one), out);
            }
        };
        let mut text = String::new();
        for line in page.lines() {
            // A line of Live Tail comes again, with its id.
            if line.provisional || !self.groups[at].wants(&line) {
                continue;
            }
            if !self.seen.is_new(at, line.timestamp, line.id) {
                continue;
            }
            let key = (line.timestamp, line.ingested, line.event_id.into());
            let late = (follows && line.late) || window.is_late(at, &key);
            let group = &mut self.groups[at];
            group.events += 1;
            group.late += u64::from(late);
            if !self.query.is_empty() && !self.query.matches(&Facts::from(&line)) {
                named.keep(at, &line);
                continue;
            }
            group.written += 1;
            text.clear();
            form.write(&line, late, &mut text);
            if late {
                out.push_str(&text);
            } else {
                window.put(at, key, now, &text, out);
            }
        }
    }

    fn report(&mut self, report: &TailReport, now: Timestamp, out: &mut String) -> Option<String> {
        let at = self.place(&report.group)?;
        let follows = self.follows();
        let group = &mut self.groups[at];
        if !group.is_open() {
            return None;
        }
        if report.clock_ahead_ms != 0 {
            self.span = self.asked.by_their_clock(report.clock_ahead_ms);
        }
        group.seen_to = group.seen_to.max(report.seen_to);
        group.complete_to = group.complete_to.max(report.complete_to);
        group.later_than_promised = report.later_than_promised;
        let said = group.judge(report, self.span.until, now);
        let all_seen_to = self.all_seen_to();
        match &mut self.output {
            Output::Lines { window, .. } if follows => {
                if let Some(seen_to) = report.seen_to {
                    window.release(at..at + 1, seen_to, out);
                    self.seen.forget(seen_to, REACH);
                }
            }
            // Lines of several groups come in one order, as far as they fit.
            Output::Lines { window, named, .. } => {
                if let Some(seen_to) = all_seen_to {
                    window.release(0..self.groups.len(), seen_to - named.holds_back(), out);
                }
            }
            Output::Requests(requests) => {
                let groups = &self.groups;
                // One that failed holds nobody back.
                let seen_to = groups[at].seen_to.filter(|_| groups[at].state != State::Failed);
                if seen_to.is_some() || groups[at].state == State::Failed {
                    requests.read(at, seen_to, &self.query, |one| wanted(groups, one), out);
                }
            }
        }
        let group = &mut self.groups[at];
        let (trouble, words) = said?;
        let before = group.said.get(&trouble).copied();
        if before.is_some_and(|before| now.since(before) < SAID_AGAIN) {
            return None;
        }
        group.said.insert(trouble, now);
        Some(format!("{}: {words}", group.chosen.key.name))
    }

    /// Up to when all groups that are read have been.
    fn all_seen_to(&self) -> Option<Timestamp> {
        let read = self.groups.iter().filter(|group| group.state != State::Failed);
        read.map(|group| group.seen_to).min().flatten()
    }

    fn gap(&mut self, gap: LogGap) -> Option<String> {
        let at = self.place(&gap.group)?;
        let group = &mut self.groups[at];
        group.gaps.retain(|known| known.range != gap.range || known.why != gap.why);
        if gap.filled {
            return None;
        }
        let why = gap.why.words();
        let (from, to) = (time(gap.range.start, None), time(gap.range.end, None));
        let said = format!("{}: {from} to {to} may be incomplete ({why})", gap.group.name);
        group.gaps.push(gap);
        if self.span.until.is_some() && group.is_open() {
            // It would be tried again for ever.
            group.state = State::Read;
        }
        Some(said)
    }
}

impl Group {
    fn is_open(&self) -> bool {
        matches!(self.state, State::Reading { .. })
    }

    /// Whether a line is of a function that was asked for. In a group that functions share, some lines tell.
    fn wants(&self, line: &LogLine<'_>) -> bool {
        let of_another = |functions| line.stream.function.as_ref().is_some_and(|name| !has(functions, name));
        !self.chosen.only.as_ref().is_some_and(of_another)
    }

    /// Keeps how the group does by its newest report; what there is to say of it.
    fn judge(
        &mut self,
        report: &TailReport,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<(Trouble, String)> {
        let State::Reading { failing } = &mut self.state else { return None };
        match &report.status {
            TailStatus::Starting | TailStatus::Polling | TailStatus::Live { .. } => {
                *failing = None;
                if until.is_some_and(|until| report.seen_to.is_some_and(|seen| seen + EDGE >= until)) {
                    self.state = State::Read;
                }
                None
            }
            TailStatus::Unreadable { why } => {
                self.state = State::Failed;
                Some((Trouble::Failed, why.to_string()))
            }
            TailStatus::Waiting if until.is_none() => Some((
                Trouble::Absent,
                "there is no such log group yet: waiting for its first line".to_owned(),
            )),
            TailStatus::Waiting | TailStatus::Deleted { .. } if until.is_some() => {
                self.state = State::Failed;
                Some((Trouble::Failed, "there is no such log group".to_owned()))
            }
            TailStatus::Waiting | TailStatus::Deleted { .. } => {
                Some((Trouble::Absent, "the log group was deleted: waiting for it to come back".to_owned()))
            }
            TailStatus::Throttled { .. } => {
                Some((Trouble::Throttled, "throttled by AWS: lines come late, none is lost".to_owned()))
            }
            TailStatus::Failed { failure, .. } => {
                let since = *failing.get_or_insert(now);
                let patient = until.is_none() || now.since(since) < PATIENCE;
                if is_final(failure, until.is_none()) || !patient {
                    self.state = State::Failed;
                    return Some((Trouble::Failed, failure.to_string()));
                }
                Some((Trouble::Failing, format!("{failure}: trying again")))
            }
        }
    }
}

/// Whether an invocation is of a function that was asked for.
fn wanted(groups: &[Group], one: &Invocation) -> bool {
    let group = groups.iter().find(|group| group.chosen.key.name == one.group.name);
    let only = group.and_then(|group| group.chosen.only.as_ref());
    only.is_none_or(|only| one.stream.function.as_ref().is_none_or(|name| has(only, name)))
}

fn has(functions: &BTreeSet<Arc<str>>, name: &str) -> bool {
    functions.contains(name)
}

/// Whether trying again leads nowhere until somebody does something. A follow waits for a login that is renewed.
pub(super) fn is_final(failure: &Failure, follows: bool) -> bool {
    let refused = matches!(failure.kind, FailureKind::AccessDenied { .. } | FailureKind::Refused);
    refused || (failure.needs_login() && !follows)
}
