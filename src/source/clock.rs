//! The one clock of the program: every other layer is handed the time it tells.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::Timestamp;

/// Tells the time and waits; follows tokio's clock, so that a paused clock in a test moves this one too.
///
/// Waiting is counted in this clock's own time: at speed 60 a wait of a minute takes a second.
#[derive(Clone, Debug)]
pub struct Clock {
    /// When this clock was started, by tokio's clock.
    origin: Instant,
    course: Course,
}

#[derive(Clone, Copy, Debug)]
enum Course {
    /// The computer's time, plus what tokio's clock has been moved beyond real time. The difference is kept, not
    /// the time at the start: so a computer that slept or was set right is followed.
    System { real_origin: std::time::Instant },
    /// From an instant of its own on, `speed` times as fast as time goes.
    Started { at: Timestamp, speed: f64 },
}

impl Clock {
    /// The computer's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { origin: Instant::now(), course: Course::System { real_origin: std::time::Instant::now() } }
    }

    /// A clock that shows `at` now and runs `speed` times as fast as time goes (the demo's `--now` and `--speed`).
    /// A speed that is not above zero is taken as one.
    #[must_use]
    pub fn starting_at(at: Timestamp, speed: f64) -> Self {
        let speed = if speed.is_finite() && speed > 0.0 { speed } else { 1.0 };
        Self { origin: Instant::now(), course: Course::Started { at, speed } }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let elapsed = self.origin.elapsed();
        match self.course {
            Course::System { real_origin } => {
                let moved = elapsed.saturating_sub(real_origin.elapsed());
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::default() + since_epoch + moved
            }
            Course::Started { at, speed } => at + elapsed.mul_f64(speed),
        }
    }

    /// Waits for so long, in this clock's time.
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(self.real(duration)).await;
    }

    /// How much this clock advances in a stretch of real time.
    #[must_use]
    pub fn own(&self, real: Duration) -> Duration {
        match self.course {
            Course::System { .. } => real,
            Course::Started { speed, .. } => {
                Duration::try_from_secs_f64(real.as_secs_f64() * speed).unwrap_or(Duration::MAX)
            }
        }
    }

    /// How long a wait takes in real time.
    #[must_use]
    pub fn real(&self, duration: Duration) -> Duration {
        match self.course {
            Course::System { .. } => duration,
            Course::Started { speed, .. } => {
                Duration::try_from_secs_f64(duration.as_secs_f64() / speed).unwrap_or(Duration::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn both_clocks_follow_a_paused_clock() {
        let start = Timestamp::from_secs(1_772_366_400);
        let (system, own) = (Clock::system(), Clock::starting_at(start, 1.0));
        let before = system.now();
        tokio::time::advance(Duration::from_mins(15)).await;
        let moved = system.now().since(before);
        assert!((Duration::from_secs(899)..Duration::from_secs(930)).contains(&moved), "{moved:?}");
        assert_eq!(own.now(), start + Duration::from_mins(15));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_clock_waits_in_its_own_minutes() {
        let start = Timestamp::from_secs(1_772_366_400);
        let clock = Clock::starting_at(start, 60.0);
        let real = Instant::now();
        clock.sleep(Duration::from_mins(1)).await;
        assert_eq!(real.elapsed(), Duration::from_secs(1));
        assert_eq!(clock.now(), start + Duration::from_mins(1));
    }
}
