//! A function of the demo with `SnapStart`: its environments are restored, in its log, in its traces and on the timeline.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::sync::Arc;

use aws_sdk_lambda::config::{Config, Credentials, Region};
use aws_sdk_lambda::types::{SnapStartApplyOn, SnapStartOptimizationStatus};
use lambtop::demo::cloud::{Endpoint, Settings};
use lambtop::demo::fleet::{DEFAULT_SEED, Fleet, Invocation as Request, LogEvent, Site};
use lambtop::model::{
    GroupKey, Invocation, LineKind, LogPage, LogStream, Outcome, RequestId, Scope, Timestamp,
};
use lambtop::parse::{self, xray};
use lambtop::store::invocations::Invocations;
use lambtop::store::timeline::{Logged, Mark, Span, Timeline, of_log, of_trace, story};
use lambtop::store::traces::Tree;

use crate::clients::standing_clock;
use crate::told::add;

const RESTORED: &str = "stock-sync";
/// 2026-03-01T14:30:00Z, in minutes.
const NOW: i64 = 29_539_590;

/// The requests of some hours that waited for a restore, each with its minute.
fn restored(fleet: &Fleet, function: usize) -> Vec<(i64, Request)> {
    let minutes = NOW - 180..NOW;
    let all = minutes
        .flat_map(|minute| fleet.invocations(function, minute).into_iter().map(move |one| (minute, one)));
    all.filter(|(_, request)| request.cold).collect()
}

/// The lines around a request in its own stream, as the tail hands them on, joined.
fn joined(
    fleet: &Fleet,
    function: usize,
    minute: i64,
    request: &Request,
) -> (Vec<Arc<LogEvent>>, Invocation) {
    let environment = request.environment.as_ref().expect("it ran");
    let minutes = minute - 1..=minute + 1;
    let mut events: Vec<Arc<LogEvent>> =
        minutes.flat_map(|minute| fleet.log(function, minute).to_vec()).collect();
    let end = request.end_ms() as i64;
    events.retain(|event| event.stream.ends_with(&environment.id) && event.timestamp <= end);
    let mut page =
        LogPage::new(GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/stock-sync"));
    page.streams.push(LogStream {
        name: Arc::clone(&events[0].stream),
        function: Some(RESTORED.into()),
        version: None,
    });
    for event in &events {
        let mut hasher = DefaultHasher::new();
        event.id.hash(&mut hasher);
        add(&mut page, Timestamp::from_millis(event.timestamp), hasher.finish(), 0, &event.message);
    }
    let mut invocations = Invocations::default();
    invocations.take(&page);
    let id = RequestId::parse(&request.request_id).expect("an id");
    let invocation = invocations.by_start().find(|held| held.key.request == id);
    (events, invocation.expect("the request"))
}

fn restore_bar(timeline: &Timeline) -> &Span {
    assert!(timeline.spans.iter().all(|span| span.title != "Init" && span.title != "Initialization"));
    timeline.spans.iter().find(|span| span.title == "Restore").expect("a bar")
}

#[test]
fn its_first_requests_are_read_as_restored_and_billed_for_a_part_of_it() {
    let fleet = Fleet::new(DEFAULT_SEED);
    let function = fleet.find(RESTORED).expect("it is there");
    let all = restored(&fleet, function);
    assert!(all.len() > 5, "{}", all.len());
    for (minute, request) in all {
        let (events, held) = joined(&fleet, function, minute, &request);
        assert_eq!((held.restore_ms, held.init_ms, held.cold), (request.init_ms, None, true));
        assert_eq!(held.billed_ms, Some(request.billed_ms as f64));
        let report = events.last().expect("its report");
        let read = parse::log::read(&report.message);
        let billed = read.billed_restore_ms.expect("a part is billed");
        assert!(Some(billed) < held.restore_ms, "{}", report.message);
        assert!(
            (request.billed_ms as f64 - billed - request.duration_ms.ceil()).abs() < 0.5,
            "{}",
            report.message
        );
        let kinds: Vec<LineKind> = events.iter().map(|event| parse::log::read(&event.message).kind).collect();
        assert_eq!(kinds[..3], [LineKind::RestoreStart, LineKind::RestoreReport, LineKind::Start]);
    }
}

#[test]
fn its_timeline_has_a_bar_of_the_restore_by_the_log_alone() {
    let fleet = Fleet::new(DEFAULT_SEED);
    let function = fleet.find(RESTORED).expect("it is there");
    for (minute, request) in restored(&fleet, function) {
        let (events, held) = joined(&fleet, function, minute, &request);
        let lines: Vec<Logged> = events
            .iter()
            .map(|event| {
                let read = parse::log::read(&event.message);
                let at_ms = event.timestamp as f64;
                Logged { at_ms, kind: read.kind, level: read.level, text: event.message.clone() }
            })
            .collect();
        let timeline = of_log(&held, Outcome::Ok, &lines);
        let bar = restore_bar(&timeline);
        let took = bar.duration_ms().expect("it has ended");
        assert_eq!((bar.mark, bar.start_ms), (Mark::Cold, Some(0.0)));
        assert!((took - request.init_ms.expect("it waited")).abs() < 0.01, "{took} {request:?}");
        assert_eq!(timeline.spans[1].start_ms.map(f64::round), bar.end_ms.map(f64::round));
    }
}

#[test]
fn its_timeline_has_a_bar_of_the_restore_by_the_trace_and_says_it_in_a_sentence() {
    let fleet = Fleet::new(DEFAULT_SEED);
    let function = fleet.find(RESTORED).expect("it is there");
    let site = Site { account: "123456789012", region: "eu-west-1" };
    let mut seen = 0;
    for (_, request) in restored(&fleet, function) {
        let header = request.trace.as_ref().expect("it is traced");
        let Some((traces, place)) = fleet.find_trace(&header.trace_id) else { continue };
        let documents = fleet.documents(&traces[place], site, i64::MAX);
        let texts = documents.iter().map(|document| document.json.to_string());
        let tree = Tree::of(texts.flat_map(|text| xray::document(&text, None).expect("a document")));
        let timeline = of_trace(&tree, &[]);
        let bar = restore_bar(&timeline);
        assert_eq!((bar.mark, bar.oddity), (Mark::Cold, None));
        let took = bar.duration_ms().expect("it has ended");
        assert!((took - request.init_ms.expect("it waited")).abs() < 0.01, "{took} {request:?}");
        for of in [Some(RESTORED), None] {
            let told = story::of_spans(&timeline, &tree, of).expect("a sentence");
            assert!(told.full.contains("a restore of ") && told.brief.contains("restore "), "{told:?}");
        }
        seen += 1;
    }
    assert!(seen > 1, "{seen}");
}

#[tokio::test(start_paused = true)]
async fn its_published_version_says_that_it_has_a_snapshot() {
    let endpoint = Endpoint::new(Settings::default(), standing_clock(NOW * 60_000));
    let config = Config::builder()
        .behavior_version_latest()
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("demo", "demo", None, None, "test"))
        .http_client(endpoint.http_client());
    let client = aws_sdk_lambda::Client::from_conf(config.build());
    for (name, apply_on, status) in [
        ("stock-sync:live", SnapStartApplyOn::PublishedVersions, SnapStartOptimizationStatus::On),
        // As AWS has it: a snapshot is taken of versions, $LATEST has none.
        ("stock-sync", SnapStartApplyOn::PublishedVersions, SnapStartOptimizationStatus::Off),
        ("cart-api:live", SnapStartApplyOn::None, SnapStartOptimizationStatus::Off),
    ] {
        let answer = client.get_function_configuration().function_name(name).send().await.expect("an answer");
        let said = answer.snap_start().expect("it is always said");
        assert_eq!((said.apply_on(), said.optimization_status()), (Some(&apply_on), Some(&status)), "{name}");
    }
}
