//! The vertical axis: a round top and how its values are written.

use crate::model::Unit;
use crate::ui::number::{self, Number};

/// Round numbers between 1 and 10.
const ROUND: [f64; 9] = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0];
/// Round times from half a minute on, in seconds.
const ROUND_SECONDS: [f64; 12] =
    [60.0, 90.0, 120.0, 180.0, 300.0, 450.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0];
/// A limit belongs to the chart as soon as the highest value is this share of it: distance to trouble is a
/// height then; below, it would only press the curve flat.
const NEAR: f64 = 0.25;

/// The range of a vertical axis, from zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The value at the top; above zero and finite.
    pub top: f64,
    /// What the values count.
    pub unit: Unit,
}

impl Scale {
    /// The scale for values up to `highest`, and for a limit if they come near it.
    #[must_use]
    pub fn new(unit: Unit, highest: Option<f64>, limit: Option<f64>) -> Self {
        let highest = highest.filter(|value| value.is_finite() && *value > 0.0).unwrap_or(0.0);
        let limit = limit.filter(|limit| limit.is_finite() && *limit > 0.0 && highest >= NEAR * limit);
        let top = match limit {
            // The limit's own line is the top, unless the curve goes beyond it.
            Some(limit) if highest <= limit => limit,
            _ => round_up(unit, highest),
        };
        Self { top, unit }
    }

    /// Whether a value lies on the chart.
    #[must_use]
    pub fn shows(&self, value: f64) -> bool {
        value.is_finite() && value >= 0.0 && value <= self.top
    }

    /// A value as the axis writes it: `500`, `13.1k`, `6 s`, `4.2 MB`.
    #[must_use]
    pub fn label(&self, value: f64) -> Number {
        match self.unit {
            Unit::Count => number::short(value),
            Unit::Milliseconds => time_label(value),
            Unit::Percent => number::written(format_args!("{} %", number::short(value))),
            Unit::Ratio => number::written(format_args!("{} %", number::short(value * 100.0))),
            Unit::Bytes => number::bytes(value),
        }
    }
}

fn round_up(unit: Unit, highest: f64) -> f64 {
    if highest <= 0.0 {
        return match unit {
            Unit::Count => 10.0,
            Unit::Milliseconds | Unit::Percent => 100.0,
            Unit::Ratio => 1.0,
            Unit::Bytes => 1000.0,
        };
    }
    if unit == Unit::Milliseconds && highest > 30_000.0 {
        let seconds = highest / 1000.0;
        if let Some(top) = ROUND_SECONDS.into_iter().find(|top| *top >= seconds) {
            return top * 1000.0;
        }
    }
    let least = if unit == Unit::Count { 4.0 } else { f64::MIN_POSITIVE };
    let highest = highest.max(least);
    let magnitude = 10_f64.powf(highest.log10().floor());
    let top = ROUND.into_iter().map(|step| step * magnitude).find(|top| *top >= highest * (1.0 - 1e-9));
    top.filter(|top| top.is_finite()).unwrap_or(highest)
}

/// A time without useless decimals: `0`, `640 ms`, `6 s`, `2.5 s`, `15 m`.
fn time_label(value: f64) -> Number {
    match value {
        0.0 => number::count(0.0),
        _ if value < 1000.0 => number::written(format_args!("{} ms", number::short(value))),
        _ if value < 60_000.0 => number::written(format_args!("{} s", number::short(value / 1000.0))),
        _ if value < 3_600_000.0 => number::written(format_args!("{} m", number::short(value / 60_000.0))),
        _ => number::written(format_args!("{} h", number::short(value / 3_600_000.0))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn top(unit: Unit, highest: f64, limit: Option<f64>) -> String {
        let scale = Scale::new(unit, Some(highest), limit);
        scale.label(scale.top).as_str().to_owned()
    }

    #[test]
    fn tops_are_round() {
        assert_eq!(top(Unit::Count, 412.0, None), "500");
        assert_eq!(top(Unit::Count, 0.0, None), "10");
        assert_eq!(top(Unit::Count, 1.0, None), "4");
        assert_eq!(top(Unit::Count, 18_420.0, None), "20k");
        assert_eq!(top(Unit::Count, 10.0, None), "10");
        assert_eq!(top(Unit::Milliseconds, 180.0, None), "200 ms");
        assert_eq!(top(Unit::Milliseconds, 1_400.0, None), "1.5 s");
        assert_eq!(top(Unit::Milliseconds, 700_000.0, None), "15 m");
        assert_eq!(top(Unit::Bytes, 9_400_000.0, None), "10.0 MB");
    }

    #[test]
    fn a_limit_is_on_the_chart_once_the_values_come_near_it() {
        assert_eq!(top(Unit::Milliseconds, 4_810.0, Some(6_000.0)), "6 s");
        assert_eq!(top(Unit::Milliseconds, 96.0, Some(6_000.0)), "100 ms");
        assert_eq!(top(Unit::Count, 14.0, Some(40.0)), "40");
        assert_eq!(top(Unit::Count, 14.0, Some(1_000.0)), "15");
        assert_eq!(top(Unit::Count, 55.0, Some(40.0)), "60");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_value_gets_a_scale(highest in any::<u64>(), limit in any::<u64>(), unit in 0..5_usize) {
            let unit = [Unit::Count, Unit::Milliseconds, Unit::Percent, Unit::Ratio, Unit::Bytes][unit];
            let scale = Scale::new(unit, Some(f64::from_bits(highest)), Some(f64::from_bits(limit)));
            prop_assert!(scale.top.is_finite() && scale.top > 0.0);
            prop_assert!(scale.label(scale.top).width() > 0);
        }
    }
}
