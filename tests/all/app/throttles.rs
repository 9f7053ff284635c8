//! Requests that Lambda throttled, by keys: when X-Ray is asked for them, and their rows among those of the log.

use std::time::Duration;

use lambtop::app::App;
use lambtop::model::{
    Event, FailureKind, Feed, FeedReport, Metric, Outcome, Period, Scope, Segment, Timestamp, TraceId,
    TraceMissing, TraceSummary,
};
use lambtop::parse::xray;

use super::requests::{Shot, id, page_of};
use super::stage::{Stage, failure, incident, key, scope};
use super::timeline::{found, missing};
use super::traces::{list, summary};
use crate::screens::letters;

const ASKED: &str = "service(\"order-events\") AND throttle";

/// The segment of an asynchronous request that was throttled twice and then let in, `before` seconds ago.
pub fn segments(now: Timestamp, trace: TraceId, request: &str, before: u64) -> Vec<Segment> {
    tried(now, trace, request, before, 200)
}

/// The same with another answer to the third attempt.
fn tried(now: Timestamp, trace: TraceId, request: &str, before: u64, last: u16) -> Vec<Segment> {
    let at = |ms: u64| (now - Duration::from_secs(before) + Duration::from_millis(ms)).millis() as f64 / 1e3;
    let attempt = |number: u64, start: u64, status: u16| {
        format!(
            "{{\"id\":\"000000000000000{number}\",\"name\":\"Attempt #{number}\",\"start_time\":{},\"end_time\":{},\
             \"throttle\":{},\"http\":{{\"response\":{{\"status\":{status}}}}}}}",
            at(start),
            at(start + 3),
            status == 429
        )
    };
    let document = format!(
        "{{\"id\":\"00000000000000aa\",\"trace_id\":\"{trace}\",\"name\":\"order-events\",\"origin\":\"AWS::Lambda\",\
         \"start_time\":{},\"end_time\":{},\"throttle\":true,\"http\":{{\"response\":{{\"status\":202}}}},\
         \"aws\":{{\"request_id\":\"{request}\"}},\"subsegments\":[{},{},{}]}}",
        at(0),
        at(5_000),
        attempt(1, 100, 429),
        attempt(2, 1_400, 429),
        attempt(3, 4_100, last),
    );
    xray::document(&document, None).expect("a document")
}

/// The request of that trace as its log has it, and four others.
pub fn shots(before: u64) -> Vec<Shot> {
    let one = |number: u64, before: u64| Shot { before, number, ms: 80.0 + number as f64, ..Shot::default() };
    let mut shots = vec![one(7, before * 1_000 - 4_100)];
    shots.extend((1..=4).map(|number| one(number, 50_000 + number * 1_000)));
    shots
}

fn outcomes(app: &App) -> Vec<(u64, Outcome)> {
    let held = app.store().invocations();
    let one = |key| {
        let own = held.get(key).expect("it is held");
        (incident().since(own.start).as_millis() as u64, own.outcome)
    };
    app.requests().shown.keys.iter().copied().map(one).collect()
}

/// `order-events` with four requests and, after two throttled attempts, a fifth.
fn stage() -> Stage {
    let mut stage = Stage::with(&["order-events", "cart-api"]);
    stage.healthy("order-events", 200.0);
    stage.press("/order<Enter>r");
    stage.requests("order-events", &shots(30));
    stage
}

fn asked(stage: &Stage) -> Option<String> {
    let list = stage.app.interest().traces?.list?;
    Some(list.expression.to_string())
}

#[test]
fn x_ray_is_asked_for_throttled_requests_only_while_cloudwatch_counts_some() {
    let mut stage = stage();
    assert_eq!(
        stage.app.interest().traces,
        None,
        "nothing was throttled, and X-Ray bills what it looks through"
    );
    stage.steady("order-events", Metric::Throttles, 118.0);
    stage.wait(1);
    assert_eq!(asked(&stage).as_deref(), Some(ASKED));
    assert!(letters(&stage.app, false).contains("118/min throttled"));
    let since = |stage: &Stage| stage.app.interest().traces.and_then(|want| want.list).map(|list| list.since);
    let hour = incident().floor(Period::MINUTE) - Duration::from_mins(59);
    assert_eq!(since(&stage), Some(hour));
    stage.press("t");
    stage.wait(1);
    assert_eq!(
        since(&stage),
        Some(hour),
        "three hours are shown; X-Ray bills every trace of the time it is asked for"
    );
    let failure = failure("GetTraceSummaries", FailureKind::Refused, "not now");
    let failed = FeedReport::Failed { failure: failure.clone(), retry_at: stage.at };
    for report in [failed, FeedReport::Degraded { failure }] {
        stage.tell(Event::Feed { scope: scope(), feed: Feed::Traces, at: stage.at, report });
        assert!(letters(&stage.app, false).contains("118/min throttled, not listed: X-Ray fails"));
        stage.tell(Event::Feed {
            scope: scope(),
            feed: Feed::Traces,
            at: stage.at,
            report: FeedReport::Answered,
        });
        assert!(!letters(&stage.app, false).contains("X-Ray fails"));
    }
    stage.press("2");
    assert_eq!(stage.app.interest().traces, None, "not on another screen");
}

#[test]
fn the_attempts_that_a_trace_tells_of_are_rows_among_those_of_the_log() {
    let mut stage = stage();
    stage.steady("order-events", Metric::Throttles, 118.0);
    stage.wait(1);
    let mut listed = summary(9, incident(), 30);
    listed.throttle = true;
    let trace = listed.id;
    let fine = summary(8, incident(), 40);
    stage.tell(list(ASKED, incident(), vec![listed, fine]));
    let wanted = stage.app.interest().traces.expect("traces").open;
    assert_eq!(wanted, [trace], "of those that were not throttled nothing is fetched");
    stage.tell(found(&scope(), incident(), trace, segments(incident(), trace, &id(7), 30)));
    stage.wait(2);
    assert!(stage.app.interest().traces.is_some_and(|want| want.open.is_empty()), "it has come");
    let refused = Outcome::Throttled;
    let rows = [(25_900, Outcome::Ok), (28_600, refused), (29_900, refused)];
    assert_eq!(outcomes(&stage.app)[..3], rows, "the newest first");

    stage.press("jj");
    let screen = letters(&stage.app, false);
    assert!(screen.contains("throttled"), "{screen}");
    assert!(screen.contains("attempt 1 of 3 · the next 1.30 s later: throttled"), "{screen}");
    stage.press("k");
    assert!(letters(&stage.app, false).contains("attempt 2 of 3 · the next 2.70 s later: ok"));
    stage.press("o");
    let screen = letters(&stage.app, false);
    assert!(screen.contains("traces/") && !screen.contains("log-group"), "it wrote no log: {screen}");
    stage.press("<Esc>");
    // In no version and in no environment: what is put together by those leaves them out.
    stage.press("/outcome=throttled<Enter>");
    stage.wait(2);
    assert_eq!(outcomes(&stage.app).len(), 2);
    stage.press("ggg");
    stage.wait(2);
    assert!(stage.app.requests().shown.groups.is_empty());
    stage.press("g<Esc>");
    stage.wait(2);

    stage.press("jj<Enter>");
    stage.wait(1);
    let screen = letters(&stage.app, false);
    for words in [
        "attempt 1 of 3",
        "waited 3.99 s (80 %) until Lambda let it in, after 2 throttled attempts",
        "▾ Attempts",
        "retry backoff",
        "attempt 3",
    ] {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    assert!(!screen.contains("warm"), "it waited for no environment: {screen}");
    assert!(screen.contains("Lambda refused it: it never ran and wrote no line."), "{screen}");
}

#[test]
fn a_trace_of_another_account_or_function_makes_no_row_here() {
    let mut stage = stage();
    let trace = summary(9, incident(), 30).id;
    let elsewhere = Scope::new("999999999999", "us-east-1");
    stage.tell(found(&elsewhere, incident(), trace, segments(incident(), trace, &id(7), 30)));
    stage.wait(2);
    assert!(outcomes(&stage.app).iter().all(|(_, outcome)| *outcome == Outcome::Ok));
    let held = stage.app.store().invocations();
    assert_eq!(held.of_function(&key("cart-api")).count(), 0);
}

#[test]
fn what_was_let_in_later_names_its_earlier_attempts() {
    let mut stage = Stage::with(&["order-events"]);
    stage.press("r");
    stage.tell(Event::Logs(page_of(incident(), &scope(), "order-events", &shots(30))));
    let trace = summary(9, incident(), 30).id;
    stage.tell(found(&scope(), incident(), trace, segments(incident(), trace, &id(7), 30)));
    stage.wait(2);
    let screen = letters(&stage.app, false);
    assert!(screen.contains("attempt 3 of 3"), "{screen}");
}

#[test]
fn a_request_that_was_never_let_in_says_so() {
    let mut stage = stage();
    let trace = summary(9, incident(), 30).id;
    let request = "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9";
    stage.tell(found(&scope(), incident(), trace, tried(incident(), trace, request, 30, 429)));
    stage.wait(2);
    stage.press("/outcome=throttled<Enter>");
    stage.wait(2);
    assert_eq!(outcomes(&stage.app).len(), 3);
    stage.press("<Enter>");
    stage.wait(1);
    let screen = letters(&stage.app, false);
    assert!(screen.contains("3 attempts, and Lambda let none of them in"), "{screen}");
}

#[test]
fn a_throttled_trace_that_is_not_there_does_not_keep_the_others_waiting() {
    let mut stage = stage();
    stage.steady("order-events", Metric::Throttles, 118.0);
    stage.wait(1);
    let listed: Vec<_> = (100..125)
        .map(|number| TraceSummary { throttle: true, ..summary(number, incident(), number) })
        .collect();
    let ids: Vec<TraceId> = listed.iter().map(|summary| summary.id).collect();
    stage.tell(list(ASKED, incident(), listed));
    let open = |stage: &Stage| stage.app.interest().traces.map(|want| want.open).unwrap_or_default();
    assert_eq!(open(&stage), ids[..20], "the newest first, and not all at once");
    for id in &ids[..20] {
        stage.tell(missing(&scope(), incident(), *id, TraceMissing::Unknown));
    }
    assert_eq!(open(&stage), ids[20..]);
}
