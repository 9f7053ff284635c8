//! Line 2: the screens there are, and at its right what just happened: where it has no room beside all of them, only the
//! one on top stays.

use ratatui::layout::Rect;

use super::judgement;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::App;
use crate::model::{SafeText, Showing};
use crate::store::Severity;

/// The screens in the order of their keys: each as it is, and as the one on top.
const TABS: [(&str, &str); 4] = [
    (" 1 Functions ", "[1 Functions]"),
    (" 2 Logs ", "[2 Logs]"),
    (" 3 Requests ", "[3 Requests]"),
    (" 4 Traces ", "[4 Traces]"),
];

/// Draws the tabs into `row`.
pub(super) fn draw(app: &App, paint: &mut Paint<'_>, row: Rect) {
    let row = Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row };
    let notice =
        app.notice().map(|notice| (SafeText::of_line(&notice.text, Showing::default()), notice.severity));
    let tabs: usize = TABS.iter().map(|(tab, _)| tab.len()).sum();
    // What just happened is gone in five seconds; the tabs are there again then.
    let tight = notice.as_ref().is_some_and(|(text, _)| tabs + 1 + text.width() > usize::from(row.width));
    let mut pen = paint.pen(row);
    let on_top = app.tab();
    for (at, (tab, active)) in TABS.into_iter().enumerate() {
        if at == on_top {
            pen.put(active, Role::Accent);
        } else if !tight {
            pen.put(tab, Role::Dim);
        }
    }
    pen.gap(1);
    let rest = pen.rest();
    if let Some((text, severity)) = notice {
        let width = (text.width() as u16).min(rest.width);
        let role = match severity {
            Severity::Ok => Role::Ok,
            severity => judgement::role(severity),
        };
        paint.text(Rect { x: rest.right() - width, width, ..rest }, &text, role, Cut::Middle);
    }
}
