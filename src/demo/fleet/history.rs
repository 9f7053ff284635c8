//! The past: which span a time belongs to, and what happened in it, worked out when asked and kept for a while.

use std::sync::{Arc, MutexGuard, PoisonError};

use super::pool::Block;
use super::profile::{Profile, Span};
use super::recent::Recent;
use super::{EventSource, Fleet, LogEvent, MINUTE_MS, MinuteAggregate, Trace, simulate};

/// What was worked out lately.
pub(super) struct Caches {
    /// Blocks by function and beginning of their span; the cost is the number of records, of about 30 bytes.
    pub blocks: Recent<(usize, i64), Arc<Block>>,
    /// Minutes by function and minute; the cost is about the number of bytes.
    pub minutes: Recent<(usize, i64), Arc<MinuteAggregate>>,
    /// Log events by function and minute of their request; the cost is about the number of bytes.
    pub logs: Recent<(usize, i64), Arc<Vec<Arc<LogEvent>>>>,
    /// Sampled traces by the minute of their beginning; the cost is about the number of bytes.
    pub traces: Recent<i64, Arc<Vec<Trace>>>,
}

/// Records of requests that are kept: about 20 MB.
const KEPT_RECORDS: usize = 700_000;

/// Bytes of minutes that are kept: enough for a month of the busiest function.
const KEPT_MINUTES: usize = 128_000_000;

/// Bytes of log events that are kept: about an hour of the busiest function.
const KEPT_LOGS: usize = 64_000_000;

/// Bytes of traces that are kept: more than an hour of the whole fleet.
const KEPT_TRACES: usize = 96_000_000;

impl Caches {
    pub(super) fn new() -> Self {
        Self {
            blocks: Recent::new(KEPT_RECORDS),
            minutes: Recent::new(KEPT_MINUTES),
            logs: Recent::new(KEPT_LOGS),
            traces: Recent::new(KEPT_TRACES),
        }
    }
}

impl Fleet {
    /// The function that calls this one.
    pub(super) fn caller_of(&self, profile: &Profile) -> Option<&Profile> {
        let EventSource::Function(caller) = profile.spec.source else { return None };
        self.profiles.iter().find(|profile| profile.spec.name == caller)
    }

    /// The function that this one calls.
    pub(super) fn callee_of(&self, profile: &Profile) -> Option<&Profile> {
        let source = EventSource::Function(profile.spec.name);
        self.profiles.iter().find(|profile| profile.spec.source == source)
    }

    /// The span around a time; a function and the one it calls share theirs.
    pub(super) fn span(&self, profile: &Profile, time_ms: i64) -> Span {
        let first = self.caller_of(profile).unwrap_or(profile);
        match self.callee_of(first) {
            Some(callee) => Span::around(time_ms, &[first, callee]),
            None => Span::around(time_ms, &[first]),
        }
    }

    /// A minute by the spans that it belongs to: nearly always one, two around a replacement of the pool.
    pub(super) fn pieces(&self, profile: &Profile, minute: i64) -> Vec<(Span, i64, i64)> {
        let (mut from_ms, end_ms) = (minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
        let mut pieces = Vec::with_capacity(1);
        while from_ms < end_ms {
            let span = self.span(profile, from_ms);
            let to_ms = span.end_ms.min(end_ms);
            pieces.push((span, from_ms, to_ms));
            from_ms = to_ms;
        }
        pieces
    }

    /// The block of a function and span.
    pub(super) fn block(&self, profile: &Profile, span: Span) -> Arc<Block> {
        let key = (profile.function, span.start_ms);
        if let Some(known) = self.caches().blocks.get(&key) {
            return known;
        }
        let first = self.caller_of(profile).unwrap_or(profile);
        let callee = self.callee_of(first);
        // Without the lock: two threads may work out the same, and then agree.
        let blocks = simulate::simulate(first, callee, span);
        let mut wanted = None;
        let mut caches = self.caches();
        for (profile, block) in std::iter::once(first).chain(callee).zip(blocks) {
            let block = Arc::new(block);
            let cost = block.records.len() + block.carried.len() / 32 + 1;
            caches.blocks.put((profile.function, span.start_ms), Arc::clone(&block), cost);
            if profile.function == key.0 {
                wanted = Some(block);
            }
        }
        wanted.unwrap_or_else(|| Arc::new(Block::empty(span)))
    }

    /// Aggregates all whole minutes of a span.
    pub(super) fn aggregate_span(&self, profile: &Profile, span: Span) {
        let block = self.block(profile, span);
        let whole = span.start_ms.div_euclid(MINUTE_MS)..span.end_ms.div_euclid(MINUTE_MS);
        for minute in whole.filter(|minute| minute * MINUTE_MS >= span.start_ms) {
            let mut aggregate = MinuteAggregate::default();
            aggregate.add(profile, &block, minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
            self.remember((profile.function, minute), aggregate);
        }
    }

    pub(super) fn remember(&self, key: (usize, i64), aggregate: MinuteAggregate) -> Arc<MinuteAggregate> {
        let aggregate = Arc::new(aggregate);
        self.caches().minutes.put(key, Arc::clone(&aggregate), aggregate.bytes());
        aggregate
    }

    pub(super) fn caches(&self) -> MutexGuard<'_, Caches> {
        // A cache is right whatever happened to whoever held it.
        self.caches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
