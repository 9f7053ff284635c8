//! What it takes to join a million log events into invocations, and to hold those: beside the plain alternative, a map of
//! whole invocations by request id, in the same run.
//!
//! `cargo bench --bench join`, in release. Prints; asserts no time, only how many there are.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

mod machine;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lambtop::model::{
    ErrorNote, Fault, GroupKey, Level, LineKind, LogPage, LogRow, LogStream, RequestFigures, RequestId,
    RequestNotes, Scope, Timestamp, TraceId,
};
use lambtop::store::invocations::Invocations;
use machine::{mixed, resident};

/// Events of a request: START, four lines, END, REPORT.
const LINES: u64 = 7;
/// A page of `FilterLogEvents` ends at 10,000 events or at 1 MB.
const PAGE: u64 = 5_000;
/// Environments that are busy at the same time.
const STREAMS: u64 = 60;
const START: i64 = 1_772_366_400_000;

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let small = std::env::args().any(|argument| argument == "--test");
    let events = if small { 35_000 } else { 1_050_000 };
    let pages: Vec<LogPage> = (0..events / PAGE).map(|page| filled(page * PAGE)).collect();
    let requests = (events / LINES) as usize;

    let before = resident();
    let (mut held, took) = joined(&pages, 1_000_000);
    assert!(held.len().abs_diff(requests) <= 1, "{} of {requests}", held.len());
    println!("\n{events} events, {} invocations", held.len());
    println!("oldest page first: {} ns an event", each(took, events));
    println!("  resident {} bytes an invocation", resident().saturating_sub(before) / held.len().max(1));
    let (views, took) = timed(|| held.by_start().filter(|one| one.cold).count());
    println!("  all {} of them by value: {took:.1?} ({views} cold)", held.len());
    let revision = held.revision();
    let (again, took) = timed(|| pages.iter().for_each(|page| held.take(page)));
    println!("  the same again: {} ns an event{}", each(took, events), again_changes(revision, &held, again));
    let (found, took) = timed(|| held.changed_since(revision).count());
    println!("  what has changed since: {took:.1?} ({found})");

    let reversed: Vec<LogPage> = pages.iter().rev().cloned().collect();
    let (backwards, took) = joined(&reversed, 1_000_000);
    assert_eq!(backwards.len(), held.len());
    println!("newest page first: {} ns an event", each(took, events));
    drop(backwards);
    let (bounded, took) = joined(&pages, requests * 2 / 3);
    println!(
        "bounded to {}: {} ns an event, {} evicted",
        requests * 2 / 3,
        each(took, events),
        bounded.evicted()
    );
    drop(bounded);

    let before = resident();
    let (map, took) = timed(|| plain(&pages));
    println!("plain map of whole requests: {} ns an event", each(took, events));
    println!("  resident {} bytes a request\n", resident().saturating_sub(before) / map.len().max(1));
    assert_eq!(map.len(), held.len());
}

fn again_changes(revision: u64, held: &Invocations, (): ()) -> &'static str {
    if held.revision() == revision { "" } else { ", and something changed" }
}

/// The best of some runs, and what the last one came to.
fn joined(pages: &[LogPage], limit: usize) -> (Invocations, Duration) {
    let mut best = Duration::MAX;
    let mut last = Invocations::default();
    for _ in 0..3 {
        last = Invocations::default();
        last.set_limit(limit);
        let ((), took) = timed(|| pages.iter().for_each(|page| last.take(page)));
        best = best.min(took);
    }
    (last, best)
}

/// What one would write first: no attempts, no lines without an id, no order.
#[derive(Default)]
struct Plain {
    start: Option<Timestamp>,
    figures: RequestFigures,
    notes: RequestNotes,
    stream: Option<Arc<str>>,
    last: Option<Timestamp>,
}

fn plain(pages: &[LogPage]) -> HashMap<RequestId, Plain> {
    let mut map: HashMap<RequestId, Plain> = HashMap::new();
    for page in pages {
        let mut figures = page.figures.iter().peekable();
        let mut notes = page.notes.iter().peekable();
        for (at, row) in page.rows.iter().enumerate() {
            let Some(request) = row.request else { continue };
            let own = map.entry(request).or_default();
            own.last = own.last.max(Some(row.timestamp));
            if row.kind == LineKind::Start {
                own.start = Some(row.timestamp);
                own.stream = Some(Arc::clone(&page.streams[row.stream as usize].name));
            }
            if let Some((_, figures)) = figures.next_if(|(of, _)| *of as usize == at) {
                own.figures = *figures;
            }
            if let Some((_, notes)) = notes.next_if(|(of, _)| *of as usize == at) {
                own.notes = notes.clone();
            }
        }
    }
    map
}

fn timed<T>(act: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let result = act();
    (result, begin.elapsed())
}

fn each(took: Duration, events: u64) -> u128 {
    took.as_nanos() / u128::from(events)
}

/// A function's log: requests of seven lines in many environments that take turns.
fn filled(from: u64) -> LogPage {
    let mut page =
        LogPage::new(GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/checkout-api"));
    page.streams = (0..STREAMS)
        .map(|n| LogStream {
            name: format!("2026/03/01/[42]{:032x}", mixed(n)).into(),
            function: None,
            version: None,
        })
        .collect();
    let version: Arc<str> = "42".into();
    for n in from..from + PAGE {
        // Rounds in which each environment serves one request: the lines of all come mixed.
        let (round, place) = (n / (LINES * STREAMS), n % (LINES * STREAMS));
        let (stream, line) = (place % STREAMS, place / STREAMS);
        let number = round * STREAMS + stream;
        let random = u128::from(mixed(number)) | u128::from(mixed(!number)) << 64;
        let request = RequestId::of_halves([(random >> 64) as u64, random as u64]);
        let at = Timestamp::from_millis(START + (n * 4 / 5).cast_signed());
        let row = page.rows.len() as u32;
        let (kind, mut level) = match line {
            0 => (LineKind::Start, None),
            5 => (LineKind::End, None),
            6 => (LineKind::Report, None),
            _ => (LineKind::Application, Some(Level::Info)),
        };
        match line {
            0 => page
                .notes
                .push((row, RequestNotes { version: Some(Arc::clone(&version)), ..RequestNotes::default() })),
            3 if number.is_multiple_of(40) => {
                level = Some(Level::Error);
                let message = format!("The conditional request failed for order={}", number % 5_000).into();
                let error = Some(Arc::new(ErrorNote { kind: "ConditionalCheckFailed".into(), message }));
                let fault = Some(Fault::Handled);
                page.notes.push((row, RequestNotes { fault, error, ..RequestNotes::default() }));
            }
            6 => {
                page.figures.push((
                    row,
                    RequestFigures {
                        duration_ms: Some(280.25),
                        billed_ms: Some(281.0),
                        memory_mb: Some(1024.0),
                        max_memory_mb: Some(97.0),
                        init_ms: (round == 0).then_some(512.5),
                        ..RequestFigures::default()
                    },
                ));
                let trace = Some(TraceId::of_halves([mixed(number), number]));
                let sampled = Some(number.is_multiple_of(20));
                page.notes.push((row, RequestNotes { trace, sampled, ..RequestNotes::default() }));
            }
            _ => {}
        }
        page.rows.push(LogRow {
            timestamp: at,
            ingested: at,
            id: mixed(n),
            stream: stream as u32,
            text_end: 0,
            event_id_end: 0,
            level,
            kind,
            request: Some(request),
            provisional: false,
            late: false,
        });
    }
    page
}
