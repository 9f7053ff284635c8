//! The metrics of CloudWatch: projections of the list of requests.

use std::num::NonZero;
use std::ops::Range;
use std::thread;

use super::spec::FunctionSpec;
use super::{Fleet, Samples, minute};

impl Fleet {
    /// The names of the metrics that exist for a function, by CloudWatch's own names.
    #[must_use]
    pub fn metrics_of(&self, function: usize) -> Vec<&'static str> {
        self.specs.get(function).map(minute::metrics_of).unwrap_or_default()
    }

    /// Works a stretch of minutes out on all cores, so that they are there when they are asked for one by one.
    pub fn prepare(&self, function: usize, minutes: Range<i64>) {
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(8);
        let share =
            usize::try_from(minutes.end.saturating_sub(minutes.start)).unwrap_or(0).div_ceil(workers).max(1);
        thread::scope(|scope| {
            for from in minutes.clone().step_by(share) {
                let end = minutes.end.min(from.saturating_add(i64::try_from(share).unwrap_or(i64::MAX)));
                scope.spawn(move || (from..end).for_each(|minute| drop(self.minute(function, minute))));
            }
        });
    }

    /// The samples of a function's metric over some minutes; `None` where CloudWatch has no point.
    #[must_use]
    pub fn samples(&self, function: usize, metric: &str, minutes: Range<i64>) -> Option<Samples> {
        let mut samples = Samples::default();
        for minute in minutes {
            self.minute(function, minute).add_to(metric, &mut samples);
        }
        (!samples.is_empty()).then_some(samples)
    }

    /// The names of the metrics that the account has without dimensions.
    #[must_use]
    pub fn account_metrics(&self) -> &'static [&'static str] {
        &[
            "Invocations",
            "Errors",
            "Throttles",
            "Duration",
            "ConcurrentExecutions",
            "UnreservedConcurrentExecutions",
            "ClaimedAccountConcurrency",
        ]
    }

    /// The samples of an account's metric over some minutes; `None` where CloudWatch has no point.
    ///
    /// Concurrency is taken second by second: the highest of each function in that second, added up.
    #[must_use]
    pub fn account_samples(&self, metric: &str, minutes: Range<i64>) -> Option<Samples> {
        let mut samples = Samples::default();
        for minute in minutes {
            match metric {
                "Invocations" | "Errors" | "Throttles" | "Duration" => {
                    for function in 0..self.specs.len() {
                        self.minute(function, minute).add_to(metric, &mut samples);
                    }
                }
                "ConcurrentExecutions" => self.add_busy(minute, &mut samples, 0, |_, busy| busy),
                "UnreservedConcurrentExecutions" => {
                    self.add_busy(
                        minute,
                        &mut samples,
                        0,
                        |spec, busy| {
                            if spec.reserved.is_some() { 0 } else { busy }
                        },
                    );
                }
                "ClaimedAccountConcurrency" => {
                    self.add_busy(minute, &mut samples, self.allocated(), |spec, busy| {
                        let ready = spec.provisioned.map_or(0, |provisioned| provisioned.environments);
                        if spec.reserved.is_some() { 0 } else { busy.saturating_sub(ready) }
                    });
                }
                _ => return None,
            }
        }
        (!samples.is_empty()).then_some(samples)
    }

    /// Adds one sample for each second of a minute: `base`, and what each function's busy environments count for.
    fn add_busy(
        &self,
        minute: i64,
        into: &mut Samples,
        base: u32,
        counts: impl Fn(&FunctionSpec, u32) -> u32,
    ) {
        let mut total = [base; 60];
        for (function, spec) in self.specs.iter().enumerate() {
            for (total, busy) in total.iter_mut().zip(self.minute(function, minute).busy) {
                *total += counts(spec, u32::from(busy));
            }
        }
        for busy in total.into_iter().filter(|busy| *busy > 0) {
            into.add_times(busy, 1);
        }
    }

    /// Concurrency that is kept for functions, by reservation or by provisioning.
    fn allocated(&self) -> u32 {
        let kept = |spec: &FunctionSpec| {
            spec.reserved.or_else(|| spec.provisioned.map(|provisioned| provisioned.environments))
        };
        self.specs.iter().filter_map(kept).sum()
    }
}
