//! Requests that Lambda refused: traces tell of them, and they stand among those that log lines tell of.

use lambtop::model::{FunctionKey, Invocation, Outcome, Scope, Timestamp, TraceId};
use lambtop::store::invocations::Invocations;
use lambtop::store::traces::Throttled;

use super::{A, B, NOON, group, id, joined, page};

const TRACE: &str = "1-69a42c40-8f5bd2c122a34b6e9a440d7a";

fn function() -> FunctionKey {
    FunctionKey::new(&group().scope, "checkout")
}

/// The attempts at `request` that were refused so many ms after noon.
fn throttled(request: &str, at: &[i64]) -> Throttled {
    Throttled {
        function: "checkout".into(),
        request: id(request),
        trace: TraceId::parse(TRACE),
        at: at.iter().map(|at| Timestamp::from_millis(NOON + at)).collect(),
    }
}

/// When each began, after noon, and how it ended.
fn told(held: &Invocations) -> Vec<(i64, Outcome)> {
    held.by_start().map(|one| (one.start.millis() - NOON, one.outcome)).collect()
}

const RAN: [(i64, char, &str); 2] = [
    (9_000, 'a', "START RequestId: $A Version: 7\n"),
    (
        9_050,
        'a',
        "REPORT RequestId: $A\tDuration: 50.00 ms\tBilled Duration: 50 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\n",
    ),
];

#[test]
fn throttled_attempts_stand_before_the_one_that_ran_whichever_is_told_first() {
    let attempts = throttled(A, &[1_000, 3_000]);
    let mut log_first = joined(&RAN);
    log_first.take_throttled(&function(), &group(), &attempts);
    let mut trace_first = Invocations::default();
    trace_first.take_throttled(&function(), &group(), &attempts);
    trace_first.take(&page(&RAN));
    let refused = Outcome::Throttled;
    for held in [log_first, trace_first] {
        assert_eq!(told(&held), [(1_000, refused), (3_000, refused), (9_000, Outcome::Ok)]);
        let attempts: Vec<Invocation> = held.attempts(id(A)).collect();
        assert_eq!(attempts.len(), 3);
        let first = &attempts[0];
        assert_eq!((&first.function.name, &*first.stream.name), (&"checkout".into(), ""), "no environment");
        assert_eq!(
            (first.duration_ms, first.billed_ms, first.cold, first.started),
            (None, None, false, false)
        );
        assert_eq!((first.trace, first.sampled), (TraceId::parse(TRACE), Some(true)));
        assert!(first.claims.is_none(), "no line is its own");
        let all = held.of_function(&function()).count();
        assert_eq!((all, held.of_trace(TraceId::parse(TRACE).expect("an id")).count()), (3, 2));
    }
}

#[test]
fn what_a_trace_tells_again_changes_nothing_and_what_it_tells_better_replaces_it() {
    let mut held = Invocations::default();
    let tell = |held: &mut Invocations, request: &str, at: &[i64]| {
        held.take_throttled(&function(), &group(), &throttled(request, at));
        held.revision()
    };
    let first = tell(&mut held, A, &[1_000]);
    tell(&mut held, B, &[5_000]);
    let key = held.by_start().next().expect("one").key;
    let revision = held.revision();
    assert_eq!(tell(&mut held, A, &[1_000]), revision, "the same");
    assert!(tell(&mut held, A, &[1_200, 3_000]) > first);
    let times = |held: &Invocations| told(held).into_iter().map(|(at, _)| at).collect::<Vec<_>>();
    assert_eq!(times(&held), [1_200, 3_000, 5_000]);
    assert_eq!(held.by_start().next().expect("one").key, key, "it keeps its name");
    assert_eq!(held.changed_since(revision).count(), 2);
    tell(&mut held, A, &[1_200]);
    assert_eq!((times(&held), held.len()), (vec![1_200, 5_000], 2));
    assert!(held.left() > revision, "who keeps a list is told that one left");
    tell(&mut held, A, &[1_200, 4_000]);
    assert_eq!(times(&held), [1_200, 4_000, 5_000]);
}

#[test]
fn throttled_attempts_are_bounded_with_the_others_and_go_with_the_account() {
    let mut held = Invocations::default();
    held.set_limit(64);
    for nth in 0..200 {
        let request = format!("8f5bd2c1-22a3-4b6e-9a44-{nth:012x}");
        held.take_throttled(&function(), &group(), &throttled(&request, &[nth * 1_000]));
    }
    assert!(held.len() <= 64, "{}", held.len());
    assert_eq!(held.evicted() as usize + held.len(), 200);
    held.take_throttled(&function(), &group(), &throttled(A, &[1_000]));
    assert!(held.get(held.by_start().next().expect("one").key).is_some());
    assert_eq!(held.attempts(id(A)).count(), 0, "older than what was let go");
    // Of one whose first attempt was let go, the second stays what it is.
    let (first, second) = (1_000, 250_000);
    held.take_throttled(&function(), &group(), &throttled(B, &[first, second]));
    let revision = held.revision();
    held.take_throttled(&function(), &group(), &throttled(B, &[first, second]));
    assert_eq!(held.revision(), revision, "the same again changes nothing");
    assert_eq!(held.attempts(id(B)).map(|one| one.start.millis() - NOON).collect::<Vec<_>>(), [second]);
    let named = Scope::new("210987654321", "eu-west-1");
    held.rename(&group().scope, &named);
    assert!(held.by_start().all(|one| one.function.scope == named && one.group.scope == named));
    held.take_throttled(
        &FunctionKey::new(&named, "checkout"),
        &lambtop::model::GroupKey::new(&named, "/aws/lambda/checkout"),
        &throttled(B, &[300_000]),
    );
    assert_eq!(held.of_function(&FunctionKey::new(&named, "checkout")).count(), held.len());
    // All of them let go, and a new one: its place is made anew.
    held.take_oldest(usize::MAX);
    assert!(held.is_empty());
    held.take_throttled(&function(), &group(), &throttled(A, &[400_000]));
    assert_eq!(told(&held), [(400_000, Outcome::Throttled)]);
}
