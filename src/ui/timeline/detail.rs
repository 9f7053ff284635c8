//! What is selected, in full.

use ratatui::layout::Rect;

use crate::app::logs::detail_width;
use crate::app::{TimelinePane, TimelineScreen};
use crate::model::{SafeText, Showing, Wrap};
use crate::safe;
use crate::ui::glyph::Glyph;
use crate::ui::line;
use crate::ui::paint::{Cut, Paint};
use crate::ui::theme::Role;

/// Draws the pane; with a line down at its left where it stands beside something.
pub(super) fn draw(screen: &TimelineScreen, paint: &mut Paint<'_>, area: Rect, beside: bool) {
    let head = line(area, 0);
    paint.rule(head);
    if beside {
        for y in area.top() + 1..area.bottom() {
            paint.glyph(area.x, y, Glyph::Bar, Role::Faint);
        }
    }
    let focused = screen.pane == TimelinePane::Detail;
    let title = Rect { x: area.x + 2, width: area.width.saturating_sub(3), ..head };
    let Some(detail) = &screen.detail else {
        paint.text(title, " nothing is selected ", Role::Dim, Cut::End);
        return;
    };
    let width = detail_width(area.width);
    let wrap = Wrap::new(&detail.pages, width);
    let mut rows = wrap.rows(detail.top);
    for (offset, row) in (1..).zip(rows.by_ref().take(usize::from(area.height.saturating_sub(1)))) {
        let text = row.text;
        let room = Rect { x: area.x + 2, width, ..line(area, offset) };
        paint.text(room, &text, Role::Text, Cut::End);
        let names = detail.names(text.source().clone());
        paint.toned(room, Role::Dim, names.map(|name| text.cell_of(name.start)..text.cell_of(name.end)));
    }
    let masked = match detail.pages.masked() {
        0 => String::new(),
        1 => " \u{b7} 1 secret masked".to_owned(),
        count => format!(" \u{b7} {count} secrets masked"),
    };
    let more = if rows.next().is_some() { " \u{b7} more below" } else { "" };
    let of_line = screen.shows_line();
    let name = match screen.current().filter(|_| !of_line) {
        Some(span) => SafeText::of_line(&span.title, Showing::default()),
        None => SafeText::new("line in full"),
    };
    let text = safe!(" {name}{masked}{more} ");
    paint.text(title, &text, if focused { Role::Strong } else { Role::Text }, Cut::Middle);
}
