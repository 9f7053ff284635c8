//! The words of a query.

use regex::Regex;

/// A word of a query.
#[derive(Clone, Debug)]
pub(super) enum Word {
    /// A name: of a command, a function, a field.
    Name(String),
    /// A field between backticks.
    Field(String),
    Number(f64),
    /// A stretch of time, ms: `5m`.
    Span(i64),
    Text(String),
    Regex(Regex),
    Sign(&'static str),
}

const SIGNS: [&str; 16] =
    ["|", ",", "(", ")", "[", "]", "=~", "!=", "<=", ">=", "=", "<", ">", "*", "+", "-"];

/// Splits a query into words; says where it cannot.
pub(super) fn words(text: &str) -> Result<Vec<Word>, String> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let after = match first {
            '#' => rest.split_once('\n').map_or("", |(_, after)| after),
            '"' | '\'' => {
                let (inner, after) = closed(rest, first)?;
                words.push(Word::Text(inner));
                after
            }
            '`' => {
                let (inner, after) = closed(rest, first)?;
                words.push(Word::Field(inner));
                after
            }
            '/' => {
                let (inner, after) = closed(rest, first)?;
                let regex = Regex::new(&inner).map_err(|_| format!("/{inner}/ is no regular expression"))?;
                words.push(Word::Regex(regex));
                after
            }
            c if c.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(rest.len());
                let (number, after) = rest.split_at(end);
                words.push(self::number(number)?);
                after
            }
            c if c.is_alphabetic() || "@_$".contains(c) => {
                let named = |c: char| c.is_alphanumeric() || "@_.$:".contains(c);
                let (name, after) = rest.split_at(rest.find(|c| !named(c)).unwrap_or(rest.len()));
                words.push(Word::Name(name.to_owned()));
                after
            }
            _ => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| format!("'{first}'"))?;
                words.push(Word::Sign(sign));
                &rest[sign.len()..]
            }
        };
        rest = after.trim_start();
    }
    Ok(words)
}

/// A number, or a stretch of time.
fn number(text: &str) -> Result<Word, String> {
    if let Ok(number) = text.parse() {
        return Ok(Word::Number(number));
    }
    let unit = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    let millis = match unit {
        "ms" => 1,
        "s" | "sec" | "second" | "seconds" => 1_000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hr" | "hour" | "hours" => 3_600_000,
        "d" | "day" | "days" => 86_400_000,
        _ => return Err(format!("'{text}'")),
    };
    let number: i64 = number.parse().map_err(|_| format!("'{text}'"))?;
    number.checked_mul(millis).filter(|span| *span > 0).map(Word::Span).ok_or_else(|| format!("'{text}'"))
}

/// What stands between two equal signs, of which one may be escaped within, and what follows.
fn closed(text: &str, sign: char) -> Result<(String, &str), String> {
    let mut inner = String::new();
    let mut chars = text[1..].char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == sign => return Ok((inner, &text[at + 2..])),
            '\\' => {
                let Some((_, escaped)) = chars.next() else { break };
                // Within a regular expression only its own sign needs no backslash.
                if escaped != sign && (sign == '/' || escaped != '\\') {
                    inner.push('\\');
                }
                inner.push(escaped);
            }
            c => inner.push(c),
        }
    }
    Err(format!("{sign} is not closed"))
}
