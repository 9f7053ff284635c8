//! The meaning of CloudWatch's numbers, M1 to M9 (`model::metric` says what they are), and hostile ones: what is kept in the end equals what the fleet did.

use std::collections::BTreeSet;

use lambtop::demo::faults::{Fault, Faults, Kind, SeriesFault};
use lambtop::demo::fleet::{DEFAULT_SEED, Fleet};
use lambtop::model::{
    ChartWant, Completeness, Event, FailureKind, FunctionKey, Metric, Period, SeriesKey, SeriesPage,
    Statistic, Subject, TimeRange, Timestamp, Window,
};

use super::{Kept, START, Watching, fault, key, mins, scope, secs};

/// Busy, at times idle, slow, and failing: what a row may be.
const ROWS: [&str; 6] =
    ["checkout-api", "cart-api", "payment-capture", "invoice-render", "nightly-report", "search-index"];

fn rows() -> Vec<FunctionKey> {
    let fleet = Fleet::new(DEFAULT_SEED);
    let mut rows: Vec<FunctionKey> =
        ROWS.into_iter().filter(|name| fleet.find(name).is_some()).map(key).collect();
    for spec in fleet.functions() {
        if rows.len() < ROWS.len() && !rows.contains(&key(spec.name)) {
            rows.push(key(spec.name));
        }
    }
    rows
}

fn series_faults(fault: SeriesFault) -> Faults {
    Faults::only(Fault::new(Kind::Series(fault), "cloudwatch:GetMetricData"))
}

/// Watches some rows through faults, for so long.
async fn watch(faults: Faults, time: std::time::Duration) -> Watching {
    let mut watching = Watching::with(faults);
    watching.look_at(|interest| interest.visible = rows());
    watching.pass(time).await;
    watching
}

fn counted(row: &FunctionKey, metric: Metric) -> SeriesKey {
    SeriesKey {
        subject: Subject::Function(row.clone()),
        metric,
        statistic: Statistic::Sum,
        period: Period::MINUTE,
    }
}

fn kept<'a>(watching: &'a Watching, key: &SeriesKey) -> &'a Kept {
    watching.series.get(key).unwrap_or_else(|| panic!("{key:?} was never told"))
}

/// Every page that was told.
fn pages(watching: &Watching) -> impl Iterator<Item = &SeriesPage> {
    watching.told.iter().flat_map(|(_, event)| match event {
        Event::Series { pages, .. } => pages.as_slice(),
        _ => &[],
    })
}

/// Every minute that has settled is as the fleet was.
fn compare_with_the_fleet(watching: &Watching) {
    let fleet = Fleet::new(DEFAULT_SEED);
    let until = (watching.clock.now() - mins(22)).floor(Period::MINUTE);
    let mut compared = 0;
    for row in rows() {
        let index = fleet.find(&row.name).expect("a function of the fleet");
        for metric in [Metric::Invocations, Metric::Errors, Metric::Throttles] {
            let kept = kept(watching, &counted(&row, metric));
            let mut at = (START - mins(50)).floor(Period::MINUTE);
            while at < until {
                let minute = at.secs() / 60;
                let did =
                    fleet.samples(index, metric.name(), minute..minute + 1).map(|samples| samples.sum());
                assert_eq!(kept.points.get(&at).copied(), did, "{} {metric:?} at {at:?}", row.name);
                compared += usize::from(did.is_some());
                at = at + mins(1);
            }
        }
    }
    assert!(compared > 100, "only {compared} minutes had data");
}

#[tokio::test(start_paused = true)]
async fn numbers_settle_at_what_the_fleet_did() {
    let watching = watch(Faults::default(), mins(28)).await;
    compare_with_the_fleet(&watching);
}

/// M1.
#[tokio::test(start_paused = true)]
async fn pages_of_an_answer_are_merged_by_id() {
    let watching = watch(series_faults(SeriesFault::Partial { points: 37 }), mins(28)).await;
    assert!(
        pages(&watching).all(|page| page.completeness == Completeness::Complete),
        "the last page completes a series"
    );
    compare_with_the_fleet(&watching);
}

/// M2.
#[tokio::test(start_paused = true)]
async fn only_a_complete_series_counts_as_complete_and_others_are_asked_again() {
    let broken = Kind::Series(SeriesFault::InternalError);
    let mut watching = Watching::with(Faults::only(fault(broken, "cloudwatch:GetMetricData", 0, 300)));
    watching.look_at(|interest| interest.visible = rows());
    watching.pass(mins(5)).await;
    let failed: BTreeSet<&SeriesKey> = watching
        .told
        .iter()
        .flat_map(|(_, event)| match event {
            Event::SeriesFailed { keys, failure } if failure.kind == FailureKind::Service => keys.as_slice(),
            _ => &[],
        })
        .collect();
    assert!(!failed.is_empty());
    watching.pass(mins(23)).await;
    compare_with_the_fleet(&watching);
}

/// M2.
#[tokio::test(start_paused = true)]
async fn a_forbidden_series_names_the_permission() {
    let watching = watch(series_faults(SeriesFault::Forbidden), mins(2)).await;
    let named = watching.told.iter().any(|(_, event)| {
        matches!(event, Event::SeriesFailed { failure, .. }
            if failure.kind == FailureKind::AccessDenied { permission: "cloudwatch:GetMetricData".into() })
    });
    assert!(named);
}

fn chart(range: TimeRange, period: Period) -> ChartWant {
    ChartWant { key: key("checkout-api"), range, period, further: Vec::new() }
}

/// M3.
#[tokio::test(start_paused = true)]
async fn stretches_lie_on_the_grid_of_their_period_and_old_ones_have_longer_periods() {
    let mut watching = Watching::with(Faults::default());
    watching.until_listed().await;
    for (days, asked, answered) in [
        (1, Period::MINUTE, Period::MINUTE),
        (20, Period::MINUTE, Period::FIVE_MINUTES),
        (100, Period::MINUTE, Period::HOUR),
    ] {
        let start = START - secs(days * 86_400);
        watching.look_at(|interest| {
            interest.charts = Some(chart(TimeRange::new(start, start + mins(180)), asked));
        });
        watching.pass(secs(10)).await;
        let of_then = |page: &&SeriesPage| {
            page.range.start <= start && page.range.end > start && page.range.end < START
        };
        let periods: BTreeSet<Period> =
            pages(&watching).filter(of_then).map(|page| page.key.period).collect();
        assert_eq!(periods, [answered].into(), "{days} days back");
    }
    assert!(pages(&watching).all(|page| page.range == page.range.aligned(page.key.period)));
}

/// M4.
#[tokio::test(start_paused = true)]
async fn recent_points_are_fetched_again_until_they_are_final() {
    let watching = watch(series_faults(SeriesFault::Revised { times: 5 }), mins(28)).await;
    let revised: usize =
        rows().iter().map(|row| kept(&watching, &counted(row, Metric::Invocations)).revised).sum();
    assert!(revised > 100, "{revised} points came back different");
    compare_with_the_fleet(&watching);
}

/// M5.
#[tokio::test(start_paused = true)]
async fn a_minute_that_is_missing_is_missing_and_not_zero() {
    let watching = watch(series_faults(SeriesFault::Gaps), mins(5)).await;
    let fleet = Fleet::new(DEFAULT_SEED);
    let (mut there, mut gaps) = (0, 0);
    for row in rows() {
        let index = fleet.find(&row.name).expect("a function of the fleet");
        let kept = kept(&watching, &counted(&row, Metric::Invocations));
        let from = (START - mins(50)).secs() / 60;
        for minute in from..from + 25 {
            let did = fleet.samples(index, "Invocations", minute..minute + 1).map(|samples| samples.sum());
            let point = kept.points.get(&Timestamp::from_secs(minute * 60)).copied();
            if minute % 4 == 0 {
                assert_eq!(point, None);
                gaps += usize::from(did.is_some());
            } else {
                assert_eq!(point, did);
                there += usize::from(did.is_some());
            }
        }
    }
    assert!(there > 20 && gaps > 10, "{there} points and {gaps} gaps");
}

/// M6.
#[tokio::test(start_paused = true)]
async fn points_come_in_order_and_once_however_cloudwatch_hands_them_over() {
    let watching = watch(series_faults(SeriesFault::Reversed), mins(28)).await;
    assert!(pages(&watching).all(|page| page.points.is_sorted_by(|one, next| one.at < next.at)));
    assert!(pages(&watching).all(|page| page.points.iter().all(|point| page.range.contains(point.at))));
    compare_with_the_fleet(&watching);
}

/// M7.
#[tokio::test(start_paused = true)]
async fn nothing_is_asked_in_buckets_shorter_than_a_minute_or_more_often_than_each_minute() {
    let mut watching = watch(Faults::default(), mins(2)).await;
    assert!(watching.series.keys().all(|key| key.period >= Period::MINUTE));
    let line = counted(&rows()[0], Metric::Invocations);
    let before = kept(&watching, &line).answers.len();
    watching.pass(mins(10)).await;
    assert_eq!(kept(&watching, &line).answers.len() - before, 10);
}

/// M8.
#[tokio::test(start_paused = true)]
async fn percentiles_are_cloudwatchs_own_of_one_period_as_long_as_the_window() {
    let mut watching = Watching::with(Faults::default());
    let fleet = Fleet::new(DEFAULT_SEED);
    let row = key("checkout-api");
    let index = fleet.find(&row.name).expect("a function of the fleet");
    for window in Window::ALL {
        watching.look_at(|interest| (interest.visible, interest.window) = (vec![row.clone()], window));
        watching.pass(mins(3)).await;
        let series = |statistic| SeriesKey {
            subject: Subject::Function(row.clone()),
            metric: Metric::Duration,
            statistic,
            period: window.period(),
        };
        let length = i64::from(window.minutes());
        // The newest period that settled: three are asked for.
        let start = (watching.clock.now() - window.period().duration() * 2).floor(window.period());
        for (statistic, percent) in [(Statistic::P50, 50.0), (Statistic::P95, 95.0), (Statistic::P99, 99.0)] {
            let points = &kept(&watching, &series(statistic)).points;
            let (at, value) = points.range(..=start).next_back().expect("a settled period");
            let minute = at.secs() / 60;
            let mut did = fleet.samples(index, "Duration", minute..minute + length).expect("it ran");
            if window >= Window::Quarter {
                assert!((value - did.percentile(percent)).abs() < 1e-6, "{window} {statistic:?}");
            } else {
                assert!((did.min()..=did.max()).contains(value), "{window} {statistic:?}");
            }
        }
    }
}

/// M9.
#[tokio::test(start_paused = true)]
async fn numbers_that_cannot_be_never_leave_the_source() {
    let watching = watch(series_faults(SeriesFault::NotANumber), mins(5)).await;
    let mut points = pages(&watching).flat_map(|page| &page.points);
    assert!(points.all(|point| point.value.is_finite() && (0.0..1e15).contains(&point.value)));
}

/// Every fault at once.
#[tokio::test(start_paused = true)]
async fn after_everything_at_once_the_numbers_are_the_fleets() {
    let data = "cloudwatch:GetMetricData";
    let kinds = [
        SeriesFault::Revised { times: 5 },
        SeriesFault::Gaps,
        SeriesFault::Partial { points: 50 },
        SeriesFault::InternalError,
        SeriesFault::NotANumber,
        SeriesFault::Reversed,
    ];
    let faults = kinds
        .into_iter()
        .fold(Faults::only(fault(Kind::ServerError, "*", 0, 600).share(0.2)), |faults, kind| {
            faults.and(fault(Kind::Series(kind), data, 0, 600).share(0.4))
        });
    let mut watching = Watching::with(faults);
    watching.look_at(|interest| interest.visible = rows());
    watching.pass(mins(30)).await;
    // What had settled before the faults, and was read through them, stays as it was read: compare what came since.
    let fleet = Fleet::new(DEFAULT_SEED);
    for row in rows() {
        let index = fleet.find(&row.name).expect("a function of the fleet");
        let kept = kept(&watching, &counted(&row, Metric::Invocations));
        for minute in (START + mins(1)).secs() / 60..(START + mins(8)).secs() / 60 {
            let did = fleet.samples(index, "Invocations", minute..minute + 1).map(|samples| samples.sum());
            assert_eq!(
                kept.points.get(&Timestamp::from_secs(minute * 60)).copied(),
                did,
                "{} {minute}",
                row.name
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_totals_are_cloudwatchs_own_and_come_each_minute() {
    let watching = watch(Faults::default(), mins(15)).await;
    let fleet = Fleet::new(DEFAULT_SEED);
    let of_account = |metric, statistic| SeriesKey {
        subject: Subject::Account(scope()),
        metric,
        statistic,
        period: Period::MINUTE,
    };
    let invocations = kept(&watching, &of_account(Metric::Invocations, Statistic::Sum));
    assert!((14..=17).contains(&invocations.answers.len()), "{}", invocations.answers.len());
    let minute = (START - mins(20)).secs() / 60;
    let did = fleet.account_samples("Invocations", minute..minute + 1).map(|samples| samples.sum());
    assert_eq!(invocations.points.get(&Timestamp::from_secs(minute * 60)).copied(), did);
    for (metric, statistic) in [
        (Metric::Errors, Statistic::Sum),
        (Metric::Throttles, Statistic::Sum),
        (Metric::Duration, Statistic::P95),
        (Metric::ConcurrentExecutions, Statistic::Maximum),
        (Metric::ClaimedAccountConcurrency, Statistic::Maximum),
    ] {
        assert!(!kept(&watching, &of_account(metric, statistic)).points.is_empty(), "{metric:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_charts_of_the_selected_function_come_with_what_it_has() {
    let mut watching = Watching::with(Faults::default());
    let fleet = Fleet::new(DEFAULT_SEED);
    let provisioned =
        fleet.functions().iter().find(|spec| spec.provisioned.is_some()).map(|spec| key(spec.name));
    let of = provisioned.expect("a function with provisioned concurrency");
    watching.until_listed().await;
    let range = TimeRange::last(mins(60), START).aligned(Period::MINUTE);
    watching.look_at(|interest| {
        interest.selected = Some(of.clone());
        interest.charts = Some(ChartWant {
            key: of.clone(),
            range,
            period: Period::MINUTE,
            further: vec![Metric::AsyncEventAge],
        });
    });
    watching.pass(secs(90)).await;
    let asked: BTreeSet<Metric> = watching
        .series
        .keys()
        .filter(|series| series.subject == Subject::Function(of.clone()) && series.period == Period::MINUTE)
        .map(|series| series.metric)
        .collect();
    let expected = [
        Metric::Invocations,
        Metric::Errors,
        Metric::Duration,
        Metric::Throttles,
        Metric::ConcurrentExecutions,
        Metric::ProvisionedConcurrentExecutions,
        Metric::AsyncEventAge,
    ];
    assert_eq!(asked, expected.into());
}
