//! What the terminal shows, what it shall show, and the bytes between the two.

use std::mem::swap;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::Modifier;
use unicode_width::UnicodeWidthStr;

use super::encode::{Encoder, Link};
use super::hyperlink;

/// Begins and ends a frame that the terminal shall show at once (synchronised output, mode 2026; terminals that
/// do not know it ignore it).
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";
const CLEAR: &str = "\x1b[m\x1b[2J";
const CURSOR_ON: &str = "\x1b[?25h";
const CURSOR_OFF: &str = "\x1b[?25l";

/// Two screens of cells: the one that the terminal has, and the one that is being drawn.
pub(super) struct Frame {
    shown: Buffer,
    next: Buffer,
    /// Where the terminal's cursor is visible.
    cursor: Option<Position>,
    /// The mark of cells that are a link, where the terminal knows links.
    link_mark: Option<Modifier>,
    /// What is on the terminal is unknown: the next frame begins with this, and draws every cell.
    opening: Option<String>,
}

impl Frame {
    /// A screen about which nothing is known. `opening` goes in front of its first frame.
    pub(super) fn new(area: Rect, opening: String) -> Self {
        Self {
            shown: Buffer::empty(area),
            next: Buffer::empty(area),
            cursor: None,
            link_mark: None,
            opening: Some(opening),
        }
    }

    /// The terminal has another size, and may have done anything to what it showed.
    pub(super) fn resize(&mut self, area: Rect) {
        let link_mark = self.link_mark;
        *self = Self::new(area, self.opening.take().unwrap_or_default()).with_links(link_mark);
    }

    /// With links: cells that carry the mark become one.
    pub(super) const fn with_links(mut self, mark: Option<Modifier>) -> Self {
        self.link_mark = mark;
        self
    }

    /// The area of the screen.
    pub(super) const fn area(&self) -> Rect {
        self.next.area
    }

    /// Draws the next screen and returns the bytes that lead to it: none if it equals the last one.
    /// `paint` says where the cursor is to be seen, which is nowhere unless text is being typed.
    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> Vec<u8> {
        self.next.reset();
        let area = self.area();
        let cursor = paint(&mut self.next).filter(|at| area.contains(*at));
        let mut out = String::from(BEGIN);
        if let Some(opening) = self.opening.take() {
            out.push_str(&opening);
            out.push_str(CLEAR);
        }
        let head = out.len();
        if self.cursor.is_some() {
            out.push_str(CURSOR_OFF);
        }
        let ready = out.len();
        let url = self.link_mark.and_then(|mark| Some((mark, hyperlink::target(&self.next, mark)?)));
        let link = url.as_ref().map(|(mark, url)| Link { url, mark: *mark });
        let mut encoder = Encoder::new(&mut out).with_link(link);
        changes(&self.shown, &self.next, |column, row, cell| encoder.cell(column, row, cell));
        encoder.finish();
        if out.len() == ready && cursor == self.cursor {
            out.truncate(head);
        } else if let Some(at) = cursor {
            Encoder::new(&mut out).go(at.x, at.y);
            out.push_str(CURSOR_ON);
        }
        self.cursor = cursor;
        swap(&mut self.shown, &mut self.next);
        if out.len() == BEGIN.len() {
            return Vec::new();
        }
        out.push_str(END);
        out.into_bytes()
    }
}

/// Finds the cells to draw, in the order of reading. Where a wide character was, the cells that it covered are
/// drawn too: what a terminal leaves of a character that lost its other half is anyone's guess.
fn changes(old: &Buffer, new: &Buffer, mut draw: impl FnMut(u16, u16, &Cell)) {
    let columns = usize::from(new.area.width).max(1);
    let rows = old.content.chunks(columns).zip(new.content.chunks(columns));
    for (row, (old, new)) in (0..).zip(rows) {
        let (mut column, mut torn) = (0, 0);
        while column < columns {
            let next = (column + width(&new[column])).min(columns);
            if column < torn || old[column] != new[column] {
                draw(column as u16, row, &new[column]);
                for (covered, cell) in (column..next).zip(&old[column..next]) {
                    torn = torn.max(covered + width(cell));
                }
            }
            column = next;
        }
    }
}

/// How many columns a cell's symbol takes; one at least.
fn width(cell: &Cell) -> usize {
    let symbol = cell.symbol();
    if symbol.len() == 1 { 1 } else { symbol.width().max(1) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Modifier, Style};
    use vt100::Parser;

    use super::*;

    const AREA: Rect = Rect::new(0, 0, 20, 4);

    fn emulator() -> Parser {
        Parser::new(AREA.height.try_into().unwrap(), AREA.width.try_into().unwrap(), 0)
    }

    fn write(text: &str) -> impl FnOnce(&mut Buffer) -> Option<Position> {
        move |cells| {
            cells.set_string(0, 1, text, Style::new());
            None
        }
    }

    #[test]
    fn an_unchanged_screen_is_no_bytes_at_all() {
        let mut frame = Frame::new(AREA, String::new());
        assert!(!frame.draw(write("calm")).is_empty());
        assert_eq!(frame.draw(write("calm")), b"");
    }

    #[test]
    fn one_changed_number_is_a_few_bytes() {
        let mut frame = Frame::new(AREA, String::new());
        frame.draw(write("errors   41"));
        let bytes = frame.draw(write("errors   42"));
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[?2026h\x1b[2;11H2\x1b[?2026l");
    }

    #[test]
    fn the_cursor_is_seen_only_while_text_is_typed() {
        let mut frame = Frame::new(AREA, "\x1b[?25l".to_owned());
        let mut screen = emulator();
        let at = Position::new(5, 1);
        screen.process(&frame.draw(write("name ")));
        assert!(screen.screen().hide_cursor());
        screen.process(&frame.draw(|cells| write("name ")(cells).or(Some(at))));
        assert!(!screen.screen().hide_cursor());
        assert_eq!(screen.screen().cursor_position(), (1, 5));
        assert_eq!(frame.draw(|cells| write("name ")(cells).or(Some(at))), b"", "nothing has changed");
        screen.process(&frame.draw(|cells| write("names")(cells).or(Some(at))));
        assert_eq!(screen.screen().cursor_position(), (1, 5), "it returns after something else was drawn");
        screen.process(&frame.draw(write("names")));
        assert!(screen.screen().hide_cursor());
    }

    #[test]
    fn a_new_size_draws_everything_once_more() {
        let mut frame = Frame::new(AREA, "opening".to_owned());
        frame.resize(AREA);
        let first = String::from_utf8(frame.draw(write("all"))).unwrap();
        assert!(first.contains("opening"), "what opens the screen is not lost");
        frame.resize(Rect::new(0, 0, 10, 2));
        let again = String::from_utf8(frame.draw(write("all"))).unwrap();
        assert!(again.contains("\x1b[2J") && again.contains("all") && !again.contains("opening"));
    }

    #[test]
    fn a_control_character_never_reaches_the_terminal() {
        let mut frame = Frame::new(AREA, String::new());
        let bytes = frame.draw(|cells| {
            cells[(0, 0)].set_symbol("\x1b]0;owned\x07");
            None
        });
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains('?') && !text.contains("owned"));
    }

    #[test]
    fn a_screen_without_cells_is_survived() {
        let mut frame = Frame::new(Rect::ZERO, String::new());
        frame.draw(|_| Some(Position::new(0, 0)));
        assert_eq!(frame.draw(|_| None), b"");
    }

    fn styled() -> impl Strategy<Value = (u16, String, Style)> {
        let colours = prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::LightCyan),
            any::<u8>().prop_map(Color::Indexed),
            any::<(u8, u8, u8)>().prop_map(|(r, g, b)| Color::Rgb(r, g, b)),
        ];
        // Bold, italic, underlined, reversed: the emulator takes dim for the opposite of bold.
        let modifiers = prop::bits::u16::masked(0b0100_1101).prop_map(Modifier::from_bits_truncate);
        (0..AREA.width, "[a-z─█⣿価]{1,6}", colours.clone(), colours, modifiers).prop_map(
            |(x, text, fg, bg, modifier)| (x, text, Style::new().fg(fg).bg(bg).add_modifier(modifier)),
        )
    }

    /// Every cell as it looks; the emulator tells a space from a cell that was never written, a person does not.
    fn seen(emulator: &Parser) -> Vec<String> {
        let looks = |cell: &vt100::Cell| {
            let text = if cell.has_contents() { cell.contents() } else { " " };
            let flags = (cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse());
            format!("{text} {:?} {:?} {flags:?}", cell.fgcolor(), cell.bgcolor())
        };
        let cells = (0..AREA.height).flat_map(|row| (0..AREA.width).map(move |column| (row, column)));
        cells.filter_map(|(row, column)| emulator.screen().cell(row, column).map(looks)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A text in each row. The bytes of the changes lead to the same screen as drawing it from nothing.
        #[test]
        fn changes_lead_where_a_fresh_start_leads(screens in prop::collection::vec(prop::collection::vec(styled(), 0..=4), 1..6)) {
            let mut frame = Frame::new(AREA, String::new());
            let mut changed = emulator();
            for texts in &screens {
                let paint = |cells: &mut Buffer| {
                    for (row, (x, text, style)) in (0..).zip(texts) {
                        cells.set_string(*x, row, text, *style);
                    }
                    None
                };
                changed.process(&frame.draw(paint));
                let mut fresh = emulator();
                fresh.process(&Frame::new(AREA, String::new()).draw(paint));
                prop_assert_eq!(seen(&changed), seen(&fresh));
            }
        }
    }

    #[test]
    fn a_marked_url_is_a_link_and_nothing_of_it_stays_behind() {
        const MARK: Modifier = Modifier::from_bits_retain(1 << 12);
        let link = |cells: &mut Buffer| {
            cells.set_string(0, 1, "https://a.example/x", Style::new().add_modifier(MARK));
            None
        };
        let mut frame = Frame::new(AREA, String::new()).with_links(Some(MARK));
        frame.draw(write("https://a.example/x y"));
        let drawn = String::from_utf8(frame.draw(link)).unwrap();
        assert!(
            drawn.contains("\x1b]8;id=lambtop;https://a.example/x\x1b\\https://a.example/x\x1b]8;;\x1b\\")
        );
        let after = String::from_utf8(frame.draw(write("https://a.example/x y"))).unwrap();
        assert!(after.contains("https://a.example/x") && !after.contains("\x1b]8"), "{after:?}");
        let mut unknowing = Frame::new(AREA, String::new());
        assert!(!String::from_utf8(unknowing.draw(link)).unwrap().contains("\x1b]"));
    }
}
