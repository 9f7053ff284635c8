//! A value beside a name that says it is secret.

use std::ops::Range;

use super::{behind_marks, run};

/// How names of secrets end, in lower case and without `_` and `-`.
const NAMES: [&str; 14] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "authorization",
    "xamzsignature",
    "xamzcredential",
    "xamzsecuritytoken",
];
/// Longest of them with its separators.
const LONGEST: usize = 24;
/// What stands before the secret itself in a header.
const SCHEMES: [&str; 6] = ["bearer", "basic", "digest", "token", "apikey", "negotiate"];
/// Values that are none.
const NOTHING: [&str; 6] = ["null", "true", "false", "none", "nil", "undefined"];
/// Words before a name that make of it a complaint about a secret.
const COMPLAINTS: [&str; 8] =
    ["invalid", "expired", "missing", "unexpected", "unrecognized", "incorrect", "unknown", "wrong"];

/// The secret value behind the separator at byte `at` (`:`, `=` or the `>` of an XML tag), if it has a secret's name.
pub(super) fn value(text: &str, at: usize) -> Option<Range<usize>> {
    let separator = text.as_bytes()[at];
    let key = key_end(text, at, separator)?;
    if !is_secret_name(&text[..key]) {
        return None;
    }
    if separator == b'>' {
        let start = behind_marks(text, at + 1);
        return nonempty(start..start + run(text, start, |byte| byte != b'<'));
    }
    let mut start = at + 1;
    // `==` and `=>`.
    start += usize::from(separator == b'=' && matches!(text.as_bytes().get(start), Some(b'=' | b'>')));
    let blanks = run(text, start, |byte| matches!(byte, b' ' | b'\t'));
    start += blanks;
    let slashes = run(text, start, |byte| byte == b'\\');
    if let Some(&quote @ (b'"' | b'\'' | b'`')) = text.as_bytes().get(start + slashes) {
        let start = behind_marks(text, start + slashes + 1);
        return nonempty(start..quoted_end(text, start, quote, slashes));
    }
    let start = behind_marks(text, start);
    if separator == b':' && matches!(text.as_bytes().get(start), Some(b'{' | b'[')) {
        return None;
    }
    let end = value_end(text, start);
    let bare = &text[start..end];
    let complaint = separator == b':' && blanks > 0 && is_prose(text, end, bare) && complains(&text[..key]);
    if complaint
        || NOTHING.iter().any(|nothing| bare.trim_end_matches(['}', ']', ')']).eq_ignore_ascii_case(nothing))
    {
        return None;
    }
    if SCHEMES.iter().any(|scheme| bare.eq_ignore_ascii_case(scheme)) {
        let start = behind_marks(text, end + run(text, end, |byte| byte == b' '));
        return nonempty(start..value_end(text, start));
    }
    if bare.eq_ignore_ascii_case("aws4-hmac-sha256") {
        let start = behind_marks(text, end + run(text, end, |byte| byte == b' '));
        return nonempty(
            start..start + run(text, start, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\'')),
        );
    }
    nonempty(start..end)
}

fn nonempty(range: Range<usize>) -> Option<Range<usize>> {
    (!range.is_empty()).then_some(range)
}

/// Where the name ends that stands before the separator.
fn key_end(text: &str, at: usize, separator: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut end = at;
    let back = |end: &mut usize, most: usize, like: &dyn Fn(u8) -> bool| {
        for _ in 0..most {
            if *end == 0 || !like(bytes[*end - 1]) {
                break;
            }
            *end -= 1;
        }
    };
    if separator != b'>' {
        if separator == b':' && bytes.get(at + 1) == Some(&b':') {
            return None;
        }
        back(&mut end, 4, &|byte| byte == b' ');
        back(&mut end, 1, &|byte| matches!(byte, b'"' | b'\'' | b'`' | b']'));
        back(&mut end, 7, &|byte| byte == b'\\');
        back(&mut end, 1, &|byte| matches!(byte, b'"' | b'\''));
    }
    // The last letters of the names of secrets: most other names go no further.
    let last = end.checked_sub(1).map(|last| bytes[last].to_ascii_lowercase())?;
    matches!(last, b'd' | b'e' | b't' | b'n' | b'y' | b'l').then_some(end)
}

/// Whether `before` ends in the name of a secret.
fn is_secret_name(before: &str) -> bool {
    let ends_in = |name: &str| {
        let mut letters = before.bytes().rev().take(LONGEST).filter(|byte| !matches!(byte, b'_' | b'-'));
        name.bytes().rev().all(|wanted| letters.next().is_some_and(|byte| byte.eq_ignore_ascii_case(&wanted)))
    };
    NAMES.iter().any(|name| ends_in(name))
}

/// Whether the value is a word of a sentence: `ExpiredToken: the token has expired`.
fn is_prose(text: &str, end: usize, value: &str) -> bool {
    let word = value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_alphabetic());
    word && matches!(text.as_bytes().get(end..end + 2), Some([b' ', b'a'..=b'z']))
}

fn complains(before: &str) -> bool {
    let near = before.get(before.floor_char_boundary(before.len().saturating_sub(40))..).unwrap_or_default();
    let near = near.to_ascii_lowercase();
    COMPLAINTS.iter().any(|word| near.contains(word))
}

/// Where a value in quotes ends: at the quote with as many backslashes as the first one, or with the text.
fn quoted_end(text: &str, start: usize, quote: u8, slashes: usize) -> usize {
    let bytes = text.as_bytes();
    let mut before = 0;
    for (at, &byte) in bytes.iter().enumerate().skip(start) {
        let closes = if slashes == 0 { before % 2 == 0 } else { before <= slashes };
        if byte == quote && closes {
            return at - if slashes == 0 { 0 } else { before };
        }
        before = if byte == b'\\' { before + 1 } else { 0 };
    }
    text.len()
}

/// Where a value without quotes ends: at a blank or a quote, and at `&`, `,` and `;` where another pair may follow.
fn value_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        let ends = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | b'"' | b'\'' | b'`' => true,
            b'\\' => matches!(bytes.get(at + 1), Some(b'"' | b'\'' | b'n' | b'r' | b't')),
            b'&' | b',' | b';' => starts_pair(text, at + 1),
            0xe2 => is_line_end_shown(bytes, at),
            _ => false,
        };
        if ends {
            return at;
        }
    }
    text.len()
}

/// Whether the picture of a line end (or of a tab that is one) stands at a byte.
fn is_line_end_shown(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([0xe2, 0x90, 0x8a..=0x8d]))
}

/// Whether what follows is the end, a blank, or another name with its separator.
fn starts_pair(text: &str, at: usize) -> bool {
    let quotes = run(text, at, |byte| matches!(byte, b'"' | b'\'')).min(1);
    let name = text.as_bytes().get(at + quotes..).unwrap_or_default().iter().take(64);
    let name = name
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'%'))
        .count();
    match text.as_bytes().get(at + quotes + name) {
        Some(0xe2) => name == 0 && is_line_end_shown(text.as_bytes(), at + quotes),
        Some(b'=' | b':' | b'"' | b'\'') => name > 0,
        None | Some(b' ' | b'\n' | b'\r' | b'\t') => name == 0,
        _ => false,
    }
}
