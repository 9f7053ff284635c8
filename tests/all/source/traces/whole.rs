//! Whole traces: those on screen, until they are whole, and never again.

use lambtop::demo::faults::{Faults, Kind, TraceFault};
use lambtop::model::{TraceId, TraceMissing};

use super::super::{mins, secs};
use super::{brought, calls, denied, fault, held, missed, of_minute, open, said, spend, spoilt, watching};

#[tokio::test(start_paused = true)]
async fn traces_come_five_in_a_call_once_and_are_paid_once() {
    let mut watching = watching(Faults::default());
    let ids = &of_minute(10)[..23];
    open(&watching, ids);
    watching.pass(secs(10)).await;
    let held = held(&watching);
    assert!(ids.iter().all(|id| held.trace(*id).is_some_and(|held| held.tree().is_some())));
    assert_eq!((calls(&watching, "BatchGetTraces"), spend(&watching).traces), (5, 23));
    open(&watching, &[]);
    watching.pass(mins(1)).await;
    open(&watching, ids);
    watching.pass(mins(20)).await;
    assert_eq!((calls(&watching, "BatchGetTraces"), spend(&watching).traces), (5, 23), "they are whole");
}

#[tokio::test(start_paused = true)]
async fn a_trace_in_progress_is_asked_for_again_until_it_is_whole() {
    let mut watching = watching(spoilt(TraceFault::InProgress { times: 2 }));
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(mins(20)).await;
    let came = brought(&watching, id);
    let growing: Vec<bool> = came.iter().map(|(_, found)| found.is_in_progress()).collect();
    assert_eq!(growing, [true, true, false], "five and ten seconds later");
    let times: Vec<u64> = came.iter().map(|(at, _)| *at).collect();
    assert!(
        (5..=6).contains(&(times[1] - times[0])) && (10..=11).contains(&(times[2] - times[1])),
        "{times:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn an_id_that_was_not_processed_is_asked_for_again_at_once() {
    let mut watching = watching(spoilt(TraceFault::Unprocessed { times: 1 }));
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(mins(1)).await;
    assert_eq!(missed(&watching, id).len(), 1);
    assert_eq!(missed(&watching, id)[0].1, &TraceMissing::Unprocessed);
    let came = brought(&watching, id);
    assert_eq!((came.len(), came[0].0 <= 3), (1, true), "{} s", came[0].0);
}

#[tokio::test(start_paused = true)]
async fn a_trace_of_now_is_followed_to_its_end() {
    // Some requests of the last second, as their REPORT would name them.
    let mut watching = watching(Faults::default());
    watching.pass(secs(53)).await;
    let minute = lambtop::demo::fleet::Fleet::new(lambtop::demo::fleet::DEFAULT_SEED)
        .traces(watching.clock.now().secs() / 60 - 1);
    let ids: Vec<TraceId> = minute.iter().rev().take(5).map(super::id).collect();
    open(&watching, &ids);
    watching.pass(mins(20)).await;
    let held = held(&watching);
    for (id, trace) in ids.iter().zip(minute.iter().rev()) {
        let tree = held.trace(*id).and_then(|held| held.tree()).unwrap_or_else(|| panic!("{id} came"));
        assert!(tree.nodes.iter().all(|node| !node.segment.in_progress), "{id}");
        assert_eq!(tree.nodes.len(), trace.nodes.len(), "{id}");
    }
    assert!(calls(&watching, "BatchGetTraces") <= 8, "{}", calls(&watching, "BatchGetTraces"));
}

#[tokio::test(start_paused = true)]
async fn what_x_ray_does_not_know_is_said_and_asked_again_only_while_it_is_young() {
    let mut watching = watching(Faults::default());
    let unknown = |seconds: i64| {
        let made = super::super::START.secs() - seconds;
        TraceId::parse(&format!("1-{made:08x}-{:024x}", 7)).unwrap()
    };
    let (young, old) = (unknown(30), unknown(3600));
    open(&watching, &[young, old]);
    watching.pass(mins(60)).await;
    assert_eq!(missed(&watching, old).len(), 1);
    let asked = missed(&watching, young);
    assert!((5..=10).contains(&asked.len()), "{asked:?}");
    assert!(asked.iter().all(|(_, why)| **why == TraceMissing::Unknown));
}

#[tokio::test(start_paused = true)]
async fn traces_of_every_shape_come_whole_and_are_laid_out() {
    for (what, least) in [
        (TraceFault::Wide { subsegments: 10_000 }, 10_000),
        (TraceFault::Deep { levels: 1_000 }, 1_000),
        (TraceFault::Cycle, 3),
        (TraceFault::Twins, 3),
        (TraceFault::MissingParents, 1),
        (TraceFault::NoEnd, 3),
        (TraceFault::NestedMetadata { levels: 100_000 }, 3),
        (TraceFault::ManyKeys { keys: 20_000 }, 3),
        (TraceFault::LimitExceeded, 1),
    ] {
        let mut watching = watching(spoilt(what));
        let id = of_minute(10)[0];
        open(&watching, &[id]);
        watching.pass(mins(16)).await;
        let came = brought(&watching, id);
        assert_eq!(came.len(), 1, "{what:?} is whole at once");
        assert_eq!(came[0].1.truncated, what == TraceFault::LimitExceeded, "{what:?}");
        let held = held(&watching);
        let held = held.trace(id).expect("it is held");
        let nodes = held.tree().expect("it is there").nodes.len();
        let unreadable = came[0].1.unreadable;
        assert!(nodes >= least, "{what:?}: {nodes} nodes, {unreadable} unreadable");
        assert_eq!(unreadable, 0, "{what:?}: what is too deep is text");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_fails_is_told_for_its_traces_and_made_again() {
    let faults = Faults::only(fault(Kind::ServerError, "xray:BatchGetTraces", 0, 5)).and(fault(
        Kind::Reset,
        "xray:BatchGetTraces",
        5,
        10,
    ));
    let mut watching = watching(faults);
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(secs(30)).await;
    assert!(missed(&watching, id).iter().all(|(_, why)| matches!(why, TraceMissing::Failed(_))));
    assert!(!missed(&watching, id).is_empty());
    assert_eq!(brought(&watching, id).len(), 1);
    assert_eq!(said(&watching), lambtop::model::FeedReport::Answered);
}

#[tokio::test(start_paused = true)]
async fn without_the_permission_each_trace_says_what_it_needs() {
    let mut watching = watching(Faults::only(denied("xray:BatchGetTraces")));
    let id = of_minute(10)[0];
    open(&watching, &[id]);
    watching.pass(mins(10)).await;
    let missed = missed(&watching, id);
    let TraceMissing::Failed(failure) = missed[0].1 else { panic!("{missed:?}") };
    assert!(failure.to_string().contains("needs xray:BatchGetTraces"), "{failure}");
    assert!(missed.len() <= 6, "asked for {} times in ten minutes", missed.len());
    assert!(matches!(said(&watching), lambtop::model::FeedReport::Degraded { .. }));
}
