//! What the functions write to their logs: a projection of [`Fleet::invocations`], to the unit.
//!
//! Each request gives the lines of the platform (`platform`), those of its own code in the form of its runtime
//! (`voice`: `script` says what each function talks about, `crash` what it prints when it falls over), and a few that
//! nobody meant to write (`odd`). `shipping` says when CloudWatch has each of them, and under which id.
//!
//! One log stream is one execution environment. A line is served from its ingestion on: most of them a second or
//! two after they were written, a few minutes later.

mod application;
pub(super) mod crash;
mod instant;
mod odd;
mod platform;
pub(super) mod script;
mod shipping;
mod streams;
pub(super) mod voice;

use std::collections::HashMap;
use std::sync::Arc;

pub use shipping::{LATE_SHARE, MOST_LATE_MS};
pub use streams::{LONGEST_LIFE_MS, StreamLife};

use super::draw::Draw;
use super::invocation::{Environment, Invocation};
use super::spec::{FunctionSpec, LogFormat};
use super::{EnvironmentStart, Fleet, MINUTE_MS};
use shipping::Shipping;

/// One event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// When it was written, ms since the epoch.
    pub timestamp: i64,
    /// When CloudWatch has it, ms since the epoch: before that nobody sees it.
    pub ingested: i64,
    /// Its id: 56 digits, unique in the account.
    pub id: String,
    /// Its log stream.
    pub stream: Arc<str>,
    /// Its text, as it was written.
    pub message: String,
}

impl LogEvent {
    /// What events are sorted by: time, ingestion, id.
    #[must_use]
    pub fn key(&self) -> (i64, i64, &str) {
        (self.timestamp, self.ingested, &self.id)
    }
}

/// One line, before it is shipped: when it is written (ms since the epoch) and its text.
struct Line {
    at_ms: f64,
    message: String,
}

/// The lines of one request, while they are written.
struct Page<'a> {
    spec: &'a FunctionSpec,
    request: &'a Invocation,
    /// All chance about its words.
    draw: Draw,
    lines: Vec<Line>,
}

impl Page<'_> {
    fn line(&mut self, at_ms: f64, message: String) {
        self.lines.push(Line { at_ms, message });
    }

    fn json(&self) -> bool {
        self.spec.log_format == LogFormat::Json
    }

    /// When its code began to run, ms since the epoch.
    fn begun_ms(&self) -> f64 {
        self.request.start_ms as f64 + self.request.init_ms.unwrap_or(0.0)
    }
}

impl Fleet {
    /// The fleet with another share of requests whose lines are late; [`LATE_SHARE`] by default.
    #[must_use]
    pub fn with_late_share(mut self, share: f64) -> Self {
        self.late_share = share;
        self
    }

    /// What the requests that began in a minute (counted from the epoch) wrote, and the environments that were made
    /// ready in it, by (timestamp, ingestion, id).
    ///
    /// Lines of a long request are written in later minutes: see [`Fleet::log_reach_ms`].
    #[must_use]
    pub fn log(&self, function: usize, minute: i64) -> Arc<Vec<Arc<LogEvent>>> {
        if let Some(known) = self.caches().logs.get(&(function, minute)) {
            return known;
        }
        let Some(profile) = self.profiles.get(function) else { return Arc::default() };
        let spec = &profile.spec;
        let shipping = Shipping { late_share: self.late_share, seed: profile.draw };
        let mut streams: HashMap<String, Arc<str>> = HashMap::new();
        let mut events = Vec::new();
        for ready in self.made_ready(profile, minute) {
            let stream: Arc<str> = stream_name(spec, &ready.environment, &ready.version).into();
            let lines = platform::made_ready(spec, &ready);
            shipping.ship(&ready.environment.id, &stream, lines, &mut events);
        }
        for request in self.invocations(function, minute) {
            let Some(environment) = &request.environment else { continue };
            let stream = streams
                .entry(environment.id.clone())
                .or_insert_with(|| stream_name(spec, environment, &request.version).into());
            let lines = lines(spec, &request);
            shipping.ship(&request.request_id, stream, lines, &mut events);
        }
        events.sort_by(|a, b| a.key().cmp(&b.key()));
        let cost: usize = events.iter().map(|event: &Arc<LogEvent>| event.message.len() + 160).sum();
        let events = Arc::new(events);
        self.caches().logs.put((function, minute), Arc::clone(&events), cost + 64);
        events
    }

    /// How long after its beginning a request of a function may still write, ms.
    #[must_use]
    pub fn log_reach_ms(&self, function: usize) -> i64 {
        self.specs.get(function).map_or(0, |spec| i64::from(spec.timeout_s) * 1_000 + MINUTE_MS / 2)
    }
}

/// All lines of one request, in the order in which they are written.
fn lines(spec: &FunctionSpec, request: &Invocation) -> Vec<Line> {
    let draw = Draw::new(WORDS).about_name(&request.request_id);
    let mut page = Page { spec, request, draw, lines: Vec::with_capacity(10) };
    platform::before(&mut page);
    application::write(&mut page);
    platform::after(&mut page);
    page.lines
}

/// The name of an environment's log stream. Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>.
fn stream_name(spec: &FunctionSpec, environment: &Environment, version: &str) -> String {
    let function = if spec.shared_log_group.is_some() { spec.name } else { "" };
    format!("{}/{function}[{version}]{}", instant::date(environment.started_ms), environment.id)
}

/// Keeps the draws of words apart from everything else about a request.
const WORDS: u64 = 0x10_67;

#[cfg(test)]
mod tests;
