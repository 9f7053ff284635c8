//! A chart of one metric over time: areas for counts, lines for percentiles, dashes for limits.
//!
//! ```text
//!     6 s┤╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌⢰⠒⠒⠒⠒┊⠒⠒
//!        │                          ⢸    ┊
//!        │ ⢀⣀⡀  ⣀⣀            ⢀⣀⣀⣀⣀⣀⣸    ┊
//!       0│⠿⠿⠶⠿⠿⠿⠷⠾⠿⠿⠿⠿⠿⠿⠿⠿⠿⠿⠿⠿⠿⠶⠶⠤⠤⠤⠤⠖⠒⠒┊⠒⠒
//! ```
//!
//! A value of zero is a thin line at the bottom; a gap has no sign at all.

use std::ops::Range;

use ratatui::layout::Rect;

use super::braille::Grid;
use super::scale::Scale;
use super::timeline::Timeline;
use crate::ui::glyph::Glyph;
use crate::ui::paint::Paint;
use crate::ui::theme::Role;

/// How a curve is drawn, so that curves differ without colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    /// Filled down to zero.
    Area,
    /// A line.
    Solid,
    /// A line two dots high.
    Heavy,
    /// A line with short breaks.
    Dashed,
    /// Single dots.
    Dotted,
}

impl Stroke {
    const fn draws(self, dot: u16) -> bool {
        match self {
            Self::Area | Self::Solid | Self::Heavy => true,
            Self::Dashed => dot % 4 != 3,
            Self::Dotted => dot.is_multiple_of(2),
        }
    }

    /// The sign of this curve where only ASCII may be written.
    const fn ascii(self) -> &'static str {
        match self {
            Self::Area => "#",
            Self::Solid => "*",
            Self::Heavy => "=",
            Self::Dashed => "-",
            Self::Dotted => ".",
        }
    }

    /// One cell of it, for a legend without room.
    #[must_use]
    pub fn mark(self, ascii: bool) -> &'static str {
        let sample = self.sample(ascii);
        sample.split_at(sample.len() / 2).0
    }

    /// Two cells that show how it is drawn, for a legend.
    #[must_use]
    pub const fn sample(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Area, false) => "⣿⣿",
            (Self::Solid, false) => "⠒⠒",
            (Self::Heavy, false) => "⠶⠶",
            (Self::Dashed, false) => "⠒⠂",
            (Self::Dotted, false) => "⠂⠂",
            (Self::Area, true) => "##",
            (Self::Solid, true) => "**",
            (Self::Heavy, true) => "==",
            (Self::Dashed, true) => "--",
            (Self::Dotted, true) => "..",
        }
    }
}

/// One curve: a value for each bucket of the timeline.
#[derive(Clone, Debug)]
pub struct Curve {
    /// `None` where nothing is known. Values that are no number count as unknown, negative ones as zero.
    pub values: Vec<Option<f64>>,
    /// Its colour.
    pub role: Role,
    /// Its line.
    pub stroke: Stroke,
}

impl Curve {
    /// The highest value of the buckets that share a column: a peak is never averaged away.
    fn highest(&self, buckets: Range<usize>) -> Option<f64> {
        let end = buckets.end.min(self.values.len());
        let values = self.values.get(buckets.start.min(end)..end)?;
        let finite = values.iter().flatten().copied().filter(|value| value.is_finite());
        finite.reduce(f64::max).map(|value| value.max(0.0))
    }
}

/// The highest value of several curves; `None` if they have none.
#[must_use]
pub fn highest(curves: &[Curve]) -> Option<f64> {
    curves.iter().filter_map(|curve| curve.highest(0..usize::MAX)).reduce(f64::max)
}

/// A line across the plot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// At which value.
    pub value: f64,
    /// Its colour.
    pub role: Role,
}

/// A chart without its labels.
#[derive(Clone, Debug)]
pub struct Chart<'a> {
    /// Where the buckets stand.
    pub timeline: Timeline,
    /// How high the values stand.
    pub scale: Scale,
    /// The curves, the one on top last.
    pub curves: &'a [Curve],
    /// The limits.
    pub limits: &'a [Limit],
    /// The bucket under the crosshair, if that is drawn.
    pub crosshair: Option<usize>,
}

impl Chart<'_> {
    /// Draws into `plot`, whose width is the timeline's.
    pub fn draw(&self, paint: &mut Paint<'_>, plot: Rect) {
        let plot = plot.intersection(paint.area());
        if plot.is_empty() {
            return;
        }
        self.limits(paint, plot);
        if paint.ascii() {
            self.ascii(paint, plot);
        } else {
            self.braille(paint, plot);
        }
        let vertical = |paint: &mut Paint<'_>, column: u16, glyph, role| {
            for y in plot.top()..plot.bottom() {
                if column < plot.width {
                    paint.glyph(plot.x + column, y, glyph, role);
                }
            }
        };
        if let Some(column) = self.timeline.divider() {
            vertical(paint, column, Glyph::Unfinished, Role::Unknown);
        }
        if let Some(bucket) = self.crosshair {
            vertical(paint, self.timeline.column(bucket), Glyph::Bar, Role::Accent);
        }
    }

    /// The row of dots for a value: zero is the lowest, and what is more than zero stands higher than it.
    fn height(&self, value: f64, rows: u16) -> u16 {
        let most = rows.saturating_sub(1);
        let share = (value / self.scale.top).clamp(0.0, 1.0);
        let row = (share * f64::from(most)).round() as u16;
        if value > 0.0 { row.max(1).min(most) } else { row }
    }

    fn limits(&self, paint: &mut Paint<'_>, plot: Rect) {
        for limit in self.limits.iter().filter(|limit| self.scale.shows(limit.value)) {
            let row = self.height(limit.value, plot.height * 4) / 4;
            let y = plot.bottom() - 1 - row.min(plot.height - 1);
            for x in plot.left()..plot.right() {
                paint.glyph(x, y, Glyph::Threshold, limit.role);
            }
        }
    }

    fn braille(&self, paint: &mut Paint<'_>, plot: Rect) {
        let mut grid = Grid::new(plot.width, plot.height);
        for curve in self.curves {
            self.plot(curve, &mut grid);
        }
        let mut bytes = [0; 4];
        for y in 0..plot.height {
            for x in 0..plot.width {
                let cell = grid.cell(x, y);
                let Some(role) = cell.role else { continue };
                let symbol = cell.symbol().encode_utf8(&mut bytes);
                if cell.body {
                    paint.tinted(plot.x + x, plot.y + y, symbol, role);
                } else {
                    paint.symbol(plot.x + x, plot.y + y, symbol, role);
                }
            }
        }
    }

    /// Nothing has no colour: a healthy chart of errors is not red.
    fn role(curve: &Curve, value: Option<f64>, unfinished: bool) -> Role {
        match value {
            _ if unfinished => Role::Unknown,
            Some(0.0) if curve.stroke == Stroke::Area => Role::Dim,
            _ => curve.role,
        }
    }

    fn plot(&self, curve: &Curve, grid: &mut Grid) {
        let mut before = None;
        for dot in 0..grid.columns() {
            let value = curve.highest(self.timeline.under(dot));
            let role = Self::role(curve, value, self.timeline.is_unfinished(dot));
            let row = value.map(|value| self.height(value, grid.rows()));
            if let Some(row) = row {
                if curve.stroke == Stroke::Area {
                    (0..row).for_each(|below| grid.set(dot, below, role, true));
                    grid.set(dot, row, role, false);
                } else {
                    if curve.stroke.draws(dot) {
                        grid.set(dot, row, role, false);
                        if curve.stroke == Stroke::Heavy {
                            grid.set(dot, row.saturating_sub(1), role, false);
                        }
                    }
                    if let Some(last) = before {
                        let (low, high) = if last < row { (last + 1, row) } else { (row + 1, last) };
                        (low..high).for_each(|between| grid.set(dot, between, role, false));
                    }
                }
            }
            before = row;
        }
    }

    /// One sign a column and curve, areas as rows of `#`.
    fn ascii(&self, paint: &mut Paint<'_>, plot: Rect) {
        for curve in self.curves {
            for x in 0..plot.width {
                let buckets = self.timeline.under(2 * x).start..self.timeline.under(2 * x + 1).end;
                let Some(value) = curve.highest(buckets) else { continue };
                let role = Self::role(curve, Some(value), self.timeline.is_unfinished(2 * x + 1));
                let top = (self.height(value, plot.height * 4) / 4).min(plot.height - 1);
                let bottom = if curve.stroke == Stroke::Area { 0 } else { top };
                for row in bottom..=top {
                    let symbol = if value > 0.0 { curve.stroke.ascii() } else { "_" };
                    paint.symbol(plot.x + x, plot.bottom() - 1 - row, symbol, role);
                }
            }
        }
    }
}

/// Width of the scale at the left of a plot: labels and axis.
pub const SCALE_WIDTH: u16 = 9;

/// Writes the scale into the first [`SCALE_WIDTH`] columns of `area`: the top, zero, and the middle if there
/// is room.
pub fn label_scale(paint: &mut Paint<'_>, area: Rect, scale: Scale) {
    if area.is_empty() || area.width < SCALE_WIDTH {
        return;
    }
    let axis = area.x + SCALE_WIDTH - 1;
    for y in area.top()..area.bottom() {
        paint.glyph(axis, y, Glyph::Bar, Role::Faint);
    }
    let mut label = |y: u16, value: f64| {
        let text = scale.label(value);
        paint.right(Rect::new(area.x, y, SCALE_WIDTH - 1, 1), &text, Role::Dim);
        paint.glyph(axis, y, Glyph::Tick, Role::Faint);
    };
    label(area.top(), scale.top);
    if area.height >= 7 && area.height % 2 == 1 {
        label(area.top() + area.height / 2, scale.top / 2.0);
    }
    if area.height >= 2 {
        label(area.bottom() - 1, 0.0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::model::{Period, TimeRange, Timestamp, Unit};
    use crate::report::picture::text;
    use crate::ui::paint::Look;

    fn drawn(values: Vec<Option<f64>>, stroke: Stroke, top: f64, size: (u16, u16), ascii: bool) -> String {
        let range = TimeRange::new(
            Timestamp::from_secs(0),
            Timestamp::from_secs(60 * i64::try_from(values.len()).unwrap()),
        );
        let timeline = Timeline::new(range, Period::MINUTE, range.end, size.0);
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        let look = Look { ascii, ..Look::default() };
        let curves = [Curve { values, role: Role::Series1, stroke }];
        let scale = Scale { top, unit: Unit::Count };
        let limits = [Limit { value: top, role: Role::Dim }];
        Chart { timeline, scale, curves: &curves, limits: &limits, crosshair: None }
            .draw(&mut Paint::new(&mut buffer, &look), area);
        text(&buffer)
    }

    #[test]
    fn zero_is_a_thin_line_and_a_gap_has_no_glyph() {
        let values = vec![Some(0.0), Some(0.0), None, None, Some(8.0), Some(8.0)];
        assert_eq!(drawn(values.clone(), Stroke::Area, 8.0, (3, 2), false), "╌╌⣿\n⣀ ⣿\n");
        assert_eq!(drawn(values, Stroke::Area, 8.0, (3, 2), true), "__#\n_ #\n");
    }

    #[test]
    fn a_little_more_than_nothing_does_not_look_like_nothing() {
        assert_eq!(drawn(vec![Some(0.001), Some(0.0)], Stroke::Area, 100.0, (1, 2), false), "╌\n⣄\n");
    }

    #[test]
    fn a_line_connects_its_values_but_not_over_a_gap() {
        let values = vec![Some(0.0), Some(7.0), None, Some(7.0)];
        assert_eq!(drawn(values, Stroke::Solid, 7.0, (2, 2), false), "⢸⠈\n⡸\n");
    }

    #[test]
    fn strokes_differ_without_colour_in_the_plot_and_in_the_legend() {
        let strokes = [Stroke::Area, Stroke::Solid, Stroke::Heavy, Stroke::Dashed, Stroke::Dotted];
        for ascii in [false, true] {
            let plots = strokes.map(|stroke| drawn(vec![Some(2.0); 8], stroke, 4.0, (4, 2), ascii));
            let samples = strokes.map(|stroke| stroke.sample(ascii));
            for (at, stroke) in strokes.iter().enumerate() {
                assert!(!plots[..at].contains(&plots[at]), "{stroke:?}: {}", plots[at]);
                assert!(!samples[..at].contains(&samples[at]), "{stroke:?}: {}", samples[at]);
            }
        }
    }

    #[test]
    fn a_peak_is_not_averaged_away() {
        let mut values = vec![Some(0.0); 600];
        values[300] = Some(10.0);
        let picture = drawn(values, Stroke::Area, 10.0, (10, 2), false);
        assert!(picture.lines().next().unwrap().contains('⡇'), "{picture}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_number_harms_a_chart(
            bits in prop::collection::vec(prop::option::of(any::<u64>()), 0..200),
            width in 0..60_u16, height in 0..20_u16, top in any::<u64>(), ascii in any::<bool>(),
        ) {
            let values: Vec<_> = bits.into_iter().map(|bits| bits.map(f64::from_bits)).collect();
            let scale = Scale::new(Unit::Count, Some(f64::from_bits(top)), None);
            for stroke in [Stroke::Area, Stroke::Dashed] {
                let picture = drawn(values.clone(), stroke, scale.top, (width, height), ascii);
                prop_assert!(!ascii || picture.is_ascii());
            }
        }
    }
}
