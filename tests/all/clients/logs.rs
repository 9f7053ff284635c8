//! CloudWatch Logs through the SDK for Rust, with the endpoint mounted as its HTTP client.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata as _;
use aws_sdk_cloudwatchlogs::types::FilteredLogEvent;
use aws_smithy_types::retry::RetryConfig;
use lambtop::demo::cloud::{Endpoint, Lines, Quotas, Settings, Synthetic};
use lambtop::demo::faults::{Fault, Faults, Kind, LogFault};

use super::{NOON, standing_clock};

const MINUTE: i64 = 60_000;

pub(super) fn client(endpoint: &Endpoint) -> Client {
    let config = aws_sdk_cloudwatchlogs::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_cloudwatchlogs::config::Region::new("eu-west-1"))
        .credentials_provider(aws_sdk_cloudwatchlogs::config::Credentials::new(
            "demo", "demo", None, None, "test",
        ))
        .retry_config(RetryConfig::disabled())
        .http_client(endpoint.http_client());
    Client::from_conf(config.build())
}

/// An endpoint that may be called as often as one likes.
fn endpoint_at(now: i64, faults: Faults) -> Endpoint {
    let quotas = Quotas { logs: Some(100_000), ..Quotas::default() };
    Endpoint::new(Settings { quotas, faults, ..Settings::default() }, standing_clock(now))
}

/// All events of a group between two instants, by its own pages; gives up after so many.
async fn sweep(
    endpoint: &Endpoint,
    group: &str,
    from: i64,
    to: i64,
    most: usize,
) -> (Vec<FilteredLogEvent>, usize) {
    let (mut events, mut pages, mut token) = (Vec::new(), 0, None);
    while pages < most {
        let page = client(endpoint)
            .filter_log_events()
            .log_group_name(group)
            .start_time(from)
            .end_time(to)
            .set_next_token(token)
            .send()
            .await
            .expect("a page");
        pages += 1;
        events.extend_from_slice(page.events());
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    (events, pages)
}

fn ids(events: &[FilteredLogEvent]) -> Vec<&str> {
    events.iter().filter_map(FilteredLogEvent::event_id).collect()
}

#[tokio::test(start_paused = true)]
async fn pages_hold_every_event_once_and_in_order() {
    let endpoint = endpoint_at(NOON, Faults::default());
    let (from, to) = (NOON - 30 * MINUTE, NOON - 10 * MINUTE);
    let (events, pages) = sweep(&endpoint, "/aws/lambda/checkout-api", from, to, 1_000).await;
    assert!(pages > 2 && events.len() > 10_000, "{} events in {pages} pages", events.len());
    let keys: Vec<_> =
        events.iter().map(|e| (e.timestamp(), e.ingestion_time(), e.event_id().map(str::to_owned))).collect();
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "in order, and none twice");
    assert!(keys.iter().all(|key| key.0 >= Some(from) && key.0 <= Some(to) && key.1 <= Some(NOON)));
    let again =
        sweep(&endpoint_at(NOON, Faults::default()), "/aws/lambda/checkout-api", from, to, 1_000).await;
    assert_eq!(again.0, events, "the same question has the same answer");
}

#[tokio::test(start_paused = true)]
async fn an_event_is_seen_from_its_ingestion_on() {
    let (from, to) = (NOON - 5 * MINUTE, NOON);
    let group = "/aws/lambda/catalog-read";
    let (fresh, _) = sweep(&endpoint_at(NOON, Faults::default()), group, from, to, 1_000).await;
    let (settled, _) =
        sweep(&endpoint_at(NOON + 6 * MINUTE, Faults::default()), group, from, to, 1_000).await;
    let known: BTreeMap<&str, &FilteredLogEvent> =
        settled.iter().filter_map(|event| Some((event.event_id()?, event))).collect();
    assert!(fresh.iter().all(|event| event.event_id().is_some_and(|id| known.contains_key(id))));
    let late = settled.len() - fresh.len();
    assert!(late > 50, "{late} of {} came later", settled.len());
    assert!(settled.iter().filter(|e| e.ingestion_time() > Some(NOON)).count() == late);
}

#[tokio::test(start_paused = true)]
async fn spoiled_pages_lose_nothing() {
    let (from, to) = (NOON - 12 * MINUTE, NOON - 10 * MINUTE);
    let group = "/aws/lambda/cart-api";
    let (whole, _) = sweep(&endpoint_at(NOON, Faults::default()), group, from, to, 1_000).await;
    let target = "logs:FilterLogEvents";
    let spoil = |fault, share| Faults::only(Fault::new(Kind::Log(fault), target).share(share));
    let (events, pages) =
        sweep(&endpoint_at(NOON, spoil(LogFault::EmptyPage, 0.5)), group, from, to, 1_000).await;
    assert_eq!(ids(&events), ids(&whole), "in {pages} pages");
    let flood = Synthetic::new(
        "/flood",
        Lines::Flood { from: NOON - 100_000, events: 12_000, per_second: 5_000_000, late_share: 0.0 },
    );
    let quotas = Quotas { logs: Some(1_000), ..Quotas::default() };
    let settings = Settings {
        quotas,
        faults: spoil(LogFault::RepeatedToken { times: 5 }, 1.0),
        synthetic: vec![flood],
        ..Settings::default()
    };
    let endpoint = Endpoint::new(settings, standing_clock(NOON));
    let (crowd, pages) = sweep(&endpoint, "/flood", NOON - 200_000, NOON, 1_000).await;
    assert_eq!(crowd.len(), 12_000);
    assert_eq!(pages, 3 + 2 * 5, "each of two tokens five times over");
    let (events, pages) =
        sweep(&endpoint_at(NOON, spoil(LogFault::EndlessTokens, 1.0)), group, from, to, 50).await;
    assert_eq!((ids(&events), pages), (ids(&whole), 50));
}

#[tokio::test(start_paused = true)]
async fn a_group_comes_and_goes() {
    let made_up = Synthetic::new("/shop/new", Lines::OfFunction("cart-api".to_owned()))
        .alive(NOON, NOON + 10 * MINUTE)
        .alive(NOON + 20 * MINUTE, i64::MAX);
    let ask = |now: i64| {
        let made_up = made_up.clone();
        async move {
            let settings = Settings { synthetic: vec![made_up], ..Settings::default() };
            let endpoint = Endpoint::new(settings, standing_clock(now));
            client(&endpoint).filter_log_events().log_group_name("/shop/new").start_time(NOON).send().await
        }
    };
    for missing in [NOON - 1, NOON + 15 * MINUTE] {
        let error = ask(missing).await.expect_err("no such group");
        assert_eq!(error.code(), Some("ResourceNotFoundException"));
        assert_eq!(error.message(), Some("The specified log group does not exist."));
    }
    assert!(ask(NOON + 5 * MINUTE).await.expect("a page").events().len() > 100);
    let again = ask(NOON + 21 * MINUTE).await.expect("a page");
    assert!(again.events().iter().all(|e| e.timestamp() >= Some(NOON + 20 * MINUTE)));
}
