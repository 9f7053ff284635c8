//! What is wrong with the connection to AWS: a page where there is no data, a band above old data.
//!
//! ```text
//!   ✗ The credentials of profile shop-prod-ro expired at 14:31:02.
//!
//!     GetMetricData in eu-west-1: the credentials have expired: ExpiredToken
//!
//!     Log in from another shell:   aws sso login --profile shop-prod-ro
//!     lambtop looks again every 5 s.
//! ```

use ratatui::layout::Rect;

use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{judgement, line};
use crate::app::Advice;
use crate::model::SafeText;
use crate::store::Severity;

/// The longest line that is still read without moving the head.
const MEASURE: u16 = 96;

/// Draws the page into `area`.
pub(super) fn page(advice: &Advice, paint: &mut Paint<'_>, area: Rect) {
    let top = u16::from(area.height > 8);
    let indent = 3.min(area.width);
    let width = area.width.saturating_sub(2 * indent).min(MEASURE);
    let body = Rect { x: area.x + indent, y: area.y + top, width, height: area.height.saturating_sub(top) };
    let role = if advice.severity == Severity::Ok { Role::Accent } else { judgement::role(advice.severity) };
    paint.pen(line(body, 0)).glyph(judgement::glyph(advice.severity), role);
    let text = Rect { x: body.x + 2, width: body.width.saturating_sub(2), ..body };
    let mut at = wrapped(paint, text, 0, &advice.what, Role::Strong);
    if let Some(why) = &advice.why {
        at = wrapped(paint, text, at + 1, why, Role::Dim);
    }
    at += 1;
    for next in &advice.next {
        at = wrapped(paint, text, at, next, Role::Text);
    }
}

/// Draws two lines into `area`: what and why, and the first thing to do.
pub(super) fn band(advice: &Advice, paint: &mut Paint<'_>, area: Rect) {
    let role = judgement::role(advice.severity);
    let row = |index| {
        let row = line(area, index);
        Rect { width: row.width.saturating_sub(1), ..row }
    };
    let mut pen = paint.pen(row(0));
    pen.gap(1).glyph(judgement::glyph(advice.severity), role).gap(1);
    pen.put(&SafeText::new(&advice.what), Role::Strong);
    if let Some(why) = &advice.why {
        pen.gap(2).put(&SafeText::new(why), Role::Dim);
    }
    let mut pen = paint.pen(row(1));
    pen.gap(3).put(&SafeText::new(&advice.next.join("  ")), Role::Text);
}

/// Writes `raw` from line `from` of `area` on, broken between words; returns the line after it.
pub(super) fn wrapped(paint: &mut Paint<'_>, area: Rect, from: u16, raw: &str, role: Role) -> u16 {
    let mut at = from;
    let mut row = String::new();
    let room = usize::from(area.width);
    let mut flush = |row: &mut String, at: &mut u16| {
        paint.text(line(area, *at), &SafeText::new(row), role, Cut::End);
        row.clear();
        *at = at.saturating_add(1);
    };
    for word in raw.split(' ') {
        if !row.is_empty() && SafeText::new(&row).width() + 1 + SafeText::new(word).width() > room {
            flush(&mut row, &mut at);
        } else if !row.is_empty() {
            row.push(' ');
        }
        if row.is_empty() && word.is_empty() {
            continue;
        }
        row.push_str(word);
    }
    flush(&mut row, &mut at);
    at
}
