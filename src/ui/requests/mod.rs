//! The requests screen: whose requests, when and how long, one row each, and the selected one in a sentence.
//!
//! ```text
//!  payment-capture · 21,790 requests in 1h · newest first          log complete to 14:25:40 · X-Ray knows 1,318 (6.0 %)  title
//!      3 s┤                         ▒░▒▒▒▒░▒▒▒▒▒▒▒░▒░▒▒▒░▒▒░▒░░░▒▒▒▒▒▒▒░▒░▒▒┊   ▐ 1,690 ▇▇                              heat
//!      1 s┤·· ·  ····   ·· ··  ···▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓█▓▓▓▓▓█▓▓▓▓▓▓▓▓▓▓▓▓█▓┊░ ░  5,105 ▇▇▇▇▇▇▇
//!         └────────────────────────▾──────────────────────────────────────┴────
//! ── picked: 3 s and slower · 1,902 requests ────────────────────────────── group: none · g error, version, environment   section
//!    TIME         OUTCOME    VER         ms                 INIT     MB ENV REQUEST  TRACE ERROR                          head
//! ▌✗ 14:30:52.994 unhandled  v88      3,259 ━━━━━━━━       ◇ 812    214 g1  c1f0a7e2 ●     ProvisionedThroughput…        rows
//!  1-20 of 1,902 · durations against the timeout of 6,000 ms                                                              status
//!  c1f0a7e2: cold start 812 ms, then unhandled after 3.26 s                                                               meaning
//! ```

mod further;
mod groups;
mod heat;
mod meaning;
pub(super) mod row;
mod title;

pub(super) use title::{of_errors, read_back};

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{filter, line, number};
use crate::app::requests::{Grouping, RequestPane};
use crate::app::{App, RequestColumn, RequestsLayout};
use crate::model::{Outcome, SafeText, TailStatus};
use crate::safe;

/// Draws everything between tabs and footer.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, layout: &RequestsLayout) {
    title::draw(app, paint, layout.title.into());
    for rule in [layout.rule, layout.line].into_iter().flatten() {
        paint.rule(rule.into());
    }
    if let Some(area) = layout.heat {
        heat::draw(app, paint, area.into());
    }
    title::section(app, paint, layout.section.into());
    let (head, rows): (Rect, Rect) = (layout.head.into(), layout.rows.into());
    let requests = app.requests();
    if requests.count() == 0 {
        nothing(app, paint, rows);
    } else if requests.shows_groups() {
        groups::draw(app, paint, head, rows);
    } else {
        row::draw(app, paint, head, rows);
    }
    if requests.count() > 0 {
        further::draw(app, paint, rows);
    }
    if requests.filter.typing {
        title::count(app, paint, layout.status.into());
        filter::prompt_of(paint, layout.status.into(), &requests.filter.field);
    } else {
        title::status(app, paint, layout.status.into());
    }
    if let Some(area) = layout.meaning {
        meaning::draw(app, paint, area.into());
    }
}

/// Marks the row under the cursor.
fn mark_cursor(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let elsewhere = app.requests().pane != RequestPane::Rows;
    let glyph = if elsewhere { Glyph::CursorElsewhere } else { Glyph::Cursor };
    paint.glyph(row.x, row.y, glyph, Role::Accent);
    paint.select(row);
}

/// The sign and the colour of an outcome; that of the word, where it went well, is the text's.
pub(super) const fn sign(outcome: Outcome) -> (Glyph, Role) {
    match outcome {
        Outcome::Ok => (Glyph::Ok, Role::Dim),
        Outcome::Running => (Glyph::Stale, Role::Unknown),
        Outcome::Unknown => (Glyph::Unknown, Role::Unknown),
        Outcome::Handled => (Glyph::Error, Role::Warn),
        Outcome::Throttled => (Glyph::Throttle, Role::Throttle),
        Outcome::Unhandled | Outcome::InitError | Outcome::RuntimeExit => (Glyph::Error, Role::Error),
        Outcome::Timeout => (Glyph::Timeout, Role::Timeout),
        Outcome::OutOfMemory => (Glyph::OutOfMemory, Role::Timeout),
    }
}

/// Why there is no row, and what comes next.
fn nothing(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let requests = app.requests();
    let what = title::whose(app);
    let all = number::count(requests.shown.all as f64);
    let range = app.range().label();
    let lines = app.store().lines();
    let groups = requests.groups();
    let tails: Vec<_> =
        groups.iter().filter_map(|group| lines.tail(lines.group(group)?)).map(|tail| &tail.status).collect();
    let (first, second) = if requests.shown.all > 0 && !requests.pick.is_empty() {
        (safe!("None of {all} requests is in what was picked."), SafeText::new("Esc clears the pick."))
    } else if requests.shown.all > 0 && requests.is_filtered() {
        let text = requests.filter.applied.text();
        (safe!("None of {all} requests matches {text}"), SafeText::new("Esc clears the filter."))
    } else if requests.shown.all > 0 {
        let first = match requests.grouping {
            Grouping::Error => safe!("None of {all} requests in {range} went wrong."),
            _ => safe!("None of {all} requests is left in {range}."),
        };
        (first, SafeText::new("Esc goes back to all of them; one that fails appears here by itself."))
    } else {
        match tails.first() {
            None => (safe!("Asking FilterLogEvents for the log of {what} …"), SafeText::new("")),
            Some(TailStatus::Waiting) => (
                safe!("{what} has not logged anything yet: its log group does not exist."),
                SafeText::new(
                    "It is looked for every 30 s at most; the first request appears here by itself.",
                ),
            ),
            Some(TailStatus::Unreadable { why }) => (safe!("{why}"), SafeText::new("")),
            Some(TailStatus::Failed { failure, .. }) => {
                (safe!("{failure}"), SafeText::new("It is tried again by itself, R tries now."))
            }
            Some(TailStatus::Starting) => (safe!("Reading the log of {what} …"), SafeText::new("")),
            Some(_) if requests.read_back.is_some() => {
                let first = safe!("There is no request of {what} in what was read of the last {range}.");
                (first, further::words(app).unwrap_or_default())
            }
            Some(_) => {
                let second = match title::quiet_platform(app) {
                    Some(level) => safe!("SystemLogLevel={level}: good requests leave no line in this log."),
                    None => SafeText::new(
                        "t looks further back; a request appears here as soon as its lines are read.",
                    ),
                };
                (safe!("FilterLogEvents gave no request of {what} in the last {range}."), second)
            }
        }
    };
    let indent = |y: u16| {
        let row = line(area, y);
        Rect { x: row.x + 4, width: row.width.saturating_sub(5), ..row }
    };
    paint.text(indent(1), &first, Role::Text, Cut::End);
    paint.text(indent(3), &second, Role::Dim, Cut::End);
    if let Some(words) = title::widening(app) {
        paint.text(indent(if second.is_empty() { 3 } else { 5 }), &safe!("{words}."), Role::Dim, Cut::End);
    }
}

/// The word of a column's head in its cell, with the sign of the order where rows are sorted by it.
fn head_cell(app: &App, paint: &mut Paint<'_>, cell: Rect, column: RequestColumn) {
    let requests = app.requests();
    let sorted = requests.sort == column;
    let role = if sorted { Role::Accent } else { Role::Dim };
    let words = column.title();
    if column.is_number() {
        paint.right(cell, words, role);
    } else {
        paint.text(cell, words, role, Cut::End);
    }
    if sorted {
        let x = if column.is_number() {
            cell.right().saturating_sub(words.len() as u16 + 1).max(cell.x.saturating_sub(1))
        } else {
            cell.x.saturating_sub(1)
        };
        let down = requests.reversed == (column == RequestColumn::Function);
        paint.glyph(x, cell.y, if down { Glyph::Down } else { Glyph::Up }, Role::Accent);
    }
}
