//! What the value of a setting may be.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// What an endpoint may be, in the words of an error.
pub(super) const ENDPOINTS: &str = "an https URL, or http only for loopback, such as http://127.0.0.1:4566";

const SINCE: std::ops::RangeInclusive<u64> = 5 * 60..=30 * 24 * 3600;

const MEMORY: std::ops::RangeInclusive<usize> = 8_000_000..=64_000_000_000;

/// Empty means not set.
pub(super) fn optional(slot: &mut Option<String>, text: &str) -> bool {
    *slot = (!text.is_empty()).then(|| text.to_owned());
    true
}

pub(super) fn one_of<T: Copy>(slot: &mut T, named: &[(&str, T)], text: &str) -> bool {
    let found = named.iter().find(|(name, _)| *name == text);
    if let Some((_, value)) = found {
        *slot = *value;
    }
    found.is_some()
}

pub(super) fn region(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') && text.len() <= 32
}

pub(super) fn endpoint(url: &str) -> bool {
    let Ok(uri) = url.parse::<http::Uri>() else { return false };
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else { return false };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => {
            let bare = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost"
                || bare.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
                || bare.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
        }
        _ => false,
    }
}

/// Comma-separated globs; `None` if one holds what no function's name can.
pub(super) fn globs(text: &str) -> Option<Vec<String>> {
    let globs: Vec<String> =
        text.split(',').map(str::trim).filter(|glob| !glob.is_empty()).map(str::to_owned).collect();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_*?".contains(c);
    globs.iter().all(|glob| glob.chars().all(allowed)).then_some(globs)
}

pub(super) fn since(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 24 * 3600,
        _ => return None,
    };
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    let total = number.checked_mul(seconds)?;
    SINCE.contains(&total).then(|| Duration::from_secs(total))
}

pub(super) fn dollars(text: &str) -> Option<f64> {
    text.parse().ok().filter(|dollars| (0.01..=1000.0).contains(dollars))
}

/// Bytes as `64MB` or `1GB`, in powers of a thousand.
pub(super) fn memory(text: &str) -> Option<usize> {
    let units = [("MB", 1_000_000_usize), ("GB", 1_000_000_000)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?.trim_end(), unit)))?;
    let bytes = number.parse::<usize>().ok()?.checked_mul(*unit)?;
    MEMORY.contains(&bytes).then_some(bytes)
}

/// As a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
