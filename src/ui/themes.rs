//! The choice of a theme, previewed behind the list as the cursor moves.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::line;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::{App, Themes};
use crate::model::SafeText;

const WIDTH: u16 = 40;

/// The roles that tell most about a theme.
const SWATCH: [(Glyph, Role); 8] = [
    (Glyph::Error, Role::Error),
    (Glyph::Throttle, Role::Throttle),
    (Glyph::Timeout, Role::Timeout),
    (Glyph::Warn, Role::Warn),
    (Glyph::Cold, Role::Cold),
    (Glyph::Ok, Role::Ok),
    (Glyph::Down, Role::Deploy),
    (Glyph::Sampled, Role::Accent),
];

/// Draws the overlay at the right, so that the screen it changes stays in view.
pub(super) fn draw(app: &App, themes: &Themes, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let names = &app.settings().themes;
    let rows = (names.len() as u16).min(screen.height.saturating_sub(8)).max(1);
    let width = WIDTH.min(screen.width);
    let height = (rows + 4).min(screen.height);
    let x = screen.right() - width - screen.width.saturating_sub(width).min(2);
    let area = Rect { x, y: screen.y + screen.height.saturating_sub(height).min(3), width, height };
    let inside = paint.frame(area);
    paint
        .pen(Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..line(area, 0) })
        .put(" Theme ", Role::Strong);
    let first = themes.cursor.saturating_sub(usize::from(rows - 1));
    for (offset, name) in names.iter().skip(first).take(usize::from(rows)).enumerate() {
        let row = line(inside, offset as u16);
        let name = SafeText::new(name);
        paint.text(
            Rect { x: row.x + 2, width: row.width.saturating_sub(3), ..row },
            &name,
            Role::Text,
            Cut::End,
        );
        if first + offset == themes.cursor {
            paint.glyph(row.x, row.y, Glyph::Cursor, Role::Accent);
            paint.select(row);
        }
    }
    let mut pen = paint.pen(line(inside, inside.height.saturating_sub(2)));
    pen.gap(2);
    for (glyph, role) in SWATCH {
        pen.glyph(glyph, role).gap(1);
    }
    let mut pen = paint.pen(line(inside, inside.height.saturating_sub(1)));
    pen.gap(2).put("Enter", Role::Accent).gap(1).put("keeps", Role::Dim);
    pen.gap(2).put("Esc", Role::Accent).gap(1).put("as before", Role::Dim);
}
