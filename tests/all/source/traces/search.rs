//! Transaction Search: X-Ray has no traces, and they are retrieved, or read as spans out of the log, or it is said why not.

use std::sync::Arc;

use lambtop::demo::cloud::Settings as Account;
use lambtop::demo::faults::{Faults, Kind, TraceFault};
use lambtop::model::{TraceBackend, TraceId, TraceMissing};
use lambtop::source::Settings;

use super::super::{START, Watching, mins, secs};
use super::{brought, calls, denied, fault, held, missed, of, of_minute, open};

fn searching(faults: Faults) -> Watching {
    of(Account { transaction_search: true, faults, ..Account::default() }, Settings::default())
}

#[tokio::test(start_paused = true)]
async fn traces_are_retrieved_all_together() {
    let mut watching = searching(Faults::default());
    let ids = &of_minute(10)[..30];
    open(&watching, ids);
    watching.pass(secs(20)).await;
    let held = held(&watching);
    assert_eq!(held.backend(), Some(&TraceBackend::TransactionSearch { indexed: Some(1.0) }));
    for id in ids {
        let came = brought(&watching, *id);
        assert!(came.len() == 1 && came[0].1.retrieved, "{id}: {came:?}");
        assert!(held.trace(*id).and_then(|held| held.tree()).is_some_and(|tree| tree.nodes.len() > 1));
    }
    assert_eq!((calls(&watching, "StartTraceRetrieval"), calls(&watching, "BatchGetTraces")), (1, 0));
    watching.pass(mins(20)).await;
    assert_eq!(calls(&watching, "StartTraceRetrieval"), 1, "they are whole");
}

#[tokio::test(start_paused = true)]
async fn without_its_rules_the_share_that_is_indexed_is_not_made_up() {
    let mut watching = searching(Faults::only(denied("xray:GetIndexingRules")));
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(secs(20)).await;
    let held = held(&watching);
    assert_eq!(held.backend(), Some(&TraceBackend::TransactionSearch { indexed: None }));
    assert!(held.trace(id).and_then(|held| held.tree()).is_some(), "traces are read all the same");
}

#[tokio::test(start_paused = true)]
async fn where_retrievals_are_denied_spans_are_read_out_of_their_log_group() {
    let ids = &of_minute(10)[..3];
    let whole = {
        let mut watching = searching(Faults::default());
        open(&watching, ids);
        watching.pass(secs(20)).await;
        watching
    };
    let mut watching = searching(Faults::only(denied("xray:StartTraceRetrieval")));
    open(&watching, ids);
    watching.pass(mins(2)).await;
    for id in ids {
        let nodes = |watching: &Watching| brought(watching, *id)[0].1.segments.len();
        assert!(!brought(&watching, *id).is_empty(), "{:?}", missed(&watching, *id));
        // What X-Ray infers of services that do not trace is no span.
        assert!(nodes(&watching) > 1 && nodes(&watching) <= nodes(&whole), "{id}");
        let named = |watching: &Watching, name: &str| {
            brought(watching, *id)[0].1.segments.iter().any(|segment| &*segment.name == name)
        };
        assert!(!named(&whole, "checkout-api") || named(&watching, "checkout-api"));
    }
    assert_eq!(calls(&watching, "StartTraceRetrieval"), 1, "a closed way is not tried again and again");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_allowed_it_is_said_what_would_help() {
    let faults = Faults::only(denied("xray:StartTraceRetrieval")).and(denied("logs:FilterLogEvents"));
    let mut watching = searching(faults);
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(mins(1)).await;
    let missed = missed(&watching, id);
    let TraceMissing::Unretrievable(why) = missed[0].1 else { panic!("{missed:?}") };
    assert_eq!(&**why, "needs xray:StartTraceRetrieval or logs:FilterLogEvents");
}

#[tokio::test(start_paused = true)]
async fn what_is_in_no_span_is_not_there_however_the_spans_were_read() {
    for faults in [Faults::default(), Faults::only(denied("xray:StartTraceRetrieval"))] {
        let mut watching = searching(faults);
        let began = START.secs() - 30;
        let unknown = TraceId::parse(&format!("1-{began:08x}-{:024x}", 0)).expect("an id");
        open(&watching, &[unknown]);
        watching.pass(secs(12)).await;
        let missed = missed(&watching, unknown);
        assert!(matches!(missed[..], [(_, TraceMissing::Unknown), ..]), "{missed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_opentelemetry_sent_is_read_as_well() {
    let id = of_minute(10)[0];
    let listed = |faults| {
        let mut watching = searching(faults);
        open(&watching, &[id]);
        async move {
            watching.pass(secs(20)).await;
            let held = held(&watching);
            let tree = held.trace(id).and_then(|held| held.tree()).expect("it is there").clone();
            tree.nodes
                .iter()
                .map(|node| (node.segment.name.clone(), node.segment.origin.clone()))
                .collect::<Vec<_>>()
        }
    };
    let spans = listed(Faults::only(fault(
        Kind::Trace(TraceFault::OpenTelemetry),
        "xray:ListRetrievedTraces",
        0,
        60,
    )))
    .await;
    let documents = listed(Faults::default()).await;
    let functions = |nodes: &[(Arc<str>, Option<Arc<str>>)]| {
        nodes.iter().filter(|(_, origin)| origin.as_deref() == Some("AWS::Lambda::Function")).count()
    };
    assert!(
        functions(&documents) > 0 && functions(&spans) == functions(&documents),
        "{spans:?} {documents:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_knowing_where_traces_are_both_places_are_tried() {
    for transaction_search in [false, true] {
        let faults = Faults::only(denied("xray:GetTraceSegmentDestination"));
        let account = Account { transaction_search, faults, ..Account::default() };
        let mut watching = of(account, Settings::default());
        let id = of_minute(10)[0];
        open(&watching, &[id]);
        watching.pass(secs(30)).await;
        assert!(matches!(held(&watching).backend(), Some(TraceBackend::Unknown(_))));
        let came = brought(&watching, id);
        assert!(came.len() == 1 && came[0].1.retrieved == transaction_search, "{:?}", missed(&watching, id));
    }
}

#[tokio::test(start_paused = true)]
async fn a_retrieval_that_fails_is_begun_again() {
    let mut watching = searching(Faults::only(fault(Kind::ServerError, "xray:ListRetrievedTraces", 0, 8)));
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(secs(40)).await;
    assert_eq!(brought(&watching, id).len(), 1, "{:?}", missed(&watching, id));
}
