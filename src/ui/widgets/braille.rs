//! A grid of dots, eight a cell.

use crate::ui::theme::Role;

/// Dots of a cell by column and row, as the bits of U+2800.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// One cell of a chart.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Dots {
    bits: u8,
    /// What the last dot belongs to.
    pub(super) role: Option<Role>,
    /// The body of an area: no dot of its edge is in it.
    pub(super) body: bool,
}

impl Dots {
    /// Whether no dot is set.
    const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// The sign with these dots.
    pub(super) fn symbol(self) -> char {
        char::from_u32(0x2800 + u32::from(self.bits)).unwrap_or(' ')
    }
}

/// A plot as dots: two columns and four rows a cell, row 0 at the bottom.
#[derive(Debug)]
pub(super) struct Grid {
    width: u16,
    height: u16,
    cells: Vec<Dots>,
}

impl Grid {
    pub(super) fn new(width: u16, height: u16) -> Self {
        Self { width, height, cells: vec![Dots::default(); usize::from(width) * usize::from(height)] }
    }

    /// Rows of dots.
    pub(super) const fn rows(&self) -> u16 {
        self.height.saturating_mul(4)
    }

    /// Columns of dots.
    pub(super) const fn columns(&self) -> u16 {
        self.width.saturating_mul(2)
    }

    /// Sets one dot; the cell is a body only as long as every dot of it is.
    pub(super) fn set(&mut self, column: u16, row: u16, role: Role, body: bool) {
        if column >= self.columns() || row >= self.rows() {
            return;
        }
        let down = self.rows() - 1 - row;
        let index = usize::from(down / 4) * usize::from(self.width) + usize::from(column / 2);
        let cell = &mut self.cells[index];
        cell.body = body && (cell.body || cell.is_empty());
        cell.bits |= BITS[usize::from(column % 2)][usize::from(down % 4)];
        cell.role = Some(role);
    }

    /// The cell at a column and row from the top left.
    pub(super) fn cell(&self, x: u16, y: u16) -> Dots {
        self.cells.get(usize::from(y) * usize::from(self.width) + usize::from(x)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_stand_where_they_were_set() {
        let mut grid = Grid::new(1, 2);
        grid.set(0, 0, Role::Text, false);
        grid.set(1, 7, Role::Text, false);
        grid.set(9, 9, Role::Text, false);
        assert_eq!((grid.cell(0, 0).symbol(), grid.cell(0, 1).symbol()), ('⠈', '⡀'));
    }
}
