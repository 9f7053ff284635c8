//! The filter while it is typed: the prompt in the status line, its count or its mistake below.
//!
//! ```text
//!  / pay !web memory:512▏                                          still showing: pay !web  3 of 41
//!             ▲ "memory:" is no field: runtime: or tag:
//! ```

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::number;
use super::paint::Paint;
use super::theme::Role;
use crate::app::App;
use crate::model::SafeText;
use crate::safe;

/// Cells before the typed text: the edge, `/` and a space.
const PROMPT: u16 = 3;

/// What can be typed, for who does not know it yet.
const TERMS: [&str; 6] = ["words", "!not", "^prefix", "suffix$", "runtime:python", "tag:key=value"];

/// Draws the prompt into `row`.
pub(super) fn prompt(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let field = &app.filter().field;
    let before = SafeText::new(field.text().get(..field.cursor()).unwrap_or_default());
    let after = SafeText::new(field.text().get(field.cursor()..).unwrap_or_default());
    let mut pen = paint.pen(row);
    pen.gap(1).put("/", Role::Accent).gap(1);
    pen.put(&before, Role::Strong).glyph(Glyph::Caret, Role::Accent).put(&after, Role::Strong);
    let rest = pen.rest();
    if app.filter().error.is_some() {
        still(app, paint, Rect { x: rest.x + 2, width: rest.width.saturating_sub(3), ..rest });
    }
}

/// What the rows still are, while what is typed cannot be read: the last good filter and its count.
fn still(app: &App, paint: &mut Paint<'_>, room: Rect) {
    let applied = &app.filter().applied;
    let count = count(app);
    if applied.is_empty() {
        return paint.right(
            room,
            &safe!("still showing all {}", number::count(app.rows().len() as f64)),
            Role::Dim,
        );
    }
    let words = safe!("still showing: {}  {count}", applied.text());
    let words = if words.width() > usize::from(room.width) { safe!("still showing {count}") } else { words };
    paint.right(room, &words, Role::Dim);
}

/// `12 of 431`.
fn count(app: &App) -> SafeText {
    safe!("{} of {}", number::count(app.rows().len() as f64), number::count(app.function_count() as f64))
}

/// Draws what the filter lets through, or what is wrong with it under the character, into `row`.
pub(super) fn below(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let filter = app.filter();
    let count = count(app);
    let edge = Rect { width: row.width.saturating_sub(1), ..row };
    let Some(error) = &filter.error else {
        paint.right(edge, &count, Role::Strong);
        let room = edge.width.saturating_sub(count.width() as u16 + 2);
        let mut pen = paint.pen(Rect { width: room, ..row });
        pen.gap(1);
        for (keys, text) in [("Enter", "keep"), ("Esc", "clear")] {
            pen.put(keys, Role::Accent).gap(1).put(text, Role::Dim).gap(2);
        }
        for term in TERMS {
            if pen.left() > term.len() as u16 {
                pen.put(term, Role::Dim).gap(2);
            }
        }
        return;
    };
    let typed = SafeText::new(filter.field.text());
    let at = PROMPT + typed.cell_of(error.at) as u16;
    let message = SafeText::new(&error.message);
    let width = message.width() as u16 + 2;
    // Under its character where the message fits to the right of it, else as far right as it fits.
    let x = row.x + at.min(edge.width.saturating_sub(width));
    let mut pen = paint.pen(Rect { x, width: edge.right().saturating_sub(x), ..row });
    pen.glyph(Glyph::Warn, Role::Warn).gap(1).put(&message, Role::Warn);
}
