//! Request ids: what joins a request's log lines, its trace and its report.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What each byte is worth as a hexadecimal digit; 0xff where it is none.
const DIGITS: [u8; 256] = {
    let mut worth = [0xff; 256];
    let mut digit = 0;
    while digit < 16 {
        worth[b"0123456789abcdef"[digit] as usize] = digit as u8;
        worth[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    worth
};

/// A Lambda request id: always a UUID, so sixteen bytes instead of thirty-six.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequestId(u128);

impl RequestId {
    /// Reads the form `8-4-4-4-12`, in hexadecimal digits of either case; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: &[u8; 36] = text.as_bytes().try_into().ok()?;
        // Sixteen digits at a time, and one test at the end: a tail reads one of these a line.
        let (mut high, mut low, mut wrong) = (0_u64, 0_u64, 0_u8);
        for (at, &byte) in bytes.iter().enumerate() {
            match at {
                8 | 13 | 18 | 23 => wrong |= byte ^ b'-',
                _ => {
                    let digit = DIGITS[usize::from(byte)];
                    wrong |= digit & 0xf0;
                    let half = if at < 18 { &mut high } else { &mut low };
                    *half = *half << 4 | u64::from(digit & 0x0f);
                }
            }
        }
        (wrong == 0).then(|| Self(u128::from(high) << 64 | u128::from(low)))
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
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            value >> 96,
            (value >> 80) & 0xffff,
            (value >> 64) & 0xffff,
            (value >> 48) & 0xffff,
            value & 0xffff_ffff_ffff
        )
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_is_a_uuid_and_nothing_else() {
        let text = "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9";
        assert_eq!(RequestId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
        assert_eq!(RequestId::parse(&text.to_uppercase()), RequestId::parse(text));
        for wrong in [
            "",
            "undefined",
            "8f5bd2c1x22a3-4b6e-9a44-0d7a3c1be0f9",
            "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0fg",
            "価価価価価価価価価価価価",
        ] {
            assert_eq!(RequestId::parse(wrong), None, "{wrong}");
        }
    }
}
