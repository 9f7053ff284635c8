//! The one tree that every protocol is decoded into and every answer is encoded from.

use crate::demo::cloud::calendar;

/// A value of the Smithy data model, without its schema.
///
/// A form body knows only text and JSON writes instants as numbers, so what is read goes through the accessors
/// below, which accept every spelling that a protocol may use.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing; members that hold it are not written.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number, possibly not finite.
    Double(f64),
    /// Text.
    Text(String),
    /// An instant, in milliseconds since the epoch.
    Time(i64),
    /// A list.
    List(Vec<Value>),
    /// A structure or a map, its members in the order in which they are written.
    Map(Vec<(String, Value)>),
}

impl Value {
    /// An empty structure, to be filled with [`Value::with`].
    pub const fn structure() -> Self {
        Self::Map(Vec::new())
    }

    /// The structure with one more member; a `Null` is left out, as AWS leaves out what is not set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Self>) -> Self {
        let value = value.into();
        if let Self::Map(members) = &mut self
            && value != Self::Null
        {
            members.push((name.to_owned(), value));
        }
        self
    }

    /// The member called `name`, if this is a structure that has it.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Map(members) => {
                members.iter().find(|(key, value)| key == name && *value != Self::Null).map(|(_, v)| v)
            }
            _ => None,
        }
    }

    /// The text of the member called `name`.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Self::as_text)
    }

    /// The items of the member called `name`; none if it is missing or no list.
    pub fn list(&self, name: &str) -> &[Self] {
        match self.get(name) {
            Some(Self::List(items)) => items,
            _ => &[],
        }
    }

    /// This value as text, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This value as a whole number: a number without a fraction, or text that spells one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Double(number) if number.fract() == 0.0 => Some(*number as i64),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// This value as true or false.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(flag) => Some(*flag),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// This value as an instant in milliseconds: a tagged instant, seconds since the epoch, or ISO 8601 text.
    pub fn as_time(&self) -> Option<i64> {
        match self {
            Self::Time(millis) => Some(*millis),
            Self::Integer(seconds) => seconds.checked_mul(1000),
            Self::Double(seconds) if seconds.is_finite() => Some((seconds * 1000.0).round() as i64),
            Self::Text(text) => calendar::parse(text),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::from(number as u64)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Double(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_may_be_spelled_in_three_ways() {
        for spelled in [
            Value::Time(1_772_366_400_000),
            Value::Integer(1_772_366_400),
            Value::Double(1_772_366_400.0),
            Value::from("2026-03-01T12:00:00Z"),
        ] {
            assert_eq!(spelled.as_time(), Some(1_772_366_400_000), "{spelled:?}");
        }
        assert_eq!(Value::from("yesterday").as_time(), None);
    }

    #[test]
    fn what_is_not_set_is_not_written() {
        let value = Value::structure().with("Here", "x").with("Gone", None::<&str>);
        assert_eq!(value, Value::Map(vec![("Here".to_owned(), Value::from("x"))]));
    }
}
