//! What it takes to hold a million log lines with the requests that wrote them, and to search them: beside a plain arena in the same run.
//!
//! `cargo bench --bench lines`, in release. Prints; asserts no time, only that both find the same.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

mod machine;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread;
use std::time::{Duration, Instant};

use lambtop::model::{
    GroupKey, Level, LineKind, LogPage, LogRow, LogStream, RequestFigures, RequestId, RequestNotes, Scope,
    TimeRange, Timestamp, TraceId,
};
use lambtop::query::{LineMatcher, Query};
use lambtop::store::invocations::Invocations;
use lambtop::store::lines::{GroupId, LineKey, Lines, Piece, Reader, Scratch, Search, SearchId};
use machine::{mixed, resident};

const EVENTS: u64 = 1_000_000;
/// A page of `FilterLogEvents` ends at 10,000 events or at 1 MB.
const PAGE: u64 = 5_000;
/// Lines that a screen shows.
const SCREENFUL: u64 = 50;
const START: i64 = 1_763_733_600_000;
const TIMES: usize = 7;

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let small = std::env::args().any(|argument| argument == "--test");
    let events = if small { 20_000 } else { EVENTS };
    let empty = resident();
    let mut lines = Lines::default();
    let mut invocations = Invocations::default();
    let text = hold(&mut lines, &mut invocations, events);
    let groups: Vec<GroupId> = lines.groups().map(|(id, _)| id).collect();
    println!(
        "\n{events} events of {} bytes and {} invocations: {:.1} MB resident in all ({:.1} before), lines {:.1} MB counted, \
         {} blocks\n",
        text / events,
        invocations.len(),
        megabytes(resident()),
        megabytes(empty),
        megabytes(lines.bytes()),
        lines.snapshot(&groups).len(),
    );
    assert_eq!(lines.total().held, events);
    screens(&lines, &groups);
    sweep(&mut lines, events);

    // The plain alternative: all texts in one arena.
    let (mut arena, mut ends) = (String::new(), Vec::new());
    for page in pages(events) {
        ends.extend(page.rows.iter().map(|row| arena.len() + row.text_end as usize));
        arena.push_str(&page.text);
    }
    for text in [
        "ConditionalCheckFailed",
        "conditionalcheckfailed",
        "/order=4[0-9]{3}7 /",
        "total level>=warn",
        ".items=3",
    ] {
        search(&lines, &groups, text, &arena, &ends);
    }
}

/// Takes all in, page by page, as the loop does, with a worker that does the chores.
fn hold(lines: &mut Lines, invocations: &mut Invocations, events: u64) -> u64 {
    let (mut joins, mut times, mut handing, mut chores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut text = 0;
    for page in pages(events) {
        text += page.text.len() as u64;
        let begin = Instant::now();
        invocations.take(&page);
        joins.push(begin.elapsed());
        let begin = Instant::now();
        lines.ingest(page);
        times.push(begin.elapsed());
        let begin = Instant::now();
        let mut worked = Duration::ZERO;
        while let Some(chore) = lines.chore() {
            let begin = Instant::now();
            let tidied = chore.run();
            worked += begin.elapsed();
            lines.finish(tidied);
        }
        chores.push(worked);
        handing.push(begin.elapsed().saturating_sub(worked));
    }
    report("joining a page of 5,000", &mut joins);
    report("taking in a page of 5,000", &mut times);
    report("handing its chores out and taking them back", &mut handing);
    report("the worker's part of a page", &mut chores);
    text
}

/// What a frame asks: the newest lines, the lines around the middle, how many are below.
fn screens(lines: &Lines, groups: &[GroupId]) {
    let middle = LineKey::at(Timestamp::from_millis(START + 400_000));
    let mut reader = Reader::default();
    let mut time = |what: &str, act: &mut dyn FnMut(&mut Reader)| {
        let mut times: Vec<_> = (0..TIMES)
            .map(|_| {
                let begin = Instant::now();
                act(&mut reader);
                begin.elapsed()
            })
            .collect();
        report(what, &mut times);
    };
    time("the newest 50 lines", &mut |reader| {
        assert_eq!(reader.before(lines, groups, LineKey::LAST, 50, None).rows.len(), 50);
    });
    time("50 lines around the middle", &mut |reader| {
        reader.before(lines, groups, middle, 25, None);
        reader.after(lines, groups, middle, 25, None);
    });
    time("how many are below", &mut |_| assert!(lines.count_after(groups, middle) > 0));
    let (first, last) = lines.span(groups).expect("there are lines");
    let range = TimeRange::new(first.timestamp, last.timestamp + Duration::from_millis(1));
    time("a histogram of 120 buckets", &mut |_| {
        assert_eq!(lines.histogram(groups, range, 120).buckets.len(), 120);
    });
}

/// The newest fifth is swept again: nothing is new.
fn sweep(lines: &mut Lines, events: u64) {
    let mut times = Vec::new();
    for page in pages(events).skip((events / PAGE * 4 / 5) as usize) {
        let begin = Instant::now();
        assert!(lines.ingest(page).is_empty());
        times.push(begin.elapsed());
    }
    report("taking in a page of 5,000 again", &mut times);
}

fn search(lines: &Lines, groups: &[GroupId], text: &str, arena: &str, ends: &[usize]) {
    let query: Arc<dyn LineMatcher> = Arc::new(Query::parse(text).expect("it parses"));
    println!("search {text}");
    let snapshot = lines.snapshot(groups);
    let begin = Instant::now();
    let again = lines.snapshot(groups);
    println!("  the snapshot: {:.1?} for {} pieces", begin.elapsed(), again.len());
    let plain = Query::parse(text).expect("it parses");
    let in_arena = |from: usize, to: usize| -> u64 {
        let page = LogPage::new(GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/x"));
        let stream = LogStream { name: "".into(), function: None, version: None };
        let mut found = 0;
        let (mut row, mut start) = (from, from.checked_sub(1).map_or(0, |before| ends[before]));
        let stop = ends[to - 1];
        while row < to {
            let Some(at) = plain.candidate(&arena[..stop], start) else { break };
            row += ends[row..to].partition_point(|end| *end <= at);
            if row >= to {
                break;
            }
            let begin = row.checked_sub(1).map_or(0, |before| ends[before]);
            let line = lambtop::model::LogLine {
                group: &page.group,
                timestamp: Timestamp::from_millis(0),
                ingested: Timestamp::from_millis(0),
                id: 0,
                event_id: "",
                stream: &stream,
                message: &arena[begin..ends[row]],
                level: None,
                kind: LineKind::Application,
                request: None,
                provisional: false,
                figures: None,
                late: false,
            };
            found += u64::from(LineMatcher::matches(&plain, &line));
            start = ends[row];
            row += 1;
        }
        found
    };
    for threads in [1, 2] {
        let (mut first, mut all, mut found) = (Vec::new(), Vec::new(), 0);
        for _ in 0..TIMES {
            let (screenful, whole, hits) = timed(&snapshot, &query, threads);
            first.push(screenful);
            all.push(whole);
            found = hits;
        }
        let mut arena_times = Vec::new();
        let mut in_plain = 0;
        for _ in 0..TIMES {
            let begin = Instant::now();
            let part = ends.len().div_ceil(threads);
            in_plain = thread::scope(|scope| {
                let parts: Vec<_> = (0..threads)
                    .map(|at| scope.spawn(move || in_arena(at * part, ((at + 1) * part).min(ends.len()))))
                    .collect();
                parts.into_iter().map(|part| part.join().expect("no panic")).sum()
            });
            arena_times.push(begin.elapsed());
        }
        // The best of all: others share these cores.
        let [first, all, arena] =
            [&first, &all, &arena_times].map(|times| times.iter().min().copied().unwrap_or_default());
        println!(
            "  {threads} threads: {found} hits; first {SCREENFUL} in {first:.1?}, all in {all:.1?}; plain arena {arena:.1?} \
             ({in_plain} hits), ratio {:.2}",
            all.as_secs_f64() / arena.as_secs_f64()
        );
    }
    println!();
}

/// Time to the first screenful, to the end, and the hits.
fn timed(pieces: &[Piece], matcher: &Arc<dyn LineMatcher>, threads: usize) -> (Duration, Duration, u64) {
    let begin = Instant::now();
    let newest = Arc::new(AtomicU64::new(1));
    let search = Search::new(SearchId(1), pieces.to_vec(), Arc::clone(matcher), newest, 100_000);
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (search, sender) = (&search, sender.clone());
            scope.spawn(move || {
                let mut scratch = Scratch::default();
                while let Some(hits) = search.step(&mut scratch) {
                    sender.send(hits).expect("someone listens");
                }
            });
        }
        drop(sender);
        let mut first = None;
        let (mut keys, mut found) = (0, 0);
        for hits in receiver {
            keys += hits.keys.len() as u64;
            found = found.max(hits.found);
            if keys >= SCREENFUL && first.is_none() {
                first = Some(begin.elapsed());
            }
        }
        (first.unwrap_or_else(|| begin.elapsed()), begin.elapsed(), found)
    })
}

/// A function's log: text and JSON lines of requests, each with its platform lines, from twenty environments.
fn pages(events: u64) -> impl Iterator<Item = LogPage> {
    (0..events / PAGE).map(|page| filled(page * PAGE))
}

fn filled(from: u64) -> LogPage {
    let mut page =
        LogPage::new(GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/checkout-api"));
    page.streams = (0..20)
        .map(|n| LogStream {
            name: format!("2026/11/21/[42]{:032x}", mixed(n)).into(),
            function: None,
            version: None,
        })
        .collect();
    let mut id = String::new();
    for n in from..from + PAGE {
        let request = n / 6;
        let hash = mixed(n);
        let random = u128::from(mixed(request)) | u128::from(mixed(!request)) << 64;
        id.clear();
        write!(
            id,
            "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
            random as u32,
            (random >> 32) as u16,
            random >> 48 & 0xfff,
            random >> 60 & 0xfff,
            random >> 72 & 0xffff_ffff_ffff
        )
        .expect("a string takes all");
        let at = START + n.cast_signed() * 4 / 5;
        let stamp = Timestamp::from_millis(at).utc().expect("a date").format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let (kind, level, figures) = match n % 6 {
            0 => {
                writeln!(page.text, "START RequestId: {id} Version: 42").expect("a string takes all");
                (LineKind::Start, None, None)
            }
            5 => {
                let duration = (hash % 90_000) as f64 / 100.0;
                writeln!(
                    page.text,
                    "REPORT RequestId: {id}\tDuration: {duration} ms\tBilled Duration: {} ms\tMemory Size: 1024 MB\tMax Memory \
                     Used: {} MB\t\nXRAY TraceId: 1-{:08x}-{:024x}\tSegmentId: {:016x}\tSampled: true\t",
                    duration.ceil(), 90 + hash % 200, at / 1000, u128::from(mixed(hash)) * 7, hash
                )
                .expect("a string takes all");
                let figures = RequestFigures {
                    duration_ms: Some(duration),
                    memory_mb: Some(1024.0),
                    ..RequestFigures::default()
                };
                (LineKind::Report, None, Some(figures))
            }
            1 | 3 => {
                writeln!(
                    page.text,
                    "{{\"timestamp\":\"{stamp}\",\"level\":\"INFO\",\"requestId\":\"{id}\",\"message\":\"cart total \
                     calculated\",\"order\":{},\"items\":{},\"total\":{}.{:02},\"customer\":\"c-{:06}\"}}",
                    hash % 100_000, hash >> 20 & 15, hash >> 24 & 0xfff, hash >> 40 & 63, hash >> 44 & 0xf_ffff
                )
                .expect("a string takes all");
                (LineKind::Application, Some(Level::Info), None)
            }
            _ if hash.is_multiple_of(211) => {
                writeln!(
                    page.text,
                    "{stamp}\t{id}\tERROR\tConditionalCheckFailedException: The conditional request failed for order={} \
                     \n    at PaymentLedger.put (/var/task/ledger.js:{}:17)\n    at async handler (/var/task/index.js:42:5)",
                    hash % 50_000, hash >> 30 & 255
                )
                .expect("a string takes all");
                (LineKind::Application, Some(Level::Error), None)
            }
            _ => {
                writeln!(
                    page.text,
                    "{stamp}\t{id}\tINFO\tcalled inventory-reserve for sku={:08x} order={} in {} ms, attempt {} of 3, stock left \
                     {} at warehouse eu-{}",
                    hash as u32, hash % 50_000, hash >> 32 & 511, 1 + (hash >> 41 & 1), hash >> 44 & 1023, hash >> 54 & 15
                )
                .expect("a string takes all");
                (LineKind::Application, Some(Level::Info), None)
            }
        };
        if let Some(figures) = figures {
            let trace = Some(TraceId::of_halves([mixed(hash), at.cast_unsigned()]));
            page.notes.push((page.rows.len() as u32, RequestNotes { trace, ..RequestNotes::default() }));
            page.figures.push((page.rows.len() as u32, figures));
        }
        page.rows.push(LogRow {
            timestamp: Timestamp::from_millis(at),
            ingested: Timestamp::from_millis(at + 300 + (hash % 2_000).cast_signed()),
            id: mixed(hash),
            stream: (request % 20) as u32,
            text_end: page.text.len() as u32,
            event_id_end: 0,
            level,
            kind,
            request: RequestId::parse(&id),
            provisional: false,
            late: false,
        });
    }
    page
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let (best, median, worst) = (times[0], times[times.len() / 2], times[times.len() - 1]);
    let sum: Duration = times.iter().sum();
    println!(
        "{what}: best {best:.1?}, median {median:.1?}, worst {worst:.1?} of {}, {sum:.1?} in all",
        times.len()
    );
}
