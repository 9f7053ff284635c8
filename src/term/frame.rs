//! What the terminal shows, what it shall show, and the bytes between the two.

use std::mem::swap;
use std::ops::Range;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use super::encode::{Encoder, Link, Traits, is_blank, looks_like, width};
use super::{hyperlink, scroll};

/// Begins and ends a frame that the terminal shall show at once (synchronised output, mode 2026; terminals that
/// do not know it ignore it).
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";
/// A frame of fewer bytes arrives at once anyway, and on a slow link shall be seen while it comes.
const AT_ONCE: usize = 1024;
const CURSOR_ON: &str = "\x1b[?25h";
const CURSOR_OFF: &str = "\x1b[?25l";

/// The screen of cells that the terminal has, and the one that it shall have.
///
/// On a slow link a frame may be cut: then the terminal shows a mixture of both, and the next frame goes on. What
/// changed last is drawn first, because that is the answer to the key that was just pressed.
pub(super) struct Frame {
    shown: Buffer,
    next: Buffer,
    /// The screen that the last frame, which was cut, led to.
    aim: Option<Buffer>,
    /// Where the terminal's cursor is visible.
    cursor: Option<Position>,
    /// What is on the terminal is unknown: the next frame begins with this, and draws every cell.
    opening: Option<String>,
    /// Marks the cells of a link, where the terminal takes links.
    link_mark: Option<Modifier>,
    traits: Traits,
}

/// Where a frame is cut.
#[derive(Clone, Copy)]
pub(super) struct Cut {
    /// After about so many bytes.
    pub limit: usize,
    /// What is near this row is drawn first.
    pub focus: Option<u16>,
}

impl Cut {
    /// Not at all.
    #[cfg(test)]
    const NOT: Self = Self { limit: usize::MAX, focus: None };

    const fn cuts(self) -> bool {
        self.limit < usize::MAX
    }
}

/// The bytes of one frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    pub bytes: Vec<u8>,
    /// The terminal shows all of the screen after them.
    pub complete: bool,
}

/// A cell of which nobody knows how it looks: no text that is drawn, so that it differs from all.
const UNKNOWN: Cell = Cell::new("\u{1}");

impl Frame {
    /// A screen about which nothing is known. `opening` goes in front of its first frame.
    pub(super) fn new(area: Rect, opening: String, traits: Traits) -> Self {
        let empty = Buffer::empty(area);
        Self {
            shown: empty.clone(),
            next: empty,
            aim: None,
            cursor: None,
            opening: Some(opening),
            link_mark: None,
            traits,
        }
    }

    /// The terminal has another size, and may have done anything to what it showed.
    pub(super) fn resize(&mut self, area: Rect) {
        let opening = self.opening.take().unwrap_or_default();
        self.reopen(area, opening);
    }

    /// With links: cells that carry the mark become one.
    pub(super) const fn with_links(mut self, mark: Option<Modifier>) -> Self {
        self.link_mark = mark;
        self
    }

    /// The terminal is taken again: as at the start.
    pub(super) fn reopen(&mut self, area: Rect, opening: String) {
        *self = Self::new(area, opening, self.traits).with_links(self.link_mark);
    }

    /// The area of the screen.
    pub(super) const fn area(&self) -> Rect {
        self.next.area
    }

    /// Draws the next screen and returns the bytes that lead to it: none if it equals the last one. `paint` says
    /// where the cursor is to be seen, which is nowhere unless text is being typed.
    pub(super) fn draw(&mut self, cut: Cut, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> Bytes {
        self.next.reset();
        let area = self.area();
        let cursor = paint(&mut self.next).filter(|at| area.contains(*at));
        let mut out = String::new();
        let opening = self.opening.take();
        let is_new = opening.is_some();
        if let Some(opening) = opening {
            out.push_str(&opening);
            self.clear(&mut out);
        }
        let head = out.len();
        if self.cursor.is_some() {
            out.push_str(CURSOR_OFF);
        }
        let ready = out.len();
        if self.aim.is_none() {
            scroll::follow(&mut self.shown, &self.next, &mut out);
        }
        let complete = self.spans(cut, &mut out);
        if out.len() == ready && cursor == self.cursor {
            out.truncate(head);
        } else if let Some(at) = cursor {
            Encoder::new(&mut out, self.traits, area.width).go(at.x, at.y);
            out.push_str(CURSOR_ON);
        }
        self.cursor = cursor;
        if complete {
            self.aim = None;
            swap(&mut self.shown, &mut self.next);
        } else {
            let spare = self.aim.take().unwrap_or_else(|| Buffer::empty(area));
            self.aim = Some(std::mem::replace(&mut self.next, spare));
        }
        // Where a frame is cut anyway, its marks would only cost time.
        if (is_new || out.len() > AT_ONCE) && !cut.cuts() {
            out = format!("{BEGIN}{out}{END}");
        }
        Bytes { bytes: out.into_bytes(), complete }
    }

    /// Empties the terminal, in the colour that most of the next screen has.
    fn clear(&mut self, out: &mut String) {
        let mut grounds: Vec<(Color, usize)> = Vec::new();
        for cell in self.next.content.iter().filter(|cell| is_blank(cell)) {
            match grounds.iter_mut().find(|(colour, _)| *colour == cell.bg) {
                Some((_, count)) => *count += 1,
                None => grounds.push((cell.bg, 1)),
            }
        }
        let most =
            grounds.into_iter().max_by_key(|(_, count)| *count).map_or(Cell::EMPTY.bg, |(colour, _)| colour);
        let mut ground = Cell::EMPTY;
        if self.traits.erases {
            ground.bg = most;
        }
        out.push_str("\x1b[m");
        let mut encoder = Encoder::new(out, self.traits, self.shown.area.width);
        encoder.erase_all(&ground);
        encoder.finish();
        self.shown.content.fill(ground);
    }

    /// Draws what differs, or some of it with the newest first, and notes in `shown` what was drawn.
    /// Returns whether that was all.
    fn spans(&mut self, cut: Cut, out: &mut String) -> bool {
        let columns = usize::from(self.next.area.width).max(1);
        let mut spans = Vec::new();
        let rows = self.shown.content.chunks(columns).zip(self.next.content.chunks(columns));
        for (row, (old, new)) in rows.enumerate() {
            changes(old, new, |span| spans.push((row, span)));
        }
        if cut.cuts() {
            let aim = self.aim.as_ref();
            spans.sort_by_cached_key(|(row, span): &(usize, Range<usize>)| {
                let cells = row * columns + span.start..row * columns + span.end;
                let is_old = aim.is_some_and(|aim| aim.content[cells.clone()] == self.next.content[cells]);
                let far = cut.focus.map_or(0, |focus| row.abs_diff(usize::from(focus)));
                // Marks and names stand at the left; a row away from the focus waits until its neighbours have theirs.
                (is_old, far > 1, span.start / LONGEST, far)
            });
        } else {
            // A frame takes a while to arrive even where nobody says so: the marks around the focus come first.
            spans.sort_by_key(|(row, span)| {
                let far = cut.focus.map_or(usize::MAX, |focus| row.abs_diff(usize::from(focus)));
                far > 1 || span.start >= LONGEST
            });
        }
        let url = self.link_mark.and_then(|mark| Some((mark, hyperlink::target(&self.next, mark)?)));
        let link = url.as_ref().map(|(mark, url)| Link { url, mark: *mark });
        let mut encoder = Encoder::new(out, self.traits, self.next.area.width).with_link(link);
        let mut complete = true;
        for (row, span) in spans {
            if encoder.len() >= cut.limit {
                complete = false;
                break;
            }
            let first = row * columns;
            let start = span.start;
            let end = encoder.span(row as u16, &self.next.content[first..first + columns], span);
            if cut.cuts() {
                let drawn = first + start..first + end;
                let shown = &mut self.shown.content[first..first + columns];
                // What is left of a wide character of which this drew over one half: it is drawn with its own span, which
                // may have to wait for another frame, or for another screen.
                let left = start.checked_sub(1).filter(|at| width(&shown[*at]) > 1);
                let right =
                    end.checked_sub(1).filter(|at| end < columns && width(&shown[*at]) > 1).map(|_| end);
                for torn in [left, right].into_iter().flatten() {
                    shown[torn] = UNKNOWN;
                }
                self.shown.content[drawn.clone()].clone_from_slice(&self.next.content[drawn]);
            }
        }
        encoder.finish();
        complete
    }
}

/// Finds the stretches of a row to draw, in the order of reading. Where a wide character was, the cells that it
/// covered are drawn too: what a terminal leaves of a character that lost its other half is anyone's guess.
fn changes(old: &[Cell], new: &[Cell], mut draw: impl FnMut(Range<usize>)) {
    let columns = new.len();
    let (mut column, mut torn) = (0, 0);
    let mut span: Option<Range<usize>> = None;
    while column < columns {
        let next = (column + width(&new[column])).min(columns);
        if column < torn || !looks_like(&old[column], &new[column]) {
            for (covered, cell) in (column..next).zip(&old[column..next]) {
                torn = torn.max(covered + width(cell));
            }
            match &mut span {
                Some(span) if span.end == column && span.len() < LONGEST => span.end = next,
                _ => {
                    if let Some(done) = span.replace(column..next) {
                        draw(done);
                    }
                }
            }
        }
        column = next;
    }
    if let Some(done) = span {
        draw(done);
    }
}

/// Cells of one span: a frame can be cut behind each.
const LONGEST: usize = 12;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Modifier, Style};
    use vt100::Parser;

    use super::*;

    const AREA: Rect = Rect::new(0, 0, 20, 4);

    const ABLE: Traits = Traits { erases: true };

    fn fresh() -> Frame {
        Frame::new(AREA, String::new(), ABLE)
    }

    fn emulator() -> Parser {
        Parser::new(AREA.height.try_into().unwrap(), AREA.width.try_into().unwrap(), 0)
    }

    /// The bytes of a whole frame.
    fn draw(frame: &mut Frame, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> Vec<u8> {
        let drawn = frame.draw(Cut::NOT, paint);
        assert!(drawn.complete);
        drawn.bytes
    }

    fn write(text: &str) -> impl FnOnce(&mut Buffer) -> Option<Position> {
        move |cells| {
            cells.set_string(0, 1, text, Style::new());
            None
        }
    }

    #[test]
    fn an_unchanged_screen_is_no_bytes_at_all() {
        let mut frame = fresh();
        assert!(!draw(&mut frame, write("calm")).is_empty());
        assert_eq!(draw(&mut frame, write("calm")), b"");
    }

    #[test]
    fn one_changed_number_is_a_few_bytes() {
        let mut frame = fresh();
        draw(&mut frame, write("errors   41"));
        let bytes = draw(&mut frame, write("errors   42"));
        assert_eq!(String::from_utf8(bytes).unwrap(), "\x1b[2;11H2");
    }

    #[test]
    fn the_cursor_is_seen_only_while_text_is_typed() {
        let mut frame = Frame::new(AREA, "\x1b[?25l".to_owned(), ABLE);
        let mut screen = emulator();
        let at = Position::new(5, 1);
        screen.process(&draw(&mut frame, write("name ")));
        assert!(screen.screen().hide_cursor());
        screen.process(&draw(&mut frame, |cells| write("name ")(cells).or(Some(at))));
        assert!(!screen.screen().hide_cursor());
        assert_eq!(screen.screen().cursor_position(), (1, 5));
        assert_eq!(draw(&mut frame, |cells| write("name ")(cells).or(Some(at))), b"", "nothing has changed");
        screen.process(&draw(&mut frame, |cells| write("names")(cells).or(Some(at))));
        assert_eq!(screen.screen().cursor_position(), (1, 5), "it returns after something else was drawn");
        screen.process(&draw(&mut frame, write("names")));
        assert!(screen.screen().hide_cursor());
    }

    #[test]
    fn a_new_size_draws_everything_once_more() {
        let mut frame = Frame::new(AREA, "opening".to_owned(), ABLE);
        frame.resize(AREA);
        let first = String::from_utf8(draw(&mut frame, write("all"))).unwrap();
        assert!(first.contains("opening"), "what opens the screen is not lost");
        frame.resize(Rect::new(0, 0, 10, 2));
        let again = String::from_utf8(draw(&mut frame, write("all"))).unwrap();
        assert!(again.contains("\x1b[2J") && again.contains("all") && !again.contains("opening"));
    }

    #[test]
    fn a_control_character_never_reaches_the_terminal() {
        let mut frame = fresh();
        let bytes = draw(&mut frame, |cells| {
            cells[(0, 0)].set_symbol("\x1b]0;owned\x07");
            None
        });
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains('?') && !text.contains("owned"));
    }

    #[test]
    fn a_screen_without_cells_is_survived() {
        let mut frame = Frame::new(Rect::ZERO, String::new(), ABLE);
        draw(&mut frame, |_| Some(Position::new(0, 0)));
        assert_eq!(draw(&mut frame, |_| None), b"");
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
            if text == " " && !cell.underline() && !cell.inverse() {
                return format!("{:?}", cell.bgcolor());
            }
            let flags = (cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse());
            format!("{text} {:?} {:?} {flags:?}", cell.fgcolor(), cell.bgcolor())
        };
        let cells = (0..AREA.height).flat_map(|row| (0..AREA.width).map(move |column| (row, column)));
        cells.filter_map(|(row, column)| emulator.screen().cell(row, column).map(looks)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// A text in each row. The bytes of the changes lead to the same screen as drawing it from nothing, on any
        /// ground, and however often the way there is cut.
        #[test]
        fn changes_lead_where_a_fresh_start_leads(
            screens in prop::collection::vec((prop::collection::vec(styled(), 0..=4), any::<bool>()), 1..6),
            limit in prop_oneof![Just(usize::MAX), 1..60_usize],
        ) {
            let mut frame = fresh();
            let mut changed = emulator();
            let cut = Cut { limit, focus: None };
            for (texts, ground) in &screens {
                let paint = |cells: &mut Buffer| {
                    if *ground {
                        cells.set_style(AREA, Style::new().bg(Color::Blue).fg(Color::Yellow));
                    }
                    for (row, (x, text, style)) in (0..).zip(texts) {
                        cells.set_string(*x, row, text, *style);
                    }
                    None
                };
                // The first cut is followed by another screen, the last one by itself until it is complete.
                let mut drawn = frame.draw(cut, paint);
                changed.process(&drawn.bytes);
                let is_last = std::ptr::eq(texts, &raw const screens[screens.len() - 1].0);
                while is_last && !drawn.complete {
                    drawn = frame.draw(cut, paint);
                    prop_assert!(drawn.complete || !drawn.bytes.is_empty());
                    changed.process(&drawn.bytes);
                }
                if drawn.complete {
                    let mut afresh = emulator();
                    afresh.process(&draw(&mut fresh(), paint));
                    prop_assert_eq!(seen(&changed), seen(&afresh));
                }
            }
        }

        /// A list whose lines move up and down under a head, with a cursor in it.
        #[test]
        fn a_list_that_moves_leads_there_too(places in prop::collection::vec((0..40_usize, 0..12_u16), 1..8)) {
            let area = Rect::new(0, 0, 24, 12);
            let parser = || Parser::new(area.height.try_into().unwrap(), area.width.try_into().unwrap(), 0);
            let mut frame = Frame::new(area, String::new(), ABLE);
            let mut moved = parser();
            for (first, cursor) in places {
                let paint = |cells: &mut Buffer| {
                    cells.set_style(area, Style::new().bg(Color::Blue));
                    cells.set_string(0, 0, "head", Style::new());
                    for row in 1..11 {
                        let number = (first + usize::from(row)) as u64;
                        let text = format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
                        cells.set_string(0, row, text, Style::new());
                    }
                    cells.set_style(Rect { y: cursor, height: 1, ..area }, Style::new().bg(Color::Red));
                    None
                };
                moved.process(&draw(&mut frame, paint));
                let mut afresh = parser();
                afresh.process(&draw(&mut Frame::new(area, String::new(), ABLE), paint));
                for row in 0..area.height {
                    for column in 0..area.width {
                        let looks = |parser: &Parser| {
                            let cell = parser.screen().cell(row, column).unwrap();
                            (cell.contents().trim().to_owned(), cell.bgcolor())
                        };
                        prop_assert_eq!(looks(&moved), looks(&afresh));
                    }
                }
            }
        }
    }

    #[test]
    fn what_changed_last_is_drawn_first_where_a_frame_is_cut() {
        let mut frame = fresh();
        draw(&mut frame, write(""));
        let busy = |text: &'static str| {
            move |cells: &mut Buffer| {
                for row in 0..3 {
                    cells.set_string(0, row, format!("{row}abcdefghijklmnopqr"), Style::new());
                }
                cells.set_string(0, 3, text, Style::new());
                None
            }
        };
        let first = frame.draw(Cut { limit: 10, focus: None }, busy(""));
        assert!(!first.complete && first.bytes.len() < 60);
        let answer = frame.draw(Cut { limit: 1, focus: None }, busy("yes"));
        assert_eq!((answer.bytes.as_slice(), answer.complete), (&b"\x1b[4Hyes"[..], false));
        assert!(frame.draw(Cut::NOT, busy("yes")).complete);
        assert_eq!(frame.draw(Cut::NOT, busy("yes")).bytes, b"");
    }

    #[test]
    fn a_marked_url_is_a_link_and_nothing_of_it_stays_behind() {
        const MARK: Modifier = Modifier::from_bits_retain(1 << 12);
        let link = |cells: &mut Buffer| {
            cells.set_string(0, 1, "https://a.example/x", Style::new().add_modifier(MARK));
            None
        };
        let mut frame = fresh().with_links(Some(MARK));
        draw(&mut frame, write("https://a.example/x y"));
        let drawn = String::from_utf8(draw(&mut frame, link)).unwrap();
        assert!(
            drawn.contains("\x1b]8;id=lambtop;https://a.example/x\x1b\\https://a.example/x\x1b]8;;\x1b\\")
        );
        let after = String::from_utf8(draw(&mut frame, write("https://a.example/x y"))).unwrap();
        assert!(after.contains("https://a.example/x") && !after.contains("\x1b]8"), "{after:?}");
        let mut unknowing = fresh();
        assert!(!String::from_utf8(draw(&mut unknowing, link)).unwrap().contains("\x1b]"));
    }
}
