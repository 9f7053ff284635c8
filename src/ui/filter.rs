//! The filter while it is typed: the prompt in the status line, its count or its mistake below.
//!
//! ```text
//!  / pay !web runtime:cobol▏
//!             ▲ "cobol" is no runtime here: node, python, java
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
}

/// Draws what the filter lets through, or what is wrong with it under the character, into `row`.
pub(super) fn below(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let filter = app.filter();
    let count =
        safe!("{} of {}", number::count(app.rows().len() as f64), number::count(app.function_count() as f64));
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
