//! The filter while it is typed: the prompt in the status line, its count or its mistake below.
//!
//! ```text
//!  / pay !web memory:512▏                                          still showing: pay !web  3 of 41
//!             ▲ "memory:" is no field: runtime: or tag:
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::number;
use super::paint::Paint;
use super::theme::Role;
use crate::app::{App, Field, Screen};
use crate::model::SafeText;
use crate::query::FilterError;
use crate::safe;

/// Cells before the typed text: the edge, `/` and a space.
const PROMPT: u16 = 3;

/// What can be typed, for who does not know it yet.
const TERMS: [&str; 6] = ["words", "!not", "^prefix", "suffix$", "runtime:python", "tag:key=value"];

/// The same for lines.
const LINE_TERMS: [&str; 13] = [
    "words",
    "\"a phrase\"",
    "-not",
    "a | b",
    "/regex/",
    "level>=warn",
    "fn:pay*",
    "req:ID",
    ".status=502",
    "duration>1s",
    "mem>90%",
    "cold",
    "timeout",
];

/// The same for traces.
const TRACE_TERMS: [&str; 10] = [
    "fault",
    "error",
    "throttle",
    "duration>1s",
    "status>=500",
    "service:NAME",
    "fn:pay*",
    "words",
    "-not",
    "xray:EXPRESSION",
];

/// The same for requests.
const REQUEST_TERMS: [&str; 14] = [
    "words",
    "outcome=timeout",
    "duration>1s",
    "cold",
    "mem>90%",
    "traced=yes",
    "version=88",
    "-not",
    "a | b",
    "fn:pay*",
    "req:ID",
    "trace:ID",
    "\"a phrase\"",
    "/regex/",
];

/// Draws the prompt into `row`.
pub(super) fn prompt(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let rest = prompt_of(paint, row, &app.filter().field);
    if app.filter().error.is_some() {
        still(app, paint, Rect { x: rest.x + 2, width: rest.width.saturating_sub(3), ..rest });
    }
}

/// Draws a filter that is being typed into `row`, whatever it filters; returns what is left.
pub(super) fn prompt_of(paint: &mut Paint<'_>, row: Rect, field: &Field) -> Rect {
    let before = SafeText::new(field.text().get(..field.cursor()).unwrap_or_default());
    let after = SafeText::new(field.text().get(field.cursor()..).unwrap_or_default());
    let mut pen = paint.pen(row);
    pen.gap(1).put("/", Role::Accent).gap(1);
    pen.put(&before, Role::Strong).glyph(Glyph::Caret, Role::Accent).put(&after, Role::Strong);
    pen.rest()
}

/// What the rows still are, while what is typed cannot be read: the last good filter and its count.
fn still(app: &App, paint: &mut Paint<'_>, room: Rect) {
    let applied = &app.filter().applied;
    let count = count(app);
    if applied.is_empty() {
        return paint.right(
            room,
            &safe!("still showing all {}", number::count(app.rows().len() as f64)),
            Role::Dim,
        );
    }
    let words = safe!("still showing: {}  {count}", applied.text());
    let words = if words.width() > usize::from(room.width) { safe!("still showing {count}") } else { words };
    paint.right(room, &words, Role::Dim);
}

/// `12 of 431`.
fn count(app: &App) -> SafeText {
    safe!("{} of {}", number::count(app.rows().len() as f64), number::count(app.function_count() as f64))
}

/// Draws what the filter lets through, or what is wrong with it under the character, into `row`.
pub(super) fn below(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let edge = Rect { width: row.width.saturating_sub(1), ..row };
    let of_lines = match app.screen() {
        Screen::Logs => Some(&app.logs().filter),
        Screen::Requests => Some(&app.requests().filter),
        Screen::Traces => return below_traces(app, paint, edge),
        Screen::Functions | Screen::Function(_) | Screen::Timeline(_) => None,
    };
    if let Some(filter) = of_lines {
        return match &filter.error {
            Some(error) => mistake(paint, edge, &filter.field, error),
            None if *app.screen() == Screen::Requests => syntax(paint, edge, &REQUEST_TERMS),
            None => syntax(paint, edge, &LINE_TERMS),
        };
    }
    let filter = app.filter();
    if let Some(error) = &filter.error {
        return mistake(paint, edge, &filter.field, error);
    }
    let count = count(app);
    paint.right(edge, &count, Role::Strong);
    let room = edge.width.saturating_sub(count.width() as u16 + 2);
    syntax(paint, Rect { width: room, ..edge }, &TERMS);
}

/// The same of the filter of traces.
fn below_traces(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let filter = &app.traces().filter;
    match app.traces().mistake() {
        Some(error) => mistake(paint, row, &filter.field, error),
        None => syntax(paint, row, &TRACE_TERMS),
    }
}

/// What can be typed, as much of it as fits.
fn syntax(paint: &mut Paint<'_>, row: Rect, terms: &[&'static str]) {
    let mut pen = paint.pen(row);
    pen.gap(1);
    for (keys, text) in [("Enter", "keep"), ("Esc", "clear")] {
        pen.put(keys, Role::Accent).gap(1).put(text, Role::Dim).gap(2);
    }
    for term in terms {
        if pen.left() > term.len() as u16 {
            pen.put(*term, Role::Dim).gap(2);
        }
    }
}

/// What is wrong with a filter, under the character where the message fits to the right of it, else as far right as it
/// fits.
fn mistake(paint: &mut Paint<'_>, row: Rect, field: &Field, error: &FilterError) {
    let typed = SafeText::new(field.text());
    let at = PROMPT + typed.cell_of(error.at) as u16;
    let message = SafeText::new(&error.message);
    let width = message.width() as u16 + 2;
    let x = row.x + at.min(row.width.saturating_sub(width));
    let mut pen = paint.pen(Rect { x, width: row.right().saturating_sub(x), ..row });
    pen.glyph(Glyph::Warn, Role::Warn).gap(1).put(&message, Role::Warn);
}
