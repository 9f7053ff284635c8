//! The traces screen of the incident: its list, and the map on which payment-ledger's errors travel to the gateway.

use std::time::Duration;

use lambtop::app::App;
use lambtop::model::{
    Event, Failure, FailureKind, Feed, FeedReport, FleetOrigin, Function, FunctionKey, FunctionList,
    ServiceEdge, ServiceFigures, ServiceMap, ServiceName, ServiceNode, TimeRange, TraceBackend, TraceSummary,
    Tracing,
};

use super::letters;
use super::scene::{failed, incident, now, press, scope, started, tell};
use super::snapshots::check;
use crate::app::traces::{id, list, summary};

const GATEWAY: &str = "AWS::ApiGateway::Stage";
const LAMBDA: &str = "AWS::Lambda";
const FUNCTION: &str = "AWS::Lambda::Function";
const TABLE: &str = "AWS::DynamoDB::Table";

fn figures(total: u64, failed: u64, throttles: u64, p99: f64) -> ServiceFigures {
    ServiceFigures {
        total,
        ok: total - failed,
        errors: throttles,
        throttles,
        faults: failed - throttles,
        total_ms: total as f64 * p99 / 4.0,
        times: vec![(p99 / 8.0, total * 9 / 10), (p99, total - total * 9 / 10)],
    }
}

/// A service and its calls: number, name, kind, p99 ms, and of each call whom, how many, how many failed and were throttled.
type Service<'a> = (i32, &'a str, &'a str, f64, &'a [(i32, u64, u64, u64)]);

/// A map of services.
pub fn map(services: &[Service<'_>]) -> Event {
    let slowest = |id: i32| services.iter().find(|service| service.0 == id).map_or(1.0, |service| service.3);
    let answered = |id: i32| {
        let calls = services.iter().flat_map(|service| service.4).filter(move |call| call.0 == id);
        calls.fold((0, 0, 0), |sum, call| (sum.0 + call.1, sum.1 + call.2, sum.2 + call.3))
    };
    let node = |(id, name, kind, p99, calls): &Service<'_>| {
        let (total, failed, throttles) = answered(*id);
        let edge = |(to, total, failed, throttles): &(i32, u64, u64, u64)| ServiceEdge {
            to: *to,
            figures: figures(*total, *failed, *throttles, slowest(*to)),
        };
        ServiceNode {
            id: *id,
            name: ServiceName { name: (*name).into(), kind: Some((*kind).into()) },
            root: *kind == "client",
            figures: figures(total, failed, throttles, *p99),
            edges: calls.iter().map(edge).collect(),
        }
    };
    Event::ServiceMap(ServiceMap {
        scope: scope(),
        at: now(),
        range: TimeRange::last(Duration::from_mins(15), now() - Duration::from_secs(16)),
        services: services.iter().map(node).collect(),
    })
}

/// The shop while payment-ledger throttles: both of X-Ray's nodes for two of its functions.
fn shop() -> Event {
    map(&[
        (0, "client", "client", 1.0, &[(1, 9_600, 40, 0)]),
        (1, "shop-gateway", GATEWAY, 2_940.0, &[(2, 1_200, 38, 0), (4, 2_000, 0, 0), (5, 6_400, 20, 0)]),
        (2, "checkout-api", LAMBDA, 2_940.0, &[(3, 1_200, 38, 0)]),
        (3, "checkout-api", FUNCTION, 2_900.0, &[(6, 400, 76, 0), (8, 900, 0, 0)]),
        (4, "cart-api", FUNCTION, 142.0, &[(9, 1_990, 0, 0)]),
        (5, "catalog-read", FUNCTION, 96.0, &[(10, 6_000, 0, 0)]),
        (6, "payment-capture", LAMBDA, 4_810.0, &[(7, 400, 76, 0)]),
        (7, "payment-capture", FUNCTION, 4_700.0, &[(11, 880, 563, 563), (12, 390, 2, 0)]),
        (8, "price-quote", FUNCTION, 118.0, &[(9, 900, 0, 0)]),
        (9, "carts", TABLE, 6.0, &[]),
        (10, "catalog", "remote", 2.0, &[]),
        (11, "payment-ledger", TABLE, 3_120.0, &[]),
        (12, "acquirer.example", "remote", 980.0, &[]),
        (13, "order-stream", "AWS::Kinesis::Stream", 20.0, &[(14, 2_300, 0, 0)]),
        (14, "order-events", FUNCTION, 410.0, &[(15, 200, 0, 0)]),
        (15, "inventory-reserve", FUNCTION, 240.0, &[(16, 200, 0, 0)]),
        (16, "stock", TABLE, 8.0, &[]),
    ])
}

fn story() -> Vec<TraceSummary> {
    let service = |name: &str, kind: &str| ServiceName { name: name.into(), kind: Some(kind.into()) };
    (0..60_u64)
        .map(|number| {
            let mut trace = summary(1_000 + number, now(), 4 + number * 7);
            trace.duration_ms = Some(40.0 + (number * 37 % 300) as f64);
            match number % 5 {
                0 => {
                    trace.fault = true;
                    trace.throttle = true;
                    trace.status = Some(502);
                    trace.duration_ms = Some(4_171.0 - number as f64);
                    trace.services.push(service("payment-capture", FUNCTION));
                    trace.services.push(service("payment-ledger", TABLE));
                }
                1 => {
                    trace.error = true;
                    trace.status = Some(404);
                    trace.method = Some("GET".into());
                    trace.url = Some("https://shop.example/products/sku-7731?colour=green".into());
                }
                2 if number < 4 => {
                    trace.partial = true;
                    trace.duration_ms = None;
                    trace.status = None;
                }
                3 => {
                    (trace.method, trace.url, trace.status) = (None, None, None);
                    trace.entry = Some(service("order-events", FUNCTION));
                    trace.services = vec![service("order-events", FUNCTION)];
                }
                _ => {}
            }
            trace
        })
        .collect()
}

pub fn traces(size: (u16, u16), keys: &str) -> App {
    let mut app = incident(size);
    press(&mut app, "4");
    tell(&mut app, now(), list("", now(), story()));
    tell(&mut app, now(), shop());
    press(&mut app, keys);
    app
}

fn screen(size: (u16, u16), keys: &str) -> String {
    letters(&traces(size, keys), false)
}

#[test]
fn the_list_newest_first() {
    check("traces", false, |size| traces(size, ""));
}

#[test]
fn the_list_filtered_and_slowest_first() {
    check("traces-filter", false, |size| {
        let mut app = traces(size, "/fault checkout<Enter>sss");
        tell(
            &mut app,
            now(),
            list("fault", now(), story().into_iter().filter(|trace| trace.fault).collect()),
        );
        app
    });
}

#[test]
fn a_filter_of_traces_with_a_mistake_in_it() {
    check("traces-mistake", false, |size| traces(size, "/fault duration>1x"));
}

#[test]
fn the_map_with_the_way_of_the_errors() {
    check("map", false, |size| traces(size, "m"));
}

#[test]
fn the_map_in_ascii() {
    check("map-ascii", true, |size| traces(size, "mz"));
}

#[test]
fn the_map_as_lines() {
    check("map-lines", false, |size| traces(size, "m-<Left>"));
}

#[test]
fn a_range_without_traces_says_which_functions_are_traced() {
    check("traces-none", false, |size| {
        let mut app = started(size);
        let function = |name: &str, tracing| Function {
            tracing: Some(tracing),
            ..Function::named(FunctionKey::new(&scope(), name))
        };
        let functions =
            vec![function("cart-api", Tracing::PassThrough), function("search-query", Tracing::PassThrough)];
        let list_of =
            FunctionList { scope: scope(), functions, origin: FleetOrigin::ListFunctions, complete: true };
        tell(&mut app, now(), Event::Functions(list_of));
        press(&mut app, "4");
        tell(&mut app, now(), list("", now(), Vec::new()));
        app
    });
}

#[test]
fn denied_traces_name_the_permission() {
    for (keys, operation, permission) in [
        ("4", "GetTraceSummaries", "xray:GetTraceSummaries"),
        ("4m", "GetServiceGraph", "xray:GetServiceGraph"),
    ] {
        let mut app = incident((120, 40));
        press(&mut app, keys);
        let kind = FailureKind::AccessDenied { permission: permission.into() };
        tell(&mut app, now(), failed(Feed::Traces, operation, kind, ""));
        let screen = letters(&app, false);
        assert!(screen.contains(&format!("Needs {permission} on *")), "{screen}");
    }
}

#[test]
fn without_credentials_x_ray_is_not_said_to_be_asked() {
    let mut app = started((80, 24));
    press(&mut app, "4");
    assert!(letters(&app, false).contains("asking X-Ray"));
    tell(&mut app, now(), failed(Feed::Identity, "GetCallerIdentity", FailureKind::ExpiredCredentials, ""));
    let screen = letters(&app, false);
    assert!(screen.contains("The credentials of profile shop-prod-ro expired."), "{screen}");
    assert!(!screen.contains("asking X-Ray") && !screen.contains("Asking GetTraceSummaries"), "{screen}");
    press(&mut app, "3");
    let screen = letters(&app, false);
    assert!(screen.contains("no log can be read: GetCallerIdentity (credentials)"), "{screen}");
}

#[test]
fn transaction_search_is_said_where_traces_are_listed() {
    let mut app = traces((120, 40), "");
    let backend = TraceBackend::TransactionSearch { indexed: Some(1.0) };
    let mut small = traces((80, 24), "");
    tell(&mut small, now(), Event::TraceBackend { scope: scope(), backend: backend.clone() });
    assert!(letters(&small, false).contains("1 % of spans listed"));
    tell(&mut app, now(), Event::TraceBackend { scope: scope(), backend });
    assert!(letters(&app, false).contains("Transaction Search: 1 % of spans are listed"));
    let failure = Failure {
        operation: "GetTraceSegmentDestination".into(),
        region: "eu-west-1".into(),
        kind: FailureKind::AccessDenied { permission: "xray:GetTraceSegmentDestination".into() },
        detail: "".into(),
    };
    let backend = TraceBackend::Unknown(failure);
    tell(&mut small, now(), Event::TraceBackend { scope: scope(), backend: backend.clone() });
    assert!(!letters(&small, false).contains("Transaction Search"), "nobody knows");
    tell(&mut app, now(), Event::TraceBackend { scope: scope(), backend });
    assert!(letters(&app, false).contains("GetTraceSegmentDestination denied"));
}

#[test]
fn a_feed_that_fails_above_a_list_that_stays_is_named() {
    let mut app = traces((120, 40), "");
    let report = FeedReport::Failed {
        failure: Failure {
            operation: "GetTraceSummaries".into(),
            region: "eu-west-1".into(),
            kind: FailureKind::Throttled,
            detail: "".into(),
        },
        retry_at: now() + Duration::from_secs(8),
    };
    tell(&mut app, now(), Event::Feed { scope: scope(), feed: Feed::Traces, at: now(), report });
    let screen = letters(&app, false);
    assert!(screen.contains("GetTraceSummaries throttled") && screen.contains("4,171"), "{screen}");
}

#[test]
fn where_there_is_room_each_node_has_rate_errors_median_and_slowest_and_the_title_says_which_is_which() {
    for (size, keys, words, node) in [
        ((200, 50), "m", "rate, errors, p50/p99 ms · ", "│    445/m 18.1%     640/4,810 │"),
        ((200, 50), "mz", "rate, errors, p99 ms · ", "✗ payment-capture     445/m 18.1%  4,810]"),
    ] {
        let seen = screen(size, keys);
        assert!(seen.contains(words) && seen.contains(node), "{seen}");
    }
}

#[test]
fn the_way_of_the_errors_is_said_in_a_sentence() {
    let way = "payment-ledger ▸ payment-capture ▸ checkout-api ▸ shop-gateway";
    for size in [(80, 24), (120, 40), (200, 50)] {
        let screen = screen(size, "m");
        assert!(screen.contains(way), "{screen}");
        assert!(screen.contains('━'), "{screen}");
    }
}

#[test]
fn numbers_of_functions_are_cloudwatchs_and_others_are_marked() {
    let screen = screen((200, 50), "m+");
    let below = |name: &str| {
        let lines: Vec<Vec<char>> = screen.lines().map(|line| line.chars().collect()).collect();
        let wanted: Vec<char> = name.chars().collect();
        let found = lines.iter().enumerate().find_map(|(y, line)| {
            (4..40)
                .contains(&y)
                .then(|| line.windows(wanted.len()).position(|part| *part == wanted[..]))
                .flatten()
                .map(|x| (x, y))
        });
        let (x, y) = found.unwrap_or_else(|| panic!("{name}\n{screen}"));
        lines[y + 1].iter().skip(x.saturating_sub(3)).take(22).collect::<String>()
    };
    assert!(!below("cart-api ──").contains('~'), "{screen}");
    assert!(below("payment-ledger").contains('~'), "{screen}");
}

#[test]
fn what_others_named_is_text_on_the_list_and_on_the_map() {
    let names = ["\x1b]0;owned\x07", "pay\u{202e}gpj.exe", "価格🚀\u{200d}", "\u{feff}\u{200b}", "a\nb"];
    let services: Vec<Service<'_>> = names
        .iter()
        .zip(1..)
        .map(|(name, id)| (id, *name, "x\u{1b}[31m", 9.0, &[(1, 9, 5, 0)][..]))
        .collect();
    let mut summaries = story();
    for (trace, name) in summaries.iter_mut().zip(names.iter().cycle()) {
        trace.url = Some((*name).into());
        trace.method = Some((*name).into());
        trace.services = vec![ServiceName { name: (*name).into(), kind: None }];
    }
    for ascii in [false, true] {
        for keys in ["", "m", "m-", "mj<Right>", "m/pay"] {
            for size in [(40, 10), (80, 24), (200, 50)] {
                let mut app = incident(size);
                press(&mut app, "4");
                tell(&mut app, now(), list("", now(), summaries.clone()));
                tell(&mut app, now(), map(&services));
                press(&mut app, keys);
                let screen = letters(&app, ascii);
                let bad = |c: char| {
                    c.is_control() && c != '\n'
                        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
                };
                assert!(!screen.contains(bad), "{screen:?}");
                assert!(!ascii || screen.is_ascii(), "{screen}");
            }
        }
    }
}

#[test]
fn of_sixty_services_those_that_have_no_room_in_120x40_are_counted() {
    let calls: Vec<(i32, u64, u64, u64)> = (1..20).map(|to| (to, 100, 0, 0)).collect();
    let names: Vec<String> = (0..60).map(|at| format!("service-{at:02}")).collect();
    let onward: Vec<Vec<(i32, u64, u64, u64)>> =
        (0..60)
            .map(|at| {
                if (1..20).contains(&at) {
                    vec![(at + 19, 90, 0, 0), (at + 38, 90, 0, 0)]
                } else {
                    Vec::new()
                }
            })
            .collect();
    let services: Vec<Service<'_>> = (0..60_usize)
        .zip(0..)
        .map(|(at, id)| {
            let calls = if at == 0 { &calls } else { &onward[at] };
            (id, &*names[at], FUNCTION, 20.0, &calls[..])
        })
        .collect();
    let mut app = incident((120, 40));
    press(&mut app, "4m");
    tell(&mut app, now(), map(&services[..58]));
    let screen = letters(&app, false);
    let seen = names[..58].iter().filter(|name| screen.contains(&***name)).count();
    assert!(
        seen >= 36 && screen.contains(&format!("↓{}", 58 - seen)),
        "{seen} of 58 names are seen\n{screen}"
    );
    // Those that are not are counted, and reached by the arrows.
    press(&mut app, "<Right><Right>G");
    assert_eq!(app.traces().map.graph.nodes.len(), 58);
    let own = app.traces().map.at().map(|at| app.traces().map.layout.boxes[at]).expect("a node is selected");
    assert!(own.y >= app.traces().map.corner.1);
}

#[test]
fn ids_that_are_asked_for_stand_in_their_column() {
    let screen = screen((120, 40), "");
    let text = id(1_000).to_string();
    assert!(screen.contains(&text[11..19]), "{screen}");
}

#[test]
fn a_list_that_is_asked_for_anew_says_so_until_the_answer_comes() {
    let mut app = traces((80, 24), "");
    let title = |app: &App| letters(app, false).lines().nth(2).unwrap_or_default().to_owned();
    assert!(title(&app).contains("seen to 14:31:16"), "{}", title(&app));
    press(&mut app, "/fault<Enter>");
    assert!(title(&app).contains("asking X-Ray …"), "{}", title(&app));
    let asked = app.traces().asked.to_string();
    tell(&mut app, now(), list(&asked, now(), story()));
    assert!(title(&app).contains("seen to 14:31:16"), "{}", title(&app));
}
