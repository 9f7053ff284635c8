//! One row: mark, colour of its function, time, level, name, message, and what is to be said of it at the right.

use ratatui::layout::Rect;

use super::colour;
use super::message::Message;
use crate::app::{App, LineTimes, LogRow};
use crate::model::{GapReason, Level, LogGap, SafeText, Showing, Timestamp};
use crate::safe;
use crate::store::lines::HeldLine;
use crate::ui::glyph::Glyph;
use crate::ui::number;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// From this width on names and levels are written out.
const WIDE: u16 = 100;
/// Longest name of a function that is written out.
const LONGEST_NAME: usize = 24;

/// Which columns there are, and how wide.
pub(super) struct Columns {
    time: u16,
    level: u16,
    name: u16,
    tags: Vec<SafeText>,
}

impl Columns {
    /// The columns of a screen of this width.
    pub(super) fn of(app: &App, width: u16) -> Self {
        let logs = app.logs();
        let time = match logs.times {
            LineTimes::Clock if width >= 60 => 12,
            LineTimes::Clock => 8,
            LineTimes::Ago => 4,
            LineTimes::Hidden => 0,
        };
        let names = logs.sources.list.iter().map(|source| SafeText::new(source.name()));
        let one = logs.sources.list.len() < 2;
        if width >= WIDE {
            let tags: Vec<_> = names.collect();
            let name = tags.iter().map(SafeText::width).max().unwrap_or(0).min(LONGEST_NAME) as u16;
            return Self { time, level: 5, name: if one { 0 } else { name }, tags };
        }
        let tags = tags(&names.collect::<Vec<_>>());
        let name = tags.iter().map(SafeText::width).max().unwrap_or(0) as u16;
        Self { time, level: 1, name: if one { 0 } else { name }, tags }
    }
}

/// The shortest beginnings that tell names apart, of at most three letters.
pub(super) fn tags(names: &[SafeText]) -> Vec<SafeText> {
    let cut = |name: &SafeText, letters: usize| -> String { name.as_str().chars().take(letters).collect() };
    let letters = (1..3).find(|letters| {
        let mut seen: Vec<String> = names.iter().map(|name| cut(name, *letters)).collect();
        seen.sort_unstable();
        seen.windows(2).all(|pair| pair[0] != pair[1])
    });
    names.iter().map(|name| SafeText::new(&cut(name, letters.unwrap_or(3)))).collect()
}

/// Draws a row.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect, entry: &LogRow, columns: &Columns) {
    match entry {
        LogRow::Line { line, source, matched } => {
            self::line(app, paint, row, (line, *source, *matched), columns);
        }
        LogRow::Gap { gap, .. } => self::gap(app, paint, row, gap),
    }
}

fn line(
    app: &App,
    paint: &mut Paint<'_>,
    row: Rect,
    (line, source, matched): (&HeldLine, usize, bool),
    columns: &Columns,
) {
    let logs = app.logs();
    let sign = if logs.marks.contains(&line.key) {
        Some((Glyph::Mark, Role::Accent))
    } else if line.provisional {
        Some((Glyph::Stale, Role::Unknown))
    } else if line.late {
        Some((Glyph::Late, Role::Unknown))
    } else {
        None
    };
    let quiet = line.kind.is_routine();
    let body = match (quiet, line.level) {
        _ if !matched => Role::Faint,
        (_, Some(Level::Error | Level::Fatal)) => Role::Error,
        (true, _) => Role::Dim,
        _ => Role::Text,
    };
    let showing = Showing { ascii: paint.ascii(), ..Showing::default() };
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
    let (level, role) = level(line.level.filter(|_| !quiet), columns.level == 1);
    pen.field(columns.level, level, role).gap(1);
    if columns.name > 0 && columns.level > 1 {
        name(&mut pen, columns, source);
    }
    let message = Message::of(line, showing);
    let note = note(line, &message, columns.level == 1);
    let rest = pen.rest();
    let rest = Rect { width: rest.width.saturating_sub(1), ..rest };
    let noted = note.as_ref().map_or(0, |note| note.width() as u16 + 2).min(rest.width / 2);
    let room = Rect { width: rest.width - noted, ..rest };
    paint.text(room, &message.text, body, Cut::End);
    if let Some(note) = &note {
        paint.right(rest, note, Role::Dim);
    }
    if let Some(raw) = message.raw.filter(|_| matched && logs.is_filtered()) {
        let found = logs.filter.applied.highlights(&line.message[raw.clone()]);
        let cells =
            found.into_iter().map(|place| message.text.cell_of(place.start)..message.text.cell_of(place.end));
        paint.matched(room, cells);
    }
}

fn name(pen: &mut crate::ui::paint::Pen<'_, '_>, columns: &Columns, source: usize) {
    let empty = SafeText::default();
    pen.field(columns.name, columns.tags.get(source).unwrap_or(&empty), colour(source)).gap(1);
}

/// What is said of a line at its right: that it came late, that it goes on.
fn note(line: &HeldLine, message: &Message, short: bool) -> Option<SafeText> {
    if line.late {
        let by = line.key.ingested.since(line.key.timestamp);
        return Some(safe!("late {}", number::millis(by.as_secs_f64() * 1e3)));
    }
    if message.more > 0 {
        return Some(if short { safe!("+{}", message.more) } else { safe!("+{} lines", message.more) });
    }
    None
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
    let why = match gap.why {
        GapReason::Sampled => "Live Tail sampled",
        GapReason::Disconnected => "the session broke off",
        GapReason::Unfinished => "its pages had no end",
    };
    let text = safe!(
        " {} to {} may be incomplete ({why}) \u{b7} b reads it again ",
        clock(gap.range.start),
        clock(gap.range.end)
    );
    let room = Rect { x: row.x + 4, width: row.width.saturating_sub(6), ..row };
    paint.text(room, &text, Role::Warn, Cut::End);
}
