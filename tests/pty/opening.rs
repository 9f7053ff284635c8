//! What a person does first, and what happens where there is no screen.

use std::process::{Command, Stdio};

use crate::terminal::{LAMBTOP, Terminal, is_given_back};

#[test]
fn the_fleet_is_filtered_a_function_opened_and_the_terminal_given_back() {
    let mut terminal = Terminal::demo();
    println!("first frame after {:?}", terminal.first_frame());
    terminal.wait_for("checkout-api");
    println!("{} bytes so far", terminal.written().len());
    terminal.press("/pay");
    terminal.wait("only what matches is listed", |screen| {
        let text = screen.contents();
        text.contains("payment-capture") && !text.contains("checkout-api")
    });
    terminal.press("\r");
    terminal.wait("the filter is kept", |screen| !screen.contents().contains("checkout-api"));
    terminal.press("\r");
    terminal.wait_for("Functions › pay");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn pasted_text_is_text_and_never_a_key() {
    let mut terminal = Terminal::demo();
    terminal.wait_for("checkout-api");
    terminal.press("\x1b[200~q\x1b[201~/\x1b[200~pay\x1b[201~");
    terminal.wait("it went into the filter", |screen| {
        let text = screen.contents();
        text.contains("payment-capture") && !text.contains("checkout-api")
    });
}

#[test]
fn without_a_terminal_it_names_the_commands_that_need_none() {
    let output = Command::new(LAMBTOP).arg("demo").stdin(Stdio::null()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty(), "nothing reaches a pipe that is not asked for");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(error.contains("not a terminal") && error.contains("lambtop functions"), "{error}");
}

#[test]
fn a_dumb_terminal_is_told_so() {
    for set in ["TERM=dumb", "TERM="] {
        let mut terminal = Terminal::shell(&format!("{set} {LAMBTOP} demo; echo code $?; read go"));
        terminal.wait_for("lambtop functions");
        terminal.wait_for("code 2");
    }
}

/// A question would be answered on the keyboard, and on a slow link the answer would arrive as typed text.
#[test]
fn the_terminal_is_asked_nothing_and_only_known_modes_are_touched() {
    let mut terminal = Terminal::open_demo();
    terminal.press("?");
    terminal.press("q");
    terminal.press("q");
    terminal.ended();
    terminal.wait("the terminal is given back", is_given_back);
    let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
    for sequence in written.split('\x1b').skip(1) {
        let end = sequence[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(1, |at| at + 2);
        let sequence = &sequence[..end];
        let mode = sequence.strip_prefix("[?").map(|mode| mode.trim_end_matches(['h', 'l']));
        let known = match mode {
            Some(mode) => ["7", "25", "1000", "1006", "1049", "2004", "2026"].contains(&mode),
            None => {
                ["\\", "M"].contains(&sequence)
                    || sequence.starts_with('[') && sequence.ends_with(['m', 'H', 'C', 'J', 'K', 'X', 'r'])
            }
        };
        assert!(known, "ESC {sequence:?}");
    }
}
