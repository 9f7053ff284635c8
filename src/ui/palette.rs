//! Every action by name.
//!
//! ```text
//! ┌─ : thr▏ ───────────────────────────────────────┐
//! │▌ sort by throttles                     s       │
//! │  4 of 26 actions · Enter runs · Esc closes     │
//! └────────────────────────────────────────────────┘
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, line};
use crate::app::Palette;
use crate::model::SafeText;
use crate::safe;

const WIDTH: u16 = 72;
/// Most entries that are shown at once.
const ROWS: u16 = 14;

/// Draws the overlay over the screen. Its size does not change while one types.
pub(super) fn draw(palette: &Palette, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let rows = ROWS.min(screen.height.saturating_sub(5)).min((palette.total as u16).max(1));
    let area = centred(screen, WIDTH.min(screen.width.saturating_sub(2)), rows + 3);
    let inside = paint.frame(area);
    prompt(palette, paint, Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..line(area, 0) });
    // The cursor stays in view, with as little movement as that needs.
    let first = palette.cursor.saturating_sub(usize::from(rows.saturating_sub(1)));
    for (offset, entry) in palette.entries.iter().skip(first).take(usize::from(rows)).enumerate() {
        let row = line(inside, offset as u16);
        let name = Rect { x: row.x + 2, width: row.width.saturating_sub(20), ..row };
        paint.text(name, &SafeText::new(&entry.name), Role::Text, Cut::End);
        // The names of actions are ASCII: a byte is a cell.
        paint.matched(name, entry.matched.iter().map(|byte| *byte..byte + 1));
        let keys = Rect { x: name.right() + 1, width: 16, ..row };
        let written = SafeText::new(&super::keys::written(entry.keys, paint.ascii()));
        paint.text(keys, &written, Role::Accent, Cut::End);
        if first + offset == palette.cursor {
            paint.glyph(row.x, row.y, Glyph::Cursor, Role::Accent);
            paint.select(row);
        }
    }
    if let Some(mistake) = &palette.mistake {
        // Under its character: the prompt stands two cells into the frame, the text three behind that.
        let at = 3 + SafeText::new(palette.field.text()).cell_of(mistake.at) as u16;
        let message = SafeText::new(&mistake.message);
        let row = line(inside, 0);
        let x = at.min(row.width.saturating_sub(message.width() as u16 + 3));
        let mut pen = paint.pen(row);
        pen.gap(x + 1).glyph(Glyph::Warn, Role::Warn).gap(1).put(&message, Role::Warn);
    } else if palette.entries.is_empty() {
        paint.pen(line(inside, 0)).gap(2).put("no action is called that", Role::Unknown);
    }
    let count = safe!("{} of {} actions · Enter runs · Esc closes", palette.entries.len(), palette.total);
    paint.pen(line(inside, inside.height.saturating_sub(1))).gap(2).put(&count, Role::Dim);
}

fn prompt(palette: &Palette, paint: &mut Paint<'_>, row: Rect) {
    let (text, cursor) = (palette.field.text(), palette.field.cursor());
    let before = SafeText::new(text.get(..cursor).unwrap_or_default());
    let after = SafeText::new(text.get(cursor..).unwrap_or_default());
    let mut pen = paint.pen(row);
    pen.put(" : ", Role::Accent).put(&before, Role::Strong).glyph(Glyph::Caret, Role::Accent);
    pen.put(&after, Role::Strong).put(" ", Role::Dim);
}
