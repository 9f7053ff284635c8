//! What of a line stands in the column of messages: what the other columns do not say already.

use std::ops::Range;

use crate::model::{LineKind, RequestFigures, RequestId, SafeText, Showing, number};
use crate::safe;
use crate::store::lines::HeldLine;

/// Bytes of a line that can reach the screen.
const SEEN: usize = 4096;

/// A message ready to be drawn.
pub(super) struct Message {
    pub(super) text: SafeText,
    /// Where its bytes begin in the raw line: what a filter finds there is highlighted; `None` where it was put together.
    pub(super) raw: Option<Range<usize>>,
    /// Lines of it that are not shown.
    pub(super) more: usize,
}

impl Message {
    /// The message of a line.
    pub(super) fn of(line: &HeldLine, showing: Showing) -> Self {
        if line.kind == LineKind::Report
            && let Some(figures) = &line.figures
        {
            return Self { text: report(line.request, figures), raw: None, more: 0 };
        }
        let start = body(&line.message);
        let raw = &line.message[start..];
        let first = raw.lines().next().unwrap_or_default();
        let end = start + floor(first, SEEN);
        let more = memchr::memchr_iter(b'\n', raw.trim_end().as_bytes()).count();
        Self { text: SafeText::of_line(&line.message[start..end], showing), raw: Some(start..end), more }
    }
}

/// What the platform reports of a request, in one quiet line.
fn report(request: Option<RequestId>, figures: &RequestFigures) -> SafeText {
    let id = request.map_or_else(|| "?".to_owned(), |id| id.to_string()[..8].to_owned());
    let count = |value: Option<f64>| value.map(|value| number::count(value.round()));
    let mut text = format!("\u{b7} {id}");
    let mut add = |part: String| {
        text.push_str(if text.len() > id.len() + 4 { " \u{b7} " } else { " " });
        text.push_str(&part);
    };
    if figures.out_of_memory {
        add("out of memory".to_owned());
    } else if figures.timed_out {
        add("timeout".to_owned());
    }
    if let Some(duration) = count(figures.duration_ms) {
        add(format!("{duration} ms"));
    }
    if let Some(billed) = count(figures.billed_ms) {
        add(format!("billed {billed}"));
    }
    if let Some(used) = count(figures.max_memory_mb) {
        add(count(figures.memory_mb)
            .map_or_else(|| format!("{used} MB"), |size| format!("{used} of {size} MB")));
    }
    if let Some(init) = count(figures.init_ms) {
        add(format!("cold, init {init} ms"));
    } else if let Some(restore) = count(figures.restore_ms) {
        add(format!("cold, restored in {restore} ms"));
    }
    safe!("{text}")
}

/// Where the message proper begins: behind time, request id and level, which have columns of their own. In whatever
/// order a runtime writes them, parted by tabs or blanks.
fn body(line: &str) -> usize {
    let mut at = 0;
    for _ in 0..4 {
        let rest = &line[at..];
        let end = rest.find(['\t', ' ', '\n']).unwrap_or(rest.len());
        let token = rest[..end].trim_matches(['[', ']']);
        if end == rest.len()
            || rest[end..].starts_with('\n')
            || !(is_time(token) || is_id(token) || is_level(token))
        {
            // An empty field between two tabs says nothing either.
            if end == 0 && rest.starts_with('\t') && at > 0 {
                at += 1;
                continue;
            }
            break;
        }
        at += end + 1;
    }
    at + line[at..].len() - line[at..].trim_start_matches(['\t', ' ']).len()
}

/// `2026-11-22T14:30:56.244Z`, `2026-11-22`, `14:30:56,244`.
fn is_time(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    digits >= 6
        && token.bytes().all(|byte| byte.is_ascii_digit() || b"-:.,TZ+".contains(&byte))
        && token.contains(['-', ':'])
}

fn is_id(token: &str) -> bool {
    token == "undefined" || RequestId::parse(token).is_some()
}

fn is_level(token: &str) -> bool {
    matches!(token, "TRACE" | "DEBUG" | "INFO" | "WARN" | "WARNING" | "ERROR" | "FATAL" | "CRITICAL")
}

/// The longest beginning of at most `most` bytes that ends on a character's boundary.
fn floor(text: &str, most: usize) -> usize {
    (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_columns_say_is_not_said_twice() {
        for (line, message) in [
            (
                "2026-11-22T14:30:56.244Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\tERROR\tInvoke Error \t{\"a\":1}",
                "Invoke Error \t{\"a\":1}",
            ),
            ("2026-11-22T14:30:56.244Z\tundefined\tINFO\tstarting", "starting"),
            (
                "[INFO]\t2026-11-22T14:30:56.244Z\tc1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\tcard authorised",
                "card authorised",
            ),
            ("2026-11-22 14:30:56 c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35 INFO Handler - ok", "Handler - ok"),
            ("[WARNING]\t2026-11-22T14:30:56.244Z\t\tLAMBDA_WARNING: x", "LAMBDA_WARNING: x"),
            ("ERROR", "ERROR"),
            ("INFO payment 48213 captured", "payment 48213 captured"),
            ("48213 orders", "48213 orders"),
            ("", ""),
        ] {
            assert_eq!(&line[body(line)..], message, "{line}");
        }
    }
}
