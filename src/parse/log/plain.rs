//! Whatever else a program prints: Go, .NET, Ruby, Rust, PHP, shell. All of it is the message.

use std::borrow::Cow;

use memchr::memchr;

use super::levels::{leading_level, small_level};
use super::node::thrown;
use super::times::is_month;
use super::words::{is_request, keyed, skip_space, token, trim_end};
use super::xray::header;
use super::{own, uncaught};
use crate::model::{Body, Level, LineKind, Reading};

/// Takes the line as it is; a level at its start is one (`ERROR: no route`). `text` is `message` from its first word on.
pub(super) fn read<'a>(message: &'a str, text: &'a str, into: &mut Reading<'a>) {
    into.name = "app_text";
    let message = trim_end(message);
    into.body = if message.is_empty() { Body::None } else { Body::Text(message) };
    let line = trim_end(text);
    if let Some(end) = memchr(b'\n', line.as_bytes()) {
        uncaught::trace(line, end, into);
    }
    if line.starts_with("LAMBDA_WARNING: ") {
        warned(line, into);
        return;
    }
    // The first two letters say how a level can stand there.
    let given = match line.as_bytes() {
        [b'A'..=b'Z', b'A'..=b'Z', ..] => leading_level(line),
        [b'a'..=b'z', b'a'..=b'z', ..] => small_level(line),
        [b'A'..=b'Z', b'0'..=b'9', ..] => klog(line),
        [b'A'..=b'Z', b'a'..=b'z', ..] => java(line),
        _ => None,
    };
    if let Some((level, word, rest)) = given {
        into.level = Some(level);
        into.level_word = Some(Cow::Borrowed(word));
        let names = keyed(rest);
        into.request = names.request.map(Cow::Borrowed);
        if let Some(trace) = names.trace.filter(|_| names.request.is_some()) {
            header(trace, into);
        }
        if level >= Level::Error {
            thrown(rest, into);
        }
    } else {
        identified(line, into);
    }
}

/// Python's runtime warns of what nobody caught, and where it cannot frame an event the error follows in the same one,
/// behind a `\r`: `[ERROR] ValueError: why`, or in JSON.
fn warned<'a>(line: &'a str, into: &mut Reading<'a>) {
    let Some((_, error)) = line.split_once('\r') else { return };
    let mut told = Reading::default();
    if own(skip_space(error), &mut told) && told.kind == LineKind::Application {
        (into.level, into.level_word, into.request) = (told.level, told.level_word, told.request);
        (into.error_type, into.error_message) = (told.error_type, told.error_message);
    }
}

/// `<request id>\tWARNING\tmessage`, as PHP's Bref begins a line; what was not caught it writes as Node's runtime does,
/// without a level.
fn identified<'a>(line: &'a str, into: &mut Reading<'a>) {
    if line.as_bytes().get(8) != Some(&b'-') {
        return;
    }
    let (id, rest) = token(line);
    let rest = skip_space(rest);
    if rest.starts_with("Invoke Error") && is_request(id) {
        into.request = Some(Cow::Borrowed(id));
        into.body = super::body(rest);
        thrown(rest, into);
    } else if let Some((level, word, message)) = leading_level(rest).filter(|_| is_request(id)) {
        into.request = Some(Cow::Borrowed(id));
        into.level = Some(level);
        into.level_word = Some(Cow::Borrowed(word));
        into.body = super::body(message);
    }
}

/// `W0301 12:00:00.123456       9 shop.go:12] slow`: `glog` and `klog` write the level as one letter.
fn klog(line: &str) -> Option<(Level, &str, &str)> {
    let level = match line.as_bytes().first()? {
        b'I' => Level::Info,
        b'W' => Level::Warn,
        b'E' => Level::Error,
        b'F' => Level::Fatal,
        _ => return None,
    };
    let day = line.as_bytes().get(1..6)?;
    let (clock, rest) = token(line.get(5..)?);
    let shaped =
        day[..4].iter().all(u8::is_ascii_digit) && day[4] == b' ' && clock.as_bytes().get(2) == Some(&b':');
    shaped.then_some((level, &line[..1], rest))
}

/// Java's own logger writes two lines, the level on the second: `Mar 01, 2026 12:00:00 PM shop.Handler handle\nWARNING: slow`.
fn java(line: &str) -> Option<(Level, &str, &str)> {
    let (head, below) = line.get(..3).filter(|start| is_month(start)).and_then(|_| line.split_once('\n'))?;
    leading_level(below).filter(|(_, _, rest)| rest.starts_with(':') && head.contains(':'))
}
