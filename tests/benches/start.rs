//! How quickly the program starts and leaves, and how much it writes, in a real pseudo-terminal.
//!
//! `cargo bench --bench start`, in release. Prints; asserts no time, only that what is measured happens.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "the tests look at more than the benches")]
mod terminal;

use std::thread::sleep;
use std::time::{Duration, Instant};

use terminal::{DEMO, LAMBTOP, Terminal, is_open};

/// How often the short things are measured.
const TIMES: usize = 20;
/// How long the screen settles before its output is counted, and how long it is counted.
const SETTLING: Duration = Duration::from_secs(15);
const WATCHING: usize = 60;

fn main() {
    // `cargo test --benches` only wants to know that it runs.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    starting();
    leaving();
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

/// From the last straw to the end of the process.
fn leaving() {
    let leave = |what: &str, script: &str, end: &dyn Fn(&mut Terminal)| {
        let times = (0..TIMES).map(|_| {
            let mut terminal = Terminal::shell(script);
            terminal.wait("the screen is open", is_open);
            end(&mut terminal);
            terminal.ended().after
        });
        report(what, times.collect());
    };
    let plain = format!("exec {LAMBTOP} {DEMO}");
    leave("q to the end", &plain, &|terminal| terminal.press("q"));
    leave("q to the end, terminal stalled", &plain, &|terminal| {
        terminal.stall();
        terminal.fill();
        terminal.press("q");
    });
    leave("SIGTERM to the end, terminal stalled", &plain, &|terminal| {
        terminal.stall();
        terminal.fill();
        terminal.signal("TERM");
    });
    leave("hang-up to the end", &plain, &Terminal::hang_up);
    let ignoring = format!("trap '' HUP; {plain}");
    leave("hang-up to the end, SIGHUP ignored", &ignoring, &Terminal::hang_up);
    let detached = format!("trap '' HUP; setsid --wait {LAMBTOP} {DEMO}");
    leave("hang-up to the end, no controlling terminal", &detached, &Terminal::hang_up);
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
