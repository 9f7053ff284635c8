//! The last line: the keys worth knowing here.

use ratatui::layout::Rect;

use super::keys;
use super::paint::Paint;
use super::theme::Role;
use crate::app::{App, Hint};
use crate::model::SafeText;

/// From so many cells on there is room for what can be missed.
const WIDE: u16 = 98;

/// Draws the hints into `row`: those for the right edge first, then as many of the others as fit whole.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect) {
    if app.is_typing() {
        return super::filter::below(app, paint, row);
    }
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let (ascii, wide) = (paint.ascii(), row.width >= WIDE);
    let hints = app.hints();
    let texts: Vec<_> = hints
        .iter()
        .filter(|hint| wide || !hint.spare)
        .map(|hint| (hint, SafeText::new(&keys::written(hint.keys, ascii)), SafeText::new(&hint.text)))
        .collect();
    let width = |(_, keys, text): &(&Hint, SafeText, SafeText)| (keys.width() + text.width()) as u16 + 1;
    let right: u16 = texts.iter().filter(|(hint, ..)| hint.right).map(|hint| width(hint) + 2).sum();
    let right = right.saturating_sub(2).min(row.width);
    let mut left = paint.pen(Rect { width: row.width.saturating_sub(right + 2), ..row });
    for hint in texts.iter().filter(|(hint, ..)| !hint.right) {
        if width(hint) > left.left() {
            break;
        }
        left.put(&hint.1, Role::Accent).gap(1).put(&hint.2, Role::Dim).gap(2);
    }
    let mut pen = paint.pen(Rect { x: row.right() - right, width: right, ..row });
    for (_, keys, text) in texts.iter().filter(|(hint, ..)| hint.right) {
        pen.put(keys, Role::Accent).gap(1).put(text, Role::Dim).gap(2);
    }
}
