//! However the program ends, the terminal is as it was.

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_given_back, is_open};

/// Opens the demo, ends it somehow, and compares the terminal with what it was. Returns the exit code.
fn after(end: impl FnOnce(&mut Terminal)) -> u32 {
    let mut terminal = Terminal::shell(&format!("read go; exec {LAMBTOP} {DEMO}"));
    let before = terminal.settings();
    terminal.press("\n");
    terminal.wait("the screen is open", is_open);
    assert_ne!(terminal.settings(), before, "input is raw while the screen is open");
    end(&mut terminal);
    let ended = terminal.ended();
    assert_eq!(ended.signal, None, "it ends by itself, without a core");
    assert_eq!(terminal.settings(), before);
    terminal.wait("the terminal is given back", is_given_back);
    let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
    let (wraps_not, wraps) = (written.rfind("\x1b[?7l"), written.rfind("\x1b[?7h"));
    assert!(wraps_not.is_some() && wraps > wraps_not, "long lines go on in the next one again");
    ended.code
}

#[test]
fn q_quits_and_leaves_the_terminal_as_it_was() {
    assert_eq!(after(|terminal| terminal.press("q")), 0);
}

#[test]
fn ctrl_c_quits_like_q() {
    assert_eq!(after(|terminal| terminal.press("\x03")), 0);
}

#[test]
fn deadly_signals_leave_the_terminal_as_it_was() {
    for (name, code) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        assert_eq!(after(|terminal| terminal.signal(name)), code, "SIG{name}");
    }
}

#[test]
fn a_shell_finds_settings_and_flags_as_they_were() {
    let state = "stty -g; grep flags /proc/self/fdinfo/0";
    let mut terminal = Terminal::shell(&format!(
        "before=$({state}); {LAMBTOP} {DEMO}; code=$?; after=$({state}); \
         [ \"$before\" = \"$after\" ] && echo \"same, code $code\" || echo \"$before then $after\"; read go"
    ));
    terminal.wait("the screen is open", is_open);
    terminal.press("q");
    terminal.wait_for("same, code 0");
}

/// The demo panics in that place after a second: the terminal is as it was, and it says what happened.
#[cfg(debug_assertions)]
fn after_a_panic_in(place: &str, report: &str) {
    let mut terminal = Terminal::shell(&format!("read go; LAMBTOP_PANIC={place} exec {LAMBTOP} {DEMO}"));
    let before = terminal.settings();
    terminal.press("\n");
    terminal.wait_for(report);
    terminal.wait("the terminal is given back", is_given_back);
    let ended = terminal.ended();
    assert_eq!((ended.code, ended.signal), (101, None), "it ends by itself, without a core");
    assert_eq!(terminal.settings(), before);
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_in_the_loop_restores_the_terminal_and_says_where_it_was() {
    after_a_panic_in("loop", "a defect, at src/run/defect.rs:");
}

#[test]
#[cfg(debug_assertions)]
fn so_does_a_panic_in_a_destructor_of_the_loop() {
    after_a_panic_in("drop", "a defect, at src/run/defect.rs:");
}

#[test]
#[cfg(debug_assertions)]
fn so_does_a_second_panic_in_a_task_that_already_panics() {
    after_a_panic_in("task-drop", "panic in a destructor during cleanup");
}

#[test]
#[cfg(debug_assertions)]
fn a_feed_that_panics_is_restarted_until_it_works_and_the_screen_says_so() {
    let mut terminal = Terminal::shell(&format!("LAMBTOP_PANIC=feed exec {LAMBTOP} {DEMO}"));
    terminal.wait_for("a background task failed, at src/run/defect.rs");
    terminal.wait_for("restarted 1x");
    terminal.wait_for("checkout-api");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_in_a_background_task_leaves_the_screen_alone_and_is_told_at_the_end() {
    let mut terminal =
        Terminal::shell(&format!("LAMBTOP_PANIC=task {LAMBTOP} {DEMO}; echo code $?; read go"));
    terminal.wait_for("a background task failed, at src/run/defect.rs");
    terminal.wait("two seconds have passed on the clock", |screen| {
        let text = screen.contents();
        (2..60).any(|second| text.contains(&format!("12:00:{second:02}")))
    });
    terminal.wait("the screen is open", is_open);
    terminal.press("q");
    terminal.wait_for("asked for by LAMBTOP_PANIC");
    terminal.wait_for("code 0");
}
