//! What Lambda itself charges for an invocation.

use super::{Architecture, Invocation};

/// Lambda's list prices in US dollars, without free tier, tiers by volume and savings plans.
///
/// As of 2026, us-east-1, from <https://aws.amazon.com/lambda/pricing/>; most regions charge the same. What differs is set
/// in `[prices]` of the settings file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// A GB-second on `x86_64`.
    pub x86: f64,
    /// A GB-second on `arm64`.
    pub arm: f64,
    /// A million requests.
    pub million_requests: f64,
}

impl Prices {
    /// The list prices.
    pub const LIST: Self = Self { x86: 0.000_016_666_7, arm: 0.000_013_333_4, million_requests: 0.20 };
}

impl Default for Prices {
    fn default() -> Self {
        Self::LIST
    }
}

impl Invocation {
    /// What it cost in US dollars: its billed duration times its memory, and the request; `None` until a REPORT tells both.
    /// Since August 2025 the billed duration holds the init
    /// (<https://aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase/>). Where nobody knows the
    /// architecture it is taken for `x86_64`. Restores and provisioned concurrency are charged apart and not in here.
    #[must_use]
    pub fn cost(&self, architecture: Option<Architecture>, prices: &Prices) -> Option<f64> {
        let gigabyte_seconds = self.billed_ms? / 1000.0 * (self.memory_mb? / 1024.0);
        let price = match architecture {
            Some(Architecture::Arm) => prices.arm,
            Some(Architecture::X86) | None => prices.x86,
        };
        Some(gigabyte_seconds * price + prices.million_requests / 1e6)
    }
}
