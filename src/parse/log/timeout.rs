//! `2022-02-01T20:45:28.182Z <id> Task timed out after 10.01 seconds`: an event of its own, after the `REPORT`.

use std::borrow::Cow;

use super::words::{is_request, skip_space, time, token};
use crate::model::{LineKind, Reading};

/// Reads a timeout.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    let (at, rest) = time(text).map_or((None, text), |(at, rest)| (Some(at), rest));
    let (word, after_id) = token(rest);
    let (id, rest) = match word {
        "Task" => (None, skip_space(rest)),
        word if is_request(word) || at.is_some() => (Some(word), skip_space(after_id)),
        _ => return false,
    };
    if !is_timeout(rest) {
        return false;
    }
    into.request = id.map(Cow::Borrowed);
    into.timestamp = at.map(Cow::Borrowed);
    conclude(rest, into);
    true
}

/// Whether this is the sentence.
pub(super) fn is_timeout(text: &str) -> bool {
    text.strip_prefix("Task timed out")
        .is_some_and(|rest| rest.trim_ascii().is_empty() || rest.starts_with(" after "))
}

/// Fills in what every timeout says.
pub(super) fn conclude<'a>(sentence: &'a str, into: &mut Reading<'a>) {
    (into.kind, into.name) = (LineKind::Timeout, "timeout");
    into.status = Some(Cow::Borrowed("timeout"));
    into.figures.timed_out = true;
    into.body = super::body(sentence);
}
