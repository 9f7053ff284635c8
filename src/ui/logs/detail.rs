//! The line under the cursor in full.
//!
//! ```text
//! ── line in full · row 1 · Esc closes ──────────────────────────────────────────────────────
//!  time       2026-11-22 14:30:56.244 UTC
//!  ingested   2026-11-22 14:30:57.301 UTC, 1.1 s after it
//!  request    c1f0a7e2-6d40-4b1e-9c57-08e2a4417f35
//!
//!  Invoke Error
//!  {
//!    "errorType": "ProvisionedThroughputExceededException"
//!  }
//! ```

use ratatui::layout::Rect;

use crate::app::App;
use crate::app::logs::detail_width;
use crate::model::Wrap;
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::line;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// Draws the pane; with a line down at its left where it stands beside the rows.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, area: Rect, beside: bool) {
    let logs = app.logs();
    if beside {
        for y in area.top()..area.bottom() {
            paint.glyph(area.x, y, Glyph::Bar, Role::Faint);
        }
    } else {
        paint.rule(line(area, 0));
    }
    let title = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..line(area, 0) };
    let Some(Some(detail)) = &logs.detail else {
        paint.text(title, " line in full \u{b7} no line here \u{b7} Esc closes ", Role::Text, Cut::End);
        return;
    };
    let width = detail_width(area.width);
    let wrap = Wrap::new(&detail.pages, width);
    let height = usize::from(area.height.saturating_sub(1));
    let mut rows = wrap.rows(detail.top);
    for (offset, row) in (1..).zip(rows.by_ref().take(height)) {
        let text = row.text;
        let room = Rect { x: area.x + 2, width, ..line(area, offset) };
        paint.text(room, &text, Role::Text, Cut::End);
        let shown = text.source().clone();
        let names = detail.names(shown.clone());
        paint.toned(room, Role::Dim, names.map(|name| text.cell_of(name.start)..text.cell_of(name.end)));
        if logs.is_filtered() {
            let part = detail.pages.raw().get(shown.clone()).unwrap_or_default();
            let found = logs.filter.applied.highlights(part);
            let cells = found
                .into_iter()
                .map(|place| text.cell_of(shown.start + place.start)..text.cell_of(shown.start + place.end));
            paint.matched(room, cells);
        }
    }
    let masked = match detail.pages.masked() {
        0 => String::new(),
        1 => " \u{b7} 1 secret masked".to_owned(),
        count => format!(" \u{b7} {count} secrets masked"),
    };
    let more = if rows.next().is_some() { " \u{b7} ^D goes on" } else { "" };
    let title_text = safe!(" line in full{masked}{more} \u{b7} Esc closes ");
    paint.text(title, &title_text, Role::Text, Cut::End);
}
