//! How lines run in the gutter between two layers: each net has a lane for its way up or down.
//!
//! ```text
//!  left rows │         │ right rows
//!   ─────────┼───┐     │
//!            │   ├────▸│
//!   ─────┐   │   └────▸│
//!        └───┼────────▸│
//! ```
//!
//! A net is what one caller's lines are in one gutter. Where one net leaves the left side in the row in which another
//! reaches the right side, the first must turn before the second comes: that orders the lanes. Where the order goes
//! round in a circle, a net is taken apart and goes on in a row of its own.

use std::collections::{BTreeMap, BTreeSet};

/// The lines of one caller in a gutter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Net {
    /// Rows in which they touch the left side.
    pub left: BTreeSet<u16>,
    /// Rows in which they touch the right side.
    pub right: BTreeSet<u16>,
}

/// Where a net runs up and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// One straight line needs none.
    None,
    /// In this column, counted from the first.
    One(u16),
    /// In two columns, and between them in a row of its own.
    Two {
        /// The column of its left rows.
        left: u16,
        /// The column of its right rows.
        right: u16,
        /// The row between them.
        row: u16,
    },
}

/// The lanes of a gutter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gutter {
    /// Of each net.
    pub lanes: Vec<Lane>,
    /// How many columns there are.
    pub columns: u16,
}

/// A net, or half of one that was taken apart.
#[derive(Clone, Debug)]
struct Part {
    net: usize,
    left: BTreeSet<u16>,
    right: BTreeSet<u16>,
    /// The row in which its other half goes on.
    bridge: Option<u16>,
    /// The part whose lane must lie before.
    after: Option<usize>,
}

impl Part {
    /// From its highest to its lowest row.
    fn span(&self) -> (u16, u16) {
        let rows = || self.left.iter().chain(&self.right).chain(&self.bridge);
        (rows().min().copied().unwrap_or(0), rows().max().copied().unwrap_or(0))
    }

    /// How many lines cross if its lane lies left of another's: those that reach the other through it, and its own that
    /// go through the other. Lines that end at the same place meet there.
    fn crossings_before(&self, other: &Self) -> usize {
        let within = |part: &Self, row: &u16| {
            let (top, bottom) = part.span();
            (top..=bottom).contains(row)
        };
        let through = other.left.iter().chain(other.after.and(other.bridge.as_ref()));
        let own = self.right.iter().chain(if self.after.is_none() { self.bridge.as_ref() } else { None });
        through.filter(|row| within(self, row)).count()
            + own.filter(|row| within(other, row) && !other.right.contains(row)).count()
    }

    /// Whether it is one straight line.
    fn is_straight(&self) -> bool {
        let (top, bottom) = self.span();
        top == bottom && self.bridge.is_none()
    }
}

impl Gutter {
    /// Finds lanes for nets on a map of so many rows; it becomes higher where a net needs a row of its own and none is free.
    pub fn new(nets: &[Net], height: &mut u16) -> Self {
        let mut parts: Vec<Part> = nets
            .iter()
            .enumerate()
            .map(|(net, own)| Part {
                net,
                left: own.left.clone(),
                right: own.right.clone(),
                bridge: None,
                after: None,
            })
            .collect();
        let mut order = ordered(&mut parts, height);
        uncross(&parts, &mut order);
        let mut columns: Vec<Option<u16>> = vec![None; parts.len()];
        let mut taken: Vec<Vec<(u16, u16)>> = Vec::new();
        for at in order {
            if parts[at].is_straight() {
                continue;
            }
            let own = &parts[at];
            let better =
                |other: &usize| parts[*other].crossings_before(own) < own.crossings_before(&parts[*other]);
            let placed = (0..parts.len()).filter(|other| columns[*other].is_some()).filter(better);
            let first = before(&parts, at)
                .chain(placed)
                .filter_map(|other| columns[other])
                .max()
                .map_or(0, |last| last + 1);
            let (top, bottom) = parts[at].span();
            let mut column = usize::from(first);
            while taken
                .get(column)
                .is_some_and(|spans| spans.iter().any(|(start, end)| *start <= bottom && top <= *end))
            {
                column += 1;
            }
            if taken.len() <= column {
                taken.resize(column + 1, Vec::new());
            }
            taken[column].push((top, bottom));
            columns[at] = Some(column as u16);
        }
        let mut lanes = vec![Lane::None; nets.len()];
        for (at, part) in parts.iter().enumerate() {
            let Some(column) = columns[at] else { continue };
            lanes[part.net] = match (lanes[part.net], part.bridge) {
                (Lane::One(left), Some(row)) => Lane::Two { left, right: column, row },
                _ => Lane::One(column),
            };
        }
        Self { lanes, columns: taken.len() as u16 }
    }
}

/// The parts that must have their lane before that of `at`: they leave to the left where it goes to the right.
fn before(parts: &[Part], at: usize) -> impl Iterator<Item = usize> + '_ {
    let own = &parts[at];
    let crossed = parts.iter().enumerate().filter(move |(other, part)| {
        *other != at && part.net != own.net && part.left.intersection(&own.right).next().is_some()
    });
    crossed.map(|(other, _)| other).chain(own.after)
}

/// The parts in an order in which each stands behind those that must lie before it.
fn ordered(parts: &mut Vec<Part>, height: &mut u16) -> Vec<usize> {
    let mut taken: BTreeSet<u16> =
        parts.iter().flat_map(|part| part.left.iter().chain(&part.right)).copied().collect();
    let mut order: Vec<usize> = Vec::new();
    let mut open: BTreeSet<usize> = (0..parts.len()).collect();
    while !open.is_empty() {
        let ready = open.iter().copied().find(|at| before(parts, *at).all(|other| !open.contains(&other)));
        if let Some(at) = ready {
            open.remove(&at);
            order.push(at);
            continue;
        }
        // A circle: the first one that can be is taken apart.
        let whole = |at: &usize| !parts[*at].left.is_empty() && !parts[*at].right.is_empty();
        let Some(at) = open.iter().copied().find(whole) else {
            order.extend(open);
            break;
        };
        let (top, bottom) = parts[at].span();
        let near = |row: &u16| row.abs_diff(top).saturating_add(row.abs_diff(bottom));
        let row = (0..*height).filter(|row| !taken.contains(row)).min_by_key(near).unwrap_or(*height);
        *height = (*height).max(row.saturating_add(1));
        taken.insert(row);
        let right = std::mem::take(&mut parts[at].right);
        parts[at].bridge = Some(row);
        let half =
            Part { net: parts[at].net, left: BTreeSet::new(), right, bridge: Some(row), after: Some(at) };
        open.insert(parts.len());
        parts.push(half);
    }
    order
}

/// Lets neighbours in the order of lanes change places where fewer lines cross then, and none must lie before the other.
fn uncross(parts: &[Part], order: &mut [usize]) {
    // Each round takes a crossing away or is the last one; the bound is for what nobody thought of.
    for _ in 0..order.len() {
        let mut gained = false;
        for at in 1..order.len() {
            let (one, two) = (order[at - 1], order[at]);
            let fewer = parts[two].crossings_before(&parts[one]) < parts[one].crossings_before(&parts[two]);
            if fewer && !before(parts, two).any(|other| other == one) {
                order.swap(at - 1, at);
                gained = true;
            }
        }
        if !gained {
            return;
        }
    }
}

/// A cell of a line: the arms that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the four directions")]
pub(super) struct Arms {
    pub up: bool,
    pub right: bool,
    pub down: bool,
    pub left: bool,
}

/// The cells of one line on its way.
#[derive(Clone, Debug, Default)]
pub(super) struct Trail(pub BTreeMap<(u16, u16), Arms>);

impl Trail {
    /// A line from column to column in a row; its ends reach to the middle of their cells.
    pub fn across(&mut self, y: u16, from: u16, to: u16) {
        let (first, last) = (from.min(to), from.max(to));
        for x in first..=last {
            let arms = self.0.entry((x, y)).or_default();
            arms.left |= x > first;
            arms.right |= x < last;
        }
    }

    /// A line from row to row in a column; its ends reach to the middle of their cells.
    pub fn along(&mut self, x: u16, from: u16, to: u16) {
        let (first, last) = (from.min(to), from.max(to));
        for y in first..=last {
            let arms = self.0.entry((x, y)).or_default();
            arms.up |= y > first;
            arms.down |= y < last;
        }
    }

    /// The line goes on beyond this cell to the left.
    pub fn out_left(&mut self, x: u16, y: u16) {
        self.0.entry((x, y)).or_default().left = true;
    }

    /// The line goes on beyond this cell to the right.
    pub fn out_right(&mut self, x: u16, y: u16) {
        self.0.entry((x, y)).or_default().right = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(left: &[u16], right: &[u16]) -> Net {
        Net { left: left.iter().copied().collect(), right: right.iter().copied().collect() }
    }

    #[test]
    fn a_straight_line_needs_no_lane_and_one_that_leaves_where_another_comes_turns_before() {
        let gutter = Gutter::new(&[net(&[1], &[1]), net(&[5], &[9]), net(&[9], &[3])], &mut 20);
        assert_eq!(gutter.lanes, [Lane::None, Lane::One(1), Lane::One(0)]);
    }

    #[test]
    fn lines_far_apart_share_a_lane() {
        let gutter = Gutter::new(&[net(&[1], &[3]), net(&[5], &[8])], &mut 20);
        assert_eq!((gutter.lanes, gutter.columns), (vec![Lane::One(0), Lane::One(0)], 1));
    }

    #[test]
    fn two_lines_that_change_places_go_round_by_a_row_of_its_own() {
        let mut height = 7;
        let gutter = Gutter::new(&[net(&[1], &[5]), net(&[5], &[1])], &mut height);
        let two = gutter.lanes.iter().filter(|lane| matches!(lane, Lane::Two { row: 2, .. })).count();
        assert_eq!((two, height), (1, 7), "{gutter:?}");
        let mut height = 2;
        Gutter::new(&[net(&[0], &[1]), net(&[1], &[0])], &mut height);
        assert_eq!(height, 3, "no row is free");
    }
}
