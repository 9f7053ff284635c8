//! The terminal stops reading: frames are skipped, keys still work, and leaving takes no longer than ever.

use crate::terminal::{Terminal, is_given_back};

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
fn a_terminal_that_reads_again_shows_what_was_typed_meanwhile() {
    let mut terminal = Terminal::open_demo();
    terminal.wait_for("checkout-api");
    terminal.stall();
    terminal.fill();
    terminal.press("/pay");
    terminal.read_on();
    terminal.wait("only what matches is listed", |screen| {
        let text = screen.contents();
        text.contains("payment-capture") && !text.contains("checkout-api")
    });
}
