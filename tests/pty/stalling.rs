//! The terminal stops reading: frames are skipped, keys still work, and leaving takes no longer than ever.

use crate::terminal::{Terminal, is_given_back, is_open};

/// Stops reading, and goes on typing.
fn stalled() -> Terminal {
    let mut terminal = Terminal::open_demo();
    terminal.stall();
    terminal.fill();
    for _ in 0..100 {
        terminal.press("jjjjjjjjjjkkkkkkkkkk");
    }
    terminal
}

#[test]
fn q_leaves_a_terminal_that_does_not_read() {
    let mut terminal = stalled();
    terminal.press("q");
    let ended = terminal.ended();
    assert_eq!((ended.code, ended.signal), (0, None));
    terminal.read_on();
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn a_signal_leaves_a_terminal_that_does_not_read() {
    let mut terminal = stalled();
    terminal.signal("TERM");
    let ended = terminal.ended();
    assert_eq!((ended.code, ended.signal), (143, None));
    terminal.read_on();
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn a_terminal_that_reads_again_shows_the_newest_frame() {
    let mut terminal = stalled();
    terminal.resize(100, 30);
    terminal.read_on();
    terminal.wait("the new size is drawn", is_open);
}
