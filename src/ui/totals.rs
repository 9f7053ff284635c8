//! The whole account in one strip, from the series that CloudWatch keeps without dimensions.
//!
//! ```text
//!  INVOCATIONS /min          ERRORS /min                  THROTTLES /min            CONCURRENT            BUSIEST p95 ms
//!  18,420 ▅▆▆▆▆▆▆▇▇▇┊▆       ✗ 127 0.7 %      ▁▅███┊█     ⊘ 118       ▂▆██┊▇        104 of 1,000 ▃▅▆▇┊▇   catalog-read 61
//! ```
//!
//! Where `--function` narrows the fleet the strip still speaks of the account, since CloudWatch keeps no sum of some
//! functions and percentiles cannot be put together: it says so, `ACCOUNT INV /min`, `account 18,420/min`.
//!
//! One line high, the values alone: `18,420/min  ✗ 127/min 0.7 %   ▁▅██┊█  ⊘ 118/min  104 of 1,000`.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::line;
use super::number::{self, Number};
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::widgets::spark;
use crate::app::App;
use crate::model::SafeText;
use crate::safe;
use crate::store::{Totals, Trend};

/// Share of errors in per cent from which the number itself is coloured.
const BAD_RATE: f64 = 1.0;

/// Draws the strip into `area`.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let totals = app.totals();
    let inside = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    // Before there is a fleet there is nothing to sum up, and a row of dashes would say less than nothing.
    if inside.is_empty() || app.function_count() == 0 && totals.invocations.is_none() {
        return;
    }
    let narrowed = !app.settings().globs.is_empty();
    if area.height == 1 {
        narrow(totals, narrowed, paint, inside);
    } else {
        wide(totals, narrowed, paint, inside);
    }
}

fn wide(totals: &Totals, narrowed: bool, paint: &mut Paint<'_>, area: Rect) {
    // Widths in 118ths: errors and concurrency have two numbers each, the busiest has no history.
    let shares = [24_u32, 28, 23, 25, 18];
    let mut x = area.x;
    let mut cells = shares.map(|share| {
        let width = (u32::from(area.width) * share / 118) as u16;
        let cell = Rect { x, width: width.saturating_sub(2), ..area };
        x += width;
        cell
    });
    cells[4].width = area.right().saturating_sub(cells[4].x);
    let heads: [&'static str; 5] = if narrowed {
        ["ACCOUNT INV /min", "ACCOUNT ERR /min", "ACCOUNT THR /min", "ACCOUNT CONCURRENT", "BUSIEST p95 ms"]
    } else {
        ["INVOCATIONS /min", "ERRORS /min", "THROTTLES /min", "CONCURRENT", "BUSIEST p95 ms"]
    };
    for (cell, head) in cells.iter().zip(heads) {
        paint.text(line(*cell, 0), head, Role::Dim, Cut::End);
    }
    let values = cells.map(|cell| line(cell, 1));
    let used = paint.text(values[0], &amount(totals.invocations), Role::Strong, Cut::End);
    history(paint, values[0], used.max(7), &totals.invocations_trend, 0.0, Role::Series1);
    let used = errors(totals, paint, values[1], "");
    history(paint, values[1], used.max(14), &totals.errors_trend, least(totals), Role::Error);
    let used = throttles(totals, paint, values[2], "");
    history(paint, values[2], used.max(7), &totals.throttles_trend, least(totals), Role::Throttle);
    let used = paint.text(values[3], &concurrent(totals), Role::Text, Cut::End);
    history(paint, values[3], used.max(12), &totals.concurrent_trend, 0.0, Role::Series2);
    if let Some(busiest) = &totals.busiest {
        let p95 = busiest.p95.map_or(number::MISSING, number::count);
        paint.right(values[4], &p95, Role::Text);
        let room = Rect { width: values[4].width.saturating_sub(p95.width() + 1), ..values[4] };
        let name = SafeText::new(&busiest.key.name);
        let width = (name.width() as u16).min(room.width);
        paint.text(Rect { x: room.right() - width, width, ..room }, &name, Role::Dim, Cut::End);
    } else {
        paint.right(values[4], "-", Role::Dim);
    }
    // The head of the last cell ends where its number ends.
    paint.clear(line(cells[4], 0));
    paint.right(line(cells[4], 0), heads[4], Role::Dim);
}

fn narrow(totals: &Totals, narrowed: bool, paint: &mut Paint<'_>, row: Rect) {
    let mut pen = paint.pen(row);
    if narrowed {
        pen.put("account", Role::Dim).gap(1);
    }
    pen.put(&safe!("{}/min", amount(totals.invocations)), Role::Strong).gap(2);
    let rest = pen.rest();
    let used = errors(totals, paint, rest, "/min");
    let rest = after(rest, used + 1);
    let throttle_room = throttles_width(totals) + 4;
    let right = concurrent(totals);
    let right_width = right.width() as u16;
    // Where both have no room, throttles say more.
    let rest = if throttle_room + 2 + right_width <= rest.width {
        paint.right(rest, &right, Role::Text);
        Rect { width: rest.width.saturating_sub(right_width + 2), ..rest }
    } else {
        rest
    };
    let throttle_room = throttle_room.min(rest.width);
    let place = Rect { x: rest.right() - throttle_room, width: throttle_room, ..rest };
    throttles(totals, paint, place, "/min");
    let spark = Rect { width: rest.width.saturating_sub(throttle_room + 2).min(20), ..rest };
    spark::draw(paint, spark, &totals.errors_trend, least(totals), Role::Error);
}

/// A sparkline in what `used` cells leave of `row`, at most 30 cells wide.
fn history(paint: &mut Paint<'_>, row: Rect, used: u16, trend: &Trend, least: f64, role: Role) {
    let rest = after(row, used + 1);
    spark::draw(paint, Rect { width: rest.width.min(30), ..rest }, trend, least, role);
}

fn errors(totals: &Totals, paint: &mut Paint<'_>, row: Rect, unit: &'static str) -> u16 {
    let mut pen = paint.pen(row);
    let Some(errors) = totals.errors else {
        pen.put("-", Role::Dim);
        return row.width - pen.left();
    };
    let rate = totals.error_rate.map_or(number::MISSING, |rate| number::share(rate / 100.0));
    if errors > 0.0 {
        let bad = totals.error_rate.is_some_and(|rate| rate >= BAD_RATE);
        let role = if bad { Role::Error } else { Role::Text };
        pen.glyph(Glyph::Error, Role::Error).gap(1).put(&number::rate(errors), role);
    } else {
        pen.put("0", Role::Dim);
    }
    pen.put(unit, Role::Dim).gap(1).put(&safe!("{rate} %"), Role::Dim);
    row.width - pen.left()
}

fn throttles(totals: &Totals, paint: &mut Paint<'_>, row: Rect, unit: &'static str) -> u16 {
    let mut pen = paint.pen(row);
    match totals.throttles {
        None => pen.put("-", Role::Dim),
        Some(0.0) => pen.put("0", Role::Dim).put(unit, Role::Dim),
        Some(throttles) => {
            pen.glyph(Glyph::Throttle, Role::Throttle).gap(1).put(&number::rate(throttles), Role::Text);
            pen.put(unit, Role::Dim)
        }
    };
    row.width - pen.left()
}

fn throttles_width(totals: &Totals) -> u16 {
    match totals.throttles {
        None | Some(0.0) => 1,
        Some(throttles) => number::rate(throttles).width() + 2,
    }
}

fn concurrent(totals: &Totals) -> SafeText {
    let now = totals.concurrent.map_or(number::MISSING, number::count);
    match totals.concurrency_limit {
        Some(limit) => safe!("{now} of {}", number::count(f64::from(limit))),
        None => safe!("{now} at once"),
    }
}

/// What errors or throttles must reach to fill a sparkline: one of two hundred invocations. A whole account is
/// in trouble earlier than one function.
fn least(totals: &Totals) -> f64 {
    (totals.invocations.unwrap_or(0.0) / 200.0).max(10.0)
}

fn amount(value: Option<f64>) -> Number {
    value.map_or(number::MISSING, number::rate)
}

fn after(row: Rect, cells: u16) -> Rect {
    let cells = cells.min(row.width);
    Rect { x: row.x + cells, width: row.width - cells, ..row }
}
