//! Turns changed cells into the bytes that change them, as few as possible: the link may be slow.

use std::fmt::{self, Write as _};
use std::ops::Range;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

use super::hyperlink;

/// What a terminal can do beyond placing a cursor and setting colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    /// It erases in the colour that is set, and knows how to erase a few characters.
    pub erases: bool,
}

impl Traits {
    /// Of the terminal that `TERM` names. GNU screen and the old VTs erase to black, or not by the character.
    pub(super) fn of(term: &str) -> Self {
        Self { erases: !["screen", "vt", "ansi"].iter().any(|family| term.starts_with(family)) }
    }
}

/// Writes cells one after the other, remembering where the cursor stands and which style is set.
///
/// Each run of cells is complete in itself: it begins with the default style and [`finish`](Self::finish)
/// returns to it.
pub(super) struct Encoder<'a> {
    out: &'a mut String,
    traits: Traits,
    /// Columns of the screen.
    columns: u16,
    /// Column and row of the cursor where they are certain.
    cursor: Option<(u16, u16)>,
    foreground: Color,
    background: Color,
    modifier: Modifier,
    link: Option<Link<'a>>,
}

/// The one link on a screen.
#[derive(Clone, Copy)]
pub(super) struct Link<'a> {
    pub url: &'a str,
    /// Marks its cells.
    pub mark: Modifier,
}

/// How each modifier is switched on and off. Bold and dim share their end.
const MODIFIERS: [(Modifier, u8, u8); 9] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::RAPID_BLINK, 6, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

/// What is seen where there is no character.
const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);
/// From so many blank cells on, erasing them is shorter than writing them.
const ERASE: usize = 12;
/// The same at the end of a row, where the number need not be said.
const ERASE_REST: usize = 4;
/// Unchanged cells that may be written again instead of moving the cursor over them.
const PASS: usize = 4;

/// Whether nothing but the background is seen of a cell.
pub(super) fn is_blank(cell: &Cell) -> bool {
    cell.symbol() == " " && !cell.modifier.intersects(SEEN_ON_BLANK)
}

/// Whether two cells look the same.
pub(super) fn looks_like(one: &Cell, other: &Cell) -> bool {
    one == other || one.bg == other.bg && is_blank(one) && is_blank(other)
}

impl<'a> Encoder<'a> {
    /// Appends to `out`.
    pub(super) const fn new(out: &'a mut String, traits: Traits, columns: u16) -> Self {
        Self {
            out,
            traits,
            columns,
            cursor: None,
            foreground: Color::Reset,
            background: Color::Reset,
            modifier: Modifier::empty(),
            link: None,
        }
    }

    /// With a link: its marked cells become one.
    pub(super) const fn with_link(mut self, link: Option<Link<'a>>) -> Self {
        self.link = link;
        self
    }

    /// How many bytes there are so far, with those before.
    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// Draws the cells `span` of a whole row; returns where it ended, which is beyond the span where the rest of
    /// the row was erased.
    pub(super) fn span(&mut self, row: u16, cells: &[Cell], span: Range<usize>) -> usize {
        self.pass(row, cells, span.start);
        let mut column = span.start;
        while column < span.end {
            let blank = self.blanks(&cells[column..]);
            if blank >= ERASE_REST && column + blank == cells.len() {
                self.erase(row, column, &cells[column], None);
                return cells.len();
            }
            let blank = blank.min(span.end - column);
            if blank >= ERASE && self.traits.erases {
                self.erase(row, column, &cells[column], Some(blank));
                column += blank;
            } else {
                self.cell(column as u16, row, &cells[column]);
                column += width(&cells[column]);
            }
        }
        column.min(cells.len())
    }

    /// Draws one cell.
    fn cell(&mut self, column: u16, row: u16, cell: &Cell) {
        self.go(column, row);
        self.style(cell);
        let symbol = cell.symbol();
        // Everything on screen has passed SafeText. This is the last door, so it is locked as well.
        if symbol.chars().any(char::is_control) {
            self.out.push('?');
        } else {
            self.out.push_str(symbol);
        }
        // Terminals disagree about the width of anything but plain characters, and about where the cursor is once
        // the last column is written: then the next cell is addressed.
        self.cursor = (is_plain(symbol) && column + 1 < self.columns).then_some((column + 1, row));
    }

    /// How many cells from here on are one blank stretch that can be erased.
    fn blanks(&self, cells: &[Cell]) -> usize {
        let background = cells[0].bg;
        if background != Color::Reset && !self.traits.erases {
            return 0;
        }
        cells.iter().take_while(|cell| cell.bg == background && is_blank(cell)).count()
    }

    /// Erases so many cells, or the rest of the row. The cursor stays.
    fn erase(&mut self, row: u16, column: usize, blank: &Cell, count: Option<usize>) {
        self.go(column as u16, row);
        self.style(blank);
        match count {
            Some(count) => push(self.out, format_args!("\x1b[{count}X")),
            None => self.out.push_str("\x1b[K"),
        }
    }

    /// Empties the terminal in a cell's colour.
    pub(super) fn erase_all(&mut self, blank: &Cell) {
        self.style(blank);
        self.out.push_str("\x1b[2J");
    }

    /// Reaches `column` by writing the few unchanged cells before it once more, where that is shorter than a move.
    fn pass(&mut self, row: u16, cells: &[Cell], column: usize) {
        let Some((from, same)) = self.cursor else { return };
        let from = usize::from(from);
        if same != row || from >= column || column - from > PASS {
            return;
        }
        let between = &cells[from..column];
        let as_set = |cell: &Cell| {
            let (foreground, background, modifier) = self.wanted(cell);
            (foreground, background, modifier) == (self.foreground, self.background, self.modifier)
        };
        if between.iter().all(|cell| cell.symbol().len() == 1 && is_plain(cell.symbol()) && as_set(cell)) {
            for cell in between {
                self.out.push_str(cell.symbol());
            }
            self.cursor = Some((column as u16, row));
        }
    }

    /// Moves the cursor: not at all, to the right, to the beginning of a line below, or to an address.
    pub(super) fn go(&mut self, column: u16, row: u16) {
        let right = |far: u16| match far {
            0 => String::new(),
            1 => "\x1b[C".to_owned(),
            far => format!("\x1b[{far}C"),
        };
        let address = if column == 0 {
            format!("\x1b[{}H", row + 1)
        } else {
            format!("\x1b[{};{}H", row + 1, column + 1)
        };
        let way = match self.cursor {
            Some((from, same)) if same == row && from <= column => Some(right(column - from)),
            Some((_, above)) if above < row => {
                Some(format!("\r{}{}", "\n".repeat(usize::from(row - above)), right(column)))
            }
            _ => None,
        };
        self.out.push_str(&way.filter(|way| way.len() <= address.len()).unwrap_or(address));
        self.cursor = Some((column, row));
    }

    /// Begins or ends the link where the cell differs from the one before.
    fn follow_link(&mut self, cell: &Cell) {
        let Some(Link { url, mark }) = self.link else { return };
        match (self.modifier.contains(mark), cell.modifier.contains(mark)) {
            (false, true) => self.out.push_str(&hyperlink::open(url)),
            (true, false) => self.out.push_str(hyperlink::CLOSE),
            _ => {}
        }
    }

    /// Returns to the default style.
    pub(super) fn finish(mut self) {
        self.follow_link(&Cell::EMPTY);
        if (self.foreground, self.background) != (Color::Reset, Color::Reset) || !self.modifier.is_empty() {
            self.out.push_str("\x1b[m");
        }
    }

    /// The style in which a cell is drawn: of a blank one only what is seen of it matters.
    fn wanted(&self, cell: &Cell) -> (Color, Color, Modifier) {
        if is_blank(cell) {
            let mark = self.link.map_or(Modifier::empty(), |link| link.mark);
            let modifier = self.modifier.difference(SEEN_ON_BLANK | mark) | cell.modifier.intersection(mark);
            (self.foreground, cell.bg, modifier)
        } else {
            (cell.fg, cell.bg, cell.modifier)
        }
    }

    /// Switches only what differs, or everything off first where that is shorter.
    fn style(&mut self, cell: &Cell) {
        self.follow_link(cell);
        let wanted = self.wanted(cell);
        let set = (self.foreground, self.background, self.modifier);
        if wanted == set {
            return;
        }
        (self.foreground, self.background, self.modifier) = wanted;
        let switched = codes(set, wanted);
        if switched.is_empty() {
            return;
        }
        let afresh = codes((Color::Reset, Color::Reset, Modifier::empty()), wanted);
        self.out.push_str("\x1b[");
        if switched.len() <= afresh.len() + usize::from(!afresh.is_empty()) * 2 {
            self.out.push_str(switched.trim_end_matches(';'));
        } else if !afresh.is_empty() {
            self.out.push_str("0;");
            self.out.push_str(afresh.trim_end_matches(';'));
        }
        self.out.push('m');
    }
}

/// The codes that lead from one style to another, each with a semicolon behind it.
fn codes(set: (Color, Color, Modifier), wanted: (Color, Color, Modifier)) -> String {
    let mut codes = String::new();
    modifiers(set.2, wanted.2, &mut codes);
    if set.0 != wanted.0 {
        colour(wanted.0, Ground::Fore, &mut codes);
    }
    if set.1 != wanted.1 {
        colour(wanted.1, Ground::Back, &mut codes);
    }
    codes
}

fn modifiers(mut set: Modifier, wanted: Modifier, codes: &mut String) {
    for (modifier, _, off) in MODIFIERS {
        if set.contains(modifier) && !wanted.contains(modifier) {
            push(codes, format_args!("{off};"));
            for (partner, _, its_off) in MODIFIERS {
                if its_off == off {
                    set.remove(partner);
                }
            }
        }
    }
    for (modifier, on, _) in MODIFIERS {
        if wanted.contains(modifier) && !set.contains(modifier) {
            push(codes, format_args!("{on};"));
        }
    }
}

fn push(out: &mut String, text: fmt::Arguments<'_>) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// How many columns a cell's symbol takes; one at least.
pub(super) fn width(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    if symbol.len() == 1 { 1 } else { symbol.width().max(1) }
}

/// One character that takes one column everywhere: ASCII, Latin, and what charts and borders are made of.
fn is_plain(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let first = characters.next();
    characters.next().is_none()
        && first
            .is_some_and(|c| matches!(c, ' '..='\u{2ff}' | '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}'))
}

#[derive(Clone, Copy)]
enum Ground {
    Fore,
    Back,
}

/// The SGR code of a colour, with a semicolon behind it. The colours of the sixteen are the terminal's own.
fn colour(colour: Color, ground: Ground, codes: &mut String) {
    let (base, bright) = match ground {
        Ground::Fore => (30, 90),
        Ground::Back => (40, 100),
    };
    let sixteen = match colour {
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => bright,
        Color::LightRed => bright + 1,
        Color::LightGreen => bright + 2,
        Color::LightYellow => bright + 3,
        Color::LightBlue => bright + 4,
        Color::LightMagenta => bright + 5,
        Color::LightCyan => bright + 6,
        Color::White => bright + 7,
        Color::Reset => base + 9,
        Color::Indexed(index) => {
            push(codes, format_args!("{};5;{index};", base + 8));
            return;
        }
        Color::Rgb(red, green, blue) => {
            push(codes, format_args!("{};2;{red};{green};{blue};", base + 8));
            return;
        }
    };
    push(codes, format_args!("{sixteen};"));
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    const ABLE: Traits = Traits { erases: true };

    fn row(styles: &[(&'static str, Style)]) -> Vec<Cell> {
        let cell_of = |(symbol, style): &(&'static str, Style)| {
            let mut cell = Cell::new(symbol);
            cell.set_style(*style);
            cell
        };
        styles.iter().map(cell_of).collect()
    }

    /// The bytes that draw a span of a row in a screen of 40 columns.
    fn bytes_of(cells: &[Cell], span: Range<usize>, traits: Traits) -> String {
        let mut out = String::new();
        let mut encoder = Encoder::new(&mut out, traits, 40);
        encoder.span(0, cells, span);
        encoder.finish();
        out
    }

    #[test]
    fn only_what_differs_is_switched() {
        let red = Style::new().fg(Color::Red);
        let cells = row(&[("x", red), ("x", red), ("x", red.bg(Color::Indexed(8))), ("x", Style::new())]);
        assert_eq!(bytes_of(&cells, 0..4, ABLE), "\x1b[1H\x1b[31mxx\x1b[48;5;8mx\x1b[mx");
    }

    #[test]
    fn dim_survives_the_end_of_bold() {
        let dim = Style::new().add_modifier(Modifier::DIM);
        let cells = row(&[("x", dim.add_modifier(Modifier::BOLD)), ("x", dim)]);
        let bytes = bytes_of(&cells, 0..2, ABLE);
        assert_eq!(bytes, "\x1b[1H\x1b[1;2mx\x1b[0;2mx\x1b[m");
    }

    #[test]
    fn cells_apart_are_reached_by_the_shorter_way() {
        let cells: Vec<Cell> = "abcdefghijklmnopq".chars().map(|c| Cell::new(letter(c))).collect();
        let mut out = String::new();
        let mut encoder = Encoder::new(&mut out, ABLE, 40);
        for (row, span) in [(0, 0..1), (0, 2..3), (0, 9..10), (1, 0..1), (5, 3..4), (30, 12..13)] {
            encoder.span(row, &cells, span);
        }
        encoder.finish();
        assert_eq!(out, "\x1b[1Habc\x1b[6Cj\r\na\x1b[6;4Hd\x1b[31;13Hm");
    }

    fn letter(c: char) -> &'static str {
        &"abcdefghijklmnopq"[c as usize - 97..c as usize - 96]
    }

    #[test]
    fn after_a_wide_character_the_place_is_given_anew() {
        let cells = row(&[("価", Style::new()), (" ", Style::new()), ("x", Style::new())]);
        assert_eq!(bytes_of(&cells, 0..3, ABLE), "\x1b[1H価\x1b[1;3Hx");
    }

    #[test]
    fn an_empty_stretch_is_erased_where_the_terminal_keeps_its_colour() {
        let ground = Style::new().bg(Color::Blue);
        let mut cells = row(&[(" ", ground); 39]);
        cells.push(Cell::new("x"));
        let erased = bytes_of(&cells, 0..40, ABLE);
        assert_eq!(erased, "\x1b[1H\x1b[44m\x1b[39X\x1b[39C\x1b[mx");
        let written = bytes_of(&cells, 0..40, Traits::of("screen.xterm-256color"));
        assert_eq!(written.matches(' ').count(), 39);
    }

    #[test]
    fn the_empty_rest_of_a_row_is_three_bytes() {
        let cells = row(&[
            ("x", Style::new()),
            (" ", Style::new()),
            (" ", Style::new()),
            (" ", Style::new()),
            (" ", Style::new()),
        ]);
        assert_eq!(bytes_of(&cells, 0..2, Traits::of("vt100")), "\x1b[1Hx\x1b[K");
    }
}
