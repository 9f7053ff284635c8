//! Ctrl-Z and `fg`: the shell gets its terminal, and the screen comes back.

use std::thread::sleep;
use std::time::Duration;

use crate::losing::{gone, is_running, open};
use crate::terminal::{DEMO, LAMBTOP, Terminal, is_given_back, is_open, send};

/// A shell with job control that starts the demo, and after a stop waits for a line before it goes on.
fn in_a_shell() -> Terminal {
    let mut terminal = Terminal::shell(&format!(
        "set -m; before=$(stty -g); {LAMBTOP} {DEMO}; \
         [ \"$before\" = \"$(stty -g)\" ] && echo stopped with the same settings; \
         read go; eval \"$go\"; echo \"code $?\"; read go"
    ));
    terminal.wait("the screen is open", is_open);
    terminal
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let mut terminal = in_a_shell();
    terminal.press("\x1a");
    terminal.wait_for("stopped with the same settings");
    terminal.wait("the terminal is given back", is_given_back);
    terminal.press("fg\n");
    terminal.wait("the screen is open again", is_open);
    terminal.press("q");
    terminal.wait_for("code 0");
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn a_job_that_is_killed_while_it_is_stopped_does_not_take_the_terminal_again() {
    let mut terminal = in_a_shell();
    terminal.press("\x1a");
    terminal.wait_for("stopped with the same settings");
    terminal.press("kill %1; fg\n");
    terminal.wait_for("code 143");
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn ctrl_z_does_nothing_where_no_shell_would_wake_it() {
    let mut terminal = Terminal::open_demo();
    terminal.press("\x1a");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
fn a_stop_from_outside_is_survived() {
    let mut terminal = Terminal::open_demo();
    terminal.signal("STOP");
    send("CONT", terminal.pid());
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
    terminal.wait("the terminal is given back", is_given_back);
}

#[test]
fn a_stopped_job_dies_with_its_terminal() {
    let mut terminal = Terminal::shell(&format!("set -m; {LAMBTOP} {DEMO}; echo it stopped; read go"));
    let job = open(&mut terminal);
    terminal.press("\x1a");
    terminal.wait_for("it stopped");
    assert!(is_running(job));
    terminal.hang_up();
    terminal.ended();
    gone(job);
}

#[test]
fn sigtstp_gives_the_terminal_to_the_shell_as_ctrl_z_does() {
    let mut terminal = in_a_shell();
    send("TSTP", open(&mut terminal));
    terminal.wait_for("stopped with the same settings");
    terminal.wait("the terminal is given back", is_given_back);
    terminal.press("fg\n");
    terminal.wait("the screen is open again", is_open);
    terminal.press("q");
    terminal.wait_for("code 0");
}

#[test]
fn a_long_stop_is_noticed_and_what_happened_meanwhile_is_asked_for() {
    let mut terminal = Terminal::open_demo();
    terminal.wait_for("checkout-api");
    terminal.signal("STOP");
    sleep(Duration::from_millis(5_500));
    send("CONT", terminal.pid());
    terminal.wait_for("caught up after");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}
