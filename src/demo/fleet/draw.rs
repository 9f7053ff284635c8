//! Chance without state: every draw is a hash of what it is about.

/// A source of numbers that depends on nothing but what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Draw(u64);

/// The odd constant of the splitmix64 generator: steps through all of 64 bits.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl Draw {
    /// The draw of a seed.
    pub(super) const fn new(seed: u64) -> Self {
        Self(mix(seed.wrapping_add(STEP)))
    }

    /// The draw about `what`, within this one.
    #[inline]
    pub(super) const fn about(self, what: u64) -> Self {
        Self(mix(self.0 ^ what.wrapping_mul(STEP).wrapping_add(STEP)))
    }

    /// The draw about a name, within this one.
    pub(super) fn about_name(self, name: &str) -> Self {
        name.bytes().fold(self, |draw, byte| draw.about(u64::from(byte)))
    }

    /// All 64 bits.
    #[inline]
    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    /// Evenly in `0.0..1.0`.
    #[inline]
    pub(super) fn unit(self) -> f64 {
        (self.0 >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Evenly in `0..limit`; `limit` is not 0.
    #[inline]
    pub(super) const fn below(self, limit: u64) -> u64 {
        (self.0 >> 16) % limit
    }

    /// True in this share of cases.
    #[inline]
    pub(super) fn chance(self, share: f64) -> bool {
        self.unit() < share
    }

    /// Nearly normal, mean 0 and deviation 1: the sum of four even draws, so never beyond 3.47.
    #[inline]
    pub(super) fn normal(self) -> f64 {
        let sum = (self.0 & 0xFFFF) + (self.0 >> 16 & 0xFFFF) + (self.0 >> 32 & 0xFFFF) + (self.0 >> 48);
        // Four draws of 0..=65,535 have the mean 131,070 and the deviation 37,837.
        (sum as f64 - 131_070.0) * (1.0 / 37_837.0)
    }

    /// The next of a sequence of draws.
    #[inline]
    pub(super) const fn next(&mut self) -> Self {
        self.0 = self.0.wrapping_add(STEP);
        Self(mix(self.0))
    }

    /// 32 hexadecimal digits.
    pub(super) fn hex32(self) -> String {
        format!("{:016x}{:016x}", self.0, self.about(1).0)
    }

    /// A random (version 4) UUID.
    pub(super) fn uuid(self) -> String {
        let high = self.0 & !0xF000 | 0x4000;
        let low = self.about(1).0 & !(0b11 << 62) | (0b10 << 62);
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xFFFF,
            high & 0xFFFF,
            low >> 48,
            low & 0xFFFF_FFFF_FFFF
        )
    }
}

/// The finaliser of splitmix64: every bit of the answer depends on every bit of the question.
#[inline]
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_spread_evenly_and_around_nought() {
        let root = Draw::new(7);
        let count = 20_000;
        let draws: Vec<Draw> = (0..count).map(|n| root.about(n)).collect();
        let mean = draws.iter().map(|draw| draw.unit()).sum::<f64>() / count as f64;
        let normal = draws.iter().map(|draw| draw.normal()).sum::<f64>() / count as f64;
        let spread = (draws.iter().map(|draw| draw.normal().powi(2)).sum::<f64>() / count as f64).sqrt();
        assert!((mean - 0.5).abs() < 0.01, "{mean}");
        assert!(normal.abs() < 0.03 && (spread - 1.0).abs() < 0.03, "{normal} {spread}");
    }

    #[test]
    fn a_request_id_is_a_random_uuid() {
        let id = Draw::new(3).uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(&id[14..15], "4");
        assert!(matches!(&id[19..20], "8" | "9" | "a" | "b"), "{id}");
    }
}
