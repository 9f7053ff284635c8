//! Turns changed cells into the bytes that change them, as few as possible: the link may be slow.

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::hyperlink;

/// Writes cells one after the other, remembering where the cursor stands and which style is set.
///
/// Each run of cells is complete in itself: it begins with the default style and [`finish`](Self::finish)
/// returns to it.
pub(super) struct Encoder<'a> {
    out: &'a mut String,
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

impl<'a> Encoder<'a> {
    /// Appends to `out`.
    pub(super) const fn new(out: &'a mut String) -> Self {
        Self {
            out,
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

    /// Draws one cell.
    pub(super) fn cell(&mut self, column: u16, row: u16, cell: &Cell) {
        self.go(column, row);
        self.follow_link(cell);
        self.style(cell);
        let symbol = cell.symbol();
        // Everything on screen has passed SafeText. This is the last door, so it is locked as well.
        if symbol.chars().any(char::is_control) {
            self.out.push('?');
        } else {
            self.out.push_str(symbol);
        }
        // Terminals disagree about the width of anything but plain characters: then the next cell is addressed.
        self.cursor = is_plain(symbol).then_some((column + 1, row));
    }

    /// Moves the cursor: not at all, to the right, or to an address.
    pub(super) fn go(&mut self, column: u16, row: u16) {
        let out = &mut *self.out;
        let written = match self.cursor {
            Some(at) if at == (column, row) => Ok(()),
            Some((from, same)) if same == row && from < column => match column - from {
                1 => out.write_str("\x1b[C"),
                far => write!(out, "\x1b[{far}C"),
            },
            _ if column == 0 => write!(out, "\x1b[{}H", row + 1),
            _ => write!(out, "\x1b[{};{}H", row + 1, column + 1),
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
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

    /// Switches only what differs.
    fn style(&mut self, cell: &Cell) {
        let mut codes = String::new();
        self.modifiers(cell.modifier, &mut codes);
        if cell.fg != self.foreground {
            colour(cell.fg, Ground::Fore, &mut codes);
        }
        if cell.bg != self.background {
            colour(cell.bg, Ground::Back, &mut codes);
        }
        if let Some(codes) = codes.strip_suffix(';') {
            self.out.push_str("\x1b[");
            self.out.push_str(codes);
            self.out.push('m');
        }
        (self.foreground, self.background, self.modifier) = (cell.fg, cell.bg, cell.modifier);
    }

    fn modifiers(&self, wanted: Modifier, codes: &mut String) {
        let mut set = self.modifier;
        for (modifier, _, off) in MODIFIERS {
            if set.contains(modifier) && !wanted.contains(modifier) {
                let _ = write!(codes, "{off};");
                for (partner, _, its_off) in MODIFIERS {
                    if its_off == off {
                        set.remove(partner);
                    }
                }
            }
        }
        for (modifier, on, _) in MODIFIERS {
            if wanted.contains(modifier) && !set.contains(modifier) {
                let _ = write!(codes, "{on};");
            }
        }
    }
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
            let _ = write!(codes, "{};5;{index};", base + 8);
            return;
        }
        Color::Rgb(red, green, blue) => {
            let _ = write!(codes, "{};2;{red};{green};{blue};", base + 8);
            return;
        }
    };
    let _ = write!(codes, "{sixteen};");
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn bytes_of(styles: &[Style]) -> String {
        let mut out = String::new();
        let mut encoder = Encoder::new(&mut out);
        for (column, style) in (0..).zip(styles) {
            let mut cell = Cell::new("x");
            cell.set_style(*style);
            encoder.cell(column, 0, &cell);
        }
        encoder.finish();
        out
    }

    #[test]
    fn only_what_differs_is_switched() {
        let red = Style::new().fg(Color::Red);
        assert_eq!(
            bytes_of(&[red, red, red.bg(Color::Indexed(8)), Style::new()]),
            "\x1b[1H\x1b[31mxx\x1b[48;5;8mx\x1b[39;49mx"
        );
    }

    #[test]
    fn dim_survives_the_end_of_bold() {
        let dim = Style::new().add_modifier(Modifier::DIM);
        assert_eq!(bytes_of(&[dim.add_modifier(Modifier::BOLD), dim]), "\x1b[1H\x1b[1;2mx\x1b[22;2mx\x1b[m");
    }

    #[test]
    fn cells_apart_are_reached_by_the_shorter_way() {
        let mut out = String::new();
        let mut encoder = Encoder::new(&mut out);
        for (column, row) in [(0, 0), (2, 0), (9, 0), (3, 4)] {
            encoder.cell(column, row, &Cell::new("x"));
        }
        encoder.finish();
        assert_eq!(out, "\x1b[1Hx\x1b[Cx\x1b[6Cx\x1b[5;4Hx");
    }

    #[test]
    fn after_a_wide_character_the_place_is_given_anew() {
        let mut out = String::new();
        let mut encoder = Encoder::new(&mut out);
        encoder.cell(0, 0, &Cell::new("価"));
        encoder.cell(2, 0, &Cell::new("x"));
        assert_eq!(out, "\x1b[1H価\x1b[1;3Hx");
    }
}
