//! One function: its charts on one axis of time, and at the right the values of one instant.
//!
//! ```text
//!  Functions › payment-capture         node22 · arm64 · 512 MB · timeout 6 s · X-Ray active · reserved 40
//! ── 1h · 13:32 to 14:31 UTC · following · 1-minute data ─────────────────────────────────── at 14:06 ──
//!      500┤                            │        ⣀⡀  ⢀⣀ ⣀⡀ ⣀⣀⣀ ⢀⣀⣀⣀⣀⣀┊    invocations
//!         │⣤⣄⣀⣀⣀⣀⣤⣤⣤⣀⣠⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣀⣠⣤⣤│⣤⣤⣤⣶⣦⣤⣤⣤⣤⣀⣠⣤⣤⣄⣀⣤⣤⣴⣶⣶⣦⣤⣶⣾┊⣤   398 /min
//!        0│⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿│⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿┊⣿
//!         └──────────────────────▾─────┴───────────────────────────
//!          13:32      13:42      ▾ deployed 14:02   14:22     14:31
//!  right of ┊ unfinished · charts 1-5 of 8, PgDn for the rest
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::number;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::vitals::{self, Vital};
use super::widgets::chart::{Chart, SCALE_WIDTH, label_scale};
use super::widgets::timeline::Timeline;
use super::{below, configuration};
use super::{line, moment};
use crate::app::{App, ChartView, FunctionLayout, Screen};
use crate::model::{Feed, FunctionKey, Metric, SafeText};
use crate::safe;

/// Draws path, title, charts, axis and status line.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &FunctionLayout) {
    let Screen::Function(screen) = app.screen() else { return };
    configuration::draw(app, paint, layout.path.into(), &screen.key);
    let Some(view) = vitals::view(app, &screen.key) else { return };
    title(app, paint, layout.title.into(), &view);
    let metrics = vitals::metrics(app, &screen.key);
    let mut timeline = None;
    for slot in &layout.charts {
        let Some(metric) = metrics.get(slot.index) else { continue };
        let (area, readout) = (Rect::from(slot.plot), Rect::from(slot.readout));
        // A blank line between two charts where they are tall enough to spare it.
        let last = layout.charts.last().is_some_and(|last| last.index == slot.index);
        let gap = u16::from(area.height >= 6 && !last);
        let area = Rect { height: area.height - gap, ..area };
        let indent = if readout.width >= 20 { 2 } else { 1 };
        let readout =
            Rect { x: readout.x + indent, width: readout.width.saturating_sub(indent + 1), ..readout };
        let plot = plot_of(area);
        let line = Timeline::new(view.range, view.period, view.settled_until, plot.width);
        timeline = Some(line);
        chart(app, paint, area, readout, &screen.key, *metric, &view, line);
    }
    if let Some(timeline) = timeline {
        axis(app, paint, layout.axis.into(), &screen.key, &view, timeline);
    }
    status(app, paint, layout, &view, metrics.len());
    if let Some(panes) = &layout.panes {
        below::draw(app, paint, panes);
    }
}

fn plot_of(area: Rect) -> Rect {
    let scale = SCALE_WIDTH.min(area.width);
    Rect { x: area.x + scale, width: area.width - scale, ..area }
}

#[expect(clippy::too_many_arguments, reason = "one chart is where everything about an instant meets")]
fn chart(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    readout: Rect,
    key: &FunctionKey,
    metric: Metric,
    view: &ChartView,
    timeline: Timeline,
) {
    let vital = Vital::of(app, key, metric, view);
    label_scale(paint, area, vital.scale);
    let plot = plot_of(area);
    let bucket = timeline.bucket(view.crosshair);
    let crosshair = bucket.filter(|_| view.crosshair_placed);
    Chart { timeline, scale: vital.scale, curves: &vital.curves, limits: &vital.limits, crosshair }
        .draw(paint, plot);
    if !vital.has_data() {
        let text = why_empty(app, key, view);
        let row = line(plot, plot.height / 2);
        paint.text(
            Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row },
            &text,
            Role::Unknown,
            Cut::End,
        );
    }
    readout_of(app, paint, readout, key, &vital, view, bucket);
}

/// Why a chart has no curve: nobody answered yet, or CloudWatch has nothing.
pub(super) fn why_empty(app: &App, key: &FunctionKey, view: &ChartView) -> SafeText {
    let feed = app.store().feed(Feed::Metrics);
    let answered = app.store().series(&vitals::counted(key, view)).is_some();
    match (&feed.failing, feed.asking_since) {
        (Some(failing), _) => safe!("GetMetricData: {}", failing.failure.word()),
        _ if answered => SafeText::new("no data"),
        (None, Some(since)) => safe!("asking GetMetricData for {} …", number::age(app.now().since(since))),
        (None, None) => SafeText::new("not asked yet"),
    }
}

/// The values of one instant.
fn readout_of(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    key: &FunctionKey,
    vital: &Vital,
    view: &ChartView,
    bucket: Option<usize>,
) {
    let mut rows: Vec<Vec<(SafeText, Role)>> = Vec::new();
    let label = SafeText::new(vital.metric.label());
    if vital.names.is_empty() {
        let value = vital.value(0, bucket);
        let role = if value == Some(0.0) { Role::Dim } else { Role::Strong };
        rows.push(vec![(safe!("{}", vital.figure(value)), role), (safe!(" {}", vital.unit()), Role::Dim)]);
        if vital.metric == Metric::Errors {
            let invocations = super::selected::per_minute(app, key, view, view.crosshair);
            if let (Some(errors), Some(invocations)) = (value, invocations) {
                let percent = number::percent(errors, invocations);
                rows.push(vec![(safe!("{percent}"), Role::Text), (SafeText::new(" %"), Role::Dim)]);
            }
        }
    } else {
        // The order of a ladder: the lowest percentile first, the maximum last; where room is short, the two
        // that say most.
        let ladder: &[usize] = match area.height {
            0..=3 => &[1, 3],
            4 => &[1, 2, 3],
            _ => &[1, 2, 3, 0],
        };
        for &index in ladder {
            let (Some(curve), Some(name)) = (vital.curves.get(index), vital.names.get(index)) else {
                continue;
            };
            let sample = curve.stroke.sample(paint.ascii());
            let value = vital.figure(vital.value(index, bucket));
            rows.push(vec![
                (SafeText::new(sample), curve.role),
                (safe!(" {name} "), Role::Dim),
                (safe!("{:>7}", value.as_str()), Role::Text),
                (SafeText::new(" ms"), Role::Dim),
            ]);
        }
    }
    rows.extend(vital.limit_words.iter().map(|words| vec![(words.clone(), Role::Dim)]));
    // In a chart of one line, name and first value share it.
    let joined = area.height == 1;
    let mut pen = paint.pen(line(area, 0));
    pen.put(&label, Role::Text);
    let mut at = 1;
    for (index, row) in rows.iter().enumerate() {
        if index == 0 && joined {
            pen.gap(1);
        } else {
            if at >= area.height {
                break;
            }
            pen = paint.pen(line(area, at));
            at += 1;
        }
        for (text, role) in row {
            pen.put(text, *role);
        }
    }
}

fn title(app: &App, paint: &mut Paint<'_>, row: Rect, view: &ChartView) {
    paint.rule(row);
    let zone = app.zone();
    let at = safe!(" at {} ", moment::minute(view.crosshair, zone));
    let last = view.range.end - view.period.duration();
    let following = match view.behind {
        None => SafeText::new("following"),
        Some(behind) => safe!("held, {} behind", moment::length(behind)),
    };
    let period = match view.period.seconds() {
        seconds @ 3600.. => safe!(" · {}-hour data ", seconds / 3600),
        seconds => safe!(" · {}-minute data ", seconds / 60),
    };
    // Both ends have a date or none.
    let (start, end) = (view.range.start, last);
    let (start, end) = (moment::dated(start, end, zone), moment::dated(end, start, zone));
    let window = safe!("{start} to {end} {}", moment::offset(zone));
    let at_width = at.width() as u16;
    let mut pen = paint.pen(Rect { x: row.x + 2, width: row.width.saturating_sub(at_width + 6), ..row });
    pen.gap(0).put(" ", Role::Dim).put(app.range().label(), Role::Strong).put(" · ", Role::Dim);
    pen.put(&window, Role::Text).put(" · ", Role::Dim);
    pen.put(&following, if view.behind.is_some() { Role::Warn } else { Role::Dim });
    pen.put(&period, Role::Dim);
    let role = if view.crosshair_placed { Role::Accent } else { Role::Dim };
    paint.right(Rect { width: row.width.saturating_sub(2), ..row }, &at, role);
}

/// The axis under all charts, with the deploy in words where there is room.
fn axis(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    key: &FunctionKey,
    view: &ChartView,
    timeline: Timeline,
) {
    let plot = plot_of(area);
    let deploy = vitals::change(app, key, view).map(|(at, _)| at);
    let crosshair = timeline.bucket(view.crosshair).filter(|_| view.crosshair_placed);
    timeline.rule(paint, line(plot, 0), deploy, crosshair);
    if area.height > 0 && plot.x > area.x {
        paint.glyph(plot.x - 1, area.y, Glyph::Corner, Role::Faint);
    }
    timeline.label(paint, line(plot, 1), app.zone());
}

fn status(app: &App, paint: &mut Paint<'_>, layout: &FunctionLayout, view: &ChartView, all: usize) {
    let row: Rect = layout.status.into();
    let mut pen = paint.pen(Rect { width: row.width.saturating_sub(1), ..row });
    pen.gap(1);
    let Screen::Function(screen) = app.screen() else { return };
    if let Some((at, word)) = vitals::change(app, &screen.key, view) {
        let when = moment::dated(at, app.now(), app.zone());
        pen.glyph(Glyph::Down, Role::Deploy).put(&safe!(" {word} {when} · "), Role::Dim);
    }
    pen.put("right of ┊ unfinished", Role::Dim);
    if let (Some(first), Some(last)) = (layout.charts.first(), layout.charts.last())
        && layout.charts.len() < all
    {
        let range = safe!(" · charts {}-{} of {all}", first.index + 1, last.index + 1);
        pen.put(&range, Role::Text).put(", j k scroll", Role::Dim);
    }
}
