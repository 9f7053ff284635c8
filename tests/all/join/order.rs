//! What comes out depends on the lines alone: not on the order of their pages, nor on how often each comes.

use std::fmt::Write as _;

use lambtop::model::Invocation;
use lambtop::store::invocations::Invocations;
use proptest::prelude::*;

use super::{Event, page};

/// One request of a story: its stream, how long the stream rests before it, how long it takes, and what is odd about it.
#[derive(Clone, Debug)]
struct Step {
    stream: usize,
    rest: i64,
    takes: i64,
    odd: Odd,
    lines: i64,
    again: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Odd {
    No,
    Cold,
    NoStart,
    NoReport,
    Thrown,
    TimedOut,
    Killed,
    Json,
    ForeignId,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let odd = prop_oneof![
        Just(Odd::No),
        Just(Odd::Cold),
        Just(Odd::NoStart),
        Just(Odd::NoReport),
        Just(Odd::Thrown),
        Just(Odd::TimedOut),
        Just(Odd::Killed),
        Just(Odd::Json),
        Just(Odd::ForeignId),
    ];
    let step = (0..3_usize, 0..5_000_i64, 1..400_i64, odd, 0..3_i64, proptest::bool::weighted(0.2));
    let step = step.prop_map(|(stream, rest, takes, odd, lines, again)| Step {
        stream,
        rest,
        takes,
        odd,
        lines,
        again,
    });
    proptest::collection::vec(step, 1..14)
}

/// The events of a story.
fn events(steps: &[Step]) -> Vec<(i64, char, String)> {
    let mut clocks = [0_i64; 3];
    let mut events = Vec::new();
    let mut last: Option<(String, bool)> = None;
    for (number, step) in steps.iter().enumerate() {
        let stream = char::from(b'a' + step.stream as u8);
        let clock = &mut clocks[step.stream];
        *clock += step.rest;
        let fresh = format!("{number:08x}-0000-4000-8000-0000000000aa");
        // Only what ended can be tried again.
        let (id, odd) = match &last {
            Some((id, true)) if step.again => {
                *clock += 60_000;
                (id.clone(), Odd::Thrown)
            }
            _ => (fresh, step.odd),
        };
        let mut say = |at: i64, text: String| events.push((at, stream, text));
        if odd == Odd::Cold {
            say(*clock, "INIT_START Runtime Version: python:3.12.v27\n".to_owned());
            say(*clock + 30, "connecting".to_owned());
            *clock += 90;
        }
        let (from, to) = (*clock, *clock + step.takes);
        *clock = to + 1;
        if odd != Odd::NoStart {
            say(
                from,
                match odd {
                    Odd::Json => format!(
                        r#"{{"time":"x","type":"platform.start","record":{{"requestId":"{id}","version":"8"}}}}"#
                    ),
                    _ => format!("START RequestId: {id} Version: $LATEST\n"),
                },
            );
        }
        for line in 0..step.lines {
            let at = from + step.takes * (line + 1) / (step.lines + 2);
            say(
                at,
                match line {
                    0 => format!("2026-03-01T12:00:00.060Z\t{id}\tINFO\tline {number}\n"),
                    _ => format!("line {number} without an id"),
                },
            );
        }
        match odd {
            Odd::Thrown => {
                say(to, "[ERROR] ValueError: no amount\nTraceback (most recent call last):\n".to_owned());
            }
            Odd::ForeignId => say(
                to,
                format!(
                    r#"{{"level":"ERROR","requestId":"{number:08x}-ffff-4000-8000-0000000000bb","message":"upstream"}}"#
                ),
            ),
            _ => {}
        }
        if odd != Odd::NoReport {
            let mut report = String::new();
            let _ = match odd {
                Odd::Json => write!(
                    report,
                    r#"{{"time":"x","type":"platform.report","record":{{"requestId":"{id}","status":"error","errorType":"E{number}","metrics":{{"durationMs":{},"maxMemoryUsedMB":90}}}}}}"#,
                    step.takes
                ),
                _ => writeln!(
                    report,
                    "REPORT RequestId: {id}\tDuration: {} ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB{}",
                    step.takes,
                    if odd == Odd::Cold { "\tInit Duration: 88.00 ms" } else { "" }
                ),
            };
            say(to, report);
        }
        match odd {
            Odd::TimedOut => {
                say(to + 1, format!("2026-03-01T12:00:03.004Z {id} Task timed out after 3.00 seconds\n\n"));
            }
            Odd::Killed => say(
                to + 1,
                format!(
                    "RequestId: {id} Error: Runtime exited with error: signal: killed\nRuntime.ExitError\n"
                ),
            ),
            _ => {}
        }
        last = Some((id, !matches!(odd, Odd::NoReport | Odd::NoStart)));
    }
    events
}

/// All of them, without what may depend on the order: which attempt was found first.
fn told(invocations: &Invocations) -> Vec<Invocation> {
    let mut all: Vec<Invocation> = invocations.by_start().collect();
    for one in &mut all {
        one.key.attempt = 0;
    }
    all.sort_by_key(|one| (one.start, one.key.request, one.stream.name.clone()));
    all
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_order_in_which_lines_come_and_how_often_changes_nothing(
        steps in steps(),
        seed in any::<u64>(),
        size in 1..9_usize,
    ) {
        let events = events(&steps);
        let events: Vec<Event<'_>> = events.iter().map(|(at, stream, text)| (*at, *stream, &**text)).collect();
        let mut sorted = events.clone();
        sorted.sort_by_key(|event| event.0);
        let mut whole = Invocations::default();
        whole.take(&page(&sorted));

        let chance = |at: usize| (seed ^ at as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mut shuffled: Vec<(u64, Event<'_>)> = events.iter().enumerate().map(|(at, event)| (chance(at), *event)).collect();
        shuffled.sort_by_key(|(key, _)| *key);
        let shuffled: Vec<Event<'_>> = shuffled.into_iter().map(|(_, event)| event).collect();
        let mut parts = Invocations::default();
        for chunk in shuffled.chunks(size) {
            let mut chunk = chunk.to_vec();
            chunk.sort_by_key(|event| event.0);
            parts.take(&page(&chunk));
        }
        let (some, all) = (told(&parts), told(&whole));
        for (one, other) in some.iter().zip(&all) {
            prop_assert_eq!(one, other);
        }
        prop_assert_eq!(some.len(), all.len());
        prop_assert_eq!(parts.len(), parts.by_start().count());

        let revision = parts.revision();
        parts.take(&page(&sorted));
        prop_assert_eq!(parts.revision(), revision, "the same again changes nothing");
    }
}

#[test]
fn a_function_that_prints_starts_or_reports_of_one_request_without_end_makes_few_attempts_of_it() {
    let start = "START RequestId: $A Version: 1".to_owned();
    let report = |n: i64| {
        format!("REPORT RequestId: $A\tDuration: {n}.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t")
    };
    for texts in [vec![start; 2_000], (0..2_000).map(report).collect()] {
        let events: Vec<Event<'_>> =
            texts.iter().zip(0..).map(|(text, at)| (at, 'a', text.as_str())).collect();
        let page = page(&events);
        let mut held = Invocations::default();
        held.take(&page);
        assert_eq!(held.len(), 16);
        let revision = held.revision();
        held.take(&page);
        assert_eq!(held.revision(), revision, "the same again changes nothing");
    }
}

#[test]
fn a_late_line_of_a_request_that_was_let_go_is_not_counted_once_more() {
    let request = |number: i64| format!("8f5bd2c1-22a3-4b6e-9a44-{number:012x}");
    let start = |number: i64| format!("START RequestId: {} Version: 1\n", request(number));
    let report = |number: i64, ms: i64| {
        format!(
            "REPORT RequestId: {}\tDuration: {ms}.00 ms\tBilled Duration: 1 ms\tMemory Size: 128 MB\t",
            request(number)
        )
    };
    let quick = |numbers: std::ops::Range<i64>| {
        numbers
            .flat_map(|number| [(number * 1_000, start(number)), (number * 1_000 + 10, report(number, 10))])
    };
    let take = |held: &mut Invocations, stream: char, lines: Vec<(i64, String)>| {
        let events: Vec<Event<'_>> = lines.iter().map(|(at, text)| (*at, stream, text.as_str())).collect();
        held.take(&page(&events));
    };
    let mut held = Invocations::default();
    held.set_limit(64);
    take(&mut held, 'a', vec![(0, start(0))]);
    take(&mut held, 'b', quick(1..200).collect());
    let all = |held: &Invocations| held.evicted() + held.len() as u64;
    assert!(held.len() <= 64 && all(&held) == 200, "{} and {}", held.len(), held.evicted());
    // It began before all that are held, and is let go again.
    take(&mut held, 'a', vec![(200_000, report(0, 200_000))]);
    take(&mut held, 'b', quick(201..300).collect());
    assert!(held.by_start().all(|one| one.start.millis() > super::NOON));
    assert_eq!(all(&held), 299);
}
