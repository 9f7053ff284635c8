//! Lines that begin with a time and go on with spaces: Java's log4j, Rust's `tracing`, Swift's `swift-log`, Go's `log`, and
//! copies of Node's lines in which the tabs have become spaces.
//!
//! `2020-03-18 08:52:43 <request id> INFO  Handler - message`: the request id and the level are taken where they stand.

use std::borrow::Cow;

use super::node::thrown;
use super::words::{is_request, leading_level, level, skip_space, token};
use crate::model::{Level, Reading};

/// Reads a line that begins with a time, whatever follows it.
pub(super) fn read<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) {
    into.name = "app_text";
    into.timestamp = Some(Cow::Borrowed(at));
    let (id, after_id) = token(rest);
    let named = is_request(id);
    let rest = skip_space(if named || id == "undefined" { after_id } else { rest });
    into.request = named.then_some(Cow::Borrowed(id));
    let given = leading_level(rest.trim_start_matches(['-', '|', ' '])).or_else(|| {
        // swift-log: `<time> info <label> : message`.
        let (word, after) = token(rest);
        level(word).filter(|_| after.contains(" : ")).map(|level| (level, word, after))
    });
    let message = given.map_or(rest, |(_, _, message)| message.trim_start_matches(':'));
    into.level = given.map(|(level, _, _)| level);
    into.level_word = given.map(|(_, word, _)| Cow::Borrowed(word));
    into.body = super::body(message);
    if into.level >= Some(Level::Error) {
        thrown(message, into);
    }
}
