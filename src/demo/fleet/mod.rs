//! A shop of about forty functions, simulated.
//!
//! Everything that happens in it is a pure function of (seed, function, time): the same questions have the same
//! answers in any order, history reaches back to the beginning of time, and nothing is stored but caches. There is
//! one list of requests, [`Fleet::invocations`]; metrics ([`Fleet::samples`]), logs ([`Fleet::log`]) and traces
//! ([`Fleet::traces`]) are projections of that list and agree with it to the unit.
//!
//! How it is made, from the outside in:
//! - `shop` is the table of functions, `spec` what a row of it means;
//! - `story` is the rota of troubles, `deploy` the history of versions, `load` when requests arrive;
//! - `pool` and `simulate` run a *span*, the life of a function's pool of environments, from arrivals to lean records
//!   (`behaviour` says how one request runs, `fault` how it ends);
//! - `minute` makes of records what CloudWatch keeps, `detail` and `calls` the request in full, `log` its log lines, `trace` what
//!   X-Ray keeps of it.
//!
//! The whole fleet serves about 1,700 requests a minute at night and 5,000 in the evening, never more than
//! [`MOST_PER_MINUTE`].

mod behaviour;
mod calls;
mod curve;
mod deploy;
mod detail;
mod draw;
mod fault;
mod history;
mod invocation;
mod load;
mod log;
mod metrics;
mod minute;
mod pool;
mod profile;
mod recent;
mod request;
mod samples;
mod shop;
mod simulate;
mod spec;
mod story;
mod trace;

use std::fmt;
use std::sync::{Arc, Mutex};

pub use deploy::Deploy;
pub use invocation::{
    Call, Caller, DurableStep, Environment, EnvironmentStart, Invocation, Outcome, Service, TraceHeader,
};
pub use log::{LATE_SHARE, LONGEST_LIFE_MS, LogEvent, MOST_LATE_MS, StreamLife};
pub use minute::MinuteAggregate;
pub use samples::Samples;
pub use spec::{
    Architecture, EventSource, FunctionSpec, InvokeMode, Load, LogFormat, Provisioned, Step, SystemLevel,
};
pub use story::{Episode, Trouble};
pub use trace::{API, Arrival, Document, LONGEST_TRACE_MS, Node, Part, ServiceName, Shape, Site, Trace};

use detail::Scene;
use history::Caches;
use profile::Profile;

/// The seed of `lambtop demo` and of every picture.
pub const DEFAULT_SEED: u64 = 7;

/// The whole fleet, in the evening and with every trouble at its height, stays under so many requests a minute.
pub const MOST_PER_MINUTE: usize = 6_500;

/// The simulated fleet; cheap to share in an `Arc`.
pub struct Fleet {
    specs: Vec<FunctionSpec>,
    profiles: Vec<Profile>,
    caches: Mutex<Caches>,
    late_share: f64,
}

/// Length of a minute, ms.
const MINUTE_MS: i64 = 60_000;

impl Fleet {
    /// The fleet of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let specs = shop::functions();
        let profiles =
            specs.iter().enumerate().map(|(index, spec)| Profile::new(index, spec, seed)).collect();
        Self { specs, profiles, caches: Mutex::new(Caches::new()), late_share: LATE_SHARE }
    }

    /// Its functions; everywhere else a function is an index into them.
    #[must_use]
    pub fn functions(&self) -> &[FunctionSpec] {
        &self.specs
    }

    /// The index of the function called `name`.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.specs.iter().position(|spec| spec.name == name)
    }

    /// The requests that began in a minute (counted from the epoch), by start, throttled ones among them; none of a
    /// function that does not exist.
    #[must_use]
    pub fn invocations(&self, function: usize, minute: i64) -> Vec<Invocation> {
        let Some(profile) = self.profiles.get(function) else { return Vec::new() };
        let mut all = Vec::new();
        for (span, from_ms, to_ms) in self.pieces(profile, minute) {
            let block = self.block(profile, span);
            let caller = self.caller_of(profile).map(|other| (other, self.block(other, span)));
            let partner = self.callee_of(profile).map(|other| self.block(other, span));
            let scene = Scene {
                profile,
                block: &block,
                caller: caller.as_ref().map(|(profile, block)| (*profile, &**block)),
                called: partner.as_deref(),
            };
            all.extend(block.between(from_ms, to_ms).map(|index| scene.invocation(index)));
        }
        all
    }

    /// What CloudWatch would aggregate of a minute: empty where nothing happened.
    #[must_use]
    pub fn minute(&self, function: usize, minute: i64) -> Arc<MinuteAggregate> {
        let Some(profile) = self.profiles.get(function) else { return Arc::default() };
        if let Some(known) = self.caches().minutes.get(&(function, minute)) {
            return known;
        }
        let pieces = self.pieces(profile, minute);
        if let [(span, ..)] = *pieces {
            self.aggregate_span(profile, span);
            if let Some(known) = self.caches().minutes.get(&(function, minute)) {
                return known;
            }
        }
        let mut aggregate = MinuteAggregate::default();
        for (span, from_ms, to_ms) in pieces {
            aggregate.add(profile, &self.block(profile, span), from_ms, to_ms);
        }
        self.remember((function, minute), aggregate)
    }

    /// The deploy of a function that is in force at a time (ms since the epoch); an empty one of a function that
    /// does not exist.
    #[must_use]
    pub fn deploy(&self, function: usize, at_ms: i64) -> Deploy {
        let deploy = |profile: &Profile| profile.deploys.deploy(profile.draw, at_ms);
        self.profiles.get(function).map(deploy).unwrap_or_default()
    }

    /// The account's limit of concurrent executions.
    #[must_use]
    pub const fn account_concurrency_limit(&self) -> u32 {
        1_000
    }

    /// What is left of it for functions without reserved concurrency.
    #[must_use]
    pub fn unreserved_concurrency_limit(&self) -> u32 {
        let reserved: u32 = self.specs.iter().filter_map(|spec| spec.reserved).sum();
        self.account_concurrency_limit().saturating_sub(reserved)
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet").field("functions", &self.specs.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
