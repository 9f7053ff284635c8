//! The list of traces: all that X-Ray has of the stretch, each once and as it was last, for little money.

use std::collections::BTreeSet;

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::{Faults, Kind};
use lambtop::demo::fleet::{DEFAULT_SEED, Fleet};
use lambtop::model::{Event, TraceId};
use lambtop::source::Settings;

use super::super::{START, Watching, mins, secs};
use super::{calls, fault, held, id, list, of, spend, watching};

/// The traces of the fleet that began in a stretch, in seconds before and after the start.
fn began(from: i64, until: i64) -> BTreeSet<TraceId> {
    let fleet = Fleet::new(DEFAULT_SEED);
    let (from, until) = (START.secs() + from, START.secs() + until);
    let minutes = from / 60..=until / 60;
    let traces = minutes.flat_map(|minute| fleet.traces(minute).iter().map(id).collect::<Vec<_>>());
    traces.filter(|id| (from..until).contains(&i64::from(id.seconds()))).collect()
}

fn listed(watching: &Watching, from: i64, until: i64) -> BTreeSet<TraceId> {
    let stretch = START.secs() + from..START.secs() + until;
    let held = held(watching);
    let ids = held.summaries().map(|summary| summary.id);
    ids.filter(|id| stretch.contains(&i64::from(id.seconds()))).collect()
}

/// How many of the traces that began in a stretch are not in the list, and how many there are.
fn lacking(watching: &Watching, from: i64, until: i64) -> (usize, usize) {
    let began = began(from, until);
    (began.difference(&listed(watching, from, until)).count(), began.len())
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_followed_lacks_nothing_and_costs_little() {
    let mut watching = watching(Faults::default());
    list(&watching, START - mins(2), None, "");
    watching.pass(mins(4)).await;
    let (lacking, all) = lacking(&watching, -115, 150);
    assert!(lacking == 0 && all > 1_000, "{lacking} of {all} are missing");
    let held = held(&watching);
    let partial = held.summaries().filter(|summary| summary.partial && summary.start < START + mins(2));
    assert_eq!(partial.count(), 0, "what ended is shown as ended");
    assert!(held.seen_to().is_some_and(|to| watching.clock.now().since(to) <= secs(11)));
    assert_eq!(calls(&watching, "BatchGetTraces"), 0);
    let each = spend(&watching).traces as f64 / all as f64;
    assert!((1.0..5.0).contains(&each), "each of {all} traces was scanned {each:.1} times");
}

#[tokio::test(start_paused = true)]
async fn a_list_of_the_past_is_read_once() {
    let mut watching = watching(Faults::default());
    list(&watching, START - mins(63), Some(START - mins(60)), "");
    watching.pass(mins(2)).await;
    let (lacking, all) = lacking(&watching, -63 * 60, -60 * 60);
    assert!(lacking == 0 && all > 100, "{lacking} of {all} are missing");
    let read = calls(&watching, "GetTraceSummaries");
    watching.pass(mins(20)).await;
    assert_eq!(calls(&watching, "GetTraceSummaries"), read, "nothing changes there");
}

#[tokio::test(start_paused = true)]
async fn a_filter_expression_goes_to_x_ray_and_begins_another_list() {
    let mut watching = watching(Faults::default());
    list(&watching, START - mins(2), None, "");
    watching.pass(secs(30)).await;
    let all = held(&watching).summaries().len();
    list(&watching, START - mins(2), None, "service(\"checkout-api\")");
    watching.pass(secs(30)).await;
    let held = held(&watching);
    assert_eq!(&**held.expression(), "service(\"checkout-api\")");
    assert!((1..all).contains(&held.summaries().len()), "{} of {all}", held.summaries().len());
    let named = |name: &str| held.summaries().all(|of| of.services.iter().any(|at| &*at.name == name));
    assert!(named("checkout-api"));
}

#[tokio::test(start_paused = true)]
async fn pages_that_fail_leave_no_hole() {
    let faults = Faults::only(fault(Kind::ServerError, "xray:GetTraceSummaries", 0, 600).share(0.3))
        .and(fault(Kind::TruncatedBody, "xray:GetTraceSummaries", 0, 600).share(0.2));
    let mut watching = watching(faults);
    list(&watching, START - mins(2), None, "");
    watching.pass(mins(3)).await;
    let (lacking, all) = lacking(&watching, -115, 100);
    assert!(lacking == 0, "{lacking} of {all} are missing");
}

#[tokio::test(start_paused = true)]
async fn a_cap_holds_lists_back_and_is_told() {
    let cap = 0.0005;
    let mut watching = of(Account::default(), Settings { spend_cap: Some(cap), ..Settings::default() });
    list(&watching, START - mins(10), None, "");
    watching.pass(mins(10)).await;
    let spend = spend(&watching);
    // A page that is on its way when the cap is reached is paid: a hundred traces.
    assert!((900..=1_100).contains(&spend.traces), "{spend:?}");
    let slowed = watching
        .told
        .iter()
        .any(|(_, event)| matches!(event, Event::Spend { spend, .. } if spend.slowed_by_cap == Some(cap)));
    assert!(slowed, "it is told");
    assert!(calls(&watching, "GetTraceSummaries") < 30);
}
