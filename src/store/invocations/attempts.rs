//! The attempts at one request in one stream, told apart: Lambda tries an asynchronous event again under the same id,
//! often in the same environment.
//!
//! A START begins an attempt and a REPORT ends one. What lies behind a REPORT belongs to it until the next START; where
//! that is missing, until [`AFTER`] has gone by.

use crate::model::{RequestFigures, TraceId};

use super::environment::AFTER;
use super::names::VersionId;
use super::notable::Notable;
use super::record::{Record, flag};

/// What a line that names a request says of it.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) at: i64,
    pub(super) role: Role,
    pub(super) by_platform: bool,
    pub(super) version: VersionId,
    pub(super) trace: Option<TraceId>,
    pub(super) sampled: Option<bool>,
    pub(super) succeeded: bool,
    pub(super) notable: Option<Notable>,
}

/// What part a line plays for its request.
#[derive(Clone, Debug)]
pub(super) enum Role {
    Start,
    Report(RequestFigures),
    /// Any other line, with what it says in numbers.
    Other(Option<RequestFigures>),
}

impl Fact {
    pub(super) const fn plain(at: i64) -> Self {
        Self {
            at,
            role: Role::Other(None),
            by_platform: false,
            version: VersionId::NONE,
            trace: None,
            sampled: None,
            succeeded: false,
            notable: None,
        }
    }

    /// Whether it can be of the one attempt that a record holds.
    pub(super) fn fits(&self, record: &Record) -> bool {
        let (start, report) = (record.start_line(), record.report());
        match self.role {
            Role::Start => {
                start.is_none_or(|start| start == self.at) && report.is_none_or(|report| self.at <= report)
            }
            Role::Report(_) => {
                report.is_none_or(|report| report == self.at) && start.is_none_or(|start| start <= self.at)
            }
            Role::Other(_) => true,
        }
    }

    /// Puts it into a record; what is notable is kept beside it. Whether the record changed.
    pub(super) fn put(&self, record: &mut Record) -> bool {
        let mut news = record.touch(self.at);
        match &self.role {
            Role::Start => {
                news |= record.start_line() != Some(self.at);
                record.set_start(self.at);
            }
            Role::Report(figures) => {
                if record.report() != Some(self.at) {
                    news = true;
                    record.set_report(self.at);
                    record.set_figures(figures, true);
                }
            }
            Role::Other(Some(figures)) if record.report().is_none() => {
                let before = record.own_figures();
                record.set_figures(figures, false);
                news |= before != record.own_figures();
            }
            Role::Other(_) => {}
        }
        if self.by_platform {
            news |= record.mark(flag::PLATFORM, true);
        }
        if self.succeeded {
            news |= record.mark(flag::SUCCEEDED, true);
        }
        if !self.version.is_none() && record.version.is_none() {
            record.version = self.version;
            news = true;
        }
        if let Some(trace) = self.trace {
            let before = record.trace();
            record.set_trace(trace, self.by_platform);
            news |= before != record.trace();
        }
        if let Some(sampled) = self.sampled {
            news |= record.sampled().is_none();
            record.set_sampled(sampled);
        }
        news
    }
}

/// What a record holds, as the lines that it was made of. Of lines that say nothing the first and the last are left.
pub(super) fn facts<'a>(record: &Record, notables: impl Iterator<Item = &'a Notable>) -> Vec<Fact> {
    let by_platform = record.is(flag::PLATFORM);
    let succeeded = record.is(flag::SUCCEEDED);
    let mut facts = vec![Fact::plain(record.base()), Fact::plain(record.last())];
    // What the request's own lines said of it goes with the line that is sure to be its own.
    let whole = Fact {
        by_platform,
        version: record.version,
        trace: record.trace(),
        sampled: record.sampled(),
        ..Fact::plain(record.base())
    };
    let report = record.report().map(|at| (Role::Report(record.own_figures()), at));
    let start = record.start_line();
    match (start, report) {
        (Some(at), report) => {
            if let Some((role, at)) = report {
                facts.push(Fact { role, by_platform, succeeded, ..Fact::plain(at) });
            }
            facts.push(Fact { at, role: Role::Start, ..whole });
        }
        (None, Some((role, at))) => facts.push(Fact { at, role, succeeded, ..whole }),
        (None, None) => {
            facts.push(Fact {
                at: record.last(),
                role: Role::Other(Some(record.own_figures())),
                succeeded,
                ..whole
            });
        }
    }
    facts.extend(notables.map(|notable| Fact { notable: Some(notable.clone()), ..Fact::plain(notable.at) }));
    facts
}

/// One attempt: the lines that are its own.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    pub(super) start: Option<i64>,
    pub(super) report: Option<i64>,
    pub(super) facts: Vec<Fact>,
}

/// Tells the attempts apart whose lines these are, the first one first.
pub(super) fn told_apart(mut facts: Vec<Fact>) -> Vec<Attempt> {
    facts.sort_by_key(|fact| fact.at);
    let mut starts: Vec<i64> = Vec::new();
    let mut reports: Vec<i64> = Vec::new();
    for fact in &facts {
        match fact.role {
            Role::Start => starts.push(fact.at),
            Role::Report(_) => reports.push(fact.at),
            Role::Other(_) => {}
        }
    }
    starts.dedup();
    reports.dedup();
    let mut attempts = vec![Attempt::default()];
    let (mut next_start, mut next_report) = (starts.iter().peekable(), reports.iter().peekable());
    loop {
        let begins = match (next_start.peek(), next_report.peek()) {
            (None, None) => break,
            (Some(start), Some(report)) if start == report => {
                let last = &attempts[attempts.len() - 1];
                last.start.is_none() || last.report.is_some()
            }
            (Some(start), Some(report)) => start < report,
            (start, _) => start.is_some(),
        };
        let last = &attempts[attempts.len() - 1];
        let fresh =
            if begins { last.start.is_some() || last.report.is_some() } else { last.report.is_some() };
        if fresh {
            attempts.push(Attempt::default());
        }
        let at = attempts.len() - 1;
        if begins {
            attempts[at].start = next_start.next().copied();
        } else {
            attempts[at].report = next_report.next().copied();
        }
    }
    // From when on lines are of each.
    let mut from = vec![i64::MIN; attempts.len()];
    for at in 1..attempts.len() {
        let after = attempts[at - 1].report.unwrap_or(i64::MIN).saturating_add(AFTER);
        from[at] = attempts[at].start.unwrap_or_else(|| after.min(attempts[at].report.unwrap_or(after)));
    }
    for fact in facts {
        let at = match fact.role {
            Role::Start => attempts.iter().position(|one| one.start == Some(fact.at)),
            Role::Report(_) => attempts.iter().position(|one| one.report == Some(fact.at)),
            Role::Other(_) => from.iter().rposition(|from| *from <= fact.at),
        };
        attempts[at.unwrap_or_default()].facts.push(fact);
    }
    attempts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(at: i64) -> Fact {
        Fact { role: Role::Start, ..Fact::plain(at) }
    }

    fn report(at: i64) -> Fact {
        Fact { role: Role::Report(RequestFigures::default()), ..Fact::plain(at) }
    }

    /// Each attempt's START, REPORT and number of lines.
    fn attempts(facts: &[Fact]) -> Vec<(Option<i64>, Option<i64>, usize)> {
        let mut told = told_apart(facts.to_vec());
        told.iter_mut().map(|one| (one.start, one.report, one.facts.len())).collect()
    }

    #[test]
    fn a_start_begins_an_attempt_and_a_report_ends_it() {
        let lines = [start(0), Fact::plain(5), report(9), Fact::plain(10), start(60_000), report(60_000)];
        assert_eq!(attempts(&lines), [(Some(0), Some(9), 4), (Some(60_000), Some(60_000), 2)]);
    }

    #[test]
    fn a_missing_start_or_report_is_no_reason_to_mix_two_attempts() {
        let no_start = [report(9), Fact::plain(1_000), Fact::plain(50_000), report(60_000)];
        assert_eq!(attempts(&no_start), [(None, Some(9), 2), (None, Some(60_000), 2)]);
        let no_report = [start(0), Fact::plain(5), start(60_000), report(60_009)];
        assert_eq!(attempts(&no_report), [(Some(0), None, 2), (Some(60_000), Some(60_009), 2)]);
        let neither = [report(9), start(60_000), Fact::plain(60_001)];
        assert_eq!(attempts(&neither), [(None, Some(9), 1), (Some(60_000), None, 2)]);
    }
}
