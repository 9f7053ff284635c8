//! The ledger: what `GetMetricData` has cost, and what may still be asked this hour.
//!
//! AWS bills $0.01 per 1,000 metrics requested, with no free tier; up to five statistics of one metric in one call
//! are one metric. Source: <https://aws.amazon.com/cloudwatch/pricing/>.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{Period, Spend, Timestamp};

/// US dollars for one metric requested.
pub(super) const DOLLARS_PER_METRIC: f64 = 0.01 / 1000.0;

const HOUR: Duration = Duration::from_hours(1);

/// Who a question is for: what is on screen goes first when money gets short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Somebody looks at it.
    Screen,
    /// It only feeds the order of rows that are not on screen.
    Background,
}

/// Metrics requested by the minute, for the last hour and in all.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    start: Timestamp,
    total: u64,
    /// Minute, metrics for the screen, metrics for the background.
    minutes: VecDeque<(Timestamp, u64, u64)>,
}

impl Ledger {
    pub fn new(start: Timestamp) -> Self {
        Self { start, total: 0, minutes: VecDeque::new() }
    }

    /// Writes down an answered call.
    pub fn paid(&mut self, metrics: u64, rank: Rank, now: Timestamp) {
        self.total += metrics;
        let minute = now.floor(Period::MINUTE);
        if self.minutes.back().is_none_or(|(last, ..)| *last != minute) {
            self.minutes.push_back((minute, 0, 0));
        }
        if let Some((_, screen, background)) = self.minutes.back_mut() {
            match rank {
                Rank::Screen => *screen += metrics,
                Rank::Background => *background += metrics,
            }
        }
        while self.minutes.front().is_some_and(|(first, ..)| now.since(*first) >= HOUR) {
            self.minutes.pop_front();
        }
    }

    /// Metrics of the last hour: for the screen, for the background.
    fn last_hour(&self, now: Timestamp) -> (u64, u64) {
        self.minutes
            .iter()
            .filter(|(minute, ..)| now.since(*minute) < HOUR)
            .fold((0, 0), |(screen, background), (_, more, rare)| (screen + more, background + rare))
    }

    /// Whether `metrics` more keep the last hour under `cap` dollars. The background also leaves room for what the
    /// screen needs in an hour, `screen_per_hour` metrics.
    pub fn affords(
        &self,
        metrics: u64,
        rank: Rank,
        cap: Option<f64>,
        screen_per_hour: f64,
        now: Timestamp,
    ) -> bool {
        let Some(cap) = cap else { return true };
        let allowed = (cap / DOLLARS_PER_METRIC).round();
        let (screen, background) = self.last_hour(now);
        let metrics = metrics as f64;
        match rank {
            Rank::Screen => (screen + background) as f64 + metrics <= allowed,
            Rank::Background => background as f64 + metrics + screen_per_hour.max(screen as f64) <= allowed,
        }
    }

    /// The bill. In the first hour the rate is what has been spent plus the plan for the rest of that hour; later it is
    /// what the last hour cost.
    pub fn spend(&self, planned_per_hour: f64, slowed_by_cap: Option<f64>, now: Timestamp) -> Spend {
        let running = now.since(self.start);
        let (screen, background) = self.last_hour(now);
        let rest = HOUR.saturating_sub(running).as_secs_f64() / HOUR.as_secs_f64();
        let metrics_per_hour = (screen + background) as f64 + planned_per_hour * rest;
        Spend {
            metrics: self.total,
            dollars: self.total as f64 * DOLLARS_PER_METRIC,
            per_hour: metrics_per_hour * DOLLARS_PER_METRIC,
            slowed_by_cap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn minutes(count: u64) -> Duration {
        Duration::from_secs(60 * count)
    }

    #[test]
    fn the_bill_counts_metrics_and_projects_the_first_hour() {
        let mut ledger = Ledger::new(START);
        ledger.paid(4_000, Rank::Background, START);
        let spend = ledger.spend(34_000.0, None, START);
        assert_eq!(spend.metrics, 4_000);
        assert!((spend.dollars - 0.04).abs() < 1e-9 && (spend.per_hour - 0.38).abs() < 1e-9, "{spend:?}");
        for minute in 1..=120 {
            ledger.paid(500, Rank::Screen, START + minutes(minute));
        }
        let spend = ledger.spend(34_000.0, None, START + minutes(120));
        assert!((spend.dollars - 0.64).abs() < 1e-9 && (spend.per_hour - 0.30).abs() < 1e-9, "{spend:?}");
    }

    #[test]
    fn a_cap_holds_and_what_is_on_screen_goes_first() {
        let mut ledger = Ledger::new(START);
        let affords =
            |ledger: &Ledger, metrics, rank, at| ledger.affords(metrics, rank, Some(0.5), 10_000.0, at);
        ledger.paid(39_000, Rank::Background, START);
        assert!(affords(&ledger, 1_000, Rank::Background, START));
        assert!(!affords(&ledger, 1_001, Rank::Background, START), "room is left for the screen");
        assert!(affords(&ledger, 11_000, Rank::Screen, START));
        assert!(!affords(&ledger, 11_001, Rank::Screen, START), "the cap holds for all");
        assert!(
            affords(&ledger, 40_000, Rank::Background, START + minutes(60)),
            "an hour later it is forgotten"
        );
        assert!(
            ledger.affords(1_000_000, Rank::Background, None, 0.0, START),
            "without a cap nothing is held back"
        );
    }
}
