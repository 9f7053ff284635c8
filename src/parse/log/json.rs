//! JSON, looked at without being built: the members of one object as slices of the text.
//!
//! A tail reads every line and wants two or three of its members, so nothing is allocated and what is not wanted is
//! skipped. Depth is bounded as `serde_json` bounds it, so that what is recognised here can also be built there.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

/// How deep objects and arrays may lie in each other; deeper is text. One bit each tells which of them is open.
const DEPTH: u32 = 127;

/// Calls `visit` with each member of the object that `text` begins with, key and value as they stand there (the key
/// without its quotes). Gives what follows the object; `None` if there is no whole object.
pub fn object<'a>(text: &'a str, mut visit: impl FnMut(&'a str, &'a str)) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let mut at = space(bytes, expect(bytes, space(bytes, 0), b'{')?);
    if bytes.get(at) == Some(&b'}') {
        return text.get(at + 1..);
    }
    loop {
        let start = expect(bytes, at, b'"')?;
        let end = string_end(bytes, start)?;
        let key = text.get(start..end - 1)?;
        let value = space(bytes, expect(bytes, space(bytes, end), b':')?);
        let end = value_end(bytes, value)?;
        visit(key, text.get(value..end)?);
        at = space(bytes, end);
        match bytes.get(at)? {
            b',' => at = space(bytes, at + 1),
            b'}' => return text.get(at + 1..),
            _ => return None,
        }
    }
}

/// Calls `visit` with each element of the array that `text` begins with. Gives what follows the array.
pub fn array<'a>(text: &'a str, mut visit: impl FnMut(&'a str)) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let mut at = space(bytes, expect(bytes, space(bytes, 0), b'[')?);
    if bytes.get(at) == Some(&b']') {
        return text.get(at + 1..);
    }
    loop {
        let end = value_end(bytes, at)?;
        visit(text.get(at..end)?);
        at = space(bytes, end);
        match bytes.get(at)? {
            b',' => at = space(bytes, at + 1),
            b']' => return text.get(at + 1..),
            _ => return None,
        }
    }
}

/// The text of a value, if it is a string.
#[must_use]
pub fn text(value: &str) -> Option<Cow<'_, str>> {
    Some(unescaped(value.strip_prefix('"')?.strip_suffix('"')?))
}

/// The number that a value is, if it is one and finite.
#[must_use]
pub fn number(value: &str) -> Option<f64> {
    let first = *value.as_bytes().first()?;
    (first == b'-' || first.is_ascii_digit())
        .then(|| value.parse().ok())
        .flatten()
        .filter(|n: &f64| n.is_finite())
}

/// What stands between the quotes of a JSON string, with its escapes carried out. A surrogate without its other half,
/// and an escape that there is not, become U+FFFD.
#[must_use]
pub fn unescaped(raw: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'\\', raw.as_bytes()) else {
        return Cow::Borrowed(raw);
    };
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    let mut next = Some(first);
    while let Some(at) = next {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let mut chars = rest.chars();
        let escaped = chars.next();
        rest = chars.as_str();
        out.push(match escaped {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('u') => unit(rest).map_or(char::REPLACEMENT_CHARACTER, |first| {
                rest = &rest[4..];
                if let Some(whole) = char::from_u32(first) {
                    return whole;
                }
                let second = rest.strip_prefix("\\u").and_then(unit);
                let pair =
                    second.and_then(|second| char::decode_utf16([first as u16, second as u16]).next()?.ok());
                if pair.is_some() {
                    rest = &rest[6..];
                }
                pair.unwrap_or(char::REPLACEMENT_CHARACTER)
            }),
            _ => char::REPLACEMENT_CHARACTER,
        });
        next = memchr(b'\\', rest.as_bytes());
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<u32> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u32::from_str_radix(digits, 16).ok()
}

/// The first byte from `at` on that is not white space.
fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// What follows `byte`, if it stands at `at`.
fn expect(bytes: &[u8], at: usize, byte: u8) -> Option<usize> {
    (bytes.get(at) == Some(&byte)).then_some(at + 1)
}

/// What follows the closing quote of the string whose text begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    // Most are keys and words, too short for a search to pay off.
    for _ in 0..24 {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// What follows the value that begins at `at`.
fn value_end(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => string_end(bytes, at + 1),
        b'{' | b'[' => nested_end(bytes, at),
        _ => literal_end(bytes, at),
    }
}

/// What follows a number, `true`, `false` or `null`.
fn literal_end(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let length = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+')))
        .unwrap_or(rest.len());
    let word = &rest[..length];
    let number = word.first().is_some_and(|byte| *byte == b'-' || byte.is_ascii_digit());
    // Python's `json` writes the other three.
    let known = matches!(word, b"true" | b"false" | b"null" | b"NaN" | b"Infinity");
    (number || known).then_some(at + length)
}

/// What follows the object or array that begins at `at`: brackets are matched, what stands between them is not judged.
fn nested_end(bytes: &[u8], mut at: usize) -> Option<usize> {
    let (mut depth, mut objects) = (0_u32, 0_u128);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = string_end(bytes, at + 1)?;
                continue;
            }
            open @ (b'{' | b'[') => {
                depth += 1;
                if depth >= DEPTH {
                    return None;
                }
                objects = objects << 1 | u128::from(*open == b'{');
            }
            close @ (b'}' | b']') => {
                if (*close == b'}') != (objects & 1 == 1) {
                    return None;
                }
                objects >>= 1;
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(text: &str) -> Option<Vec<(&str, &str)>> {
        let mut found = Vec::new();
        object(text, |key, value| found.push((key, value))).map(|_| found)
    }

    #[test]
    fn members_are_given_as_they_stand_there() {
        let text = r#" { "a" : "x\"}" , "b":[1,{"c":"]"}],"d":-1.5e3,"e":null } rest"#;
        let expected = [("a", r#""x\"}""#), ("b", r#"[1,{"c":"]"}]"#), ("d", "-1.5e3"), ("e", "null")];
        assert_eq!(members(text).as_deref(), Some(&expected[..]));
        assert_eq!(object(text, |_, _| ()), Some(" rest"));
        assert_eq!(members("{}").as_deref(), Some(&[][..]));
    }

    #[test]
    fn what_is_no_whole_object_is_none() {
        for text in
            ["", "[1]", "{", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{\"a\":[}"]
        {
            assert_eq!(members(text), None, "{text}");
        }
        for text in ["{\"a\":\"", "{\"a\":\"\\", "{\"a\":[1}", "{\"a\":x}", "{\"a\":1 2}", "{\"a\":\"\\\""] {
            assert_eq!(members(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_and_breadth_is_not() {
        let nest = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert!(members(&nest(120)).is_some());
        assert!(members(&nest(128)).is_none() && members(&nest(100_000)).is_none());
        let wide: String = (0..100_000).fold(String::from("{\"k\":1"), |text, _| text + ",\"k\":1");
        assert_eq!(members(&(wide + "}")).map(|found| found.len()), Some(100_001));
    }

    #[test]
    fn escapes_are_carried_out_and_broken_ones_replaced() {
        for (raw, expected) in [
            ("plain", "plain"),
            (r#"a\n\t\"\\\/\b\f\rz"#, "a\n\t\"\\/\u{8}\u{c}\rz"),
            (r"\u00e9\ud83d\ude00", "é😀"),
            (r"\ud83d!", "\u{fffd}!"),
            (r"\ude00", "\u{fffd}"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\u0000", "\0"),
            (r"\u12", "\u{fffd}12"),
            (r"\u12é4", "\u{fffd}12é4"),
            (r"\x", "\u{fffd}"),
            ("\\", "\u{fffd}"),
        ] {
            assert_eq!(unescaped(raw), expected, "{raw}");
        }
    }
}
