//! What of the lines is seen in each cell of the map: where they meet, and which goes under which where they cross.

use std::collections::{BTreeMap, HashMap};

use super::layout::{MapLayout, NetKey};

/// A cell of the lines on the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stroke {
    /// Up, right, down, left: each 0, 1, or 2 where errors travel.
    pub arms: [u8; 4],
    /// A line of the node under the cursor.
    pub chosen: bool,
}

/// How an edge is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EdgeStyle {
    /// Errors travel along it.
    pub heavy: bool,
    /// It begins or ends at the node under the cursor.
    pub chosen: bool,
}

/// The cells of lines.
pub type Strokes = HashMap<(u16, u16), Stroke>;

impl MapLayout {
    /// The cells of all lines. Where those of two callers cross, one goes under the other; where they lead to the same
    /// box, they meet. Those of the node under the cursor go over all others.
    #[must_use]
    pub fn strokes(&self, styles: &[EdgeStyle]) -> Strokes {
        let mut cells: HashMap<(u16, u16), BTreeMap<NetKey, Stroke>> = HashMap::new();
        for (edge, steps) in self.trails.iter().enumerate() {
            let style = styles.get(edge).copied().unwrap_or_default();
            let weight = if style.heavy { 2 } else { 1 };
            for step in steps {
                let own = cells.entry(step.at).or_default().entry(step.net).or_default();
                let arms = [step.arms.up, step.arms.right, step.arms.down, step.arms.left];
                for (arm, has) in own.arms.iter_mut().zip(arms) {
                    *arm = (*arm).max(if has { weight } else { 0 });
                }
                own.chosen |= style.chosen;
            }
        }
        let seen = |nets: BTreeMap<NetKey, Stroke>| {
            let chosen = nets.values().any(|stroke| stroke.chosen);
            let shown = nets.values().filter(|stroke| stroke.chosen == chosen);
            Stroke { arms: over(shown.map(|stroke| stroke.arms)), chosen }
        };
        cells.into_iter().map(|(at, nets)| (at, seen(nets))).collect()
    }

    /// In how many cells lines of different callers cross: one is seen, the others go under it.
    #[must_use]
    pub fn crossings(&self) -> usize {
        let mut cells: HashMap<(u16, u16), BTreeMap<NetKey, bool>> = HashMap::new();
        for step in self.trails.iter().flatten() {
            let across = cells.entry(step.at).or_default().entry(step.net).or_default();
            *across |= step.arms.left || step.arms.right;
        }
        let crossed = |nets: &BTreeMap<NetKey, bool>| {
            let along = nets.values().filter(|across| !**across).count();
            if nets.values().any(|across| *across) { along } else { 0 }
        };
        cells.values().map(crossed).sum()
    }

    /// The cells that no box and no line takes, of a row from column to column.
    pub(super) fn is_free(&self, strokes: &Strokes, y: u16, columns: std::ops::Range<u16>) -> bool {
        let free =
            |x: u16| !strokes.contains_key(&(x, y)) && !self.boxes.iter().any(|own| own.contains(x, y));
        y < self.height && columns.end <= self.width && columns.into_iter().all(free)
    }
}

/// Lines of several nets in one cell.
fn over(nets: impl Iterator<Item = [u8; 4]>) -> [u8; 4] {
    let (mut across, mut along) = ([0; 4], [0; 4]);
    for arms in nets {
        let sum = if arms[1] == 0 && arms[3] == 0 { &mut along } else { &mut across };
        for (own, arm) in sum.iter_mut().zip(arms) {
            *own = (*own).max(arm);
        }
    }
    if across == [0; 4] {
        return along;
    }
    // The way of errors is not interrupted by another's.
    let heavier = along.iter().max() > across.iter().max();
    if heavier { along } else { across }
}
