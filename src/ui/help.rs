//! The keys of the screen underneath, in columns, and the meaning of the signs.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, line};
use crate::app::{Group, Help, HelpLine};
use crate::model::SafeText;

/// Width of one column of keys.
const COLUMN: u16 = 34;
/// Cells for the keys themselves.
const KEYS: u16 = 12;

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

/// One line of a column.
enum Entry<'a> {
    Heading(&'static str),
    Key(&'a HelpLine),
}

/// Draws the overlay over the screen.
pub(super) fn draw(help: &Help, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let columns = ((screen.width.saturating_sub(6)) / COLUMN).clamp(1, 3);
    let entries = entries(&help.lines);
    let rows = (entries.len() as u16).div_ceil(columns);
    let width = (columns * COLUMN + 4).min(screen.width);
    let area = centred(screen, width, (rows + 7).min(screen.height.saturating_sub(2)));
    let inside = paint.frame(area);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    title(help, paint, area);

    let legend = 3.min(inside.height);
    let body = Rect { height: inside.height - legend, ..inside };
    let per_column = usize::from(rows.max(1));
    for (index, entry) in entries.iter().enumerate() {
        let (column, row) = (index / per_column, index % per_column);
        let Some(row) = row.checked_sub(help.scroll).filter(|row| *row < usize::from(body.height)) else {
            continue;
        };
        let place = Rect { x: body.x + column as u16 * COLUMN, width: COLUMN - 2, ..line(body, row as u16) };
        if place.right() > inside.right() {
            continue;
        }
        match entry {
            Entry::Heading(words) => {
                paint.text(place, *words, Role::Dim, Cut::End);
            }
            Entry::Key(key) => {
                let mut pen = paint.pen(place);
                pen.field(KEYS, &SafeText::new(&key.keys), Role::Accent).put(key.text, Role::Text);
            }
        }
    }
    if help.lines.is_empty() {
        paint.text(line(body, 0), "no key does that", Role::Unknown, Cut::End);
    }
    let mut legend_at = inside.bottom() - legend;
    let mut pen = paint.pen(Rect { y: legend_at, height: 1, ..inside });
    for (glyph, words, role) in LEGEND {
        if pen.left() < words.len() as u16 + 2 {
            legend_at += 1;
            if legend_at >= inside.bottom() {
                break;
            }
            pen = paint.pen(Rect { y: legend_at, height: 1, ..inside });
        }
        pen.glyph(glyph, role).gap(1).put(words, Role::Dim).gap(2);
    }
}

fn title(help: &Help, paint: &mut Paint<'_>, area: Rect) {
    let mut pen = paint.pen(Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..line(area, 0) });
    pen.put(" Help ", Role::Strong);
    match &help.find {
        Some(field) => {
            pen.gap(1).put(" / ", Role::Accent).put(&SafeText::new(field.text()), Role::Strong);
            pen.glyph(Glyph::Caret, Role::Accent).put(" ", Role::Dim);
        }
        None => {
            paint.right(
                Rect { width: area.width.saturating_sub(2), ..line(area, 0) },
                " / finds a key ",
                Role::Dim,
            );
        }
    }
    let bottom = Rect {
        x: area.x + 2,
        width: area.width.saturating_sub(4),
        ..line(area, area.height.saturating_sub(1))
    };
    paint.text(bottom, " Esc closes · every key also by name: : ", Role::Dim, Cut::End);
}

fn entries(lines: &[HelpLine]) -> Vec<Entry<'_>> {
    let mut entries = Vec::with_capacity(lines.len() + 6);
    let mut group = None;
    for key in lines {
        if group != Some(key.group) {
            group = Some(key.group);
            entries.push(Entry::Heading(heading(key.group)));
        }
        entries.push(Entry::Key(key));
    }
    entries
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
