mod money;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::model::{
    Attention, ChartWant, Completeness, Function, FunctionKey, Interest, Metric, Point, Scope, SeriesKey,
    SeriesPage, Statistic, Subject, Window,
};
use crate::source::aws::functions::{Activity, Fleet};
use crate::source::aws::metrics::scarce::Told;
use crate::source::aws::metrics::wanted::View;
use crate::source::aws::spend::DOLLARS_PER_METRIC;

/// 2026-03-01 12:00:07.
const NOW: Timestamp = Timestamp::from_secs(1_772_366_407);
const AFTER: Duration = Duration::from_secs(5);

fn scope() -> Scope {
    Scope::new("123456789012", "eu-west-1")
}

fn key(number: usize) -> FunctionKey {
    FunctionKey::new(&scope(), &format!("function-{number:05}"))
}

/// So many functions, all of them at work.
fn fleet(count: usize) -> Fleet {
    let functions: BTreeMap<Arc<str>, Function> =
        (0..count).map(|number| (key(number).name, Function::named(key(number)))).collect();
    let names = functions.keys().cloned().collect();
    Fleet { scope: Some(scope()), functions: Arc::new(functions), activity: Activity::Known(Arc::new(names)) }
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A planner, what it plans with, and every batch that it has made.
struct Trial {
    planner: Planner,
    interest: Interest,
    fleet: Fleet,
    cap: Option<f64>,
    batches: Vec<(Timestamp, Batch)>,
}

impl Trial {
    fn of(functions: usize, visible: usize) -> Self {
        let interest = Interest { visible: (0..visible).map(key).collect(), ..Interest::default() };
        Self {
            planner: Planner::new(AFTER),
            interest,
            fleet: fleet(functions),
            cap: None,
            batches: Vec::new(),
        }
    }

    /// All calls that are due at `now`, each answered at once; tells when the next one is due.
    fn round(&mut self, now: Timestamp) -> Timestamp {
        loop {
            match self.next(now) {
                Next::At(at) => return at,
                Next::Batch(batch) => {
                    for line in &batch.lines {
                        self.planner.answered(line, batch.range, now, Came::Whole);
                    }
                    self.batches.push((now, batch));
                }
            }
        }
    }

    fn next(&mut self, now: Timestamp) -> Next {
        let scope = scope();
        let view = View { scope: &scope, interest: &self.interest, fleet: &self.fleet, provisioned: &[] };
        let wanted = view.wanted(now);
        let (pace, _) = Pace::under(self.cap, &wanted);
        self.planner.next(&wanted, pace, |_, _| true, now)
    }

    /// Rounds from `from` on for so long.
    fn run(&mut self, from: Timestamp, length: Duration) {
        let mut now = from;
        while now < from + length {
            now = self.round(now).max(now + secs(1));
        }
    }

    fn metrics(&self) -> usize {
        self.batches.iter().map(|(_, batch)| batch.lines.len()).sum()
    }

    /// The stretches that one line was asked for, in order.
    fn asked(&self, line: &Line) -> Vec<TimeRange> {
        let with = self.batches.iter().filter(|(_, batch)| batch.lines.contains(line));
        with.map(|(_, batch)| batch.range).collect()
    }
}

fn counts(number: usize) -> Line {
    Line { subject: Subject::Function(key(number)), metric: Metric::Invocations, period: Period::MINUTE }
}

#[test]
fn every_call_keeps_to_the_limits_of_cloudwatch_and_to_the_grid_of_its_period() {
    let mut trial = Trial::of(1_000, 40);
    trial.interest.since = secs(24 * 3600);
    trial.interest.window = Window::Quarter;
    trial.round(NOW);
    for (_, batch) in &trial.batches {
        let buckets = batch.range.length().as_secs() / u64::from(batch.period.seconds());
        assert!(batch.queries() <= MAX_QUERIES, "{} queries", batch.queries());
        assert!(batch.queries() as u64 * buckets <= MAX_POINTS);
        assert_eq!(batch.range, batch.range.aligned(batch.period));
        assert!(batch.lines.iter().all(|line| line.period == batch.period));
        let unique: BTreeSet<String> = batch.lines.iter().map(|line| format!("{line:?}")).collect();
        assert_eq!(unique.len(), batch.lines.len(), "a line stands in a call once");
    }
    assert_eq!(trial.metrics(), 4 * 1_000 + 6, "every line is asked for once");
}

#[test]
fn what_is_on_screen_is_asked_before_the_rest() {
    let mut trial = Trial::of(1_000, 40);
    trial.round(NOW);
    let ranks: Vec<Rank> = trial.batches.iter().map(|(_, batch)| batch.rank).collect();
    assert!(ranks.is_sorted(), "{ranks:?}");
}

#[test]
fn a_later_round_asks_only_for_what_may_still_be_revised() {
    let mut trial = Trial::of(1, 1);
    trial.run(NOW, secs(180));
    let asked = trial.asked(&counts(0));
    assert_eq!(
        asked[0],
        TimeRange::last(secs(3600 + 600), NOW).aligned(Period::MINUTE),
        "since, and ten minutes"
    );
    for range in &asked[1..] {
        assert!((secs(300)..=secs(1800)).contains(&range.length()), "{range:?}");
    }
    for pair in asked.windows(2) {
        assert!(pair[1].start <= pair[0].end - secs(300), "the last five minutes are fetched again");
    }
}

#[test]
fn a_long_timeout_is_fetched_again_for_as_long() {
    let mut trial = Trial::of(1, 1);
    let slow = Function { timeout_s: Some(840), ..Function::named(key(0)) };
    trial.fleet.functions = Arc::new([(key(0).name, slow)].into());
    trial.run(NOW, secs(120));
    let again = trial.asked(&counts(0))[1];
    assert!(again.length() >= secs(900), "{again:?}");
}

#[test]
fn a_row_that_comes_into_view_is_asked_at_once_and_one_that_was_just_asked_is_not() {
    let mut trial = Trial::of(100, 10);
    trial.round(NOW);
    trial.batches.clear();
    trial.interest.visible = (50..60).map(key).collect();
    trial.round(NOW + secs(10));
    assert_eq!(trial.metrics(), 0, "the triage round has just brought it");
    trial.round(NOW + secs(120));
    trial.batches.clear();
    trial.interest.visible = (70..80).map(key).collect();
    trial.round(NOW + secs(121));
    assert_eq!(trial.metrics(), 40);
}

#[test]
fn panning_back_fetches_only_the_new_part_and_a_held_window_nothing() {
    let mut trial = Trial::of(0, 0);
    let line = counts(0);
    let chart = |start: u64, end: u64| {
        Some(ChartWant {
            key: key(0),
            range: TimeRange::new(NOW - secs(start), NOW - secs(end)).aligned(Period::MINUTE),
            period: Period::MINUTE,
            further: Vec::new(),
        })
    };
    trial.interest.charts = chart(7200, 3600);
    trial.round(NOW);
    trial.interest.charts = chart(9000, 5400);
    trial.round(NOW + secs(1));
    let asked = trial.asked(&line);
    assert_eq!(asked.len(), 2);
    let new =
        TimeRange::new((NOW - secs(9000)).floor(Period::MINUTE), (NOW - secs(7200)).floor(Period::MINUTE));
    assert_eq!(asked[1], new);
    trial.batches.clear();
    trial.run(NOW + secs(2), secs(600));
    assert_eq!(trial.asked(&line), [], "all of it is settled");
}

#[test]
fn old_charts_are_asked_in_the_buckets_that_are_still_kept() {
    let mut trial = Trial::of(0, 0);
    trial.interest.charts = Some(ChartWant {
        key: key(0),
        range: TimeRange::new(NOW - secs(30 * 86_400), NOW - secs(29 * 86_400)),
        period: Period::MINUTE,
        further: vec![Metric::AsyncEventAge],
    });
    trial.round(NOW);
    let chart: Vec<&Batch> = trial
        .batches
        .iter()
        .map(|(_, batch)| batch)
        .filter(|batch| batch.lines.iter().any(|line| matches!(line.subject, Subject::Function(_))))
        .collect();
    assert_eq!(chart.len(), 1);
    assert_eq!((chart[0].period, chart[0].lines.len()), (Period::FIVE_MINUTES, 6));
}

#[test]
fn an_incomplete_line_is_asked_again_within_seconds_and_later_each_time() {
    let mut trial = Trial::of(1, 1);
    let mut now = NOW;
    let mut asked_at = Vec::new();
    while now < NOW + secs(50) {
        match trial.next(now) {
            Next::At(at) => now = at.max(now + secs(1)),
            Next::Batch(batch) => {
                for line in &batch.lines {
                    let came = if *line == counts(0) { Came::Partly } else { Came::Whole };
                    trial.planner.answered(line, batch.range, now, came);
                }
                if batch.lines.contains(&counts(0)) {
                    asked_at.push(now.since(NOW).as_secs());
                    assert_eq!(
                        batch.range.start,
                        (NOW - secs(3600 + 600)).floor(Period::MINUTE),
                        "nothing of it is settled"
                    );
                }
            }
        }
    }
    assert_eq!(asked_at, [0, 5, 15, 35]);
}

#[test]
fn a_failed_call_is_due_as_before() {
    let mut trial = Trial::of(1, 1);
    let Next::Batch(first) = trial.next(NOW) else { panic!("a call is due") };
    trial.planner.failed(&first);
    assert_eq!(trial.next(NOW + secs(1)), Next::Batch(first));
}

#[test]
fn try_again_asks_for_the_screen_at_once() {
    let mut trial = Trial::of(20, 5);
    trial.round(NOW);
    trial.batches.clear();
    trial.planner.ask_again(NOW + secs(3));
    trial.round(NOW + secs(3));
    assert_eq!(trial.metrics(), 5 * 4 + 6, "visible rows and totals");
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_the_rounds() {
    let mut trial = Trial::of(1, 1);
    trial.round(NOW);
    trial.batches.clear();
    trial.round(NOW - secs(3600));
    assert!(trial.metrics() > 0);
}

#[test]
fn what_the_reader_has_forgotten_is_asked_again_when_one_pans_back() {
    let mut trial = Trial::of(1, 1);
    let days = 2;
    trial.run(NOW, secs(days * 86_400));
    let end = NOW + secs(days * 86_400);
    let back = TimeRange::last(secs(3600), NOW + secs(3600)).aligned(Period::MINUTE);
    trial.interest.charts =
        Some(ChartWant { key: key(0), range: back, period: Period::MINUTE, further: Vec::new() });
    let before = trial.asked(&counts(0)).len();
    trial.run(end, secs(60));
    let asked = &trial.asked(&counts(0))[before..];
    assert!(asked.iter().any(|range| range.start <= back.start && back.end <= range.end), "{asked:?}");
}

#[test]
fn a_call_that_fails_by_itself_waits_longer_each_time_and_holds_back_no_others() {
    let mut trial = Trial::of(400, 10);
    let Next::Batch(first) = trial.next(NOW) else { panic!("a batch") };
    trial.planner.failed_by_itself(&first, true, NOW);
    trial.round(NOW);
    assert!(!trial.batches.is_empty(), "the others go on");
    let other = |(_, batch): &(Timestamp, Batch)| batch.lines.iter().all(|line| !first.lines.contains(line));
    assert!(trial.batches.iter().all(other), "and it waits");
    assert!(trial.planner.is_failing());
    let (mut now, mut waits) = (NOW, Vec::new());
    for _ in 0..4 {
        let failed_at = now;
        let again = loop {
            now = now + secs(1);
            match trial.next(now) {
                Next::Batch(batch) if first.lines.contains(&batch.lines[0]) => break batch,
                Next::Batch(batch) => batch.lines.iter().for_each(|line| {
                    trial.planner.answered(line, batch.range, now, Came::Whole);
                }),
                Next::At(_) => {}
            }
        };
        waits.push(now.since(failed_at).as_secs());
        trial.planner.failed_by_itself(&again, true, now);
    }
    assert_eq!(waits, [1, 2, 4, 8]);
    trial.round(now + secs(10));
    assert!(!trial.planner.is_failing(), "an answer ends it");
}

#[test]
fn a_call_that_takes_too_long_is_made_smaller() {
    let mut trial = Trial::of(1_000, 0);
    trial.planner.next(&[], Pace::ALL[0], |_, _| true, NOW);
    let mut sizes = Vec::new();
    let mut now = NOW;
    for _ in 0..4 {
        let largest = loop {
            match trial.next(now) {
                Next::Batch(batch) if batch.rank == Rank::Background => break batch,
                Next::Batch(batch) => batch.lines.iter().for_each(|line| {
                    trial.planner.answered(line, batch.range, now, Came::Whole);
                }),
                Next::At(at) => now = at,
            }
        };
        sizes.push(largest.queries());
        let mut batches = vec![largest];
        while let Next::Batch(batch) = trial.next(now) {
            batches.push(batch);
        }
        for batch in &batches {
            trial.planner.failed_by_itself(batch, true, now);
        }
        now = now + secs(400);
    }
    assert_eq!(sizes, [500, 250, 125, 62], "{sizes:?}");
}
