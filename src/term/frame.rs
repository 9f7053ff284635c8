//! What the terminal shows, what it shall show, and the bytes between the two.

use std::mem::swap;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::encode::Encoder;

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
    /// What is on the terminal is unknown: the next frame begins with this, and draws every cell.
    opening: Option<String>,
}

impl Frame {
    /// A screen about which nothing is known. `opening` goes in front of its first frame.
    pub(super) fn new(area: Rect, opening: String) -> Self {
        Self { shown: Buffer::empty(area), next: Buffer::empty(area), cursor: None, opening: Some(opening) }
    }

    /// The terminal has another size, and may have done anything to what it showed.
    pub(super) fn resize(&mut self, area: Rect) {
        *self = Self::new(area, self.opening.take().unwrap_or_default());
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
        let mut encoder = Encoder::new(&mut out);
        for (column, row, cell) in self.shown.diff_iter(&self.next) {
            encoder.cell(column, row, cell);
        }
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
