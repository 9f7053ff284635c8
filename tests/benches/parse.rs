//! How long a log line takes to be read, and the plain alternative for the same lines in the same run: captures of a
//! regular expression for text, `serde_json::Value` for JSON. The ratio carries over to other machines; the times do not.
//!
//! `cargo bench --bench parse`

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

use std::hint::black_box;
use std::time::Instant;

use lambtop::parse::log::read;
use regex::Regex;
use serde_json::Value;

const REPORT: &str = "REPORT RequestId: 3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\tDuration: 171.02 ms\tBilled Duration: 172 ms\tMemory Size: 1024 MB\tMax Memory Used: 141 MB\tInit Duration: 611.74 ms\t\nXRAY TraceId: 1-69a8f3c0-5b1e7d2f4a6c8e0b9d3f7a51\tSegmentId: 6c1f0a9be27d4835\tSampled: true\t\n";
const PLATFORM: &str = r#"{"time":"2026-03-01T12:00:00.123Z","type":"platform.report","record":{"requestId":"3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4","metrics":{"durationMs":2599.4,"billedDurationMs":2600,"memorySizeMB":128,"maxMemoryUsedMB":94,"initDurationMs":549.04},"tracing":{"spanId":"6c1f0a9be27d4835","type":"X-Amzn-Trace-Id","value":"Root=1-69a8f3c0-5b1e7d2f4a6c8e0b9d3f7a51;Parent=0efbd19962d95b05;Sampled=1"},"status":"success"}}"#;
const APPLICATION: &str = r#"{"timestamp":"2026-03-01T12:00:00.123Z","level":"INFO","requestId":"3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4","message":"charged order 4711 for customer 42 in 31 ms"}"#;

/// A request of a function that logs six lines, in the mix of its runtimes.
const MIXED: &[&str] = &[
    "START RequestId: 3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4 Version: $LATEST\n",
    "2026-03-01T12:00:00.123Z\t3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\tINFO\tcharged order 4711 for customer 42 in 31 ms\n",
    "2026-03-01T12:00:00.124Z\t3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\tWARN\tcache miss for customer 42\n",
    "[INFO]\t2026-03-01T12:00:00.125Z\t3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\tcharged order 4711\n",
    "2026/03/01 12:00:00 charged order 4711\n",
    "charged order 4711 for customer 42 in 31 ms\n",
    "    at Object.<anonymous> (/var/task/index.js:12:7)\n",
    "END RequestId: 3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\n",
    "REPORT RequestId: 3f1c9a52-7be4-4d0e-9c61-5a8e2f70b9d4\tDuration: 171.02 ms\tBilled Duration: 172 ms\tMemory Size: 1024 MB\tMax Memory Used: 141 MB\t\n",
];

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    let rounds = if std::env::args().any(|argument| argument == "--test") { 1 } else { 20_000 };
    let figures = r"^REPORT RequestId: (?<id>\S+)\s+(?:Init Duration: (?<early>[\d.]+) ms\s+)?Duration: (?<duration>[\d.]+) ms\s+Billed Duration: (?<billed>[\d.]+) ms\s+Memory Size: (?<memory>\d+) MB\s+Max Memory Used: (?<used>\d+) MB\s*(?:Init Duration: (?<init>[\d.]+) ms\s*)?(?:XRAY TraceId: (?<trace>\S+)\s+SegmentId: (?<segment>\S+)\s+Sampled: (?<sampled>\S+)\s*)?$";
    let forms = [
        figures,
        r"^(?<word>START|END) RequestId: (?<id>\S+)(?: Version: (?<version>\S+))?\s*$",
        r"^(?<time>\S+)\t(?<id>\S+)\t(?<level>[A-Z]+)\t(?<message>(?s:.*))$",
        r"^\[(?<level>[A-Z]+)\]\t(?<time>\S+)\t(?<id>\S*)\t(?<message>(?s:.*))$",
    ]
    .map(|form| Regex::new(form).expect("the pattern is sound"));
    let captured = |line: &str| {
        let found = forms.iter().find_map(|form| form.captures(line));
        black_box(found.and_then(|found| Some(found.name("id")?.as_str().len())));
    };
    let built = |line: &str| drop(black_box(serde_json::from_str::<Value>(line)));
    compare("REPORT line", rounds, &[REPORT], "regex captures", captured);
    compare("mixed stream", rounds, MIXED, "regex captures", captured);
    compare("platform.report", rounds, &[PLATFORM], "serde_json::Value", built);
    compare("application JSON", rounds, &[APPLICATION], "serde_json::Value", built);
}

/// Prints the time of a line both ways.
fn compare(what: &str, rounds: usize, lines: &[&str], other: &str, plain: impl Fn(&str)) {
    let ours = best(rounds, lines, |line| {
        let reading = read(line);
        black_box((reading.kind, reading.level, reading.request_id(), reading.figures()));
    });
    let theirs = best(rounds, lines, plain);
    println!("{what}: {ours:.0} ns a line; {other} {theirs:.0} ns, {:.1} times as long", theirs / ours);
}

/// The best of ten runs, in nanoseconds a line.
fn best(rounds: usize, lines: &[&str], read: impl Fn(&str)) -> f64 {
    (0..10)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..rounds {
                for line in lines {
                    read(black_box(line));
                }
            }
            begin.elapsed().as_nanos() as f64 / (rounds * lines.len()) as f64
        })
        .fold(f64::INFINITY, f64::min)
}
