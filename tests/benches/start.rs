//! How quickly the program starts, and how much it writes while it is watched, in a real pseudo-terminal.
//!
//! `cargo bench --bench start`, in release. Prints; asserts no time, only that what is measured happens.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "the tests look at more than the benches")]
mod terminal;

use std::thread::sleep;
use std::time::{Duration, Instant};

use terminal::Terminal;

/// How often the short things are measured.
const TIMES: usize = 20;
/// How long the screen settles before its output is counted, and how long it is counted.
const SETTLING: Duration = Duration::from_secs(15);
const WATCHING: usize = 60;

fn main() {
    // `cargo test --benches` only wants to know that it can be built.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    starting();
    watching();
}

/// From the start of the process to its first whole frame.
fn starting() {
    let mut first = Vec::new();
    for _ in 0..TIMES {
        first.push(Terminal::demo().first_frame());
    }
    report("first full frame after the start", first);
}

/// What watching the demo at 120x40 writes.
fn watching() {
    let mut terminal = Terminal::open_demo();
    sleep(SETTLING);
    println!("\n{} bytes until {SETTLING:?} after the start", terminal.written().len());
    let mut seconds: Vec<usize> = Vec::new();
    let begin = Instant::now();
    for second in 1..=WATCHING as u64 {
        let before = terminal.written().len();
        sleep((begin + Duration::from_secs(second)).saturating_duration_since(Instant::now()));
        seconds.push(terminal.written().len() - before);
    }
    seconds.sort_unstable();
    let sum: usize = seconds.iter().sum();
    println!(
        "watching for {WATCHING} s: {} B/s, quietest second {} B, busiest {} B",
        sum / WATCHING,
        seconds.first().copied().unwrap_or_default(),
        seconds.last().copied().unwrap_or_default(),
    );
    terminal.press("q");
    terminal.ended();
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let median = times[times.len() / 2];
    let worst = times[times.len() - 1];
    println!("\n{what}: median {median:.1?}, worst {worst:.1?} of {}\n", times.len());
}
