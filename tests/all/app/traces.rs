//! The list of traces by keys: rows, cursor, filter and what X-Ray is asked.

use std::time::Duration;

use lambtop::app::{Effect, Export, Screen, TimelineOf, TraceColumn};
use lambtop::model::{
    Event, FailureKind, Feed, FeedReport, ServiceName, TimeRange, Timestamp, TraceId, TraceList, TraceSummary,
};

use super::stage::{Stage, failure, incident, scope};

pub fn id(number: u64) -> TraceId {
    TraceId::parse(&format!("1-6920775c-{:08x}0000{:012x}", number.wrapping_mul(0x9e37_79b1) as u32, number))
        .expect("an id")
}

/// A trace that began so many seconds before `now` and went well in as many ms as its number.
pub fn summary(number: u64, now: Timestamp, before: u64) -> TraceSummary {
    let service = |name: &str, kind: &str| ServiceName { name: name.into(), kind: Some(kind.into()) };
    TraceSummary {
        id: id(number),
        revision: 1,
        start: now - Duration::from_secs(before),
        duration_ms: Some(number as f64),
        response_ms: Some(number as f64),
        partial: false,
        fault: false,
        error: false,
        throttle: false,
        method: Some("POST".into()),
        url: Some("https://shop.example/checkout".into()),
        status: Some(200),
        entry: Some(service("shop-gateway", "AWS::ApiGateway::Stage")),
        services: vec![
            service("shop-gateway", "AWS::ApiGateway::Stage"),
            service("checkout-api", "AWS::Lambda"),
            service("checkout-api", "AWS::Lambda::Function"),
        ],
        cause: None,
    }
}

pub fn list(expression: &str, at: Timestamp, traces: Vec<TraceSummary>) -> Event {
    let expression = expression.into();
    Event::TraceList(TraceList { scope: scope(), at, expression, traces, read: Some(TimeRange::new(at, at)) })
}

/// The traces screen with traces of 100, 200 … ms, the slowest the newest; every third has a fault.
fn stage(count: u64) -> Stage {
    let mut stage = Stage::with(&["checkout-api"]);
    stage.press("4");
    stage.tell(list("", incident(), traces(1..=count)));
    stage
}

fn traces(numbers: impl Iterator<Item = u64>) -> Vec<TraceSummary> {
    let one = |number: u64| TraceSummary {
        fault: number.is_multiple_of(3),
        ..summary(100 * number, incident(), 600 - number)
    };
    numbers.map(one).collect()
}

fn shown(stage: &Stage) -> Vec<u64> {
    let traces = stage.app.store().traces();
    let ms = |id: &TraceId| traces.summary_of(*id).and_then(|trace| trace.duration_ms);
    stage.app.traces().list.ids.iter().filter_map(ms).map(|ms| ms as u64).collect()
}

fn asked(stage: &Stage) -> Option<String> {
    Some(stage.app.interest().traces?.list?.expression.to_string())
}

#[test]
fn the_newest_trace_stands_first_and_enter_opens_it() {
    let mut stage = stage(5);
    assert_eq!(shown(&stage), [500, 400, 300, 200, 100]);
    stage.press("j<Enter>");
    let Screen::Timeline(timeline) = stage.app.screen() else { panic!("{:?}", stage.app.screen()) };
    assert_eq!(timeline.of, TimelineOf::Trace(id(400)));
    let want = stage.app.interest().traces.expect("the trace is wanted");
    assert_eq!((want.open, want.list), (vec![id(400)], None), "the list below it is not asked for");
    stage.press("<Esc>");
    assert_eq!(stage.app.traces().list.current(), Some(id(400)));
}

#[test]
fn rows_that_come_leave_the_one_under_the_cursor_on_its_line() {
    let mut stage = stage(60);
    stage.press("jj");
    let line = |stage: &Stage| stage.app.traces().list.at().unwrap() - stage.app.traces().list.top;
    let before = line(&stage);
    stage.tell(list("", incident(), traces(61..99)));
    assert_eq!(stage.app.traces().list.current(), Some(id(5_800)));
    assert_eq!(line(&stage), before);
    stage.press("g");
    stage.tell(list("", incident(), traces(99..100)));
    assert_eq!(stage.app.traces().list.current(), Some(id(9_900)), "the first row is the newest");
}

#[test]
fn slowest_first_is_sorted_anew_only_when_nobody_is_at_it() {
    let mut stage = stage(3);
    stage.press("sss");
    assert_eq!(stage.app.traces().list.sort, TraceColumn::Duration);
    stage.tell(list("", incident(), traces(4..6)));
    assert_eq!(shown(&stage), [300, 200, 100], "a key was just pressed");
    stage.wait(11);
    assert_eq!(shown(&stage), [500, 400, 300, 200, 100]);
    stage.press("I");
    assert_eq!(shown(&stage), [100, 200, 300, 400, 500]);
}

#[test]
fn a_filter_is_matched_here_while_typed_and_asked_when_kept() {
    let mut stage = stage(9);
    assert_eq!(asked(&stage).as_deref(), Some(""));
    stage.press("/fault checkout");
    assert_eq!(shown(&stage), [900, 600, 300]);
    assert_eq!(asked(&stage).as_deref(), Some(""), "every other expression costs");
    stage.press("<Enter>");
    assert_eq!(asked(&stage).as_deref(), Some("fault"));
    // X-Ray finds a fault further inside, of which the summary tells nothing.
    stage.tell(list("fault", incident(), vec![summary(7_700, incident(), 30)]));
    assert_eq!(shown(&stage), [7_700]);
    stage.press("<Esc>");
    assert_eq!(asked(&stage).as_deref(), Some(""));
    stage.press("/<Up>");
    assert_eq!(stage.app.traces().filter.field.text(), "fault checkout");
}

#[test]
fn half_a_term_filters_no_traces_once_the_whole_is_a_mistake() {
    let mut stage = stage(3);
    let all = shown(&stage);
    stage.press("/duration>1x");
    assert!(stage.app.traces().mistake().is_some());
    assert_eq!((stage.app.traces().filter.applied.text(), shown(&stage)), ("", all));
}

#[test]
fn an_expression_of_x_rays_own_goes_there_as_it_stands_and_its_refusal_is_the_mistake() {
    let mut stage = stage(3);
    stage.press("/xray:servce(\"a\") AND fault<Enter>");
    assert_eq!(asked(&stage).as_deref(), Some("servce(\"a\") AND fault"));
    let failure = failure("GetTraceSummaries", FailureKind::Refused, "Invalid filter expression");
    let report = FeedReport::Failed { failure, retry_at: incident() + Duration::from_mins(1) };
    stage.tell(Event::Feed { scope: scope(), feed: Feed::Traces, at: incident(), report });
    let error = stage.app.traces().mistake().expect("a mistake");
    assert_eq!((error.at, &*error.message), (0, "X-Ray refuses it: Invalid filter expression"));
    stage.press("/<C-u>fault");
    assert_eq!(stage.app.traces().mistake(), None, "what is typed now was not asked yet");
}

#[test]
fn the_range_goes_up_to_six_hours_and_bounds_the_list() {
    let mut stage = stage(3);
    stage.tell(list("", incident(), vec![summary(50, incident(), 7_000)]));
    assert_eq!(shown(&stage), [300, 200, 100]);
    stage.press("ttt");
    let since = stage.app.interest().traces.unwrap().list.unwrap().since;
    assert_eq!(incident().since(since).as_secs() / 60, 180);
    assert_eq!(shown(&stage), [300, 200, 100, 50]);
    stage.press("tt");
    assert_eq!(shown(&stage), [300, 200, 100]);
}

#[test]
fn the_id_is_copied_and_its_function_has_logs_and_requests() {
    let mut stage = stage(3);
    stage.press("y");
    let copied = stage.effects.iter().find_map(|effect| match effect {
        Effect::Copy(clip) => Some(clip.text().to_owned()),
        _ => None,
    });
    assert_eq!(copied, Some(id(300).to_string()));
    assert_eq!(stage.selected(), "checkout-api");
    stage.press("l");
    assert_eq!(*stage.app.screen(), Screen::Logs);
}

/// The map of services: gateway, two functions, a table that throttles one of them, and a queue beside them.
fn shop() -> Event {
    crate::screens::traces::map(&[
        (0, "client", "client", 1.0, &[(1, 900, 60, 0)]),
        (1, "shop-gateway", "AWS::ApiGateway::Stage", 900.0, &[(2, 400, 60, 0), (3, 500, 0, 0)]),
        (2, "checkout-api", "AWS::Lambda::Function", 800.0, &[(4, 400, 100, 100)]),
        (3, "cart-api", "AWS::Lambda::Function", 90.0, &[(5, 500, 0, 0)]),
        (4, "ledger", "AWS::DynamoDB::Table", 20.0, &[]),
        (5, "carts", "AWS::DynamoDB::Table", 20.0, &[]),
    ])
}

fn on_map() -> Stage {
    let mut stage = Stage::with(&["checkout-api", "cart-api"]);
    stage.press("4m");
    stage.tell(shop());
    stage
}

fn node(stage: &Stage) -> String {
    stage.app.traces().map.node().expect("a node is selected").name.name.to_string()
}

#[test]
fn the_map_is_asked_for_instead_of_the_list_and_at_most_of_six_hours() {
    let mut stage = on_map();
    let want = stage.app.interest().traces.unwrap();
    assert!(want.list.is_none());
    assert_eq!(want.map.unwrap().length(), Duration::from_mins(15));
    stage.press("tttt");
    assert_eq!(stage.app.interest().traces.unwrap().map.unwrap().length(), Duration::from_hours(6));
    let mut visible: Vec<String> =
        stage.app.interest().visible.iter().map(|key| key.name.to_string()).collect();
    visible.sort();
    assert_eq!(visible, ["cart-api", "checkout-api"], "the functions on it have numbers of CloudWatch");
    stage.press("<Tab>");
    assert!(stage.app.interest().traces.unwrap().list.is_some());
}

#[test]
fn arrows_go_along_calls_and_the_cursor_begins_where_errors_come_from() {
    let mut stage = on_map();
    assert_eq!(node(&stage), "ledger");
    stage.press("<Left>");
    assert_eq!(node(&stage), "checkout-api");
    stage.press("<Left>");
    assert_eq!(node(&stage), "shop-gateway");
    stage.press("<Right>");
    assert_eq!(node(&stage), "checkout-api", "along the way of the errors");
    stage.press("jk");
    stage.press("G<Right>");
    assert_eq!(node(&stage), "carts");
}

#[test]
fn an_arrow_without_a_call_stays_and_says_so_and_down_goes_on_in_the_next_layer() {
    let mut stage = on_map();
    let told = |stage: &Stage| stage.app.notice().map(|notice| notice.text.clone()).unwrap_or_default();
    stage.press("<Right>");
    assert_eq!(node(&stage), "ledger");
    assert_eq!(told(&stage), "ledger calls nobody: j k go to all others");
    stage.press("<Left><Left><Left>");
    assert_eq!(node(&stage), "shop-gateway");
    assert!(told(&stage).starts_with("shop-gateway is called from outside only"), "{}", told(&stage));
    let mut seen = vec![node(&stage)];
    for _ in 0..4 {
        stage.press("j");
        seen.push(node(&stage));
    }
    assert_eq!(seen, ["shop-gateway", "checkout-api", "cart-api", "ledger", "carts"]);
    stage.press("jjkkk");
    assert_eq!(node(&stage), "checkout-api", "there is nothing below the last one");
}

#[test]
fn left_goes_back_to_the_caller_from_which_right_came() {
    let mut stage = Stage::with(&[]);
    stage.press("4m");
    stage.tell(crate::screens::traces::map(&[
        (1, "one", "AWS::Lambda::Function", 9.0, &[(4, 9, 9, 0)]),
        (2, "two", "AWS::Lambda::Function", 9.0, &[(4, 9, 0, 0)]),
        (3, "three", "AWS::Lambda::Function", 9.0, &[(4, 9, 0, 0)]),
        (4, "table", "AWS::DynamoDB::Table", 9.0, &[]),
    ]));
    for name in ["one", "two", "three"] {
        stage.press(&format!("/<C-u>{name}<Enter><Right>"));
        assert_eq!(node(&stage), "table");
        stage.press("<Left>");
        assert_eq!(node(&stage), name);
    }
}

#[test]
fn what_is_no_function_has_its_traces_in_the_console_and_says_that_it_has_no_log() {
    let mut stage = on_map();
    for key in ["l", "r"] {
        stage.press(key);
        let told = stage.app.notice().map(|notice| notice.text.clone()).unwrap_or_default();
        assert_eq!(told, "ledger is DynamoDB, no function: no log, no requests; Enter lists its traces");
        assert_eq!(*stage.app.screen(), Screen::Traces);
    }
    let link = |stage: &mut Stage| {
        stage.press("o");
        let link = stage.effects.iter().rev().find_map(|effect| match effect {
            Effect::Copy(clip) => Some(clip.text().to_owned()),
            _ => None,
        });
        stage.press("<Esc>");
        link.expect("a link is copied")
    };
    assert_eq!(
        link(&mut stage),
        "https://eu-west-1.console.aws.amazon.com/xray/home?region=eu-west-1#/traces?filter=service%28%22ledger%22%29"
    );
    stage.press("<Left>");
    assert!(link(&mut stage).contains("/lambda/home?region=eu-west-1#/functions/checkout-api"));
}

#[test]
fn enter_lists_the_traces_of_a_node_and_esc_comes_back() {
    let mut stage = on_map();
    stage.press("<Left><Enter>");
    assert_eq!(asked(&stage).as_deref(), Some("service(\"checkout-api\")"));
    assert_eq!(stage.app.traces().filter.applied.text(), "service:checkout-api");
    stage.press("<Esc>");
    assert_eq!(node(&stage), "checkout-api");
    assert!(stage.app.interest().traces.unwrap().map.is_some(), "on the map again");
    stage.press("4<Esc>");
    assert_eq!(*stage.app.screen(), Screen::Functions);
}

#[test]
fn a_service_is_found_by_its_name() {
    let mut stage = on_map();
    stage.press("/cart");
    assert_eq!(node(&stage), "cart-api");
    stage.press("<Enter>n");
    assert_eq!(node(&stage), "carts");
    stage.press("N");
    assert_eq!(node(&stage), "cart-api");
    stage.press("y");
    let copied = stage.effects.iter().find_map(|effect| match effect {
        Effect::Copy(clip) => Some(clip.text().to_owned()),
        _ => None,
    });
    assert_eq!(copied.as_deref(), Some("cart-api"));
    stage.press("<Esc>");
    assert_eq!(stage.app.traces().map.find.applied, "");
    stage.press("r");
    assert_eq!(*stage.app.screen(), Screen::Requests);
}

#[test]
fn nodes_keep_their_places_while_numbers_change() {
    let mut stage = on_map();
    let before = stage.app.traces().map.layout.clone();
    let calm = crate::screens::traces::map(&[
        (0, "client", "client", 1.0, &[(1, 900, 0, 0)]),
        (1, "shop-gateway", "AWS::ApiGateway::Stage", 900.0, &[(2, 400, 0, 0), (3, 500, 300, 0)]),
        (2, "checkout-api", "AWS::Lambda::Function", 800.0, &[(4, 400, 0, 0)]),
        (3, "cart-api", "AWS::Lambda::Function", 90.0, &[(5, 500, 400, 0)]),
        (4, "ledger", "AWS::DynamoDB::Table", 20.0, &[]),
        (5, "carts", "AWS::DynamoDB::Table", 20.0, &[]),
    ]);
    let Event::ServiceMap(mut map) = calm else { panic!("a map") };
    map.at = map.at + Duration::from_mins(1);
    stage.tell(Event::ServiceMap(map));
    assert_eq!(stage.app.traces().map.layout, before);
    let path = stage.app.traces().map.paths[0].clone();
    assert_eq!(&*stage.app.traces().map.graph.nodes[path[0]].name.name, "carts", "the errors go another way");
    assert_eq!(node(&stage), "ledger", "and the cursor stays");
}

#[test]
fn w_writes_the_traces_that_the_filter_lets_through_in_the_order_of_the_rows() {
    let mut stage = stage(7);
    stage.press("/fault<Enter>w");
    let written = stage.effects.iter().find_map(|effect| match effect {
        Effect::Write(Export::Traces(traces)) => {
            Some(traces.traces.iter().map(|trace| trace.id).collect::<Vec<_>>())
        }
        _ => None,
    });
    assert_eq!(written, Some(vec![id(600), id(300)]));
}

#[test]
fn a_new_order_is_seen_from_its_top() {
    for keys in ["s", ">", "I"] {
        let mut stage = stage(80);
        stage.press("G");
        assert_ne!(stage.app.traces().list.at(), Some(0));
        stage.press(keys);
        let list = &stage.app.traces().list;
        assert_eq!((list.at(), list.top), (Some(0), 0), "{keys}");
    }
}
