//! Which stretches of event time have been swept: disjoint, in order, and growing only.

use crate::model::{TimeRange, Timestamp};

/// Stretches that do not touch each other, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coverage(Vec<TimeRange>);

impl Coverage {
    /// Adds a stretch; what it touches becomes one with it.
    pub fn add(&mut self, range: TimeRange) {
        if range.length().is_zero() {
            return;
        }
        let first = self.0.partition_point(|known| known.end < range.start);
        let last = self.0.partition_point(|known| known.start <= range.end);
        let touched = &self.0[first..last];
        let start = touched.first().map_or(range.start, |known| known.start.min(range.start));
        let end = touched.last().map_or(range.end, |known| known.end.max(range.end));
        self.0.splice(first..last, [TimeRange::new(start, end)]);
    }

    /// The first stretch inside `within` that has not been swept.
    pub fn first_hole(&self, within: TimeRange) -> Option<TimeRange> {
        self.holes(within).next()
    }

    /// The last one.
    pub fn last_hole(&self, within: TimeRange) -> Option<TimeRange> {
        self.holes(within).last()
    }

    fn holes(&self, within: TimeRange) -> impl Iterator<Item = TimeRange> + '_ {
        let starts = std::iter::once(within.start).chain(self.0.iter().map(|known| known.end));
        let ends = self.0.iter().map(|known| known.start).chain(std::iter::once(within.end));
        starts.zip(ends).filter_map(move |(start, end)| {
            let (start, end) = (start.max(within.start), end.min(within.end));
            (start < end).then(|| TimeRange::new(start, end))
        })
    }

    /// The swept stretch that an instant lies in or ends.
    pub fn around(&self, at: Timestamp) -> Option<TimeRange> {
        self.0.iter().find(|known| known.start <= at && at <= known.end).copied()
    }

    /// Whether all of a stretch has been swept.
    #[cfg(test)]
    pub fn covers(&self, range: TimeRange) -> bool {
        self.first_hole(range).is_none()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn range(start: i64, end: i64) -> TimeRange {
        TimeRange::new(Timestamp::from_millis(start), Timestamp::from_millis(end))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_swept_and_what_is_open_are_each_others_rest(
            swept in prop::collection::vec((0_i64..60, 0_i64..12), 0..20),
            within in (0_i64..60, 1_i64..40),
        ) {
            let (mut coverage, mut instants) = (Coverage::default(), BTreeSet::new());
            for (start, length) in swept {
                coverage.add(range(start, start + length));
                instants.extend(start..start + length);
            }
            let within = range(within.0, within.0 + within.1);
            let open: BTreeSet<i64> = coverage
                .holes(within)
                .flat_map(|hole| hole.start.millis()..hole.end.millis())
                .collect();
            let expected: BTreeSet<i64> =
                (within.start.millis()..within.end.millis()).filter(|at| !instants.contains(at)).collect();
            prop_assert_eq!(open, expected);
            prop_assert!(coverage.0.windows(2).all(|pair| pair[0].end < pair[1].start), "{:?}", coverage);
            prop_assert_eq!(coverage.covers(within), coverage.first_hole(within).is_none());
        }
    }
}
