//! Trace ids: what joins a request with its segments.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of a trace: 32 bits of time and 96 of chance, written by X-Ray as `1-6a507b87-0cc4438344b48ef127ab1931` and by
/// OpenTelemetry without the `1-` and the dash.
///
/// Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids>.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TraceId(u128);

impl TraceId {
    /// Reads either form, in hexadecimal digits of either case; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |text: &str, count: usize| {
            let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_hexdigit());
            plain.then(|| u128::from_str_radix(text, 16).ok()).flatten()
        };
        if let Some(rest) = text.strip_prefix("1-") {
            let (time, chance) = rest.split_once('-')?;
            return Some(Self(digits(time, 8)? << 96 | digits(chance, 24)?));
        }
        digits(text, 32).map(Self)
    }

    /// It as OpenTelemetry writes it.
    #[must_use]
    pub fn open_telemetry(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Its 128 bits as two halves, the first one first: for whoever holds many.
    #[must_use]
    pub const fn halves(self) -> [u64; 2] {
        [(self.0 >> 64) as u64, self.0 as u64]
    }

    /// The id of these halves.
    #[must_use]
    pub const fn of_halves([high, low]: [u64; 2]) -> Self {
        Self((high as u128) << 64 | low as u128)
    }

    /// When it was made, in seconds since the epoch, as its maker's clock had it.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        (self.0 >> 96) as u32
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1-{:08x}-{:024x}", self.0 >> 96, self.0 & ((1 << 96) - 1))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_read_in_both_of_its_forms_and_written_as_x_ray_does() {
        let text = "1-6a507b87-0cc4438344b48ef127ab1931";
        let id = TraceId::parse(text).unwrap();
        assert_eq!((id.to_string().as_str(), id.seconds()), (text, 0x6a50_7b87));
        assert_eq!(TraceId::parse("6A507B870cc4438344b48ef127ab1931"), Some(id));
        assert_eq!(id.open_telemetry(), "6a507b870cc4438344b48ef127ab1931");
        for wrong in [
            "",
            "1-",
            "1-6a507b87",
            "1-6a507b87-0cc4438344b48ef127ab193",
            "2-6a507b87-0cc4438344b48ef127ab1931",
            "1-+a507b87-0cc4438344b48ef127ab1931",
            "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9",
        ] {
            assert_eq!(TraceId::parse(wrong), None, "{wrong}");
        }
    }
}
