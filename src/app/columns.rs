//! The columns of the functions table: which stand where, and which leave first.

/// A column of the functions table, in the order of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// `FUNCTION`.
    Name,
    /// `TROUBLE`: the words; sorts by how bad it is.
    #[default]
    Trouble,
    /// `RUNTIME`.
    Runtime,
    /// `MEM MB`.
    Memory,
    /// `INV/min`.
    Invocations,
    /// `ERR/min`.
    Errors,
    /// `ERR %`.
    ErrorRate,
    /// `avg ms`.
    Average,
    /// `p50 ms`.
    P50,
    /// `p99 ms`.
    P99,
    /// `max ms`.
    Maximum,
    /// `THR/min`.
    Throttles,
    /// `CONC`.
    Concurrent,
    /// `INV 1h`: invocations over `--since`.
    Since,
    /// The sparkline over `--since`; sorts nothing.
    Trend,
}

/// A column on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnPlace {
    /// Which.
    pub column: Column,
    /// First cell, counted from the table's left edge; the cursor mark stands in 0 and the state glyph in 1.
    pub x: u16,
    /// Cells.
    pub width: u16,
}

/// The columns of a table `width` cells wide, left to right.
#[must_use]
pub fn columns(width: u16) -> Vec<ColumnPlace> {
    vec![ColumnPlace { column: Column::Name, x: 3, width: width.saturating_sub(4) }]
}
