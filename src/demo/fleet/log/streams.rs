//! The log streams of a function: one for each execution environment that it had.

use std::collections::BTreeMap;

use super::super::behaviour;
use super::super::pool::Block;
use super::super::profile::Profile;
use super::{Environment, EnvironmentStart, Fleet, MINUTE_MS, stream_name};
use crate::demo::fleet::fault::Fault;

/// No environment lives longer than this, ms.
pub const LONGEST_LIFE_MS: i64 = 4 * 60 * MINUTE_MS;

/// A log stream, from its first event to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamLife {
    /// Its name.
    pub name: String,
    /// When its environment was started, ms since the epoch.
    pub started_ms: i64,
    /// When the requests that it served ended, in order, ms since the epoch.
    pub ends_ms: Vec<i64>,
}

/// An environment that was made ready ahead of requests.
pub(super) struct MadeReady {
    /// Which.
    pub environment: Environment,
    /// The version that runs in it.
    pub version: String,
    /// When its initialisation began, ms since the epoch.
    pub begun_ms: i64,
    /// How long that took, ms.
    pub init_ms: f64,
}

impl Fleet {
    /// The streams of a function whose environments started from `from_ms` up to but without `to_ms`, ms since the
    /// epoch.
    #[must_use]
    pub fn streams(&self, function: usize, from_ms: i64, to_ms: i64) -> Vec<StreamLife> {
        let Some(profile) = self.profiles.get(function) else { return Vec::new() };
        let (mut found, mut at_ms) = (Vec::new(), from_ms);
        // Environments of the last minute may belong to the span after it.
        while at_ms < to_ms + MINUTE_MS {
            let span = self.span(profile, at_ms);
            let block = self.block(profile, span);
            let mut lives: Vec<Vec<i64>> = vec![Vec::new(); block.environments.len()];
            for record in block.records.iter().filter(|record| record.fault != Fault::Throttled) {
                lives[record.environment as usize].push(span.start_ms + i64::from(record.end()) / 100);
            }
            let version = block.version(profile);
            let mut streams: BTreeMap<String, StreamLife> = BTreeMap::new();
            for (index, ends_ms) in (0..).zip(lives).filter(|(_, ends_ms)| !ends_ms.is_empty()) {
                let environment = block.environment(profile, index);
                let started_ms = environment.started_ms;
                if !(from_ms..to_ms).contains(&started_ms) {
                    continue;
                }
                let name = stream_name(&profile.spec, &environment, &version);
                let life = StreamLife { name: name.clone(), started_ms, ends_ms: Vec::new() };
                let life = streams.entry(name).or_insert(life);
                life.ends_ms.extend(ends_ms);
                life.ends_ms.sort_unstable();
            }
            found.extend(streams.into_values());
            at_ms = span.end_ms;
        }
        found
    }

    /// The environments that were made ready ahead of requests and whose initialisation began in a minute.
    pub(super) fn made_ready(&self, profile: &Profile, minute: i64) -> Vec<MadeReady> {
        let (from_ms, to_ms) = (minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
        let first = self.span(profile, from_ms);
        // They are made ready up to a minute before their span.
        let next = self.span(profile, to_ms + MINUTE_MS);
        let spans = if first == next { vec![first] } else { vec![first, next] };
        let mut found = Vec::new();
        for span in spans {
            let block = self.block(profile, span);
            let version = block.version(profile);
            for index in 0..block.environments.len() as u32 {
                let environment = block.environment(profile, index);
                if environment.start == EnvironmentStart::OnDemand {
                    continue;
                }
                let (begun_ms, init_ms) = block.initialised_ahead(profile, index);
                if (from_ms..to_ms).contains(&begun_ms) {
                    found.push(MadeReady { environment, version: version.clone(), begun_ms, init_ms });
                }
            }
        }
        found
    }
}

impl Block {
    /// When the initialisation of an environment that was made ready ahead of requests began, ms since the epoch, and
    /// how long it took, ms.
    pub(in crate::demo::fleet) fn initialised_ahead(&self, profile: &Profile, index: u32) -> (i64, f64) {
        let draw = self.draw.about(MADE_READY).about(u64::from(index));
        let init_ms = f64::from(behaviour::init(profile, draw)) / 100.0;
        let started_ms = self.environment(profile, index).started_ms;
        // One that replaces a lost one serves from its first moment on: it was made ready before.
        let serves = started_ms >= self.span.start_ms;
        (started_ms - if serves { init_ms as i64 + 20 } else { 0 }, init_ms)
    }
}

const MADE_READY: u64 = 0x5EAD;
