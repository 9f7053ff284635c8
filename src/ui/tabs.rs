//! Line 2: the screens there are, and at its right what just happened.

use ratatui::layout::Rect;

use super::judgement;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::App;
use crate::model::SafeText;
use crate::store::Severity;

/// The screens in the order of their keys.
const TABS: [&str; 1] = ["[1 Functions]"];

/// Draws the tabs into `row`.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let mut pen = paint.pen(row);
    for tab in TABS {
        pen.put(tab, Role::Accent).gap(2);
    }
    let rest = pen.rest();
    if let Some(notice) = app.notice() {
        let text = SafeText::new(&notice.text);
        let width = (text.width() as u16).min(rest.width);
        let role = match notice.severity {
            Severity::Ok => Role::Ok,
            severity => judgement::role(severity),
        };
        paint.text(Rect { x: rest.right() - width, width, ..rest }, &text, role, Cut::Middle);
    }
}
