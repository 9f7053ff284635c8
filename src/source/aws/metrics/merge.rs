//! Pages of `GetMetricData` become one series per query: merged by id, sorted, cleaned (M1, M2, M6, M9).

use std::collections::{BTreeMap, HashMap};

use crate::model::{Point, TimeRange, Timestamp};

/// CloudWatch's word on one series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Status {
    /// All that there is.
    Complete,
    /// More is to come, or was not to be had.
    Partial,
    /// CloudWatch failed on this series.
    InternalError,
    /// The caller may not read it.
    Forbidden,
}

/// What a page says of one series.
pub(super) struct Part<'a> {
    pub id: &'a str,
    /// Milliseconds since the epoch, in no order.
    pub timestamps: Vec<i64>,
    /// One for each timestamp.
    pub values: &'a [f64],
    pub status: Status,
}

/// The series of one call, while its pages come in.
#[derive(Debug, Default)]
pub(super) struct Merger {
    series: HashMap<String, (BTreeMap<i64, f64>, Status)>,
}

/// Larger than any count, millisecond or byte that Lambda can reach: such a number is a fault, not a measurement.
const IMPOSSIBLE: f64 = 1e15;

impl Merger {
    /// Takes in what a page says of one series. A later page has the last word on status and on equal timestamps.
    pub fn add(&mut self, part: &Part<'_>) {
        let (points, status) =
            self.series.entry(part.id.to_owned()).or_insert_with(|| (BTreeMap::new(), part.status));
        *status = part.status;
        for (at, value) in part.timestamps.iter().zip(part.values) {
            if (0.0..IMPOSSIBLE).contains(value) {
                points.insert(*at, *value);
            } else {
                // The bucket is unknown, whatever an earlier page said of it.
                points.remove(at);
            }
        }
    }

    /// The points of one query inside `range`, in order, and how far they can be trusted. What no page spoke of is
    /// unknown, not empty.
    pub fn series(&self, id: &str, range: TimeRange) -> (Vec<Point>, Status) {
        let Some((points, status)) = self.series.get(id) else { return (Vec::new(), Status::Partial) };
        let inside = points.range(range.start.millis()..range.end.millis());
        (
            inside.map(|(at, value)| Point { at: Timestamp::from_millis(*at), value: *value }).collect(),
            *status,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: TimeRange =
        TimeRange { start: Timestamp::from_secs(1_772_366_400), end: Timestamp::from_secs(1_772_366_700) };

    fn minute(number: i64) -> i64 {
        RANGE.start.millis() + number * 60_000
    }

    fn read(merger: &Merger, id: &str) -> (Vec<(i64, f64)>, Status) {
        let (points, status) = merger.series(id, RANGE);
        (points.iter().map(|p| ((p.at.millis() - minute(0)) / 60_000, p.value)).collect(), status)
    }

    #[test]
    fn pages_are_merged_by_id_and_the_last_word_counts() {
        let mut merger = Merger::default();
        let add = |merger: &mut Merger, id, minutes: &[i64], values: &[f64], status| {
            let timestamps = minutes.iter().map(|number| minute(*number)).collect();
            merger.add(&Part { id, timestamps, values, status });
        };
        add(&mut merger, "q0", &[3, 2], &[3.0, 2.0], Status::Partial);
        add(&mut merger, "q1", &[0], &[9.0], Status::Complete);
        add(&mut merger, "q0", &[0, 2, 1], &[0.0, 22.0, 1.0], Status::Complete);
        assert_eq!(read(&merger, "q0"), (vec![(0, 0.0), (1, 1.0), (2, 22.0), (3, 3.0)], Status::Complete));
        assert_eq!(read(&merger, "q1"), (vec![(0, 9.0)], Status::Complete));
        assert_eq!(read(&merger, "q2"), (vec![], Status::Partial));
    }

    #[test]
    fn numbers_that_cannot_be_leave_a_gap() {
        let mut merger = Merger::default();
        let values = [f64::NAN, f64::INFINITY, -1.0, 1e300, 5.0];
        merger.add(&Part {
            id: "q0",
            timestamps: (0..5).map(minute).collect(),
            values: &values,
            status: Status::Complete,
        });
        assert_eq!(read(&merger, "q0").0, [(4, 5.0)]);
        merger.add(&Part {
            id: "q0",
            timestamps: vec![minute(4)],
            values: &[f64::NAN],
            status: Status::Complete,
        });
        assert_eq!(read(&merger, "q0").0, []);
    }

    #[test]
    fn points_outside_of_the_stretch_that_was_asked_for_are_not_taken() {
        let mut merger = Merger::default();
        let timestamps = vec![minute(-1), minute(0), minute(5), i64::MAX, i64::MIN];
        merger.add(&Part { id: "q0", timestamps, values: &[1.0; 5], status: Status::Complete });
        assert_eq!(read(&merger, "q0").0, [(0, 1.0)]);
    }
}
