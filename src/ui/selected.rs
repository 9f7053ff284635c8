//! The function under the cursor, beside or below the table: its vital signs, or one line where room is short.
//!
//! ```text
//! ── payment-capture · errors since 14:02 ──────────────────────────────────────────────────────────
//!  invocations    412/min  errors   78/min 18.9 %  p50 p99   640 4,810 ms  throttles        0/min
//!  500                     100                     6 s timeout ╌╌╌╌╌╌╌╌╌╌  10
//!  ⣦⣶⣿⣶⣾⣧⣷⣿⣷⣷⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿┊⡆             ⢸⣿⣿⣿⣿⣿⣿⣿⣿┊⡄             ⢰⠃       ┊                       ┊
//!  ──────────▾───────────  ──────────▾───────────  ──────────▾───────────  ──────────▾───────────
//!  13:32   14:02    14:31  13:32   14:02    14:31  13:32   14:02    14:31  13:32   14:02    14:31
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::vitals::{self, Vital};
use super::widgets::chart::Chart;
use super::widgets::timeline::Timeline;
use super::{judgement, line, moment, number};
use crate::app::{App, ChartView, FunctionsLayout, Row};
use crate::model::{FunctionKey, Metric, SafeText, Timestamp};
use crate::safe;

/// Draws what the layout has room for.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &FunctionsLayout) {
    let row = app.selected().and_then(|key| app.rows().iter().find(|row| row.key == *key));
    if let Some(area) = layout.line {
        if let Some(row) = row {
            one_line(app, paint, area.into(), row);
        }
        return;
    }
    let Some(area) = layout.charts.map(Rect::from) else { return };
    title(app, paint, line(area, 0), row);
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    match (row, row.and_then(|row| vitals::view(app, &row.key))) {
        (Some(row), Some(view)) if layout.beside => stacked(app, paint, body, row, &view),
        (Some(row), Some(view)) => abreast(app, paint, body, row, &view),
        _ => {}
    }
}

fn title(app: &App, paint: &mut Paint<'_>, row: Rect, selected: Option<&Row>) {
    let Some(selected) = selected else { return };
    paint.rule(row);
    let words = SafeText::new(&selected.trouble.words(app.now(), app.zone()));
    let mut pen = paint.pen(Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row });
    pen.put(" ", Role::Dim).put(&SafeText::new(&selected.key.name), Role::Strong);
    if !words.is_empty() {
        pen.put(" · ", Role::Dim).put(&words, judgement::role(selected.trouble.severity));
    }
    let change = app.chart_view().and_then(|view| vitals::change(app, &selected.key, &view));
    if let Some((at, word)) = change {
        let when = moment::dated(at, app.now(), app.zone());
        pen.put(" · ", Role::Dim).glyph(Glyph::Down, Role::Deploy).put(&safe!(" {word} {when}"), Role::Dim);
    }
    // Blanks keep the rule off the words.
    pen.put(" ", Role::Dim);
}

/// The row once more in words, where there is no room for charts.
fn one_line(app: &App, paint: &mut Paint<'_>, row: Rect, selected: &Row) {
    let figures = &selected.figures;
    let words = SafeText::new(&selected.trouble.words(app.now(), app.zone()));
    let mut pen = paint.pen(Rect { width: row.width.saturating_sub(1), ..row });
    pen.gap(1).put(&SafeText::new(&selected.key.name), Role::Strong);
    if words.is_empty() {
        pen.put(": ", Role::Dim).put("nothing wrong", Role::Dim);
    } else {
        pen.put(": ", Role::Dim).put(&words, judgement::role(selected.trouble.severity));
    }
    if let (Some(p50), Some(p99)) = (figures.p50, figures.p99) {
        pen.put(&safe!(" · p50 {} · p99 {}", number::millis(p50), number::millis(p99)), Role::Dim);
    }
    if let Some(timeout) = app.store().function(&selected.key).and_then(|record| record.function.timeout_s) {
        pen.put(&safe!(" · timeout {}", vitals::seconds(timeout)), Role::Dim);
    }
}

/// Five charts side by side.
fn abreast(app: &App, paint: &mut Paint<'_>, area: Rect, row: &Row, view: &ChartView) {
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let count = vitals::FIVE.len() as u16;
    let width = (inside.width.saturating_sub(2 * (count - 1))) / count;
    // What does not divide by five goes to the gaps, so that the last chart ends at the edge.
    let spare = inside.width.saturating_sub(width * count + 2 * (count - 1));
    for (index, metric) in vitals::FIVE.into_iter().enumerate() {
        let index = index as u16;
        let x = inside.x + index * (width + 2) + spare * index / (count - 1);
        compact(app, paint, Rect { x, width, ..inside }, row, view, metric, true);
    }
}

/// Five charts one above the other.
fn stacked(app: &App, paint: &mut Paint<'_>, area: Rect, row: &Row, view: &ChartView) {
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let axis = 2.min(inside.height);
    let body = inside.height - axis;
    let count = vitals::FIVE.len() as u16;
    for (index, metric) in vitals::FIVE.into_iter().enumerate() {
        let (top, bottom) = (body * index as u16 / count, body * (index as u16 + 1) / count);
        // A blank line between two charts where they are tall enough to spare it.
        let gap = u16::from(bottom - top >= 7 && index + 1 < vitals::FIVE.len());
        let place = Rect { y: inside.y + top, height: bottom - top - gap, ..inside };
        compact(app, paint, place, row, view, metric, false);
    }
    foot(app, paint, Rect { y: inside.y + body, height: axis, ..inside }, row, view);
}

/// Title, scale and plot of one chart, and its own time axis if nobody else draws one.
fn compact(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    row: &Row,
    view: &ChartView,
    metric: Metric,
    own_axis: bool,
) {
    let axis = if own_axis { 2 } else { 0 };
    if area.height < 3 + axis {
        return;
    }
    let timeline = Timeline::new(view.range, view.period, view.settled_until, area.width);
    let vital = Vital::of(app, &row.key, metric, view);
    headline(app, paint, line(area, 0), &vital, &row.key, view, timeline.bucket(view.crosshair));
    let plot = Rect { y: area.y + 1, height: area.height - 1 - axis, ..area };
    let crosshair = view.crosshair_placed.then(|| timeline.bucket(view.crosshair)).flatten();
    let chart =
        Chart { timeline, scale: vital.scale, curves: &vital.curves, limits: &vital.limits, crosshair };
    chart.draw(paint, plot);
    if !vital.has_data() {
        let text = super::function::why_empty(app, &row.key, view);
        paint.text(line(plot, plot.height / 2), &text, Role::Unknown, Cut::End);
    }
    // The scale stands in the plot's first row, on a ground of its own.
    let words = match vital.limits.first().filter(|limit| limit.value >= vital.scale.top) {
        Some(_) => vital.limit_words.first().cloned().unwrap_or_default(),
        None => safe!("{}", vital.scale.label(vital.scale.top)),
    };
    let width = words.width() as u16 + 1;
    if plot.height > 2 && width < plot.width {
        let label = Rect { width, ..line(plot, 0) };
        if blank(paint, label) {
            paint.text(label, &words, Role::Dim, Cut::End);
        }
    }
    if own_axis {
        foot(app, paint, Rect { y: area.bottom() - axis, height: axis, ..area }, row, view);
    }
}

/// Clears a label's place; a label goes before the line it names.
fn blank(paint: &mut Paint<'_>, area: Rect) -> bool {
    paint.clear(area);
    true
}

fn foot(app: &App, paint: &mut Paint<'_>, area: Rect, row: &Row, view: &ChartView) {
    let timeline = Timeline::new(view.range, view.period, view.settled_until, area.width);
    let deploy = vitals::change(app, &row.key, view).map(|(at, _)| at);
    let crosshair = view.crosshair_placed.then(|| timeline.bucket(view.crosshair)).flatten();
    timeline.rule(paint, line(area, 0), deploy, crosshair);
    timeline.label(paint, line(area, 1), app.zone());
}

/// The chart's name and its values at the crosshair, or in the newest settled bucket.
fn headline(
    app: &App,
    paint: &mut Paint<'_>,
    row: Rect,
    vital: &Vital,
    key: &FunctionKey,
    view: &ChartView,
    bucket: Option<usize>,
) {
    let value = vital.figure(vital.value(0, bucket));
    let right = match vital.metric {
        Metric::Duration => {
            safe!("{} {} ms", vital.figure(vital.value(1, bucket)), vital.figure(vital.value(3, bucket)))
        }
        Metric::Errors => {
            let rate = invocations(app, key, view)
                .zip(vital.value(0, bucket))
                .map_or(number::MISSING, |(invocations, errors)| number::percent(errors, invocations));
            safe!("{value}/min {rate} %")
        }
        Metric::ConcurrentExecutions => match vital.limit_words.first() {
            Some(limit) => safe!("{value} of {}", limit.as_str().split(' ').next().unwrap_or_default()),
            None => safe!("{value} at most"),
        },
        _ => safe!("{value}{}", vital.unit()),
    };
    let ascii = paint.ascii();
    let mut pen = paint.pen(row);
    if vital.metric == Metric::Duration {
        // Beside their lines, since a low chart has no legend; where room is short the numbers go first.
        let marked = row.width >= right.width() as u16 + 10;
        for (index, name) in [(1, "p50"), (3, "p99")] {
            if let Some(curve) = vital.curves.get(index) {
                pen.put(if marked { curve.stroke.mark(ascii) } else { "" }, curve.role)
                    .put(name, curve.role)
                    .gap(1);
            }
        }
    } else {
        pen.put(vital.metric.label(), Role::Dim).gap(1);
    }
    let room = pen.left();
    let width = (right.width() as u16).min(room);
    paint.text(Rect { x: row.right() - width, width, ..row }, &right, Role::Text, Cut::End);
}

/// Invocations per minute in the crosshair's bucket.
fn invocations(app: &App, key: &FunctionKey, view: &ChartView) -> Option<f64> {
    per_minute(app, key, view, view.crosshair)
}

pub(super) fn per_minute(app: &App, key: &FunctionKey, view: &ChartView, at: Timestamp) -> Option<f64> {
    let sum = app.store().series(&vitals::counted(key, view))?.at(at)?;
    Some(sum / (f64::from(view.period.seconds()) / 60.0))
}
