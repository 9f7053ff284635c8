//! logfmt, as Go's `slog`, `logrus` and `log15` write it: `time=2026-03-01T12:00:00.000Z level=INFO msg="charged" requestId=...`.

use std::borrow::Cow;

use super::json::unescaped;
use super::levels::level;
use crate::model::{Body, Reading};

/// What a line of logfmt begins with.
const STARTS: [&str; 8] = ["time=", "level=", "ts=", "t=", "lvl=", "timestamp=", "severity=", "msg="];

/// Reads a line of logfmt: it begins with its time, its level or its message.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    if !STARTS.iter().any(|start| text.starts_with(start)) {
        return false;
    }
    into.name = "app_text";
    let mut rest = text.trim_ascii_end();
    into.body = super::body(rest);
    while let Some((key, value, after)) = pair(rest) {
        rest = after;
        match key {
            "time" | "ts" | "t" | "timestamp" => into.timestamp = Some(value),
            "level" | "lvl" | "severity" => {
                into.level = level(&value);
                into.level_word = into.level.is_some().then_some(value);
            }
            "msg" | "message" => {
                into.body = match value {
                    Cow::Borrowed(text) => super::body(text),
                    Cow::Owned(text) => Body::Decoded(text),
                }
            }
            "requestId" | "request_id" | "awsRequestId" | "aws_request_id" => into.request = Some(value),
            _ => {}
        }
    }
    true
}

/// The first `key=value` or `key="value"`, and what follows it.
fn pair(text: &str) -> Option<(&str, Cow<'_, str>, &str)> {
    let (key, rest) = text.trim_ascii_start().split_once('=')?;
    if let Some(quoted) = rest.strip_prefix('"') {
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        return Some((key, unescaped(&quoted[..end]), &quoted[end + 1..]));
    }
    let end = rest.bytes().position(|byte| byte.is_ascii_whitespace()).unwrap_or(rest.len());
    Some((key, Cow::Borrowed(&rest[..end]), &rest[end..]))
}
