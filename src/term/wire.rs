//! What a terminal is sent, without a terminal: the same bytes from the same writer of frames.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::encode::Traits;
use super::frame::{Cut, Frame};

/// A terminal that only gets bytes, for whoever wants to look at them.
pub struct Wire {
    frame: Frame,
}

impl Wire {
    /// One of this size, of the kind that `TERM` names.
    #[must_use]
    pub fn new(columns: u16, rows: u16, term: &str) -> Self {
        Self { frame: Frame::new(Rect::new(0, 0, columns, rows), String::new(), Traits::of(term)) }
    }

    /// The bytes that lead from the last screen to the one that `paint` draws into an empty buffer.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let drawn = self.frame.draw(Cut { limit: usize::MAX, focus: None }, |cells| {
            paint(cells);
            None
        });
        drawn.bytes
    }
}
