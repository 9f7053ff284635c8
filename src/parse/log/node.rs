//! Node.js and .NET: `<time>\t<request id>\t<LEVEL>\t<message>`, with tabs.
//!
//! Outside of a request Node writes `undefined` for the id; before version 10 it wrote no level. What was not caught
//! ends in JSON: `ERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"...","stack":[...]}`.
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html>.

use std::borrow::Cow;

use memchr::{memchr, memmem, memrchr};

use super::json;
use super::levels::level;
use super::timeout::is_timeout;
use super::words::{is_request, is_space};
use crate::model::{Level, Reading};

/// Reads what follows the time of a line, if that are tabs.
pub(super) fn read<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) -> bool {
    fill(at, rest, into).is_some()
}

fn fill<'a>(at: &'a str, rest: &'a str, into: &mut Reading<'a>) -> Option<()> {
    let rest = rest.strip_prefix('\t')?;
    let (first, after) = rest.split_once('\t')?;
    if first.bytes().any(is_space) {
        return None;
    }
    let (id, word, message) = if level(first).is_some() {
        ("", first, after)
    } else {
        match after.split_once('\t') {
            Some((word, message)) if level(word).is_some() => (first, word, message),
            _ if is_timeout(after) => return None,
            _ if is_request(first) || first == "undefined" => (first, "", after),
            _ => return None,
        }
    };
    into.name = "app_text";
    into.timestamp = Some(Cow::Borrowed(at));
    into.request = (!matches!(id, "" | "undefined")).then_some(Cow::Borrowed(id));
    into.level = level(word);
    into.level_word = into.level.map(|_| Cow::Borrowed(word));
    into.body = super::body(message);
    // Before version 10 what was not caught was JSON alone.
    if into.level >= Some(Level::Error) || (into.level.is_none() && message.starts_with('{')) {
        thrown(message, into);
    }
    Some(())
}

/// Takes the error from the JSON at the end of a message, if there is one.
pub(super) fn thrown<'a>(message: &'a str, into: &mut Reading<'a>) {
    let bytes = message.as_bytes();
    let Some(key) = memmem::find(bytes, b"\"errorType\"") else {
        return;
    };
    // The brace next to the key opens the error, unless another object stands before it in the error. The message may
    // have braces of its own, so that the first one comes second. A line that was cut off tells at least the type.
    let mut cut = None;
    for start in [memrchr(b'{', &bytes[..key]), memchr(b'{', &bytes[..key])].into_iter().flatten() {
        let (mut kind, mut why) = (None, None);
        let whole = json::object(&message[start..], |key, value| match key {
            "errorType" => kind = json::text(value),
            "errorMessage" => why = json::text(value),
            _ => {}
        });
        if whole.is_some() && kind.is_some() {
            (into.error_type, into.error_message) = (kind, why);
            return;
        }
        if message[start + 1..key].trim_ascii().is_empty() {
            cut = cut.or(kind);
        }
    }
    if cut.is_some() {
        into.error_type = cut;
    }
}
