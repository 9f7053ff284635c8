//! What different terminals, locales and colours get to see.

use vt100::{Color, Screen};

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_given_back};

/// Opens the demo in an environment, goes through its screens, and leaves; what it looked like, and all that it wrote.
fn through_the_screens(environment: &str, arguments: &str) -> (String, String) {
    let mut terminal = Terminal::shell(&format!(
        "{environment} exec {LAMBTOP} demo --seed 7 --now 2026-03-01T14:31:16Z {arguments}"
    ));
    terminal.wait(environment, is_judged);
    let fleet = terminal.text();
    terminal.press("\r");
    terminal.wait_for("timeout");
    for (keys, shows) in [
        ("?", "half a range earlier"),
        (":theme", "Enter runs"),
        ("T", "okabe"),
        ("o", "console.aws.amazon.com"),
    ] {
        terminal.press(keys);
        terminal.wait_for(shows);
        // An escape that is followed by something at once would be another key.
        terminal.press("\x1b");
        terminal.wait("it is closed", |screen| !screen.contents().contains(shows));
    }
    terminal.press("l");
    terminal.wait_for("seen to");
    terminal.wait("there are lines", |screen| screen.contents().contains("INFO"));
    terminal.press("G\x1b[5~kk");
    terminal.wait_for("follow is off");
    terminal.press("\x03");
    assert_eq!(terminal.ended().code, 0);
    terminal.wait("the terminal is given back", is_given_back);
    let written = String::from_utf8(terminal.written()).expect("the screen is UTF-8");
    (fleet, written)
}

/// The fleet and its troubles can be read.
fn is_judged(screen: &Screen) -> bool {
    let text = screen.contents();
    ["checkout-api", "errors since 14:02", "throttled", "INVOCATIONS"]
        .iter()
        .all(|words| text.contains(words))
}

#[test]
fn a_terminal_without_utf8_gets_no_byte_above_0x7e() {
    for (environment, arguments) in [
        ("LC_ALL=C", ""),
        ("LC_ALL=POSIX TERM=vt100 COLORTERM=", ""),
        ("LC_ALL=en_GB.ISO-8859-1", ""),
        ("TERM=linux COLORTERM=", ""),
        ("", "--ascii"),
    ] {
        let (fleet, written) = through_the_screens(environment, arguments);
        assert!(
            fleet.contains("X payment-capture"),
            "{environment} {arguments}: states are letters\n{fleet}"
        );
        let foreign = written.chars().find(|c| *c > '\x7e');
        assert_eq!(foreign, None, "{environment} {arguments}");
    }
}

#[test]
fn every_common_terminal_shows_the_fleet() {
    for term in [
        "linux",
        "vt100",
        "screen",
        "screen-256color",
        "tmux-256color",
        "xterm",
        "xterm-256color",
        "rxvt-unicode",
    ] {
        let environment = format!("TERM={term} COLORTERM=");
        let (fleet, written) = through_the_screens(&environment, "");
        let sign = if term == "linux" { "X payment-capture" } else { "✗ payment-capture" };
        assert!(fleet.contains(sign), "{term}: {sign}\n{fleet}");
        assert!(!written.contains("38;2;"), "{term} has not announced true colour");
    }
}

/// The colours of the letters on screen.
fn colours(screen: &Screen) -> Vec<Color> {
    let mut seen = Vec::new();
    let (rows, columns) = screen.size();
    for cell in
        (0..rows.get()).flat_map(|row| (0..columns.get()).filter_map(move |column| screen.cell(row, column)))
    {
        if cell.has_contents() && !seen.contains(&cell.fgcolor()) {
            seen.push(cell.fgcolor());
        }
    }
    seen
}

#[test]
fn as_many_colours_as_are_announced_and_states_in_signs_and_words_always() {
    type Allowed = fn(&Color) -> bool;
    let is_basic = |colour: &Color| matches!(colour, Color::Default | Color::Idx(0..16));
    let depths: [(&str, Allowed, usize); 4] = [
        ("NO_COLOR=1", |colour| *colour == Color::Default, 1),
        ("TERM=xterm COLORTERM=", |colour| matches!(colour, Color::Default | Color::Idx(0..16)), 3),
        ("TERM=xterm-256color COLORTERM=", |colour| matches!(colour, Color::Default | Color::Idx(_)), 5),
        ("TERM=xterm-256color COLORTERM=truecolor", |_| true, 5),
    ];
    for (environment, allowed, least) in depths {
        let mut terminal = Terminal::shell(&format!(
            "{environment} exec {LAMBTOP} demo --seed 7 --now 2026-03-01T14:31:16Z"
        ));
        terminal.wait(environment, is_judged);
        terminal.look(|screen| {
            let seen = colours(screen);
            assert!(seen.iter().all(allowed) && seen.len() >= least, "{environment}: {seen:?}");
            let true_colours = seen.iter().filter(|colour| !is_basic(colour)).count();
            println!("{environment}: {} colours, {true_colours} beyond sixteen", seen.len());
        });
        // Numbers of one function may come a moment after those of another.
        for state in
            ["✗ payment-capture", "errors since 14:02", "⊘ order-events", "throttled", "▲ checkout-api"]
        {
            terminal.wait_for(state);
        }
    }
}

#[test]
fn no_terminal_and_no_shell_of_a_kind_is_told_what_works_without() {
    for script in [
        format!("{LAMBTOP} {DEMO} </dev/null"),
        format!("{LAMBTOP} {DEMO} | cat"),
        format!("unset TERM; {LAMBTOP} {DEMO}"),
    ] {
        let mut terminal = Terminal::shell(&format!("{script}; read go"));
        terminal.wait_for("lambtop functions");
        terminal.wait_for("lambtop screenshot");
    }
}
