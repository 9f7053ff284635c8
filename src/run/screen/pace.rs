//! How often something may happen, and when the next second begins.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::Timestamp;

/// Lets something happen at most once in a stretch of time, and at once when it has not happened for as long.
pub(super) struct Pace {
    gap: Duration,
    next: Instant,
}

impl Pace {
    /// May happen now, and then once every `gap`.
    pub(super) fn new(gap: Duration) -> Self {
        Self { gap, next: Instant::now() }
    }

    /// The instant from which it may happen again.
    pub(super) const fn next(&self) -> Instant {
        self.next
    }

    /// It has happened.
    pub(super) fn mark(&mut self) {
        self.next = Instant::now() + self.gap;
    }
}

/// How long until the clock on screen shows another second; never zero.
pub(super) fn until_the_next_second(now: Timestamp) -> Duration {
    let into_second = now.millis().rem_euclid(1000).unsigned_abs();
    Duration::from_millis(1000 - into_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_ticks_on_the_second() {
        let wait = |millis| until_the_next_second(Timestamp::from_millis(millis)).as_millis();
        assert_eq!(wait(10_250), 750);
        assert_eq!(wait(10_000), 1000);
        assert_eq!(wait(-1), 1);
    }
}
