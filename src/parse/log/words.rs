//! The words that lines are made of: tokens, levels, request ids, times.

use memchr::memchr3;

use crate::model::Level;

/// Where a token ends: white space, also the no-break space with which Python's runtime indents.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// `text` without the white space before it.
pub(super) fn skip_space(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

/// The text up to the next white space, and what follows it; white space before it is skipped.
pub(super) fn token(text: &str) -> (&str, &str) {
    let text = skip_space(text);
    let bytes = text.as_bytes();
    let end = memchr3(b' ', b'\t', b'\n', bytes).unwrap_or(bytes.len());
    let end = if bytes[..end].ends_with(b"\r") { end - 1 } else { end };
    text.split_at(end)
}

/// What follows `word` and white space, if `text` begins with both.
pub(super) fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    rest.bytes().next().is_none_or(is_space).then(|| skip_space(rest))
}

/// Whether it can only be a request id: the shape of a UUID, also with letters that are no digits, as documents
/// write them (`c793869b-ee49-xmpl-a5b6-4fd21e8dedac`).
pub(super) fn is_request(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_alphanumeric(),
        })
}

/// Whether it begins like a date: `2020-03-18`, `2020/03/18`, or as a snapshot masks it (`XXXX-XX-XX`).
pub(super) fn is_date(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 10
        && bytes.iter().take(10).enumerate().all(|(at, byte)| match at {
            4 | 7 => matches!(byte, b'-' | b'/'),
            _ => byte.is_ascii_digit() || *byte == b'X',
        })
}

/// Whether it begins like a time of day: `08:52`.
fn is_clock(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() >= 5
        && bytes.iter().take(5).enumerate().all(|(at, byte)| match at {
            2 => *byte == b':',
            _ => byte.is_ascii_digit() || *byte == b'X',
        })
}

/// The time at the start of a line, in one word (`2020-03-18T08:52:43.120Z`) or two (`2020-03-18 08:52:43,120`), and
/// what follows it.
pub(super) fn time(text: &str) -> Option<(&str, &str)> {
    if !is_date(text) {
        return None;
    }
    let (first, rest) = token(text);
    if first.as_bytes().get(10).is_some_and(|byte| *byte == b'T') && is_clock(&first[11..]) {
        return Some((first, rest));
    }
    let second = rest.strip_prefix(' ').filter(|rest| is_clock(rest))?;
    let end = first.len() + 1 + token(second).0.len();
    (first.len() == 10).then(|| text.split_at(end))
}

/// Whether it can be the type of an error: `KeyError`, `Runtime.ExitError`, `java.lang.IllegalStateException`, `*errors.errorString`.
pub(super) fn is_error_type(word: &str) -> bool {
    let name = word.trim_start_matches('*');
    name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'$'))
}

/// How grave a word means, whatever its case: the words of Lambda's log levels, of syslog, and of the loggers of the
/// managed runtimes (.NET's `dbug` and `crit`, Python's `CRITICAL`, Java's `SEVERE`).
pub(super) fn level(word: &str) -> Option<Level> {
    const WORDS: &[(&str, Level)] = &[
        ("info", Level::Info),
        ("error", Level::Error),
        ("warn", Level::Warn),
        ("debug", Level::Debug),
        ("warning", Level::Warn),
        ("information", Level::Info),
        ("trace", Level::Trace),
        ("fatal", Level::Fatal),
        ("critical", Level::Fatal),
        ("dbug", Level::Debug),
        ("trce", Level::Trace),
        ("fail", Level::Error),
        ("crit", Level::Fatal),
        ("err", Level::Error),
        ("notice", Level::Info),
        ("verbose", Level::Trace),
        ("silly", Level::Trace),
        ("fine", Level::Debug),
        ("finest", Level::Trace),
        ("severe", Level::Error),
        ("panic", Level::Fatal),
        ("dpanic", Level::Fatal),
        ("alert", Level::Fatal),
        ("emergency", Level::Fatal),
    ];
    if !(3..=11).contains(&word.len()) {
        return None;
    }
    WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, level)| *level)
}

/// The level that a line begins with, written as one (`WARN`, `[Information]`, `ERROR:`), and what follows it.
///
/// Without brackets only capitals count: `Error: no such table` tells of an error, it does not give its level.
pub(super) fn leading_level(text: &str) -> Option<(Level, &str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        let end = rest.bytes().take(12).position(|byte| byte == b']')?;
        return Some((level(rest[..end].trim())?, rest[..end].trim(), &rest[end + 1..]));
    }
    let end = text.bytes().take(12).position(|byte| !byte.is_ascii_uppercase()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    let ends = rest.bytes().next().is_none_or(|byte| is_space(byte) || matches!(byte, b':' | b'|' | b']'));
    Some((level(word).filter(|_| ends)?, word, rest))
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
    let point = bytes.iter().position(|byte| *byte == b'.');
    let decimals = point.map_or(0, |point| bytes.len() - point - 1);
    let value =
        bytes.iter().enumerate().filter(|(at, _)| Some(*at) != point).try_fold(0_u64, |sum, (_, byte)| {
            byte.is_ascii_digit().then(|| sum.wrapping_mul(10) + u64::from(byte - b'0'))
        });
    match value {
        // Both are exact, so their quotient is the nearest number there is.
        Some(value) if bytes.len() <= 15 && bytes.len() > usize::from(point.is_some()) => {
            TENS.get(decimals).map(|ten| value as f64 / ten).or_else(|| digits.parse().ok())
        }
        _ => digits.parse().ok().filter(|value: &f64| value.is_finite()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_one_word_or_two() {
        assert_eq!(time("2020-03-18T08:52:43.120Z\tx"), Some(("2020-03-18T08:52:43.120Z", "\tx")));
        assert_eq!(time("2020-03-18 08:52:43,120 x"), Some(("2020-03-18 08:52:43,120", " x")));
        assert_eq!(time("2020/03/18 08:52:43 x"), Some(("2020/03/18 08:52:43", " x")));
        assert_eq!(time("XXXX-XX-XX XX:XX:XX.XXX\tERROR"), Some(("XXXX-XX-XX XX:XX:XX.XXX", "\tERROR")));
        for text in ["", "2020", "2020-03-18", "2020-03-18 noon", "20200318T085243", "2020-03-1８T"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_level_is_a_known_word_and_leads_in_capitals_or_brackets() {
        assert_eq!(leading_level("[Information] - x"), Some((Level::Info, "Information", " - x")));
        assert_eq!(leading_level("ERROR: no"), Some((Level::Error, "ERROR", ": no")));
        for text in ["Error: no", "[dd.trace_id=1]", "INFORMED", "[", "INFO_X", "", "[INFO", "é"] {
            assert_eq!(leading_level(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_the_nearest_there_are() {
        for text in ["12.34", "3", "0.06", "10007.33", "123456789012345678.5", "0.1234567", "1e5", "5."] {
            let expected = text.split('e').next().and_then(|text| text.parse::<f64>().ok());
            assert_eq!(number(text).map(|(value, _)| value), expected, "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "NaN", "<duration>", "--1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
