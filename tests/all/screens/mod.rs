//! Whole screens: stored pictures of each, and what must hold on all of them at any size.

mod footers;
mod hostile;
mod large_map;
mod legends;
mod logs;
mod properties;
mod requests;
mod scene;
mod snapshots;
mod timeline;
pub mod traces;
mod words;

use lambtop::app::App;
use lambtop::report::picture;
use lambtop::ui::{self, Look, theme::Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The cells of the screen as it stands.
fn cells(app: &App, look: &Look) -> Buffer {
    let (columns, rows) = app.size();
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    ui::draw(app, look, &mut buffer);
    buffer
}

/// The letters of the screen as it stands.
pub fn letters(app: &App, ascii: bool) -> String {
    picture::text(&cells(app, &Look { theme: Theme::default(), ascii }))
}
