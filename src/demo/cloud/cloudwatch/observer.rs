//! What CloudWatch knew at an instant: the newest minutes are incomplete at first, and the past is revised.
//!
//! A point carries the time at which an invocation began, but an invocation can be counted only once it has ended
//! and its report has arrived. So a minute appears with a part of its invocations, and the slower ones are added
//! later. All of it is a function of the fleet and the instant: asked twice, it says the same.

use std::collections::HashMap;
use std::ops::Range;

use super::super::account::{Account, Which};
use super::{MINUTE, NAMESPACE};
use crate::demo::faults::{chance, hash};
use crate::demo::fleet::{Invocation, Samples};

/// The report of an invocation arrives no sooner after its end than this.
const SOONEST: i64 = 15_000;
/// And no later than this.
const LATEST: i64 = 100_000;
/// Metrics that Lambda measures by the minute appear as a whole, this long after its end.
const BY_MINUTE_DELAY: i64 = 60_000;
/// An initialisation takes no longer than this.
const LONGEST_INIT: i64 = 15_000;
/// No invocation takes longer: what began before is settled for certain.
const LONGEST_INVOCATION: i64 = 900_000;

/// Whose metrics they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    /// A function of the fleet.
    Function(usize),
    /// All functions of the account in the region together.
    Account,
}

/// A metric by name, namespace and dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Metric {
    pub namespace: String,
    pub name: String,
    /// Name and value of each dimension.
    pub dimensions: Vec<(String, String)>,
}

impl Metric {
    /// A metric of Lambda.
    pub fn of_lambda(name: &str, dimensions: &[(&str, &str)]) -> Self {
        Self {
            namespace: NAMESPACE.to_owned(),
            name: name.to_owned(),
            dimensions: dimensions
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    /// Whose metric it is; `None` if no such metric was ever published.
    pub fn subject(&self, account: &Account) -> Option<Subject> {
        if self.namespace != NAMESPACE || account.fleet_size() == 0 {
            return None;
        }
        let value = |wanted: &str| {
            self.dimensions.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let Some(function) = value("FunctionName") else {
            let published = account.fleet.account_metrics().contains(&self.name.as_str());
            return (self.dimensions.is_empty() && published).then_some(Subject::Account);
        };
        let Which::Fleet(index) = account.find(function)? else { return None };
        let resource = match self.dimensions.len() {
            1 => true,
            2 => value("Resource") == Some(resource_of(account, index).as_str()),
            _ => false,
        };
        let published = account.fleet.metrics_of(index).contains(&self.name.as_str());
        (resource && published).then_some(Subject::Function(index))
    }

    /// The unit that its samples carry.
    pub fn unit(&self) -> &'static str {
        match self.name.as_str() {
            "Duration"
            | "PostRuntimeExtensionsDuration"
            | "IteratorAge"
            | "AsyncEventAge"
            | "UrlRequestLatency"
            | "DurableExecutionDuration" => "Milliseconds",
            "ProvisionedConcurrencyUtilization" => "Percent",
            "DurableExecutionStorageWrittenBytes" => "Bytes",
            _ => "Count",
        }
    }
}

/// What callers of a function name: the function itself, or its alias.
pub(super) fn resource_of(account: &Account, index: usize) -> String {
    let spec = &account.fleet.functions()[index];
    spec.alias.map_or_else(|| spec.name.to_owned(), |alias| format!("{}:{alias}", spec.name))
}

/// Looks at the fleet's metrics as they were known at one instant.
pub(super) struct Observer<'a> {
    account: &'a Account,
    now: i64,
    /// Requests of unsettled minutes, which several metrics are made from.
    recent: HashMap<(usize, i64), Vec<Invocation>>,
}

impl<'a> Observer<'a> {
    pub fn new(account: &'a Account, now: i64) -> Self {
        Self { account, now, recent: HashMap::new() }
    }

    /// The instant that it looks from, milliseconds since the epoch.
    pub const fn now(&self) -> i64 {
        self.now
    }

    /// The samples of some minutes (counted from the epoch) as far as they are known; `None` if there are none.
    pub fn samples(&mut self, subject: Subject, metric: &str, minutes: Range<i64>) -> Option<Samples> {
        let fleet = &self.account.fleet;
        if !is_by_invocation(metric) {
            let visible = (self.now - BY_MINUTE_DELAY).div_euclid(MINUTE);
            let minutes = minutes.start..minutes.end.min(visible);
            return if minutes.is_empty() { None } else { settled(self.account, subject, metric, minutes) };
        }
        // Minutes before `certain` are settled whatever happened in them; later ones are looked at one by one.
        let certain = (self.now - LONGEST_INVOCATION - LONGEST_INIT - LATEST).div_euclid(MINUTE);
        let middle = certain.clamp(minutes.start, minutes.end.max(minutes.start));
        let mut known = Samples::default();
        if minutes.start < middle
            && let Some(samples) = settled(self.account, subject, metric, minutes.start..middle)
        {
            known = samples;
        }
        let begun = self.now.div_euclid(MINUTE) + 1;
        let functions = match subject {
            Subject::Function(index) => index..index + 1,
            Subject::Account => 0..fleet.functions().len(),
        };
        for minute in middle..minutes.end.min(begun) {
            for index in functions.clone() {
                self.add_recent(&mut known, index, metric, minute);
            }
        }
        (!known.is_empty()).then_some(known)
    }

    /// Adds what is known of a minute that may not be settled.
    fn add_recent(&mut self, known: &mut Samples, index: usize, metric: &str, minute: i64) {
        let fleet = &self.account.fleet;
        let longest = i64::from(fleet.minute(index, minute).longest / 100);
        if (minute + 1) * MINUTE + longest + LONGEST_INIT + LATEST <= self.now {
            if let Some(samples) = fleet.samples(index, metric, minute..minute + 1) {
                known.merge(&samples);
            }
            return;
        }
        let now = self.now;
        let invocations =
            self.recent.entry((index, minute)).or_insert_with(|| fleet.invocations(index, minute));
        for invocation in invocations.iter().filter(|invocation| is_reported(invocation, now)) {
            add(known, metric, invocation);
        }
    }
}

/// Whether the report of an invocation has arrived: soon or late after its end, by the chance of its id. Most lie
/// outside of that stretch, and the id is not looked at.
fn is_reported(invocation: &Invocation, now: i64) -> bool {
    let age = now - invocation.end_ms().ceil() as i64;
    if !(SOONEST..LATEST).contains(&age) {
        return age >= LATEST;
    }
    let delay = chance(&[hash(&invocation.request_id)]) * (LATEST - SOONEST) as f64;
    SOONEST + delay as i64 <= age
}

/// Whether the metric is counted invocation by invocation, and so revised.
fn is_by_invocation(metric: &str) -> bool {
    matches!(metric, "Invocations" | "Errors" | "Throttles" | "Duration")
}

/// Adds one invocation to a metric that is counted by invocation. Every request that ran is a sample of `Errors` and
/// `Throttles` too, if only of zero: their `SampleCount` is the number of requests.
fn add(samples: &mut Samples, metric: &str, invocation: &Invocation) {
    let throttled = invocation.environment.is_none();
    let flag = |set: bool| if set { 1.0 } else { 0.0 };
    match metric {
        "Invocations" if !throttled => samples.add(1.0),
        "Errors" if !throttled => samples.add(flag(invocation.outcome.is_error())),
        "Duration" if !throttled => samples.add(invocation.duration_ms),
        "Throttles" => samples.add(flag(throttled)),
        _ => {}
    }
}

fn settled(account: &Account, subject: Subject, metric: &str, minutes: Range<i64>) -> Option<Samples> {
    match subject {
        Subject::Function(index) => account.fleet.samples(index, metric, minutes),
        Subject::Account => account.fleet.account_samples(metric, minutes),
    }
}
