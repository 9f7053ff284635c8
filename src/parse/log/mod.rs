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
//!   of a level. [`said`] takes what ended a request for an error all the same.
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
use words::skip_space;

/// What one log event says.
#[must_use]
pub fn read(message: &str) -> Reading<'_> {
    let mut reading = Reading::default();
    // A byte order mark is one of a file, not of an event.
    let text = skip_space(message.trim_start_matches('\u{feff}'));
    if !own(text, &mut reading) && !prefix::read(text, &mut reading) {
        other(message, &mut reading);
    }
    reading
}

/// A line as it was written, with nothing in front: the first byte says which formats it can be.
fn own<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    match text.as_bytes().first() {
        Some(b'{') => platform::read(text, into),
        Some(b'S') => request::read(text, into),
        Some(b'E') => {
            request::read(text, into)
                || extension::read(text, into)
                || ruby::read(text, into)
                || uncaught::read(text, into)
        }
        Some(b'R') => report::read(text, into) || exit::read(text, into) || environment::read(text, into),
        Some(b'I') => {
            environment::read(text, into)
                || extension::read(text, into)
                || ruby::read(text, into)
                || uncaught::read(text, into)
        }
        Some(b'L') => extension::read(text, into),
        Some(b'T') => extension::read(text, into) || timeout::read(None, text, into),
        // Ids begin with a digit too.
        Some(b'0'..=b'9') => match time(text) {
            Some((at, rest)) => node::read(at, rest, into) || timeout::read(Some(at), rest, into),
            None => timeout::read(None, text, into),
        },
        Some(b'X') => {
            xray::read(text, into) || time(text).is_some_and(|(at, rest)| node::read(at, rest, into))
        }
        Some(b'[') => python::read(text, into) || bracketed::read(text, into),
        Some(b'D' | b'W' | b'F' | b'A') => ruby::read(text, into),
        Some(b'l' | b't' | b's' | b'm') => logfmt::read(text, into),
        _ => false,
    }
}

/// A line that is nobody's in particular.
fn other<'a>(message: &'a str, into: &mut Reading<'a>) {
    let text = skip_space(message);
    if let Some((at, rest)) = time(text) {
        dated::read(at, rest, into);
        return;
    }
    let digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    if !digit
        || casual(text)
            .is_none_or(|(at, rest)| !(node::read(at, rest, into) || dated::levelled(at, rest, into)))
    {
        plain::read(message, into);
    }
}

/// The message proper: `text` without the white space around it, if anything is left.
fn body(text: &str) -> Body<'_> {
    match text.trim_matches([' ', '\t', '\n', '\r']) {
        "" => Body::None,
        text => Body::Text(text),
    }
}
