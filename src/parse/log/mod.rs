//! One log event into a [`Reading`]: every format that Lambda, its runtimes and the usual loggers write.
//!
//! [`read`] is the front door. Each file here recognises one format, from the first bytes on, and fills a reading or
//! leaves it as it was. All of them are total: whatever comes in, text comes out, without panics, without recursion,
//! and in time that grows with the length alone.
//!
//! # Rules that hold for all formats
//!
//! * **Levels.** A line has the level that it gives in a known word, and [`Reading::level_word`] keeps that word
//!   (`Information`, `CRITICAL`). A line that gives none has none: `print`, `REPORT` and `platform.report` say nothing
//!   of a level. [`said()`] takes what ended a request for an error all the same.
//! * **Request ids** are taken as they stand, also when they are no UUID (test events, masked documents); an empty one,
//!   and Node's `undefined` outside of a request, are none.
//! * **Errors.** A type is taken where a runtime writes one: `Error Type`, `errorType`, and the `Type: message` with
//!   which Python's runtime reports what was not caught. What a logger's own fields call an error is its message.
//! * **Envelopes** of the Telemetry API (`{"time","type":"function","record":...}`) carry a line; they have no level,
//!   request or error of their own.
//! * **White space.** Copies turn tabs into spaces and double them; consoles put times and stream names in front. Both
//!   are read like the original.
//!
//! Sources: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-logs.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>, and the pages of the
//! runtimes' loggers from there on.

mod application;
mod bracketed;
mod dated;
mod environment;
mod exit;
mod extension;
mod fault;
pub mod json;
mod labels;
mod levels;
mod logfmt;
mod members;
mod node;
mod notes;
mod plain;
mod platform;
mod prefix;
mod python;
mod report;
mod request;
mod ruby;
mod said;
mod timeout;
mod times;
mod uncaught;
mod words;
mod xray;

pub use fault::fault;
pub use notes::notes;
pub use said::{Said, said};

use crate::model::{Body, Reading};
use times::{casual, time};
use words::{skip_space, trim};

/// What one log event says.
#[must_use]
pub fn read(message: &str) -> Reading<'_> {
    let mut reading = Reading::default();
    // A byte order mark is one of a file, not of an event.
    let text = skip_space(message.trim_start_matches('\u{feff}'));
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'X' | b'/') => {
            let dated = time(text);
            if !numbered(dated, text, &mut reading) && !prefix::read(dated, text, &mut reading) {
                other(dated, message, text, &mut reading);
            }
        }
        _ if own(text, &mut reading) => {}
        _ => plain::read(message, text, &mut reading),
    }
    reading
}

/// A line of the platform, as it was written: its first two letters say which one it can be.
fn of_platform<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    match text.as_bytes() {
        [b'S', b'T', ..] | [b'E', b'N', ..] => request::read(text, into),
        [b'R', b'E', ..] => report::read(text, into) || environment::read(text, into),
        [b'R', b'e', ..] => exit::read(text, into),
        [b'I', b'N', ..] => environment::read(text, into),
        [b'I', b'M', ..] | [b'E', b'X', ..] | [b'L', b'O', ..] | [b'T', b'E', ..] => {
            extension::read(text, into)
        }
        [b'X', b'R', ..] => xray::read(text, into),
        _ => false,
    }
}

/// A line that begins with a word or a bracket, as it was written: the first bytes say which formats it can be.
fn own<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    match text.as_bytes() {
        [b'{', ..] => platform::read(text, into),
        [b'[', ..] => python::read(text, into) || bracketed::read(text, into),
        [b'D' | b'I' | b'W' | b'E' | b'F' | b'A', b',', ..] => ruby::read(text, into),
        [b'E', b'r', ..] | [b'I' | b'U', b'n', ..] => uncaught::read(text, into),
        [b'T', b'a', ..] => timeout::read(None, text, into),
        [b'l' | b't' | b's' | b'm', ..] => logfmt::read(text, into),
        _ => of_platform(text, into),
    }
}

/// A line that begins with a time or an id, as a runtime or the platform writes it. `dated` is its time, and what follows.
fn numbered<'a>(dated: Option<(&'a str, &'a str)>, text: &'a str, into: &mut Reading<'a>) -> bool {
    match dated {
        Some((at, rest)) => node::read(at, rest, into),
        None if text.starts_with('X') => xray::read(text, into),
        // Ids begin with a digit too.
        None => text.as_bytes().get(8) == Some(&b'-') && timeout::read(None, text, into),
    }
}

/// A line that begins with a time or a number and is nobody's in particular. `text` is `message` from its first word on.
fn other<'a>(dated: Option<(&'a str, &'a str)>, message: &'a str, text: &'a str, into: &mut Reading<'a>) {
    if let Some((at, rest)) = dated {
        dated::read(at, rest, into);
    } else if casual(text).is_none_or(|(at, rest)| !clocked(at, rest, into)) {
        plain::read(message, text, into);
    }
}

/// A line behind what may be a time, or a number of the program: what follows tells.
fn clocked<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) -> bool {
    let line = skip_space(rest);
    node::read(at, rest, into)
        || of_platform(line, into)
        || prefix::runtime(at, line, into)
        || dated::levelled(at, rest, into)
}

/// The message proper: `text` without the white space around it, if anything is left.
fn body(text: &str) -> Body<'_> {
    match trim(text) {
        "" => Body::None,
        text => Body::Text(text),
    }
}
