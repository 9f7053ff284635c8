//! Secrets that are known by their looks.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{behind_marks, run};

/// Shortest `Bearer` token of lower-case letters alone: a shorter one is a word.
const NO_WORD: usize = 20;
/// Shortest of any other kind.
const SHORTEST: usize = 8;
/// Characters of an access key behind its prefix, at least.
const KEY: usize = 12;

/// A search for a fixed text, and what is a secret at a place where it was found: or how far to go on.
type Recogniser = (LazyLock<Finder<'static>>, fn(&str, usize) -> Found);

/// The secret that was found, and the place before which there is no other one of its kind.
struct Found {
    secret: Option<Range<usize>>,
    next: usize,
}

static RECOGNISERS: [Recogniser; 6] = [
    (LazyLock::new(|| Finder::new("AKIA")), access_key),
    (LazyLock::new(|| Finder::new("ASIA")), access_key),
    (LazyLock::new(|| Finder::new("eyJ")), web_token),
    (LazyLock::new(|| Finder::new("earer")), bearer),
    (LazyLock::new(|| Finder::new("EARER")), bearer),
    (LazyLock::new(|| Finder::new("-----BEGIN ")), pem),
];

/// Adds what is found in `text`, in no order.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    for (finder, recognise) in &RECOGNISERS {
        let mut at = 0;
        while let Some(hit) = text.as_bytes().get(at..).and_then(|rest| finder.find(rest)) {
            let Found { secret, next } = recognise(text, at + hit);
            found.extend(secret);
            at = next;
        }
    }
}

fn access_key(text: &str, at: usize) -> Found {
    let length = run(text, at, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    Found { secret: (length >= 4 + KEY).then_some(at..at + length), next: at + length }
}

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'=')
}

/// Header, payload and signature (RFC 7519), or the five parts of an encrypted one; also if the end is missing.
fn web_token(text: &str, at: usize) -> Found {
    let mut end = at + run(text, at, is_base64url);
    let header = end - at;
    let mut parts = 1;
    while parts < 5 && text.as_bytes().get(end) == Some(&b'.') {
        let part = run(text, end + 1, is_base64url);
        if parts == 1 && part < SHORTEST {
            break;
        }
        parts += 1;
        end += 1 + part;
    }
    Found { secret: (parts > 1 && header >= SHORTEST).then_some(at..end), next: end }
}

fn bearer(text: &str, at: usize) -> Found {
    let bytes = text.as_bytes();
    let word = at.checked_sub(1).is_some_and(|first| bytes[first].eq_ignore_ascii_case(&b'b'));
    let blanks = run(text, at + 5, |byte| byte == b' ');
    let start = behind_marks(text, at + 5 + blanks);
    let is_token = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=')
    };
    // The end of the token at a place, if one stands there, and of what looks like it.
    let token = |start: usize| {
        let length = run(text, start, is_token);
        let token = text.get(start..start + length).unwrap_or_default().trim_end_matches('.');
        let no_word = token.len() >= NO_WORD || !token.bytes().all(|byte| byte.is_ascii_lowercase());
        // The line that ends a PEM block is no token.
        let is_one = token.len() >= SHORTEST && no_word && !token.starts_with('-');
        (is_one.then_some(start + token.len()), start + length)
    };
    let (end, next) = token(start);
    let Some(mut end) = end.filter(|_| word && blanks > 0) else { return Found { secret: None, next } };
    // What stands right behind a mark behind it would be the next token once this one is masked.
    while let Some(further) = Some(behind_marks(text, end)).filter(|behind| *behind > end) {
        let (Some(more), _) = token(further) else { break };
        end = more;
    }
    Found { secret: Some(start..end), next: next.max(end) }
}

/// What stands between the lines BEGIN and END; all the rest where END is missing.
fn pem(text: &str, at: usize) -> Found {
    let begin = at + "-----BEGIN ".len();
    let label = run(text, begin, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let start = begin + label + "-----".len();
    if !text.get(begin + label..).is_some_and(|rest| rest.starts_with("-----")) {
        return Found { secret: None, next: begin + label };
    }
    let end = text[start..].find("-----END ").map_or(text.len(), |end| start + end);
    let inside = text[start..end].trim_matches(|c: char| c.is_ascii_whitespace());
    let start = start + text[start..end].find(inside).unwrap_or(0);
    let end = start + inside.len();
    let start = behind_marks(text, start);
    Found { secret: (start < end).then_some(start..end), next: end }
}
