//! A trace that is opened by its id: the logs of its functions are read by themselves, and until its segments come
//! what else is known of it stands on the axis.

use std::time::Duration;

use lambtop::app::{Input, Screen, TimelineScreen, TimelineSource};
use lambtop::model::{
    Call, Event, Failure, FailureKind, LogSearch, SearchBy, SearchProgress, SearchReport, SearchState,
    Segment, ServiceName, Timestamp, TraceCause, TraceCauseOf, TraceMissing, TraceSummary, Want, WantId,
};
use lambtop::store::timeline::SpanKind;
use lambtop::ui::{self, Look};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::stage::{Stage, incident, scope};
use super::timeline::{found, lines, missing, page, segments, trace};
use super::traces::{list, summary};

/// What the list says of the trace of the incident.
fn listed() -> TraceSummary {
    let service = |name: &str, kind: &str| ServiceName { name: name.into(), kind: Some(kind.into()) };
    let mut listed = summary(1, incident(), 0);
    listed.id = trace();
    listed.start = Timestamp::from_millis(incident().millis() - 23_887);
    listed.duration_ms = Some(4_171.0);
    (listed.fault, listed.status) = (true, Some(502));
    listed.services.push(service("payment-capture", "AWS::Lambda::Function"));
    listed.services.push(service("payment-ledger", "AWS::DynamoDB::Table"));
    listed
}

/// The trace, opened from the list.
fn opened() -> Stage {
    let mut stage = Stage::with(&["checkout-api", "payment-capture"]);
    stage.press("4");
    stage.tell(list("", incident(), vec![listed()]));
    stage.press("<Enter>");
    stage
}

fn timeline(stage: &Stage) -> &TimelineScreen {
    stage.app.timeline().expect("a timeline is on top")
}

/// The searches that are wanted, each with its group's name.
fn searches(stage: &Stage) -> Vec<(WantId, String, LogSearch)> {
    let wants = stage.app.interest().wants;
    let searches = wants.into_iter().filter_map(|(id, want)| match want {
        Want::SearchLogs(search) => Some((id, search.groups[0].name.to_string(), search)),
        _ => None,
    });
    searches.collect()
}

fn tell_of(stage: &mut Stage, id: WantId, said: SearchState) {
    let over = !matches!(said, SearchState::Running(_));
    stage.tell(Event::LogSearch(SearchReport { id, at: incident(), clock_ahead_ms: 0, state: said }));
    if over {
        stage.tell(Event::Answered(id));
    }
}

fn finish(stage: &mut Stage) {
    for (id, ..) in searches(stage) {
        tell_of(stage, id, SearchState::Finished(SearchProgress::default()));
    }
}

fn drawn(stage: &Stage) -> String {
    let (columns, rows) = stage.app.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    ui::draw(&stage.app, &Look::default(), &mut buffer);
    let cells: Vec<&str> = buffer.content().iter().map(ratatui::buffer::Cell::symbol).collect();
    cells.chunks(columns.into()).map(<[&str]>::concat).collect::<Vec<_>>().join("\n")
}

fn tell_lines(stage: &mut Stage) {
    let lines = lines("");
    let own: Vec<(u64, &str)> = lines.iter().map(|(before, text)| (*before, text.as_str())).collect();
    stage.tell(Event::Logs(page(incident(), &scope(), "payment-capture", &own)));
}

#[test]
fn the_logs_of_its_functions_are_read_around_its_time_and_the_screen_says_so() {
    let mut stage = opened();
    let asked = searches(&stage);
    let mut names: Vec<&str> = asked.iter().map(|(_, name, _)| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["/aws/lambda/checkout-api", "/aws/lambda/payment-capture"]);
    for (_, _, search) in &asked {
        assert_eq!(search.by, SearchBy::Pattern("".into()), "every line, at no cost");
        assert!(search.range.contains(listed().start));
        assert!(search.range.length() < Duration::from_secs(20), "{:?}", search.range);
    }
    assert!(drawn(&stage).contains("reading the logs of 2 functions"), "{}", drawn(&stage));
    tell_lines(&mut stage);
    finish(&mut stage);
    assert!(drawn(&stage).contains("log of its requests · 9 lines"), "{}", drawn(&stage));
    assert!(!drawn(&stage).contains("reading the logs"), "{}", drawn(&stage));
    stage.tell(found(&scope(), incident(), trace(), segments(incident(), "payment-ledger")));
    assert_eq!(timeline(&stage).lines.len(), 9, "they stay beside the segments");
    let again = searches(&stage);
    assert!(again.len() <= 2, "what the segments add is read, nothing else: {again:?}");
}

#[test]
fn a_log_is_not_read_twice_and_what_nobody_looks_at_is_given_up() {
    let mut stage = opened();
    assert_eq!(searches(&stage).len(), 2);
    stage.wait(3);
    assert_eq!(searches(&stage).len(), 2, "asked once");
    stage.press("<Esc>");
    assert_eq!(searches(&stage).len(), 0, "given up");
    stage.press("<Enter>");
    assert_eq!(searches(&stage).len(), 2);
    finish(&mut stage);
    stage.press("<Esc><Enter>");
    assert_eq!(searches(&stage).len(), 0, "it was read a moment ago");
}

#[test]
fn a_request_without_a_report_is_read_again_for_a_minute() {
    let mut stage = opened();
    let mut rounds = 0;
    for _ in 0..120 {
        if !searches(&stage).is_empty() {
            rounds += 1;
            finish(&mut stage);
        }
        stage.wait(1);
    }
    assert!((2..=7).contains(&rounds), "{rounds}");
    assert!(
        drawn(&stage).contains("No line of its requests in the logs of 2 functions"),
        "{}",
        drawn(&stage)
    );
}

#[test]
fn why_a_log_cannot_be_read_is_said_and_r_tries_again() {
    let mut stage = opened();
    let failure = Failure {
        operation: "FilterLogEvents".into(),
        region: "eu-west-1".into(),
        kind: FailureKind::AccessDenied { permission: "logs:FilterLogEvents".into() },
        detail: "".into(),
    };
    for (id, ..) in searches(&stage) {
        tell_of(&mut stage, id, SearchState::Failed { failure: failure.clone() });
    }
    assert!(drawn(&stage).contains("denied, needs logs:FilterLogEvents"), "{}", drawn(&stage));
    stage.wait(30);
    assert_eq!(searches(&stage).len(), 0, "it would fail again");
    stage.press("R");
    assert_eq!(searches(&stage).len(), 2);
}

#[test]
fn a_long_trace_asks_for_the_lines_that_name_its_requests() {
    let mut stage = opened();
    let mut all = segments(incident(), "payment-ledger");
    for segment in all.iter_mut().filter(|segment| segment.origin.is_some()) {
        segment.end_ms = segment.start_ms.map(|start| start + 300_000.0);
        segment.call.request_id = Some("c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35".into());
    }
    stage.tell(found(&scope(), incident(), trace(), all));
    let long =
        searches(&stage).into_iter().find(|(.., search)| search.range.length() > Duration::from_mins(2));
    let (.., search) = long.expect("a longer stretch is asked for");
    assert_eq!(search.by, SearchBy::Pattern("?\"c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35\"".into()));
}

#[test]
fn before_its_segments_come_what_the_list_and_the_log_say_stands_on_the_axis() {
    let mut stage = opened();
    let titles = |stage: &Stage| -> Vec<String> {
        timeline(stage).timeline.spans.iter().map(|span| span.title.clone()).collect()
    };
    assert_eq!(
        titles(&stage),
        ["POST /checkout shop-gateway", "checkout-api", "payment-capture", "payment-ledger"]
    );
    assert!((timeline(&stage).timeline.length_ms - 4_171.0).abs() < 0.1);
    assert!(
        drawn(&stage).contains("until it comes, made of what the list of traces says"),
        "{}",
        drawn(&stage)
    );
    tell_lines(&mut stage);
    let own = titles(&stage);
    assert!(own.contains(&"payment-capture START to REPORT".to_owned()), "{own:?}");
    assert!(own.contains(&"payment-ledger".to_owned()), "{own:?}");
    let screen = timeline(&stage);
    let listed = screen.timeline.spans.iter().filter(|span| span.kind == SpanKind::Listed);
    assert!(listed.count() >= 3);
    assert_eq!(
        screen.timeline.parts.iter().map(|part| part.ms).sum::<u64>(),
        screen.timeline.length_ms.round() as u64
    );
    stage.tell(found(&scope(), incident(), trace(), segments(incident(), "payment-ledger")));
    assert!(matches!(timeline(&stage).source, TimelineSource::Trace(_)));
}

#[test]
fn the_root_cause_of_the_selected_trace_stands_below_the_list() {
    let mut stage = Stage::with(&["checkout-api"]);
    stage.press("4");
    let mut listed = listed();
    listed.cause = Some(TraceCause {
        of: TraceCauseOf::Fault,
        service: ServiceName { name: "payment-ledger".into(), kind: Some("AWS::DynamoDB::Table".into()) },
        entity: None,
        exception: Some("ProvisionedThroughputExceededException".into()),
        message: None,
    });
    stage.tell(list("", incident(), vec![listed.clone()]));
    let words = "fault: payment-ledger (DynamoDB) ▸ ProvisionedThroughputExceededException";
    assert!(drawn(&stage).contains(words), "{}", drawn(&stage));
    stage.press("/shop<Enter>");
    let expression = stage.app.traces().asked.to_string();
    stage.tell(list(&expression, incident(), vec![listed]));
    assert!(drawn(&stage).contains(words), "beside the filter: {}", drawn(&stage));
}

#[test]
fn what_is_odd_about_a_trace_is_marked_at_its_row_and_said_below() {
    let mut all = segments(incident(), "payment-ledger");
    let of = |id: &str| all.iter().find(|own| own.id.as_deref() == Some(id)).expect("it is there").clone();
    let (get, invocation) = (of("get"), of("iv"));
    let odd = |id: &str, parent: &str, name: &str| Segment {
        id: Some(id.into()),
        parent: Some(parent.into()),
        name: name.into(),
        namespace: None,
        call: Call::default(),
        ..get.clone()
    };
    let early = Segment { start_ms: invocation.start_ms.map(|at| at - 20.0), ..odd("e1", "iv", "early") };
    all.extend([odd("o1", "gone", "lost"), odd("c1", "c2", "round"), odd("c2", "c1", "about"), early]);
    let mut stage = opened();
    stage.size(200, 50);
    stage.tell(found(&scope(), incident(), trace(), all));
    let shown = drawn(&stage);
    let row = |name: &str| shown.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(row("lost (parent missing)").starts_with(" ?"), "{shown}");
    assert!(row("(circle cut)").starts_with(" ?"), "{shown}");
    assert!(row(" early ").starts_with(" ~"), "{shown}");
    for words in ["1 row without its parent", "1 circle cut", "clocks differ by 20 ms"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
}

#[test]
fn from_the_gateways_row_l_and_r_go_to_the_function_that_it_called() {
    for (key, screen) in [("l", Screen::Logs), ("r", Screen::Requests)] {
        let mut stage = opened();
        stage.tell(found(&scope(), incident(), trace(), segments(incident(), "payment-ledger")));
        stage.press("g");
        assert_eq!(timeline(&stage).current().map(|span| &*span.title), Some("shop-gateway POST /checkout"));
        stage.press(key);
        assert_eq!((stage.app.screen(), stage.selected()), (&screen, "checkout-api"));
    }
}

#[test]
fn a_trace_that_is_not_there_says_why_and_is_not_blank() {
    let says = |why: TraceMissing, wait: u64| {
        let mut stage = opened();
        stage.size(200, 50);
        stage.tell(missing(&scope(), incident(), trace(), why));
        stage.app.input(incident() + Duration::from_secs(wait), Input::Tick);
        assert!(!timeline(&stage).rows.is_empty());
        drawn(&stage)
    };
    let denied = Failure {
        operation: "BatchGetTraces".into(),
        region: "eu-west-1".into(),
        kind: FailureKind::AccessDenied { permission: "xray:BatchGetTraces".into() },
        detail: "".into(),
    };
    for (why, wait, words) in [
        (TraceMissing::Unknown, 1, "nothing of it yet, begun"),
        (TraceMissing::Unknown, 3_600, "X-Ray does not know it, begun 1h ago: not sampled"),
        (TraceMissing::Unknown, 40 * 86_400, "X-Ray keeps traces for 30 days, begun 40d ago: it is gone"),
        (TraceMissing::Unprocessed, 1, "X-Ray could not say (UnprocessedTraceIds)"),
        (TraceMissing::Unretrievable("needs logs:FilterLogEvents".into()), 1, "its spans are not to be had"),
        (TraceMissing::Failed(denied), 1, "access denied, needs xray:BatchGetTraces"),
    ] {
        let shown = says(why, wait);
        assert!(shown.contains(words), "{words}: {shown}");
        assert!(shown.contains("POST /checkout"), "{shown}");
    }
}
