//! Labelled fields, as the platform's text lines write them: `Duration: 3.10 ms\tBilled Duration: 4 ms\tStatus: error`.
//!
//! A label is known by the words before its colon, so that it does not matter what separates the fields: tabs, spaces
//! that a copy has made of them, a line end before `XRAY TraceId`, or nothing at all (`38.38 msBilled Duration`).

use std::borrow::Cow;

use memchr::memchr;

use super::words::{number, skip_space, token};
use crate::model::Reading;

/// What a plain `Duration` is the duration of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    Request,
    Init,
    Restore,
}

/// Reads every field of `text` into `into`. Labels that are not known are skipped.
pub(super) fn read<'a>(text: &'a str, plain: Plain, into: &mut Reading<'a>) {
    let mut rest = text;
    while let Some(colon) = memchr(b':', rest.as_bytes()) {
        let label = &rest[..colon];
        let value = skip_space(&rest[colon + 1..]);
        rest = field(label.as_bytes(), value, plain, into);
    }
}

/// One field; gives what follows its value.
fn field<'a>(label: &[u8], value: &'a str, plain: Plain, into: &mut Reading<'a>) -> &'a str {
    let figures = &mut into.figures;
    let slot = if let Some(before) = label.strip_suffix(b"Duration") {
        let before = before.trim_ascii_end();
        if before.ends_with(b"Billed Restore") {
            &mut into.billed_restore_ms
        } else if before.ends_with(b"Restore") {
            &mut figures.restore_ms
        } else if before.ends_with(b"Billed") {
            &mut figures.billed_ms
        } else if before.ends_with(b"Init") {
            &mut figures.init_ms
        } else if before.ends_with(b"Runtime") {
            return value;
        } else {
            match plain {
                Plain::Request => &mut figures.duration_ms,
                Plain::Init => &mut figures.init_ms,
                Plain::Restore => &mut figures.restore_ms,
            }
        }
    } else if label.ends_with(b"Memory Size") {
        &mut figures.memory_mb
    } else if label.ends_with(b"Max Memory Used") {
        &mut figures.max_memory_mb
    } else {
        return word(label, value, into);
    };
    let Some((given, rest)) = number(value) else {
        return value;
    };
    *slot = Some(given);
    rest
}

/// One field whose value is a word.
///
/// The word is cut only where its label is known: a line of colons alone would else be searched from each of them on.
fn word<'a>(label: &[u8], value: &'a str, into: &mut Reading<'a>) -> &'a str {
    if label.ends_with(b"Sampled") {
        let (given, rest) = token(value);
        into.sampled = match given {
            _ if given.eq_ignore_ascii_case("true") => Some(true),
            _ if given.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        };
        return rest;
    }
    let slot = if label.ends_with(b"Status") || label.ends_with(b"State") {
        &mut into.status
    } else if label.ends_with(b"Error Type") || label.ends_with(b"ErrorType") {
        &mut into.error_type
    } else if label.ends_with(b"TraceId") {
        &mut into.trace
    } else if label.ends_with(b"SegmentId") {
        &mut into.segment
    } else if label.ends_with(b"Phase") {
        &mut into.phase
    } else if label.ends_with(b"Initialization Type") || label.ends_with(b"Init Type") {
        &mut into.init_type
    } else {
        return value;
    };
    let (given, rest) = token(value);
    *slot = (!given.is_empty()).then_some(Cow::Borrowed(given));
    rest
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use crate::parse::log::read;

    #[test]
    fn a_line_of_nothing_but_marks_is_read_at_once() {
        for front in [
            "REPORT RequestId: x ",
            "INIT_REPORT ",
            "EXTENSION Name: x ",
            "[",
            "2026-03-01 12:00:00 ",
            "ERROR ",
            "{",
        ] {
            for mark in [":", "a:", "[", "{", "=", " ", "\"", "\u{1b}[31m", "requestId=\"", "\n\tat x: "] {
                let line = front.to_owned() + &mark.repeat(400_000 / mark.len());
                let begin = Instant::now();
                let _ = read(&line);
                let took = begin.elapsed();
                assert!(took < Duration::from_secs(2), "{front:?} {mark:?}: {took:?}");
            }
        }
    }
}
