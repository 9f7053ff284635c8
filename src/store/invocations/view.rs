//! Invocations on their way out: the whole by value, and a glance for statistics.

use std::sync::Arc;

use crate::model::{
    ErrorNote, FunctionKey, Invocation, InvocationKey, LogStream, Outcome, TimeRange, Timestamp,
};

use super::Invocations;
use super::environment::Environment;
use super::record::{Record, Slot, at, flag};

/// What statistics need of an invocation, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glance<'a> {
    /// Which attempt at which request.
    pub key: InvocationKey,
    /// The function.
    pub function: &'a Arc<FunctionKey>,
    /// Its execution environment.
    pub stream: &'a Arc<LogStream>,
    /// The version that ran.
    pub version: Option<&'a Arc<str>>,
    /// When it began.
    pub start: Timestamp,
    /// How long it ran, in ms.
    pub duration_ms: Option<f64>,
    /// It waited for a new environment.
    pub cold: bool,
    /// How it ended; never [`Outcome::Running`].
    pub outcome: Outcome,
    /// The error that its lines tell of.
    pub error: Option<&'a Arc<ErrorNote>>,
}

impl Invocations {
    /// How a record's request ended.
    pub(super) fn outcome(record: &Record, environment: &Environment) -> Outcome {
        record.evidence.outcome(Self::is_settled(record, environment))
    }

    fn is_settled(record: &Record, environment: &Environment) -> bool {
        record.report().is_some() || environment.quiet
    }

    pub(super) fn key_of(record: &Record) -> InvocationKey {
        InvocationKey { request: record.request(), attempt: u32::from(record.attempt) }
    }

    pub(super) fn glance(&self, slot: Slot) -> Glance<'_> {
        let record = self.record(slot);
        let environment = &self.environments[record.environment as usize];
        Glance {
            key: Self::key_of(record),
            function: &environment.function,
            stream: &environment.stream,
            version: self.names.version_of(record.version),
            start: at(record.begin()),
            duration_ms: record.duration(),
            cold: record.is(flag::COLD),
            outcome: Self::outcome(record, environment),
            error: record.error.as_ref(),
        }
    }

    pub(super) fn view(&self, slot: Slot) -> Invocation {
        let record = self.record(slot);
        let environment = &self.environments[record.environment as usize];
        let figures = record.figures();
        let settled = Self::is_settled(record, environment);
        let start = record.begin();
        let first = record.first().min(start);
        Invocation {
            key: Self::key_of(record),
            function: Arc::clone(&environment.function),
            group: Arc::clone(&environment.group),
            stream: Arc::clone(&environment.stream),
            version: self.names.version_of(record.version).cloned(),
            start: at(start),
            started: record.start_line().is_some(),
            first: at(record.first()),
            last: at(record.end()),
            reported: record.report().map(at),
            duration_ms: figures.duration_ms,
            billed_ms: figures.billed_ms,
            init_ms: figures.init_ms,
            restore_ms: figures.restore_ms,
            memory_mb: figures.memory_mb,
            max_memory_mb: figures.max_memory_mb,
            cold: record.is(flag::COLD),
            outcome: record.evidence.outcome(settled),
            fault: record.evidence.fault(settled, record.exit),
            error: record.error.clone(),
            trace: record.trace(),
            sampled: record.sampled(),
            claims: record.claim().map(|to| TimeRange::new(at(first), at(to))),
        }
    }
}
