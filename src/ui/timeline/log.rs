//! The log lines of a request, or of the requests of a trace, by their place on the axis.

use ratatui::layout::Rect;

use crate::app::{TimelineLine, TimelineOf, TimelinePane, TimelineScreen, TimelineSource};
use crate::model::{Level, LineKind, Outcome, SafeText, Showing};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{line, number};

/// Cells of the name of a function, where lines of several stand together.
const NAME: u16 = 16;

/// The sign and the colour of a line.
pub(super) const fn sign(line: &TimelineLine) -> (Glyph, Role) {
    match (line.line.kind, line.line.level) {
        (LineKind::Timeout, _) => (Glyph::Timeout, Role::Timeout),
        (_, Some(Level::Error | Level::Fatal)) => (Glyph::Error, Role::Error),
        (_, Some(Level::Warn)) => (Glyph::Warn, Role::Warn),
        _ => (Glyph::Bar, Role::Dim),
    }
}

/// Draws the list and the rule above it.
pub(super) fn draw(screen: &TimelineScreen, paint: &mut Paint<'_>, area: Rect) {
    let head = line(area, 0);
    paint.rule(head);
    let focused = screen.pane == TimelinePane::Log;
    let of = match screen.of {
        TimelineOf::Request(_) => "this request",
        TimelineOf::Trace(_) => "its requests",
    };
    let count = number::count(screen.lines.len() as f64);
    let lines = if screen.lines.len() == 1 { "line" } else { "lines" };
    let read = match around(screen) {
        Some(words) if !screen.lines.is_empty() => format!("\u{b7} {words} "),
        _ => String::new(),
    };
    let title = SafeText::of_line(&format!(" log of {of} \u{b7} {count} {lines} {read}"), Showing::default());
    let room = Rect { x: head.x + 2, width: head.width.saturating_sub(3), ..head };
    paint.text(room, &title, if focused { Role::Strong } else { Role::Text }, Cut::End);
    if screen.lines.is_empty() {
        let row = line(area, 1);
        let row = Rect { x: row.x + 4, width: row.width.saturating_sub(5), ..row };
        let text = match (screen.of, around(screen)) {
            (TimelineOf::Request(key), _)
                if screen
                    .invocations
                    .iter()
                    .any(|own| own.key == key && own.outcome == Outcome::Throttled) =>
            {
                "Lambda refused it: it never ran and wrote no line.".to_owned()
            }
            (TimelineOf::Request(_), _) => {
                "No line of it is held any more: f reads its log again.".to_owned()
            }
            (TimelineOf::Trace(_), Some(words)) if words.ends_with('\u{2026}') => words,
            (TimelineOf::Trace(_), Some(words)) => format!("{words}."),
            (TimelineOf::Trace(_), None) if screen.logs_around.functions == 0 => {
                let known = matches!(screen.source, TimelineSource::Trace(_));
                if known {
                    "No function of Lambda is in it whose log could be read."
                } else {
                    "Its functions are not known yet."
                }
                .to_owned()
            }
            (TimelineOf::Trace(_), None) => {
                let read = functions(screen.logs_around.wanted);
                format!("No line of its requests in the logs of {read} around its time.")
            }
        };
        paint.text(row, &SafeText::of_line(&text, Showing::default()), Role::Dim, Cut::End);
        return;
    }
    let named = screen.invocations.len() > 1;
    let height = usize::from(area.height.saturating_sub(1));
    let shown = screen.lines.iter().enumerate().skip(screen.line_top).take(height);
    for (offset, (at, entry)) in (1..).zip(shown) {
        let row = line(area, offset);
        self::row(paint, row, entry, named);
        if at == screen.line {
            let glyph = if focused { Glyph::Cursor } else { Glyph::CursorElsewhere };
            paint.glyph(row.x, row.y, glyph, Role::Accent);
            paint.select(row);
        }
    }
}

/// How the reading of the logs that go with a trace does, if there is anything to say of it. Raw text.
fn around(screen: &TimelineScreen) -> Option<String> {
    let around = &screen.logs_around;
    if around.reading > 0 {
        return Some(format!("reading the logs of {} \u{2026}", functions(around.reading)));
    }
    if let Some((name, why)) = &around.failed {
        return Some(format!("none of {name}: {why}"));
    }
    if around.again {
        return Some("not all have a REPORT: read again until a minute has passed".to_owned());
    }
    let beyond = around.functions.saturating_sub(around.wanted);
    (beyond > 0)
        .then(|| format!("{} of {} are read, l reads another", around.wanted, functions(around.functions)))
}

fn functions(count: usize) -> String {
    format!("{count} function{}", if count == 1 { "" } else { "s" })
}

fn row(paint: &mut Paint<'_>, row: Rect, entry: &TimelineLine, named: bool) {
    let (glyph, role) = sign(entry);
    let routine = entry.line.kind.is_routine();
    let level = match entry.line.level.filter(|_| !routine) {
        None => "",
        Some(Level::Trace) => "TRACE",
        Some(Level::Debug) => "DEBUG",
        Some(Level::Info) => "INFO",
        Some(Level::Warn) => "WARN",
        Some(Level::Error) => "ERROR",
        Some(Level::Fatal) => "FATAL",
    };
    let loud = matches!(entry.line.level, Some(Level::Error | Level::Fatal));
    let text = match () {
        () if loud => Role::Error,
        () if routine => Role::Dim,
        () => Role::Text,
    };
    let mut pen = paint.pen(Rect { width: row.width.saturating_sub(1), ..row });
    pen.gap(1);
    if glyph == Glyph::Bar {
        pen.glyph(Glyph::Ok, Role::Dim)
    } else {
        pen.glyph(glyph, role)
    };
    if entry.line.key.has_bad_time() {
        pen.cell(8, "bad time", Role::Warn);
    } else {
        pen.cell(8, &number::count(entry.at_ms).within(8), Role::Dim);
    }
    pen.gap(1).field(5, level, if level == "INFO" { Role::Dim } else { role }).gap(1);
    if named {
        let name = entry.line.stream.function.as_deref().unwrap_or_default();
        pen.field(NAME, &SafeText::new(name), Role::Dim).gap(1);
    }
    let rest = pen.rest();
    let message = entry.message.first_line();
    let more = entry.message.more;
    let note = if more > 0 { safe!(" +{more}") } else { SafeText::default() };
    let room = Rect { width: rest.width.saturating_sub(note.width() as u16), ..rest };
    paint.text(room, &message, text, Cut::End);
    paint.right(rest, &note, Role::Dim);
}
