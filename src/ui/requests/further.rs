//! What stands below the last row where less was read than is shown.
//!
//! ```text
//!    ╌╌ read back to 13:31, not all of 3h · ↓ reads further back ╌╌
//! ```

use ratatui::layout::Rect;

use crate::app::App;
use crate::model::SafeText;
use crate::safe;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;
use crate::ui::{line, moment};

/// Draws it below the last row, if that is on screen.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, rows: Rect) {
    let requests = app.requests();
    let offset = requests.count().saturating_sub(requests.top);
    if offset >= usize::from(rows.height) {
        return;
    }
    let Some(words) = words(app) else { return };
    let row = line(rows, offset as u16);
    paint.text(
        Rect { x: row.x + 3, width: row.width.saturating_sub(4), ..row },
        &words,
        Role::Warn,
        Cut::End,
    );
}

/// How far back was read, and what reads further.
pub(super) fn words(app: &App) -> Option<SafeText> {
    let back = app.requests().read_back?;
    let to = moment::dated(back.to, app.now(), app.zone());
    let range = app.range().label();
    Some(if back.goes_on {
        safe!("read back to {to}, not all of {range} · reading further back …")
    } else {
        safe!("read back to {to}, not all of {range} · ↓ here reads further back")
    })
}
