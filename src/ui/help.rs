//! The keys of the screen underneath, in columns, and the meaning of the signs.

use ratatui::layout::Rect;

use super::glyph::Glyph;
use super::paint::{Cut, Paint};
use super::theme::Role;
use super::{centred, keys, legend, line};
use crate::app::{App, Group, Help, HelpLine};
use crate::model::SafeText;
use crate::safe;

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
    let room = screen.width.saturating_sub(4);
    let meanings = legend::of(app);
    let around = AROUND + legend::lines(meanings, room).len() as u16;
    let least = usize::from(screen.height.saturating_sub(around));
    let columns = columns(&help.lines, room, least);
    let rows = tallest(&columns) as u16;
    let mut width = (columns.iter().map(|column| cells(column)).sum::<u16>() + 3).max(46).min(screen.width);
    if screen.width - width < 8 || screen.width < 120 {
        // A strip of the screen beside the overlay would only be noise.
        width = screen.width;
    }
    let meanings = legend::lines(meanings, width.saturating_sub(4));
    let signs = meanings.len() as u16;
    let whole = rows + AROUND + signs - 1;
    let area = centred(screen, width, whole.min(screen.height.saturating_sub(1)));
    let inside = paint.frame(area);
    let inside = Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside };

    // Keys come first where there is no room for both.
    let legend = (signs + 1).min(inside.height / 2);
    let body = Rect { height: inside.height - legend, ..inside };
    // The last line is not scrolled further up than it need be.
    let top = help.scroll.min(usize::from(rows.saturating_sub(body.height)));
    title(help, paint, area, (rows > body.height).then_some((top, body.height, rows)));
    let share = inside.width.saturating_sub(columns.iter().map(|column| cells(column)).sum());
    let share = share / columns.len().max(1) as u16;
    let mut x = body.x;
    for entries in &columns {
        let width = (cells(entries) + share).min(inside.right().saturating_sub(x));
        for (row, entry) in entries.iter().skip(top).take(usize::from(body.height)).enumerate() {
            key(paint, line(Rect { x, width, ..body }, row as u16), *entry);
        }
        x += width;
    }
    if help.lines.is_empty() {
        paint.text(line(body, 0), "no key does that", Role::Unknown, Cut::End);
    }
    let place = Rect { y: inside.bottom() - legend + 1, height: legend.saturating_sub(1), ..inside };
    self::signs(paint, place, &meanings);
}

/// The keys in as many columns as stand beside each other without a word cut, with blank lines between the groups where
/// `least` lines are enough for that.
fn columns(lines: &[HelpLine], room: u16, least: usize) -> Vec<Vec<Entry<'_>>> {
    let (spaced, dense) = (entries(lines, true), entries(lines, false));
    let most = |most: usize| {
        let columns = packed(&spaced, most);
        if tallest(&columns) > least { packed(&dense, most) } else { columns }
    };
    let fits = |columns: &Vec<Vec<Entry<'_>>>| {
        // Nothing stands right of the last one.
        columns.iter().map(|column| cells(column)).sum::<u16>() <= room + BETWEEN
    };
    [3, 2].into_iter().map(most).find(fits).unwrap_or_else(|| most(1))
}

/// Cells of a column with the free ones behind it.
fn cells(column: &[Entry<'_>]) -> u16 {
    let words = column.iter().map(|entry| match entry {
        Entry::Blank => 0,
        Entry::Heading(group) => heading(*group).len() as u16,
        Entry::Key(key) => KEYS + key.text.chars().count() as u16,
    });
    words.max().unwrap_or(24) + BETWEEN
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

/// What is searched for; below, which lines these are where there are more, by `(first, shown, all)`.
fn title(help: &Help, paint: &mut Paint<'_>, area: Rect, more: Option<(usize, u16, u16)>) {
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
    let words = match more {
        None => SafeText::new(" Esc closes · every key also by name: : "),
        Some((top, shown, rows)) => {
            let last = (top + usize::from(shown)).min(usize::from(rows));
            safe!(" lines {} to {last} of {rows} · j k scroll · Esc closes ", top + 1)
        }
    };
    paint.text(bottom, &words, Role::Dim, Cut::End);
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
