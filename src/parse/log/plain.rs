//! Whatever else a program prints: Go, .NET, Ruby, Rust, PHP, shell. All of it is the message.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::words::{is_error_type, leading_level, skip_space};
use crate::model::{Body, Reading};

/// Takes the line as it is; a level in capitals at its start is one (`ERROR: no route`).
pub(super) fn read<'a>(message: &'a str, into: &mut Reading<'a>) {
    into.name = "app_text";
    let text = message.trim_end_matches([' ', '\t', '\n', '\r']);
    into.body = if text.is_empty() { Body::None } else { Body::Text(text) };
    if memchr(b'\n', text.as_bytes()).is_some() {
        uncaught(text, into);
    }
    if let Some((level, word, _)) = leading_level(skip_space(message)) {
        into.level = Some(level);
        into.level_word = Some(Cow::Borrowed(word));
    }
}

/// The Java runtime prints what was not caught as the trace alone: `java.lang.IllegalStateException: why\n\tat ...`.
fn uncaught<'a>(text: &'a str, into: &mut Reading<'a>) {
    let Some(head) = memmem::find(text.as_bytes(), b"\n\tat ").map(|end| &text[..end]) else {
        return;
    };
    let line = head.lines().next_back().unwrap_or_default();
    let (kind, why) = line.split_once(": ").map_or((line, None), |(kind, why)| (kind, Some(why)));
    if kind.contains('.') && is_error_type(kind) {
        into.error_type = Some(Cow::Borrowed(kind));
        into.error_message = why.map(Cow::Borrowed);
    }
}
