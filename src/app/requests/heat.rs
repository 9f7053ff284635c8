//! Requests by time and duration: what the map above the rows counts, and what is picked on it.

use crate::model::{TimeRange, Timestamp};

/// Where bands of durations begin, in ms, by steps of three and by steps of two: the first holds all that is faster.
const THREES: &[f64] = &[0.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 10e3, 30e3, 100e3, 300e3];
const TWOS: &[f64] = &[
    0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 20e3, 50e3, 100e3, 200e3,
    500e3,
];
/// From so many bands on the finer steps are taken.
const FINE: usize = 10;

/// Cells left of the map: the band's least duration.
pub const HEAT_LABEL: u16 = 9;

/// Cells right of the map: the same without time, a bar for each band with its count.
#[must_use]
pub const fn heat_margin(width: u16) -> u16 {
    if width >= 100 { 26 } else { 14 }
}

/// How many columns of time a map has in so many cells: one more is the divider's before what is unfinished.
#[must_use]
pub const fn heat_columns(width: u16) -> u16 {
    width.saturating_sub(HEAT_LABEL + heat_margin(width) + 1)
}

/// How many requests, and how many of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeatCell {
    /// All of them.
    pub count: u32,
    /// Those whose caller got no answer, or an error.
    pub failed: u32,
}

impl HeatCell {
    const fn add(&mut self, other: Self) {
        self.count += other.count;
        self.failed += other.failed;
    }
}

/// Durations that are counted together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatBand {
    /// The least of them in ms; 0 in the lowest band.
    pub from_ms: f64,
    /// The first above them; infinite in the highest band.
    pub to_ms: f64,
    /// All that is in it, whenever it was.
    pub sum: HeatCell,
}

/// Requests by time and duration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeatMap {
    /// Which time its columns cover.
    pub range: Option<TimeRange>,
    /// Its bands, the fastest first.
    pub bands: Vec<HeatBand>,
    /// How many columns.
    pub columns: usize,
    /// The first column in which requests may still be missing; a divider stands before it.
    pub unfinished: Option<usize>,
    /// Column by column of the fastest band, then of the next.
    cells: Vec<HeatCell>,
}

impl HeatMap {
    /// What stands in a column of a band.
    #[must_use]
    pub fn cell(&self, band: usize, column: usize) -> HeatCell {
        self.cells.get(band * self.columns + column).copied().unwrap_or_default()
    }

    /// The most in any cell.
    #[must_use]
    pub fn peak(&self) -> u32 {
        self.cells.iter().map(|cell| cell.count).max().unwrap_or(0)
    }

    /// The column of an instant.
    #[must_use]
    pub fn column_of(&self, at: Timestamp) -> Option<usize> {
        column_of(self.range?, self.columns, at)
    }

    /// The cell of a column, counted from the first.
    #[must_use]
    pub fn place_of(&self, column: usize) -> usize {
        column + usize::from(self.unfinished.is_some_and(|unfinished| column >= unfinished))
    }

    /// The column that stands in a cell; none in the divider.
    #[must_use]
    pub fn column_at(&self, place: usize) -> Option<usize> {
        let column = match self.unfinished {
            Some(unfinished) if place == unfinished => return None,
            Some(unfinished) if place > unfinished => place - 1,
            _ => place,
        };
        (column < self.columns).then_some(column)
    }

    /// Says until when nothing is missing; whether that is news.
    pub(super) fn finished_until(&mut self, until: Option<Timestamp>) -> bool {
        let before = self.unfinished;
        // What covers less than a column, and what lies before the map, needs no mark.
        self.unfinished = until
            .zip(self.range)
            .and_then(|(until, range)| self.column_of(until.max(range.start)))
            .filter(|column| *column > 0);
        before != self.unfinished
    }

    /// The time that a column covers.
    #[must_use]
    pub fn time_of(&self, column: usize) -> Option<TimeRange> {
        let range = self.range.filter(|_| column < self.columns)?;
        let edge = |column: usize| {
            let share = range.length().as_millis() * column as u128 / self.columns.max(1) as u128;
            Timestamp::from_millis(range.start.millis() + i64::try_from(share).unwrap_or(0))
        };
        Some(TimeRange::new(edge(column), edge(column + 1)))
    }
}

fn column_of(range: TimeRange, columns: usize, at: Timestamp) -> Option<usize> {
    let length = range.length().as_millis();
    let column = at.since(range.start).as_millis() * columns as u128 / length.max(1);
    range.contains(at).then(|| usize::try_from(column).unwrap_or(0).min(columns.saturating_sub(1)))
}

/// Counts a map.
#[derive(Debug)]
pub(super) struct Counting {
    range: TimeRange,
    columns: usize,
    /// How many bands will be shown.
    shown: usize,
    steps: &'static [f64],
    cells: Vec<HeatCell>,
}

impl Counting {
    /// A map of `columns` by `bands` over `range`.
    pub(super) fn new(range: TimeRange, columns: usize, bands: usize) -> Self {
        let steps = if bands >= FINE { TWOS } else { THREES };
        Self {
            range,
            columns,
            shown: bands.clamp(1, steps.len()),
            steps,
            cells: vec![HeatCell::default(); steps.len() * columns],
        }
    }

    /// Counts an invocation, if its duration in ms is known.
    pub(super) fn count(&mut self, start: Timestamp, duration: Option<f64>, failed: bool) {
        let Some(duration) = duration.filter(|duration| *duration >= 0.0) else { return };
        let Some(column) = column_of(self.range, self.columns, start) else { return };
        let band = self.steps.partition_point(|from| *from <= duration).saturating_sub(1);
        if let Some(cell) = self.cells.get_mut(band * self.columns + column) {
            cell.add(HeatCell { count: 1, failed: u32::from(failed) });
        }
    }

    /// The map: as many bands as are shown, ending with the slowest that has any request; all that is faster than the
    /// others is in the lowest one.
    pub(super) fn map(self) -> HeatMap {
        let Self { range, columns, shown, steps, cells } = self;
        let sum = |band: usize| {
            let mut sum = HeatCell::default();
            cells[band * columns..(band + 1) * columns].iter().for_each(|cell| sum.add(*cell));
            sum
        };
        let slowest = (0..steps.len()).rev().find(|band| sum(*band).count > 0).unwrap_or(0);
        let top = slowest.max(shown - 1);
        let lowest = top + 1 - shown;
        let mut own = vec![HeatCell::default(); shown * columns];
        let mut bands: Vec<HeatBand> = (0..shown)
            .map(|band| HeatBand {
                from_ms: if band == 0 { 0.0 } else { steps[lowest + band] },
                to_ms: if band + 1 == shown { f64::INFINITY } else { steps[lowest + band + 1] },
                sum: HeatCell::default(),
            })
            .collect();
        for band in 0..=top {
            let target = band.saturating_sub(lowest);
            bands[target].sum.add(sum(band));
            for column in 0..columns {
                own[target * columns + column].add(cells[band * columns + column]);
            }
        }
        HeatMap { range: Some(range), bands, columns, unfinished: None, cells: own }
    }
}

/// What is picked on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pick {
    /// Durations in ms: from, and the first above.
    pub ms: Option<(f64, f64)>,
    /// Starts.
    pub time: Option<TimeRange>,
}

impl Pick {
    /// Whether nothing is picked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ms.is_none() && self.time.is_none()
    }

    /// Whether a request that began then and ran for so many ms is among what is picked.
    #[must_use]
    pub fn holds(&self, start: Timestamp, duration: Option<f64>) -> bool {
        self.ms.is_none_or(|(from, to)| duration.is_some_and(|ms| from <= ms && ms < to))
            && self.time.is_none_or(|time| time.contains(start))
    }

    /// Whether a band is, at least in part.
    #[must_use]
    pub fn has_band(&self, band: &HeatBand) -> bool {
        self.ms.is_some_and(|(from, to)| from < band.to_ms && band.from_ms < to)
    }

    /// The bands that are picked, from and to.
    fn bands(&self, map: &HeatMap) -> Option<(usize, usize)> {
        let mut own = map.bands.iter().enumerate().filter(|(_, band)| self.has_band(band)).map(|(at, _)| at);
        let first = own.next()?;
        Some((first, own.next_back().unwrap_or(first)))
    }

    /// The columns that are picked, from and to.
    #[must_use]
    pub fn columns(&self, map: &HeatMap) -> Option<(usize, usize)> {
        let (time, range) = (self.time?, map.range?);
        let last = map.columns.saturating_sub(1);
        if time.end <= range.start || time.start >= range.end {
            return None;
        }
        let inside = |at: Timestamp, otherwise: usize| map.column_of(at).unwrap_or(otherwise);
        // A hair before the end: the column behind it is not picked.
        let end = Timestamp::from_millis(time.end.millis().saturating_sub(1));
        let first = inside(time.start, 0);
        Some((first, inside(end, last).max(first)))
    }

    /// Picks the next slower or faster band; with `wider` beside those that are picked.
    pub(super) fn step_bands(&mut self, map: &HeatMap, slower: bool, wider: bool) {
        let Some(last) = map.bands.len().checked_sub(1) else { return };
        let (from, to) = match (self.bands(map), slower) {
            (Some((from, to)), true) if wider => (from, (to + 1).min(last)),
            (Some((from, to)), false) if wider => (from.saturating_sub(1), to),
            (Some((_, to)), true) => ((to + 1).min(last), (to + 1).min(last)),
            (Some((from, _)), false) => (from.saturating_sub(1), from.saturating_sub(1)),
            (None, _) => {
                let slowest = map.bands.iter().rposition(|band| band.sum.count > 0).unwrap_or(last);
                (slowest, slowest)
            }
        };
        self.pick_bands(map, from, to);
    }

    /// Picks bands.
    pub(super) fn pick_bands(&mut self, map: &HeatMap, from: usize, to: usize) {
        if let (Some(from), Some(to)) = (map.bands.get(from), map.bands.get(to)) {
            self.ms = Some((from.from_ms, to.to_ms));
        }
    }

    /// Picks the next earlier or later column; with `wider` beside those that are picked.
    pub(super) fn step_columns(&mut self, map: &HeatMap, later: bool, wider: bool) {
        let Some(last) = map.columns.checked_sub(1) else { return };
        let (from, to) = match (self.columns(map), later) {
            (Some((from, to)), true) if wider => (from, (to + 1).min(last)),
            (Some((from, to)), false) if wider => (from.saturating_sub(1), to),
            (Some((_, to)), true) => ((to + 1).min(last), (to + 1).min(last)),
            (Some((from, _)), false) => (from.saturating_sub(1), from.saturating_sub(1)),
            (None, _) => {
                let any = |column: &usize| (0..map.bands.len()).any(|band| map.cell(band, *column).count > 0);
                let newest = (0..=last).rev().find(any).unwrap_or(last);
                (newest, newest)
            }
        };
        self.pick_columns(map, from, to);
    }

    /// Picks columns.
    pub(super) fn pick_columns(&mut self, map: &HeatMap, from: usize, to: usize) {
        if let (Some(from), Some(to)) = (map.time_of(from), map.time_of(to)) {
            self.time = Some(TimeRange::new(from.start, to.end));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The map of some durations, each of which began in a second of its own.
    fn map_of(durations: &[f64], bands: usize) -> HeatMap {
        let range = TimeRange::last(Duration::from_secs(100), Timestamp::from_secs(1_000));
        let mut counting = Counting::new(range, 10, bands);
        for (at, duration) in durations.iter().enumerate() {
            counting.count(range.start + Duration::from_secs(at as u64), Some(*duration), *duration > 1e6);
        }
        counting.map()
    }

    fn counts(map: &HeatMap) -> Vec<(f64, u32)> {
        map.bands.iter().map(|band| (band.from_ms, band.sum.count)).collect()
    }

    #[test]
    fn bands_are_steps_of_three_and_a_duration_on_an_edge_is_in_the_slower_one() {
        let map = map_of(&[2.9, 3.0, 9.9, 10.0, 29.9, 30.0, 999.9, 1e3], 7);
        let expected = [(0.0, 1), (3.0, 2), (10.0, 2), (30.0, 1), (100.0, 0), (300.0, 1), (1e3, 1)];
        assert_eq!(counts(&map), expected);
    }

    #[test]
    fn with_more_room_bands_are_steps_of_one_two_and_five() {
        let from: Vec<f64> = map_of(&[1.0], 10).bands.iter().map(|band| band.from_ms).collect();
        assert_eq!(from, [0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3]);
    }

    #[test]
    fn what_is_faster_than_the_bands_on_the_map_is_counted_in_the_lowest() {
        let map = map_of(&[1.0, 5.0, 20.0, 50.0, 200.0, 40_000.0], 4);
        assert_eq!(counts(&map), [(0.0, 5), (3e3, 0), (10e3, 0), (30e3, 1)]);
        assert_eq!(map.cell(0, 0).count, 5, "and in its column");
        assert_eq!((map.bands[0].to_ms, map.bands[3].to_ms), (3e3, f64::INFINITY));
    }

    #[test]
    fn what_has_no_duration_or_began_elsewhere_is_not_on_the_map() {
        let range = TimeRange::last(Duration::from_secs(100), Timestamp::from_secs(1_000));
        let mut counting = Counting::new(range, 10, 7);
        counting.count(range.start, None, false);
        counting.count(range.start, Some(-1.0), false);
        counting.count(range.start - Duration::from_secs(1), Some(5.0), false);
        counting.count(range.end, Some(5.0), false);
        counting.count(range.start, Some(5.0), true);
        let map = counting.map();
        assert_eq!(map.cell(1, 0), HeatCell { count: 1, failed: 1 });
        assert_eq!(map.bands.iter().map(|band| band.sum.count).sum::<u32>(), 1);
    }
}
