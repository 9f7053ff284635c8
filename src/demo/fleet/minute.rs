//! What CloudWatch makes of a minute's requests.

use super::fault::Fault;
use super::invocation::DurableStep;
use super::load;
use super::pool::Block;
use super::profile::Profile;
use super::request::Request;
use super::samples::Samples;
use super::spec::{EventSource, FunctionSpec};

/// Everything that CloudWatch keeps of one function and one minute, made from its list of requests.
#[derive(Clone, Debug, PartialEq)]
pub struct MinuteAggregate {
    /// Requests that reached the function.
    pub invocations: u32,
    /// Those that ended in an error.
    pub errors: u32,
    /// Requests that were refused for want of concurrency.
    pub throttles: u32,
    /// Requests that waited for a new environment.
    pub cold_starts: u32,
    /// Durations in hundredths of a millisecond, by start.
    pub durations: Vec<u32>,
    /// The longest of them.
    pub longest: u32,
    /// Most environments busy at the same time, second by second; counts above 255 are cut off.
    pub busy: [u8; 60],
    /// Samples of the metrics that only some functions have, by name.
    pub further: Vec<(&'static str, Samples)>,
}

impl Default for MinuteAggregate {
    fn default() -> Self {
        Self {
            invocations: 0,
            errors: 0,
            throttles: 0,
            cold_starts: 0,
            durations: Vec::new(),
            longest: 0,
            busy: [0; 60],
            further: Vec::new(),
        }
    }
}

/// The metrics that every function has.
const COMMON: &[&str] = &["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"];

/// CloudWatch's names of the metrics that exist for a function.
pub(super) fn metrics_of(spec: &FunctionSpec) -> Vec<&'static str> {
    let of_source: &[&str] = match spec.source {
        EventSource::Stream => &["IteratorAge"],
        EventSource::Kafka => &["OffsetLag"],
        EventSource::Async => {
            &["AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped", "DeadLetterErrors"]
        }
        EventSource::Url => &["UrlRequestCount", "Url4xxCount", "Url5xxCount", "UrlRequestLatency"],
        EventSource::Durable => &[
            "ApproximateRunningDurableExecutions",
            "DurableExecutionStarted",
            "DurableExecutionSucceeded",
            "DurableExecutionFailed",
            "DurableExecutionDuration",
            "DurableExecutionOperations",
            "DurableExecutionStorageWrittenBytes",
        ],
        _ => &[],
    };
    let mut names = [COMMON, of_source].concat();
    if spec.provisioned.is_some() {
        names.extend([
            "ProvisionedConcurrentExecutions",
            "ProvisionedConcurrencyUtilization",
            "ProvisionedConcurrencyInvocations",
            "ProvisionedConcurrencySpilloverInvocations",
        ]);
    }
    if spec.has_extension() {
        names.push("PostRuntimeExtensionsDuration");
    }
    names
}

/// Whether a function has metrics that not every function has.
pub(super) fn has_further(spec: &FunctionSpec) -> bool {
    metrics_of(spec).len() > COMMON.len()
}

impl MinuteAggregate {
    /// Most environments busy at the same time.
    #[must_use]
    pub fn concurrency(&self) -> u32 {
        u32::from(self.busy.iter().copied().max().unwrap_or(0))
    }

    /// About the memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        let further = self.further.iter().map(|(_, samples)| samples.count() * 4 + 64).sum::<usize>();
        240 + self.durations.len() * 4 + further
    }

    /// Adds the samples of a metric to those in `into`.
    pub(super) fn add_to(&self, metric: &str, into: &mut Samples) {
        let ones = |of: u32, all: u32, into: &mut Samples| {
            into.add_times(1, of as usize);
            into.add_times(0, (all - of) as usize);
        };
        match metric {
            "Invocations" => into.add_times(1, self.invocations as usize),
            "Errors" => ones(self.errors, self.invocations, into),
            "Throttles" => ones(self.throttles, self.throttles + self.invocations, into),
            "Duration" => into.extend_hundredths(&self.durations),
            "ConcurrentExecutions" => {
                for busy in self.busy.iter().filter(|busy| **busy > 0) {
                    into.add_times(u32::from(*busy), 1);
                }
            }
            _ => {
                if let Some((_, samples)) = self.further.iter().find(|(name, _)| *name == metric) {
                    into.merge(samples);
                }
            }
        }
    }

    /// Adds the requests of a block that began in `from_ms..to_ms`, a part of this minute.
    pub(super) fn add(&mut self, profile: &Profile, block: &Block, from_ms: i64, to_ms: i64) {
        let minute_ms = from_ms.div_euclid(60_000) * 60_000;
        let second_of = |ms: i64| ((ms - minute_ms) / 1_000) as usize;
        let first = ((from_ms - block.span.start_ms) / 1_000) as usize;
        let seconds = &mut self.busy[second_of(from_ms)..second_of(to_ms)];
        for (busy, carried) in seconds.iter_mut().zip(block.carried.iter().skip(first)) {
            *busy = (*busy).max(*carried);
        }
        let requests = block.between(from_ms, to_ms);
        self.durations.reserve(requests.len());
        for index in requests {
            let record = &block.records[index];
            if record.fault == Fault::Throttled {
                self.throttles += 1;
            } else {
                self.invocations += 1;
                self.errors += u32::from(record.fault.is_error());
                self.cold_starts += u32::from(record.init > 0);
                self.durations.push(record.duration);
                self.longest = self.longest.max(record.duration);
                let busy = &mut self.busy[second_of(block.span.start_ms + i64::from(record.start))];
                *busy = (*busy).max(record.busy);
            }
            if profile.further {
                self.add_further(&Request::of(profile, block, index));
            }
        }
        if profile.spec.source == EventSource::Durable {
            // An execution takes three invocations and about nine minutes.
            let running = load::rate(profile, from_ms.div_euclid(60_000)) / 3.0 * 9.0;
            self.sample("ApproximateRunningDurableExecutions", running.round());
        }
    }

    /// Adds a sample to a further metric.
    fn sample(&mut self, metric: &'static str, value: f64) {
        let position = self.further.iter().position(|(name, _)| *name == metric);
        let position = position.unwrap_or_else(|| {
            self.further.push((metric, Samples::default()));
            self.further.len() - 1
        });
        self.further[position].1.add(value);
    }

    /// Adds a request to the metrics that only some functions have.
    fn add_further(&mut self, request: &Request) {
        let spec = &request.profile.spec;
        let fault = request.record.fault;
        let one_if = |it: bool| f64::from(u8::from(it));
        if let Some(age) = request.iterator_age_ms() {
            self.sample("IteratorAge", age);
        }
        if let Some(lag) = request.offset_lag() {
            self.sample("OffsetLag", f64::from(lag));
        }
        if let Some(time) = request.extension_ms() {
            self.sample("PostRuntimeExtensionsDuration", time);
        }
        if let Some(age) = request.event_age_ms() {
            self.sample("AsyncEventsReceived", 1.0);
            self.sample("AsyncEventAge", age);
            self.sample("AsyncEventsDropped", one_if(fault.is_error()));
            self.sample("DeadLetterErrors", one_if(request.dead_letter_failed()));
        }
        if spec.source == EventSource::Url {
            let status = request.http_status().unwrap_or(200);
            self.sample("UrlRequestCount", 1.0);
            self.sample("Url4xxCount", one_if((400..500).contains(&status)));
            self.sample("Url5xxCount", one_if(status >= 500));
            self.sample("UrlRequestLatency", request.url_latency_ms());
        }
        if let Some(provisioned) = spec.provisioned.filter(|_| request.ran()) {
            let ready = f64::from(request.record.ready);
            self.sample("ProvisionedConcurrentExecutions", ready);
            self.sample("ProvisionedConcurrencyUtilization", ready / f64::from(provisioned.environments));
            let spilled = request.record.spilled;
            self.sample("ProvisionedConcurrencyInvocations", one_if(!spilled));
            self.sample("ProvisionedConcurrencySpilloverInvocations", one_if(spilled));
        }
        if let Some(step) = request.durable() {
            self.sample("DurableExecutionStarted", one_if(step == DurableStep::Started));
            if let DurableStep::Ended { succeeded, after_ms } = step {
                self.sample("DurableExecutionSucceeded", one_if(succeeded));
                self.sample("DurableExecutionFailed", one_if(!succeeded));
                self.sample("DurableExecutionDuration", after_ms);
            }
            let (operations, bytes) = request.durable_writes();
            self.sample("DurableExecutionOperations", f64::from(operations));
            self.sample("DurableExecutionStorageWrittenBytes", f64::from(bytes));
        }
    }
}
