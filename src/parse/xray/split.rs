//! JSON texts to their parts without recursion: subsegments lie a thousand deep, and what is hostile deeper.
//!
//! Nothing here checks JSON: parts are cut where brackets and strings say so, and read by `serde_json` after that, each
//! of them flat.

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

/// The values that stand one after the other in a text; `None` if there is none.
pub(super) fn values(text: &str) -> Option<Vec<&str>> {
    let mut values = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for token in tokens(text) {
        let (at, kind) = token?;
        match kind {
            Kind::OpenObject | Kind::OpenArray => {
                if depth == 0 {
                    start = at;
                }
                depth += 1;
            }
            Kind::CloseObject | Kind::CloseArray => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    values.push(&text[start..=at]);
                }
            }
            Kind::Text(end) if depth == 0 => values.push(&text[at..end]),
            _ => {}
        }
    }
    (depth == 0 && !values.is_empty()).then_some(values)
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
