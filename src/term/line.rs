//! How much the line to the terminal takes: when the next frame may go, and how long it may be.

use std::time::{Duration, Instant};

/// Bytes a second that frames may take on the average: more than anyone reads. A key is answered regardless.
const AVERAGE: u32 = 24_000;
/// The same over SSH.
const AVERAGE_OVER_SSH: u32 = 12_000;
/// Seconds of the average that may be spent at once: opening the screen, another screen, another size.
const SAVED: u32 = 2;
/// A terminal that says it is at least as fast says nothing: a pseudo-terminal has this speed whatever is behind it.
const UNSPOKEN: u32 = 38_400;
/// Start bit, eight bits, stop bit.
const BITS: u32 = 10;
/// Frames a second on a line whose speed is known: what a key has to wait for is one of them.
const CUTS: u32 = 20;
/// Bytes of one frame that are worth its place.
const SHORTEST: usize = 32;
/// How long a terminal that was slow is left alone at most.
const REST: Duration = Duration::from_millis(250);
/// A write of this length says nothing about the line.
const QUICK: Duration = Duration::from_millis(20);

/// Keeps what is under way so short that a key does not wait behind it.
#[derive(Debug)]
pub(super) struct Line {
    /// Bytes a second.
    rate: u32,
    /// The line is as slow as it says: nothing may pile up in it.
    cut: bool,
    /// When everything that was sent will have arrived, or will have been earned.
    paid: Instant,
    rested: Instant,
}

impl Line {
    /// A line to a terminal of that speed in bits a second (0 and 38,400 or more: not known), perhaps over SSH.
    pub(super) fn new(baud: u32, ssh: bool, now: Instant) -> Self {
        let cut = is_slow(baud);
        let average = if ssh { AVERAGE_OVER_SSH } else { AVERAGE };
        Self { rate: if cut { (baud / BITS).max(1) } else { average }, cut, paid: now, rested: now }
    }

    /// After how many bytes a frame is to be cut.
    pub(super) fn limit(&self) -> usize {
        if self.cut { ((self.rate / CUTS) as usize).max(SHORTEST) } else { usize::MAX }
    }

    /// A frame was handed over.
    pub(super) fn sent(&mut self, bytes: usize, now: Instant) {
        self.paid = self.paid.max(now) + Duration::from_secs_f64(bytes as f64 / f64::from(self.rate));
    }

    /// The terminal took a frame, in so much time.
    pub(super) fn taken(&mut self, took: Duration, now: Instant) {
        if took > QUICK {
            self.rested = now + took.min(REST);
        }
    }

    /// When the next frame may go. One that answers a key goes at once, unless the line is known to be slow.
    pub(super) fn next(&self, urgent: bool) -> Instant {
        if self.cut {
            return self.paid;
        }
        if urgent {
            return self.rested;
        }
        let saved = Duration::from_secs(u64::from(SAVED));
        self.paid.checked_sub(saved).unwrap_or(self.paid).max(self.rested)
    }
}

/// Whether a terminal of that speed says that it is slow.
pub(super) const fn is_slow(baud: u32) -> bool {
    baud > 0 && baud < UNSPOKEN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_line_is_given_twenty_short_frames_a_second() {
        let begin = Instant::now();
        let mut line = Line::new(9600, false, begin);
        assert_eq!(line.limit(), 48);
        line.sent(48, begin);
        assert_eq!(line.next(true) - begin, Duration::from_millis(50));
    }

    #[test]
    fn a_fast_one_is_given_whole_frames_and_24_kilobytes_a_second_in_the_long_run() {
        let begin = Instant::now();
        let mut line = Line::new(38_400, false, begin);
        assert_eq!(line.limit(), usize::MAX);
        let (mut now, mut bytes) = (begin, 0);
        while now < begin + Duration::from_mins(1) {
            line.sent(4000, now);
            bytes += 4000;
            now = (now + Duration::from_millis(50)).max(line.next(false));
        }
        assert!((1_440_000..1_550_000).contains(&bytes), "{bytes}");
        assert!(line.next(true) <= now, "a key is answered regardless");
    }

    #[test]
    fn a_terminal_that_took_its_time_is_given_some() {
        let begin = Instant::now();
        let mut line = Line::new(0, true, begin);
        line.taken(Duration::from_millis(120), begin);
        assert_eq!(line.next(true) - begin, Duration::from_millis(120));
        line.taken(Duration::from_mins(1), begin);
        assert_eq!(line.next(false) - begin, REST, "one that was stalled is drawn on soon");
    }
}
