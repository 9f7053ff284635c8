//! Lines that begin with a bracket that holds no level: a time (pino, bunyan, serilog, monolog, Rust's `env_logger`), or
//! a thread (Java's `slf4j-simple`), or a name (extensions).

use std::borrow::Cow;

use super::dated::{self, after_brackets, request_beside, threaded};
use super::levels::leading_level;
use super::times::{bracketed, time};
use super::words::skip_space;
use crate::model::{Level, Reading};

/// Reads a line that begins with a time or a thread in brackets.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if let Some((at, rest)) = bracketed(text) {
        return monolog(at, rest, into) || dated::levelled(at, rest.trim_start_matches(':'), into);
    }
    let Some((level, word, message)) = threaded(text) else { return named(text, into) };
    fill(level, word, message, into);
    into.request = request_beside(text, message).map(Cow::Borrowed);
    true
}

/// An extension of Lambda's own names itself before the time: `[AWS Parameters and Secrets Lambda Extension] <time> INFO
/// message`. The name stays in the message.
fn named<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let behind = after_brackets(text).and_then(|(_, rest)| time(rest));
    let read = behind.is_some_and(|(at, rest)| dated::levelled(at, rest, into));
    if read {
        into.body = super::body(text);
    }
    read
}

/// monolog's line: `[<time>] app.WARNING: message`.
fn monolog<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) -> bool {
    let text = skip_space(rest);
    let Some(dot) = text.bytes().take(64).position(|byte| matches!(byte, b'.' | b' ')) else { return false };
    let Some((level, word, message)) =
        leading_level(&text[dot + 1..]).filter(|_| text.as_bytes()[dot] == b'.')
    else {
        return false;
    };
    fill(level, word, message.trim_start_matches(':'), into);
    into.timestamp = Some(Cow::Borrowed(at));
    true
}

fn fill<'a>(level: Level, word: &'a str, message: &'a str, into: &mut Reading<'a>) {
    into.name = "app_text";
    into.level = Some(level);
    into.level_word = Some(Cow::Borrowed(word));
    into.body = super::body(message);
}
