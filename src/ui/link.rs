//! A link into the AWS console, in full: to be clicked where the terminal can, else to be selected with the mouse.
//!
//! ```text
//! ── AWS console · payment-capture ──────────────────────────────────────────────
//!
//! https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/function
//! s/payment-capture?tab=monitoring
//!
//!  y copy  Esc close
//! ────────────────────────────────────────────────────────────────────────────────
//! ```
//!
//! It has no border at its sides: what is selected with the mouse is the link and nothing else.

use ratatui::layout::Rect;

use super::line;
use super::paint::{Cut, Paint};
use super::theme::Role;
use crate::app::{App, LinkBox};
use crate::model::SafeText;
use crate::safe;

/// Draws the band across the whole screen, a third from its top.
pub(super) fn draw(app: &App, shown: &LinkBox, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let url = shown.link.as_ref().map(|link| SafeText::new(link.as_str()));
    let width = usize::from(screen.width).max(1);
    let rows = url.as_ref().map_or(1, |url| url.width().div_ceil(width)) as u16;
    let height = (rows + 5).min(screen.height);
    let area = Rect { y: screen.y + (screen.height - height) / 3, height, ..screen };
    paint.clear(area);
    paint.rule(line(area, 0));
    paint.rule(line(area, height.saturating_sub(1)));
    let title = safe!(" AWS console · {} ", shown.of);
    let row = line(area, 0);
    paint.text(
        Rect { x: row.x + 2, width: row.width.saturating_sub(4), ..row },
        &title,
        Role::Strong,
        Cut::Middle,
    );
    if let Some(url) = &url {
        // A link is ASCII: bytes are cells.
        for (index, part) in url.as_str().as_bytes().chunks(width).enumerate() {
            let part = SafeText::new(&String::from_utf8_lossy(part));
            paint.link(line(area, 2 + index as u16), &part);
        }
    } else {
        let why = safe!("The console of {} is not known to lambtop.", shown.region);
        let row = line(area, 2);
        let row = Rect { x: row.x + 1, width: row.width.saturating_sub(1), ..row };
        paint.text(row, &why, Role::Warn, Cut::End);
    }
    let row = line(area, height.saturating_sub(2));
    let mut pen = paint.pen(row);
    pen.gap(1);
    if url.is_some() && app.settings().clipboard {
        pen.put("y", Role::Accent).gap(1).put("copy again", Role::Dim).gap(2);
    }
    pen.put("Esc", Role::Accent).gap(1).put("close", Role::Dim).gap(2);
    if app.settings().demo {
        pen.put("the demo's functions exist nowhere else", Role::Dim);
    } else if app.settings().mouse && url.is_some() {
        pen.put("to select it with the mouse, hold Shift", Role::Dim);
    }
}
