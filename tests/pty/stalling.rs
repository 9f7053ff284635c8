//! The terminal stops reading: frames are skipped, keys still work, data keeps coming in, and leaving takes no longer
//! than ever.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::terminal::{DEMO, LAMBTOP, Terminal, is_given_back, is_open};

/// How far the demo's clock runs on while nobody reads.
const UNREAD: Duration = Duration::from_secs(3);

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

/// At 200 times the speed, 3 s are ten minutes of the demo: ten rounds of data, and 60 frames that nobody sees.
#[test]
fn what_came_meanwhile_is_there_at_once_and_is_not_played_back() {
    let mut terminal = Terminal::shell(&format!("exec {LAMBTOP} {DEMO} --speed 200"));
    terminal.wait("the screen is open", is_open);
    terminal.wait_for("checkout-api");
    terminal.stall();
    terminal.fill();
    // Whatever has been written until here waits in the kernel, and one frame in the writer.
    let stalled = Instant::now();
    while stalled.elapsed() < UNREAD {
        terminal.press("j");
        sleep(Duration::from_millis(20));
    }
    let mut clock = String::new();
    terminal.look(|screen| clock = minute(&screen.contents()));
    let frames = terminal.drawn();
    terminal.read_on();
    let current = minutes(&clock) + 8;
    let resumed = Instant::now();
    terminal.wait("the clock has jumped", |screen| minutes(&minute(&screen.contents())) >= current);
    println!("current {:?} after it reads again", resumed.elapsed());
    // What the kernel held is some frames long; of those in between there are none.
    let played = terminal.drawn() - frames;
    println!("{played} frames were held");
    assert!(played <= HELD, "{played} frames were played back");
    terminal.wait("and the data with it: its age is that of a round", |screen| {
        let text = screen.contents();
        let age = text.split("metrics ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
        age == "1m" || age == "2m" || age.ends_with('s')
    });
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

/// Whole screens that `fill` has the program draw until the kernel, which takes 20 KB, holds no more; and one.
const HELD: usize = 12;

/// The hours and minutes of the header's clock.
fn minute(text: &str) -> String {
    let head = text.lines().next().unwrap_or_default();
    let clock = head.rsplit(' ').find(|word| word.matches(':').count() == 2);
    clock.map(|clock| clock[..5].to_owned()).unwrap_or_default()
}

fn minutes(clock: &str) -> u32 {
    let (hours, minutes) = clock.split_once(':').unwrap_or(("0", "0"));
    hours.parse::<u32>().unwrap_or(0) * 60 + minutes.parse::<u32>().unwrap_or(0)
}
