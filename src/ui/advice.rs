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
    let room = usize::from(text.width);
    let next: usize = advice.next.iter().map(|next| broken(next, room).len()).sum();
    if let Some(why) = &advice.why {
        // What to do next is never pushed out of sight by what AWS had to say.
        let left = usize::from(text.height).saturating_sub(usize::from(at) + next + 2);
        let mut lines = broken(why, room);
        if lines.len() > left {
            lines.truncate(left);
            if let Some(last) = lines.last_mut() {
                last.push_str(" …");
            }
        }
        for (row, words) in (at + 1..).zip(&lines) {
            paint.text(line(text, row), &SafeText::new(words), Role::Dim, Cut::End);
        }
        at += lines.len() as u16 + u16::from(!lines.is_empty());
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
fn wrapped(paint: &mut Paint<'_>, area: Rect, from: u16, raw: &str, role: Role) -> u16 {
    let mut at = from;
    for words in broken(raw, usize::from(area.width)) {
        paint.text(line(area, at), &SafeText::new(&words), role, Cut::End);
        at = at.saturating_add(1);
    }
    at
}

/// Stands between two things to do on one line; where they have no room there, each has its own.
const BETWEEN: &str = "    ";

/// Bytes of a text that are broken into lines; the rest would be on no screen.
const LONGEST: usize = 4096;

/// `raw` in lines of at most `room` cells, broken between words; a longer word has a line of its own.
fn broken(raw: &str, room: usize) -> Vec<String> {
    let raw = &raw[..raw.floor_char_boundary(LONGEST)];
    if SafeText::new(raw).width() <= room {
        return vec![raw.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    // Of the last line: it is not measured again for each word.
    let mut used = 0;
    for part in raw.split(BETWEEN) {
        lines.push(String::new());
        for word in part.split(' ').filter(|word| !word.is_empty()) {
            let width = SafeText::new(word).width();
            match lines.last_mut() {
                Some(row) if row.is_empty() => row.push_str(word),
                Some(row) if used + 1 + width <= room => {
                    row.push(' ');
                    row.push_str(word);
                    used += 1 + width;
                    continue;
                }
                _ => lines.push(word.to_owned()),
            }
            used = width;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_not_torn_where_it_can_have_a_line_of_its_own() {
        let raw = "aws sso login --profile shop    or: aws configure --profile shop";
        assert_eq!(broken(raw, 90), [raw]);
        assert_eq!(broken(raw, 40), ["aws sso login --profile shop", "or: aws configure --profile shop"]);
        assert_eq!(broken("no way out", 6), ["no way", "out"]);
    }
}
