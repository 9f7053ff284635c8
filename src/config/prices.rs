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
    let (text, dollars) = match value {
        DeValue::Float(number) => (number.as_str(), number.as_str().parse().ok()),
        DeValue::Integer(number) if number.radix() == 10 => (number.as_str(), number.as_str().parse().ok()),
        DeValue::String(text) => (&**text, None),
        other => (other.type_str(), None),
    };
    let wrong = |allowed: &str| ConfigError::Value {
        origin: origin.clone(),
        name: format!("{NAME}.{name}"),
        value: text.to_owned(),
        allowed: allowed.to_owned(),
    };
    if slot(&mut Prices::LIST.clone(), name).is_none() {
        return Err(wrong("there are prices for x86_gb_second, arm_gb_second and million_requests"));
    }
    match dollars.filter(|dollars| (0.0..=1000.0).contains(dollars)) {
        Some(dollars) => Ok(Entry { name: name.to_owned(), dollars, origin }),
        None if matches!(value, DeValue::String(_)) => {
            Err(wrong("a number of US dollars from 0 to 1000, without quotes"))
        }
        None => Err(wrong("a number of US dollars from 0 to 1000")),
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::file;
    use super::*;

    /// What is said of a settings file with such a table.
    fn said(table: &str) -> Result<Prices, String> {
        let text = format!("since = \"2h\"\n{table}\n");
        let said = file::read(Path::new("config.toml"), &text).map_err(|error| error.to_string())?;
        Ok(of(&said.prices))
    }

    #[test]
    fn prices_take_the_place_of_the_list() {
        let prices = said("[prices]\nmillion_requests = 0\nx86_gb_second = 0.5").expect("prices");
        assert_eq!((prices.million_requests, prices.x86, prices.arm), (0.0, 0.5, Prices::LIST.arm));
    }

    #[test]
    fn every_price_that_cannot_be_is_one_message_with_its_line_and_what_would_be_right() {
        let dollars = "a number of US dollars from 0 to 1000";
        let names = "there are prices for x86_gb_second, arm_gb_second and million_requests";
        for (line, value, right) in [
            ("x86_gb_second = \"0.5\"", "x86_gb_second = \"0.5\"", &*format!("{dollars}, without quotes")),
            ("arm_gb_second = \"cheap\"", "arm_gb_second = \"cheap\"", &format!("{dollars}, without quotes")),
            ("arm_gb_second = true", "arm_gb_second = \"boolean\"", dollars),
            ("arm_gb_second = [1]", "arm_gb_second = \"array\"", dollars),
            ("arm_gb_second = 0x10", "arm_gb_second = \"integer\"", dollars),
            ("million_requests = -0.2", "million_requests = \"-0.2\"", dollars),
            ("million_requests = -1", "million_requests = \"-1\"", dollars),
            ("million_requests = 1001", "million_requests = \"1001\"", dollars),
            ("million_requests = nan", "million_requests = \"nan\"", dollars),
            ("million_requests = inf", "million_requests = \"inf\"", dollars),
            ("gb_second = 0.5", "gb_second = \"0.5\"", names),
            ("requests = \"x\"", "requests = \"x\"", names),
        ] {
            let expected = format!("config.toml:3: prices.{value} is not allowed: {right}");
            assert_eq!(said(&format!("[prices]\n{line}")), Err(expected), "{line}");
        }
        let no_table = said("prices = 3").expect_err("no table");
        assert_eq!(
            no_table,
            "config.toml:2: prices = \"integer\" is not allowed: a table, [prices], of names and US dollars"
        );
        let twice = said("[prices]\narm_gb_second = 1\narm_gb_second = 2").expect_err("twice");
        assert!(twice.starts_with("config.toml:4: "), "{twice}");
        let none = said("[prices]\narm_gb_second =").expect_err("no value");
        assert!(none.starts_with("config.toml:3: "), "{none}");
    }
}
