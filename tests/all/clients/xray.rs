//! X-Ray through the SDK for Rust, with the endpoint mounted as its HTTP client.

use std::collections::BTreeSet;

use aws_sdk_xray::error::ProvideErrorMetadata as _;
use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types::{TimeRangeType, Trace, TraceSummary};
use aws_smithy_types::retry::RetryConfig;
use lambtop::demo::cloud::{Endpoint, Settings};
use serde_json::Value;

use super::{NOON, standing_clock};

const MINUTE: i64 = 60_000;

/// Half an hour into the bad deploy of the story: 2026-03-01T14:32:00Z.
const TROUBLE: i64 = 1_772_375_520_000;

fn xray(endpoint: &Endpoint) -> aws_sdk_xray::Client {
    let config = aws_sdk_xray::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_xray::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_xray::config::Credentials::new("demo", "demo", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .http_client(endpoint.http_client());
    aws_sdk_xray::Client::from_conf(config.build())
}

fn at(now: i64) -> Endpoint {
    Endpoint::new(Settings::default(), standing_clock(now))
}

/// All summaries of a range, page by page.
async fn summaries(endpoint: &Endpoint, from: i64, to: i64, time: TimeRangeType) -> Vec<TraceSummary> {
    let (client, mut all, mut token) = (xray(endpoint), Vec::new(), None);
    loop {
        let page = client
            .get_trace_summaries()
            .start_time(DateTime::from_millis(from))
            .end_time(DateTime::from_millis(to))
            .time_range_type(time.clone())
            .set_next_token(token)
            .send()
            .await
            .expect("a page");
        all.extend_from_slice(page.trace_summaries());
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return all;
        }
    }
}

async fn traces(endpoint: &Endpoint, ids: &[&str]) -> Vec<Trace> {
    let ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let answer = xray(endpoint).batch_get_traces().set_trace_ids(Some(ids)).send().await.expect("an answer");
    assert!(answer.unprocessed_trace_ids().is_empty());
    answer.traces().to_vec()
}

/// The documents of a trace.
fn documents(trace: &Trace) -> Vec<Value> {
    let text = |segment: &aws_sdk_xray::types::Segment| segment.document().expect("a document").to_owned();
    trace.segments().iter().map(|one| serde_json::from_str(&text(one)).expect("JSON")).collect()
}

#[tokio::test(start_paused = true)]
async fn summaries_of_a_range_come_page_by_page_each_once() {
    let endpoint = at(NOON);
    let found = summaries(&endpoint, NOON - 5 * MINUTE, NOON - 4 * MINUTE, TimeRangeType::TraceId).await;
    assert!(found.len() > 200, "{}", found.len());
    let ids: BTreeSet<_> = found.iter().map(|summary| summary.id().expect("an id")).collect();
    assert_eq!(ids.len(), found.len());
    assert!(endpoint.calls().of("xray:GetTraceSummaries") > 2);
    for summary in &found {
        assert_eq!(summary.is_partial(), Some(false), "minutes later all has arrived");
        assert!(summary.duration() >= summary.response_time() && summary.response_time() > Some(0.0));
        assert!(
            summary.entry_point().is_some() && !summary.service_ids().is_empty() && summary.revision() > 0
        );
    }
    let checkout = |summary: &&TraceSummary| {
        summary.service_ids().iter().any(|service| service.name() == Some("checkout-api"))
    };
    let http = found.iter().find(checkout).and_then(TraceSummary::http).expect("a checkout");
    assert_eq!(http.http_method(), Some("POST"));
    assert!(http.http_url().is_some_and(|url| url.ends_with("/prod/api/checkout")));
}

#[tokio::test(start_paused = true)]
async fn the_failing_call_of_the_sick_function_is_in_its_trace() {
    let endpoint = at(TROUBLE);
    let found = summaries(&endpoint, TROUBLE - 3 * MINUTE, TROUBLE - MINUTE, TimeRangeType::TraceId).await;
    let sick = |summary: &&TraceSummary| {
        summary.has_throttle() == Some(true)
            && summary.service_ids().iter().any(|service| service.name() == Some("payment-capture"))
    };
    let slowest = found.iter().filter(sick).max_by(|one, other| {
        one.duration().unwrap_or_default().total_cmp(&other.duration().unwrap_or_default())
    });
    let id = slowest.and_then(TraceSummary::id).expect("a throttled payment");
    let trace = &traces(&endpoint, &[id]).await[0];
    let text = format!("{:?}", documents(trace));
    assert!(text.contains("ProvisionedThroughputExceededException"), "{text}");
}
