//! The terminal goes away: the program is gone soon after, whoever ignores what.

use std::time::Duration;

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_open};

/// How often each way is tried.
const TIMES: usize = 5;

/// Opens the demo by a shell script, takes its terminal away, and sees it end by itself, without a core.
fn hung_up(script: &str) {
    let mut worst = Duration::ZERO;
    for _ in 0..TIMES {
        let mut terminal = Terminal::shell(script);
        terminal.wait("the screen is open", is_open);
        terminal.hang_up();
        let ended = terminal.ended();
        assert_eq!((ended.code, ended.signal), (129, None));
        worst = worst.max(ended.after);
    }
    println!("{TIMES} hang-ups, at worst {worst:?}");
}

#[test]
fn a_hang_up_ends_it() {
    hung_up(&format!("exec {LAMBTOP} {DEMO}"));
}

#[test]
fn a_hang_up_ends_it_where_sighup_is_ignored() {
    hung_up(&format!("trap '' HUP; exec {LAMBTOP} {DEMO}"));
}

#[test]
fn a_hang_up_ends_it_where_the_terminal_does_not_control_it() {
    // In a session of its own it gets no SIGHUP. The shell waits for it and hands on its exit code.
    hung_up(&format!("trap '' HUP; setsid --wait {LAMBTOP} {DEMO}"));
}
