//! The columns of the functions table: which stand where, and which leave first.

use crate::model::{Metric, Statistic};

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

impl Column {
    /// All of them, left to right.
    pub const ALL: [Self; 15] = [
        Self::Name,
        Self::Trouble,
        Self::Runtime,
        Self::Memory,
        Self::Invocations,
        Self::Errors,
        Self::ErrorRate,
        Self::Average,
        Self::P50,
        Self::P99,
        Self::Maximum,
        Self::Throttles,
        Self::Concurrent,
        Self::Since,
        Self::Trend,
    ];

    /// What the table is sorted by, in words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Trouble => "trouble",
            Self::Runtime => "runtime",
            Self::Memory => "memory",
            Self::Invocations => "invocations",
            Self::Errors => "errors",
            Self::ErrorRate => "error rate",
            Self::Average => "average duration",
            Self::P50 => "p50 duration",
            Self::P99 => "p99 duration",
            Self::Maximum => "longest duration",
            Self::Throttles => "throttles",
            Self::Concurrent => "concurrent executions",
            Self::Since => "invocations since",
            Self::Trend => "trend",
        }
    }

    /// Whether rows can be sorted by it.
    #[must_use]
    pub const fn sorts(self) -> bool {
        !matches!(self, Self::Trend)
    }

    /// What the sparkline shows while the table is sorted by this column: a word and the counts that are added up.
    #[must_use]
    pub const fn trend(self) -> (&'static str, &'static [(Metric, Statistic)]) {
        const INVOCATIONS: (Metric, Statistic) = (Metric::Invocations, Statistic::Sum);
        const ERRORS: (Metric, Statistic) = (Metric::Errors, Statistic::Sum);
        const THROTTLES: (Metric, Statistic) = (Metric::Throttles, Statistic::Sum);
        match self {
            Self::Invocations | Self::Since => ("INV", &[INVOCATIONS]),
            Self::Errors | Self::ErrorRate => ("ERR", &[ERRORS]),
            Self::Throttles => ("THR", &[THROTTLES]),
            _ => ("ERR+THR", &[ERRORS, THROTTLES]),
        }
    }

    /// The narrowest table that shows it, and how wide it is there. The name takes what is left.
    const fn room(self) -> (u16, u16) {
        match self {
            Self::Name => (0, NAME),
            Self::Trouble => (76, TROUBLE),
            Self::Memory => (120, 6),
            Self::Runtime | Self::Errors | Self::P50 => (120, 7),
            Self::Invocations => (50, 7),
            Self::ErrorRate => (0, 5),
            Self::P99 => (0, 7),
            Self::Average | Self::Maximum | Self::Since => (140, 7),
            Self::Throttles => (70, 7),
            Self::Concurrent => (70, 6),
            Self::Trend => (120, TREND),
        }
    }
}

/// Narrowest and widest name.
const NAME: u16 = 12;
const NAME_WIDEST: u16 = 48;
/// The longest words of trouble.
const TROUBLE: u16 = 18;
/// Narrowest and widest trend.
const TREND: u16 = 8;
const TREND_WIDEST: u16 = 62;
/// Cursor mark and state glyph with the blank behind it.
pub(super) const MARKS: u16 = 3;

/// A column on screen: of the functions, or of another table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnPlace<C = Column> {
    /// Which.
    pub column: C,
    /// First cell, counted from the table's left edge; the cursor mark stands in 0 and the state glyph in 1.
    pub x: u16,
    /// Cells.
    pub width: u16,
}

/// The columns of a table `width` cells wide, left to right, with one blank between two and at the right edge.
#[must_use]
pub fn columns(width: u16) -> Vec<ColumnPlace> {
    let shown: Vec<_> = Column::ALL.into_iter().filter(|column| width >= column.room().0).collect();
    let fixed: u16 = shown.iter().map(|column| column.room().1 + 1).sum();
    let mut spare = width.saturating_sub(MARKS + fixed);
    let mut grow = |most: u16| {
        let taken = spare.min(most);
        spare -= taken;
        taken
    };
    let name = NAME + grow(16);
    let trend = if shown.contains(&Column::Trend) { TREND + grow(TREND_WIDEST - TREND) } else { 0 };
    let name = name + grow(NAME_WIDEST - NAME - 16);
    side_by_side(shown.into_iter().map(|column| match column {
        Column::Name => (column, name),
        Column::Trend => (column, trend),
        other => (column, other.room().1),
    }))
}

/// Columns of these widths behind the marks, with one blank between two.
pub(super) fn side_by_side<C>(columns: impl IntoIterator<Item = (C, u16)>) -> Vec<ColumnPlace<C>> {
    let mut x = MARKS;
    let place = |(column, width)| {
        let place = ColumnPlace { column, x, width };
        x += width + 1;
        place
    };
    columns.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_overlap_and_never_leave_the_table() {
        for width in 40..=500 {
            let places = columns(width);
            assert!(places.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x), "{width}");
            let last = places.last().unwrap();
            assert!(last.x + last.width < width, "{width}: {last:?}");
        }
    }

    #[test]
    fn columns_leave_in_the_order_of_their_worth() {
        let shown = |width| columns(width).into_iter().map(|place| place.column).collect::<Vec<_>>();
        assert_eq!(shown(40), [Column::Name, Column::ErrorRate, Column::P99]);
        assert!(shown(80).contains(&Column::Trouble) && !shown(80).contains(&Column::Runtime));
        assert!(shown(120).contains(&Column::Trend) && !shown(120).contains(&Column::Average));
        assert_eq!(shown(140), Column::ALL);
    }
}
