//! CloudWatch Logs through the SDK for Rust, with the endpoint mounted as its HTTP client.

use std::collections::BTreeMap;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata as _;
use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, LogStream, QueryStatistics, QueryStatus};
use aws_smithy_types::retry::RetryConfig;
use lambtop::demo::cloud::{Endpoint, Lines, Quotas, Settings, Synthetic};
use lambtop::demo::faults::{BrokenText, Fault, Faults, Kind, LogFault};

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
    let (from, to) = (NOON - 17 * MINUTE, NOON - 10 * MINUTE);
    let (events, pages) = sweep(&endpoint, "/aws/lambda/checkout-api", from, to, 1_000).await;
    assert!(pages > 1 && events.len() > 8_000, "{} events in {pages} pages", events.len());
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

/// The columns of a query's rows, by name, when it is complete.
async fn query(endpoint: &Endpoint, group: &str, text: &str) -> (Vec<BTreeMap<String, String>>, f64) {
    let client = client(endpoint);
    let started = client
        .start_query()
        .log_group_name(group)
        .start_time((NOON - 10 * MINUTE) / 1_000)
        .end_time((NOON - 5 * MINUTE) / 1_000)
        .query_string(text)
        .send()
        .await
        .unwrap_or_else(|error| panic!("{text}: {}", error.into_service_error()));
    let id = started.query_id().expect("an id");
    for _ in 0..1_000 {
        let results = client.get_query_results().query_id(id).send().await.expect("results");
        if results.status() == Some(&QueryStatus::Complete) {
            let rows = results.results().iter().map(|row| {
                let field = |text: Option<&str>| text.unwrap_or_default().to_owned();
                row.iter().map(|member| (field(member.field()), field(member.value()))).collect()
            });
            let bytes = results.statistics().map_or(0.0, QueryStatistics::bytes_scanned);
            return (rows.collect(), bytes);
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{text} never ends");
}

#[tokio::test(start_paused = true)]
async fn queries_find_and_count_what_the_pages_hold() {
    let endpoint = endpoint_at(NOON, Faults::default());
    let group = "/aws/lambda/checkout-api";
    let (events, _) = sweep(&endpoint, group, NOON - 10 * MINUTE, NOON - 5 * MINUTE, 1_000).await;
    let reports: Vec<_> =
        events.iter().filter(|e| e.message().is_some_and(|text| text.starts_with("REPORT"))).collect();
    let text =
        "fields @timestamp, @message | filter @message like /^REPORT/ | sort @timestamp desc | limit 20";
    let (rows, bytes) = query(&endpoint, group, text).await;
    assert_eq!(rows.len(), 20);
    assert_eq!(rows[0]["@message"], reports[reports.len() - 1].message().unwrap_or_default());
    assert!(rows.windows(2).all(|pair| pair[0]["@timestamp"] >= pair[1]["@timestamp"]));
    assert!(rows[0]["@timestamp"].starts_with("2026-03-01 11:5") && rows[0].contains_key("@ptr"), "{rows:?}");
    assert!(bytes > 100_000.0, "{bytes}");

    let text = "filter @type = \"REPORT\" | stats count(*) as n, avg(@duration), max(@duration) by bin(1m) | sort bin(1m)";
    let (rows, _) = query(&endpoint, group, text).await;
    let counted: usize = rows.iter().filter_map(|row| row["n"].parse::<usize>().ok()).sum();
    assert_eq!(counted, reports.len());
    assert_eq!(rows[0]["bin(1m)"], "2026-03-01 11:50:00.000");
    assert!(rows.len() >= 5 && rows[0].contains_key("avg(@duration)"), "{rows:?}");

    let (rows, _) = query(
        &endpoint,
        "/aws/lambda/supplier-feed",
        "filter ispresent(user.id) and level != 'ERROR' | fields user.id as who, path | limit 3",
    )
    .await;
    assert!(rows.len() == 3 && rows.iter().all(|row| row["who"].parse::<u32>().is_ok()), "{rows:?}");
    let wrong = client(&endpoint).start_query().log_group_name(group).start_time(0).end_time(1);
    let wrong = wrong.query_string("filter | nonsense").send().await.expect_err("no query");
    assert_eq!(wrong.code(), Some("MalformedQueryException"));
}

#[tokio::test(start_paused = true)]
async fn one_stream_is_read_in_both_directions() {
    let endpoint = endpoint_at(NOON, Faults::default());
    let client = client(&endpoint);
    let group = "/aws/lambda/payment-capture";
    let streams = client
        .describe_log_streams()
        .log_group_name(group)
        .order_by(aws_sdk_cloudwatchlogs::types::OrderBy::LastEventTime)
        .descending(true)
        .limit(5)
        .send()
        .await
        .expect("streams");
    assert_eq!(streams.log_streams().len(), 5);
    let last: Vec<_> = streams.log_streams().iter().filter_map(LogStream::last_event_timestamp).collect();
    assert!(last.windows(2).all(|pair| pair[0] >= pair[1]), "{last:?}");
    // The oldest of them has the most to say.
    let oldest = streams.log_streams().iter().min_by_key(|stream| stream.creation_time());
    let name = oldest.and_then(|stream| stream.log_stream_name()).expect("a name");
    let read = |token: Option<String>, head: bool| {
        let call = client.get_log_events().log_group_name(group).log_stream_name(name).limit(40);
        async move { call.start_from_head(head).set_next_token(token).send().await.expect("a page") }
    };
    let walk = |head: bool| async move {
        let (mut pages, mut token) = (Vec::new(), None);
        for _ in 0..500 {
            let page = read(token.clone(), head).await;
            let next = if head { page.next_forward_token() } else { page.next_backward_token() };
            let next = next.map(str::to_owned);
            pages.push(page.events().to_vec());
            if next == token {
                break;
            }
            token = next;
        }
        pages
    };
    let forward: Vec<_> = walk(true).await.concat();
    let mut backward = walk(false).await;
    backward.reverse();
    assert!(forward.len() > 100, "{}", forward.len());
    assert_eq!(forward, backward.concat());
    assert!(forward[0].message().is_some_and(|m| m.starts_with("INIT_START") || m.starts_with("START")));
    let missing =
        client.get_log_events().log_group_name(group).log_stream_name("2026/03/01/[1]no").send().await;
    assert_eq!(missing.expect_err("no such stream").code(), Some("ResourceNotFoundException"));
}

#[tokio::test(start_paused = true)]
async fn groups_are_listed_and_each_is_known_by_name_and_arn() {
    let endpoint = endpoint_at(NOON, Faults::default());
    let client = client(&endpoint);
    let groups = client.describe_log_groups().limit(50).send().await.expect("groups");
    let names: Vec<_> = groups.log_groups().iter().filter_map(|group| group.log_group_name()).collect();
    assert!(names.contains(&"/shop/shipping") && names.contains(&"/aws/lambda/checkout-api"), "{names:?}");
    assert!(names.is_sorted());
    let first = client.describe_log_groups().limit(2).send().await.expect("groups");
    let second = client.describe_log_groups().limit(2).set_next_token(first.next_token().map(str::to_owned));
    let second = second.send().await.expect("groups");
    assert_eq!(second.log_groups()[0].log_group_name(), Some(names[2]));
    let some = client.describe_log_groups().log_group_name_pattern("CHECKOUT").send().await.expect("groups");
    let arn = some.log_groups()[0].log_group_arn().expect("an ARN").to_owned();
    let by_arn =
        client.filter_log_events().log_group_identifier(&arn).start_time(NOON - MINUTE).limit(3).send().await;
    assert_eq!(by_arn.expect("a page").events().len(), 3);
    let newest = client
        .filter_log_events()
        .log_group_identifier(&arn)
        .start_time(NOON - MINUTE)
        .start_from_head(false)
        .limit(3)
        .send()
        .await
        .expect("a page");
    let times: Vec<_> = newest.events().iter().filter_map(FilteredLogEvent::timestamp).collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]) && times[0] > NOON - 10_000, "{times:?}");
    let archive = client.filter_log_events().log_group_name("/aws/lambda/audit-archive").send().await;
    assert_eq!(archive.expect_err("another class").code(), Some("InvalidParameterException"));
    let filtered = client.filter_log_events().log_group_identifier(&arn).start_time(NOON - 10 * MINUTE);
    let filtered = filtered.filter_pattern("REPORT").send().await.expect("a page");
    assert!(!filtered.events().is_empty());
    assert!(filtered.events().iter().all(|event| event.message().is_some_and(|m| m.contains("REPORT"))));
}

#[tokio::test(start_paused = true)]
async fn times_and_texts_are_broken_as_planned() {
    let group = "/aws/lambda/cart-api";
    let broken = |fault| {
        let endpoint = endpoint_at(NOON, Faults::only(Fault::new(Kind::Log(fault), "logs:FilterLogEvents")));
        async move {
            let client = client(&endpoint);
            client.filter_log_events().log_group_name(group).start_time(NOON - MINUTE).limit(50).send().await
        }
    };
    let page = broken(LogFault::OddTimes).await.expect("a page");
    let times: Vec<_> = page.events().iter().map(FilteredLogEvent::timestamp).collect();
    for odd in [Some(0), Some(-1), Some(1 << 53), Some(i64::MAX), None] {
        assert!(times.contains(&odd), "{odd:?} in {times:?}");
    }
    let page = broken(LogFault::BrokenText(BrokenText::Nul)).await.expect("a page");
    assert!(page.events().iter().any(|event| event.message().is_some_and(|text| text.starts_with('\0'))));
    for unreadable in [BrokenText::LoneSurrogate, BrokenText::InvalidUtf8] {
        assert!(broken(LogFault::BrokenText(unreadable)).await.is_err(), "the SDK reads no {unreadable:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_oracle_knows_what_a_sweep_sees_in_the_end() {
    let made_up = Synthetic::new("/shop/new", Lines::OfFunction("cart-api".to_owned()))
        .alive(NOON - 30 * MINUTE, NOON - 20 * MINUTE)
        .alive(NOON - 10 * MINUTE, i64::MAX);
    let giants = Lines::Giants { from: NOON - 5 * MINUTE, events: 3, bytes: 1_000_000, of: "word " };
    let synthetic = vec![made_up, Synthetic::new("/giants", giants)];
    let endpoint =
        Endpoint::new(Settings { synthetic, ..Settings::default() }, standing_clock(NOON + 10 * MINUTE));
    let (from, to) = (NOON - 10 * MINUTE, NOON);
    let (seen, _) = sweep(&endpoint, "/shop/new", from, to, 100).await;
    let oracle = endpoint.oracle("/shop/new", from, to);
    assert!(seen.len() > 1_000);
    assert_eq!(ids(&seen), oracle.iter().map(|event| event.id.as_str()).collect::<Vec<_>>());
    let before = endpoint.oracle("/shop/new", NOON - 40 * MINUTE, NOON - 10 * MINUTE - 1);
    assert!(before.len() > 1_000, "what was there before it was deleted");
    assert!(before.iter().all(|event| (NOON - 30 * MINUTE..NOON - 20 * MINUTE).contains(&event.timestamp)));
    let (giants, pages) = sweep(&endpoint, "/giants", from, to, 100).await;
    assert_eq!((giants.len(), pages), (3, 3), "one fills a page");
    assert!(giants.iter().all(|event| event.message().is_some_and(|text| text.len() == 1_000_000)));
}
