//! `2022-02-01T20:45:28.182Z <id> Task timed out after 10.01 seconds`: an event of its own, after the `REPORT`.

use std::borrow::Cow;

use super::words::{is_request, skip_space, token};
use crate::model::{LineKind, Reading};

/// Reads a timeout; `at` is the time that stood before, if one did.
pub(super) fn read<'a>(at: Option<&'a str>, text: &'a str, into: &mut Reading<'a>) -> bool {
    let (word, after) = token(text);
    let (id, sentence) = match word {
        "Task" => (None, skip_space(text)),
        word if is_request(word) || at.is_some() => (Some(word), skip_space(after)),
        _ => return false,
    };
    if !is_timeout(sentence) {
        return false;
    }
    into.request = id.map(Cow::Borrowed);
    into.timestamp = at.map(Cow::Borrowed);
    conclude(sentence, into);
    true
}

/// Whether this is the sentence.
pub(super) fn is_timeout(text: &str) -> bool {
    text.strip_prefix("Task timed out")
        .is_some_and(|rest| rest.trim_ascii().is_empty() || rest.starts_with(" after "))
}

/// Takes the status from what log forwarders add to an `END` or a `REPORT` that they write themselves: why it ended.
pub(super) fn noted(rest: &str, into: &mut Reading<'_>) {
    if rest.trim_ascii_start().starts_with("Task timed out") {
        into.status = Some(Cow::Borrowed("timeout"));
    }
}

/// Fills in what every timeout says.
pub(super) fn conclude<'a>(sentence: &'a str, into: &mut Reading<'a>) {
    (into.kind, into.name) = (LineKind::Timeout, "timeout");
    into.status = Some(Cow::Borrowed("timeout"));
    into.figures.timed_out = true;
    into.body = super::body(sentence);
}
