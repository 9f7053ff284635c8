//! How fast the program asks, and how long it waits after a failure.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Failure, FailureKind, Scope, Timestamp};
use crate::source::clock::Clock;

/// Calls that share a rate: one per scope and kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// `GetCallerIdentity`.
    Identity,
    /// Pages of lists and account settings of Lambda: 5 a second. Lambda's control plane allows about 15 calls a
    /// second in all, and deployments share them.
    Listing,
    /// Calls about a single function: 2 a second.
    Details,
    /// Pages of `ListMetrics`: 10 a second of the 25 that CloudWatch allows.
    MetricLists,
    /// `GetMetricData`: 10 a second of the 500 that CloudWatch allows.
    Metrics,
    /// `DescribeLogGroups`: 5 a second of the 10 that CloudWatch Logs allows.
    LogGroups,
    /// `FilterLogEvents`: half of what the region allows, since others read logs too.
    LogEvents,
    /// `StartLiveTail`: 1 a second.
    LiveTail,
    /// Queries of Logs Insights: 2 a second of the 10 starts (and 5 results) that CloudWatch Logs allows.
    Queries,
    /// Calls to X-Ray: 5 a second. It documents no quota for reading and answers 429 where one is passed.
    Traces,
}

impl Lane {
    /// Whether its calls are bounded by a quota of their own: a throttle there slows this lane alone.
    const fn is_apart(self) -> bool {
        matches!(self, Self::LogGroups | Self::LogEvents | Self::LiveTail | Self::Queries | Self::Traces)
    }
}

/// Calls of `FilterLogEvents` that a region allows in a second; not adjustable.
///
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>.
fn log_events_quota(region: &str) -> f64 {
    match region {
        "us-east-1" => 25.0,
        "eu-central-1" | "ap-northeast-3" | "ap-southeast-3" | "ca-west-1" | "il-central-1" => 5.0,
        _ => 10.0,
    }
}

/// The least time between any two calls while AWS throttles.
const CAREFUL_SPACING: Duration = Duration::from_secs(1);
/// For how long after the last throttled call all calls keep that distance.
const CAREFUL_FOR: Duration = Duration::from_secs(5);
/// Calls of `FilterLogEvents` a second at an endpoint that is not AWS, until it throttles.
const ELSEWHERE: f64 = 1000.0;
/// The least that a throttled lane of its own keeps, in calls a second.
const LEAST: f64 = 0.5;
/// How much faster such a lane gets each second, until it has its rate again.
const GROWTH: f64 = 1.2;
/// Calls under way are throttled together: the lane is halved once for them all.
const HALVED_APART: Duration = Duration::from_millis(500);

/// Hands out turns to call, by scope and lane.
///
/// When AWS throttles, there is one call a second over all lanes; a lane with a quota of its own is halved instead.
#[derive(Debug)]
pub(super) struct Pacer {
    clock: Clock,
    /// Calls of `FilterLogEvents` a second; none takes half of the region's quota.
    log_events: Option<f64>,
    /// What is called is not AWS: its quotas are found out by being throttled.
    elsewhere: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lanes: HashMap<(Scope, Lane), Course>,
    last_call: Option<Instant>,
    careful_until: Option<Instant>,
}

/// How one lane goes.
#[derive(Clone, Copy, Debug)]
struct Course {
    /// When the next call may be made. Lies behind the present by what was saved up.
    free_at: Instant,
    /// The throttled rate, in calls a second, and since when.
    throttled: Option<(f64, Instant)>,
}

impl Pacer {
    /// A pacer that makes so many calls of `FilterLogEvents` a second, or half of what the region allows.
    pub fn new(clock: Clock, log_events: Option<f64>) -> Self {
        Self { clock, log_events, elsewhere: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Logs are asked for at an address that is not one of AWS.
    pub fn calls_elsewhere(&self) {
        self.elsewhere.store(true, Ordering::Relaxed);
    }

    /// Calls a second that a lane has when nothing throttles it.
    pub fn rate(&self, scope: &Scope, lane: Lane) -> f64 {
        match lane {
            Lane::Identity | Lane::LiveTail => 1.0,
            Lane::Listing | Lane::LogGroups | Lane::Traces => 5.0,
            Lane::Details | Lane::Queries => 2.0,
            Lane::MetricLists | Lane::Metrics => 10.0,
            Lane::LogEvents => self.log_events.unwrap_or_else(|| {
                let elsewhere = self.elsewhere.load(Ordering::Relaxed);
                if elsewhere { ELSEWHERE } else { log_events_quota(&scope.region) / 2.0 }
            }),
        }
    }

    /// Waits until a call in `lane` may be made, and takes that turn.
    pub async fn turn(&self, scope: &Scope, lane: Lane) {
        while let Err(at) = self.try_turn(scope, lane) {
            tokio::time::sleep_until(at).await;
        }
    }

    /// Takes a turn, or says when to ask again.
    fn try_turn(&self, scope: &Scope, lane: Lane) -> Result<(), Instant> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { lanes, last_call, careful_until } = &mut *state;
        let now = Instant::now();
        let course =
            lanes.entry((scope.clone(), lane)).or_insert_with(|| Course { free_at: now, throttled: None });
        let full = self.rate(scope, lane);
        let rate = course.rate(full, now, &self.clock);
        let mut free_at = course.free_at;
        if let (Some(until), Some(last)) = (*careful_until, *last_call)
            && now < until
        {
            free_at = free_at.max(last + self.clock.real(CAREFUL_SPACING));
        }
        if now < free_at {
            return Err(free_at);
        }
        // A lane with a quota of its own may save up what it did not use of the last second.
        let saved = if lane.is_apart() && course.throttled.is_none() {
            Duration::from_secs(1)
        } else {
            Duration::ZERO
        };
        let earliest = now.checked_sub(self.clock.real(saved)).unwrap_or(now);
        course.free_at = free_at.max(earliest) + self.clock.real(Duration::from_secs_f64(1.0 / rate));
        *last_call = Some(now);
        Ok(())
    }

    /// AWS throttled a call: everything slows down for a while, or a lane with a quota of its own.
    pub fn throttled(&self, scope: &Scope, lane: Lane) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let careful = state.careful_until.is_some_and(|until| now < until);
        if careful || !lane.is_apart() {
            state.careful_until = Some(now + self.clock.real(CAREFUL_FOR));
        }
        let full = self.rate(scope, lane);
        if lane.is_apart()
            && let Some(course) = state.lanes.get_mut(&(scope.clone(), lane))
        {
            let rate = course.rate(full, now, &self.clock);
            let apart = self.clock.real(HALVED_APART);
            if course.throttled.is_none_or(|(_, since)| now >= since + apart) {
                let rate = (rate / 2.0).max(LEAST);
                course.throttled = Some((rate, now));
                course.free_at = now + self.clock.real(Duration::from_secs_f64(1.0 / rate));
            }
        }
    }

    /// When the lane may call again, if it is throttled.
    pub fn throttled_until(&self, scope: &Scope, lane: Lane) -> Option<Instant> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let course = state.lanes.get(&(scope.clone(), lane))?;
        course.throttled.is_some().then_some(course.free_at)
    }
}

impl Course {
    /// Calls a second now; forgets a throttle that has been made up for.
    fn rate(&mut self, full: f64, now: Instant, clock: &Clock) -> f64 {
        let Some((rate, since)) = self.throttled else { return full };
        let grown = rate * GROWTH.powf(clock.own(now - since).as_secs_f64());
        if grown >= full {
            self.throttled = None;
        }
        grown.min(full)
    }
}

/// How long to wait after failures in a row: longer each time, up to what the kind of failure allows.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A call was answered.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait after `failure`. The jitter comes from the time, so that runs can be repeated.
    pub fn next(&mut self, failure: &Failure, now: Timestamp) -> Duration {
        let (first, longest) = match failure.kind {
            FailureKind::NoCredentials
            | FailureKind::ExpiredCredentials
            | FailureKind::MfaRequired
            | FailureKind::InvalidCredentials
            | FailureKind::NoSuchProfile { .. }
            | FailureKind::NoRegion => (5, 5),
            FailureKind::Throttled
            | FailureKind::NoNetwork
            | FailureKind::TimedOut
            | FailureKind::Service => (1, 6),
            FailureKind::AccessDenied { .. } => (60, 900),
            FailureKind::NotFound => (2, 30),
            FailureKind::Refused | FailureKind::Panicked => (5, 300),
        };
        let doubled = f64::from(first) * 2f64.powi(i32::try_from(self.failures.min(16)).unwrap_or(16));
        let base = doubled.min(f64::from(longest));
        self.failures = self.failures.saturating_add(1);
        Duration::from_secs_f64(base * (1.0 + jitter(now, self.failures)))
    }
}

/// A share from 0 to 0.25 that looks random and is not.
fn jitter(now: Timestamp, salt: u32) -> f64 {
    let mixed = now.millis().unsigned_abs().wrapping_add(u64::from(salt)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    f64::from((mixed >> 40) as u32) / f64::from(1u32 << 24) / 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind) -> Failure {
        Failure { operation: "ListFunctions".into(), region: "eu-west-1".into(), kind, detail: "".into() }
    }

    fn scope() -> Scope {
        Scope::new("123456789012", "eu-west-1")
    }

    fn pacer() -> Pacer {
        Pacer::new(Clock::system(), None)
    }

    /// How many calls a lane gets in so many seconds, if each call is `throttled` or is not.
    async fn calls_in(pacer: &Pacer, lane: Lane, seconds: u64, throttled: bool) -> usize {
        let end = Instant::now() + Duration::from_secs(seconds);
        let mut calls = 0;
        while tokio::time::timeout_at(end, pacer.turn(&scope(), lane)).await.is_ok() {
            calls += 1;
            if throttled {
                pacer.throttled(&scope(), lane);
            }
        }
        calls
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_keeps_its_distance_and_others_do_not_wait_for_it() {
        let pacer = pacer();
        let start = Instant::now();
        for _ in 0..5 {
            pacer.turn(&scope(), Lane::Details).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        pacer.turn(&scope(), Lane::Metrics).await;
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn while_aws_throttles_all_lanes_share_one_call_a_second() {
        let pacer = pacer();
        pacer.turn(&scope(), Lane::Metrics).await;
        pacer.throttled(&scope(), Lane::Metrics);
        let start = Instant::now();
        for lane in [Lane::Listing, Lane::Metrics, Lane::Details] {
            pacer.turn(&scope(), lane).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        tokio::time::advance(CAREFUL_FOR).await;
        let after = Instant::now();
        pacer.turn(&scope(), Lane::Listing).await;
        pacer.turn(&scope(), Lane::Metrics).await;
        assert_eq!(after.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn reading_logs_takes_half_of_what_the_region_allows_and_never_more() {
        for (region, half) in [("us-east-1", 12.5), ("eu-west-1", 5.0), ("eu-central-1", 2.5)] {
            let rate = pacer().rate(&Scope::new("123456789012", region), Lane::LogEvents);
            assert!((rate - half).abs() < 1e-9, "{region}: {rate}");
        }
        let pacer = pacer();
        calls_in(&pacer, Lane::LogEvents, 3, false).await;
        assert_eq!(calls_in(&pacer, Lane::LogEvents, 10, false).await, 50);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert!(
            calls_in(&pacer, Lane::LogEvents, 1, false).await <= 11,
            "a second is saved up, not a minute"
        );
        let own = Pacer::new(Clock::system(), Some(100.0));
        assert!((own.rate(&scope(), Lane::LogEvents) - 100.0).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttle_halves_the_lane_of_that_scope_alone_and_it_recovers_slowly() {
        let pacer = pacer();
        let calls = calls_in(&pacer, Lane::LogEvents, 60, true).await;
        assert!((25..=45).contains(&calls), "{calls} calls in a minute of throttles");
        let start = Instant::now();
        pacer.turn(&scope(), Lane::Metrics).await;
        pacer.turn(&Scope::new("123456789012", "us-east-1"), Lane::LogEvents).await;
        assert_eq!(start.elapsed(), Duration::ZERO, "others have quotas of their own");
        let (first, later) = (
            calls_in(&pacer, Lane::LogEvents, 5, false).await,
            calls_in(&pacer, Lane::LogEvents, 10, false).await,
        );
        assert!((2..=8).contains(&first) && (15..=50).contains(&later), "{first} calls, then {later}");
        assert!(calls_in(&pacer, Lane::LogEvents, 10, false).await >= 48, "as before");
    }

    #[test]
    fn waits_grow_to_a_limit_and_start_over_after_an_answer() {
        let mut backoff = Backoff::default();
        let now = Timestamp::from_secs(1_772_366_400);
        let waits: Vec<f64> =
            (0..6).map(|_| backoff.next(&failure(FailureKind::Throttled), now).as_secs_f64()).collect();
        for (wait, base) in waits.iter().zip([1.0, 2.0, 4.0, 6.0, 6.0, 6.0]) {
            assert!((base..=base * 1.25).contains(wait), "{waits:?}");
        }
        backoff.reset();
        assert!(backoff.next(&failure(FailureKind::Service), now) < Duration::from_secs(2));
        let login = backoff.next(&failure(FailureKind::ExpiredCredentials), now);
        assert!((5.0..6.5).contains(&login.as_secs_f64()));
    }
}
