//! The samples of a metric over some time: enough for every statistic, exactly.

/// Samples of one metric over one or more minutes.
///
/// Values are kept in hundredths, which is the precision that Lambda reports durations in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    sum: u64,
    /// In no order: percentiles rearrange them.
    values: Vec<u32>,
}

/// What one unit is in the values kept.
const UNIT: f64 = 100.0;

impl Samples {
    /// Adds one sample: not negative, and at most 42 million.
    pub fn add(&mut self, value: f64) {
        self.add_hundredths((value * UNIT).round() as u32);
    }

    /// Adds one sample, given in hundredths.
    pub fn add_hundredths(&mut self, value: u32) {
        self.sum += u64::from(value);
        self.values.push(value);
    }

    /// Adds `times` samples of the same value.
    pub fn add_times(&mut self, value: u32, times: usize) {
        self.sum += u64::from(value) * 100 * times as u64;
        self.values.resize(self.values.len() + times, value * 100);
    }

    /// Adds samples given in hundredths.
    pub fn extend_hundredths(&mut self, values: &[u32]) {
        self.sum += values.iter().map(|value| u64::from(*value)).sum::<u64>();
        self.values.extend_from_slice(values);
    }

    /// Adds the samples of another stretch of time.
    pub fn merge(&mut self, other: &Self) {
        self.extend_hundredths(&other.values);
    }

    /// Whether there is none: CloudWatch then has no point.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many there are: the statistic `SampleCount`.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.values.len()
    }

    /// The statistic `Sum`.
    #[must_use]
    pub const fn sum(&self) -> f64 {
        self.sum as f64 / UNIT
    }

    /// The statistic `Average`; 0 without samples.
    #[must_use]
    pub fn average(&self) -> f64 {
        self.sum() / self.values.len().max(1) as f64
    }

    /// The statistic `Minimum`; 0 without samples.
    #[must_use]
    pub fn min(&self) -> f64 {
        f64::from(self.values.iter().copied().min().unwrap_or(0)) / UNIT
    }

    /// The statistic `Maximum`; 0 without samples.
    #[must_use]
    pub fn max(&self) -> f64 {
        f64::from(self.values.iter().copied().max().unwrap_or(0)) / UNIT
    }

    /// The statistic `pNN` for `percent` from 0 to 100: the smallest sample that at least so many per cent do not
    /// exceed; 0 without samples.
    pub fn percentile(&mut self, percent: f64) -> f64 {
        let count = self.values.len();
        if count == 0 {
            return 0.0;
        }
        let rank = (percent.clamp(0.0, 100.0) / 100.0 * count as f64).ceil() as usize;
        let (_, value, _) = self.values.select_nth_unstable(rank.clamp(1, count) - 1);
        f64::from(*value) / UNIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statistic_is_exact() {
        let mut samples = Samples::default();
        (1..=100).rev().for_each(|value| samples.add(f64::from(value) + 0.25));
        assert_eq!((samples.count(), samples.min(), samples.max()), (100, 1.25, 100.25));
        assert_eq!((samples.sum(), samples.average()), (5_075.0, 50.75));
        assert_eq!((samples.percentile(50.0), samples.percentile(99.0)), (50.25, 99.25));
        assert_eq!((samples.percentile(0.0), samples.percentile(100.0)), (1.25, 100.25));
    }

    #[test]
    fn merged_minutes_are_one_stretch_of_time() {
        let (mut one, mut other) = (Samples::default(), Samples::default());
        one.add_times(0, 3);
        other.add_times(1, 1);
        one.merge(&other);
        assert_eq!((one.count(), one.sum(), one.average()), (4, 1.0, 0.25));
        assert!(Samples::default().is_empty() && !one.is_empty());
    }
}
