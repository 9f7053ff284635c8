//! One attempt as it is held: 120 bytes, of which every Arc is somebody else's.

use std::sync::Arc;

use crate::model::{ErrorNote, RequestFigures, RequestId, Timestamp, TraceId};

use super::evidence::{Evidence, Exit};
use super::names::{EnvironmentId, VersionId};

/// Which record.
pub(super) type Slot = u32;

/// Stands for a number that is not known.
pub(super) const NONE: u32 = u32::MAX;

/// The flags of a record.
pub(super) mod flag {
    /// A line of the platform named the request: it is no id that a program made up.
    pub(in super::super) const PLATFORM: u16 = 1;
    /// Its trace is known.
    pub(in super::super) const TRACED: u16 = 1 << 1;
    /// The platform named that trace.
    pub(in super::super) const TRACED_BY_PLATFORM: u16 = 1 << 2;
    pub(in super::super) const SAMPLED: u16 = 1 << 3;
    pub(in super::super) const NOT_SAMPLED: u16 = 1 << 4;
    pub(in super::super) const COLD: u16 = 1 << 5;
    /// Only lines of another request, in whose time it lies, name it.
    pub(in super::super) const HIDDEN: u16 = 1 << 6;
    /// How long its init took is told by a line without its id.
    pub(in super::super) const INIT_BESIDE: u16 = 1 << 8;
    /// The platform says that it went well.
    pub(in super::super) const SUCCEEDED: u16 = 1 << 9;
    /// How long its restore took is told by a line without its id.
    pub(in super::super) const RESTORE_BESIDE: u16 = 1 << 10;
    /// It is in the list by start.
    pub(in super::super) const LISTED: u16 = 1 << 7;
}

/// What is held of an attempt.
#[derive(Clone, Debug)]
pub(super) struct Record {
    request: [u64; 2],
    trace: [u64; 2],
    /// The error that its lines tell of, those without its id included.
    pub(super) error: Option<Arc<ErrorNote>>,
    /// The earliest line that names it, in ms; what follows is reckoned from here.
    base: i64,
    last: u32,
    start: u32,
    report: u32,
    /// How long before `base` the first line of its init was written.
    lead: u32,
    /// How long after its latest line the latest without its id was written.
    trail: u32,
    /// How long after `base` the stretch ends that is its own; none if none is.
    claim: u32,
    durations: [u32; 4],
    memory: [f32; 2],
    pub(super) environment: EnvironmentId,
    /// The next of those whose request ids have the same hash.
    pub(super) next: Slot,
    /// The revision at which it changed last.
    pub(super) changed: u32,
    pub(super) evidence: Evidence,
    pub(super) version: VersionId,
    pub(super) attempt: u16,
    pub(super) exit: Exit,
    pub(super) flags: u16,
}

/// The end of a chain.
pub(super) const NOBODY: Slot = Slot::MAX;

impl Record {
    pub(super) fn new(request: RequestId, environment: EnvironmentId, at: i64, attempt: u16) -> Self {
        Self {
            request: request.halves(),
            trace: [0; 2],
            error: None,
            base: at,
            last: 0,
            start: NONE,
            report: NONE,
            lead: 0,
            trail: 0,
            claim: NONE,
            durations: [NONE; 4],
            memory: [f32::NAN; 2],
            environment,
            next: NOBODY,
            changed: 0,
            evidence: Evidence::NONE,
            version: VersionId::NONE,
            attempt,
            exit: Exit::default(),
            flags: 0,
        }
    }

    pub(super) const fn request(&self) -> RequestId {
        RequestId::of_halves(self.request)
    }

    pub(super) const fn is(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    /// Sets a flag or takes it away; whether that changed anything.
    pub(super) const fn mark(&mut self, flag: u16, on: bool) -> bool {
        let before = self.flags;
        self.flags = if on { before | flag } else { before & !flag };
        self.flags != before
    }

    /// Widens what is known so that `at` is part of it; whether it was not.
    pub(super) fn touch(&mut self, at: i64) -> bool {
        if at < self.base {
            let earlier = span(at, self.base);
            for offset in [&mut self.last, &mut self.start, &mut self.report] {
                if *offset != NONE {
                    *offset = offset.saturating_add(earlier).min(NONE - 1);
                }
            }
            self.base = at;
            return true;
        }
        let offset = span(self.base, at);
        let later = offset > self.last;
        self.last = self.last.max(offset);
        later
    }

    pub(super) const fn base(&self) -> i64 {
        self.base
    }

    /// The latest line that names it.
    pub(super) const fn last(&self) -> i64 {
        self.base.saturating_add(self.last as i64)
    }

    /// When its START was logged.
    pub(super) const fn start_line(&self) -> Option<i64> {
        self.after(self.start)
    }

    /// When its REPORT was logged.
    pub(super) const fn report(&self) -> Option<i64> {
        self.after(self.report)
    }

    /// When its START was logged; `at` is part of it.
    pub(super) fn set_start(&mut self, at: i64) {
        self.start = span(self.base, at);
    }

    /// When its REPORT was logged; `at` is part of it.
    pub(super) fn set_report(&mut self, at: i64) {
        self.report = span(self.base, at);
    }

    /// Whether the lines that name it say the same as those of another.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        let own = flag::PLATFORM
            | flag::TRACED
            | flag::TRACED_BY_PLATFORM
            | flag::SAMPLED
            | flag::NOT_SAMPLED
            | flag::SUCCEEDED;
        let places = |one: &Self| (one.base, one.last, one.start, one.report, one.version, one.flags & own);
        places(self) == places(other)
            && self.trace == other.trace
            && self.own_figures() == other.own_figures()
    }

    /// When it began: by its START, else its REPORT less what that says, else its first line.
    pub(super) fn begin(&self) -> i64 {
        if let Some(start) = self.start_line() {
            return start;
        }
        let Some(report) = self.report() else { return self.base };
        self.duration().map_or(self.base, |duration| report.saturating_sub(duration as i64))
    }

    /// The first line of its init, or else of its own.
    pub(super) const fn first(&self) -> i64 {
        self.base.saturating_sub(self.lead as i64)
    }

    /// The latest of its lines, those without its id included.
    pub(super) const fn end(&self) -> i64 {
        self.last().saturating_add(self.trail as i64)
    }

    /// Up to where lines of its stream without an id are its own.
    pub(super) const fn claim(&self) -> Option<i64> {
        self.after(self.claim)
    }

    /// Sets what follows from the others of its stream; whether that changed anything.
    pub(super) fn place(&mut self, first: i64, end: i64, claim: Option<i64>) -> bool {
        let claim = claim.map_or(NONE, |to| span(self.base, to));
        let now = (span(first, self.base), span(self.last(), end), claim);
        let news = now != (self.lead, self.trail, self.claim);
        (self.lead, self.trail, self.claim) = now;
        news
    }

    const fn after(&self, offset: u32) -> Option<i64> {
        if offset == NONE { None } else { Some(self.base.saturating_add(offset as i64)) }
    }

    pub(super) const fn trace(&self) -> Option<TraceId> {
        if self.is(flag::TRACED) { Some(TraceId::of_halves(self.trace)) } else { None }
    }

    /// Takes a trace; the platform's word counts, of two others the smaller.
    pub(super) fn set_trace(&mut self, trace: TraceId, by_platform: bool) {
        let known = self.is(flag::TRACED_BY_PLATFORM);
        let held = self.trace();
        if held.is_none_or(|held| if by_platform == known { trace < held } else { by_platform }) {
            self.trace = trace.halves();
            self.mark(flag::TRACED, true);
        }
        if by_platform {
            self.mark(flag::TRACED_BY_PLATFORM, true);
        }
    }

    pub(super) const fn sampled(&self) -> Option<bool> {
        if self.is(flag::SAMPLED) {
            Some(true)
        } else if self.is(flag::NOT_SAMPLED) {
            Some(false)
        } else {
            None
        }
    }

    pub(super) const fn set_sampled(&mut self, sampled: bool) {
        self.mark(if sampled { flag::SAMPLED } else { flag::NOT_SAMPLED }, true);
    }

    pub(super) fn duration(&self) -> Option<f64> {
        millis(self.durations[0])
    }

    /// How long its init took, if its REPORT says so.
    pub(super) fn reported_init(&self) -> Option<f64> {
        if self.is(flag::INIT_BESIDE) { None } else { millis(self.durations[2]) }
    }

    /// Takes how long its init took from a line without its id, if its REPORT says nothing of it; whether that changed
    /// anything.
    pub(super) fn set_init(&mut self, took: u32) -> bool {
        if self.reported_init().is_some() {
            return false;
        }
        let before = self.durations[2];
        self.durations[2] = took;
        self.mark(flag::INIT_BESIDE, took != NONE);
        before != took
    }

    /// How long its restore took, if its REPORT says so.
    pub(super) fn reported_restore(&self) -> Option<f64> {
        if self.is(flag::RESTORE_BESIDE) { None } else { millis(self.durations[3]) }
    }

    /// As [`Record::set_init`], of a restore: the REPORT of one that failed is silent on it.
    pub(super) fn set_restore(&mut self, took: u32) -> bool {
        if self.reported_restore().is_some() {
            return false;
        }
        let before = self.durations[3];
        self.durations[3] = took;
        self.mark(flag::RESTORE_BESIDE, took != NONE);
        before != took
    }

    pub(super) fn figures(&self) -> RequestFigures {
        let [duration, billed, init, restore] = self.durations;
        let [size, used] = self.memory.map(|mb| (!mb.is_nan()).then_some(f64::from(mb)));
        RequestFigures {
            duration_ms: millis(duration),
            billed_ms: millis(billed),
            memory_mb: size,
            max_memory_mb: used,
            init_ms: millis(init),
            restore_ms: millis(restore),
            timed_out: self.evidence.has(Evidence::TIMED_OUT),
            out_of_memory: self.evidence.has(Evidence::KILLED),
        }
    }

    /// As [`Record::figures`], without what lines say that do not name the request.
    pub(super) fn own_figures(&self) -> RequestFigures {
        RequestFigures {
            init_ms: self.reported_init(),
            restore_ms: self.reported_restore(),
            timed_out: false,
            out_of_memory: false,
            ..self.figures()
        }
    }

    /// Takes figures: all that a REPORT gives (`whole`), of another line only what is not known yet.
    pub(super) fn set_figures(&mut self, figures: &RequestFigures, whole: bool) {
        let given = [figures.duration_ms, figures.billed_ms, figures.init_ms, figures.restore_ms];
        if given[2].is_some() && whole {
            self.mark(flag::INIT_BESIDE, false);
        }
        if given[3].is_some() && whole {
            self.mark(flag::RESTORE_BESIDE, false);
        }
        for (held, given) in self.durations.iter_mut().zip(given) {
            if given.is_some() && (whole || *held == NONE) {
                *held = packed(given);
            }
        }
        for (held, given) in self.memory.iter_mut().zip([figures.memory_mb, figures.max_memory_mb]) {
            if let Some(given) = given.filter(|given| given.is_finite() && (whole || held.is_nan())) {
                *held = given as f32;
            }
        }
    }
}

/// From one instant to a later one, in ms; 49 days at most.
fn span(from: i64, to: i64) -> u32 {
    u32::try_from(to.saturating_sub(from).max(0)).unwrap_or(NONE - 1).min(NONE - 1)
}

/// Above this a number stands for whole ms, below for thousandths.
const WHOLE: u32 = 1 << 31;

/// A duration in thousandths of a ms, which is all that AWS writes; beyond 35 minutes in whole ms.
pub(super) fn packed(ms: Option<f64>) -> u32 {
    match ms {
        Some(ms) if ms.is_finite() && ms >= 0.0 => {
            let fine = (ms * 1000.0).round();
            if fine < f64::from(WHOLE) { fine as u32 } else { WHOLE | (ms.round() as u32).min(WHOLE - 2) }
        }
        _ => NONE,
    }
}

/// What [`packed`] has packed.
pub(super) fn millis(packed: u32) -> Option<f64> {
    match packed {
        NONE => None,
        fine if fine < WHOLE => Some(f64::from(fine) / 1000.0),
        whole => Some(f64::from(whole & !WHOLE)),
    }
}

/// The instant `ms` after the epoch.
pub(super) const fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_comes_back_as_it_was_written_and_a_hostile_one_is_bounded() {
        for ms in [0.0, 0.001, 542.01, 899_999.999, 2_147_483.647, 2_147_484.0, 90_000_000.0] {
            assert_eq!(millis(packed(Some(ms))), Some(ms));
        }
        assert_eq!(millis(packed(Some(f64::NAN))), None);
        assert_eq!(millis(packed(Some(-1.0))), None);
        assert!(millis(packed(Some(1e300))).is_some());
    }

    #[test]
    fn a_record_takes_no_more_than_a_hundred_and_twenty_bytes() {
        assert!(size_of::<Record>() <= 120, "{}", size_of::<Record>());
    }
}
