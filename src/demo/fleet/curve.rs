//! Exponential, logarithm and the day's curve from plain arithmetic.
//!
//! The standard library's answers may differ in the last bit from one platform to the next, and one bit can turn a
//! request into two. The simulation uses these, so that a seed means the same everywhere; they are also faster.

use std::f64::consts::{LN_2, LOG2_E};

/// `e` to the power of `x`, to about eight digits, for -700 to 700.
#[inline]
pub(super) fn exp(x: f64) -> f64 {
    // e^x = 2^k * e^r, with r within half of ln 2.
    let scaled = x * LOG2_E + if x < 0.0 { -0.5 } else { 0.5 };
    let k = scaled as i64;
    let r = x - k as f64 * LN_2;
    // Grouped so that the terms need not wait for each other.
    let square = r * r;
    let low = 1.0 + r + square * (1.0 / 2.0 + r * (1.0 / 6.0));
    let high = (1.0 / 24.0 + r * (1.0 / 120.0)) + square * (1.0 / 720.0 + r * (1.0 / 5_040.0));
    let series = low + square * square * high;
    series * f64::from_bits(((k + 1_023) as u64) << 52)
}

/// The natural logarithm of a positive, normal `x`, to about eight digits.
#[inline]
pub(super) fn ln(x: f64) -> f64 {
    // ln x = k ln 2 + ln m, with m from 1 to 2 taken as (1 + s) / (1 - s), around the middle.
    let bits = x.to_bits();
    let k = ((bits >> 52) & 0x7FF).cast_signed() - 1_023;
    let m = f64::from_bits((bits & ((1 << 52) - 1)) | (1_023 << 52)) / std::f64::consts::SQRT_2;
    let s = (m - 1.0) / (m + 1.0);
    let square = s * s;
    let series = 1.0
        + square
            * (1.0 / 3.0
                + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0 + square / 11.0))));
    (k as f64 + 0.5) * LN_2 + 2.0 * s * series
}

/// How busy the shop is at a minute of the day (0 to 1,439): 0 at its quietest, 05:30 UTC, and 1 at its busiest, 18:00.
pub(super) fn busy(minute_of_day: i64) -> f64 {
    const BUSIEST: i64 = 18 * 60;
    const QUIETEST: i64 = 5 * 60 + 30;
    let since_quietest = (minute_of_day - QUIETEST).rem_euclid(1_440);
    let rising = BUSIEST - QUIETEST;
    let height = if since_quietest < rising {
        since_quietest as f64 / rising as f64
    } else {
        1.0 - (since_quietest - rising) as f64 / (1_440 - rising) as f64
    };
    // Flat at both ends, steep between them, and busy for longer than it is quiet.
    let eased = height * height * (3.0 - 2.0 * height);
    eased * (1.6 - 0.6 * eased)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_what_their_names_say() {
        for step in -2_000..2_000 {
            let x = f64::from(step) / 100.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-8, "exp {x}");
            let y = x.exp();
            assert!((ln(y) - x).abs() < 1e-7, "ln {y}: {} not {x}", ln(y));
        }
    }

    #[test]
    fn a_day_has_one_quiet_end_and_one_busy_end() {
        assert!(busy(18 * 60) > 0.999 && busy(5 * 60 + 30) < 0.001);
        assert!((0.8..1.0).contains(&busy(14 * 60 + 31)), "{}", busy(14 * 60 + 31));
        assert!((0..1_440).all(|minute| (0.0..=1.0).contains(&busy(minute))));
    }
}
