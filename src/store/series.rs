//! One series of numbers, and which stretches of it are known to be complete.

use std::time::Duration;

use crate::model::{
    Completeness, Failure, Metric, Period, Point, SeriesPage, Statistic, TimeRange, Timestamp,
};

/// Points that are held of a series that someone looked back in: all the minutes that CloudWatch keeps, and some.
const MAX_POINTS: usize = 24_000;
/// Stretches held of one series that do not touch; only panning back and forth makes more than one.
const MAX_KNOWN: usize = 32;

/// The end of the newest minute that is settled at `now`; exclusive.
///
/// CloudWatch revises its newest two one-minute buckets (M4): the running minute and the one before it. At
/// 14:31:16 these are 14:31 and 14:30, so numbers are settled up to 14:30:00, and the newest settled minute
/// is that of 14:29.
#[must_use]
pub fn settled_until(now: Timestamp) -> Timestamp {
    now.floor(Period::MINUTE) - Period::MINUTE.duration()
}

/// The newest buckets that are unfinished: two minutes.
pub(super) const UNFINISHED: Duration = Duration::from_mins(2);

/// The start of the newest settled minute at `now`: 14:29:00 at 14:31:16.
#[must_use]
pub fn newest_settled_minute(now: Timestamp) -> Timestamp {
    settled_until(now) - Period::MINUTE.duration()
}

/// The points of one series.
///
/// They are in order, at most one for a start, and finite.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    points: Vec<Point>,
    /// In order, apart from each other, none empty.
    known: Vec<TimeRange>,
    answered: Option<Timestamp>,
    failing: Option<Failure>,
    /// Someone asked for more than is held of what is only followed.
    looked_back: bool,
}

impl Series {
    /// All points held.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// The points whose buckets start inside `range`.
    #[must_use]
    pub fn within(&self, range: TimeRange) -> &[Point] {
        let from = self.points.partition_point(|point| point.at < range.start);
        let to = self.points.partition_point(|point| point.at < range.end);
        &self.points[from..to.max(from)]
    }

    /// The point of the bucket that starts at `at`.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<f64> {
        self.points.binary_search_by_key(&at, |point| point.at).ok().map(|index| self.points[index].value)
    }

    /// Whether all of `range` was settled and complete when it was fetched, so that a missing bucket is known
    /// to be missing: a settled idle zero for counts (M5).
    #[must_use]
    pub fn knows(&self, range: TimeRange) -> bool {
        self.known.iter().any(|known| known.start <= range.start && range.end <= known.end)
    }

    /// The end of what is known: settled when it was fetched, and complete; exclusive. Later points may be there,
    /// but they were unfinished when they came.
    #[must_use]
    pub fn known_until(&self) -> Option<Timestamp> {
        self.known.last().map(|known| known.end)
    }

    /// Where the newest stretch that is known begins.
    #[must_use]
    pub fn known_from(&self) -> Option<Timestamp> {
        self.known.last().map(|known| known.start)
    }

    /// When CloudWatch last answered completely.
    #[must_use]
    pub const fn answered(&self) -> Option<Timestamp> {
        self.answered
    }

    /// What made the last round fail for this series.
    #[must_use]
    pub const fn failing(&self) -> Option<&Failure> {
        self.failing.as_ref()
    }

    /// The sum of the buckets that start inside `range`, if all of it is known.
    #[must_use]
    pub fn sum(&self, range: TimeRange) -> Option<f64> {
        // From a positive zero: the sum of nothing is 0, not -0.
        self.knows(range).then(|| self.within(range).iter().fold(0.0, |sum, point| sum + point.value))
    }

    /// The largest bucket that starts inside `range`; `None` where none does.
    #[must_use]
    pub fn maximum(&self, range: TimeRange) -> Option<f64> {
        self.within(range).iter().map(|point| point.value).reduce(f64::max)
    }

    /// Takes in an answer that came at `at`. A complete one replaces what was held of its range, a partial one
    /// only adds to it (M2). Points come in any order (M6).
    fn take(
        &mut self,
        at: Timestamp,
        period: Period,
        range: TimeRange,
        mut points: Vec<Point>,
        completeness: Completeness,
    ) {
        points.retain(|point| point.value.is_finite() && range.contains(point.at));
        points.sort_by_key(|point| point.at);
        points.dedup_by(|later, kept| {
            let same = later.at == kept.at;
            if same {
                kept.value = later.value;
            }
            same
        });
        let from = self.points.partition_point(|point| point.at < range.start);
        let to = self.points.partition_point(|point| point.at < range.end).max(from);
        if completeness == Completeness::Partial {
            for old in &self.points[from..to] {
                if let Err(place) = points.binary_search_by_key(&old.at, |point| point.at) {
                    points.insert(place, *old);
                }
            }
        } else {
            self.learn(TimeRange::new(range.start, range.end.min(settled_until(at))));
            self.answered = self.answered.max(Some(at));
            self.failing = None;
        }
        self.points.splice(from..to, points);
        let newest = self.known_until().unwrap_or(range.end).max(range.end);
        let horizon = newest - period.duration() * Period::FOLLOWED;
        self.looked_back |= range.start < horizon;
        self.forget_before(if self.looked_back {
            self.points.len().checked_sub(MAX_POINTS).and_then(|first| Some(self.points.get(first)?.at))
        } else {
            Some(horizon)
        });
    }

    fn learn(&mut self, range: TimeRange) {
        if range.start >= range.end {
            return;
        }
        let mut grown = range;
        self.known.retain(|known| {
            let apart = known.end < grown.start || grown.end < known.start;
            if !apart {
                grown = TimeRange::new(known.start.min(grown.start), known.end.max(grown.end));
            }
            apart
        });
        let place = self.known.partition_point(|known| known.start < grown.start);
        self.known.insert(place, grown);
        if self.known.len() > MAX_KNOWN {
            self.known.remove(0);
        }
    }

    fn forget_before(&mut self, oldest: Option<Timestamp>) {
        let Some(oldest) = oldest else { return };
        let gone = self.points.partition_point(|point| point.at < oldest);
        if gone > 0 {
            self.points.drain(..gone);
        }
        self.known.retain_mut(|known| {
            known.start = known.start.max(oldest);
            known.start < known.end
        });
    }
}

/// All series of one function, or of an account.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeriesSet {
    /// Sorted by key.
    list: Vec<((Metric, Statistic, Period), Series)>,
}

impl SeriesSet {
    /// One of them.
    #[must_use]
    pub fn get(&self, metric: Metric, statistic: Statistic, period: Period) -> Option<&Series> {
        let index = self.list.binary_search_by_key(&(metric, statistic, period), |(key, _)| *key).ok()?;
        Some(&self.list[index].1)
    }

    /// Whether any series of the metric has a point.
    #[must_use]
    pub fn has(&self, metric: Metric) -> bool {
        self.list.iter().any(|((of, ..), series)| *of == metric && !series.points.is_empty())
    }

    fn get_mut(&mut self, key: (Metric, Statistic, Period)) -> &mut Series {
        let index = match self.list.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(index) => index,
            Err(index) => {
                self.list.insert(index, (key, Series::default()));
                index
            }
        };
        &mut self.list[index].1
    }

    pub(super) fn take(&mut self, at: Timestamp, page: SeriesPage) {
        let key = (page.key.metric, page.key.statistic, page.key.period);
        self.get_mut(key).take(at, key.2, page.range, page.points, page.completeness);
    }

    pub(super) fn fail(&mut self, key: (Metric, Statistic, Period), failure: Failure) {
        self.get_mut(key).failing = Some(failure);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_secs(minute * 60)
    }

    fn range(from: i64, to: i64) -> TimeRange {
        TimeRange::new(at(from), at(to))
    }

    fn points(list: &[(i64, f64)]) -> Vec<Point> {
        list.iter().map(|(minute, value)| Point { at: at(*minute), value: *value }).collect()
    }

    fn take(
        series: &mut Series,
        at: Timestamp,
        range: TimeRange,
        points: Vec<Point>,
        completeness: Completeness,
    ) {
        series.take(at, Period::MINUTE, range, points, completeness);
    }

    #[test]
    fn the_newest_two_minutes_are_unfinished() {
        let now = Timestamp::from_secs((14 * 60 + 31) * 60 + 16);
        assert_eq!(settled_until(now), at(14 * 60 + 30));
        assert_eq!(newest_settled_minute(now), at(14 * 60 + 29));
    }

    #[test]
    fn a_complete_answer_replaces_its_range_and_a_partial_one_only_adds() {
        let mut series = Series::default();
        take(
            &mut series,
            at(20),
            range(0, 10),
            points(&[(3, 3.0), (1, 1.0), (5, 5.0)]),
            Completeness::Complete,
        );
        take(&mut series, at(20), range(0, 4), points(&[(2, 2.0), (3, 30.0)]), Completeness::Partial);
        assert_eq!(series.points(), points(&[(1, 1.0), (2, 2.0), (3, 30.0), (5, 5.0)]));
        take(&mut series, at(20), range(0, 4), points(&[(3, 4.0)]), Completeness::Complete);
        assert_eq!(series.points(), points(&[(3, 4.0), (5, 5.0)]));
    }

    #[test]
    fn what_was_unfinished_when_it_came_stays_unfinished_until_it_is_fetched_again() {
        let mut series = Series::default();
        take(&mut series, at(10), range(0, 10), points(&[(8, 1.0), (9, 1.0)]), Completeness::Complete);
        assert_eq!(series.known_until(), Some(at(9)));
        assert_eq!(series.sum(range(0, 10)), None);
        take(&mut series, at(12), range(5, 12), points(&[(8, 4.0), (9, 7.0)]), Completeness::Complete);
        assert_eq!(series.sum(range(0, 10)), Some(11.0));
    }

    #[test]
    fn a_partial_answer_leaves_its_range_unknown_and_the_failure_standing() {
        let mut series = Series::default();
        take(&mut series, at(20), range(0, 10), points(&[(1, 1.0)]), Completeness::Partial);
        assert_eq!((series.sum(range(0, 10)), series.answered()), (None, None));
    }

    #[test]
    fn infinities_and_points_outside_of_the_range_are_refused() {
        let mut series = Series::default();
        let wild = points(&[(1, f64::NAN), (2, f64::INFINITY), (3, -1.0), (4, 1e300), (50, 1.0)]);
        take(&mut series, at(20), range(0, 10), wild, Completeness::Complete);
        assert_eq!(series.points(), points(&[(3, -1.0), (4, 1e300)]));
    }

    #[test]
    fn what_is_only_followed_is_held_for_a_day() {
        let mut series = Series::default();
        for start in (0..4000).step_by(100) {
            let hundred: Vec<_> = (start..start + 100).map(|minute| (minute, 1.0)).collect();
            take(
                &mut series,
                at(start + 102),
                range(start, start + 100),
                points(&hundred),
                Completeness::Complete,
            );
        }
        assert_eq!(series.points().len(), Period::FOLLOWED as usize);
        assert!(!series.knows(range(2000, 2010)) && series.knows(range(3990, 4000)));
    }

    #[test]
    fn where_someone_looked_back_nothing_goes() {
        let mut series = Series::default();
        take(&mut series, at(9002), range(8940, 9000), points(&[(8999, 1.0)]), Completeness::Complete);
        take(&mut series, at(9002), range(0, 60), points(&[(1, 1.0)]), Completeness::Complete);
        take(&mut series, at(9003), range(9000, 9001), points(&[(9000, 1.0)]), Completeness::Complete);
        assert!(series.knows(range(0, 60)) && series.points().len() == 3);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_answers_leave_points_in_order_and_known_stretches_apart(
            pages in prop::collection::vec(
                (0..60_i64, 0..60_i64, 0..90_i64, prop::bool::ANY, prop::collection::vec((0..60_i64, -1.0..9.0_f64), 0..20)),
                0..12,
            )
        ) {
            let mut series = Series::default();
            for (from, to, now, complete, list) in pages {
                let completeness = if complete { Completeness::Complete } else { Completeness::Partial };
                take(&mut series, at(now), range(from, to), points(&list), completeness);
                prop_assert!(series.points().windows(2).all(|pair| pair[0].at < pair[1].at));
                prop_assert!(series.known.windows(2).all(|pair| pair[0].end < pair[1].start));
                prop_assert!(series.known.iter().all(|known| known.start < known.end));
            }
        }
    }
}
