//! Slow links: what a screen costs, and how soon a key is answered.
//!
//! A line of 9,600 baud carries 960 bytes a second. The times printed are without the round trip, which adds itself.

use std::time::{Duration, Instant};

use vt100::Screen;

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_open};

const BYTES: usize = 960;
/// How long an answer may take here; it shall take 150 ms.
const ANSWER: Duration = Duration::from_secs(2);

/// Opens the demo on a line that carries no more, and says so where `first` does.
fn on_a_slow_line(first: &str) -> Terminal {
    let mut terminal = Terminal::shell(&format!("{first}exec {LAMBTOP} {DEMO}"));
    terminal.slow_down(BYTES);
    terminal.wait("the screen is open", is_open);
    terminal
}

/// The row with the cursor.
fn marked(screen: &Screen) -> Option<usize> {
    screen.rows(0, 1).position(|row| row == "▌")
}

/// Presses a key and waits for its answer; returns how long that took.
fn answered(terminal: &mut Terminal, keys: &str, is: impl Fn(&Screen) -> bool) -> Duration {
    let pressed = Instant::now();
    terminal.press(keys);
    terminal.wait(&format!("{keys:?} is answered"), is);
    let took = pressed.elapsed();
    println!("{keys:?} after {took:.0?}");
    assert!(took < ANSWER, "{keys:?} after {took:?}");
    took
}

/// Moves, types and opens, one after the other, without a pause.
fn every_key_is_answered(terminal: &mut Terminal) {
    for _ in 0..5 {
        let mut before = None;
        terminal.wait("there is a cursor", |screen| marked(screen).is_some());
        terminal.wait("it is known where", |_| true);
        terminal.look(|screen| before = marked(screen));
        answered(terminal, "j", |screen| marked(screen).is_some_and(|row| Some(row) != before));
    }
    answered(terminal, "/", |screen| screen.contents().contains(" / "));
    answered(terminal, "pay", |screen| screen.contents().contains(" / pay"));
    answered(terminal, "\r", |screen| !screen.contents().contains(" / pay"));
}

#[test]
fn a_key_is_answered_at_9600_baud_where_the_terminal_says_its_speed() {
    let mut terminal = on_a_slow_line("stty 9600; ");
    terminal.wait("there are rows", |screen| marked(screen).is_some());
    every_key_is_answered(&mut terminal);
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

#[test]
fn a_key_is_answered_at_9600_baud_once_the_screen_stands() {
    let mut terminal = on_a_slow_line("");
    terminal.wait_for("q quit");
    terminal.wait("the charts stand", |screen| screen.contents().contains("11:0"));
    terminal.settle();
    let mut before = None;
    terminal.look(|screen| before = marked(screen));
    answered(&mut terminal, "j", |screen| marked(screen).is_some_and(|row| Some(row) != before));
}

#[test]
fn the_clock_costs_a_few_bytes_and_seconds_in_which_nothing_happens_nothing_else() {
    let mut terminal = Terminal::open_demo();
    terminal.wait_for("q quit");
    terminal.settle();
    let mut seconds = Vec::new();
    for _ in 0..5 {
        let (before, from) = (terminal.written().len(), Instant::now());
        let clock = |screen: &Screen| screen.contents().lines().next().map(str::to_owned);
        let mut shown = None;
        terminal.look(|screen| shown = clock(screen));
        terminal.wait("another second", |screen| clock(screen) != shown);
        seconds.push(terminal.written().len() - before);
        assert!(from.elapsed() < Duration::from_secs(3));
    }
    println!("bytes of five seconds: {seconds:?}");
    seconds.sort_unstable();
    assert!(seconds[2] <= 60, "{seconds:?}");
}

#[test]
fn a_link_over_ssh_is_written_to_ten_times_a_second_at_most() {
    let mut terminal = Terminal::shell(&format!("SSH_CONNECTION='::1 1 ::1 22' exec {LAMBTOP} {DEMO}"));
    terminal.wait_for("checkout-api");
    terminal.settle();
    let (before, from) = (terminal.frames(), Instant::now());
    while from.elapsed() < Duration::from_secs(1) {
        terminal.press("jk");
        terminal.wait("a moment has passed", |_| true);
    }
    let frames = terminal.frames() - before;
    assert!((2..=13).contains(&frames), "{frames} frames in a second");
}
