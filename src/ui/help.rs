//! The keys of the screen underneath, in columns, and the meaning of the signs.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, line};
use crate::app::{Group, Help, HelpLine};
use crate::model::SafeText;

/// Cells for the keys themselves.
const KEYS: u16 = 8;
/// Free cells between two columns.
const BETWEEN: u16 = 2;

/// The signs and the words for them.
const LEGEND: [(Glyph, &str, Role); 10] = [
    (Glyph::Error, "error", Role::Error),
    (Glyph::Throttle, "throttled", Role::Throttle),
    (Glyph::Timeout, "timeout", Role::Timeout),
    (Glyph::Warn, "warn", Role::Warn),
    (Glyph::Unknown, "unknown", Role::Unknown),
    (Glyph::Stale, "stale", Role::Unknown),
    (Glyph::Ok, "nothing wrong", Role::Dim),
    (Glyph::Unfinished, "unfinished right of it", Role::Unknown),
    (Glyph::Down, "deploy", Role::Deploy),
    (Glyph::Threshold, "a limit", Role::Dim),
];

/// A heading and its keys; never split over two columns.
type Section<'a> = &'a [HelpLine];

/// Draws the overlay over the screen.
pub(super) fn draw(help: &Help, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let longest = help.lines.iter().map(|line| line.text.len() as u16).max().unwrap_or(24);
    let room = screen.width.saturating_sub(4);
    // Two columns with a few words cut are better than keys that nobody sees.
    let column = (KEYS + longest + BETWEEN).min(if room >= 72 { room / 2 } else { room }).max(1);
    let most = (room / column).clamp(1, 3);
    let sections: Vec<Section<'_>> = help.lines.chunk_by(|a, b| a.group == b.group).collect();
    let (columns, rows) = packed(&sections, most);
    let width = (columns.len().max(1) as u16 * column + 1).max(44).min(screen.width);
    let area = centred(screen, width, (rows + 6).min(screen.height.saturating_sub(2)));
    let inside = paint.frame(area);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    title(help, paint, area, rows + 6 > area.height);

    let legend = 3.min(inside.height);
    let body = Rect { height: inside.height - legend, ..inside };
    for (index, sections) in columns.iter().enumerate() {
        let place = Rect { x: body.x + index as u16 * column, ..body };
        let place = Rect { width: column.min(inside.right().saturating_sub(place.x)), ..place };
        keys(help, paint, place, sections);
    }
    if help.lines.is_empty() {
        paint.text(line(body, 0), "no key does that", Role::Unknown, Cut::End);
    }
    signs(paint, Rect { y: inside.bottom() - legend + 1, height: legend.saturating_sub(1), ..inside });
}

/// Sections in at most so many columns, in order, and the height of the tallest: the lowest that holds them.
fn packed<'a>(sections: &[Section<'a>], most: u16) -> (Vec<Vec<Section<'a>>>, u16) {
    let all: usize = sections.iter().map(|section| section.len() + 2).sum();
    for height in all.div_ceil(usize::from(most).max(1))..=all {
        let mut columns: Vec<Vec<Section<'a>>> = Vec::new();
        let mut used = usize::MAX;
        for section in sections {
            let lines = section.len() + 1;
            // A blank line before each heading but the first of a column.
            if used.saturating_add(1 + lines) > height {
                columns.push(Vec::new());
                used = lines;
            } else {
                used += 1 + lines;
            }
            if let Some(column) = columns.last_mut() {
                column.push(section);
            }
        }
        if columns.len() <= usize::from(most) {
            return (columns, height as u16);
        }
    }
    (Vec::new(), 1)
}

fn keys(help: &Help, paint: &mut Paint<'_>, area: Rect, sections: &[Section<'_>]) {
    let mut at = 0;
    let next = |at: &mut usize| {
        let row = at.checked_sub(help.scroll).map_or(Rect::ZERO, |row| line(area, row as u16));
        *at += 1;
        row
    };
    for section in sections {
        if at > 0 {
            next(&mut at);
        }
        if let Some(first) = section.first() {
            paint.text(next(&mut at), heading(first.group), Role::Dim, Cut::End);
        }
        for key in *section {
            let row = next(&mut at);
            let row = Rect { width: row.width.saturating_sub(BETWEEN), ..row };
            paint.pen(row).field(KEYS, key.keys, Role::Accent).put(key.text, Role::Text);
        }
    }
}

fn signs(paint: &mut Paint<'_>, area: Rect) {
    let mut at = 0;
    let mut pen = paint.pen(line(area, at));
    for (glyph, words, role) in LEGEND {
        if pen.left() < words.len() as u16 + 2 {
            at += 1;
            pen = paint.pen(line(area, at));
        }
        pen.glyph(glyph, role).gap(1).put(words, Role::Dim).gap(2);
    }
}

fn title(help: &Help, paint: &mut Paint<'_>, area: Rect, more: bool) {
    let mut pen = paint.pen(Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..line(area, 0) });
    pen.put(" Help ", Role::Strong);
    if help.finding || !help.find.text().is_empty() {
        pen.gap(1).put(" / ", Role::Accent).put(&SafeText::new(help.find.text()), Role::Strong);
        if help.finding {
            pen.glyph(Glyph::Caret, Role::Accent);
        }
        pen.put(" ", Role::Dim);
    } else {
        let row = Rect { width: area.width.saturating_sub(2), ..line(area, 0) };
        paint.right(row, " / finds a key ", Role::Dim);
    }
    let bottom = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(4),
        ..line(area, area.height.saturating_sub(1))
    };
    let words = if more { " j k scroll · Esc closes " } else { " Esc closes · every key also by name: : " };
    paint.text(bottom, words, Role::Dim, Cut::End);
}

const fn heading(group: Group) -> &'static str {
    match group {
        Group::Move => "MOVE",
        Group::Find => "FIND",
        Group::Show => "SHOW",
        Group::Open => "OPEN",
        Group::Go => "GO",
        Group::Quit => "QUIT",
    }
}
