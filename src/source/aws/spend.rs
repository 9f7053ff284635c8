//! The ledger: what `GetMetricData`, Live Tail, Logs Insights and X-Ray have cost, and what may still be asked this hour.
//!
//! AWS bills $0.01 per 1,000 metrics requested, with no free tier; up to five statistics of one metric in one call
//! are one metric. Live Tail is $0.01 a minute, Logs Insights $0.005 per GB scanned. Source: <https://aws.amazon.com/cloudwatch/pricing/>.
//! X-Ray bills $0.50 per million traces scanned or retrieved. Source: <https://aws.amazon.com/xray/pricing/>.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{Period, Spend, Timestamp};

/// US dollars for one metric requested.
pub(super) const DOLLARS_PER_METRIC: f64 = 0.01 / 1000.0;

/// US dollars for one minute of one Live Tail session, and the minutes of a month that are free. What else the account
/// used of them cannot be asked.
const DOLLARS_PER_LIVE_MINUTE: f64 = 0.01;
const FREE_LIVE_MINUTES: u64 = 1800;

/// US dollars for a byte that Logs Insights scans.
pub(super) const DOLLARS_PER_SCANNED_BYTE: f64 = 0.005 / 1e9;

/// US dollars for a trace that X-Ray scans or hands out, and the traces of a month that are free. What else the account
/// used of them cannot be asked: the bill takes them to be free, a cap does not count on it.
pub(super) const DOLLARS_PER_TRACE: f64 = 0.5 / 1e6;
const FREE_TRACES: u64 = 1_000_000;

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
    /// What the metrics feed plans to ask for in an hour, and the cap that slows it.
    plan: (f64, Option<f64>),
    /// Begun minutes of Live Tail sessions.
    live_minutes: u64,
    /// Live Tail sessions that are open.
    live_sessions: u64,
    /// Bytes that Logs Insights has scanned in all, and those of the last hour with their time.
    scanned: u64,
    scans: VecDeque<(Timestamp, u64)>,
    /// Traces scanned or handed out in all, and those of the last hour by the minute.
    traces: u64,
    traced: VecDeque<(Timestamp, u64)>,
    /// The cap that holds traces back, if one does.
    traces_held_by_cap: Option<f64>,
    /// Minute, metrics for the screen, metrics for the background.
    minutes: VecDeque<(Timestamp, u64, u64)>,
}

impl Ledger {
    pub fn new(start: Timestamp) -> Self {
        Self {
            start,
            total: 0,
            plan: (0.0, None),
            live_minutes: 0,
            live_sessions: 0,
            scanned: 0,
            scans: VecDeque::new(),
            traces: 0,
            traced: VecDeque::new(),
            traces_held_by_cap: None,
            minutes: VecDeque::new(),
        }
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
        let allowed = ((cap - self.scans_cost(now) - self.traces_cost(now)) / DOLLARS_PER_METRIC).round();
        let (screen, background) = self.last_hour(now);
        let metrics = metrics as f64;
        match rank {
            Rank::Screen => (screen + background) as f64 + metrics <= allowed,
            Rank::Background => background as f64 + metrics + screen_per_hour.max(screen as f64) <= allowed,
        }
    }

    /// Logs Insights has scanned so many bytes more.
    pub fn scanned(&mut self, bytes: u64, now: Timestamp) {
        self.scanned += bytes;
        self.scans.push_back((now, bytes));
        while self.scans.front().is_some_and(|(at, _)| now.since(*at) >= HOUR) {
            self.scans.pop_front();
        }
    }

    /// US dollars for what was scanned in the last hour.
    fn scans_cost(&self, now: Timestamp) -> f64 {
        let last_hour = self.scans.iter().filter(|(at, _)| now.since(*at) < HOUR);
        last_hour.map(|(_, bytes)| *bytes).sum::<u64>() as f64 * DOLLARS_PER_SCANNED_BYTE
    }

    /// X-Ray has scanned or handed out so many traces more.
    pub fn traced(&mut self, traces: u64, now: Timestamp) {
        self.traces += traces;
        let minute = now.floor(Period::MINUTE);
        match self.traced.back_mut() {
            Some((last, count)) if *last == minute => *count += traces,
            _ => self.traced.push_back((minute, traces)),
        }
        while self.traced.front().is_some_and(|(at, _)| now.since(*at) >= HOUR) {
            self.traced.pop_front();
        }
    }

    /// US dollars for the traces of the last hour, none of them taken to be free.
    fn traces_cost(&self, now: Timestamp) -> f64 {
        let last_hour = self.traced.iter().filter(|(at, _)| now.since(*at) < HOUR);
        last_hour.map(|(_, traces)| *traces).sum::<u64>() as f64 * DOLLARS_PER_TRACE
    }

    /// Whether the last hour stays under `cap` dollars with so many traces more. Keeps whether it does not.
    pub fn affords_traces(&mut self, traces: u64, cap: Option<f64>, now: Timestamp) -> bool {
        let cost = self.last_hour_cost(now) + traces as f64 * DOLLARS_PER_TRACE;
        self.traces_held_by_cap = cap.filter(|cap| cost > *cap);
        self.traces_held_by_cap.is_none()
    }

    /// US dollars that metrics, scans and traces of the last hour have cost: what a cap holds.
    pub fn last_hour_cost(&self, now: Timestamp) -> f64 {
        let (screen, background) = self.last_hour(now);
        (screen + background) as f64 * DOLLARS_PER_METRIC + self.scans_cost(now) + self.traces_cost(now)
    }

    /// What the metrics feed plans to ask for in an hour, and the cap that slows it, if one does.
    pub fn plan(&mut self, metrics_per_hour: f64, slowed_by_cap: Option<f64>) {
        self.plan = (metrics_per_hour, slowed_by_cap);
    }

    /// So many Live Tail sessions are open now, and another minute has begun in so many.
    pub fn live(&mut self, open: u64, minutes: u64) {
        self.live_sessions = open;
        self.live_minutes += minutes;
    }

    /// The bill. In the first hour the rate is what has been spent plus the plan for the rest of that hour; later it is
    /// what the last hour cost.
    pub fn spend(&self, now: Timestamp) -> Spend {
        let (planned_per_hour, slowed_by_cap) = self.plan;
        let running = now.since(self.start);
        let (screen, background) = self.last_hour(now);
        let rest = HOUR.saturating_sub(running).as_secs_f64() / HOUR.as_secs_f64();
        let metrics_per_hour = (screen + background) as f64 + planned_per_hour * rest;
        let paid_minutes = self.live_minutes.saturating_sub(FREE_LIVE_MINUTES) as f64;
        let live_is_free = self.live_minutes < FREE_LIVE_MINUTES;
        let live_per_hour = if live_is_free { 0.0 } else { self.live_sessions as f64 * 60.0 };
        let paid_traces = self.traces.saturating_sub(FREE_TRACES) as f64;
        let traces_per_hour = if paid_traces > 0.0 { self.traces_cost(now) } else { 0.0 };
        Spend {
            metrics: self.total,
            live_minutes: self.live_minutes,
            scanned: self.scanned,
            traces: self.traces,
            dollars: self.total as f64 * DOLLARS_PER_METRIC
                + paid_minutes * DOLLARS_PER_LIVE_MINUTE
                + self.scanned as f64 * DOLLARS_PER_SCANNED_BYTE
                + paid_traces * DOLLARS_PER_TRACE,
            per_hour: metrics_per_hour * DOLLARS_PER_METRIC
                + live_per_hour * DOLLARS_PER_LIVE_MINUTE
                + self.scans_cost(now)
                + traces_per_hour,
            slowed_by_cap: slowed_by_cap.or(self.traces_held_by_cap),
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
        ledger.plan(34_000.0, None);
        let spend = ledger.spend(START);
        assert_eq!(spend.metrics, 4_000);
        assert!((spend.dollars - 0.04).abs() < 1e-9 && (spend.per_hour - 0.38).abs() < 1e-9, "{spend:?}");
        for minute in 1..=120 {
            ledger.paid(500, Rank::Screen, START + minutes(minute));
        }
        let spend = ledger.spend(START + minutes(120));
        assert!((spend.dollars - 0.64).abs() < 1e-9 && (spend.per_hour - 0.30).abs() < 1e-9, "{spend:?}");
    }

    #[test]
    fn live_tail_costs_a_cent_a_minute_once_the_free_minutes_are_gone() {
        let mut ledger = Ledger::new(START);
        ledger.live(2, 1800);
        let spend = ledger.spend(START);
        assert_eq!((spend.live_minutes, spend.dollars), (1800, 0.0));
        assert!((spend.per_hour - 1.20).abs() < 1e-9, "{spend:?}");
        ledger.live(2, 50);
        assert!((ledger.spend(START).dollars - 0.50).abs() < 1e-9);
        ledger.live(0, 0);
        assert!(ledger.spend(START).per_hour.abs() < 1e-9, "nothing is open");
    }

    #[test]
    fn what_logs_insights_scans_is_on_the_bill_and_leaves_less_for_metrics() {
        let mut ledger = Ledger::new(START);
        ledger.scanned(60_000_000_000, START);
        let spend = ledger.spend(START);
        assert_eq!(spend.scanned, 60_000_000_000);
        assert!((spend.dollars - 0.30).abs() < 1e-9 && (spend.per_hour - 0.30).abs() < 1e-9, "{spend:?}");
        assert!((ledger.last_hour_cost(START) - 0.30).abs() < 1e-9);
        assert!(ledger.affords(20_000, Rank::Screen, Some(0.5), 0.0, START));
        assert!(!ledger.affords(20_001, Rank::Screen, Some(0.5), 0.0, START), "the cap is one for all");
        assert!(ledger.spend(START + HOUR).per_hour.abs() < 1e-9, "it was paid once");
    }

    #[test]
    fn traces_are_on_the_bill_past_the_free_million_and_under_the_cap_from_the_first() {
        let mut ledger = Ledger::new(START);
        ledger.traced(1_000_000, START);
        let spend = ledger.spend(START);
        assert_eq!((spend.traces, spend.dollars, spend.per_hour), (1_000_000, 0.0, 0.0));
        assert!((ledger.last_hour_cost(START) - 0.50).abs() < 1e-9);
        assert!(ledger.affords_traces(1_000_000, Some(1.0), START));
        assert!(!ledger.affords_traces(1_000_001, Some(1.0), START));
        assert_eq!(ledger.spend(START).slowed_by_cap, Some(1.0));
        assert!(!ledger.affords(50_001, Rank::Screen, Some(1.0), 0.0, START), "the cap is one for all");
        ledger.traced(200_000, START + minutes(1));
        let spend = ledger.spend(START + minutes(1));
        assert!((spend.dollars - 0.10).abs() < 1e-9 && (spend.per_hour - 0.60).abs() < 1e-9, "{spend:?}");
        assert!(ledger.affords_traces(1, Some(0.2), START + minutes(60)), "only the last minutes count");
        assert_eq!(ledger.spend(START + minutes(60)).slowed_by_cap, None);
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
