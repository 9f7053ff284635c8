//! `config.toml`: TOML with the line of every value, so that a mistake can be pointed at.

use std::ops::Range;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::prices;
use super::searches::{self, Entry};
use super::{ConfigError, Given, Origin, SETTINGS};

/// What a file says, in the order of its lines.
#[derive(Default)]
pub(super) struct Said {
    pub(super) settings: Vec<Given>,
    pub(super) searches: Vec<Entry>,
    pub(super) prices: Vec<prices::Entry>,
}

/// Reads one file.
pub(super) fn read(path: &Path, text: &str) -> Result<Said, ConfigError> {
    let origin = |span: Range<usize>| Origin::File { path: path.to_owned(), line: line_of(text, span.start) };
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        origin: origin(error.span().unwrap_or(0..0)),
        message: error.message().to_owned(),
    })?;
    let mut entries: Vec<_> = table.get_ref().iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let mut said = Said::default();
    for (key, value) in entries {
        let (name, value, place) = (key.get_ref().as_ref(), value.get_ref(), origin(key.span()));
        let not = |allowed: &str| ConfigError::Value {
            origin: place.clone(),
            name: name.to_owned(),
            value: value.type_str().to_owned(),
            allowed: allowed.to_owned(),
        };
        if name == searches::NAME {
            let table = value.as_table().ok_or_else(|| not("a table, [searches], of names and searches"))?;
            for (name, value) in table {
                let entry = searches::read(name.get_ref(), value.get_ref(), origin(name.span()))?;
                said.searches.push(entry);
            }
            said.searches.sort_by_key(|entry| entry.origin.line());
            continue;
        }
        if name == prices::NAME {
            let table = value.as_table().ok_or_else(|| not("a table, [prices], of names and US dollars"))?;
            for (name, value) in table {
                said.prices.push(prices::read(name.get_ref(), value.get_ref(), origin(name.span()))?);
            }
            said.prices.sort_by_key(|entry| entry.origin.line());
            continue;
        }
        let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
            return Err(ConfigError::Name { origin: place, name: name.to_owned() });
        };
        let text = plain(value).ok_or_else(|| not(setting.allowed))?;
        said.settings.push(Given { name: setting.name, value: text, origin: place });
    }
    Ok(said)
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
