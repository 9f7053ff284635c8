//! `[prices]`: what Lambda charges where it is not the list price.

use toml::de::DeValue;

use super::{ConfigError, Origin};
use crate::model::Prices;

/// What the table is called.
pub(super) const NAME: &str = "prices";

/// One entry, with its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    name: String,
    dollars: f64,
    pub(super) origin: Origin,
}

/// Reads one entry.
pub(super) fn read(name: &str, value: &DeValue<'_>, origin: Origin) -> Result<Entry, ConfigError> {
    let text = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        other => other.type_str(),
    };
    let dollars = text.parse().ok().filter(|dollars| (0.0..=1000.0).contains(dollars));
    match dollars {
        Some(dollars) if slot(&mut Prices::LIST.clone(), name).is_some() => {
            Ok(Entry { name: name.to_owned(), dollars, origin })
        }
        _ => Err(ConfigError::Value {
            origin,
            name: format!("{NAME}.{name}"),
            value: text.to_owned(),
            allowed: "US dollars from 0 to 1000 for x86_gb_second, arm_gb_second or million_requests"
                .to_owned(),
        }),
    }
}

/// The prices that some entries make of the list.
pub(super) fn of(entries: &[Entry]) -> Prices {
    let mut prices = Prices::LIST;
    for entry in entries {
        if let Some(slot) = slot(&mut prices, &entry.name) {
            *slot = entry.dollars;
        }
    }
    prices
}

fn slot<'a>(prices: &'a mut Prices, name: &str) -> Option<&'a mut f64> {
    match name {
        "x86_gb_second" => Some(&mut prices.x86),
        "arm_gb_second" => Some(&mut prices.arm),
        "million_requests" => Some(&mut prices.million_requests),
        _ => None,
    }
}

/// The entries as they would stand in a settings file.
pub(super) fn explained(entries: &[Entry]) -> String {
    let line =
        |entry: &Entry| super::explained_line(&format!("{} = {}", entry.name, entry.dollars), &entry.origin);
    let lines: String = entries.iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("\n[{NAME}]\n{lines}") }
}
