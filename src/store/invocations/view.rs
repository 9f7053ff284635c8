//! Invocations on their way out, by value.

use std::sync::Arc;

use crate::model::{Invocation, InvocationKey, TimeRange};

use super::Invocations;
use super::environment::Environment;
use super::record::{Record, Slot, at, flag};

impl Invocations {
    fn is_settled(record: &Record, environment: &Environment) -> bool {
        record.report().is_some() || environment.quiet
    }

    pub(super) fn key_of(record: &Record) -> InvocationKey {
        InvocationKey { request: record.request(), attempt: u32::from(record.attempt) }
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
            // START says so; where that is missing, the stream's name does.
            version: self.names.version_of(record.version).or(environment.stream.version.as_ref()).cloned(),
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
