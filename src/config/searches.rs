//! `[searches]`: queries of lines under names, as a settings file has them.

use toml::de::DeValue;

use super::{ConfigError, Origin, value};
use crate::query::SavedSearch;

/// What the table is called.
pub(super) const NAME: &str = "searches";

/// One entry, with its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) search: SavedSearch,
    pub(super) origin: Origin,
}

/// Reads one entry.
pub(super) fn read(name: &str, value: &DeValue<'_>, origin: Origin) -> Result<Entry, ConfigError> {
    let refuse = |value: &str, allowed: String| ConfigError::Value {
        origin: origin.clone(),
        name: format!(
            "{NAME}.{}",
            if SavedSearch::may_be_called(name) { name.into() } else { value::quoted(name) }
        ),
        value: value.to_owned(),
        allowed,
    };
    let DeValue::String(text) = value else {
        return Err(refuse(
            value.type_str(),
            "a search in quotes, such as \"level>=error timeout\"".to_owned(),
        ));
    };
    if !SavedSearch::may_be_called(name) {
        return Err(refuse(text, SavedSearch::NAMES.to_owned()));
    }
    match SavedSearch::parse(text) {
        Ok(query) => Ok(Entry { search: SavedSearch { name: name.to_owned(), query }, origin }),
        Err(error) => {
            let at = text.get(..error.at).map_or(0, |before| before.chars().count()) + 1;
            Err(refuse(text, format!("character {at}: {}", error.message)))
        }
    }
}

/// The entries as they would stand in a settings file.
pub(super) fn explained(entries: &[Entry]) -> String {
    let line = |entry: &Entry| {
        let assignment = format!("{} = {}", entry.search.name, value::quoted(entry.search.query.text()));
        super::explained_line(&assignment, &entry.origin)
    };
    let lines: String = entries.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n[{NAME}]\n{lines}") }
}
