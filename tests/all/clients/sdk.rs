//! The SDK for Rust with the endpoint mounted as its HTTP client: no socket, and a clock that stands still.

use std::time::Duration;

use aws_sdk_cloudwatch::error::ProvideErrorMetadata as _;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy, StatusCode};
use aws_smithy_types::retry::RetryConfig;
use lambtop::demo::cloud::{Endpoint, Quotas, Settings};
use lambtop::demo::faults::{Fault, Faults, Kind, SeriesFault};

use super::{NOON, standing_clock};

const MINUTE: i64 = 60_000;

fn cloudwatch(endpoint: &Endpoint) -> aws_sdk_cloudwatch::Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_cloudwatch::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_cloudwatch::config::Credentials::new(
            "demo", "demo", None, None, "test",
        ))
        .retry_config(RetryConfig::disabled())
        .http_client(endpoint.http_client());
    aws_sdk_cloudwatch::Client::from_conf(config.build())
}

fn query(id: &str, metric: &str, statistic: &str, period: i32) -> MetricDataQuery {
    let function = Dimension::builder().name("FunctionName").value("checkout-api").build();
    let metric = Metric::builder().namespace("AWS/Lambda").metric_name(metric).dimensions(function).build();
    let statistic = MetricStat::builder().metric(metric).stat(statistic).period(period).build();
    MetricDataQuery::builder().id(id).metric_stat(statistic).build()
}

/// Values of one query by minutes before noon, oldest first, as they were known at `now`.
async fn points(endpoint: &Endpoint, query: MetricDataQuery, from: i64, to: i64) -> Vec<(i64, f64)> {
    let answer = cloudwatch(endpoint)
        .get_metric_data()
        .start_time(DateTime::from_millis(from))
        .end_time(DateTime::from_millis(to))
        .scan_by(ScanBy::TimestampAscending)
        .metric_data_queries(query)
        .send()
        .await
        .expect("an answer");
    let result = &answer.metric_data_results()[0];
    let minutes = result.timestamps().iter().map(|at| (at.to_millis().expect("near") - NOON) / MINUTE);
    minutes.zip(result.values().iter().copied()).collect()
}

fn endpoint_at(now: i64) -> Endpoint {
    Endpoint::new(Settings::default(), standing_clock(now))
}

#[tokio::test(start_paused = true)]
async fn the_newest_minutes_are_incomplete_and_then_revised() {
    let mut seen = Vec::new();
    for seconds in [30, 60, 90, 120, 180, 600, 1_800, 7_200] {
        let endpoint = endpoint_at(NOON + seconds * 1_000);
        let points = points(&endpoint, query("n", "Invocations", "Sum", 60), NOON, NOON + MINUTE).await;
        seen.push(points.first().map_or(0.0, |(_, value)| *value));
    }
    assert!(seen.windows(2).all(|pair| pair[0] <= pair[1]), "a minute only grows: {seen:?}");
    let last = *seen.last().expect("a value");
    assert!(seen[1] < last, "at its end a minute is not complete: {seen:?}");
    assert!(seen[5] >= last, "ten minutes later it is: {seen:?}");
}

#[tokio::test(start_paused = true)]
async fn longer_points_add_up_to_the_shorter_ones() {
    let endpoint = endpoint_at(NOON);
    let (from, to) = (NOON - 7_200_000, NOON - 3_600_000);
    let minutes = points(&endpoint, query("n", "Invocations", "Sum", 60), from, to).await;
    let hour = points(&endpoint, query("n", "Invocations", "Sum", 3600), from, to).await;
    assert_eq!(minutes.len(), 60);
    assert_eq!(hour, [(-120, minutes.iter().map(|(_, value)| value).sum())]);
    let longest = points(&endpoint, query("d", "Duration", "Maximum", 60), from, to).await;
    let over_the_hour = points(&endpoint, query("d", "Duration", "p100", 3600), from, to).await;
    let most = longest.iter().fold(0.0, |most: f64, (_, value)| most.max(*value));
    assert!((over_the_hour[0].1 - most).abs() < 1e-9, "{over_the_hour:?} {most}");
}

#[tokio::test(start_paused = true)]
async fn old_data_is_had_in_coarse_points_only() {
    let endpoint = endpoint_at(NOON);
    let from = NOON - 20 * 86_400_000;
    let ask = |period| points(&endpoint, query("n", "Invocations", "Sum", period), from, from + 3_600_000);
    assert_eq!(ask(60).await.len(), 0);
    assert_eq!(ask(300).await.len(), 12);
}

#[tokio::test(start_paused = true)]
async fn no_page_holds_more_points_than_the_service_allows() {
    const LIMIT: usize = 100_800;
    let endpoint = endpoint_at(NOON);
    let week = (NOON - 8 * 86_400_000, NOON - 86_400_000);
    let names =
        ["Sum", "Average", "Minimum", "Maximum", "SampleCount", "p50", "p90", "p95", "p99", "p99.9", "p10"];
    let queries: Vec<_> =
        (0..).zip(names).map(|(number, name)| query(&format!("m{number}"), "Duration", name, 60)).collect();
    let (mut pages, mut token) = (Vec::new(), None);
    loop {
        let answer = cloudwatch(&endpoint)
            .get_metric_data()
            .start_time(DateTime::from_millis(week.0))
            .end_time(DateTime::from_millis(week.1))
            .set_metric_data_queries(Some(queries.clone()))
            .set_next_token(token)
            .send()
            .await
            .expect("a page");
        pages.push(answer.metric_data_results().iter().map(|result| result.values().len()).sum::<usize>());
        token = answer.next_token().map(str::to_owned);
        let state = if token.is_some() { StatusCode::PartialData } else { StatusCode::Complete };
        assert!(answer.metric_data_results().iter().all(|result| result.status_code() == Some(&state)));
        if token.is_none() {
            break;
        }
    }
    assert_eq!(pages, [LIMIT, 7 * 1_440 * names.len() - LIMIT]);
    assert_eq!(endpoint.calls().billed_metrics, 2 * 3, "eleven statistics of one metric, asked for twice");
}

#[tokio::test(start_paused = true)]
async fn each_code_of_an_error_reaches_the_sdk() {
    let faults = Faults::only(Fault::new(Kind::AccessDenied, "cloudwatch:GetMetricData"))
        .and(Fault::new(Kind::Throttled, "cloudwatch:ListMetrics"))
        .and(Fault::new(Kind::TruncatedBody, "cloudwatch:DescribeAlarms"));
    let endpoint = Endpoint::new(Settings { faults, ..Settings::default() }, standing_clock(NOON));
    let client = cloudwatch(&endpoint);
    let denied = client.get_metric_data().metric_data_queries(query("n", "Errors", "Sum", 60)).send().await;
    let denied = denied.expect_err("denied");
    assert_eq!(denied.code(), Some("AccessDenied"));
    assert!(
        denied
            .message()
            .is_some_and(|text| text.contains("not authorized to perform: cloudwatch:GetMetricData"))
    );
    let throttled = client.list_metrics().send().await.expect_err("throttled");
    assert_eq!(throttled.code(), Some("Throttling"));
    assert!(client.describe_alarms().send().await.is_err(), "half a body is no answer");
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_takes_virtual_time_only() {
    let delay = Duration::from_secs(14);
    let faults = Faults::only(Fault::new(Kind::Slow(delay), "cloudwatch:ListMetrics"));
    let endpoint = Endpoint::new(Settings { faults, ..Settings::default() }, standing_clock(NOON));
    let started = tokio::time::Instant::now();
    cloudwatch(&endpoint).list_metrics().metric_name("Errors").send().await.expect("an answer, late");
    assert!(started.elapsed() >= delay);
}

#[tokio::test(start_paused = true)]
async fn series_are_spoiled_as_planned() {
    let window = (NOON - 7_200_000, NOON - 3_600_000);
    let whole = points(&endpoint_at(NOON), query("n", "Invocations", "Sum", 60), window.0, window.1).await;
    let spoiled = |fault| {
        let faults = Faults::only(Fault::new(Kind::Series(fault), "cloudwatch:GetMetricData"));
        Endpoint::new(Settings { faults, ..Settings::default() }, standing_clock(NOON))
    };
    let ask = |fault| async move {
        points(&spoiled(fault), query("n", "Invocations", "Sum", 60), window.0, window.1).await
    };
    let mut reversed = ask(SeriesFault::Reversed).await;
    reversed.reverse();
    assert_eq!(reversed, whole);
    assert_eq!(ask(SeriesFault::Gaps).await.len(), 45);
    let odd = ask(SeriesFault::NotANumber).await;
    assert!(odd.iter().any(|(_, value)| value.is_nan()) && odd.iter().any(|(_, value)| value.is_infinite()));

    let endpoint = spoiled(SeriesFault::Forbidden);
    let answer = cloudwatch(&endpoint)
        .get_metric_data()
        .start_time(DateTime::from_millis(window.0))
        .end_time(DateTime::from_millis(window.1))
        .metric_data_queries(query("n", "Invocations", "Sum", 60))
        .metric_data_queries(query("e", "Errors", "Sum", 60))
        .send()
        .await
        .expect("an answer");
    let states: Vec<_> =
        answer.metric_data_results().iter().map(|result| result.status_code().cloned()).collect();
    assert_eq!(states, [Some(StatusCode::Complete), Some(StatusCode::Forbidden)]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_account_has_nothing() {
    let settings = Settings {
        empty: true,
        quotas: Quotas { lambda: 1, metric_data: 1, ..Quotas::default() },
        ..Settings::default()
    };
    let endpoint = Endpoint::new(settings, standing_clock(NOON));
    let metrics = cloudwatch(&endpoint).list_metrics().send().await.expect("an answer");
    assert!(metrics.metrics().is_empty());
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_lambda::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_lambda::config::Credentials::new("demo", "demo", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(endpoint.http_client());
    let client = aws_sdk_lambda::Client::from_conf(config.build());
    assert!(client.list_functions().send().await.expect("an answer").functions().is_empty());
    let second = client.list_functions().send().await.expect_err("one call a second");
    assert!(second.as_service_error().is_some_and(
        aws_sdk_lambda::operation::list_functions::ListFunctionsError::is_too_many_requests_exception
    ));
}
