//! The timeline by keys: rows and log lines that move together, folding, zooming, and where one goes from there.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lambtop::app::{
    Effect, Export, Input, Overlay, Screen, Sight, TimelineOf, TimelinePane, TimelineScreen, TimelineSource,
};
use lambtop::model::{
    Event, LogPage, Scope, Segment, Timestamp, TraceAnswer, TraceBackend, TraceDocuments, TraceId,
    TraceMissing,
};
use lambtop::parse::{self, xray};
use lambtop::store::timeline::{SpanKey, SpanKind};
use lambtop::ui::{self, Look};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::logs::page_at;
use super::stage::{Stage, incident, scope};
use super::traces::{list, summary};

/// A request that gave up on a table, traced.
pub const SICK: &str = "c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35";
/// One that ran into its timeout, not traced.
pub const DARK: &str = "b20c55fe-91f7-4c02-8a3e-5d6f0e13b7aa";
/// The same as the first, an hour before, traced.
pub const EARLIER: &str = "9be41c07-0000-4000-8000-000000000001";
const TRACE: &str = "1-6920775d-4f1e8a0b2c3d4e5f60718293";

pub fn trace() -> TraceId {
    TraceId::parse(TRACE).expect("an id")
}

/// Lines with what they say of their requests, each so many ms before `now`.
pub fn page(now: Timestamp, scope: &Scope, function: &str, lines: &[(u64, &str)]) -> LogPage {
    let mut page = page_at(now, scope, function, lines);
    for (row, (_, text)) in (0..).zip(lines) {
        if let Some(notes) = parse::log::notes(&parse::log::read(text), None) {
            page.notes.push((row, notes));
        }
    }
    page
}

/// When the trace began, ms before now.
const BEGUN: f64 = 23_887.0;

/// What payment-capture wrote of both requests. `more` stands in a line of the first.
pub fn lines(more: &str) -> Vec<(u64, String)> {
    let node = |id: &str, level: &str, text: &str| format!("2026-11-21T14:30:53.003Z\t{id}\t{level}\t{text}");
    let report = |id: &str, figures: &str, trace: &str, sampled: bool| {
        format!(
            "REPORT RequestId: {id}\t{figures}\t\nXRAY TraceId: {trace}\tSegmentId: d0025b207c551fde\tSampled: {sampled}\t\n"
        )
    };
    vec![
        (63_000, format!("START RequestId: {EARLIER} Version: 88\n")),
        (
            61_000,
            node(
                EARLIER,
                "ERROR",
                "Invoke Error \t{\"errorType\":\"ProvisionedThroughputExceededException\",\"errorMessage\":\"slow down\"}",
            ),
        ),
        (
            60_999,
            report(
                EARLIER,
                "Duration: 2001.00 ms\tBilled Duration: 2001 ms\tMemory Size: 512 MB\tMax Memory Used: 201 MB",
                "1-69207700-000000000000000000000001",
                true,
            ),
        ),
        (40_000, format!("START RequestId: {DARK} Version: 88\n")),
        (39_989, node(DARK, "INFO", "capture start order=48207 amount=19.00 EUR")),
        (39_663, node(DARK, "INFO", "card authorised in 318 ms auth=A-77114")),
        (39_629, node(DARK, "WARN", "ledger put throttled, attempt 1 of 4, retry in 398 ms")),
        (39_210, node(DARK, "WARN", "ledger put throttled, attempt 2 of 4, retry in 797 ms")),
        (38_389, node(DARK, "WARN", "ledger put throttled, attempt 3 of 4, retry in 1,611 ms")),
        (36_760, node(DARK, "WARN", "ledger put throttled, attempt 4 of 4, giving up")),
        (34_000, format!("2026-11-21T14:30:42.000Z {DARK} Task timed out after 6.00 seconds\n\n")),
        (
            33_999,
            report(
                DARK,
                "Duration: 6000.00 ms\tBilled Duration: 6000 ms\tMemory Size: 512 MB\tMax Memory Used: 219 MB",
                "1-6920774d-000000000000000000000002",
                false,
            ),
        ),
        (23_006, format!("START RequestId: {SICK} Version: 88\n")),
        (22_997, node(SICK, "INFO", "capture start order=48213 amount=84.90 EUR")),
        (22_673, node(SICK, "INFO", &format!("card authorised in 312 ms auth=A-77120{more}"))),
        (22_625, node(SICK, "WARN", "ledger put throttled, attempt 1 of 4, retry in 391 ms")),
        (22_210, node(SICK, "WARN", "ledger put throttled, attempt 2 of 4, retry in 803 ms")),
        (21_386, node(SICK, "WARN", "ledger put throttled, attempt 3 of 4, retry in 1,604 ms")),
        (19_759, node(SICK, "WARN", "ledger put throttled, attempt 4 of 4, giving up")),
        (
            19_756,
            node(
                SICK,
                "ERROR",
                "Invoke Error \t{\"errorType\":\"ProvisionedThroughputExceededException\",\"errorMessage\":\"slow down\"}",
            ),
        ),
        (
            19_747,
            report(
                SICK,
                "Duration: 3259.40 ms\tBilled Duration: 4072 ms\tMemory Size: 512 MB\tMax Memory Used: 214 MB\tInit Duration: 812.01 ms",
                TRACE,
                true,
            ),
        ),
    ]
}

fn document(
    now: Timestamp,
    id: &str,
    parent: &str,
    name: &str,
    (from, to): (f64, f64),
    more: &str,
) -> String {
    let zero = now.millis() as f64 - BEGUN;
    let parent = if parent.is_empty() { String::new() } else { format!(r#""parent_id":"{parent}","#) };
    let kind = if more.contains("origin") { "" } else { r#""type":"subsegment","# };
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    let (start, end) = ((zero + from) / 1e3, (zero + to) / 1e3);
    format!(
        r#"{{"id":"{id}",{parent}{kind}"name":"{name}","trace_id":"{TRACE}","start_time":{start},"end_time":{end}{more}}}"#
    )
}

/// The segments of the first request's trace; `name` is what its table is called.
pub fn segments(now: Timestamp, table: &str) -> Vec<Segment> {
    let table = serde_json::to_string(table).expect("a text");
    let put = |exception: &str| {
        format!(
            r#""namespace":"aws","throttle":true,"error":true,"http":{{"response":{{"status":400}}}},"aws":{{"operation":"PutItem","table_name":{table},"region":"eu-west-1","request_id":"7F2A"}}{exception}"#
        )
    };
    let exception = r#","cause":{"exceptions":[{"type":"ProvisionedThroughputExceededException","message":"slow down","remote":true,"stack":[{"path":"ledger.ts","line":88,"label":"putEntry"},{"path":"node_modules/a.js","line":1,"label":"x"},{"path":"node_modules/b.js","line":2,"label":"y"},{"path":"index.ts","line":12,"label":"handler"}]},{"type":"SocketError","message":"the table hung up","stack":[{"path":"wire.ts","line":7,"label":"read"}]}]},"annotations":{"order":"48213"},"metadata":{"cart":{"items":[{"sku":"A-1","count":2}]}}"#;
    [
        document(now, "gw", "", "shop-gateway", (0.0, 4171.0), r#""origin":"AWS::ApiGateway::Stage","fault":true,"http":{"request":{"method":"POST","url":"https://shop.example/checkout"},"response":{"status":502}}"#),
        document(now, "cs", "gw", "checkout-api", (5.0, 4167.0), r#""origin":"AWS::Lambda","fault":true"#),
        document(now, "cf", "cs", "checkout-api", (9.0, 4163.0), r#""origin":"AWS::Lambda::Function","fault":true"#),
        document(now, "ps", "cf", "payment-capture", (30.0, 4150.0), r#""origin":"AWS::Lambda","fault":true"#),
        document(now, "pf", "ps", "payment-capture", (40.0, 4140.0), r#""origin":"AWS::Lambda::Function","fault":true"#),
        document(now, "in", "pf", "Initialization", (50.0, 862.0), ""),
        document(now, "iv", "pf", "Invocation", (881.0, 4140.0), r#""fault":true"#),
        document(now, "http", "iv", "acquirer.example", (900.0, 1212.0), r#""namespace":"remote","http":{"request":{"method":"POST","url":"https://acquirer.example/auth?card=4111"},"response":{"status":200}}"#),
        document(now, "get", "iv", "DynamoDB", (1214.0, 1226.0), r#""namespace":"aws","aws":{"operation":"GetItem","table_name":"payments"},"http":{"response":{"status":200}}"#),
        document(now, "p1", "iv", "DynamoDB", (1240.0, 1262.0), &put("")),
        document(now, "p2", "iv", "DynamoDB", (1653.0, 1677.0), &put("")),
        document(now, "p3", "iv", "DynamoDB", (2480.0, 2501.0), &put("")),
        document(now, "p4", "iv", "DynamoDB", (4105.0, 4128.0), &put(exception)),
    ]
    .iter()
    .flat_map(|document| xray::document(document, None).expect("a document"))
    .collect()
}

/// The answer with these segments.
pub fn found(scope: &Scope, at: Timestamp, id: TraceId, segments: Vec<Segment>) -> Event {
    let documents = TraceDocuments { id, segments, unreadable: 0, truncated: false, retrieved: false };
    Event::Traces(TraceAnswer { scope: scope.clone(), at, found: vec![documents], missing: Vec::new() })
}

pub fn missing(scope: &Scope, at: Timestamp, id: TraceId, why: TraceMissing) -> Event {
    Event::Traces(TraceAnswer { scope: scope.clone(), at, found: Vec::new(), missing: vec![(id, why)] })
}

impl Stage {
    /// The log of payment-capture on screen, with both requests in it.
    fn incident_log() -> Self {
        let mut stage = Self::with(&["payment-capture"]);
        stage.press("l");
        let lines = lines("");
        let borrowed: Vec<(u64, &str)> =
            lines.iter().map(|(before, text)| (*before, text.as_str())).collect();
        stage.tell(Event::Logs(page(incident(), &scope(), "payment-capture", &borrowed)));
        stage
    }

    fn of(&self) -> TimelineScreen {
        self.app.timeline().expect("a timeline is on top").clone()
    }

    fn title(&self) -> String {
        self.of().current().expect("a row").title.clone()
    }

    fn titles(&self) -> Vec<String> {
        let screen = self.of();
        screen.rows.iter().map(|row| screen.timeline.spans[*row].title.clone()).collect()
    }

    fn line_text(&self) -> String {
        self.of().current_line().expect("a line").message.text.clone()
    }

    fn traced() -> Self {
        let mut stage = Self::incident_log();
        stage.press("<Enter>");
        stage.tell(found(&scope(), incident(), trace(), segments(incident(), "payment-ledger")));
        stage
    }

    fn draw(&self) -> Buffer {
        let (columns, rows) = self.app.size();
        let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
        ui::draw(&self.app, &Look::default(), &mut buffer);
        buffer
    }

    fn said(&self) -> String {
        self.app.notice().map(|notice| notice.text.clone()).unwrap_or_default()
    }
}

#[test]
fn enter_on_a_line_opens_its_request_and_esc_goes_back_to_the_line() {
    let mut stage = Stage::incident_log();
    stage.press("kkk");
    let before = stage.app.logs().line().map(|line| line.key);
    stage.press("<Enter>");
    let TimelineOf::Request(key) = stage.of().of else { panic!("a request") };
    assert_eq!(key.request.to_string(), SICK);
    stage.press("<Esc>");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert_eq!(stage.app.logs().line().map(|line| line.key), before);
}

#[test]
fn a_line_of_no_request_says_so_and_stays() {
    let mut stage = Stage::with(&["payment-capture"]);
    stage.press("l");
    stage.log("payment-capture", &[(5_000, "INFO a line before any request")]);
    stage.press("<Enter>");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert!(stage.said().contains("no request"), "{}", stage.said());
}

#[test]
fn v_on_a_line_goes_to_its_trace_or_says_why_not() {
    let mut stage = Stage::incident_log();
    stage.press("v");
    assert_eq!(stage.of().of, TimelineOf::Trace(trace()));
    stage.press("<Esc>gjjjjj");
    stage.press("v");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert!(stage.said().contains("did not sample"), "{}", stage.said());
}

#[test]
fn x_ray_is_asked_for_a_sampled_request_and_not_for_another() {
    let mut stage = Stage::incident_log();
    stage.press("<Enter>");
    assert_eq!(stage.app.interest().traces.map(|want| want.open), Some(vec![trace()]));
    assert_eq!(stage.of().sight, Sight::Asking);
    stage.press("<Esc>gjjjjj<Enter>");
    let TimelineOf::Request(key) = stage.of().of else { panic!("a request") };
    assert_eq!(key.request.to_string(), DARK);
    assert_eq!(stage.of().sight, Sight::NotSampled);
    assert_eq!(stage.app.interest().traces, None);
}

#[test]
fn while_a_trace_is_arriving_the_log_stands_and_the_trace_takes_its_place() {
    let mut stage = Stage::incident_log();
    stage.press("<Enter>");
    assert_eq!(stage.of().source, TimelineSource::Log);
    assert!(stage.titles().contains(&"Init".to_owned()), "{:?}", stage.titles());
    let all = segments(incident(), "payment-ledger");
    stage.tell(found(&scope(), incident(), trace(), all[..3].to_vec()));
    assert_eq!(stage.of().source, TimelineSource::Log, "nothing of its function has come");
    assert!(matches!(stage.of().sight, Sight::Known(known) if known.segments == 3 && known.without_function));
    stage.tell(found(&scope(), incident(), trace(), all));
    assert!(matches!(stage.of().source, TimelineSource::Trace(_)));
    assert_eq!(stage.title(), "payment-ledger DynamoDB PutItem", "the cursor begins where it failed");
}

#[test]
fn lines_stand_on_the_axis_of_the_trace_also_after_more_have_come() {
    let mut stage = Stage::traced();
    let places =
        |stage: &Stage| stage.of().lines.iter().map(|line| line.at_ms.round() as u64).collect::<Vec<_>>();
    let before = places(&stage);
    assert_eq!((before[0], before[3]), (881, 1262));
    stage.log("payment-capture", &[(1_000, "INFO another")]);
    stage.wait(1);
    assert_eq!(places(&stage), before);
}

#[test]
fn a_row_and_a_line_are_one_selection() {
    let mut stage = Stage::traced();
    stage.press("j");
    assert_eq!(stage.title(), "attempt 1");
    assert!(stage.line_text().contains("attempt 1 of 4"), "{}", stage.line_text());
    stage.press("jj");
    assert!(stage.line_text().contains("attempt 2 of 4"), "{}", stage.line_text());
    stage.press("<Tab>jj");
    assert_eq!(stage.of().pane, TimelinePane::Log);
    assert!(stage.line_text().contains("attempt 4 of 4"), "{}", stage.line_text());
    assert_eq!(stage.title(), "attempt 4, gave up");
    stage.press("g");
    assert!(stage.line_text().starts_with("START"), "{}", stage.line_text());
    assert_eq!(stage.title(), "Invocation");
}

#[test]
fn rows_fold_and_a_leaf_goes_to_what_it_is_part_of() {
    let mut stage = Stage::traced();
    let all = stage.titles().len();
    stage.press("jj<Left>");
    assert_eq!(stage.title(), "payment-ledger DynamoDB PutItem");
    stage.press("<Left>");
    assert_eq!(stage.titles().len(), all - 7);
    stage.press("<Right>");
    assert_eq!(stage.titles().len(), all);
    stage.press("<Right>");
    assert_eq!(stage.title(), "attempt 1");
    stage.press("g<Enter>");
    assert_eq!(stage.titles(), ["shop-gateway POST /checkout"]);
    stage.press("<Enter>");
    assert_eq!(stage.titles().len(), all);
}

#[test]
fn the_axis_is_zoomed_about_the_row_and_moved_but_never_beyond_its_ends() {
    let mut stage = Stage::traced();
    stage.press("j++");
    let (from, to) = stage.of().seen();
    assert!((to - from - 4171.0 / 4.0).abs() < 1.0 && from < 1240.0 && 1262.0 < to, "{from} {to}");
    stage.press("[[[[[[");
    assert!(stage.of().seen().0.abs() < 1e-9);
    stage.press("]]]]]]]]]]");
    assert!((stage.of().seen().1 - 4171.0).abs() < 1.0);
    stage.press("--");
    assert_eq!(stage.of().view, None);
    stage.press("+0");
    assert_eq!(stage.of().view, None);
    stage.press("++++++++++++++++++++++++++++++++++++++++=");
    assert_eq!(stage.of().view, None);
}

#[test]
fn c_leaves_what_the_end_waited_for() {
    let mut stage = Stage::traced();
    let all = stage.titles();
    stage.press("c");
    let path = stage.titles();
    assert!(all.contains(&"payments DynamoDB GetItem".to_owned()));
    assert!(!path.contains(&"payments DynamoDB GetItem".to_owned()) && path.len() + 1 == all.len());
    assert_eq!(stage.title(), "payment-ledger DynamoDB PutItem");
    stage.press("c");
    assert_eq!(stage.titles(), all);
}

#[test]
fn what_is_selected_is_there_in_full_and_esc_leaves_it_first() {
    let mut stage = Stage::traced();
    let text = |stage: &Stage| stage.of().detail.expect("a detail").pages.raw().to_owned();
    let full = text(&stage);
    for part in [
        "ProvisionedThroughputExceededException · remote",
        "4, gave up; 90 ms on the wire",
        "payment-ledger",
        "eu-west-1",
        "order      48213",
        "  ledger.ts:88 putEntry",
        "+2 frames from node_modules",
        "caused by SocketError\nthe table hung up\n  wire.ts:7 read",
        "\"sku\": \"A-1\"",
    ] {
        assert!(full.contains(part), "{part} in\n{full}");
    }
    stage.press("jj");
    assert!(text(&stage).contains("attempt 1 was throttled"), "{}", text(&stage));
    stage.press("<Tab><Tab>");
    assert_eq!(stage.of().pane, TimelinePane::Detail);
    assert!(text(&stage).contains("stream"), "the line in full: {}", text(&stage));
    stage.press("<Esc>");
    assert_eq!(stage.of().pane, TimelinePane::Log);
    stage.press("<Esc>");
    assert_eq!(*stage.app.screen(), Screen::Logs);
}

#[test]
fn f_shows_the_log_of_the_request_alone_and_l_and_r_go_to_its_function() {
    let mut stage = Stage::traced();
    stage.press("f");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert_eq!(stage.app.logs().filter.applied.text(), format!("req:{SICK}"));
    assert_eq!(stage.said(), "9 lines, 1 of the platform hidden: p shows them");
    stage.press("f<Esc>");
    assert!(stage.app.timeline().is_some());
    stage.press("l");
    assert_eq!(*stage.app.screen(), Screen::Logs);
    assert_eq!(stage.selected(), "payment-capture");
    stage.press("<Esc>r");
    assert_eq!(*stage.app.screen(), Screen::Requests);
    assert_eq!(stage.selected(), "payment-capture");
}

#[test]
fn v_goes_to_a_traced_request_of_the_same_error() {
    let mut stage = Stage::incident_log();
    stage.press("gjjjjj<Enter>v");
    assert!(stage.said().contains("no request like it"), "no other one timed out: {}", stage.said());
    let mut stage = Stage::traced();
    let alike = stage.of().alike.expect("they are counted");
    assert_eq!((alike.count, alike.traced.map(|key| key.request.to_string())), (2, Some(EARLIER.to_owned())));
    stage.press("v");
    assert!(stage.said().contains("made from its trace"));
}

#[test]
fn ids_and_links_and_lines_are_handed_out() {
    let mut stage = Stage::traced();
    stage.press("y");
    let copied = stage.effects.iter().find_map(|effect| match effect {
        Effect::Copy(clip) => Some(clip.text().to_owned()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some(SICK));
    stage.press("o");
    let Some(Overlay::Link(shown)) = stage.app.overlay() else { panic!("a link") };
    assert!(
        shown.link.as_ref().is_some_and(|link| link.as_str().contains("xray:traces/1-6920775d")),
        "{shown:?}"
    );
    stage.press("<Esc>w");
    let written = stage.effects.iter().any(|effect| matches!(effect, Effect::Write(Export::Lines(_))));
    assert!(written);
    stage.press("<Esc>gjjjjj<Enter>o");
    let Some(Overlay::Link(shown)) = stage.app.overlay() else { panic!("a link") };
    assert!(shown.link.as_ref().is_some_and(|link| link.as_str().contains("log-events")), "{shown:?}");
}

#[test]
fn why_a_trace_is_not_there_is_known_and_the_request_still_has_rows() {
    for why in [
        TraceMissing::Unknown,
        TraceMissing::Unprocessed,
        TraceMissing::Unretrievable("needs logs:StartQuery on aws/spans".into()),
    ] {
        let mut stage = Stage::incident_log();
        stage.press("<Enter>");
        stage.tell(Event::TraceBackend {
            scope: scope(),
            backend: TraceBackend::TransactionSearch { indexed: Some(1.0) },
        });
        stage.tell(missing(&scope(), incident(), trace(), why.clone()));
        assert!(matches!(&stage.of().sight, Sight::Missing { why: own, .. } if *own == why));
        assert!(stage.titles().len() > 3);
    }
}

#[test]
fn a_click_selects_and_the_wheel_moves() {
    let mut stage = Stage::traced();
    let row = (0..40).find(|y| {
        let buffer = stage.draw();
        (0..120).map(|x| buffer[(x, *y)].symbol().to_owned()).collect::<String>().contains("acquirer.example")
    });
    let row = row.expect("it is on screen");
    // The line where the time went names it as well: the row is the last one.
    let last = (0..25).rev().find(|y| {
        let buffer = stage.draw();
        (0..120).map(|x| buffer[(x, *y)].symbol().to_owned()).collect::<String>().contains("acquirer.example")
    });
    stage.input(Input::Mouse(lambtop::app::Mouse {
        kind: lambtop::app::MouseKind::Click,
        x: 10,
        y: last.unwrap_or(row),
    }));
    assert_eq!(stage.title(), "acquirer.example POST /auth");
}

/// The timeline of a trace of these segments, opened from the list of traces.
fn of_segments(segments: Vec<Segment>) -> Stage {
    let mut stage = Stage::with(&["checkout-api"]);
    stage.press("4");
    let id = super::traces::id(1);
    stage.tell(list("", incident(), vec![summary(1, incident(), 60)]));
    stage.press("g<Enter>");
    assert_eq!(stage.of().of, TimelineOf::Trace(id));
    stage.tell(found(&scope(), incident(), id, segments));
    stage
}

fn small(id: &str, parent: &str, from: i32, took: Option<i32>) -> Segment {
    let document = document(
        incident(),
        id,
        parent,
        ["Init", "DynamoDB", "work"][id.len() % 3],
        (f64::from(from), f64::from(from + took.unwrap_or(0))),
        "",
    );
    let mut segment = xray::document(&document, None).expect("a document").remove(0);
    if took.is_none() {
        (segment.end_ms, segment.in_progress) = (None, true);
    }
    segment
}

#[test]
fn a_trace_of_ten_thousand_nodes_and_one_of_a_thousand_levels_answer_keys() {
    let wide = (0..10_000).map(|at| small(&format!("w{at}"), "root", at, Some(1))).chain([small(
        "root",
        "",
        0,
        Some(10_000),
    )]);
    let deep = (0..1_000).map(|at| {
        small(&format!("d{at}"), &if at == 0 { String::new() } else { format!("d{}", at - 1) }, 0, Some(9))
    });
    for segments in [wide.collect::<Vec<_>>(), deep.collect()] {
        let count = segments.len();
        let begun = Instant::now();
        let mut stage = of_segments(segments);
        stage.draw();
        stage.press("G+[]c");
        let screen = stage.draw();
        let took = begun.elapsed();
        assert!(took < Duration::from_secs(2), "took {took:?}");
        assert!(stage.of().timeline.spans.len() >= count);
        assert_eq!(screen.area.width, 120);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_node_of_any_forest_is_reached_by_keys(
        links in prop::collection::vec((0_usize..12, 0_usize..14, -50_i32..50, prop::option::of(0_i32..90)), 1..24),
        size in (0_u16..220, 0_u16..60),
        keys in "[jkgG+\\-c0=]{0,12}",
    ) {
        let segments: Vec<Segment> = links.iter().map(|(id, parent, from, took)| {
            let parent = if *parent == 13 { String::new() } else { format!("n{}", "x".repeat(*parent)) };
            small(&format!("n{}", "x".repeat(*id)), &parent, *from, *took)
        }).collect();
        let mut stage = of_segments(segments);
        stage.size(size.0, size.1);
        stage.draw();
        stage.press(&keys);
        stage.draw();
        for _ in 0..3 {
            stage.press("<Tab>");
            stage.draw();
        }
        while stage.of().pane != TimelinePane::Tree {
            stage.press("<Tab>");
        }
        if stage.of().critical_only {
            stage.press("c");
        }
        stage.press("g");
        let mut reached: BTreeSet<SpanKey> = BTreeSet::new();
        let mut rows = 0;
        loop {
            let screen = stage.of();
            let current = screen.current().expect("a row").clone();
            if screen.is_folded(&current) {
                stage.press("<Right>");
                continue;
            }
            reached.insert(current.key);
            stage.press("j");
            rows += 1;
            prop_assert!(rows < 200);
            if stage.of().row == screen.row {
                break;
            }
        }
        let screen = stage.of();
        let nodes: BTreeSet<SpanKey> = screen.timeline.spans.iter().filter(|span| matches!(span.kind, SpanKind::Segment(_))).map(|span| span.key.clone()).collect();
        prop_assert!(nodes.is_subset(&reached));
    }
}
