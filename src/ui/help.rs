//! The keys of the screen underneath, in columns, and the meaning of the signs.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, keys, legend, line};
use crate::app::{App, Group, Help, HelpLine};
use crate::model::SafeText;

/// Cells for the keys themselves.
const KEYS: u16 = 8;
/// Free cells between two columns.
const BETWEEN: u16 = 2;

/// Lines around keys and signs: the frame, a blank line, and one of the screen underneath.
const AROUND: u16 = 4;

/// One line of a column.
#[derive(Clone, Copy)]
enum Entry<'a> {
    Blank,
    Heading(Group),
    Key(&'a HelpLine),
}

/// Draws the overlay over the screen.
pub(super) fn draw(app: &App, help: &Help, paint: &mut Paint<'_>) {
    let screen = paint.area();
    let longest = help.lines.iter().map(|line| line.text.len() as u16).max().unwrap_or(24);
    let room = screen.width.saturating_sub(4);
    // Two columns with a few words cut are better than keys that nobody sees.
    let column = (KEYS + longest + BETWEEN).min(if room >= 72 { room / 2 } else { room }).max(1);
    let most = usize::from((room / column).clamp(1, 3));
    let meanings = legend::of(app);
    let around = AROUND + legend::lines(meanings, room).len() as u16;
    let least = usize::from(screen.height.saturating_sub(around));
    let mut columns = packed(&entries(&help.lines, true), most);
    if tallest(&columns) > least {
        columns = packed(&entries(&help.lines, false), most);
    }
    let rows = tallest(&columns) as u16;
    let mut width = (columns.len().max(1) as u16 * column + 3).max(46).min(screen.width);
    if screen.width - width < 8 {
        // A strip of the screen beside the overlay would only be noise.
        width = screen.width;
    }
    let meanings = legend::lines(meanings, width.saturating_sub(4));
    let signs = meanings.len() as u16;
    let whole = rows + AROUND + signs - 1;
    let area = centred(screen, width, whole.min(screen.height.saturating_sub(1)));
    let inside = paint.frame(area);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };
    title(help, paint, area, whole > area.height);

    // Keys come first where there is no room for both.
    let legend = (signs + 1).min(inside.height / 2);
    let body = Rect { height: inside.height - legend, ..inside };
    for (index, entries) in columns.iter().enumerate() {
        let x = body.x + index as u16 * column;
        let place = Rect { x, width: column.min(inside.right().saturating_sub(x)), ..body };
        for (row, entry) in entries.iter().skip(help.scroll).enumerate() {
            key(paint, line(place, row as u16), *entry);
        }
    }
    if help.lines.is_empty() {
        paint.text(line(body, 0), "no key does that", Role::Unknown, Cut::End);
    }
    let place = Rect { y: inside.bottom() - legend + 1, height: legend.saturating_sub(1), ..inside };
    self::signs(paint, place, &meanings);
}

fn entries(lines: &[HelpLine], spaced: bool) -> Vec<Entry<'_>> {
    let mut entries = Vec::with_capacity(lines.len() + 12);
    for section in lines.chunk_by(|a, b| a.group == b.group) {
        if spaced && !entries.is_empty() {
            entries.push(Entry::Blank);
        }
        entries.extend(section.first().map(|first| Entry::Heading(first.group)));
        entries.extend(section.iter().map(Entry::Key));
    }
    entries
}

/// The entries in at most so many columns, in order, as low as they go. No column begins with a blank line or
/// ends with a heading.
fn packed<'a>(entries: &[Entry<'a>], most: usize) -> Vec<Vec<Entry<'a>>> {
    let mut height = entries.len().div_ceil(most.max(1)).max(1);
    loop {
        let mut columns: Vec<Vec<Entry<'a>>> = vec![Vec::new()];
        for (index, entry) in entries.iter().enumerate() {
            let used = columns.last().map_or(0, Vec::len);
            let alone = matches!(entry, Entry::Heading(_)) && index + 1 < entries.len();
            if used >= height || alone && used + 1 >= height {
                columns.push(Vec::new());
            }
            if let Some(column) = columns.last_mut()
                && !(column.is_empty() && matches!(entry, Entry::Blank))
            {
                column.push(*entry);
            }
        }
        if columns.len() <= most.max(1) {
            return columns;
        }
        height += 1;
    }
}

fn tallest(columns: &[Vec<Entry<'_>>]) -> usize {
    columns.iter().map(Vec::len).max().unwrap_or(0).max(1)
}

fn key(paint: &mut Paint<'_>, row: Rect, entry: Entry<'_>) {
    let row = Rect { width: row.width.saturating_sub(BETWEEN), ..row };
    match entry {
        Entry::Blank => {}
        Entry::Heading(group) => {
            paint.text(row, heading(group), Role::Dim, Cut::End);
        }
        Entry::Key(key) => {
            let keys = SafeText::new(&keys::written(key.keys, paint.ascii()));
            paint.pen(row).field(KEYS, &keys, Role::Accent).put(key.text, Role::Text);
        }
    }
}

/// What the signs of the screen underneath mean, as far as there is room.
fn signs(paint: &mut Paint<'_>, area: Rect, lines: &[Vec<legend::Meaning>]) {
    let ascii = paint.ascii();
    for (at, meanings) in (0..area.height).zip(lines) {
        let mut pen = paint.pen(line(area, at));
        for (sign, words, role) in meanings {
            let sign = SafeText::new(&legend::signs(*sign, ascii));
            pen.put(&sign, *role).gap(1).put(*words, Role::Dim).gap(2);
        }
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
