//! How long the program outlives its terminal, in each way in which a terminal is lost, and how soon it leaves a
//! terminal that does not read: 250 ms at most.
//!
//! `cargo bench --bench hangup`. Prints; asserts no time, only that the program goes.

#![expect(clippy::print_stdout, reason = "the numbers are the result")]

#[path = "../pty/losing.rs"]
mod losing;
#[path = "../pty/terminal.rs"]
#[expect(dead_code, reason = "the tests look at more than the benches")]
mod terminal;

use std::time::Duration;

use terminal::{DEMO, LAMBTOP, Terminal, is_open};

const TIMES: usize = 20;

fn main() {
    // `cargo test --benches` only wants to know that it can be built.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for (way, lose) in losing::WAYS {
        report(way, (0..TIMES).map(|_| lose()).collect());
    }
    leave("q", |terminal| terminal.press("q"));
    leave("q, terminal stalled", |terminal| {
        stall(terminal);
        terminal.press("q");
    });
    leave("SIGTERM, terminal stalled", |terminal| {
        stall(terminal);
        terminal.signal("TERM");
    });
}

fn stall(terminal: &mut Terminal) {
    terminal.stall();
    terminal.fill();
}

fn leave(how: &str, end: fn(&mut Terminal)) {
    let once = || {
        let mut terminal = Terminal::shell(&format!("exec {LAMBTOP} {DEMO}"));
        terminal.wait("the screen is open", is_open);
        end(&mut terminal);
        terminal.ended().after
    };
    report(how, (0..TIMES).map(|_| once()).collect());
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    println!(
        "\n{what}: gone after {median:.1?} (median), {worst:.1?} (worst of {}), 250 ms allowed\n",
        times.len()
    );
}
