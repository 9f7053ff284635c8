//! How fast the program asks, and how long it waits after a failure.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Failure, FailureKind, Timestamp};
use crate::source::clock::Clock;

/// Calls that share a rate: one per scope and kind of call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

impl Lane {
    const COUNT: usize = 5;

    /// The least time from one call to the next.
    const fn spacing(self) -> Duration {
        Duration::from_millis(match self {
            Self::Identity => 1000,
            Self::Listing => 200,
            Self::Details => 500,
            Self::MetricLists | Self::Metrics => 100,
        })
    }
}

/// The least time between any two calls while AWS throttles.
const CAREFUL_SPACING: Duration = Duration::from_secs(1);
/// For how long after the last throttled call all calls keep that distance.
const CAREFUL_FOR: Duration = Duration::from_secs(5);

/// Hands out turns to call, lane by lane; when AWS throttles, one a second over all lanes.
#[derive(Debug)]
pub(super) struct Pacer {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// When each lane may call again.
    free_at: [Instant; Lane::COUNT],
    last_call: Option<Instant>,
    careful_until: Option<Instant>,
}

impl Pacer {
    pub fn new(clock: Clock) -> Self {
        let state = State { free_at: [Instant::now(); Lane::COUNT], last_call: None, careful_until: None };
        Self { clock, state: Mutex::new(state) }
    }

    /// Waits until a call in `lane` may be made, and takes that turn.
    pub async fn turn(&self, lane: Lane) {
        while let Err(at) = self.try_turn(lane) {
            tokio::time::sleep_until(at).await;
        }
    }

    /// Takes a turn, or says when to ask again.
    fn try_turn(&self, lane: Lane) -> Result<(), Instant> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let mut free_at = state.free_at[lane as usize];
        if let (Some(until), Some(last)) = (state.careful_until, state.last_call)
            && now < until
        {
            free_at = free_at.max(last + self.clock.real(CAREFUL_SPACING));
        }
        if now < free_at {
            return Err(free_at);
        }
        state.free_at[lane as usize] = now + self.clock.real(lane.spacing());
        state.last_call = Some(now);
        Ok(())
    }

    /// AWS throttled a call: everything slows down for a while.
    pub fn throttled(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.careful_until = Some(Instant::now() + self.clock.real(CAREFUL_FOR));
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

    #[tokio::test(start_paused = true)]
    async fn a_lane_keeps_its_distance_and_others_do_not_wait_for_it() {
        let pacer = Pacer::new(Clock::system());
        let start = Instant::now();
        for _ in 0..5 {
            pacer.turn(Lane::Details).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(2));
        pacer.turn(Lane::Metrics).await;
        assert_eq!(start.elapsed(), Duration::from_secs(2));
    }

    #[tokio::test(start_paused = true)]
    async fn while_aws_throttles_all_lanes_share_one_call_a_second() {
        let pacer = Pacer::new(Clock::system());
        pacer.turn(Lane::Metrics).await;
        pacer.throttled();
        let start = Instant::now();
        for lane in [Lane::Listing, Lane::Metrics, Lane::Details] {
            pacer.turn(lane).await;
        }
        assert_eq!(start.elapsed(), Duration::from_secs(3));
        tokio::time::advance(CAREFUL_FOR).await;
        let after = Instant::now();
        pacer.turn(Lane::Listing).await;
        pacer.turn(Lane::Metrics).await;
        assert_eq!(after.elapsed(), Duration::ZERO);
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
