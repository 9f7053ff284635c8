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
    terminal.wait("the screen is open", is_open);
    terminal.press("q");
    assert_eq!(terminal.ended().code, 0);
}
