//! What a number on screen is made of: the rules M4, M5 and M8 of CloudWatch's data.

use std::time::Duration;

use lambtop::app::{App, Settings};
use lambtop::model::{
    Completeness, Event, FailureKind, Feed, FeedReport, Metric, Period, Point, SeriesKey, SeriesPage,
    Statistic, Subject, TimeRange,
};
use lambtop::store::Severity;

use super::stage::{Stage, failure, incident, key, minute, scope};

fn one() -> Stage {
    Stage::with(&["cart-api"])
}

#[test]
fn counts_are_of_the_newest_settled_minutes() {
    let mut stage = one();
    let mut values = [1.0; 60];
    values[58..].fill(1000.0);
    stage.minutes("cart-api", Metric::Invocations, &values);
    let figures = &stage.app.rows()[0].figures;
    assert_eq!(figures.invocations, Some(15.0));
    assert_eq!(figures.range, Some(TimeRange::new(minute(16), minute(1))));
    assert_eq!(figures.per_minute(figures.invocations), Some(1.0));
}

#[test]
fn zero_of_zero_is_no_rate_and_a_settled_minute_without_a_point_is_idle() {
    let mut stage = one();
    stage.minutes("cart-api", Metric::Errors, &[0.0; 60]);
    let subject = Subject::Function(key("cart-api"));
    let key =
        SeriesKey { subject, metric: Metric::Invocations, statistic: Statistic::Sum, period: Period::MINUTE };
    let range = TimeRange::new(minute(59), minute(0));
    let mut page = SeriesPage { key, range, points: Vec::new(), completeness: Completeness::Partial };
    stage.tell(Event::Series { at: incident(), pages: vec![page.clone()] });
    assert_eq!(stage.app.rows()[0].figures.invocations, None, "part of an answer proves nothing missing");
    page.completeness = Completeness::Complete;
    stage.tell(Event::Series { at: incident(), pages: vec![page] });
    let figures = &stage.app.rows()[0].figures;
    assert_eq!((figures.invocations, figures.error_rate()), (Some(0.0), None));
}

#[test]
fn a_window_that_is_not_wholly_known_has_no_number() {
    let mut stage = one();
    stage.minutes("cart-api", Metric::Invocations, &[1.0; 10]);
    assert_eq!(stage.app.rows()[0].figures.invocations, None);
    stage.press(":window 5m<Enter>");
    assert_eq!(stage.app.rows()[0].figures.invocations, Some(5.0));
    assert_eq!(stage.app.rows()[0].figures.since_invocations, None);
}

#[test]
fn percentiles_are_read_from_one_period_and_never_put_together() {
    let mut stage = one();
    let quarter = Period::secs(900);
    stage.durations("cart-api", Statistic::P99, quarter, &[100.0, 200.0, 999.0]);
    let figures = &stage.app.rows()[0].figures;
    // At 14:31:16 the period from 14:30 has no settled minute yet: the one before it counts.
    assert_eq!((figures.p99, figures.p50), (Some(200.0), None));
    assert_eq!(figures.duration_period, Some(TimeRange::new(minute(16), minute(1))));
}

#[test]
fn a_running_period_is_read_once_five_of_its_minutes_are_settled() {
    for (wait, read) in [(4 * 60, 300.0), (6 * 60, 400.0)] {
        let mut stage = one();
        stage.wait(wait);
        let quarter = Period::secs(900);
        stage.durations("cart-api", Statistic::P99, quarter, &[200.0, 300.0, 400.0]);
        assert_eq!(stage.app.rows()[0].figures.p99, Some(read), "after {wait} s");
    }
}

#[test]
fn numbers_keep_their_age_when_nothing_new_comes() {
    let mut stage = one();
    stage.healthy("cart-api", 10.0);
    let before = stage.app.rows()[0].figures.clone();
    stage.wait(8 * 60);
    let row = &stage.app.rows()[0];
    assert_eq!(row.figures, before, "what was unfinished when it came is not read as settled later");
    assert!(!row.stale);
    let failure = failure("GetMetricData", FailureKind::NoNetwork, "");
    let report = FeedReport::Failed { failure, retry_at: stage.at };
    stage.tell(Event::Feed { scope: scope(), feed: Feed::Metrics, at: stage.at, report });
    stage.wait(60);
    let row = &stage.app.rows()[0];
    assert!(row.stale);
    assert_eq!(row.trouble.words(stage.at, 0), "stale 9m");
    assert_eq!(row.trouble.severity, Severity::Unknown);
}

#[test]
fn a_sparkline_has_gaps_where_nothing_is_known_and_marks_what_is_unfinished() {
    let mut stage = one();
    stage.minutes("cart-api", Metric::Errors, &[2.0; 30]);
    stage.minutes("cart-api", Metric::Throttles, &[1.0; 30]);
    let trend = stage.app.trend(&key("cart-api"));
    assert_eq!(trend.buckets.len(), 61);
    assert_eq!(trend.buckets[0].value, None);
    assert_eq!(trend.buckets[45].value, Some(3.0));
    let unfinished: Vec<_> =
        trend.buckets.iter().filter(|bucket| bucket.unfinished).map(|bucket| bucket.at).collect();
    assert_eq!(unfinished, [minute(1), minute(0)]);
}

#[test]
fn a_long_sparkline_is_put_together_from_whole_buckets_of_minutes() {
    let mut stage = one();
    let settings = Settings { since: Duration::from_hours(6), ..Settings::default() };
    stage.app = App::new(settings, incident());
    stage.list(&["cart-api"]);
    stage.minutes("cart-api", Metric::Errors, &[2.0; 62]);
    stage.minutes("cart-api", Metric::Throttles, &[0.0; 62]);
    let trend = stage.app.trend(&key("cart-api"));
    assert_eq!((trend.period, trend.buckets.len()), (Period::FIVE_MINUTES, 73));
    let values: Vec<_> = trend.buckets[58..].iter().map(|bucket| bucket.value).collect();
    let whole = std::iter::repeat_n(Some(10.0), 12);
    let expected: Vec<_> = [None, None].into_iter().chain(whole).chain([Some(4.0)]).collect();
    assert_eq!(values, expected, "the first bucket is not known in full, the last is unfinished");
    assert!(trend.buckets[72].unfinished);
}

#[test]
fn fleet_totals_are_the_accounts_own_series() {
    let mut stage = Stage::with(&["busy", "quiet"]);
    stage.healthy("busy", 100.0);
    stage.healthy("quiet", 1.0);
    stage.durations("busy", Statistic::P95, Period::secs(900), &[61.0, 61.0]);
    let page = |metric: Metric, value: f64| {
        let subject = Subject::Account(scope());
        let key = SeriesKey { subject, metric, statistic: metric.statistic(), period: Period::MINUTE };
        let range = TimeRange::new(minute(59), minute(0));
        let points = (0..59).map(|back| Point { at: minute(59 - back), value }).collect();
        SeriesPage { key, range, points, completeness: Completeness::Complete }
    };
    let pages = vec![
        page(Metric::Invocations, 18_420.0),
        page(Metric::Errors, 127.0),
        page(Metric::Throttles, 118.0),
        page(Metric::ConcurrentExecutions, 104.0),
    ];
    stage.tell(Event::Series { at: incident(), pages });
    stage.tell(Event::Account { scope: scope(), concurrency_limit: Some(1000), unreserved_limit: Some(900) });
    let totals = stage.app.totals();
    assert_eq!(
        (totals.invocations, totals.errors, totals.throttles),
        (Some(18_420.0), Some(127.0), Some(118.0))
    );
    assert_eq!((totals.concurrent, totals.concurrency_limit), (Some(104.0), Some(1000)));
    assert!((totals.error_rate.unwrap() - 0.689).abs() < 0.001);
    let busiest = totals.busiest.as_ref().unwrap();
    assert_eq!((&*busiest.key.name, busiest.p95), ("busy", Some(61.0)));
}
