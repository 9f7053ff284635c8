//! Comparisons, durations and amounts of memory as they are typed.

use std::cmp::Ordering;

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less,
    AtMost,
    Equal,
    NotEqual,
    AtLeast,
    More,
}

impl Comparison {
    /// The comparison that `text` begins with, and what stands behind it.
    pub(super) fn split(text: &str) -> Option<(Self, &str)> {
        const SIGNS: [(&str, Comparison); 6] = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("!=", Comparison::NotEqual),
            ("<", Comparison::Less),
            (">", Comparison::More),
            ("=", Comparison::Equal),
        ];
        SIGNS.into_iter().find_map(|(sign, comparison)| Some((comparison, text.strip_prefix(sign)?)))
    }

    /// As it is typed.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    /// Whether it holds of two values that stand in this order; of values without order only `!=` does.
    pub(super) fn holds(self, order: Option<Ordering>) -> bool {
        match self {
            Self::Less => order == Some(Ordering::Less),
            Self::AtMost => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Self::Equal => order == Some(Ordering::Equal),
            Self::NotEqual => order != Some(Ordering::Equal),
            Self::AtLeast => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            Self::More => order == Some(Ordering::Greater),
        }
    }
}

/// An amount of memory: of what is configured, or in MB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Memory {
    Share(f64),
    Megabytes(f64),
}

/// A duration in milliseconds: `250ms`, `1.5s`, `2m`, `1h`, or milliseconds alone.
pub(super) fn milliseconds(text: &str) -> Option<f64> {
    let (number, unit) = split(text)?;
    let factor = match unit {
        "" | "ms" => 1.0,
        "s" => 1e3,
        "m" | "min" => 60e3,
        "h" => 3600e3,
        _ => return None,
    };
    Some(number * factor)
}

/// An amount of memory: `90%`, `200MB`, `1.5GB`, or MB alone.
pub(super) fn memory(text: &str) -> Option<Memory> {
    let (number, unit) = split(text)?;
    match unit.to_ascii_lowercase().as_str() {
        "%" => Some(Memory::Share(number / 100.0)),
        "" | "m" | "mb" => Some(Memory::Megabytes(number)),
        "g" | "gb" => Some(Memory::Megabytes(number * 1024.0)),
        _ => None,
    }
}

fn split(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = text[..end].parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some((number, &text[end..]))
}
