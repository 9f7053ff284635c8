//! Any size, and many of them quickly.

use crate::terminal::{Terminal, is_open};

#[test]
fn a_storm_of_sizes_ends_with_the_last_one() {
    let mut terminal = Terminal::open_demo();
    for round in 0..200_u16 {
        terminal.resize(20 + round * 7 % 200, 5 + round * 3 % 60);
    }
    for (columns, rows) in [(0, 0), (1, 1), (3, 3), (500, 300), (80, 24)] {
        terminal.resize(columns, rows);
    }
    terminal.wait("it fits", |screen| is_open(screen) && screen.contents().contains("q quit"));
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}

/// A terminal of no size (a serial line) is taken for one of 80x24: nothing can be seen of what is drawn on it here.
#[test]
fn every_size_is_drawn_on_and_works_on_each() {
    let mut terminal = Terminal::open_demo();
    terminal.wait_for("checkout-api");
    let small = (0..=3).flat_map(|columns| (0..=3).map(move |rows| (columns, rows)));
    let others = [(39, 10), (40, 9), (40, 10), (1, 300), (500, 1), (80, 24), (500, 300)];
    for (columns, rows) in small.chain(others) {
        let before = terminal.written().len();
        terminal.resize(columns, rows);
        terminal.press("j?\x1b\r\x1b");
        terminal.wait_written(before);
        let is_small = columns > 0 && rows > 0 && (columns < 40 || rows < 10);
        if is_small && columns >= 22 {
            terminal.wait_for("too small: needs 40x10");
        }
    }
    terminal.resize(120, 40);
    terminal.wait_for("checkout-api");
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}
