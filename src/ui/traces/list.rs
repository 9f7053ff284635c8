//! The list of traces: the titles of its columns and its rows.

use ratatui::layout::Rect;

use super::status;
use crate::app::{App, TraceColumn, TraceColumnPlace, trace_columns, trace_severity};
use crate::model::{SafeText, Showing, TraceSummary};
use crate::safe;
use crate::store::Severity;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{judgement, line, number};

/// Draws the titles, the one that is sorted by with its direction.
pub(super) fn head(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let list = &app.traces().list;
    for place in trace_columns(row.width) {
        let cell = Rect { x: row.x + place.x, width: place.width, ..row };
        let sorted = place.column == list.sort;
        let role = if sorted { Role::Accent } else { Role::Dim };
        let title = place.column.title();
        if place.column.is_number() {
            paint.right(cell, title, role);
        } else {
            paint.text(cell, title, role, Cut::End);
        }
        if sorted {
            let width = title.len() as u16;
            let x =
                if place.column.is_number() { cell.right().saturating_sub(width + 1) } else { cell.x - 1 };
            let largest_first = (place.column != TraceColumn::Entry) ^ list.reversed;
            paint.glyph(
                x.max(row.x + 1),
                row.y,
                if largest_first { Glyph::Down } else { Glyph::Up },
                Role::Accent,
            );
        }
    }
}

/// Draws the rows, or why there is none.
pub(super) fn rows(app: &App, paint: &mut Paint<'_>, area: Rect) {
    let list = &app.traces().list;
    if list.ids.is_empty() {
        return status::nothing(app, paint, area);
    }
    let (traces, at) = (app.store().traces(), list.at());
    let first = list.top.min(list.ids.len());
    let visible = || list.ids[first..].iter().take(usize::from(area.height));
    let longest = visible().filter_map(|id| traces.summary_of(*id)?.duration_ms).fold(0.0, f64::max);
    let places = trace_columns(area.width);
    for (offset, id) in visible().enumerate() {
        let row = line(area, offset as u16);
        match traces.summary_of(*id) {
            Some(trace) => draw(app, paint, row, trace, &places, longest),
            // It was let go between two sorts.
            None => drop(paint.text(Rect { x: row.x + 3, ..row }, "let go", Role::Faint, Cut::End)),
        }
        if at == Some(first + offset) {
            paint.glyph(row.x, row.y, Glyph::Cursor, Role::Accent);
            paint.select(row);
        }
    }
}

fn draw(
    app: &App,
    paint: &mut Paint<'_>,
    row: Rect,
    trace: &TraceSummary,
    places: &[TraceColumnPlace],
    longest: f64,
) {
    let severity = trace_severity(trace);
    let role = judgement::role(severity);
    paint.glyph(row.x + 1, row.y, judgement::glyph(severity), role);
    for place in places {
        let cell = Rect { x: row.x + place.x, width: place.width, ..row };
        match place.column {
            TraceColumn::Time => {
                let format = if place.width >= 12 { "%H:%M:%S%.3f" } else { "%H:%M:%S" };
                let time = trace.start.local(app.zone());
                let time = time.map_or_else(|| SafeText::new("?"), |time| safe!("{}", time.format(format)));
                paint.text(cell, &time, Role::Text, Cut::End);
            }
            TraceColumn::Outcome => {
                paint.text(cell, &outcome(trace), role, Cut::End);
            }
            TraceColumn::Status => {
                let role = match trace.status {
                    Some(500..) => Role::Error,
                    Some(429) => Role::Throttle,
                    Some(400..) => Role::Warn,
                    _ => Role::Dim,
                };
                let status = trace.status.map_or_else(|| SafeText::new("-"), |status| safe!("{status}"));
                paint.right(cell, &status, role);
            }
            TraceColumn::Duration => milliseconds(paint, cell, trace.duration_ms),
            TraceColumn::Response => milliseconds(paint, cell, trace.response_ms),
            TraceColumn::Bar => {
                let share = trace.duration_ms.filter(|_| longest > 0.0).unwrap_or(0.0) / longest.max(1e-9);
                let cells = (share * f64::from(cell.width)).round() as u16;
                let role = if severity == Severity::Ok { Role::Series1 } else { role };
                for x in cell.x..cell.x + cells.min(cell.width) {
                    paint.glyph(x, cell.y, Glyph::Length, role);
                }
            }
            TraceColumn::Entry => marked(app, paint, cell, &entry(trace), Role::Text),
            TraceColumn::Services => marked(app, paint, cell, &services(trace), Role::Dim),
            TraceColumn::Id => {
                paint.text(cell, &SafeText::new(&short(trace)), Role::Dim, Cut::End);
            }
        }
    }
}

/// A text of others with what the filter found in it.
fn marked(app: &App, paint: &mut Paint<'_>, cell: Rect, text: &str, role: Role) {
    let safe = SafeText::of_line(text, Showing::default());
    paint.text(cell, &safe, role, Cut::End);
    let found = app.traces().filter.applied.highlights(text);
    paint.matched(cell, found.into_iter().map(|place| safe.cell_of(place.start)..safe.cell_of(place.end)));
}

fn milliseconds(paint: &mut Paint<'_>, cell: Rect, value: Option<f64>) {
    let number = value.map_or(number::MISSING, number::count).within(cell.width);
    paint.right(cell, &number, if value.is_some() { Role::Text } else { Role::Dim });
}

/// What went wrong, in X-Ray's words: a fault is the service's own, an error that of who called it.
fn outcome(trace: &TraceSummary) -> SafeText {
    let words = [
        (trace.fault, "fault"),
        (trace.throttle, "throttle"),
        // What is throttled is an error too.
        (trace.error && !trace.throttle, "error"),
        (trace.partial, "in progress"),
    ];
    let words: Vec<&str> = words.into_iter().filter(|(holds, _)| *holds).map(|(_, word)| word).collect();
    SafeText::new(if words.is_empty() { "ok".to_owned() } else { words.join(", ") }.as_str())
}

/// How the root was called: `POST /checkout`, without the host where the service's name stands beside it.
fn entry(trace: &TraceSummary) -> String {
    let url = trace.url.as_deref().map(|url| {
        let behind = url.find("://").map_or(url, |at| &url[at + 3..]);
        behind.find('/').map_or(behind, |at| &behind[at..])
    });
    match (trace.method.as_deref(), url) {
        (Some(method), Some(url)) => format!("{method} {url}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => trace.entry.as_ref().map_or_else(|| "-".to_owned(), |entry| entry.name.to_string()),
    }
}

/// How many services and which; a function counts once, although X-Ray names it twice.
fn services(trace: &TraceSummary) -> String {
    let mut names: Vec<&str> = Vec::new();
    for service in &trace.services {
        let client = service.kind.as_deref() == Some("client");
        if !client && !names.contains(&&*service.name) {
            names.push(&service.name);
        }
    }
    if names.is_empty() { "-".to_owned() } else { format!("{} {}", names.len(), names.join(" ")) }
}

/// Of the id what is chance: the rest is the time.
fn short(trace: &TraceSummary) -> String {
    trace.id.to_string().chars().skip(11).take(8).collect()
}
