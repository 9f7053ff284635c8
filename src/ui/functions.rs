//! The table of functions: one row each, the words that say why it ranks there, its numbers, its history.
//!
//! ```text
//!  ▾ FUNCTION           TROUBLE            RUNTIME MEM MB INV/min ERR/min ERR % p50 ms p99 ms THR/min  CONC  ERR+THR 1h
//! ▌✗ payment-capture    errors since 14:02 node22     512     412      78  18.9    640  4,810       0 14/40       ▁▆███┊█
//!  · catalog-read                          node22     512   6,840       3  <0.1     18     96       0    11   ▁   ▁  ▁ ┊
//!  ~ geo-lookup         stale 9m           custom     128      39       0   0.0     12     55       0     1
//!  1-18 of 41 · sorted by trouble · numbers of 14:15-14:30 · right of ┊ unfinished
//! ```
//!
//! Only rows on screen are looked at: a thousand functions cost no more than a screenful.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::number::{self, Number};
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::widgets::spark;
use super::{advice, filter, judgement, line, moment};
use crate::app::{App, Column, ColumnPlace, FunctionsLayout, Place, Row, columns};
use crate::model::{Feed, Function, Package, SafeText};
use crate::safe;
use crate::store::{FunctionRecord, Severity};

/// Draws head, rows and status line.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &FunctionsLayout) {
    let (head, rows, status) = (layout.head.into(), layout.rows.into(), layout.status.into());
    let places = columns(layout.head.width);
    let page = app.advice().filter(|advice| advice.place == Place::Page && advice.severity != Severity::Ok);
    if let Some(page) = page {
        advice::page(page, paint, Rect::union(head, rows));
    } else if app.function_count() == 0 {
        asking(app, paint, rows);
    } else {
        self::head(app, paint, head, &places);
        table(app, paint, rows, &places);
    }
    if app.filter().typing {
        filter::prompt(app, paint, status);
    } else {
        self::status(app, paint, status, rows.height);
    }
}

fn sorted(app: &App) -> (Column, bool) {
    (app.functions_screen().sort, app.functions_screen().reversed)
}

fn head(app: &App, paint: &mut Paint<'_>, row: Rect, places: &[ColumnPlace]) {
    let (sort, reversed) = sorted(app);
    let since = number::age(app.settings().since);
    for place in places {
        let cell = Rect { x: row.x + place.x, width: place.width, ..row };
        let role = if place.column == sort { Role::Accent } else { Role::Dim };
        let words = match place.column {
            Column::Trend => {
                let words = safe!("{} {since}", sort.trend().0);
                if words.width() > usize::from(place.width) { SafeText::new(sort.trend().0) } else { words }
            }
            Column::Since => safe!("INV {since}"),
            column => SafeText::new(title(column)),
        };
        let left = matches!(place.column, Column::Name | Column::Trouble | Column::Runtime);
        if left {
            paint.text(cell, &words, role, Cut::End);
        } else {
            paint.right(cell, &words, role);
        }
        if place.column == sort {
            let x = match place.column {
                // The state's own column is the one that trouble sorts by.
                Column::Trouble | Column::Name => row.x + 1,
                Column::Runtime => cell.x.saturating_sub(1),
                _ => (cell.right().saturating_sub(words.width() as u16 + 1)).max(cell.x.saturating_sub(1)),
            };
            let largest_first = !matches!(place.column, Column::Name | Column::Runtime) ^ reversed;
            paint.glyph(x, row.y, if largest_first { Glyph::Down } else { Glyph::Up }, Role::Accent);
        }
    }
}

const fn title(column: Column) -> &'static str {
    match column {
        Column::Name => "FUNCTION",
        Column::Trouble => "TROUBLE",
        Column::Runtime => "RUNTIME",
        Column::Memory => "MEM MB",
        Column::Invocations => "INV/min",
        Column::Errors => "ERR/min",
        Column::ErrorRate => "ERR %",
        Column::Average => "avg ms",
        Column::P50 => "p50 ms",
        Column::P99 => "p99 ms",
        Column::Maximum => "max ms",
        Column::Throttles => "THR/min",
        Column::Concurrent => "CONC",
        Column::Since => "INV",
        Column::Trend => "ERR+THR",
    }
}

/// How many errors or throttles a minute are a storm: a fiftieth of the invocations, and ten at least.
fn loud(invocations: Option<f64>) -> f64 {
    (invocations.unwrap_or(0.0) / 50.0).max(10.0)
}

/// The colour of the history: that of what it counts, under trouble that of the row's own trouble.
const fn trend_role(sort: Column, severity: Severity) -> Role {
    match sort {
        Column::Invocations | Column::Since => Role::Series1,
        Column::Errors | Column::ErrorRate => Role::Error,
        Column::Throttles => Role::Throttle,
        _ => judgement::role(severity),
    }
}

fn table(app: &App, paint: &mut Paint<'_>, area: Rect, places: &[ColumnPlace]) {
    if app.rows().is_empty() {
        return nothing_matches(app, paint, area);
    }
    let (sort, _) = sorted(app);
    let first = app.first_row().min(app.rows().len());
    for (offset, row) in app.rows()[first..].iter().take(usize::from(area.height)).enumerate() {
        let place = line(area, offset as u16);
        let chosen = app.cursor() == Some(first + offset);
        draw_row(app, paint, place, (row, chosen), places, sort);
        if chosen {
            paint.glyph(place.x, place.y, Glyph::Cursor, Role::Accent);
            paint.select(place);
        }
    }
}

fn draw_row(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    (row, chosen): (&Row, bool),
    places: &[ColumnPlace],
    sort: Column,
) {
    let record = app.store().function(&row.key);
    let severity = row.trouble.severity;
    let (glyph, role) = if row.stale {
        (Glyph::Stale, Role::Unknown)
    } else {
        (judgement::glyph(severity), judgement::role(severity))
    };
    paint.glyph(area.x + 1, area.y, glyph, role);
    if app.is_marked(&row.key) {
        paint.glyph(area.x + 2, area.y, Glyph::Mark, Role::Accent);
    }
    for place in places {
        let cell = Rect { x: area.x + place.x, width: place.width, ..area };
        match place.column {
            Column::Name => {
                let role = if row.stale { Role::Unknown } else { Role::Text };
                if chosen && paint.ascii() && !row.matched.is_empty() {
                    // Where an underline may not show, the row under the cursor says what matched.
                    paint.text(cell, &SafeText::new(&starred(&row.key.name, &row.matched)), role, Cut::End);
                    continue;
                }
                let name = SafeText::new(&row.key.name);
                paint.text(cell, &name, role, Cut::End);
                paint.matched(
                    cell,
                    row.matched.iter().map(|byte| {
                        let width = row
                            .key
                            .name
                            .get(*byte..)
                            .and_then(|rest| rest.chars().next())
                            .map_or(1, char::len_utf8);
                        name.cell_of(*byte)..name.cell_of(byte + width)
                    }),
                );
            }
            Column::Trouble => {
                let words = SafeText::new(&row.trouble.words(app.now(), app.zone()));
                let role = if severity == Severity::Ok { Role::Dim } else { role };
                paint.text(cell, &words, role, Cut::End);
            }
            Column::Runtime => {
                paint.text(cell, &runtime(record.map(|record| &record.function)), Role::Dim, Cut::End);
            }
            Column::Trend => {
                let least = match sort {
                    Column::Invocations | Column::Since => 0.0,
                    _ => loud(row.figures.per_minute(row.figures.invocations)),
                };
                spark::draw(paint, cell, &app.trend(&row.key), least, trend_role(sort, severity));
            }
            column => {
                let (text, role) = figure(row, record, column);
                let role = if row.stale { Role::Unknown } else { role };
                match text {
                    Figure::Number(number) => paint.right(cell, &number.within(cell.width), role),
                    Figure::Text(text) => paint.right(cell, &text, role),
                }
            }
        }
    }
}

enum Figure {
    Number(Number),
    Text(SafeText),
}

/// One number of a row and its colour: coloured only where it is the trouble, dim where it is nothing.
fn figure(row: &Row, record: Option<&FunctionRecord>, column: Column) -> (Figure, Role) {
    let figures = &row.figures;
    let quiet = |value: Option<f64>, number: fn(f64) -> Number| match value {
        None => (Figure::Number(number::MISSING), Role::Dim),
        Some(value) => (Figure::Number(number(value)), if value == 0.0 { Role::Dim } else { Role::Text }),
    };
    let timeout =
        record.and_then(|record| record.function.timeout_s).map(|seconds| f64::from(seconds) * 1000.0);
    let duration = |value: Option<f64>| {
        let (text, role) = quiet(value, number::count);
        let share = value.zip(timeout).map_or(0.0, |(value, timeout)| value / timeout);
        (
            text,
            if share >= 0.999 {
                Role::Timeout
            } else if share >= 0.8 {
                Role::Warn
            } else {
                role
            },
        )
    };
    match column {
        Column::Memory => {
            quiet(record.and_then(|record| record.function.memory_mb).map(f64::from), number::count)
        }
        Column::Invocations => quiet(figures.per_minute(figures.invocations), number::rate),
        Column::Errors => {
            let (text, role) = quiet(figures.per_minute(figures.errors), number::rate);
            (text, error_role(figures.error_rate(), role))
        }
        Column::ErrorRate => {
            let (text, role) = quiet(figures.error_rate(), |rate| number::share(rate / 100.0));
            (text, error_role(figures.error_rate(), role))
        }
        Column::Average => duration(figures.average),
        Column::P50 => duration(figures.p50),
        Column::P99 => duration(figures.p99),
        Column::Maximum => duration(figures.maximum),
        Column::Throttles => match quiet(figures.per_minute(figures.throttles), number::rate) {
            (text, Role::Text) => (text, Role::Throttle),
            nothing => nothing,
        },
        Column::Since => quiet(figures.since_invocations, number::count),
        Column::Concurrent => concurrent(figures.concurrent, record),
        Column::Name | Column::Trouble | Column::Runtime | Column::Trend => {
            (Figure::Number(number::MISSING), Role::Dim)
        }
    }
}

/// Errors by their share in per cent, from the thresholds of trouble; below them they look as they are.
fn error_role(rate: Option<f64>, otherwise: Role) -> Role {
    match rate {
        Some(rate) if rate >= 10.0 => Role::Error,
        Some(rate) if rate >= 1.0 => Role::Warn,
        _ => otherwise,
    }
}

/// Instances at work, and of how many where some are reserved: `14/40`.
fn concurrent(value: Option<f64>, record: Option<&FunctionRecord>) -> (Figure, Role) {
    let reserved = record.and_then(|record| record.detail.concurrency.value()?.reserved);
    match (value, reserved) {
        (None, _) => (Figure::Number(number::MISSING), Role::Dim),
        (Some(value), Some(reserved)) => {
            let full = value >= f64::from(reserved);
            let text = safe!("{}/{}", number::short(value), number::short(f64::from(reserved)));
            (Figure::Text(text), if full { Role::Throttle } else { Role::Text })
        }
        (Some(0.0), None) => (Figure::Number(number::count(0.0)), Role::Dim),
        (Some(value), None) => (Figure::Number(number::count(value)), Role::Text),
    }
}

/// The runtime in at most seven cells: `node22`, `py3.13`, `custom`, `image`.
fn runtime(function: Option<&Function>) -> SafeText {
    let Some(function) = function else { return SafeText::new("?") };
    let Some(runtime) = function.runtime.as_deref() else {
        return SafeText::new(if function.package == Some(Package::Image) { "image" } else { "?" });
    };
    if runtime.starts_with("provided") {
        return SafeText::new("custom");
    }
    let short = runtime.strip_suffix(".x").unwrap_or(runtime);
    match (short.strip_prefix("nodejs"), short.strip_prefix("python")) {
        (Some(version), _) => safe!("node{version}"),
        (_, Some(version)) => safe!("py{version}"),
        _ => SafeText::new(short),
    }
}

fn status(app: &App, paint: &mut Paint<'_>, row: Rect, height: u16) {
    let (shown, all) = (app.rows().len(), app.function_count());
    if all == 0 || shown == 0 && app.filter().applied.is_empty() {
        return;
    }
    let first = app.first_row().min(shown);
    let last = (first + usize::from(height)).min(shown);
    let mut pen = paint.pen(Rect { width: row.width.saturating_sub(1), ..row });
    pen.gap(1);
    if shown > 0 {
        let count = |rows: usize| number::count(rows as f64);
        pen.put(&safe!("{}-{} of {}", count(first + 1), count(last), count(shown)), Role::Dim);
    } else {
        pen.put("none", Role::Dim);
    }
    if !app.filter().applied.is_empty() {
        let matches = if shown == 1 { "matches" } else { "match" };
        let of_all = if shown > 0 { safe!(" that {matches} ") } else { SafeText::new(" matches ") };
        pen.put(&of_all, Role::Dim)
            .put(&SafeText::new(app.filter().applied.text()), Role::Match)
            .put(&safe!(", of {}", number::count(all as f64)), Role::Dim);
    }
    let (sort, reversed) = sorted(app);
    pen.put(" · sorted by ", Role::Dim).put(sort.label(), Role::Dim);
    if reversed {
        pen.put(", reversed", Role::Dim);
    }
    let visible = &app.rows()[first..last];
    let newest = |range: fn(&Row) -> Option<crate::model::TimeRange>| {
        visible.iter().filter_map(range).max_by_key(|range| range.end)
    };
    let counts = newest(|row| row.figures.range);
    let durations = newest(|row| row.figures.duration_period);
    if let Some(counts) = counts {
        pen.put(&safe!(" · numbers of {}", moment::stretch(counts, app.zone())), Role::Dim);
    }
    if let Some(durations) = durations.filter(|durations| Some(*durations) != counts) {
        let when = if durations.end > app.now() {
            safe!("since {}", moment::minute(durations.start, app.zone()))
        } else {
            safe!("of {}", moment::stretch(durations, app.zone()))
        };
        pen.put(&safe!(" · p50 p99 {when}"), Role::Dim);
    }
    if pen.left() > 24 && counts.is_some() {
        pen.put(" · right of ┊ unfinished", Role::Dim);
    }
}

fn nothing_matches(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let text = safe!("No function matches {}", app.filter().applied.text());
    let mut pen = paint.pen(line(area, u16::from(area.height > 2)));
    pen.gap(3).put(&text, Role::Text);
    let mut pen = paint.pen(line(area, 1 + u16::from(area.height > 2)));
    pen.gap(3).put("Esc", Role::Accent).gap(1).put("clears the filter", Role::Dim);
}

/// A name with stars around what matched: `*pay*ment`.
fn starred(name: &str, matched: &[usize]) -> String {
    let mut starred = String::new();
    let mut inside = false;
    for (byte, letter) in name.char_indices() {
        if matched.contains(&byte) != inside {
            starred.push('*');
            inside = !inside;
        }
        starred.push(letter);
    }
    if inside {
        starred.push('*');
    }
    starred
}

/// Before the first answer: what was asked, and since when.
fn asking(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let since = app.store().feed(Feed::Functions).asking_since;
    let region = app.scope().map(|scope| &*scope.region).or(app.settings().region.as_deref());
    let text = match (since, region) {
        (Some(since), Some(region)) => {
            safe!("asking ListFunctions in {region} for {}", number::age(app.now().since(since)))
        }
        (None, Some(region)) => safe!("connecting to {region}"),
        (_, None) => SafeText::new("connecting"),
    };
    paint
        .pen(line(area, u16::from(area.height > 2)))
        .gap(3)
        .put(&text, Role::Unknown)
        .put(" …", Role::Unknown);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FunctionKey, Scope};

    fn shown(name: Option<&str>) -> String {
        let mut function = Function::named(FunctionKey::new(&Scope::new("1", "eu-west-1"), "f"));
        function.runtime = name.map(Into::into);
        runtime(Some(&function)).as_str().to_owned()
    }

    #[test]
    fn what_matched_is_starred_run_by_run() {
        assert_eq!(starred("payment-capture", &[0, 1, 2]), "*pay*ment-capture");
        assert_eq!(starred("cart-api", &[0, 5, 6, 7]), "*c*art-*api*");
        assert_eq!(starred("cart-api", &[]), "cart-api");
    }

    #[test]
    fn runtimes_are_short_and_the_unknown_is_unknown() {
        assert_eq!(shown(Some("nodejs22.x")), "node22");
        assert_eq!(shown(Some("python3.13")), "py3.13");
        assert_eq!(shown(Some("provided.al2023")), "custom");
        assert_eq!(shown(Some("java21")), "java21");
        assert_eq!(shown(None), "?");
    }
}
