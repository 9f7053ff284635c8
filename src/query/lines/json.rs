//! Fields of the JSON in a line.

use std::cmp::Ordering;

use memchr::memmem;
use serde_json::Value;

use super::needle::{Needle, has_capital};
use super::number::Comparison;

/// A field and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct JsonTest {
    path: Vec<Step>,
    /// A text that a line with this field holds: a line without it need not be read as JSON.
    hint: Option<memmem::Finder<'static>>,
    wanted: Wanted,
}

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A field, or an element where the value is an array and the name a number.
    Name(String),
    /// Every element or field.
    Each,
}

/// What is asked of a field.
#[derive(Clone, Debug)]
enum Wanted {
    /// That it is there.
    Present,
    /// That it compares so with a number, and with a text where it is one.
    Compared { comparison: Comparison, number: Option<f64>, text: String },
    /// That its text matches.
    Matches { needle: Needle, negative: bool },
}

impl JsonTest {
    /// Reads a field's path without the first dot.
    pub(super) fn new(path: &str) -> Option<Self> {
        let path: Vec<Step> = path
            .split('.')
            .map(|step| match step {
                "" => None,
                "*" => Some(Step::Each),
                name => Some(Step::Name(name.to_owned())),
            })
            .collect::<Option<_>>()?;
        let longest = path.iter().filter_map(|step| match step {
            Step::Name(name)
                if name.parse::<usize>().is_err()
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) =>
            {
                Some(name)
            }
            _ => None,
        });
        let hint = longest
            .max_by_key(|name| name.len())
            .map(|name| memmem::Finder::new(name.as_bytes()).into_owned());
        Some(Self { path, hint, wanted: Wanted::Present })
    }

    /// Asks that the value compares so with what was typed.
    pub(super) fn compared(self, comparison: Comparison, text: &str) -> Result<Self, String> {
        let glob = text.contains('*') && matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let wanted = if glob {
            let negative = comparison == Comparison::NotEqual;
            Wanted::Matches { needle: Needle::name(text)?, negative }
        } else {
            Wanted::Compared { comparison, number: text.parse().ok(), text: text.to_owned() }
        };
        Ok(Self { wanted, ..self })
    }

    /// Asks that the value's text matches a regex.
    pub(super) fn matching(self, pattern: &str) -> Result<Self, String> {
        Ok(Self { wanted: Wanted::Matches { needle: Needle::regex(pattern)?, negative: false }, ..self })
    }

    /// A text without which no line has the field.
    pub(super) const fn hint(&self) -> Option<&memmem::Finder<'static>> {
        self.hint.as_ref()
    }

    /// Whether a line that holds `text` can match at all, without reading it as JSON.
    pub(super) fn may_match(&self, text: &str) -> bool {
        self.hint.as_ref().is_none_or(|hint| hint.find(text.as_bytes()).is_some())
    }

    /// Whether the field is in `value`, as asked.
    pub(super) fn matches(&self, value: &Value) -> bool {
        walk(value, &self.path, &|value| self.wanted.holds(value))
    }
}

impl Wanted {
    fn holds(&self, value: &Value) -> bool {
        match self {
            Self::Present => !value.is_null(),
            Self::Compared { comparison, number, text } => comparison.holds(order(value, *number, text)),
            Self::Matches { needle, negative } => match value {
                Value::String(text) => needle.is_in(text) != *negative,
                other => needle.is_in(&other.to_string()) != *negative,
            },
        }
    }
}

/// How a value stands to what was typed: as numbers where both are, else as texts.
fn order(value: &Value, number: Option<f64>, text: &str) -> Option<Ordering> {
    let as_number = match value {
        Value::Number(own) => own.as_f64(),
        Value::String(own) => own.parse().ok(),
        _ => None,
    };
    if let (Some(own), Some(number)) = (as_number, number) {
        return own.partial_cmp(&number);
    }
    match value {
        Value::String(own) if has_capital(text) => Some(own.as_str().cmp(text)),
        Value::String(own) => Some(own.to_lowercase().as_str().cmp(text)),
        Value::Null => (text == "null").then_some(Ordering::Equal),
        Value::Bool(own) => (text.parse() == Ok(*own)).then_some(Ordering::Equal),
        _ => None,
    }
}

/// Whether `found` holds of any value that the path leads to. As deep as the path, which is as long as was typed.
fn walk(value: &Value, path: &[Step], found: &dyn Fn(&Value) -> bool) -> bool {
    let Some((step, rest)) = path.split_first() else { return found(value) };
    match (step, value) {
        (Step::Name(name), Value::Object(fields)) => {
            // A name may hold dots itself: `.http.status` finds `{"http.status": 502}` too.
            fields.get(name).is_some_and(|inner| walk(inner, rest, found))
                || dotted(name, rest, fields, found)
        }
        (Step::Name(name), Value::Array(elements)) => name
            .parse::<usize>()
            .ok()
            .and_then(|at| elements.get(at))
            .is_some_and(|inner| walk(inner, rest, found)),
        (Step::Each, Value::Object(fields)) => fields.values().any(|inner| walk(inner, rest, found)),
        (Step::Each, Value::Array(elements)) => elements.iter().any(|inner| walk(inner, rest, found)),
        _ => false,
    }
}

fn dotted(
    name: &str,
    rest: &[Step],
    fields: &serde_json::Map<String, Value>,
    found: &dyn Fn(&Value) -> bool,
) -> bool {
    let mut joined = name.to_owned();
    rest.iter().enumerate().any(|(at, step)| {
        let Step::Name(next) = step else { return false };
        joined.push('.');
        joined.push_str(next);
        fields.get(&joined).is_some_and(|inner| walk(inner, &rest[at + 1..], found))
    })
}

/// The JSON in a line: the whole of it, or what begins at its first brace, as runtimes put a time and a level before.
pub(super) fn in_line(text: &str) -> Option<Value> {
    let start = memchr::memchr2(b'{', b'[', text.as_bytes())?;
    let whole = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>().next();
    match whole {
        Some(Ok(value)) if value.is_object() => Some(value),
        // `[INFO] ... {"a": 1}`: the bracket was none of JSON's, or holds no fields of its own.
        _ => {
            let brace = start + memchr::memchr(b'{', &text.as_bytes()[start..])?;
            serde_json::Deserializer::from_str(&text[brace..]).into_iter::<Value>().next()?.ok()
        }
    }
}
