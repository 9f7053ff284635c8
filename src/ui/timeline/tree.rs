//! The rows of a timeline: what each is, how it ended, its bar, how long it took.

use ratatui::layout::Rect;

use super::axis::{Axis, Cells};
use super::{mark_glyph, mark_role};
use crate::app::{TimelinePane, TimelineScreen};
use crate::model::{SafeText, Showing};
use crate::safe;
use crate::store::timeline::{Mark, Span, SpanKind, Wait};
use crate::store::traces::Oddity;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{line, number};

/// A wait of this part of the whole stands out.
const LONG_WAIT: f64 = 0.05;

/// Where things stand in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    name: u16,
    status: u16,
    bars: u16,
    ms: u16,
    pub(super) own: u16,
}

/// Cells before the name: the cursor, the sign, a blank.
const BEFORE: u16 = 3;

impl Columns {
    pub(super) fn of(width: u16) -> Self {
        let part = if width < 100 { 40 } else { 36 };
        let name = (u32::from(width) * part / 100).clamp(14, 64) as u16;
        let status = if width >= 60 { 8 } else { 5 };
        let ms = if width >= 60 { 8 } else { 6 };
        let own = if width >= 90 { 7 } else { 0 };
        let bars = width.saturating_sub(BEFORE + name + 1 + status + 1 + ms + own + 1);
        Self { name, status, bars, ms, own }
    }

    pub(super) fn name_at(&self, row: Rect) -> Rect {
        cell(row, BEFORE, self.name)
    }

    fn status_at(&self, row: Rect) -> Rect {
        cell(row, BEFORE + self.name + 1, self.status)
    }

    pub(super) fn bars_at(&self, row: Rect) -> Rect {
        cell(row, BEFORE + self.name + self.status + 2, self.bars)
    }

    pub(super) fn ms_at(&self, row: Rect) -> Rect {
        cell(row, BEFORE + self.name + self.status + 2 + self.bars, self.ms)
    }

    pub(super) fn own_at(&self, row: Rect) -> Rect {
        cell(row, BEFORE + self.name + self.status + 2 + self.bars + self.ms, self.own)
    }
}

/// A part of a row, cut to it.
fn cell(row: Rect, at: u16, width: u16) -> Rect {
    let at = at.min(row.width);
    Rect { x: row.x + at, width: width.min(row.width - at), ..row }
}

/// Draws the rows on screen.
pub(super) fn draw(screen: &TimelineScreen, paint: &mut Paint<'_>, area: Rect) {
    let columns = Columns::of(area.width);
    let shown = screen.rows.iter().enumerate().skip(screen.top).take(usize::from(area.height));
    for (offset, (at, index)) in (0..).zip(shown) {
        let row = line(area, offset);
        let Some(span) = screen.timeline.spans.get(*index) else { continue };
        self::row(screen, paint, row, &columns, (*index, span));
        if at == screen.row {
            let focused = screen.pane == TimelinePane::Tree;
            let glyph = if focused { Glyph::Cursor } else { Glyph::CursorElsewhere };
            paint.glyph(row.x, row.y, glyph, Role::Accent);
            paint.select(row);
        }
    }
}

fn row(
    screen: &TimelineScreen,
    paint: &mut Paint<'_>,
    row: Rect,
    columns: &Columns,
    (index, span): (usize, &Span),
) {
    let role = mark_role(span.mark);
    let sign = match span.oddity {
        Some(Oddity::Orphan | Oddity::Circle) if !span.mark.is_bad() => Some((Glyph::Unknown, Role::Unknown)),
        Some(Oddity::Outside) if !span.mark.is_bad() => Some((Glyph::Stale, Role::Unknown)),
        _ => mark_glyph(span.mark).map(|glyph| (glyph, role)),
    };
    if let Some((glyph, role)) = sign {
        paint.glyph(row.x + 1, row.y, glyph, role);
    }
    name(screen, paint, columns.name_at(row), (index, span));
    let status = SafeText::of_line(&span.status, Showing::default());
    let status_role = if span.mark == Mark::Ok { Role::Dim } else { role };
    paint.right(columns.status_at(row), &status, status_role);
    bar(screen, paint, columns.bars_at(row), span);
    let wait = matches!(span.kind, SpanKind::Wait(_));
    let numbers = if wait { Role::Dim } else { Role::Text };
    match span.whole_ms() {
        Some(took) => paint.right(columns.ms_at(row), &number::count(took).within(columns.ms), numbers),
        None => paint.right(columns.ms_at(row), "-", Role::Dim),
    }
    if columns.own > 0 && span.end_ms.is_some() {
        let own = number::count(span.self_ms).within(columns.own - 1);
        paint.right(columns.own_at(row), &own, if span.self_ms >= 0.5 { numbers } else { Role::Dim });
    }
}

/// The name behind its place in the tree. What lies too deep to be moved in says how deep it lies.
fn name(screen: &TimelineScreen, paint: &mut Paint<'_>, cell: Rect, (index, span): (usize, &Span)) {
    let most = usize::from(cell.width) / 2;
    let indent = span.depth.min(most);
    let folded = screen.is_folded(span);
    let mut pen = paint.pen(cell);
    pen.gap(indent as u16);
    if span.depth > most {
        pen.put(&safe!("{}", span.depth), Role::Dim).glyph(Glyph::Into, Role::Dim);
    }
    match (span.below > 0, span.kind, span.parent) {
        (true, ..) => {
            pen.glyph(if folded { Glyph::Folded } else { Glyph::Down }, Role::Dim);
        }
        (false, SpanKind::Wait(_), Some(_)) => {
            pen.glyph(Glyph::Bar, Role::Faint);
        }
        (false, _, Some(_)) => {
            let next = screen.timeline.spans.get(index + 1);
            let last = next.is_none_or(|next| next.parent != span.parent);
            pen.glyph(if last { Glyph::Corner } else { Glyph::Branch }, Role::Faint);
        }
        (false, _, None) => {
            pen.gap(1);
        }
    }
    let hidden = match span.kind {
        SpanKind::Attempts { count, gave_up } if folded => {
            let end = if gave_up { ", gave up" } else { "" };
            format!(" \u{b7} attempt 1 \u{2026} {count}{end}")
        }
        _ if folded && !span.folded => format!(" +{}", span.below),
        _ => String::new(),
    };
    let title = format!("{}{hidden}{}", span.title, odd(span).unwrap_or_default());
    let role = match span.kind {
        SpanKind::Wait(_) => Role::Dim,
        _ => Role::Text,
    };
    pen.gap(1).put(&SafeText::of_line(&title, Showing::default()), role);
}

/// What is odd about a span's place, said behind its name.
const fn odd(span: &Span) -> Option<&'static str> {
    match span.oddity {
        Some(Oddity::Orphan) => Some(" (parent missing)"),
        Some(Oddity::Circle) => Some(" (circle cut)"),
        Some(Oddity::Outside) | None => None,
    }
}

fn bar(screen: &TimelineScreen, paint: &mut Paint<'_>, cell: Rect, span: &Span) {
    let length = screen.timeline.length_ms;
    let Some((start, end)) = span.stretch(length) else { return };
    let axis = Axis::new(cell, screen.seen());
    let (left, right) = axis.edges();
    let (first, last) = match axis.cells(start, end) {
        Cells::On(first, last) => (first, last),
        Cells::Before if cell.width > 0 => return paint.glyph(left, cell.y, Glyph::ArrowLeft, Role::Faint),
        Cells::Behind if cell.width > 0 => return paint.glyph(right, cell.y, Glyph::ArrowRight, Role::Faint),
        Cells::Before | Cells::Behind => return,
    };
    let (glyph, role) = if let SpanKind::Wait(wait) = span.kind {
        let found = matches!(wait, Wait::Backoff { .. } | Wait::Silence { .. } | Wait::ColdStart);
        let long = found && end - start >= length * LONG_WAIT;
        (Glyph::Threshold, if long { Role::Warn } else { Role::Dim })
    } else {
        // What failed inside is coloured where it failed, not all the way up.
        let own = span.below == 0 || matches!(span.kind, SpanKind::Attempts { .. });
        let role = match (span.mark, span.critical) {
            (Mark::Cold, _) => Role::Cold,
            (mark, _) if mark.is_bad() && own => mark_role(mark),
            (_, true) => Role::Text,
            (_, false) => Role::Dim,
        };
        (if span.critical { Glyph::Length } else { Glyph::Rule }, role)
    };
    for x in first..=last {
        paint.glyph(x, cell.y, glyph, role);
    }
    if span.end_ms.is_none() {
        paint.glyph(last, cell.y, Glyph::Unfinished, Role::Unknown);
    }
}

/// Why there is no row yet.
pub(super) fn nothing(first: &SafeText, second: &SafeText, paint: &mut Paint<'_>, area: Rect) {
    let indent = |y: u16| {
        let row = line(area, y);
        Rect { x: row.x + 4, width: row.width.saturating_sub(5), ..row }
    };
    paint.text(indent(1.min(area.height.saturating_sub(1))), first, Role::Text, Cut::End);
    paint.text(indent(3), second, Role::Dim, Cut::End);
}
