//! The cursor in the table: rows move around it, and it keeps its line on screen.

use std::time::Duration;

use crate::model::FunctionKey;

use super::action::Action;
use super::layout::Frame;
use super::rows::{Table, View};
use super::{App, Mouse, MouseKind, Overlay, Screen, columns};

/// Rows are sorted again at most this often ...
const SORT_EVERY: Duration = Duration::from_secs(10);
/// ... and never so soon after a key.
const HANDS_OFF: Duration = Duration::from_secs(5);
/// Until the first key and for so long the order follows the first answers as they come.
const OPENING: Duration = Duration::from_secs(15);
/// A fleet so large is sorted once a second even then.
const LARGE: usize = 1000;
/// Lines that a notch of the wheel goes.
const NOTCH: usize = 3;

impl App {
    /// How many rows of the table are on screen.
    pub(super) fn visible_rows(&self) -> usize {
        match &self.frame {
            Frame::Functions(layout) => usize::from(layout.rows.height),
            _ => 0,
        }
    }

    /// Puts the cursor on a row and scrolls so that it is seen.
    pub(super) fn put_cursor(&mut self, row: usize) {
        let row = row.min(self.rows().len().saturating_sub(1));
        let key = self.rows().get(row).map(|row| row.key.clone());
        self.functions.cursor = key;
        self.keep_cursor_visible();
    }

    pub(super) fn keep_cursor_visible(&mut self) {
        let visible = self.visible_rows();
        if visible == 0 {
            return;
        }
        let (cursor, count) = (self.cursor().unwrap_or(0), self.rows().len());
        let screen = &mut self.functions;
        let top = screen.top.clamp((cursor + 1).saturating_sub(visible), cursor);
        screen.top = top.min(count.saturating_sub(visible));
    }

    /// Changes the rows by `change`, and keeps the row under the cursor on its line.
    pub(super) fn rebuild(&mut self, change: impl FnOnce(&mut Table, &View<'_>)) {
        let anchor: Option<FunctionKey> = self.functions_screen().cursor.clone();
        let at = self.cursor().unwrap_or(0);
        let line = at.saturating_sub(self.first_row());
        let (table, view) = self.table_and_view();
        change(table, &view);
        let Some(key) = anchor else { return };
        match self.table.position(&key) {
            Some(at) => self.functions.top = at.saturating_sub(line),
            // The row is gone: the cursor stays on its line, on another one.
            None => self.put_cursor(at),
        }
        self.keep_cursor_visible();
    }

    /// Another filter: the rows that pass it, in the order as it stands.
    pub(super) fn narrow(&mut self) {
        let before = self.functions_screen().cursor.clone();
        self.rebuild(Table::narrow);
        if before.is_some_and(|key| self.table.position(&key).is_none()) {
            self.put_cursor(0);
        }
    }

    pub(super) fn sort(&mut self) {
        self.sorted_at = self.now;
        self.rebuild(Table::sort);
    }

    /// Sorts as the user has just asked: whoever sorts wants to see what stands first now.
    pub(super) fn sort_anew(&mut self) {
        (self.functions.cursor, self.functions.top) = (None, 0);
        self.sort();
    }

    pub(super) fn sort_if_due(&mut self) {
        if !self.table.unsorted() {
            return;
        }
        let opening = self.last_key.is_none() && self.now.since(self.started) < OPENING;
        let pause = match opening {
            true if self.table.total() <= LARGE => Duration::ZERO,
            true => Duration::from_secs(1),
            false => SORT_EVERY,
        };
        let hands_off = self.last_key.is_some_and(|key| self.now.since(key) < HANDS_OFF);
        if !hands_off && self.now.since(self.sorted_at) >= pause {
            self.sort();
        }
    }

    pub(super) fn mouse(&mut self, mouse: Mouse) {
        let wheel = match mouse.kind {
            MouseKind::WheelUp => Action::Up,
            MouseKind::WheelDown => Action::Down,
            MouseKind::Click => return self.click(mouse),
        };
        match (&self.overlay, self.screen()) {
            (Some(Overlay::Help(_) | Overlay::Palette(_)), _) | (None, Screen::Function(_)) => {
                self.act(wheel);
            }
            // A theme is chosen on purpose, not by a nudge.
            (Some(Overlay::Themes(_) | Overlay::Link(_) | Overlay::Far(_)), _) => {}
            (None, Screen::Functions) => self.scroll(wheel == Action::Down),
            (None, Screen::Logs) if self.is_in_detail(mouse.x, mouse.y) => {
                let down = wheel == Action::Down;
                self.scroll_detail(if down { NOTCH.cast_signed() } else { -NOTCH.cast_signed() });
            }
            (None, Screen::Logs | Screen::Requests | Screen::Timeline(_) | Screen::Traces) => {
                (0..NOTCH).for_each(|_| drop(self.act(wheel)));
            }
        }
    }

    /// Moves the rows under the cursor's line by a notch of the wheel.
    fn scroll(&mut self, down: bool) {
        let visible = self.visible_rows();
        let last = self.rows().len().saturating_sub(visible);
        let line = self.cursor().unwrap_or(0).saturating_sub(self.first_row());
        let top = self.first_row();
        let top = if down { (top + NOTCH).min(last) } else { top.saturating_sub(NOTCH) };
        self.functions.top = top;
        self.put_cursor(top + line);
    }

    fn click(&mut self, mouse: Mouse) {
        if self.overlay.is_some() {
            return;
        }
        if let Frame::Logs(layout) = &self.frame {
            let rows = layout.rows;
            let histogram = layout.histogram.filter(|area| area.contains(mouse.x, mouse.y));
            if rows.contains(mouse.x, mouse.y) {
                self.click_line(usize::from(mouse.y - rows.y));
            } else if let Some(area) = histogram {
                self.click_histogram(mouse.x - area.x);
            }
            return;
        }
        if let Frame::Requests(_) = &self.frame {
            return self.click_requests(mouse);
        }
        if let Frame::Traces(_) = &self.frame {
            return self.click_traces(mouse);
        }
        if let Frame::Timeline(_) = &self.frame {
            return self.click_timeline(mouse.x, mouse.y);
        }
        let Frame::Functions(layout) = &self.frame else { return };
        let (rows, head) = (layout.rows, layout.head);
        if rows.contains(mouse.x, mouse.y) {
            let row = self.first_row() + usize::from(mouse.y - rows.y);
            if row < self.rows().len() {
                self.put_cursor(row);
            }
        } else if head.contains(mouse.x, mouse.y) {
            let x = mouse.x - head.x;
            let clicked =
                columns(head.width).into_iter().find(|place| (place.x..place.x + place.width).contains(&x));
            if let Some(place) = clicked.filter(|place| place.column.sorts()) {
                self.sort_by(place.column);
            }
        }
    }
}
