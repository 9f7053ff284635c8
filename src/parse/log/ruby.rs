//! Ruby's logger: `I, [2019-10-26T10:04:01.689856 #8]  INFO 6573a3a0-2fb1-4e78-a582-2c769282e0bd -- : message`.

use std::borrow::Cow;

use super::levels::level;
use super::words::{is_request, token};
use crate::model::Reading;

/// Reads a line of Ruby's logger.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    fill(text, into).is_some()
}

fn fill<'a>(text: &'a str, into: &mut Reading<'a>) -> Option<()> {
    let rest = text.get(1..)?.strip_prefix(", [")?;
    let (head, rest) = rest.split_once(']')?;
    let (at, process) = head.split_once(" #")?;
    process.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    let (word, rest) = token(rest);
    let known = if word == "ANY" { None } else { Some(level(word)?) };
    let (before, message) = rest.split_once(": ").or_else(|| rest.split_once(':'))?;
    let id = token(before).0;
    into.name = "app_text";
    into.level = known;
    into.level_word = known.map(|_| Cow::Borrowed(word));
    into.timestamp = Some(Cow::Borrowed(at));
    into.request = is_request(id).then_some(Cow::Borrowed(id));
    into.body = super::body(message);
    Some(())
}
