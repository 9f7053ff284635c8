//! The axis of a timeline: ms to cells, its pegs, and the log lines as ticks on it.

use ratatui::layout::Rect;

use super::log;
use super::tree::Columns;
use crate::app::{TimelinePane, TimelineScreen, TimelineSource};
use crate::model::SafeText;
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// Least cells between two pegs.
const LEAST_STEP: f64 = 8.0;

/// A part of the axis on cells of the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    x: u16,
    width: u16,
    from: f64,
    to: f64,
}

/// Where a stretch lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cells {
    /// From one cell to another, both included.
    On(u16, u16),
    /// Left of what is on screen.
    Before,
    /// Right of it.
    Behind,
}

impl Axis {
    pub(super) const fn new(area: Rect, (from, to): (f64, f64)) -> Self {
        Self { x: area.x, width: area.width, from, to }
    }

    /// The cells of a stretch: one at least, and none outside of the axis.
    pub(super) fn cells(&self, start: f64, end: f64) -> Cells {
        let scale = f64::from(self.width) / (self.to - self.from).max(f64::MIN_POSITIVE);
        let (first, behind) = ((start - self.from) * scale, (end - self.from) * scale);
        if self.width == 0 || first >= f64::from(self.width) && start > self.from {
            // The very end of the axis is its last cell.
            return if self.width > 0 && start <= self.to { self.last() } else { Cells::Behind };
        }
        if behind < 0.0 {
            return Cells::Before;
        }
        let last = self.width - 1;
        let first = (first.max(0.0) as u16).min(last);
        let end = ((behind - 0.001).ceil().max(1.0) - 1.0).min(f64::from(last)) as u16;
        Cells::On(self.x + first, self.x + end.max(first))
    }

    const fn last(&self) -> Cells {
        let last = self.x + self.width - 1;
        Cells::On(last, last)
    }

    /// The first and the last cell.
    pub(super) const fn edges(&self) -> (u16, u16) {
        (self.x, self.x + self.width.saturating_sub(1))
    }

    /// The pegs: round values, far enough from each other.
    fn pegs(&self) -> Vec<f64> {
        let least = (self.to - self.from) * LEAST_STEP / f64::from(self.width.max(1));
        if !least.is_finite() || least <= 0.0 {
            return Vec::new();
        }
        let magnitude = 10_f64.powf(least.log10().floor());
        let round = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * magnitude);
        let Some(step) = round.into_iter().find(|step| *step >= least) else { return Vec::new() };
        let first = (self.from / step).ceil();
        (0..u32::from(self.width))
            .map(|at| (first + f64::from(at)) * step)
            .take_while(|at| *at < self.to)
            .collect()
    }
}

/// A value of the axis as its peg has it.
fn label(value: f64) -> SafeText {
    let rest = value.fract().abs();
    match () {
        () if !(1e-6..=1.0 - 1e-6).contains(&rest) => safe!("{}", number::count(value)),
        () if (value * 10.0).fract().abs() < 1e-6 => safe!("{value:.1}"),
        () => safe!("{value:.2}"),
    }
}

/// The names of the columns, and the pegs.
pub(super) fn head(screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    let columns = Columns::of(row.width);
    let name = match screen.source {
        TimelineSource::Trace(_) => "SERVICE \u{b7} OPERATION",
        TimelineSource::Log if screen.summary.is_some() => "FROM THE LIST AND THE LOG",
        TimelineSource::Log => "FROM THE LOG",
        TimelineSource::Nothing => "",
    };
    paint.text(columns.name_at(row), name, Role::Dim, Cut::End);
    let bars = columns.bars_at(row);
    let axis = Axis::new(bars, screen.seen());
    for at in axis.pegs() {
        let Cells::On(x, _) = axis.cells(at, at) else { continue };
        let mut pen = paint.pen(Rect { x, width: bars.right().saturating_sub(x), ..row });
        let text = label(at);
        if usize::from(pen.left()) > text.width() {
            pen.glyph(Glyph::Peg, Role::Dim).put(&text, Role::Dim);
        }
    }
    paint.right(columns.ms_at(row), "ms", Role::Dim);
    if columns.own > 0 {
        paint.right(columns.own_at(row), "self", Role::Dim);
    }
}

/// The log lines as ticks; the selected one stands out.
pub(super) fn ticks(screen: &TimelineScreen, paint: &mut Paint<'_>, row: Rect) {
    let columns = Columns::of(row.width);
    paint.text(columns.name_at(row), "log lines", Role::Dim, Cut::End);
    let bars = columns.bars_at(row);
    for x in bars.left()..bars.right() {
        paint.glyph(x, row.y, Glyph::Threshold, Role::Faint);
    }
    let axis = Axis::new(bars, screen.seen());
    // The gravest of a cell is drawn last.
    let mut ticks: Vec<(u8, u16, Glyph, Role)> = Vec::new();
    for (at, line) in screen.lines.iter().enumerate() {
        let Cells::On(x, _) = axis.cells(line.at_ms, line.at_ms) else { continue };
        let (glyph, role) = log::sign(line);
        let gravity = match glyph {
            Glyph::Timeout => 3,
            Glyph::Error => 2,
            Glyph::Warn => 1,
            _ => 0,
        };
        let selected = at == screen.line;
        let role = if selected && screen.pane != TimelinePane::Detail { Role::Accent } else { role };
        ticks.push((if selected { 5 } else { gravity }, x, glyph, role));
    }
    ticks.sort_by_key(|(gravity, ..)| *gravity);
    for (_, x, glyph, role) in ticks {
        paint.glyph(x, row.y, glyph, role);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn axis(width: u16, from: f64, to: f64) -> Axis {
        Axis::new(Rect { x: 7, y: 0, width, height: 1 }, (from, to))
    }

    #[test]
    fn a_stretch_takes_the_cells_that_it_lies_in() {
        let axis = axis(10, 0.0, 100.0);
        assert_eq!(axis.cells(0.0, 100.0), Cells::On(7, 16));
        assert_eq!(axis.cells(10.0, 20.0), Cells::On(8, 8));
        assert_eq!(axis.cells(100.0, 100.0), Cells::On(16, 16));
        assert_eq!(axis.cells(35.0, 35.1), Cells::On(10, 10));
        assert_eq!(axis.cells(-9.0, -1.0), Cells::Before);
        assert_eq!(axis.cells(101.0, 109.0), Cells::Behind);
    }

    #[test]
    fn pegs_stand_at_round_values() {
        assert_eq!(axis(57, 0.0, 4171.0).pegs(), [0.0, 1000.0, 2000.0, 3000.0, 4000.0]);
        assert_eq!(axis(40, 10.0, 12.0).pegs(), [10.0, 10.5, 11.0, 11.5]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bar_leaves_the_axis(width in 0..300_u16, from in -1e6..1e6_f64, length in 0.0..1e7_f64, start in -1e7..1e7_f64, took in 0.0..1e7_f64) {
            if let Cells::On(first, last) = axis(width, from, from + length).cells(start, start + took) {
                prop_assert!(7 <= first && first <= last && last < 7 + width);
            }
        }
    }
}
