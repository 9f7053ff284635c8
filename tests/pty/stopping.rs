//! Ctrl-Z and `fg`: the shell gets its terminal, and the screen comes back.

use crate::losing::gone;
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
    let mut terminal =
        Terminal::shell(&format!("set -m; {LAMBTOP} {DEMO}; echo \"job $(jobs -p) stopped\"; read go"));
    terminal.wait("the screen is open", is_open);
    terminal.press("\x1a");
    terminal.wait_for(" stopped");
    let text = terminal.text();
    let job =
        text.split_once("job ").and_then(|(_, rest)| rest.split_once(' ')).expect("its number is shown").0;
    terminal.hang_up();
    terminal.ended();
    gone(job.parse().expect("a process id"));
}
