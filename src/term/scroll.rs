//! Finds text that has moved up or down, and has the terminal move it: a log that runs costs its new lines only.

use std::fmt::Write as _;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use ratatui::buffer::{Buffer, Cell};

use super::encode::{is_blank, looks_like};

/// With fewer rows that have moved it is not worth looking at.
const FEWEST: usize = 3;

/// About as many bytes as the way to move a region takes.
const COST: usize = 24;

/// Rows `top..bottom` of a screen, moved by `by` rows: up where `up`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Move {
    top: usize,
    bottom: usize,
    by: usize,
    up: bool,
}

/// If a part of the `shown` screen has moved on the next one, appends what moves it on the terminal, and moves it in
/// `shown` too. Needs the default style, and leaves it.
pub(super) fn follow(shown: &mut Buffer, next: &Buffer, out: &mut String) {
    let columns = usize::from(next.area.width);
    let Some(found) = find(shown, next, columns) else { return };
    let Move { top, bottom, by, up } = found;
    let moved = moved(shown, found, columns);
    let region = top * columns..bottom * columns;
    let differing = |old: &[Cell]| {
        old.iter().zip(&next.content[region.clone()]).filter(|(old, new)| !looks_like(old, new)).count()
    };
    if differing(&moved) + COST >= differing(&shown.content[region.clone()]) {
        return;
    }
    shown.content[region].clone_from_slice(&moved);
    // Line feed at the lower edge, reverse line feed at the upper: every terminal with regions knows these.
    let (edge, step) = if up { (bottom, "\n") } else { (top + 1, "\x1bM") };
    let written = write!(out, "\x1b[{};{bottom}r\x1b[{edge}H{}\x1b[r", top + 1, step.repeat(by));
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// What is in the region after the move.
fn moved(shown: &Buffer, Move { top, bottom, by, up }: Move, columns: usize) -> Vec<Cell> {
    let mut cells = shown.content[top * columns..bottom * columns].to_vec();
    let gap = by * columns;
    if up {
        cells.rotate_left(gap);
        let kept = cells.len() - gap;
        cells[kept..].fill(Cell::EMPTY);
    } else {
        cells.rotate_right(gap);
        cells[..gap].fill(Cell::EMPTY);
    }
    cells
}

/// The move that explains most rows, if it explains enough of them.
fn find(shown: &Buffer, next: &Buffer, columns: usize) -> Option<Move> {
    if columns == 0 {
        return None;
    }
    let rows = next.content.len() / columns;
    let changed: Vec<usize> = (0..rows)
        .filter(|at| {
            let cells = at * columns..(at + 1) * columns;
            shown.content[cells.clone()] != next.content[cells]
        })
        .collect();
    let (&first, &last) = (changed.first()?, changed.last()?);
    if changed.len() < FEWEST + 1 {
        return None;
    }
    // Blank rows equal each other everywhere and prove nothing.
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let marks = |buffer: &Buffer| -> Vec<Option<u64>> {
        (first..=last)
            .map(|at| &buffer.content[at * columns..(at + 1) * columns])
            .map(|cells| cells.iter().any(|cell| !is_blank(cell)).then(|| hasher.hash_one(cells)))
            .collect()
    };
    let (old, new) = (marks(shown), marks(next));
    let mut best: Option<(usize, Move)> = None;
    for by in 1..old.len() {
        for up in [true, false] {
            let (from, to) = if up { (&old[by..], &new[..]) } else { (&old[..], &new[by..]) };
            let same: Vec<usize> = from
                .iter()
                .zip(to)
                .enumerate()
                .filter(|(_, (old, new))| old.is_some() && old == new)
                .map(|(at, _)| at)
                .collect();
            let (Some(begin), Some(end)) = (same.first(), same.last()) else { continue };
            // Rows with a cursor or a mark in them do not match; they are drawn.
            let together = same.len() >= FEWEST && same.len() * 4 >= (end - begin + 1) * 3;
            if together && best.is_none_or(|(most, _)| same.len() > most) {
                let top = first + begin;
                best = Some((same.len(), Move { top, bottom: first + end + by + 1, by, up }));
            }
        }
    }
    best.map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn screen(first: usize) -> Buffer {
        let mut cells = Buffer::empty(Rect::new(0, 0, 30, 12));
        cells.set_string(0, 0, "the head stays", Style::new());
        for row in 1..11 {
            let number = (first + usize::from(row) + 3) as u64;
            cells.set_string(
                0,
                row,
                format!("{:016x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
                Style::new(),
            );
        }
        cells.set_string(0, 11, "the foot too", Style::new());
        cells
    }

    #[test]
    fn a_log_that_ran_on_is_moved_between_its_head_and_its_foot() {
        let (mut shown, next) = (screen(0), screen(3));
        let mut out = String::new();
        follow(&mut shown, &next, &mut out);
        assert_eq!(out, "\x1b[2;11r\x1b[11H\n\n\n\x1b[r");
        assert_eq!(shown.content[..8 * 30], next.content[..8 * 30]);
    }

    #[test]
    fn a_log_that_is_read_backwards_moves_down() {
        let (mut shown, next) = (screen(9), screen(8));
        let mut out = String::new();
        follow(&mut shown, &next, &mut out);
        assert_eq!(out, "\x1b[2;11r\x1b[2H\x1bM\x1b[r");
    }

    #[test]
    fn what_has_not_moved_is_left_where_it_is() {
        let mut shown = screen(0);
        let before = shown.clone();
        let mut out = String::new();
        follow(&mut shown, &screen(500), &mut out);
        let mut one_line = screen(0);
        one_line.set_string(0, 5, "another text", Style::new());
        follow(&mut shown, &one_line, &mut out);
        assert_eq!((out.as_str(), shown), ("", before));
    }
}
