//! What the signs of each screen mean, for the help that is opened from it.

use super::glyph::Glyph;
use super::theme::Role;
use super::widgets::chart::Stroke;
use crate::app::{App, Screen, TracesView};

/// A sign as it stands on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    /// One sign.
    One(Glyph),
    /// One that is written twice in its length, or with another beside it.
    Two(Glyph, Glyph),
    /// A line of a chart.
    Line(Stroke),
    /// Signs from little to much: with Unicode, and in ASCII.
    Scale(&'static str, &'static str),
}

/// A sign, what it means, and its colour.
pub(super) type Meaning = (Sign, &'static str, Role);

const fn one(glyph: Glyph, words: &'static str, role: Role) -> Meaning {
    (Sign::One(glyph), words, role)
}

const BARS: Sign = Sign::Scale("▁▃▅▇", ".-+#");
const HEAT: Sign = Sign::Scale("·░▒▓█", ".:+#@");

const CURSOR: Meaning = one(Glyph::Cursor, "the cursor", Role::Accent);
const ELSEWHERE: Meaning = one(Glyph::CursorElsewhere, "cursor of another pane", Role::Accent);
const SORTED: Meaning = (Sign::Two(Glyph::Down, Glyph::Up), "sorted by it", Role::Accent);
const UNFINISHED: Meaning = one(Glyph::Unfinished, "unfinished right of it", Role::Unknown);
const DEPLOY: Meaning = one(Glyph::Down, "deploy, change", Role::Deploy);
const LIMIT: Meaning = one(Glyph::Threshold, "a limit", Role::Dim);
const CUT: Meaning = one(Glyph::Ellipsis, "cut here", Role::Dim);
const LINES: [Meaning; 4] = [
    (Sign::Line(Stroke::Solid), "p50", Role::Series1),
    (Sign::Line(Stroke::Dashed), "p95", Role::Series3),
    (Sign::Line(Stroke::Heavy), "p99", Role::Series4),
    (Sign::Line(Stroke::Dotted), "max", Role::Series6),
];

const FUNCTIONS: [Meaning; 19] = [
    one(Glyph::Error, "errors", Role::Error),
    one(Glyph::Throttle, "throttled", Role::Throttle),
    one(Glyph::Timeout, "timeouts", Role::Timeout),
    one(Glyph::OutOfMemory, "out of memory", Role::Timeout),
    one(Glyph::Warn, "look at it", Role::Warn),
    one(Glyph::Unknown, "unknown", Role::Unknown),
    one(Glyph::Stale, "old numbers", Role::Unknown),
    one(Glyph::Ok, "nothing wrong", Role::Dim),
    CURSOR,
    one(Glyph::Mark, "marked", Role::Accent),
    SORTED,
    (BARS, "over time", Role::Dim),
    UNFINISHED,
    DEPLOY,
    LIMIT,
    LINES[0],
    LINES[1],
    LINES[2],
    LINES[3],
];

const FUNCTION: [Meaning; 18] = [
    LINES[0],
    LINES[1],
    LINES[2],
    LINES[3],
    LIMIT,
    UNFINISHED,
    (Sign::Two(Glyph::Bar, Glyph::Foot), "crosshair", Role::Accent),
    DEPLOY,
    one(Glyph::Error, "failed", Role::Error),
    one(Glyph::Timeout, "timeout", Role::Timeout),
    one(Glyph::OutOfMemory, "out of memory", Role::Timeout),
    one(Glyph::Unknown, "no REPORT yet", Role::Unknown),
    one(Glyph::Stale, "running", Role::Unknown),
    one(Glyph::Ok, "ok", Role::Dim),
    one(Glyph::Sampled, "traced", Role::Strong),
    one(Glyph::NotSampled, "not sampled", Role::Dim),
    CURSOR,
    ELSEWHERE,
];

const LOGS: [Meaning; 10] = [
    CURSOR,
    one(Glyph::Source, "colour of its function", Role::Series1),
    one(Glyph::Late, "came late", Role::Unknown),
    one(Glyph::Stale, "from Live Tail, not confirmed yet", Role::Unknown),
    one(Glyph::Mark, "marked", Role::Accent),
    one(Glyph::Threshold, "lines may be missing", Role::Warn),
    (BARS, "lines over time", Role::Dim),
    one(Glyph::Up, "here on the bars", Role::Accent),
    one(Glyph::Ok, "summary of a request", Role::Dim),
    CUT,
];

const REQUESTS: [Meaning; 21] = [
    one(Glyph::Error, "failed", Role::Error),
    one(Glyph::Throttle, "throttled", Role::Throttle),
    one(Glyph::Timeout, "timeout", Role::Timeout),
    one(Glyph::OutOfMemory, "out of memory", Role::Timeout),
    one(Glyph::Unknown, "no REPORT", Role::Unknown),
    one(Glyph::Stale, "running", Role::Unknown),
    one(Glyph::Ok, "ok", Role::Dim),
    one(Glyph::Cold, "cold start", Role::Cold),
    one(Glyph::Length, "duration", Role::Series1),
    one(Glyph::Sampled, "traced", Role::Strong),
    one(Glyph::NotSampled, "not sampled", Role::Dim),
    (HEAT, "few to many", Role::Text),
    one(Glyph::Picked, "picked", Role::Accent),
    (BARS, "how many, how much", Role::Dim),
    one(Glyph::ArrowRight, "memory, first to last", Role::Dim),
    UNFINISHED,
    DEPLOY,
    SORTED,
    CURSOR,
    ELSEWHERE,
    CUT,
];

const TIMELINE: [Meaning; 23] = [
    one(Glyph::Length, "the end waited for it", Role::Text),
    one(Glyph::Rule, "did not", Role::Dim),
    one(Glyph::Threshold, "waiting", Role::Warn),
    one(Glyph::Unfinished, "goes on", Role::Unknown),
    (Sign::Two(Glyph::ArrowLeft, Glyph::ArrowRight), "out of sight", Role::Faint),
    one(Glyph::Cold, "cold start", Role::Cold),
    one(Glyph::Error, "error", Role::Error),
    one(Glyph::Throttle, "throttled", Role::Throttle),
    one(Glyph::Timeout, "timeout", Role::Timeout),
    one(Glyph::OutOfMemory, "out of memory", Role::Timeout),
    one(Glyph::Warn, "warning", Role::Warn),
    one(Glyph::Ok, "ok", Role::Dim),
    one(Glyph::Unknown, "parent missing", Role::Unknown),
    one(Glyph::Stale, "outside of its parent", Role::Unknown),
    (Sign::Two(Glyph::Down, Glyph::Folded), "open, folded", Role::Dim),
    (Sign::Two(Glyph::Branch, Glyph::Corner), "part of it", Role::Faint),
    one(Glyph::Into, "deeper than drawn", Role::Dim),
    one(Glyph::Peg, "ms", Role::Dim),
    one(Glyph::Bar, "log line, wait", Role::Dim),
    one(Glyph::Sampled, "traced", Role::Strong),
    one(Glyph::NotSampled, "not sampled", Role::Dim),
    CURSOR,
    ELSEWHERE,
];

const TRACES: [Meaning; 9] = [
    one(Glyph::Error, "fault", Role::Error),
    one(Glyph::Throttle, "throttled", Role::Throttle),
    one(Glyph::Warn, "error of the caller", Role::Warn),
    one(Glyph::Unknown, "in progress", Role::Unknown),
    one(Glyph::Ok, "ok", Role::Dim),
    one(Glyph::Length, "duration", Role::Series1),
    SORTED,
    CURSOR,
    CUT,
];

const MAP: [Meaning; 13] = [
    (Sign::Scale("━┃", "=|"), "where errors travel", Role::Error),
    (Sign::Two(Glyph::Rule, Glyph::Bar), "calls", Role::Dim),
    one(Glyph::Arrow, "who is called", Role::Dim),
    one(Glyph::Stale, "of sampled traces", Role::Dim),
    one(Glyph::Error, "errors", Role::Error),
    one(Glyph::Throttle, "throttled", Role::Throttle),
    one(Glyph::Timeout, "timeouts", Role::Timeout),
    one(Glyph::Warn, "look at it", Role::Warn),
    one(Glyph::Unknown, "unknown", Role::Unknown),
    one(Glyph::Ok, "nothing wrong", Role::Dim),
    (Sign::Scale("←→↑↓", "<>^v"), "more out of sight", Role::Accent),
    one(Glyph::CursorOnMap, "the cursor", Role::Accent),
    CUT,
];

/// The signs that the screen on top can draw.
pub(super) fn of(app: &App) -> &'static [Meaning] {
    match app.screen() {
        Screen::Functions => &FUNCTIONS,
        Screen::Function(_) => &FUNCTION,
        Screen::Logs => &LOGS,
        Screen::Requests => &REQUESTS,
        Screen::Timeline(_) => &TIMELINE,
        Screen::Traces if app.traces().view == TracesView::Map => &MAP,
        Screen::Traces => &TRACES,
    }
}

/// The signs of one meaning as they are drawn.
pub(super) fn signs(sign: Sign, ascii: bool) -> String {
    match sign {
        Sign::One(glyph) => glyph.symbol(ascii).to_owned(),
        Sign::Two(one, two) => format!("{}{}", one.symbol(ascii), two.symbol(ascii)),
        Sign::Line(stroke) => stroke.sample(ascii).to_owned(),
        Sign::Scale(unicode, plain) => if ascii { plain } else { unicode }.to_owned(),
    }
}

/// The meanings in lines of at most `width` cells.
pub(super) fn lines(meanings: &'static [Meaning], width: u16) -> Vec<Vec<(Sign, &'static str, Role)>> {
    let mut lines: Vec<Vec<Meaning>> = vec![Vec::new()];
    let mut used = 0;
    for (sign, words, role) in meanings {
        let own = signs(*sign, false).chars().count() + 1 + words.len();
        if used > 0 && used + own > usize::from(width) {
            lines.push(Vec::new());
            used = 0;
        }
        used += own + 2;
        if let Some(line) = lines.last_mut() {
            line.push((*sign, words, *role));
        }
    }
    lines
}
