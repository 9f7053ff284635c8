//! Attributes of OpenTelemetry: an object as AWS writes them, or OTLP's list of keys and wrapped values.

use std::sync::Arc;

use serde_json::Value;

/// Longest text of an attribute that is kept, in bytes.
const LONGEST: usize = 4096;

/// Attributes of a span, of what sent it, or of an event.
pub(super) struct Attributes(Vec<(Arc<str>, Arc<str>)>);

impl Attributes {
    /// Those of an object, or of OTLP's list of keys and values.
    pub(super) fn of(value: Option<&Value>) -> Self {
        Self(match value {
            Some(Value::Object(fields)) => {
                fields.iter().map(|(key, value)| (key.as_str().into(), text(value))).collect()
            }
            Some(Value::Array(list)) => list
                .iter()
                .filter_map(|entry| Some((entry.get("key")?.as_str()?.into(), text(entry.get("value")?))))
                .collect(),
            _ => Vec::new(),
        })
    }

    /// The first of these names that is there and not empty.
    pub(super) fn first(&self, names: &[&str]) -> Option<Arc<str>> {
        names.iter().find_map(|name| {
            let (_, text) = self.0.iter().find(|(key, text)| **key == **name && !text.is_empty())?;
            Some(text.clone())
        })
    }

    /// Whether there is one whose name begins so.
    pub(super) fn has(&self, prefix: &str) -> bool {
        self.0.iter().any(|(key, _)| key.starts_with(prefix))
    }

    /// All of them.
    pub(super) fn texts(self) -> Vec<(Arc<str>, Arc<str>)> {
        self.0
    }
}

/// The text of a value: plain, or wrapped as OTLP does. Of a list with one text in it, that one.
fn text(value: &Value) -> Arc<str> {
    let wrapped = |value: &'_ Value| {
        let fields = value.as_object().filter(|fields| fields.len() == 1)?;
        let (kind, inner) = fields.iter().next()?;
        let list =
            matches!(kind.as_str(), "arrayValue" | "array_value").then(|| inner.get("values")).flatten();
        (kind.ends_with("Value") || kind.ends_with("_value")).then(|| list.unwrap_or(inner).clone())
    };
    let value = wrapped(value).unwrap_or_else(|| value.clone());
    let value = match &value {
        Value::Array(list) if list.len() == 1 => wrapped(&list[0]).unwrap_or_else(|| list[0].clone()),
        _ => value,
    };
    match value {
        Value::String(text) => cut(&text).into(),
        Value::Null => "".into(),
        other => cut(&other.to_string()).into(),
    }
}

/// Its start, where it is too long to be kept.
pub(super) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST)]
}
