//! JSON texts to their parts without recursion: subsegments lie a thousand deep, and what is hostile deeper.
//!
//! Nothing here checks JSON: parts are cut where brackets and strings say so, and read by `serde_json` after that, each
//! of them flat.

use serde_json::Value;

use crate::parse::log::json::unescaped;

/// One node of a document, without the nodes below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Index of the node that it is part of.
    pub(super) parent: Option<usize>,
    /// Its JSON, with `[]` for its subsegments.
    pub(super) text: String,
}

/// What is open at a place of a text.
enum Open {
    /// An object that is a node.
    Node { index: usize, start: usize },
    /// The array of a node's subsegments.
    Subsegments { of: usize },
    /// Anything else: an object or an array within a node.
    Other,
}

/// The nodes of a document, each after the one that it is part of; `None` if brackets and strings do not close.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece>> {
    let mut nodes: Vec<Piece> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    // Where the text of the node on top goes on.
    let mut copied = 0;
    // The last string that ended and where the text after it begins: a key, if a colon follows.
    let mut key: Option<&str> = None;
    for token in tokens(text) {
        let (at, kind) = token?;
        match kind {
            Kind::Text(end) => {
                key = Some(&text[at + 1..end - 1]);
                continue;
            }
            Kind::Colon => continue,
            Kind::OpenObject => match open.last() {
                None if nodes.is_empty() => {
                    nodes.push(Piece { parent: None, text: String::new() });
                    open.push(Open::Node { index: 0, start: at });
                    copied = at;
                }
                None => return None,
                Some(Open::Subsegments { of }) => {
                    let index = nodes.len();
                    nodes.push(Piece { parent: Some(*of), text: String::new() });
                    open.push(Open::Node { index, start: at });
                    copied = at;
                }
                Some(_) => open.push(Open::Other),
            },
            Kind::OpenArray => match open.last() {
                Some(Open::Node { index, .. }) if key.is_some_and(|key| is_named(key, "subsegments")) => {
                    let of = *index;
                    nodes[of].text.push_str(&text[copied..at]);
                    nodes[of].text.push_str("[]");
                    open.push(Open::Subsegments { of });
                }
                None => return None,
                Some(_) => open.push(Open::Other),
            },
            Kind::CloseObject => match open.pop()? {
                Open::Node { index, start } => {
                    nodes[index].text.push_str(&text[copied.max(start)..=at]);
                    copied = at + 1;
                }
                Open::Other => {}
                Open::Subsegments { .. } => return None,
            },
            Kind::CloseArray => match open.pop()? {
                Open::Subsegments { .. } => copied = at + 1,
                Open::Other => {}
                Open::Node { .. } => return None,
            },
            Kind::Comma => {}
        }
        key = None;
    }
    (open.is_empty() && !nodes.is_empty()).then_some(nodes)
}

/// Whether a key, as it stands between its quotes, is this name.
fn is_named(key: &str, name: &str) -> bool {
    key == name || (key.contains('\\') && unescaped(key) == name)
}

/// The values that stand one after the other in a text, and whether one of them is cut off.
///
/// A value that breaks off swallows what follows it, so that then the lines are looked at one by one: exporters write a
/// document a line, and whoever is stopped leaves a part of one.
pub(super) fn values(text: &str) -> (Vec<&str>, bool) {
    let (whole, cut) = in_turn(text);
    if !cut {
        return (whole, false);
    }
    let starts = |line: &&str| line.trim_start().starts_with(['{', '[']);
    let of_line = |line| Some(in_turn(line)).filter(|(_, cut)| !cut).map(|(values, _)| values);
    let lines: Vec<&str> = text.lines().filter(starts).filter_map(of_line).flatten().collect();
    (if lines.len() > whole.len() { lines } else { whole }, true)
}

/// The values of a text up to the one that is cut off, and whether there is one. A bracket that closes nothing is passed
/// over.
fn in_turn(text: &str) -> (Vec<&str>, bool) {
    let mut values = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for token in tokens(text) {
        let Some((at, kind)) = token else {
            return (values, true);
        };
        match kind {
            Kind::OpenObject | Kind::OpenArray => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            Kind::CloseObject | Kind::CloseArray if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    values.push(&text[start..=at]);
                }
            }
            Kind::Text(end) if depth == 0 => values.push(&text[at..end]),
            _ => {}
        }
    }
    (values, depth > 0)
}

/// The value of a flat JSON text. Where a text was cut within a character of two halves, the half stands as U+FFFD.
pub(super) fn value(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&mended(text)?).ok())
}

/// `text` with `\ufffd` for each escaped half of a character that lacks the other; `None` if there is none.
fn mended(text: &str) -> Option<String> {
    let mut out = String::new();
    let (mut copied, mut at) = (0, 0);
    while let Some(next) = memchr::memchr(b'\\', &text.as_bytes()[at..]) {
        at += next;
        let half = half(text, at);
        if half == Some(Half::First) && self::half(text, at + 6) == Some(Half::Second) {
            at += 12;
        } else if half.is_some() {
            out.push_str(&text[copied..at]);
            out.push_str("\\ufffd");
            at += 6;
            copied = at;
        } else {
            // What is escaped begins no escape.
            at = (at + 2).min(text.len());
        }
    }
    out.push_str(&text[copied..]);
    (copied > 0).then_some(out)
}

/// Half of a character, as UTF-16 has it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    First,
    Second,
}

/// Which half of a character is escaped at a place of a text.
fn half(text: &str, at: usize) -> Option<Half> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::First),
        0xdc00..=0xdfff => Some(Half::Second),
        _ => None,
    }
}

/// The elements of an array, as texts.
pub(super) fn elements(text: &str) -> Option<Vec<String>> {
    Some(parts(text, '[')?.into_iter().map(str::to_owned).collect())
}

/// The fields of an object: names and the texts of values.
pub(super) fn fields(text: &str) -> Option<Vec<(String, String)>> {
    let mut fields = Vec::new();
    for part in parts(text, '{')? {
        let (0, Kind::Text(end)) = tokens(part).next()?? else { return None };
        let value = part[end..].trim_start().strip_prefix(':')?;
        fields.push((serde_json::from_str(&part[..end]).ok()?, value.trim().to_owned()));
    }
    Some(fields)
}

/// What stands between the commas of an array or an object that opens with `bracket`.
fn parts(text: &str, bracket: char) -> Option<Vec<&str>> {
    let text = text.trim();
    if !text.starts_with(bracket) {
        return None;
    }
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 1);
    for token in tokens(text) {
        let (at, kind) = token?;
        match kind {
            Kind::OpenObject | Kind::OpenArray => depth += 1,
            Kind::CloseObject | Kind::CloseArray => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    let last = text[start..at].trim();
                    parts.extend((!last.is_empty()).then_some(last));
                    return Some(parts);
                }
            }
            Kind::Comma if depth == 1 => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

/// What shapes a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    OpenObject,
    CloseObject,
    OpenArray,
    CloseArray,
    Comma,
    Colon,
    /// A string and where it ends, behind its closing quote.
    Text(usize),
}

/// The places that shape a text, in order; `None` in it for a string that does not close.
fn tokens(text: &str) -> impl Iterator<Item = Option<(usize, Kind)>> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(&byte) = bytes.get(at) {
            let start = at;
            at += 1;
            let kind = match byte {
                b'{' => Kind::OpenObject,
                b'}' => Kind::CloseObject,
                b'[' => Kind::OpenArray,
                b']' => Kind::CloseArray,
                b',' => Kind::Comma,
                b':' => Kind::Colon,
                b'"' => loop {
                    let Some(next) = memchr::memchr2(b'"', b'\\', &bytes[at..]) else {
                        at = bytes.len();
                        return Some(None);
                    };
                    at += next + 1;
                    if bytes[at - 1] == b'"' {
                        break Kind::Text(at);
                    }
                    // What is escaped ends nothing.
                    at = (at + 1).min(bytes.len());
                },
                _ => continue,
            };
            return Some(Some((start, kind)));
        }
        None
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_in_their_order_and_one_that_is_cut_off_is_told() {
        for (text, expected, cut) in [
            ("{}[1] \"a\" 7", vec!["{}", "[1]", "\"a\""], false),
            ("{}} {\"b\":2}", vec!["{}", "{\"b\":2}"], false),
            ("{\"a\":1}\n{\"b\":2}\n{\"c\"", vec!["{\"a\":1}", "{\"b\":2}"], true),
            (
                "{\"a\":1}\n{\"b\":\"x\n{\"c\":3}\n{\"d\":4}\n",
                vec!["{\"a\":1}", "{\"c\":3}", "{\"d\":4}"],
                true,
            ),
            ("{\n\"a\":1\n}\n{\n\"b\":", vec!["{\n\"a\":1\n}"], true),
            ("", vec![], false),
        ] {
            assert_eq!(values(text), (expected, cut), "{text}");
        }
    }

    #[test]
    fn halves_of_characters_are_replaced_and_whole_ones_stay() {
        for (text, expected) in [
            (r#""a\ud83d""#, Some("a\u{fffd}")),
            (r#""\ude00é\ud83d\ud83d\ude00""#, Some("\u{fffd}é\u{fffd}😀")),
            (r#""\\ud83d \ud83dx""#, Some("\\ud83d \u{fffd}x")),
            (r#""\ud83""#, None),
            (r#""\é\ud83d""#, None),
        ] {
            assert_eq!(value(text).as_ref().and_then(Value::as_str), expected, "{text}");
        }
    }
}
