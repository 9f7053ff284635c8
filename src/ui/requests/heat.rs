//! Requests by time and duration on a logarithmic scale, and the same without time at the right.

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::requests::{HEAT_LABEL, HeatBand, HeatCell, HeatMap, RequestPane, heat_margin};
use crate::model::{Period, SafeText, Timestamp};
use crate::safe;
use crate::ui::glyph::{BARS, BARS_ASCII, Glyph, HEAT, HEAT_ASCII};
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::widgets::timeline::Timeline;
use crate::ui::{line, number};

/// A map with fewer requests in its fullest cell is no darker than one with so many.
const DARK: f64 = 24.0;

/// Draws the map with its axis, or the bands in one line.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let map = &app.requests().shown.heat;
    if area.height < 3 {
        return bands_in_a_line(app, paint, area);
    }
    let bands = area.height - 2;
    let columns = map.columns as u16 + 1;
    let plot = Rect { x: area.x + HEAT_LABEL, width: columns, height: bands, ..area };
    for offset in 0..bands {
        let row = line(area, offset);
        let index = usize::from(bands - 1 - offset);
        let Some(band) = map.bands.get(index) else { continue };
        let label = Rect { x: row.x + 1, width: HEAT_LABEL - 2, ..row };
        let picked = app.requests().pick.has_band(band);
        paint.right(label, &least(map, index), if picked { Role::Accent } else { Role::Dim });
        paint.glyph(row.x + HEAT_LABEL - 1, row.y, Glyph::Tick, Role::Faint);
        cells(app, paint, Rect { height: 1, y: row.y, ..plot }, map, index);
        let margin = heat_margin(area.width);
        margin_of(
            paint,
            Rect { x: plot.right(), width: margin.min(row.right() - plot.right()), ..row },
            map,
            band,
            picked,
        );
    }
    axis(app, paint, area, plot, map);
}

/// The cells of one band.
fn cells(app: &App, paint: &mut Paint<'_>, row: Rect, map: &HeatMap, band: usize) {
    let signs = if paint.ascii() { HEAT_ASCII } else { HEAT };
    let pick = &app.requests().pick;
    let columns = pick.columns(map);
    let darkest = f64::from(map.peak()).max(DARK).ln();
    for column in 0..map.columns {
        let cell = map.cell(band, column);
        let x = row.x + map.place_of(column) as u16;
        if cell.count > 0 {
            let share = f64::from(cell.count).ln() / darkest;
            let level = (1.0 + share * 4.0).round().clamp(1.0, 5.0) as usize;
            paint.symbol(x, row.y, signs[level], colour(cell, column, map));
        }
        let in_time = columns.is_none_or(|(from, to)| (from..=to).contains(&column));
        let in_band = pick.ms.is_none() || map.bands.get(band).is_some_and(|band| pick.has_band(band));
        if !pick.is_empty() && in_time && in_band {
            paint.highlight(Rect { x, width: 1, ..row });
        }
    }
    if let Some(unfinished) = map.unfinished {
        paint.glyph(row.x + unfinished as u16, row.y, Glyph::Unfinished, Role::Faint);
    }
}

/// Where most of them failed it is an error; what may still change is not known yet.
fn colour(cell: HeatCell, column: usize, map: &HeatMap) -> Role {
    if cell.failed * 2 >= cell.count {
        Role::Error
    } else if map.unfinished.is_some_and(|unfinished| column >= unfinished) {
        Role::Unknown
    } else {
        Role::Series1
    }
}

/// How many there are in a band, in a number and as a bar.
fn margin_of(paint: &mut Paint<'_>, area: Rect, map: &HeatMap, band: &HeatBand, picked: bool) {
    let most = map.bands.iter().map(|band| band.sum.count).max().unwrap_or(0).max(1);
    let wide = area.width >= 20;
    let mut pen = paint.pen(Rect { width: area.width.saturating_sub(1), ..area });
    pen.gap(if wide { 3 } else { 1 });
    if picked {
        pen.glyph(Glyph::Picked, Role::Accent);
    } else {
        pen.gap(1);
    }
    let role = if band.sum.count == 0 { Role::Dim } else { Role::Text };
    pen.cell(6, &number::count(f64::from(band.sum.count)).within(6), role).gap(1);
    let room = f64::from(pen.left());
    let full = (f64::from(band.sum.count) / f64::from(most) * room).ceil() as u16;
    let role =
        if band.sum.count > 0 && band.sum.failed * 2 >= band.sum.count { Role::Error } else { Role::Series1 };
    for _ in 0..full {
        pen.bar(role);
    }
}

/// The axis of time, with the deploy where there was one.
fn axis(app: &App, paint: &mut Paint<'_>, area: Rect, plot: Rect, map: &HeatMap) {
    let (rule, words) = (line(area, area.height - 2), line(area, area.height - 1));
    paint.glyph(plot.x - 1, rule.y, Glyph::Corner, Role::Faint);
    paint.rule(Rect { y: rule.y, height: 1, ..plot });
    let Some(range) = map.range else { return };
    if let Some(unfinished) = map.unfinished {
        paint.glyph(plot.x + unfinished as u16, rule.y, Glyph::Foot, Role::Faint);
    }
    let place = |at: Timestamp| map.column_of(at).map(|column| plot.x + map.place_of(column) as u16);
    for at in deploys(app) {
        if let Some(x) = place(at) {
            paint.glyph(x, rule.y, Glyph::Down, Role::Deploy);
        }
    }
    let times = Timeline::new(range, Period::secs(1), range.end, plot.width);
    times.label(paint, Rect { y: words.y, height: 1, ..plot }, app.zone());
    let rest = Rect { x: plot.right() + 1, width: words.right().saturating_sub(plot.right() + 2), ..words };
    let note = if rest.width >= 20 {
        safe!("log scale · {}", app.range().label())
    } else {
        safe!("log · {}", app.range().label())
    };
    paint.text(rest, &note, Role::Dim, Cut::End);
}

/// When the function was deployed, where the rows are one function's.
pub(super) fn deploys(app: &App) -> impl Iterator<Item = Timestamp> {
    let sources = &app.requests().sources;
    let alone = sources.functions().next().filter(|_| sources.list.len() == 1);
    let record = alone.and_then(|key| app.store().function(key));
    record.and_then(|record| record.deployed_at.or(record.function.last_modified)).into_iter()
}

/// The least duration of a band; of the lowest, what all of it is faster than.
fn least(map: &HeatMap, band: usize) -> SafeText {
    match map.bands.get(band) {
        Some(own) if own.from_ms > 0.0 => round(own.from_ms),
        Some(own) if own.to_ms.is_finite() => safe!("<{}", round(own.to_ms)),
        _ => SafeText::new("all"),
    }
}

/// A round duration: `30 ms`, `3 s`, `5 min`.
pub(super) fn round(ms: f64) -> SafeText {
    let whole = |value: f64| number::count(value);
    match ms {
        _ if ms < 1_000.0 => safe!("{} ms", whole(ms)),
        _ if ms < 300_000.0 => safe!("{} s", whole(ms / 1_000.0)),
        _ => safe!("{} min", whole(ms / 60_000.0)),
    }
}

/// The bands from fast to slow: each a bar as high as it has requests.
fn bands_in_a_line(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let requests = app.requests();
    let map = &requests.shown.heat;
    let most = f64::from(map.bands.iter().map(|band| band.sum.count).max().unwrap_or(0).max(1));
    let bars = if paint.ascii() { BARS_ASCII } else { BARS };
    let focus = requests.pane == RequestPane::Heat;
    let each = (row.width.saturating_sub(2) / map.bands.len().max(1) as u16).min(16);
    for (index, band) in map.bands.iter().enumerate() {
        let cell = Rect { x: row.x + 1 + each * index as u16, width: each.saturating_sub(1), ..row };
        let picked = requests.pick.has_band(band);
        let role = if picked { Role::Accent } else { Role::Dim };
        let label = least(map, index);
        let used = paint.text(cell, &label, role, Cut::End) + 1;
        let count = f64::from(band.sum.count);
        let x = cell.x + used;
        if x < cell.right() && count > 0.0 {
            // What is rare is one in hundreds: the scale is logarithmic here as well.
            let height = ((1.0 + count.ln()) / (1.0 + most.ln()) * 7.0).round().clamp(1.0, 7.0) as usize;
            let failed = band.sum.failed * 2 >= band.sum.count;
            paint.symbol(x, cell.y, bars[height], if failed { Role::Error } else { Role::Series1 });
        }
        if picked {
            paint.highlight(Rect { width: (used + 1).min(cell.width), ..cell });
            if focus {
                paint.glyph(cell.x.saturating_sub(1), cell.y, Glyph::Picked, Role::Accent);
            }
        }
    }
}
