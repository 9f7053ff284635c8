//! A request's log lines to spans: what can be known of it where X-Ray did not take it.
//!
//! ```text
//! ▾ Init
//! ▾ Invocation  START to REPORT
//!   ├ capture start → card authorised         between two lines, where that took long enough
//!   ├ attempt 1 to 2                          between two that say the same of another number
//!   └ silent until the timeout
//! ```

use super::of_trace::{leaf, named};
use super::path;
use super::{Mark, Place, Span, SpanKind, Timeline, Wait, count_below};
use crate::model::{Invocation, Level, LineKind, Outcome};

/// Stretches between lines shorter than this part of the request are left to it.
const LEAST: f64 = 0.01;
/// Words of a line that name it.
const WORDS: usize = 2;
/// Letters of a word that are kept.
const LONGEST_WORD: usize = 24;

/// A log line of the request, as far as a timeline is made from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// When, in ms since 1970-01-01T00:00:00Z.
    pub at_ms: f64,
    /// By whom and about what.
    pub kind: LineKind,
    /// How grave.
    pub level: Option<Level>,
    /// What it says, without time, level and request id. Raw text.
    pub text: String,
}

/// Lays out a request by its lines, which stand in order; `outcome` is how it ended as seen now.
#[must_use]
pub fn of_log(invocation: &Invocation, outcome: Outcome, lines: &[Logged]) -> Timeline {
    let start = invocation.start.millis() as f64;
    let (wait, waited, title) = match (invocation.init_ms, invocation.restore_ms) {
        (Some(init), _) => (Some(LineKind::InitStart), init, "Init"),
        (None, Some(restore)) => (Some(LineKind::RestoreStart), restore, "Restore"),
        (None, None) => (None, 0.0, ""),
    };
    // Where the line that begins it is there, it says when.
    let logged = lines.iter().find(|line| Some(line.kind) == wait && line.at_ms <= start);
    let before = match logged {
        // Lines have whole milliseconds: what is less apart is what was waited for, to the part of one.
        Some(line) if (start - waited - line.at_ms).abs() >= 1.0 => {
            line.at_ms.max(start - 2.0 * waited - 1_000.0)
        }
        _ => start - waited,
    };
    let zero_ms = before.min(start);
    let end = end(invocation, lines);
    let last = end.unwrap_or_else(|| lines.last().map_or(start, |line| line.at_ms.max(start)));
    let length_ms = last.max(zero_ms + waited) - zero_ms;

    let mut spans = Vec::new();
    if wait.is_some() {
        let from = before - zero_ms;
        spans.push(Span {
            title: title.to_owned(),
            status: "cold".into(),
            mark: Mark::Cold,
            start_ms: Some(from),
            end_ms: Some((from + waited).min(length_ms)),
            ..leaf(named(Place::Own, title), SpanKind::Logged)
        });
    }
    let own = spans.len();
    let status = match outcome {
        Outcome::Ok => "",
        Outcome::Unknown => "no end",
        Outcome::Unhandled | Outcome::Handled => "error",
        Outcome::InitError => "init",
        outcome => outcome.label(),
    };
    spans.push(Span {
        title: if invocation.started { "Invocation  START to REPORT" } else { "Invocation  to REPORT" }
            .to_owned(),
        status: status.into(),
        mark: mark(outcome),
        start_ms: Some(start - zero_ms),
        end_ms: end.map(|end| end - zero_ms),
        ..leaf(named(Place::Own, "Invocation"), SpanKind::Logged)
    });
    let inner = stretches(invocation, outcome, lines, (start, last), zero_ms);
    spans.extend(inner.into_iter().map(|span| Span { depth: 1, parent: Some(own), ..span }));
    count_below(&mut spans);
    let parts = path::follow(&mut spans, length_ms, |span| match span.kind {
        SpanKind::Wait(_) => "silence".into(),
        _ if span.parent.is_none() && span.mark == Mark::Cold => title.to_lowercase().into(),
        _ if span.parent.is_none() => "short stretches".into(),
        _ => span.title.clone().into(),
    });
    Timeline { zero_ms, length_ms, spans, parts, skew_ms: 0.0 }
}

/// When it ended: by its duration, else by the line that reports it.
fn end(invocation: &Invocation, lines: &[Logged]) -> Option<f64> {
    let start = invocation.start.millis() as f64;
    let by_line = || {
        let report = lines.iter().find(|line| line.kind == LineKind::Report).map(|line| line.at_ms);
        report.or_else(|| invocation.reported.map(|reported| reported.millis() as f64))
    };
    invocation.duration_ms.map(|took| start + took).or_else(by_line).filter(|end| *end >= start)
}

const fn mark(outcome: Outcome) -> Mark {
    match outcome {
        Outcome::Ok => Mark::Ok,
        Outcome::Running | Outcome::Unknown => Mark::Open,
        Outcome::Handled | Outcome::Unhandled | Outcome::InitError | Outcome::RuntimeExit => Mark::Error,
        Outcome::Throttled => Mark::Throttle,
        Outcome::Timeout => Mark::Timeout,
        Outcome::OutOfMemory => Mark::OutOfMemory,
    }
}

/// The stretches between lines, from the start of the request to its end.
fn stretches(
    invocation: &Invocation,
    outcome: Outcome,
    lines: &[Logged],
    (start, end): (f64, f64),
    zero_ms: f64,
) -> Vec<Span> {
    let least = ((end - start) * LEAST).max(1.0);
    let begin = Logged { at_ms: start, kind: LineKind::Start, level: None, text: String::new() };
    let mut from = &begin;
    let mut spans = Vec::new();
    let mut add = |title: String, (from, to): (f64, f64), kind: SpanKind, mark: Mark| {
        let key = named(Place::Before, &format!("{from}"));
        spans.push(Span {
            title,
            start_ms: Some(from - zero_ms),
            end_ms: Some(to - zero_ms),
            mark,
            ..leaf(key, kind)
        });
    };
    let inside = |line: &&Logged| {
        (start..end).contains(&line.at_ms)
            && (!line.kind.is_routine() && line.kind != LineKind::Timeout
                || line.kind == LineKind::RuntimeDone)
    };
    for line in lines.iter().filter(inside) {
        if line.at_ms - from.at_ms >= least {
            add(between(from, line), (from.at_ms, line.at_ms), SpanKind::Logged, grave(line));
        }
        from = line;
    }
    if end - from.at_ms >= least {
        let cut_off = matches!(outcome, Outcome::Timeout | Outcome::OutOfMemory | Outcome::RuntimeExit);
        let stretch = (from.at_ms, end);
        let silence =
            |timeout: bool, title: &str| (title.to_owned(), SpanKind::Wait(Wait::Silence { timeout }));
        let (title, kind) = match outcome {
            _ if from.kind == LineKind::RuntimeDone => {
                ("answered, extensions and overhead".to_owned(), SpanKind::Logged)
            }
            Outcome::Timeout => silence(true, "silent until the timeout"),
            _ if cut_off => silence(false, "silent until it was ended"),
            Outcome::Running | Outcome::Unknown if invocation.reported.is_none() => {
                silence(false, "silent since")
            }
            _ => (format!("{} \u{2192} REPORT", name(from)), SpanKind::Logged),
        };
        let mark = if matches!(kind, SpanKind::Wait(_)) && cut_off { Mark::Timeout } else { Mark::Ok };
        add(title, stretch, kind, mark);
    }
    spans
}

/// What the line at the end of a stretch says of it.
const fn grave(line: &Logged) -> Mark {
    match line.level {
        Some(Level::Error | Level::Fatal) => Mark::Error,
        _ => Mark::Ok,
    }
}

/// A line in two words.
fn name(line: &Logged) -> String {
    match line.kind {
        LineKind::Start => return "START".to_owned(),
        LineKind::RuntimeDone => return "the answer".to_owned(),
        LineKind::Report => return "REPORT".to_owned(),
        _ => {}
    }
    words(&line.text).take(WORDS).collect::<Vec<_>>().join(" ")
}

/// The words of a line's first line, without what ends a clause.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let line = text.lines().next().unwrap_or_default();
    line.split_whitespace().map(|word| {
        let word = word.trim_end_matches([',', ':', ';', '.']);
        &word[..word.floor_char_boundary(LONGEST_WORD)]
    })
}

/// The stretch between two lines: by both their names, or where they say the same of another thing, by what differs.
fn between(from: &Logged, to: &Logged) -> String {
    let (one, two): (Vec<&str>, Vec<&str>) = (words(&from.text).collect(), words(&to.text).collect());
    let same = one.iter().zip(&two).take_while(|(one, two)| one == two).count();
    if same >= WORDS
        && let (Some(first), Some(second)) = (one.get(same), two.get(same))
    {
        return format!("{} {first} to {second}", one[same - 1]);
    }
    format!("{} \u{2192} {}", name(from), name(to))
}
