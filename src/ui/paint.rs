//! The one place that writes cells.
//!
//! It takes nothing but [`Ink`]: text that was made safe, a number, or words of our own source. It clips,
//! cuts, aligns, and in ASCII mode writes no byte above 0x7e, whatever it is given.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use unicode_width::UnicodeWidthStr;

use super::glyph::{BARS, BARS_ASCII, Glyph};
use super::number::Number;
use super::theme::{Role, Theme};
use crate::model::{Coloured, Neutralised, SafeText, ascii_form, cells};

/// Marks the cells of a link: together, in the order of showing, they spell its URL. A bit that styles do not use, so
/// that it changes nothing where links are not known.
pub const LINK: Modifier = Modifier::from_bits_retain(1 << 12);

/// What does not depend on the program's state: colours and character set.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// The theme, already adapted to the terminal.
    pub theme: Theme,
    /// Nothing above 0x7e is written.
    pub ascii: bool,
}

/// Something that may be drawn.
#[derive(Clone, Copy, Debug)]
pub struct Ink<'a> {
    text: &'a str,
    width: usize,
    neutralised: &'a [Neutralised],
    colours: &'a [Coloured],
}

impl Ink<'_> {
    /// How many cells it takes in this character set: a control is one cell (`␛`) or two (`^[`).
    fn width(&self, ascii: bool) -> usize {
        if !ascii || self.text.is_ascii() {
            return self.width;
        }
        cells(self.text)
            .map(|(piece, width)| if piece.is_ascii() { width } else { ascii_form(piece, width).len() })
            .sum()
    }
}

impl<'a> From<&'a SafeText> for Ink<'a> {
    fn from(text: &'a SafeText) -> Self {
        let (neutralised, colours) = (text.neutralised(), text.colours());
        Self { text: text.as_str(), width: text.width(), neutralised, colours }
    }
}

impl<'a> From<&'a Number> for Ink<'a> {
    fn from(number: &'a Number) -> Self {
        Self { text: number.as_str(), width: usize::from(number.width()), neutralised: &[], colours: &[] }
    }
}

impl From<&'static str> for Ink<'static> {
    /// Words of our own source: what comes from outside has no `'static` life.
    fn from(text: &'static str) -> Self {
        Self { text, width: text.width(), neutralised: &[], colours: &[] }
    }
}

/// Where a text that is too long loses letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Names, messages, errors: the end goes.
    #[default]
    End,
    /// ARNs, paths, log groups: both ends stay.
    Middle,
}

/// A buffer and the look in which it is drawn.
pub struct Paint<'a> {
    buffer: &'a mut Buffer,
    look: &'a Look,
}

impl<'a> Paint<'a> {
    /// Draws into `buffer`.
    pub const fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        Self { buffer, look }
    }

    /// All of the screen.
    #[must_use]
    pub const fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Whether only ASCII may be written.
    #[must_use]
    pub const fn ascii(&self) -> bool {
        self.look.ascii
    }

    /// Empties `area` down to the background.
    pub fn clear(&mut self, area: Rect) {
        let style = self.look.theme.style(Role::Text).patch(self.look.theme.style(Role::Background));
        for y in area.intersection(self.buffer.area).rows().map(|row| row.y) {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                    cell.set_style(style);
                }
            }
        }
    }

    /// Starts to write at the left of `row`; nothing is ever written outside of it.
    pub fn pen(&mut self, row: Rect) -> Pen<'_, 'a> {
        let end = if row.height == 0 { row.x } else { row.right() };
        Pen { paint: self, x: row.x, y: row.y, end }
    }

    /// Writes `ink` at the left of `row`, cut to it; returns the cells it took.
    pub fn text<'t>(&mut self, row: Rect, ink: impl Into<Ink<'t>>, role: Role, cut: Cut) -> u16 {
        let width = if row.height == 0 { 0 } else { row.width };
        self.write(row.x, row.y, width, ink.into(), self.look.theme.style(role), cut)
    }

    /// Writes `ink` so that it ends where `row` ends. A number is cut by its own rule before.
    pub fn right<'t>(&mut self, row: Rect, ink: impl Into<Ink<'t>>, role: Role) {
        let ink = ink.into();
        let width = ink.width(self.look.ascii).min(usize::from(row.width)) as u16;
        self.text(Rect { x: row.right() - width, width, ..row }, ink, role, Cut::End);
    }

    /// One sign.
    pub fn glyph(&mut self, x: u16, y: u16, glyph: Glyph, role: Role) {
        self.symbol(x, y, glyph.symbol(self.look.ascii), role);
    }

    /// A line across all of `row`.
    pub fn rule(&mut self, row: Rect) {
        for x in row.left()..row.right() {
            self.glyph(x, row.y, Glyph::Rule, Role::Faint);
        }
    }

    /// An empty box for an overlay; returns what is inside of it.
    pub fn frame(&mut self, area: Rect) -> Rect {
        self.clear(area);
        if area.width < 2 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let (left, right, top, bottom) = (area.left(), area.right() - 1, area.top(), area.bottom() - 1);
        for x in left..=right {
            self.glyph(x, top, Glyph::Rule, Role::Dim);
            self.glyph(x, bottom, Glyph::Rule, Role::Dim);
        }
        for y in top..=bottom {
            self.glyph(left, y, Glyph::Bar, Role::Dim);
            self.glyph(right, y, Glyph::Bar, Role::Dim);
        }
        for (x, y, glyph) in [
            (left, top, Glyph::TopLeft),
            (right, top, Glyph::TopRight),
            (left, bottom, Glyph::Corner),
            (right, bottom, Glyph::BottomRight),
        ] {
            self.glyph(x, y, glyph, Role::Dim);
        }
        Rect { x: left + 1, y: top + 1, width: area.width - 2, height: area.height - 2 }
    }

    /// Marks `row` as the one under the cursor, over what is drawn there.
    pub fn select(&mut self, row: Rect) {
        let style = self.look.theme.style(Role::Select).add_modifier(Modifier::BOLD);
        self.patch(row, style);
    }

    /// Marks cells as chosen, over what is drawn there.
    pub fn highlight(&mut self, area: Rect) {
        self.patch(area, self.look.theme.style(Role::Select));
    }

    /// Writes the part of a link that stands on `row`. All parts on a screen must belong to one link.
    pub fn link<'t>(&mut self, row: Rect, part: impl Into<Ink<'t>>) {
        let width = self.text(row, part, Role::Accent, Cut::End);
        self.patch(Rect { width, ..row }, Style::new().add_modifier(Modifier::UNDERLINED | LINK));
    }

    /// Underlines what a filter matched in a text that was drawn at the left of `row`: cells from its start.
    pub fn matched(&mut self, row: Rect, cells: impl IntoIterator<Item = Range<usize>>) {
        self.toned(row, Role::Match, cells);
    }

    /// Gives parts of a text that was drawn at the left of `row` another role: cells from its start.
    pub fn toned(&mut self, row: Rect, role: Role, cells: impl IntoIterator<Item = Range<usize>>) {
        let style = self.look.theme.style(role);
        for range in cells {
            let start = u16::try_from(range.start).unwrap_or(u16::MAX).min(row.width);
            let end = u16::try_from(range.end).unwrap_or(u16::MAX).min(row.width);
            let width = end.saturating_sub(start);
            self.patch(Rect { x: row.x + start, width, ..row }, style);
        }
    }

    /// A symbol of a chart in the colour of `role`.
    pub(super) fn symbol(&mut self, x: u16, y: u16, symbol: &str, role: Role) {
        self.cell(x, y, symbol, self.look.theme.style(role));
    }

    /// The same, bold: what stands out where there is no colour.
    pub(super) fn strong_symbol(&mut self, x: u16, y: u16, symbol: &str, role: Role) {
        self.cell(x, y, symbol, self.look.theme.style(role).add_modifier(Modifier::BOLD));
    }

    /// A symbol of a chart's body: the colour of `role`, nearer to the background.
    pub(super) fn tinted(&mut self, x: u16, y: u16, symbol: &str, role: Role) {
        self.cell(x, y, symbol, self.look.theme.tint(role));
    }

    fn cell(&mut self, x: u16, y: u16, symbol: &str, style: Style) {
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(symbol).set_style(style);
        }
    }

    fn patch(&mut self, area: Rect, style: Style) {
        self.buffer.set_style(area, style);
    }

    fn write(&mut self, x: u16, y: u16, width: u16, ink: Ink<'_>, style: Style, cut: Cut) -> u16 {
        let room = usize::from(width);
        let whole = ink.width(self.look.ascii);
        if whole <= room {
            return self.run(x, y, room, ink, 0, style);
        }
        if room == 0 {
            return 0;
        }
        let tail = if cut == Cut::Middle { (room - 1) / 2 } else { 0 };
        let head = self.run(x, y, room - 1 - tail, ink, 0, style);
        self.cell(x + head, y, Glyph::Ellipsis.symbol(self.look.ascii), style);
        let at = x + head + 1;
        head + 1 + if tail == 0 { 0 } else { self.run(at, y, tail, ink, whole - tail, style) }
    }

    /// Writes the pieces of `ink` that begin at or after its cell `from`, as far as `room` allows.
    fn run(&mut self, x: u16, y: u16, room: usize, ink: Ink<'_>, from: usize, style: Style) -> u16 {
        // Cells of the text itself, and of what is drawn of it in this character set.
        let (mut cell, mut drawn, mut used) = (0, 0, 0);
        for (piece, width) in cells(ink.text) {
            let start = cell;
            cell += width;
            let form = (self.look.ascii && !piece.is_ascii()).then(|| ascii_form(piece, width));
            let width = form.map_or(width, str::len);
            let skipped = drawn < from;
            drawn += width;
            if skipped {
                continue;
            }
            if used + width > room {
                break;
            }
            let style = self.dressed(ink, start, style);
            let at = x.saturating_add(used as u16);
            used += width;
            if let Some(form) = form {
                for (offset, letter) in (0..).zip(form.split_inclusive(|_| true)) {
                    self.cell(at.saturating_add(offset), y, letter, style);
                }
                continue;
            }
            self.cell(at, y, piece, style);
            if width == 2 {
                // The second half belongs to the first and is not written to the terminal.
                self.cell(at.saturating_add(1), y, " ", style);
            }
        }
        used as u16
    }

    /// The style of the cell `at` of `ink`: dim where it stands for something else, coloured where it asks for it.
    fn dressed(&self, ink: Ink<'_>, at: usize, style: Style) -> Style {
        let behind = ink.neutralised.partition_point(|range| range.end <= at);
        if ink.neutralised.get(behind).is_some_and(|range| range.start <= at) {
            return style.patch(self.look.theme.style(Role::Dim));
        }
        let behind = ink.colours.partition_point(|run| run.cells.end <= at);
        match ink.colours.get(behind) {
            Some(run) if run.cells.start <= at => style.patch(self.look.theme.coloured(run.fore, run.back)),
            _ => style,
        }
    }
}

/// Writes one thing after another on one line.
pub struct Pen<'p, 'a> {
    paint: &'p mut Paint<'a>,
    x: u16,
    y: u16,
    end: u16,
}

impl Pen<'_, '_> {
    /// Writes `ink`, cut at the end of the line.
    pub fn put<'t>(&mut self, ink: impl Into<Ink<'t>>, role: Role) -> &mut Self {
        let row = self.rest();
        self.x += self.paint.text(row, ink, role, Cut::End);
        self
    }

    /// Writes `ink` right-aligned in a cell of `width`.
    pub fn cell<'t>(&mut self, width: u16, ink: impl Into<Ink<'t>>, role: Role) -> &mut Self {
        let row = Rect { width: width.min(self.left()), ..self.rest() };
        self.paint.right(row, ink, role);
        self.x += row.width;
        self
    }

    /// Writes `ink` left-aligned in a cell of `width`, cut to it.
    pub fn field<'t>(&mut self, width: u16, ink: impl Into<Ink<'t>>, role: Role) -> &mut Self {
        let row = Rect { width: width.min(self.left()), ..self.rest() };
        self.paint.text(row, ink, role, Cut::End);
        self.x += row.width;
        self
    }

    /// Writes one sign.
    pub fn glyph(&mut self, glyph: Glyph, role: Role) -> &mut Self {
        if self.x < self.end {
            self.paint.glyph(self.x, self.y, glyph, role);
            self.x += 1;
        }
        self
    }

    /// Draws a cell of a bar that lies on its side.
    pub fn bar(&mut self, role: Role) -> &mut Self {
        if self.x < self.end {
            let sign = if self.paint.ascii() { BARS_ASCII[7] } else { BARS[7] };
            self.paint.symbol(self.x, self.y, sign, role);
            self.x += 1;
        }
        self
    }

    /// Leaves cells free.
    pub fn gap(&mut self, cells: u16) -> &mut Self {
        self.x = self.x.saturating_add(cells).min(self.end);
        self
    }

    /// Goes to column `x` of the screen, never back.
    pub fn to(&mut self, x: u16) -> &mut Self {
        self.x = self.x.max(x).min(self.end);
        self
    }

    /// How many cells are left.
    #[must_use]
    pub const fn left(&self) -> u16 {
        self.end.saturating_sub(self.x)
    }

    /// The cells that are left.
    #[must_use]
    pub const fn rest(&self) -> Rect {
        Rect { x: self.x, y: self.y, width: self.left(), height: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ansi, Showing};

    fn drawn(width: u16, ascii: bool, draw: impl FnOnce(&mut Paint<'_>, Rect)) -> String {
        let area = Rect::new(0, 0, width, 1);
        let mut buffer = Buffer::empty(area);
        let look = Look { ascii, ..Look::default() };
        draw(&mut Paint::new(&mut buffer, &look), area);
        let mut text = String::new();
        let mut skip = 0;
        for cell in &buffer.content {
            if skip == 0 {
                text.push_str(cell.symbol());
                skip = cell.symbol().width();
            }
            skip = skip.saturating_sub(1);
        }
        text
    }

    fn cut(raw: &str, width: u16, cut: Cut, ascii: bool) -> String {
        drawn(width, ascii, |paint, area| {
            paint.text(area, &SafeText::new(raw), Role::Text, cut);
        })
    }

    #[test]
    fn a_long_text_loses_its_end_or_its_middle() {
        assert_eq!(cut("payment-capture", 10, Cut::End, false), "payment-c…");
        assert_eq!(cut("/aws/lambda/payment-capture", 15, Cut::Middle, false), "/aws/la…capture");
        assert_eq!(cut("payment", 7, Cut::Middle, false), "payment");
        assert_eq!(cut("価格表です", 6, Cut::End, false), "価格… ");
        assert_eq!(cut("x", 0, Cut::End, false), "");
    }

    #[test]
    fn ascii_mode_writes_nothing_above_0x7e() {
        assert_eq!(cut("größe 価格 · é…", 20, Cut::End, true), "gr??e ???? - ?~     ");
        assert_eq!(cut("a\u{202e}b\x1b", 20, Cut::End, true), "a<202E>b^[          ");
        assert_eq!(cut("\x1b[2J\x7f\u{9b}x", 9, Cut::End, true), "^[[2J^?<~");
        assert_eq!(cut("\x1b\x1b\x1b", 6, Cut::End, true), "^[^[^[");
        assert_eq!(cut("a\x1b\x1b\x1bb", 6, Cut::Middle, true), "a^[~b ");
    }

    #[test]
    fn a_text_is_coloured_as_it_asks_but_what_was_neutralised_is_dim() {
        let area = Rect::new(0, 0, 4, 1);
        let mut buffer = Buffer::empty(area);
        let look = Look::default();
        let showing = Showing { ansi: Ansi::Colour, ..Showing::default() };
        let text = SafeText::of_line("a\x1b[32mb\x07\x1b[mc", showing);
        Paint::new(&mut buffer, &look).text(area, &text, Role::Text, Cut::End);
        let fore = |x: u16| buffer[(x, 0)].style().fg;
        let (text, dim) = (look.theme.style(Role::Text).fg, look.theme.style(Role::Dim).fg);
        assert_eq!((fore(0), fore(2), fore(3)), (text, dim, text));
        assert!(fore(1).is_some() && fore(1) != text && fore(1) != dim);
    }

    #[test]
    fn numbers_end_where_their_cell_ends() {
        let text = drawn(12, false, |paint, area| {
            let number = super::super::number::count(4810.0);
            paint.pen(area).field(4, "abcdef", Role::Text).cell(7, &number, Role::Text);
        });
        assert_eq!(text, "abc…  4,810 ");
    }

    #[test]
    fn a_match_is_underlined_where_it_stands() {
        let area = Rect::new(0, 0, 8, 1);
        let mut buffer = Buffer::empty(area);
        let look = Look::default();
        let mut paint = Paint::new(&mut buffer, &look);
        paint.text(area, "payment", Role::Text, Cut::End);
        paint.matched(area, [1..3, 7..20]);
        let lines: Vec<bool> =
            (0..8).map(|x| buffer[(x, 0)].modifier.contains(Modifier::UNDERLINED)).collect();
        assert_eq!(lines, [false, true, true, false, false, false, false, true]);
    }
}
