//! Lines that begin with a time and go on with spaces: Java's log4j, Rust's `tracing`, Swift's `swift-log`, Go's `log`,
//! Python's formats, and copies of Node's lines in which the tabs have become spaces.
//!
//! `2020-03-18 08:52:43 <request id> INFO  Handler - message`: the request id and the level are taken where they stand.

use std::borrow::Cow;

use memchr::memchr;

use super::levels::{leading_level, level, small_level};
use super::node::{self, thrown};
use super::times::after_zone;
use super::words::{is_request, keyed, skip_space, token};
use super::xray::header;
use crate::model::{Level, Reading};

/// What follows the bars and dashes that part columns.
fn skip_bars(text: &str) -> &str {
    let start = text.bytes().position(|byte| !matches!(byte, b'-' | b'|' | b' '));
    start.map_or("", |start| &text[start..])
}

/// Reads a line that begins with a time, whatever follows it.
pub(super) fn read<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) {
    let behind = after_zone(rest);
    // A console wrote the zone; behind it stands the line of a runtime.
    if behind.len() < rest.len() && node::read(at, behind, into) {
        return;
    }
    let line = Line::of(behind);
    line.fill(at, into);
    if into.level.is_none() && line.message.starts_with('{') {
        // Go's runtime tells of a panic in JSON.
        thrown(line.message, into);
    }
}

/// Reads a line that begins with what may be a time, or a number of the program: a level tells.
pub(super) fn levelled<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) -> bool {
    let line = Line::of(after_zone(rest));
    if line.level.is_some() {
        line.fill(at, into);
    }
    line.level.is_some()
}

/// What stands behind the time.
struct Line<'a> {
    /// The id that comes first.
    request: Option<&'a str>,
    /// What follows it, without the bars of columns.
    text: &'a str,
    level: Option<(Level, &'a str)>,
    message: &'a str,
}

impl<'a> Line<'a> {
    fn of(rest: &'a str) -> Self {
        let rest = skip_space(rest);
        let (id, after_id) = token(rest);
        // Logback's layouts like to put it between angles.
        let id = id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id);
        let named = is_request(id);
        let rest = if named || matches!(id, "undefined" | "") { skip_space(after_id) } else { rest };
        let text = skip_space(skip_bars(rest));
        let given = given(text, rest.starts_with('|')).or_else(|| if named { column(text) } else { None });
        let message = given.map_or(rest, |(_, _, message)| message.trim_start_matches([':', ']']));
        Self {
            request: named.then_some(id),
            text,
            level: given.map(|(level, word, _)| (level, word)),
            message,
        }
    }

    fn fill(&self, at: &'a str, into: &mut Reading<'a>) {
        let names = keyed(self.message);
        let request = self.request.or_else(|| request_beside(self.text, self.message)).or(names.request);
        into.name = "app_text";
        into.timestamp = Some(Cow::Borrowed(at));
        into.request = request.map(Cow::Borrowed);
        into.level = self.level.map(|(level, _)| level);
        into.level_word = self.level.map(|(_, word)| Cow::Borrowed(word));
        into.body = super::body(self.message);
        if let Some(trace) = names.trace.filter(|_| request.is_some()) {
            header(trace, into);
        }
        if into.level >= Some(Level::Error) {
            thrown(self.message, into);
        }
    }
}

/// The level that stands behind the time: what `text` begins with says how one can. `bars` are around the columns.
fn given(text: &str, bars: bool) -> Option<(Level, &str, &str)> {
    match text.as_bytes().first()? {
        b'[' => leading_level(text).or_else(|| threaded(text)),
        b'A'..=b'Z' | b'a'..=b'z' => leading_level(text)
            .or_else(|| if bars { barred(text) } else { None })
            .or_else(|| small_level(text))
            .or_else(|| swift(text))
            .or_else(|| behind_name(text)),
        b'0'..=b'9' | b'.' | b'_' | b':' => behind_name(text),
        _ => None,
    }
}

/// `swift-log`: `<time> info <label> : message`.
fn swift(text: &str) -> Option<(Level, &str, &str)> {
    let (word, after) = token(text);
    level(word).filter(|_| after.contains(" : ")).map(|level| (level, word, after))
}

/// .NET's levels are small letters, in a column of their own whose tab a copy has turned into spaces.
fn column(text: &str) -> Option<(Level, &str, &str)> {
    let (word, after) = token(text);
    let ends = after.starts_with("  ") || after.starts_with('\t');
    level(word).filter(|_| ends).map(|level| (level, word, after))
}

/// loguru's columns stand between bars, so that each of its words is a level there.
fn barred(text: &str) -> Option<(Level, &str, &str)> {
    let (word, after) = token(text);
    level(word).map(|level| (level, word, after))
}

/// A thread, a process or a label in brackets before the level: `[main] INFO  shop.Handler - x`, `[9] [main] [WARN] x`.
pub(super) fn threaded(text: &str) -> Option<(Level, &str, &str)> {
    let mut rest = text;
    for _ in 0..3 {
        rest = after_brackets(rest)?.1;
        if let Some(given) = leading_level(rest).or_else(|| small_level(rest)) {
            return Some(given);
        }
    }
    None
}

/// What the brackets hold that `text` begins with, and what follows them.
pub(super) fn after_brackets(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let end = memchr(b']', &inner.as_bytes()[..inner.len().min(96)])?;
    Some((&inner[..end], skip_space(&inner[end + 1..])))
}

/// The request that stands in brackets beside the level: `[<request id>] WARN x`, `WARN [<request id>] x`.
pub(super) fn request_beside<'a>(before: &'a str, behind: &'a str) -> Option<&'a str> {
    [before, skip_space(behind)]
        .into_iter()
        .find_map(|text| after_brackets(text).map(|(inner, _)| inner).filter(|id| is_request(id)))
}

/// Python's usual formats name the logger first: `shop - ERROR - x`, `shop WARNING x`. The name stays in the message.
fn behind_name(text: &str) -> Option<(Level, &str, &str)> {
    let (name, rest) = token(text);
    let (level, word, _) = leading_level(skip_bars(rest))?;
    let named =
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b':'));
    (named && !name.is_empty()).then_some((level, word, text))
}
