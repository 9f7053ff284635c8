//! A set of stretches of time: what of a series has been asked for, and what of it is settled.

use crate::model::{TimeRange, Timestamp};

/// Stretches in order that neither overlap nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stretches(Vec<TimeRange>);

impl Stretches {
    /// Adds a stretch; an empty one changes nothing.
    pub fn add(&mut self, range: TimeRange) {
        if range.start >= range.end {
            return;
        }
        let from = self.0.partition_point(|held| held.end < range.start);
        let to = self.0.partition_point(|held| held.start <= range.end);
        let merged = self.0[from..to]
            .iter()
            .fold(range, |whole, held| TimeRange::new(whole.start.min(held.start), whole.end.max(held.end)));
        self.0.splice(from..to, [merged]);
    }

    /// The end of the newest stretch, exclusive.
    pub fn end(&self) -> Option<Timestamp> {
        self.0.last().map(|held| held.end)
    }

    /// Forgets everything before `oldest`.
    pub fn forget_before(&mut self, oldest: Timestamp) {
        self.0.retain_mut(|held| {
            held.start = held.start.max(oldest);
            held.start < held.end
        });
    }

    /// What of `range` is in none of the stretches, oldest first.
    pub fn missing(&self, range: TimeRange) -> Vec<TimeRange> {
        let mut missing = Vec::new();
        let mut from = range.start;
        for held in &self.0 {
            if held.start >= range.end {
                break;
            }
            if held.start > from {
                missing.push(TimeRange::new(from, held.start));
            }
            from = from.max(held.end);
        }
        if from < range.end {
            missing.push(TimeRange::new(from, range.end));
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn range(start: i64, end: i64) -> TimeRange {
        TimeRange::new(Timestamp::from_secs(start), Timestamp::from_secs(end))
    }

    #[test]
    fn only_what_is_not_there_is_missing() {
        let mut held = Stretches::default();
        assert_eq!(held.missing(range(0, 100)), [range(0, 100)]);
        held.add(range(20, 40));
        held.add(range(60, 80));
        assert_eq!(held.missing(range(0, 100)), [range(0, 20), range(40, 60), range(80, 100)]);
        held.add(range(40, 60));
        assert_eq!(held, Stretches(vec![range(20, 80)]));
        assert_eq!(held.missing(range(30, 70)), []);
        held.add(range(90, 95));
        held.forget_before(Timestamp::from_secs(70));
        assert_eq!(held, Stretches(vec![range(70, 80), range(90, 95)]));
        assert_eq!(held.end(), Some(Timestamp::from_secs(95)));
        held.forget_before(Timestamp::from_secs(200));
        assert_eq!((&held, held.end()), (&Stretches::default(), None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn held_and_missing_together_are_the_whole(parts in prop::collection::vec((0i64..100, 0i64..20), 0..12)) {
            let mut held = Stretches::default();
            for (start, length) in &parts {
                held.add(range(*start, start + length));
            }
            prop_assert!(held.0.windows(2).all(|pair| pair[0].end < pair[1].start));
            let missing = held.missing(range(0, 100));
            for second in 0..100 {
                let at = Timestamp::from_secs(second);
                let in_parts = parts.iter().any(|(start, length)| range(*start, start + length).contains(at));
                prop_assert_eq!(in_parts, !missing.iter().any(|gap| gap.contains(at)));
            }
        }
    }
}
