//! What a terminal is sent, without a terminal: the same bytes from the same writer of frames.

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::encode::Traits;
use super::frame::{Cut, Frame};
use super::line::Line;

/// A terminal that only gets bytes, for whoever wants to look at them.
pub struct Wire {
    frame: Frame,
    line: Line,
    begin: Instant,
}

impl Wire {
    /// One of this size, of the kind that `TERM` names, on a line of which nothing is known.
    #[must_use]
    pub fn new(columns: u16, rows: u16, term: &str) -> Self {
        let (area, begin) = (Rect::new(0, 0, columns, rows), Instant::now());
        Self {
            frame: Frame::new(area, String::new(), Traits::of(term)),
            line: Line::new(0, false, begin),
            begin,
        }
    }

    /// The bytes that lead from the last screen to the one that `paint` draws into an empty buffer.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer)) -> Vec<u8> {
        let drawn = self.frame.draw(Cut { limit: usize::MAX, focus: None }, |cells| {
            paint(cells);
            None
        });
        drawn.bytes
    }

    /// The same at a time from the beginning, or `None` if the line has no room then: the frame is skipped.
    pub fn draw_at(&mut self, at: Duration, paint: impl FnOnce(&mut Buffer)) -> Option<Vec<u8>> {
        let now = self.begin + at;
        if self.line.next(false) > now {
            return None;
        }
        let bytes = self.draw(paint);
        self.line.sent(bytes.len(), now);
        Some(bytes)
    }
}
