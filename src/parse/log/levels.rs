//! Levels, as words and as numbers.

use super::words::{bare, is_space, skip_space};
use crate::model::Level;

/// How grave a word means, whatever its case, in a field that is for levels.
pub(super) fn level(word: &str) -> Option<Level> {
    let mut letters = [0; LONGEST];
    let found = small(word, &mut letters).and_then(|small| wherever(small).or_else(|| in_a_field(small)));
    found.or_else(|| beside(word))
}

/// How grave a word means that is a level wherever it may stand.
fn known(word: &str) -> Option<Level> {
    small(word, &mut [0; LONGEST]).and_then(wherever)
}

/// The longest word that is one.
const LONGEST: usize = 11;

/// `word` in small letters, if it is not too long.
fn small<'a>(word: &str, into: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let into = into.get_mut(..word.len())?;
    for (small, byte) in into.iter_mut().zip(word.bytes()) {
        *small = byte.to_ascii_lowercase();
    }
    Some(into)
}

/// Words that are levels wherever one may stand: those of Lambda, of syslog, and of the loggers of the managed
/// runtimes (.NET's `dbug` and `crit`, Python's `CRITICAL`, Java's `SEVERE`).
fn wherever(small: &[u8]) -> Option<Level> {
    Some(match small {
        b"info" | b"information" | b"notice" | b"inf" => Level::Info,
        b"error" | b"fail" | b"err" | b"eror" | b"severe" => Level::Error,
        b"warn" | b"warning" | b"wrn" => Level::Warn,
        b"debug" | b"dbug" | b"fine" | b"dbg" => Level::Debug,
        b"trace" | b"trce" | b"verbose" | b"silly" | b"finer" | b"finest" | b"trc" | b"vrb" => Level::Trace,
        b"fatal" | b"critical" | b"crit" | b"panic" | b"dpanic" | b"alert" | b"emerg" | b"emergency"
        | b"ftl" | b"pnc" => Level::Fatal,
        _ => return None,
    })
}

/// Words that are levels only where nothing else can stand: `HTTP 500 from stock.example` has none.
fn in_a_field(small: &[u8]) -> Option<Level> {
    Some(match small {
        b"http" | b"config" => Level::Debug,
        b"success" | b"default" => Level::Info,
        _ => return None,
    })
}

/// Levels of Go's `slog` that have no name of their own: `INFO+2`, `DEBUG-4`.
fn beside(word: &str) -> Option<Level> {
    let at = word.bytes().take(8).position(|byte| matches!(byte, b'+' | b'-'))?;
    let steps: i32 = word[at..].parse().ok().filter(|steps| (-99..=99).contains(steps))?;
    let base = match &word[..at] {
        "DEBUG" => -4,
        "INFO" => 0,
        "WARN" => 4,
        "ERROR" => 8,
        _ => return None,
    };
    Some(match base + steps {
        ..=-5 => Level::Trace,
        -4..=-1 => Level::Debug,
        0..=3 => Level::Info,
        4..=7 => Level::Warn,
        8..=11 => Level::Error,
        _ => Level::Fatal,
    })
}

/// The level that a line begins with, written as one (`WARN`, `[Information]`, `ERROR:`), and what follows it.
///
/// Without brackets only capitals count: `Error: no such table` tells of an error, it does not give its level.
pub(super) fn leading_level(text: &str) -> Option<(Level, &str, &str)> {
    if let Some(rest) = text.strip_prefix('[') {
        if !skip_space(rest).as_bytes().first().is_some_and(u8::is_ascii_alphabetic) {
            return None;
        }
        let end = rest.bytes().take(24).position(|byte| byte == b']')?;
        let word = bare(&rest[..end]);
        return Some((level(word)?, word, &rest[end + 1..]));
    }
    if !matches!(text.as_bytes(), [b'A'..=b'Z', b'A'..=b'Z', ..]) {
        return None;
    }
    let end = text.bytes().take(12).position(|byte| !byte.is_ascii_uppercase()).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end)?;
    let ends =
        rest.bytes().next().is_none_or(|byte| is_space(byte) || matches!(byte, b':' | b'|' | b']' | 0x1b));
    Some((known(word).filter(|_| ends || is_counter(rest))?, word, rest))
}

/// `[0003]`: how many seconds after its start the program logged, as `logrus` counts them.
fn is_counter(text: &str) -> bool {
    let Some(inner) = text.strip_prefix('[') else { return false };
    let end = inner.bytes().take(8).position(|byte| !byte.is_ascii_digit());
    end.is_some_and(|end| end > 0 && inner.as_bytes()[end] == b']')
}

/// The level in small letters that a line begins with, before a colon: .NET's console (`fail: Shop.Rules[0]`) and
/// winston (`warn: slow`) write it so.
pub(super) fn small_level(text: &str) -> Option<(Level, &str, &str)> {
    let end = text.bytes().take(10).position(|byte| !byte.is_ascii_lowercase()).filter(|end| *end > 3)?;
    let (word, rest) = text.split_at(end);
    // Its colour may end before the colon.
    let rest = skip_space(rest).strip_prefix(':').filter(|rest| rest.is_empty() || rest.starts_with(' '))?;
    let written = matches!(
        word.as_bytes(),
        b"info"
            | b"warn"
            | b"error"
            | b"debug"
            | b"trce"
            | b"dbug"
            | b"fail"
            | b"crit"
            | b"trace"
            | b"warning"
            | b"fatal"
            | b"verbose"
            | b"silly"
            | b"http"
            | b"critical"
    );
    if written { Some((level(word)?, word, rest)) } else { None }
}

/// The level of a number in a field `level`: pino and bunyan count 10 to 60, monolog 100 to 600, syslog and GELF 7 to 0.
pub(super) fn numbered(number: f64) -> (Level, &'static str) {
    match number {
        ..0.0 => (Level::Trace, "TRACE"),
        ..3.0 => (Level::Fatal, "FATAL"),
        ..4.0 => (Level::Error, "ERROR"),
        ..5.0 => (Level::Warn, "WARN"),
        ..7.0 => (Level::Info, "INFO"),
        ..8.0 => (Level::Debug, "DEBUG"),
        ..20.0 => (Level::Trace, "TRACE"),
        ..30.0 => (Level::Debug, "DEBUG"),
        ..40.0 => (Level::Info, "INFO"),
        ..50.0 => (Level::Warn, "WARN"),
        ..60.0 => (Level::Error, "ERROR"),
        ..100.0 => (Level::Fatal, "FATAL"),
        ..200.0 => (Level::Debug, "DEBUG"),
        ..300.0 => (Level::Info, "INFO"),
        ..400.0 => (Level::Warn, "WARN"),
        ..500.0 => (Level::Error, "ERROR"),
        _ => (Level::Fatal, "FATAL"),
    }
}

/// The level of a `SeverityNumber` of OpenTelemetry, 1 to 24:
/// <https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber>.
pub(super) fn severity(number: f64) -> Option<(Level, &'static str)> {
    Some(match number {
        1.0..5.0 => (Level::Trace, "TRACE"),
        5.0..9.0 => (Level::Debug, "DEBUG"),
        9.0..13.0 => (Level::Info, "INFO"),
        13.0..17.0 => (Level::Warn, "WARN"),
        17.0..21.0 => (Level::Error, "ERROR"),
        21.0..25.0 => (Level::Fatal, "FATAL"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_a_known_word_and_leads_in_capitals_or_brackets() {
        assert_eq!(leading_level("[Information] - x"), Some((Level::Info, "Information", " - x")));
        assert_eq!(leading_level("ERROR: no"), Some((Level::Error, "ERROR", ": no")));
        for text in [
            "Error: no",
            "[dd.trace_id=1]",
            "INFORMED",
            "[",
            "INFO_X",
            "",
            "[INFO",
            "é",
            "HTTP 500",
            "WARN[x] y",
            "WARN[]",
        ] {
            assert_eq!(leading_level(text), None, "{text}");
        }
    }

    #[test]
    fn small_letters_need_a_colon_and_a_word_that_loggers_write() {
        assert_eq!(small_level("warn: slow"), Some((Level::Warn, "warn", " slow")));
        assert_eq!(small_level("info\u{1b}[39m: x"), Some((Level::Info, "info", " x")));
        for text in
            ["", "fail fast", "information: see below", "err: x", "note: x", "warn:x", "warnings: 3", "é: x"]
        {
            assert_eq!(small_level(text), None, "{text}");
        }
    }

    #[test]
    fn what_lies_beside_a_level_of_slog_is_counted_from_it() {
        for (word, expected) in [
            ("INFO+2", Some(Level::Info)),
            ("DEBUG-4", Some(Level::Trace)),
            ("WARN+1", Some(Level::Warn)),
            ("ERROR+4", Some(Level::Fatal)),
            ("INFO+", None),
            ("INFO+1x", None),
            ("LOUD+1", None),
            ("+", None),
        ] {
            assert_eq!(level(word), expected, "{word}");
        }
    }
}
