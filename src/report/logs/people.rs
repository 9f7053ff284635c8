//! A log line for people: time, level, function, message; lines of a message after its first stand further in.

use std::fmt::Write as _;

use chrono::FixedOffset;

use crate::model::{Level, LogLine, Pages, SafeText, Showing, Timestamp};

/// How lines for people look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Seconds that the clock they are told by is ahead of UTC; none is UTC itself.
    pub zone: Option<i32>,
    /// Colours may be switched.
    pub colour: bool,
    /// What becomes of colours, secrets and letters in the text.
    pub showing: Showing,
}

/// What stands before each line of a message after its first.
const FURTHER: &str = "    ";
/// Switches colours off again.
pub(in crate::report) const PLAIN: &str = "\u{1b}[0m";
const DIM: &str = "\u{1b}[2m";
/// What went wrong.
pub(in crate::report) const RED: &str = "\u{1b}[31m";
const YELLOW: &str = "\u{1b}[33m";
const CYAN: &str = "\u{1b}[36m";

/// Appends a line.
pub(super) fn write(line: &LogLine<'_>, late: bool, style: Style, out: &mut String) {
    let mut coloured = |colour: &str, text: &str| {
        if style.colour && !colour.is_empty() && !text.trim_ascii().is_empty() {
            out.push_str(colour);
            out.push_str(text);
            out.push_str(PLAIN);
        } else {
            out.push_str(text);
        }
        out.push(' ');
    };
    coloured(DIM, &time(line.timestamp, style.zone));
    let (word, colour) = level(line.level);
    coloured(colour, word);
    let name = SafeText::of_line(line.function().unwrap_or(&line.group.name), style.showing);
    coloured(CYAN, name.as_str());
    out.push(' ');
    if late {
        out.push_str("(late) ");
    }
    for (index, row) in rows(line.message, style.showing).iter().enumerate() {
        if index > 0 {
            out.push_str(FURTHER);
        }
        out.push_str(row);
        out.push('\n');
    }
}

/// An instant in ISO 8601 with milliseconds, in UTC or by a clock so many seconds ahead of it.
#[must_use]
pub fn time(at: Timestamp, zone: Option<i32>) -> String {
    let Some(utc) = at.utc().filter(|_| at.is_plausible()) else {
        return format!("{:<24}", "(no time)");
    };
    match zone.and_then(FixedOffset::east_opt) {
        None => utc.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        Some(zone) => utc.with_timezone(&zone).format("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string(),
    }
}

const fn level(level: Option<Level>) -> (&'static str, &'static str) {
    match level {
        None => ("     ", ""),
        Some(Level::Trace) => ("TRACE", DIM),
        Some(Level::Debug) => ("DEBUG", DIM),
        Some(Level::Info) => ("INFO ", ""),
        Some(Level::Warn) => ("WARN ", YELLOW),
        Some(Level::Error) => ("ERROR", RED),
        Some(Level::Fatal) => ("FATAL", RED),
    }
}

/// The lines of a message, each whole and harmless; one at least.
pub(super) fn rows(message: &str, showing: Showing) -> Vec<String> {
    let pages = Pages::new(message, showing);
    let mut rows: Vec<String> = Vec::new();
    for index in 0..pages.count() {
        let mut goes_on = !rows.is_empty() && !pages.begins_line(pages.page(index).start);
        for piece in pages.lines(index) {
            match rows.last_mut() {
                Some(row) if std::mem::take(&mut goes_on) => {
                    let _ = write!(row, "{piece}");
                }
                _ => rows.push(piece.as_str().to_owned()),
            }
        }
    }
    if rows.is_empty() {
        rows.push(String::new());
    }
    rows
}
