//! From a lean record to a request in full.

use super::calls::{self, Linked};
use super::fault::Fault;
use super::invocation::{Caller, Environment, Invocation, TraceHeader};
use super::pool::{Block, NO_LINK, Record};
use super::profile::Profile;
use super::request::Request;
use super::spec::EventSource;

/// Blocks of one span: of a function, and of the one that calls it or that it calls.
pub(super) struct Scene<'a> {
    pub profile: &'a Profile,
    pub block: &'a Block,
    /// The function that calls this one.
    pub caller: Option<(&'a Profile, &'a Block)>,
    /// The function that this one calls.
    pub called: Option<&'a Block>,
}

impl Scene<'_> {
    /// A request in full.
    pub(super) fn invocation(&self, index: usize) -> Invocation {
        let request = Request::of(self.profile, self.block, index);
        let record = request.record;
        let init_ms = (record.init > 0).then(|| f64::from(record.init) / 100.0);
        let billed_restore_ms = request.billed_restore_ms();
        let billed_ms = match billed_restore_ms {
            Some(restore) => restore + u64::from(record.duration.div_ceil(100)),
            None => u64::from((record.init + record.duration).div_ceil(100)),
        };
        Invocation {
            request_id: request_id(self.block, index),
            start_ms: request.at_ms,
            init_ms,
            billed_restore_ms,
            duration_ms: f64::from(record.duration) / 100.0,
            billed_ms,
            memory_used_mb: u32::from(record.memory),
            outcome: record.fault.outcome(&self.profile.spec, request.draw),
            environment: request.ran().then(|| self.block.environment(self.profile, record.environment)),
            version: self.block.version(self.profile),
            cold: record.init > 0,
            trace: self.trace(&request, index),
            caller: self.calling(record).map(|(profile, block, index)| Caller {
                function: profile.function,
                request_id: request_id(block, index),
            }),
            http_status: request.http_status(),
            event_age_ms: request.event_age_ms(),
            refused_ms: self.refused_ms(index),
            iterator_age_ms: request.iterator_age_ms(),
            offset_lag: request.offset_lag(),
            extension_ms: request.extension_ms(),
            dead_letter_failed: request.dead_letter_failed(),
            durable: request.durable(),
            downstream: calls::calls(&request, self.called(record)),
        }
    }

    /// When an asynchronous request was tried before and throttled, in order.
    fn refused_ms(&self, index: usize) -> Vec<i64> {
        if self.profile.spec.source != EventSource::Async {
            return Vec::new();
        }
        let start = |index: usize| self.block.span.start_ms + i64::from(self.block.records[index].start);
        let mut refused: Vec<i64> = self.block.refused_before(index).map(start).collect();
        refused.reverse();
        refused
    }

    /// The request that this one called.
    fn called(&self, record: Record) -> Option<Linked> {
        let block = self.called.filter(|_| record.link != NO_LINK)?;
        let index = record.link as usize;
        let begun_ms = f64::from(record.start) + f64::from(record.init) / 100.0;
        let called = block.records.get(index)?;
        Some(Linked {
            offset_ms: f64::from(called.start) - begun_ms,
            took_ms: f64::from(called.init + called.duration) / 100.0,
            throttled: called.fault == Fault::Throttled,
            request_id: request_id(block, index),
        })
    }

    /// The request that called this one.
    fn calling(&self, record: Record) -> Option<(&Profile, &Block, usize)> {
        let (profile, block) = self.caller.filter(|_| record.link != NO_LINK)?;
        Some((profile, block, record.link as usize))
    }

    /// The trace of a request that ran, of a function whose tracing is active.
    fn trace(&self, request: &Request, index: usize) -> Option<TraceHeader> {
        if !self.profile.spec.tracing || !request.ran() {
            return None;
        }
        // A traced caller hands down its trace, and its decision.
        let (block, root) =
            self.calling(request.record).map_or((self.block, index), |(_, block, root)| (block, root));
        let draw = block.draw(root).about(TRACE);
        let at_s = (block.span.start_ms + i64::from(block.records[root].start)) / 1_000;
        let id = draw.hex32();
        Some(TraceHeader {
            trace_id: format!("1-{at_s:08x}-{}", &id[..24]),
            segment_id: request.draw.about(SEGMENT).hex32()[..16].to_owned(),
            sampled: sampled(block, root),
        })
    }
}

impl Block {
    /// An environment, by its index; on managed instances, a few that are simulated each by itself are one.
    pub(super) fn environment(&self, profile: &Profile, index: u32) -> Environment {
        let index = if profile.spec.managed { index - index % AT_A_TIME } else { index };
        let started = self.environments[index as usize];
        Environment {
            id: self.draw.about(ENVIRONMENT).about(u64::from(index)).hex32(),
            started_ms: self.span.start_ms + i64::from(started.at),
            start: started.why,
        }
    }

    /// The version in force; a span never has two.
    pub(super) fn version(&self, profile: &Profile) -> String {
        if profile.spec.alias.is_none() {
            return "$LATEST".to_owned();
        }
        let (number, _) = profile.deploys.at(profile.draw, self.span.start_ms);
        profile.deploys.version(profile.draw, number).to_string()
    }
}

/// Requests that an environment on managed instances serves at a time.
const AT_A_TIME: u32 = 4;

/// Lambda samples the first request each second and 5 % of the rest.
pub(super) fn sampled(block: &Block, index: usize) -> bool {
    let second = |record: &Record| record.start / 1_000;
    let this = second(&block.records[index]);
    let before = block.records[..index].iter().rev().take_while(|record| second(record) == this);
    let first = !before.into_iter().any(|record| record.fault != Fault::Throttled);
    first || block.draw(index).about(SAMPLED).chance(0.05)
}

/// Lambda's id of a request.
fn request_id(block: &Block, index: usize) -> String {
    block.draw(index).about(REQUEST_ID).uuid()
}

/// Keep these draws apart from the request's others.
const REQUEST_ID: u64 = 0x60_01;
const TRACE: u64 = 0x60_02;
const SEGMENT: u64 = 0x60_03;
const SAMPLED: u64 = 0x60_04;
const ENVIRONMENT: u64 = 1 << 41;
