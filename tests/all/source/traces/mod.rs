//! Traces through the real SDK, against the demo's X-Ray: what is looked at comes, whatever goes wrong, and nothing else
//! is asked for.

mod list;
mod search;
mod whole;

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::{Fault, Faults, Kind};
use lambtop::demo::fleet::{DEFAULT_SEED, Fleet, Trace};
use lambtop::model::{
    Event, Feed, FeedReport, Spend, Timestamp, TraceBackend, TraceDocuments, TraceId, TraceListWant,
    TraceMissing, TraceWant,
};
use lambtop::source::Settings;
use lambtop::store::traces::Traces;

use super::{START, Watching, fault, key, mins, secs};

/// Only traces are watched.
fn watching(faults: Faults) -> Watching {
    of(Account { faults, ..Account::default() }, Settings::default())
}

fn of(account: Account, settings: Settings) -> Watching {
    Watching::of(account, traces_alone(settings))
}

fn traces_alone(settings: Settings) -> Settings {
    let without = vec![Feed::Functions, Feed::Metrics, Feed::Details, Feed::Logs];
    Settings { without, ..settings }
}

/// What goes wrong with the traces of a call of `BatchGetTraces`, always.
fn spoilt(fault: lambtop::demo::faults::TraceFault) -> Faults {
    Faults::only(Fault::new(Kind::Trace(fault), "xray:BatchGetTraces"))
}

/// The action that is never allowed.
fn denied(action: &str) -> Fault {
    Fault::new(Kind::AccessDenied, action)
}

/// The traces that began in a minute so many minutes before the start.
fn of_minute(before: i64) -> Vec<TraceId> {
    let traces = Fleet::new(DEFAULT_SEED).traces(START.secs() / 60 - before);
    traces.iter().map(id).collect()
}

fn id(trace: &Trace) -> TraceId {
    TraceId::parse(&trace.id).expect("X-Ray's form")
}

fn open(watching: &Watching, ids: &[TraceId]) {
    let want = TraceWant { open: ids.to_vec(), ..TraceWant::default() };
    watching.look_at(|interest| interest.traces = Some(want));
}

fn list(watching: &Watching, since: Timestamp, until: Option<Timestamp>, expression: &str) {
    let want = TraceListWant { since, until, expression: expression.into() };
    watching.look_at(|interest| {
        interest.traces = Some(TraceWant { list: Some(want), ..TraceWant::default() });
    });
}

/// Each answer that brought a trace, with its time.
fn brought(watching: &Watching, id: TraceId) -> Vec<(u64, &TraceDocuments)> {
    let answers = watching.told.iter().filter_map(|(at, event)| match event {
        Event::Traces(answer) => {
            let found = answer.found.iter().find(|found| found.id == id)?;
            Some((at.since(START).as_secs(), found))
        }
        _ => None,
    });
    answers.collect()
}

/// Each answer that did not, with why.
fn missed(watching: &Watching, id: TraceId) -> Vec<(u64, &TraceMissing)> {
    let answers = watching.told.iter().filter_map(|(at, event)| match event {
        Event::Traces(answer) => {
            let (_, why) = answer.missing.iter().find(|(missing, _)| *missing == id)?;
            Some((at.since(START).as_secs(), why))
        }
        _ => None,
    });
    answers.collect()
}

/// All that was told, as the program holds it.
fn held(watching: &Watching) -> Traces {
    let mut traces = Traces::default();
    for (_, event) in &watching.told {
        match event.clone() {
            Event::TraceBackend { backend, .. } => traces.backend_is(backend),
            Event::TraceList(list) => traces.list(list),
            Event::Traces(answer) => traces.answer(answer),
            Event::ServiceMap(map) => traces.map_is(map),
            _ => {}
        }
    }
    traces
}

fn spend(watching: &Watching) -> Spend {
    let bills = watching.told.iter().rev().find_map(|(_, event)| match event {
        Event::Spend { spend, .. } => Some(*spend),
        _ => None,
    });
    bills.unwrap_or_default()
}

/// The last word of the feed.
fn said(watching: &Watching) -> FeedReport {
    let reports = watching.reports_of(Feed::Traces);
    let last = reports.into_iter().rfind(|(_, report)| **report != FeedReport::Asking);
    last.expect("a report").1.clone()
}

fn calls(watching: &Watching, operation: &str) -> u64 {
    watching.endpoint.calls().of(&format!("xray:{operation}"))
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_of_x_ray_while_nobody_looks_at_traces() {
    let mut watching = watching(Faults::default());
    watching.pass(mins(5)).await;
    let by_action = watching.endpoint.calls().by_action;
    assert!(by_action.keys().all(|action| !action.starts_with("xray:")), "{by_action:?}");
    watching.retry(1, Some(Feed::Traces)).await;
    open(&watching, &of_minute(10)[..3]);
    watching.pass(mins(5)).await;
    let asked = ["GetTraceSegmentDestination", "BatchGetTraces", "GetTraceSummaries", "GetServiceGraph"]
        .map(|operation| calls(&watching, operation));
    assert_eq!(asked, [1, 1, 0, 0], "only whole traces are looked at");
    assert_eq!(held(&watching).backend(), Some(&TraceBackend::XRay));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_an_hour_off_holds_neither_a_trace_nor_the_list_back() {
    for behind in [3_600, -3_600] {
        let mut watching = Watching::skewed(Account::default(), traces_alone(Settings::default()), behind);
        let id = of_minute(behind / 60 + 2)[0];
        let since = Timestamp::from_secs(START.secs() - behind - 180);
        let want = TraceListWant { since, until: None, expression: "".into() };
        watching.look_at(|interest| {
            let open = vec![id];
            interest.traces = Some(TraceWant { open, list: Some(want), ..TraceWant::default() });
        });
        watching.pass(secs(20)).await;
        assert_eq!(brought(&watching, id).len(), 1, "{behind} s behind");
        let held = held(&watching);
        assert!(held.summary_of(id).is_some(), "{behind} s behind");
    }
}

#[tokio::test(start_paused = true)]
async fn throttling_slows_traces_alone_and_they_catch_up() {
    let faults = Faults::only(fault(Kind::Throttled, "xray:*", 5, 130));
    let mut watching = Watching::of(Account { faults, ..Account::default() }, Settings::default());
    list(&watching, START - mins(1), None, "");
    watching.look_at(|interest| interest.visible = vec![key("checkout-api")]);
    watching.pass(secs(8)).await;
    let before = (watching.endpoint.calls().total(), calls(&watching, "GetTraceSummaries"));
    watching.pass(secs(112)).await;
    let xray = calls(&watching, "GetTraceSummaries") - before.1;
    let others = watching.endpoint.calls().total() - before.0 - xray;
    assert!(xray <= 60 && others > 0, "{xray} calls of X-Ray while it throttled, {others} of others");
    let FeedReport::Failed { failure, .. } = said(&watching) else { panic!("it is said") };
    assert_eq!(failure.kind, lambtop::model::FailureKind::Throttled);
    let metrics = watching.reports_of(Feed::Metrics);
    assert!(!metrics.iter().any(|(_, report)| matches!(report, FeedReport::Failed { .. })), "{metrics:?}");
    watching.pass(secs(50)).await;
    assert_eq!(said(&watching), FeedReport::Answered);
    assert!(held(&watching).seen_to().is_some_and(|to| watching.clock.now().since(to) <= secs(11)));
}

#[tokio::test(start_paused = true)]
async fn what_is_denied_is_named_and_nothing_else_suffers() {
    let mut watching = watching(Faults::only(denied("xray:GetTraceSummaries")));
    list(&watching, START - mins(5), None, "");
    let ids = of_minute(10);
    watching.look_at(|interest| {
        if let Some(want) = &mut interest.traces {
            want.open = ids[..3].to_vec();
            want.map = Some(lambtop::model::TimeRange::last(mins(10), START));
        }
    });
    watching.pass(mins(3)).await;
    let FeedReport::Degraded { failure } = said(&watching) else { panic!("{:?}", said(&watching)) };
    assert!(failure.to_string().contains("needs xray:GetTraceSummaries"), "{failure}");
    let held = held(&watching);
    assert!(ids[..3].iter().all(|id| held.trace(*id).is_some_and(|held| held.tree().is_some())));
    assert!(held.map().is_some_and(|map| map.services.len() > 10));
    assert!(calls(&watching, "GetTraceSummaries") <= 3, "it is not asked again and again");
}

#[tokio::test(start_paused = true)]
async fn a_map_is_refreshed_once_a_minute_and_has_figures() {
    let mut watching = watching(Faults::default());
    for second in 0..150 {
        let range = lambtop::model::TimeRange::last(mins(30), START + secs(second));
        watching.look_at(|interest| {
            interest.traces = Some(TraceWant { map: Some(range), ..TraceWant::default() });
        });
        watching.pass(secs(1)).await;
    }
    let maps: Vec<_> = watching
        .told
        .iter()
        .filter_map(|(_, event)| if let Event::ServiceMap(map) = event { Some(map) } else { None })
        .collect();
    assert_eq!(maps.len(), 3, "at 0, 60 and 120 s");
    let checkout = maps[2].services.iter().find(|node| {
        &*node.name.name == "checkout-api" && node.name.kind.as_deref() == Some("AWS::Lambda::Function")
    });
    let checkout = checkout.expect("the function is on the map");
    let figures = &checkout.figures;
    assert!(figures.total > 10 && figures.ok <= figures.total && figures.total_ms > 0.0, "{figures:?}");
    let (median, slow) = (figures.quantile(0.5).unwrap(), figures.quantile(0.99).unwrap());
    assert!(median <= slow && (1.0..60_000.0).contains(&median), "{median} ms, {slow} ms");
    let known = |id| maps[2].services.iter().any(|node| node.id == id);
    assert!(!checkout.edges.is_empty() && checkout.edges.iter().all(|edge| known(edge.to)));
}
