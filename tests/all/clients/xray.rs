//! X-Ray through the SDK for Rust, with the endpoint mounted as its HTTP client.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use aws_sdk_xray::error::ProvideErrorMetadata as _;
use aws_sdk_xray::primitives::DateTime;
use aws_sdk_xray::types::{
    FaultRootCause, FaultRootCauseEntity, FaultRootCauseService, HistogramEntry, Http,
    ProbabilisticRuleValue, ResponseTimeRootCauseEntity, Service, TimeRangeType, Trace,
    TraceSegmentDestination, TraceSummary,
};
use aws_smithy_types::retry::RetryConfig;
use lambtop::demo::cloud::{Endpoint, Quotas, Settings};
use lambtop::demo::faults::{Fault, Faults, Kind, TraceFault};
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
    with(Settings::default(), now)
}

/// An endpoint that may be asked as often as one likes: its clock stands still.
fn with(settings: Settings, now: i64) -> Endpoint {
    let quotas = Quotas { xray: 10_000, ..settings.quotas };
    Endpoint::new(Settings { quotas, ..settings }, standing_clock(now))
}

/// An endpoint and its clock, ms since the epoch, to be turned by hand.
fn turning(now: i64) -> (Endpoint, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(now));
    let hand = Arc::clone(&clock);
    let quotas = Quotas { xray: 10_000, ..Quotas::default() };
    let settings = Settings { quotas, ..Settings::default() };
    (Endpoint::new(settings, Arc::new(move || clock.load(Relaxed))), hand)
}

/// All summaries of a range, page by page.
async fn summaries(endpoint: &Endpoint, from: i64, to: i64, time: TimeRangeType) -> Vec<TraceSummary> {
    filtered(endpoint, from, to, time, None).await
}

/// The same, of traces that are as a filter says.
async fn filtered(
    endpoint: &Endpoint,
    from: i64,
    to: i64,
    time: TimeRangeType,
    filter: Option<&str>,
) -> Vec<TraceSummary> {
    let (client, mut all, mut token) = (xray(endpoint), Vec::new(), None);
    loop {
        let page = client
            .get_trace_summaries()
            .start_time(DateTime::from_millis(from))
            .end_time(DateTime::from_millis(to))
            .time_range_type(time.clone())
            .set_filter_expression(filter.map(str::to_owned))
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

/// What a filter means, said otherwise.
type Like<'a> = &'a dyn Fn(&TraceSummary) -> bool;

#[tokio::test(start_paused = true)]
async fn a_filter_finds_exactly_the_traces_that_are_like_it() {
    let endpoint = at(TROUBLE);
    let (from, to) = (TROUBLE - 3 * MINUTE, TROUBLE - MINUTE);
    let all = summaries(&endpoint, from, to, TimeRangeType::TraceId).await;
    let of = |summary: &TraceSummary, name: &str| {
        summary.service_ids().iter().any(|service| service.name() == Some(name))
    };
    let status = |summary: &TraceSummary| summary.http().and_then(Http::http_status);
    let url = |summary: &TraceSummary| {
        summary.http().and_then(|http| http.http_url()).unwrap_or_default().to_owned()
    };
    let likes: [(&str, Like); 8] = [
        ("service(\"payment-capture\")", &|one| of(one, "payment-capture")),
        ("fault = true", &|one| one.has_fault() == Some(true)),
        ("error OR throttle", &|one| one.has_error() == Some(true) || one.has_throttle() == Some(true)),
        ("!ok", &|one| [one.has_error(), one.has_fault(), one.has_throttle()].contains(&Some(true))),
        ("duration >= 1.5", &|one| one.duration() >= Some(1.5)),
        ("http.status = 200 AND responsetime < 0.02", &|one| {
            status(one) == Some(200) && one.response_time() < Some(0.02)
        }),
        ("http.url CONTAINS \"/api/checkout\"", &|one| url(one).contains("/api/checkout")),
        ("annotation.Service = \"payments\" AND !service(\"nobody\")", &|one| {
            of(one, "payment-capture")
                && one.annotations().is_some_and(|all| all.contains_key("Service"))
                && one.annotations().is_some_and(|all| all["Service"].len() > 1)
        }),
    ];
    for (filter, like) in likes {
        let found = filtered(&endpoint, from, to, TimeRangeType::TraceId, Some(filter)).await;
        let ids =
            |of: &[TraceSummary]| of.iter().filter_map(|one| one.id().map(str::to_owned)).collect::<Vec<_>>();
        let wanted: Vec<_> = all.iter().filter(|one| like(one)).cloned().collect();
        assert_eq!(ids(&found), ids(&wanted), "{filter}");
        assert!(!found.is_empty() && found.len() < all.len(), "{filter}: {} of {}", found.len(), all.len());
    }
    let inside = "service(id(name: \"payment-capture\", type: \"AWS::Lambda::Function\")) { fault = true }";
    let faulty = filtered(&endpoint, from, to, TimeRangeType::TraceId, Some(inside)).await;
    let edge = "edge(\"payment-capture\", \"payment-ledger\") { throttle }";
    let throttled = filtered(&endpoint, from, to, TimeRangeType::TraceId, Some(edge)).await;
    assert!(faulty.len() > 3 && throttled.len() > faulty.len(), "{} {}", faulty.len(), throttled.len());
}

/// All services of a range, page by page.
async fn services(endpoint: &Endpoint, from: i64, to: i64) -> Vec<Service> {
    let (client, mut all, mut token) = (xray(endpoint), Vec::new(), None);
    loop {
        let page = client
            .get_service_graph()
            .start_time(DateTime::from_millis(from))
            .end_time(DateTime::from_millis(to))
            .set_next_token(token)
            .send()
            .await
            .expect("a page");
        all.extend_from_slice(page.services());
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            return all;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn the_service_graph_counts_what_the_traces_hold() {
    let endpoint = at(TROUBLE);
    let (from, to) = (TROUBLE - 3 * MINUTE, TROUBLE - MINUTE - 1);
    let services = services(&endpoint, from, to).await;
    let found = summaries(&endpoint, from, to, TimeRangeType::TraceId).await;
    let with = |kind: &str, name: &str| {
        let is = |service: &&Service| service.r#type() == Some(kind) && service.name() == Some(name);
        services.iter().find(is).unwrap_or_else(|| panic!("no {kind} {name}"))
    };
    let numbers: BTreeSet<_> = services.iter().map(Service::reference_id).collect();
    assert_eq!(numbers.len(), services.len(), "each has a number of its own");
    for edge in services.iter().flat_map(Service::edges) {
        assert!(numbers.contains(&edge.reference_id()), "{edge:?}");
    }
    let payments = with("AWS::Lambda::Function", "payment-capture");
    let taking_part = found.iter().filter(|one| {
        one.service_ids().iter().any(|service| {
            service.name() == Some("payment-capture") && service.r#type() == Some("AWS::Lambda::Function")
        })
    });
    let statistics = payments.summary_statistics().expect("statistics");
    assert_eq!(statistics.total_count(), i64::try_from(taking_part.count()).ok());
    assert!(statistics.fault_statistics().is_some_and(|faults| faults.total_count() > Some(0)));
    let drawn: i32 = payments.response_time_histogram().iter().map(HistogramEntry::count).sum();
    assert_eq!(Some(i64::from(drawn)), statistics.total_count());
    let ledger = with("AWS::DynamoDB::Table", "payment-ledger");
    let edge = payments.edges().iter().find(|edge| edge.reference_id() == ledger.reference_id());
    let throttled = edge.and_then(|edge| edge.summary_statistics()?.error_statistics()?.throttle_count());
    assert!(throttled > Some(5), "{throttled:?}");
    let api = with("AWS::ApiGateway::Stage", "shop-api/prod");
    let clients = with("client", "shop-api/prod");
    assert_eq!((api.root(), clients.root()), (Some(true), None));
    assert_eq!(clients.edges()[0].reference_id(), api.reference_id());
    assert_eq!(payments.root(), Some(false));
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_is_refused() {
    let endpoint = at(NOON);
    let client = xray(&endpoint);
    let time = DateTime::from_millis;
    let long = client.get_trace_summaries().start_time(time(NOON - 25 * 60 * MINUTE)).end_time(time(NOON));
    let long = long.send().await.expect_err("longer than a day");
    assert_eq!(long.code(), Some("InvalidRequestException"));
    assert_eq!(long.message(), Some("Time range cannot be longer than 24 hours."));
    let long = client.get_service_graph().start_time(time(NOON - 361 * MINUTE)).end_time(time(NOON));
    assert_eq!(long.send().await.expect_err("longer than six hours").code(), Some("InvalidRequestException"));
    let ids = (0..6).map(|number| format!("1-69a44d2c-00000000000000000000000{number}")).collect();
    let many = client.batch_get_traces().set_trace_ids(Some(ids)).send().await.expect_err("six ids");
    assert_eq!(many.code(), Some("InvalidRequestException"));
    let filter = client.get_trace_summaries().start_time(time(NOON - MINUTE)).end_time(time(NOON));
    let filter = filter.filter_expression("whatever = 5").send().await.expect_err("no such keyword");
    assert_eq!(filter.code(), Some("InvalidRequestException"));
    // An id that nobody knows is in neither list.
    assert!(traces(&endpoint, &["1-69a44d2c-000000000000000000000000"]).await.is_empty());

    let faults = Faults::only(Fault::new(Kind::Throttled, "xray:BatchGetTraces"));
    let endpoint = with(Settings { faults, ..Settings::default() }, NOON);
    let throttled = xray(&endpoint).batch_get_traces().trace_ids("1-69a44d2c-000000000000000000000000");
    let throttled = throttled.send().await.expect_err("throttled");
    assert_eq!(throttled.code(), Some("ThrottledException"));
    assert_eq!(throttled.raw_response().map(|response| response.status().as_u16()), Some(429));
}

#[tokio::test(start_paused = true)]
async fn what_is_in_progress_is_complete_some_seconds_later() {
    let (from, to) = (NOON - 20_000, NOON);
    let (endpoint, clock) = turning(NOON);
    let early = summaries(&endpoint, from, to, TimeRangeType::TraceId).await;
    clock.store(NOON + 60_000, Relaxed);
    let later = summaries(&endpoint, from, to, TimeRangeType::TraceId).await;
    let partial: Vec<_> = early.iter().filter(|one| one.is_partial() == Some(true)).collect();
    assert!(!partial.is_empty() && early.len() < later.len());
    for one in &partial {
        let same = later.iter().find(|other| other.id() == one.id()).expect("it stays");
        assert!(same.is_partial() == Some(false) && same.revision() > one.revision());
    }
    let id = partial[0].id().expect("an id");
    let then = documents(&traces(&endpoint, &[id]).await[0]);
    clock.store(NOON, Relaxed);
    let now = documents(&traces(&endpoint, &[id]).await[0]);
    let open = |documents: &[Value]| {
        documents.iter().filter(|one| one["in_progress"] == true && one["end_time"].is_null()).count()
    };
    assert!(open(&now) > 0 && open(&then) == 0 && then.len() >= now.len());
    for document in &now {
        assert!(then.iter().any(|other| other["id"] == document["id"]), "a document keeps its id");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_follows_what_arrives_misses_no_trace() {
    let (endpoint, clock) = turning(NOON + 120_000);
    let whole = summaries(&endpoint, NOON - 60_000, NOON, TimeRangeType::TraceId).await;
    let mut followed: BTreeMap<String, i32> = BTreeMap::new();
    for second in (-60..=60).step_by(10) {
        let now = NOON + second * 1_000;
        clock.store(now, Relaxed);
        for one in summaries(&endpoint, now - 10_000, now, TimeRangeType::Event).await {
            assert!(one.matched_event_time().is_some());
            let revision = followed.entry(one.id().expect("an id").to_owned()).or_default();
            assert!(*revision <= one.revision(), "it only grows");
            *revision = one.revision();
        }
    }
    for one in &whole {
        assert_eq!(followed.get(one.id().expect("an id")), Some(&one.revision()), "{one:?}");
    }
}

/// Some trace that holds a function, as it is answered where these things go wrong.
async fn spoiled(faults: &[TraceFault]) -> Trace {
    let whole = at(NOON);
    let found = summaries(&whole, NOON - 3 * MINUTE, NOON - 2 * MINUTE, TimeRangeType::TraceId).await;
    let id = found[0].id().expect("an id");
    let kinds = faults.iter().map(|fault| Fault::new(Kind::Trace(*fault), "xray:BatchGetTraces"));
    let faults = kinds.fold(Faults::default(), Faults::and);
    let endpoint = with(Settings { faults, ..Settings::default() }, NOON);
    traces(&endpoint, &[id]).await.remove(0)
}

/// The texts of a trace's documents.
fn texts(trace: &Trace) -> Vec<String> {
    trace.segments().iter().filter_map(|segment| segment.document().map(str::to_owned)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_trace_can_be_as_wide_and_as_deep_as_one_likes() {
    let wide = spoiled(&[TraceFault::Wide { subsegments: 10_000 }]).await;
    let longest = documents(&wide).iter().filter_map(|one| one["subsegments"].as_array().map(Vec::len)).max();
    assert_eq!(longest, Some(10_000));

    let deep = spoiled(&[TraceFault::Deep { levels: 100 }]).await;
    let depth = |mut json: &Value| {
        let mut levels = 0;
        while let Some(child) = json["subsegments"].get(0) {
            (json, levels) = (child, levels + 1);
        }
        levels
    };
    // Deeper ones are no JSON for everyone: they are counted by their brackets.
    let shallow = texts(&deep).iter().filter(|text| text.contains("step 99")).count();
    assert_eq!(shallow, 1);
    let small = spoiled(&[TraceFault::Deep { levels: 30 }]).await;
    assert_eq!(documents(&small).iter().map(depth).max(), Some(30));
    let thousand = spoiled(&[TraceFault::Deep { levels: 1_000 }]).await;
    assert!(texts(&thousand).iter().any(|text| text.matches("}]").count() >= 1_000));

    let nested = [TraceFault::NestedMetadata { levels: 100_000 }, TraceFault::Wide { subsegments: 3 }];
    assert!(texts(&spoiled(&nested).await).iter().any(|text| text.matches('[').count() > 100_000));
    let keys = spoiled(&[TraceFault::ManyKeys { keys: 50_000 }]).await;
    let many = documents(&keys)
        .iter()
        .filter_map(|one| one["metadata"]["many"].as_object().map(serde_json::Map::len))
        .max();
    assert_eq!(many, Some(50_000));
}

#[tokio::test(start_paused = true)]
async fn a_trace_can_hold_together_badly() {
    let ids = |documents: &[Value]| -> Vec<String> {
        documents.iter().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    let whole = documents(&spoiled(&[]).await);
    let cycle = documents(&spoiled(&[TraceFault::Cycle]).await);
    assert_eq!(cycle.len(), whole.len() + 3);
    assert!(cycle.iter().any(|one| one["id"] == one["parent_id"]), "one is its own parent");
    let twins = documents(&spoiled(&[TraceFault::Twins]).await);
    assert_eq!((twins.len(), twins[0]["in_progress"] == true), (whole.len() * 2, true));
    assert_eq!(twins[0]["id"], twins[1]["id"]);
    let orphans = documents(&spoiled(&[TraceFault::MissingParents]).await);
    assert!(
        orphans.len() < whole.len()
            && orphans.iter().any(|one| {
                one["parent_id"].as_str().is_some_and(|parent| !ids(&orphans).contains(&parent.to_owned()))
            })
    );
    let endless = documents(&spoiled(&[TraceFault::NoEnd]).await);
    assert!(endless.iter().all(|one| one["end_time"].is_null() && one["in_progress"].is_null()));
    let cut = spoiled(&[TraceFault::LimitExceeded]).await;
    assert!(cut.limit_exceeded() == Some(true) && cut.segments().len() < whole.len());
}

#[tokio::test(start_paused = true)]
async fn a_trace_that_is_asked_for_again_comes_in_the_end() {
    let found = summaries(&at(NOON), NOON - 3 * MINUTE, NOON - 2 * MINUTE, TimeRangeType::TraceId).await;
    let id = found[0].id().expect("an id");
    let kinds = [TraceFault::Unprocessed { times: 2 }, TraceFault::InProgress { times: 3 }];
    let faults = kinds.iter().map(|fault| Fault::new(Kind::Trace(*fault), "xray:BatchGetTraces"));
    let faults = faults.fold(Faults::default(), Faults::and);
    let endpoint = with(Settings { faults, ..Settings::default() }, NOON);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let answer = xray(&endpoint).batch_get_traces().trace_ids(id).send().await.expect("an answer");
        seen.push(match answer.traces() {
            [] if answer.unprocessed_trace_ids() == [id] => "unprocessed",
            [trace] if documents(trace).iter().all(|one| one["in_progress"] == true) => "in progress",
            [trace] if documents(trace).iter().all(|one| one["end_time"].is_f64()) => "complete",
            other => panic!("{other:?}"),
        });
    }
    assert_eq!(seen, ["unprocessed", "unprocessed", "in progress", "complete"]);
}

#[tokio::test(start_paused = true)]
async fn summaries_name_the_root_of_a_fault_and_of_the_time() {
    let all = summaries(&at(NOON), NOON - 12 * MINUTE, NOON - 2 * MINUTE, TimeRangeType::TraceId).await;
    let mut thrown = BTreeSet::new();
    for summary in &all {
        let causes = summary.fault_root_causes();
        assert_eq!(causes.is_empty(), !summary.has_fault().unwrap_or(false), "{summary:?}");
        for service in causes.iter().flat_map(FaultRootCause::services).filter_map(|service| service.name()) {
            assert!(
                summary.service_ids().iter().any(|id| id.name() == Some(service)),
                "{service}: {summary:?}"
            );
        }
        let last = causes.first().and_then(|cause| cause.services().last());
        let entities = last.map(FaultRootCauseService::entity_path).unwrap_or_default();
        let names =
            entities.iter().flat_map(FaultRootCauseEntity::exceptions).filter_map(|thrown| thrown.name());
        thrown.extend(names.map(str::to_owned));
        if summary.duration().is_some() && !summary.is_partial().unwrap_or(false) {
            let delays = summary.response_time_root_causes();
            let entity = delays.first().and_then(|cause| cause.services().last()?.entity_path().last());
            let coverage = entity.and_then(ResponseTimeRootCauseEntity::coverage);
            assert!(coverage.is_some_and(|share| (0.0..=1.0).contains(&share)), "{summary:?}");
        }
    }
    assert!(!thrown.is_empty(), "some of them name what was thrown");
}

#[tokio::test(start_paused = true)]
async fn transaction_search_shows_one_trace_in_a_hundred_and_gives_none() {
    let endpoint = with(Settings { transaction_search: true, ..Settings::default() }, NOON);
    let destination = xray(&endpoint).get_trace_segment_destination().send().await.expect("an answer");
    assert_eq!(destination.destination().map(TraceSegmentDestination::as_str), Some("CloudWatchLogs"));
    let rules = xray(&endpoint).get_indexing_rules().send().await.expect("an answer");
    let rule = rules.indexing_rules()[0].rule().and_then(|rule| rule.as_probabilistic().ok());
    assert_eq!(rule.and_then(ProbabilisticRuleValue::actual_sampling_percentage), Some(1.0));
    let (from, to) = (NOON - 12 * MINUTE, NOON - 2 * MINUTE);
    let indexed = summaries(&endpoint, from, to, TimeRangeType::TraceId).await.len();
    let all = summaries(&at(NOON), from, to, TimeRangeType::TraceId).await.len();
    assert!(indexed > 0 && indexed * 50 < all, "{indexed} of {all}");
}
