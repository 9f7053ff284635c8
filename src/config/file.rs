//! `config.toml`: TOML with the line of every value, so that a mistake can be pointed at.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{ConfigError, Given, Origin, SETTINGS};

/// Reads the settings of one file, in the order of its lines.
pub(super) fn read(path: &Path, text: &str) -> Result<Vec<Given>, ConfigError> {
    let origin = |span: Range<usize>| Origin::File { path: path.to_owned(), line: line_of(text, span.start) };
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        origin: origin(error.span().unwrap_or(0..0)),
        message: error.message().to_owned(),
    })?;
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
        .into_iter()
        .map(|(key, value)| {
            let origin = origin(key.span());
            let setting = SETTINGS.iter().find(|setting| setting.name == key.get_ref().as_ref());
            let Some(setting) = setting else {
                return Err(ConfigError::Name { origin, name: key.get_ref().to_string() });
            };
            let Some(value) = plain(value.get_ref()) else {
                return Err(ConfigError::Value {
                    origin,
                    name: setting.name.to_owned(),
                    value: value.get_ref().type_str().to_owned(),
                    allowed: setting.allowed.to_owned(),
                });
            };
            Ok(Given { name: setting.name, value, origin })
        })
        .collect()
}

/// A value as text; a list of texts joined with commas; `None` for anything deeper.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            Some(items?.join(","))
        }
        DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}
