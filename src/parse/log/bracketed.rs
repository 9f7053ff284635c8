//! Lines that begin with a bracket that holds no level: a time (pino, bunyan, serilog, monolog, Rust's `env_logger`), or
//! a thread (Java's `slf4j-simple`).

use std::borrow::Cow;

use super::dated::{self, request_beside, threaded};
use super::levels::leading_level;
use super::times::bracketed;
use super::words::skip_space;
use crate::model::{Level, Reading};

/// Reads a line that begins with a time or a thread in brackets.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if let Some((at, rest)) = bracketed(text) {
        return monolog(at, rest, into) || dated::levelled(at, rest.trim_start_matches(':'), into);
    }
    let Some((level, word, message)) = threaded(text) else { return false };
    fill(level, word, message, into);
    into.request = request_beside(text, message).map(Cow::Borrowed);
    true
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
