//! Below the charts of one function: its last requests, and its errors put together.
//!
//! ```text
//! ── requests · 21,790 in 1h ─────────────────────────────────────── errors · 2,131 requests, 1,904 failed in 1h · 4 kinds ─
//!    TIME         OUTCOME         ms   INIT    MB REQUEST  TRACE     COUNT FIRST    LAST     ERROR
//! ▌✗ 14:31:03.614 unhandled    3,288      -   209 5e71a0c4 ○      ✗  1,904 14:02:41 14:31:06 ProvisionedThroughput…
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::requests::row::{count, id, in_short, init, outcome, time, told};
use super::requests::sign;
use super::theme::Role;
use super::{line, number};
use crate::app::requests::GroupId;
use crate::app::{App, FunctionPane, FunctionPanes, Screen};
use crate::model::{GroupKey, Invocation, SafeText, TailStatus};
use crate::safe;

/// Draws both panes.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, panes: &FunctionPanes) {
    let Screen::Function(screen) = app.screen() else { return };
    let below = app.below();
    let (left, right): (Rect, Rect) = (panes.requests.into(), panes.errors.into());
    let range = app.range().label();
    let number = |value: usize| number::count(value as f64);
    let lines = app.store().lines();
    let tail = lines.group(&app.group_of(&screen.key)).and_then(|id| lines.tail(id));
    let back = super::requests::read_back(app, tail.as_slice());
    let but = back.map_or_else(SafeText::default, |words| safe!("· {words} "));
    let requests = safe!(" requests · {} in {range} {but}", number(below.all));
    title(paint, left, &requests, screen.pane == FunctionPane::Requests);
    let kinds = if below.errors.len() == 1 { "kind" } else { "kinds" };
    let of_errors = super::requests::of_errors(&below.errors);
    let of_kinds = match below.errors.len() {
        0 => SafeText::default(),
        count => safe!("· {} {kinds} ", number(count)),
    };
    let errors = safe!(" errors · {of_errors} in {range} {of_kinds}{but}");
    title(paint, right, &errors, screen.pane == FunctionPane::Errors);
    if below.all == 0 {
        let text = why_none(app, &app.group_of(&screen.key));
        let row = line(left, 2);
        paint.text(
            Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row },
            &text,
            Role::Dim,
            Cut::End,
        );
        return;
    }
    self::requests(app, paint, left, screen.pane == FunctionPane::Requests);
    self::errors(app, paint, right, screen.pane == FunctionPane::Errors);
}

fn title(paint: &mut Paint<'_>, area: Rect, words: &SafeText, focus: bool) {
    let row = line(area, 0);
    paint.rule(row);
    let row = Rect { x: row.x + 2, width: row.width.saturating_sub(3), ..row };
    paint.text(row, words, if focus { Role::Strong } else { Role::Dim }, Cut::End);
}

/// Why there is no request, and when there may be one.
fn why_none(app: &App, group: &GroupKey) -> SafeText {
    let lines = app.store().lines();
    let tail = lines.group(group).and_then(|id| lines.tail(id));
    match tail.map(|tail| &tail.status) {
        None => safe!("asking FilterLogEvents for {} …", group.name),
        Some(TailStatus::Starting) => safe!("reading {} …", group.name),
        Some(TailStatus::Waiting) => {
            safe!("{} does not exist yet; looked for every 30 s at most", group.name)
        }
        Some(TailStatus::Unreadable { why }) => told(why),
        Some(TailStatus::Failed { failure, .. }) => safe!("{failure}; tried again by itself"),
        Some(_) => safe!("no request in its log in {}; a new one appears by itself", app.range().label()),
    }
}

fn requests(app: &App, paint: &mut Paint<'_>, area: Rect, focus: bool) {
    let below = app.below();
    let head = line(area, 1);
    let places = places(area.width);
    for ((word, number), (x, width)) in HEADS.into_iter().zip(places) {
        let cell = Rect { x: head.x + x, width, ..head };
        if number {
            paint.right(cell, word, Role::Dim);
        } else if word != ERROR || width >= LEAST_ERROR {
            paint.text(cell, word, Role::Dim, Cut::End);
        }
    }
    let rows = usize::from(area.height.saturating_sub(FunctionPanes::HEAD));
    let at = below.request_at();
    let first = (at + 1).saturating_sub(rows);
    for (offset, key) in below.requests.iter().skip(first).take(rows).enumerate() {
        let row = line(area, FunctionPanes::HEAD + offset as u16);
        if let Some(invocation) = app.store().invocations().get(*key) {
            request(app, paint, row, &invocation, &places);
        }
        if first + offset == at {
            mark(paint, row, focus);
        }
    }
}

const ERROR: &str = "ERROR";
/// Below so many cells an error says nothing.
const LEAST_ERROR: u16 = 12;

/// The columns of a request, and whether their words end where they end.
const HEADS: [(&str, bool); 8] = [
    ("TIME", false),
    ("OUTCOME", false),
    ("ms", true),
    ("INIT", true),
    ("MB", true),
    ("REQUEST", false),
    ("TRACE", false),
    (ERROR, false),
];

/// First cell and cells of each of them.
fn places(width: u16) -> [(u16, u16); 8] {
    let mut x = 3;
    [12, 10, 7, 6, 6, 8, 5, width.saturating_sub(65)].map(|width| {
        let place = (x, width);
        x += width + 1;
        place
    })
}

fn request(app: &App, paint: &mut Paint<'_>, row: Rect, invocation: &Invocation, places: &[(u16, u16); 8]) {
    let cell = |at: usize| Rect { x: row.x + places[at].0, width: places[at].1, ..row };
    let outcome = outcome(app, invocation);
    let (glyph, role) = sign(outcome);
    paint.glyph(row.x + 1, row.y, glyph, role);
    paint.text(cell(0), &time(app, invocation.start, false), Role::Text, Cut::End);
    let word = if outcome == crate::model::Outcome::Ok { Role::Text } else { role };
    paint.text(cell(1), outcome.label(), word, Cut::End);
    count(paint, cell(2), invocation.duration_ms, Role::Text);
    init(paint, cell(3), invocation);
    count(paint, cell(4), invocation.max_memory_mb, Role::Text);
    paint.text(cell(5), &id(invocation), Role::Text, Cut::End);
    let trace = cell(6);
    match invocation.sampled {
        Some(true) => paint.glyph(trace.x, trace.y, Glyph::Sampled, Role::Strong),
        Some(false) => paint.glyph(trace.x, trace.y, Glyph::NotSampled, Role::Dim),
        None => {
            paint.text(trace, "-", Role::Dim, Cut::End);
        }
    }
    if cell(7).width >= LEAST_ERROR
        && let Some(words) = super::requests::row::words(app, invocation, outcome)
    {
        let cell = Rect { width: cell(7).width - 1, ..cell(7) };
        paint.text(cell, &in_short(&words, cell.width), role, Cut::End);
    }
}

fn errors(app: &App, paint: &mut Paint<'_>, area: Rect, focus: bool) {
    let below = app.below();
    let inner = |row: Rect| Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row };
    if below.errors.is_empty() {
        paint.text(inner(line(area, 2)), "none of its requests went wrong", Role::Dim, Cut::End);
        return;
    }
    let mut pen = paint.pen(inner(line(area, 1)));
    pen.cell(6, "COUNT", Role::Dim).gap(1).field(9, "FIRST", Role::Dim).field(9, "LAST", Role::Dim);
    pen.put("ERROR", Role::Dim);
    let rows = usize::from(area.height.saturating_sub(FunctionPanes::HEAD));
    let at = below.error_at();
    let first = (at + 1).saturating_sub(rows);
    for (offset, group) in below.errors.iter().skip(first).take(rows).enumerate() {
        let row = line(area, FunctionPanes::HEAD + offset as u16);
        let GroupId::Error(error) = &group.id else { continue };
        let (glyph, role) = sign(group.outcome);
        paint.glyph(row.x + 1, row.y, glyph, role);
        let (from, to) = (time(app, group.first, true), time(app, group.last, true));
        let mut pen = paint.pen(inner(row));
        pen.cell(6, &number::count(group.count as f64).within(6), Role::Strong).gap(1);
        pen.field(8, &from, Role::Dim).gap(1).field(8, &to, Role::Text).gap(1);
        let words = in_short(&told(error), pen.left());
        pen.put(&words, role);
        if focus && first + offset == at {
            mark(paint, row, true);
        }
    }
}

fn mark(paint: &mut Paint<'_>, row: Rect, focus: bool) {
    if focus {
        paint.glyph(row.x, row.y, Glyph::Cursor, Role::Accent);
        paint.select(Rect { width: row.width.saturating_sub(1), ..row });
    }
}
