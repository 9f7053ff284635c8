//! The words that lines are made of: tokens, request ids, types of errors, numbers.

use memchr::memchr_iter;

/// What a colour begins with.
const ESCAPE: u8 = 0x1b;

/// Where a token ends: white space, also the no-break space with which Python's runtime indents.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// `text` without the white space before it, and without the colours that a logger for terminals puts there.
pub(super) fn skip_space(text: &str) -> &str {
    match text.as_bytes() {
        [b' ' | b'\t' | b'\n' | b'\r' | ESCAPE, ..] => skip_colours(text),
        _ => text,
    }
}

fn skip_colours(text: &str) -> &str {
    let mut text = trim_start(text);
    while let Some(rest) = after_colour(text) {
        text = trim_start(rest);
    }
    text
}

/// `text` without the white space before it.
fn trim_start(text: &str) -> &str {
    text.bytes().position(|byte| !is_space(byte)).map_or("", |start| &text[start..])
}

/// `text` without the white space behind it.
pub(super) fn trim_end(text: &str) -> &str {
    text.bytes().rposition(|byte| !is_space(byte)).map_or("", |last| &text[..=last])
}

/// `text` without the white space around it.
pub(super) fn trim(text: &str) -> &str {
    trim_start(trim_end(text))
}

/// What follows the colour (`ESC [ ... m`) that `text` begins with.
fn after_colour(text: &str) -> Option<&str> {
    let code = text.strip_prefix('\u{1b}')?.strip_prefix('[')?;
    let end = code.bytes().take(24).position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
    code[end..].strip_prefix('m')
}

/// A word without the white space and the colours around it.
pub(super) fn bare(word: &str) -> &str {
    let word = skip_space(word);
    word.bytes().position(|byte| byte == ESCAPE || is_space(byte)).map_or(word, |end| &word[..end])
}

/// The text up to the next white space, and what follows it; white space before it is skipped.
pub(super) fn token(text: &str) -> (&str, &str) {
    let text = skip_space(text);
    text.split_at(word_end(text.as_bytes()))
}

/// Where the word ends that `bytes` begin with.
fn word_end(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at = next_control(bytes, at);
        match bytes.get(at) {
            // A colour ends a word; what only begins like one is part of it.
            Some(&ESCAPE) if at > 0 => return at,
            Some(b' ' | b'\t' | b'\n') | None => return at - usize::from(bytes[..at].ends_with(b"\r")),
            Some(_) => at += 1,
        }
    }
}

/// Where the next space or control character stands, from `at` on: eight bytes are looked at in one step, since most
/// words are too short for a search to pay off.
fn next_control(bytes: &[u8], mut at: usize) -> usize {
    const EACH: u64 = u64::MAX / 255;
    while let Some(eight) = bytes[at..].first_chunk::<8>() {
        let eight = u64::from_le_bytes(*eight);
        // The highest bit of each byte below `!`; of those above the first one the borrow may lie.
        let below = eight.wrapping_sub(EACH * u64::from(b'!')) & !eight & (EACH * 0x80);
        if below != 0 {
            return at + below.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    bytes[at..].iter().position(|byte| *byte <= b' ').map_or(bytes.len(), |found| at + found)
}

/// What follows `word` and white space, if `text` begins with both.
pub(super) fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    rest.bytes().next().is_none_or(is_space).then(|| skip_space(rest))
}

/// Whether it can only be a request id: the shape of a UUID, also with letters that are no digits, as documents
/// write them (`c793869b-ee49-xmpl-a5b6-4fd21e8dedac`).
pub(super) fn is_request(word: &str) -> bool {
    let Ok(bytes) = <&[u8; 36]>::try_from(word.as_bytes()) else { return false };
    [8, 13, 18, 23].iter().all(|at| bytes[*at] == b'-')
        && bytes.iter().map(|byte| u8::from(byte.is_ascii_alphanumeric())).sum::<u8>() == 32
}

/// What a line names by keys, as Rust's `tracing` writes its spans and `swift-log` its metadata.
#[derive(Default)]
pub(super) struct Keyed<'a> {
    /// The request: `requestId="<id>"`, `aws-request-id=<id>`, `RequestId: <id>` at the beginning.
    pub(super) request: Option<&'a str>,
    /// The header of its trace, in the span that Rust's runtime opens around a request: `xrayTraceId="Root=..."`.
    pub(super) trace: Option<&'a str>,
}

/// What `text` names by keys, each by the first that names it. `RequestId: <id>` is a column that begins it.
pub(super) fn keyed(text: &str) -> Keyed<'_> {
    let column = skip_space(text).strip_prefix("RequestId: ").map(|rest| token(rest).0);
    let mut found = Keyed { request: column.filter(|id| is_request(id)), trace: None };
    for at in memchr_iter(b'=', text.as_bytes()) {
        let key = &text.as_bytes()[..at];
        if !matches!(key, [.., b'd' | b'D']) {
            continue;
        }
        if key.ends_with(b"xrayTraceId") {
            found.trace = found.trace.or_else(|| {
                let value = text[at + 1..].trim_start_matches('"');
                Some(
                    value
                        .bytes()
                        .position(|byte| matches!(byte, b'"' | b' ' | b'}'))
                        .map_or(value, |end| &value[..end]),
                )
            });
        } else if found.request.is_none()
            && [&b"equestId"[..], b"equest_id", b"equest-id", b"equestID"]
                .iter()
                .any(|name| key.ends_with(name))
        {
            let value = text[at + 1..].trim_start_matches('"');
            found.request = value.get(..36).filter(|id| is_request(id));
        }
    }
    found
}

/// Whether it can be the type of an error: `KeyError`, `Runtime.ExitError`, `java.lang.IllegalStateException`, `*errors.errorString`.
pub(super) fn is_error_type(word: &str) -> bool {
    let name = word.trim_start_matches('*');
    name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'))
}

/// The number that `text` begins with, if it is finite, and what follows it.
pub(super) fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.bytes().position(|byte| !matches!(byte, b'0'..=b'9' | b'.' | b'-')).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((decimal(digits)?, rest))
}

/// A decimal number such as `123.45`, quickly where it has so few digits that nothing is lost.
fn decimal(digits: &str) -> Option<f64> {
    const TENS: [f64; 7] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
    let bytes = digits.as_bytes();
    let slow = || digits.parse().ok().filter(|value: &f64| value.is_finite());
    if bytes.len() > 15 {
        return slow();
    }
    let point = bytes.iter().position(|byte| *byte == b'.');
    let decimals = point.map_or(0, |point| bytes.len() - point - 1);
    let value =
        bytes.iter().enumerate().filter(|(at, _)| Some(*at) != point).try_fold(0_u64, |sum, (_, byte)| {
            byte.is_ascii_digit().then(|| sum * 10 + u64::from(byte - b'0'))
        });
    match value {
        // Both are exact, so their quotient is the nearest number there is.
        Some(value) if bytes.len() > usize::from(point.is_some()) => {
            TENS.get(decimals).map(|ten| value as f64 / ten).or_else(slow)
        }
        _ => slow(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_end_words_and_are_skipped_like_white_space() {
        assert_eq!(token(" \u{1b}[33m WARN\u{1b}[0m slow"), ("WARN", "\u{1b}[0m slow"));
        assert_eq!(skip_space("\u{1b}[1;31m\n\u{1b}[0mx"), "x");
        assert_eq!(bare("\u{1b}[32minfo\u{1b}[39m"), "info");
        for text in ["\u{1b}", "\u{1b}[", "\u{1b}[31", "\u{1b}]0;x", "\u{1b}[2J"] {
            assert_eq!((skip_space(text), token(text).0), (text, text), "{text:?}");
        }
    }

    #[test]
    fn words_of_any_length_end_where_white_space_begins() {
        for length in 1..40 {
            for word in ["x", "é", "\u{1}", "\u{7f}", "~", "!"].map(|letter| letter.repeat(length)) {
                for end in ["", " y", "\ty", "\ny", "\r\ny", "\r", "\u{1b}[0m y"] {
                    assert_eq!(token(&format!("{word}{end}")), (&*word, end), "{word:?} {end:?}");
                }
            }
        }
    }

    #[test]
    fn a_request_is_found_behind_its_key() {
        let id = "3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4";
        for text in [
            format!("invoke{{requestId=\"{id}\" a=1}}: x"),
            format!("a request_id=7 aws-request-id={id} x"),
            format!("request_id={id}"),
        ] {
            assert_eq!(keyed(&text).request, Some(id), "{text}");
        }
        for text in [
            "",
            "request",
            "requestId=",
            "requestId=é3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4",
            "requests of 3f1c",
        ] {
            assert_eq!(keyed(text).request, None, "{text}");
        }
    }

    #[test]
    fn numbers_are_the_nearest_there_are() {
        for text in [
            "12.34",
            "3",
            "0.06",
            "10007.33",
            "123456789012345678.5",
            "0.1234567",
            "1e5",
            "5.",
            "18446744073709551616184467440737095516161844674407370955161.5",
        ] {
            let expected = text.split('e').next().and_then(|text| text.parse::<f64>().ok());
            assert_eq!(number(text).map(|(value, _)| value), expected, "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "NaN", "<duration>", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
