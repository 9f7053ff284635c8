//! One row: mark, colour of its function, time, level, name, message, and what is to be said of it at the right.

use ratatui::layout::Rect;

use super::{colour, tallest};
use crate::app::logs::{LogColumns, Message, READ_ON};
use crate::app::{App, LineTimes, LogRow};
use crate::model::{GapReason, Level, LogGap, SafeText, Timestamp};
use crate::safe;
use crate::store::lines::HeldLine;
use crate::ui::glyph::Glyph;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// Draws a row into as many lines as it has, the first `hidden` of which are scrolled away; returns how many secrets are
/// masked in it.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect, hidden: usize, entry: &LogRow) -> usize {
    match entry {
        LogRow::Line { line, source, matched, begins } => {
            let begins = usize::from(*begins);
            if begins > 0 && hidden == 0 {
                separator(paint, Rect { height: 1, ..area });
            }
            let shift = begins.saturating_sub(hidden) as u16;
            let area = Rect { y: area.y + shift, height: area.height.saturating_sub(shift), ..area };
            self::line(app, paint, area, hidden.saturating_sub(begins), (line, *source, *matched))
        }
        LogRow::Gap { gap, .. } => {
            self::gap(app, paint, area, gap);
            0
        }
    }
}

/// Lines were left out here.
fn separator(paint: &mut Paint<'_>, row: Rect) {
    for x in (row.left() + 3..row.right().saturating_sub(1)).step_by(2) {
        paint.glyph(x, row.y, Glyph::Separator, Role::Faint);
    }
}

fn line(
    app: &App,
    paint: &mut Paint<'_>,
    area: Rect,
    hidden: usize,
    (line, source, matched): (&HeldLine, usize, bool),
) -> usize {
    let logs = app.logs();
    let columns = &logs.columns;
    let quiet = line.kind.is_routine();
    let role = match (quiet, line.level) {
        _ if !matched => Role::Faint,
        (_, Some(Level::Error | Level::Fatal)) => Role::Error,
        (true, _) => Role::Dim,
        _ => Role::Text,
    };
    let message = logs.message(line);
    let (rows, cut) = if logs.writing.wrap {
        message.rows(columns.message(), tallest(app))
    } else {
        (vec![message.first_line()], false)
    };
    let masked = message.masked(&rows);
    for (offset, text) in rows.iter().skip(hidden).take(usize::from(area.height)).enumerate() {
        let row = Rect { y: area.y + offset as u16, height: 1, ..area };
        let first = hidden + offset == 0;
        if first {
            signs(app, paint, row, line, source);
        } else {
            paint.glyph(row.x + 2, row.y, Glyph::Source, colour(source));
        }
        let at = columns.message_at().min(row.width);
        let rest = Rect { x: row.x + at, width: (row.width - at).saturating_sub(1), ..row };
        let note = if first { note(line, &message, columns.level == 1, logs.writing.wrap) } else { None };
        let noted = note.as_ref().map_or(0, |note| note.width() as u16 + 2).min(rest.width / 2);
        let room = Rect { width: if logs.writing.wrap { rest.width } else { rest.width - noted }, ..rest };
        let last = cut && hidden + offset + 1 == rows.len();
        paint.text(room, text, role, Cut::End);
        if let Some(from) = message.quiet_from.filter(|_| matched) {
            paint.toned(room, Role::Dim, std::iter::once(text.cell_of(from)..text.width()));
        }
        if matched && logs.is_filtered() {
            let shown = text.source().clone();
            let part = message.text.get(shown.clone()).unwrap_or_default();
            let found = logs.filter.applied.highlights(part);
            let cells = found
                .into_iter()
                .map(|place| text.cell_of(shown.start + place.start)..text.cell_of(shown.start + place.end));
            paint.matched(room, cells);
        }
        if let Some(note) = note.filter(|_| !logs.writing.wrap || text.width() as u16 + noted <= rest.width) {
            paint.right(rest, &note, Role::Dim);
        }
        if last {
            paint.right(rest, " \u{2026} J shows all", Role::Dim);
        }
    }
    masked
}

/// What stands before the message.
fn signs(app: &App, paint: &mut Paint<'_>, row: Rect, line: &HeldLine, source: usize) {
    let logs = app.logs();
    let columns = &logs.columns;
    let sign = if logs.marks.contains(&line.key) {
        Some((Glyph::Mark, Role::Accent))
    } else if line.provisional {
        Some((Glyph::Stale, Role::Unknown))
    } else if line.late {
        Some((Glyph::Late, Role::Unknown))
    } else {
        None
    };
    let mut pen = paint.pen(row);
    pen.gap(1);
    match sign {
        Some((glyph, role)) => pen.glyph(glyph, role),
        None => pen.gap(1),
    };
    pen.glyph(Glyph::Source, colour(source));
    if columns.time > 0 {
        let bad = line.key.has_bad_time();
        let text = if bad { SafeText::new("bad time") } else { time(app, line.key.timestamp, columns.time) };
        pen.field(columns.time, &text, if bad { Role::Warn } else { Role::Dim }).gap(1);
    }
    if columns.name > 0 && columns.level == 1 {
        name(&mut pen, columns, source);
    }
    let (level, role) = level(line.level.filter(|_| !line.kind.is_routine()), columns.level == 1);
    pen.field(columns.level, level, role).gap(1);
    if columns.name > 0 && columns.level > 1 {
        name(&mut pen, columns, source);
    }
}

fn name(pen: &mut crate::ui::paint::Pen<'_, '_>, columns: &LogColumns, source: usize) {
    let empty = SafeText::default();
    pen.field(columns.name, columns.tags.get(source).unwrap_or(&empty), colour(source)).gap(1);
}

/// What is said of a line at its right: that it came late, that it goes on, how many fields it has.
fn note(line: &HeldLine, message: &Message, short: bool, wrapped: bool) -> Option<SafeText> {
    if line.late {
        let by = line.key.ingested.since(line.key.timestamp);
        return Some(safe!("late {}", number::age(by).as_str().trim()));
    }
    if message.more > 0 && !wrapped {
        return Some(if short { safe!("+{}", message.more) } else { safe!("+{} lines", message.more) });
    }
    match message.fields {
        Some((1, false)) if !short => Some(SafeText::new("1 field")),
        Some((fields, cut)) => {
            let more = if cut { "+" } else { "" };
            Some(if short { safe!("{fields}{more}f") } else { safe!("{fields}{more} fields") })
        }
        None => None,
    }
}

fn level(level: Option<Level>, short: bool) -> (&'static str, Role) {
    let (long, letter, role) = match level {
        None => ("", "", Role::Dim),
        Some(Level::Trace) => ("TRACE", "T", Role::Dim),
        Some(Level::Debug) => ("DEBUG", "D", Role::Dim),
        Some(Level::Info) => ("INFO", "I", Role::Dim),
        Some(Level::Warn) => ("WARN", "W", Role::Warn),
        Some(Level::Error) => ("ERROR", "E", Role::Error),
        Some(Level::Fatal) => ("FATAL", "F", Role::Error),
    };
    (if short { letter } else { long }, role)
}

/// The time of a line, as it is written here.
fn time(app: &App, at: Timestamp, width: u16) -> SafeText {
    if app.logs().times == LineTimes::Ago {
        return safe!("{:>4}", number::age(app.now().since(at)).as_str());
    }
    let Some(time) = at.local(app.zone()) else { return SafeText::new("bad time") };
    if width >= 12 { safe!("{}", time.format("%H:%M:%S%.3f")) } else { safe!("{}", time.format("%H:%M:%S")) }
}

/// A stretch that may lack lines: a row across, with what can be done about it.
fn gap(app: &App, paint: &mut Paint<'_>, row: Rect, gap: &LogGap) {
    for x in row.left()..row.right() {
        paint.glyph(x, row.y, Glyph::Threshold, Role::Warn);
    }
    let clock = |at: Timestamp| {
        at.local(app.zone()).map_or_else(|| "?".to_owned(), |time| time.format("%H:%M:%S").to_string())
    };
    let why = gap.why.words();
    let at = |at: Timestamp| crate::ui::moment::dated(at, app.now(), app.zone());
    let text = match gap.why {
        GapReason::OnlyMatches => safe!(" {} to {}: {why} ", at(gap.range.start), at(gap.range.end)),
        GapReason::NotRead => {
            let read = if gap.range.length() > READ_ON { "b reads on" } else { "b reads it" };
            safe!(" not read between {} and {} \u{b7} {read} ", at(gap.range.start), at(gap.range.end))
        }
        _ => safe!(
            " {} to {} may be incomplete ({why}) \u{b7} b reads it again ",
            clock(gap.range.start),
            clock(gap.range.end)
        ),
    };
    let room = Rect { x: row.x + 4, width: row.width.saturating_sub(6), ..row };
    paint.text(room, &text, Role::Warn, Cut::End);
}
