//! The columns of the requests table, which leave first, and what rows are sorted by.

use crate::app::columns::{ColumnPlace, MARKS, side_by_side};

/// A column of the requests table, in the order of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RequestColumn {
    /// `TIME`: when it began.
    #[default]
    Time,
    /// `FUNCTION`, where there are several.
    Function,
    /// `OUTCOME`.
    Outcome,
    /// `VER`: the version that ran.
    Version,
    /// `ms`: how long it ran.
    Duration,
    /// The duration against the timeout; sorts nothing.
    Bar,
    /// `INIT`: how long it waited for a new environment.
    Init,
    /// `BILLED`: billed ms times memory is what it cost.
    Billed,
    /// `MB`: the most memory that was used.
    Memory,
    /// `ENV`: a short name for each execution environment; sorts nothing.
    Environment,
    /// `REQUEST`: the beginning of the id; sorts nothing.
    Request,
    /// `TRACE`: whether X-Ray has one; sorts nothing.
    Trace,
    /// `ERROR`; sorts nothing.
    Error,
}

impl RequestColumn {
    /// All of them, left to right.
    pub const ALL: [Self; 13] = [
        Self::Time,
        Self::Function,
        Self::Outcome,
        Self::Version,
        Self::Duration,
        Self::Bar,
        Self::Init,
        Self::Billed,
        Self::Memory,
        Self::Environment,
        Self::Request,
        Self::Trace,
        Self::Error,
    ];

    /// What one goes through with a single key: the orders that are asked for most.
    pub const ORDERS: [Self; 4] = [Self::Time, Self::Duration, Self::Memory, Self::Billed];

    /// Whether rows can be sorted by it.
    #[must_use]
    pub const fn sorts(self) -> bool {
        !matches!(self, Self::Bar | Self::Environment | Self::Request | Self::Trace | Self::Error)
    }

    /// The order in words, `reversed` or not.
    #[must_use]
    pub const fn order(self, reversed: bool) -> &'static str {
        match (self, reversed) {
            (Self::Duration, false) => "slowest first",
            (Self::Duration, true) => "fastest first",
            (Self::Function, false) => "by function",
            (Self::Function, true) => "by function, reversed",
            (Self::Outcome, false) => "worst first",
            (Self::Outcome, true) => "worst last",
            (Self::Version, false) => "newest version first",
            (Self::Version, true) => "oldest version first",
            (Self::Init, false) => "longest init first",
            (Self::Init, true) => "shortest init first",
            (Self::Billed, false) => "dearest first",
            (Self::Billed, true) => "cheapest first",
            (Self::Memory, false) => "most memory first",
            (Self::Memory, true) => "least memory first",
            (_, false) => "newest first",
            (_, true) => "oldest first",
        }
    }

    /// What stands above it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Time => "TIME",
            Self::Function => "FUNCTION",
            Self::Outcome => "OUTCOME",
            Self::Version => "VER",
            Self::Duration => "ms",
            Self::Bar => "",
            Self::Init => "INIT",
            Self::Billed => "BILLED",
            Self::Memory => "MB",
            Self::Environment => "ENV",
            Self::Request => "REQUEST",
            Self::Trace => "TRACE",
            Self::Error => "ERROR",
        }
    }

    /// Whether its values end where the column ends.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Duration | Self::Init | Self::Billed | Self::Memory)
    }

    /// The narrowest table of one function and of several that shows it, and how wide it is there. The errors take what is
    /// left: each column comes where the name of an error keeps its room beside it.
    const fn room(self) -> (u16, u16, u16) {
        match self {
            Self::Time => (0, 0, TIME),
            Self::Function => (u16::MAX, 64, NAME),
            Self::Outcome => (0, 0, 10),
            Self::Duration => (0, 0, 7),
            Self::Error => (48, 48, 0),
            Self::Trace => (66, 86, 5),
            Self::Init => (74, 93, 6),
            Self::Request => (88, 102, 8),
            Self::Bar => (102, 114, BAR),
            Self::Memory => (109, 128, 6),
            Self::Version => (117, 136, 7),
            Self::Environment => (120, 142, 3),
            Self::Billed => (140, 156, 7),
        }
    }

    /// The narrowest table that shows it, of one function or of several.
    const fn from(self, several: bool) -> u16 {
        let (one, many, _) = self.room();
        if several { many } else { one }
    }
}

/// Widest and narrowest time: `14:31:03.614`, `14:31:03`.
const TIME: u16 = 12;
const TIME_SHORT: u16 = 8;
/// From this width on a table of several functions has room for milliseconds.
const FRACTIONS: u16 = 118;
/// Name of a function: at the least, what most of them have, and at the most.
const NAME: u16 = 15;
const NAME_USUAL: u16 = 18;
const NAME_WIDEST: u16 = 28;
/// Narrowest and widest bar.
const BAR: u16 = 11;
const BAR_WIDEST: u16 = 24;
/// So much room is left for an error that is shown.
const ERROR: u16 = 12;
/// So much has to be read of it: `ProvisionedThroughputExceeded:…`.
const ERROR_READ: u16 = 31;
/// A column on screen.
pub type RequestPlace = ColumnPlace<RequestColumn>;

/// The columns of a table `width` cells wide, left to right, with one blank between two and at the right edge; of one
/// function or of several. What rows are sorted by is always among them: what is worth least makes room for it.
#[must_use]
pub fn request_columns(width: u16, several: bool, sort: RequestColumn) -> Vec<RequestPlace> {
    let own = |column: RequestColumn| match column {
        RequestColumn::Time if width < 64 || several && width < FRACTIONS => TIME_SHORT,
        RequestColumn::Outcome if width < 48 => 9,
        other => other.room().2,
    };
    let sorts = |column: RequestColumn| column == sort && column.sorts();
    let mut shown: Vec<_> = RequestColumn::ALL
        .into_iter()
        .filter(|column| width >= column.from(several) || sorts(*column))
        .collect();
    let fixed = |shown: &[RequestColumn]| -> u16 { shown.iter().map(|column| own(*column) + 1).sum() };
    let wanted = |shown: &[RequestColumn]| {
        let error = if shown.contains(&RequestColumn::Error) { ERROR } else { 0 };
        MARKS + fixed(shown) + error
    };
    while wanted(&shown) > width {
        let worth = |at: &usize| shown[*at].from(several);
        let swappable = |at: &usize| {
            !sorts(shown[*at]) && !matches!(shown[*at], RequestColumn::Time | RequestColumn::Outcome)
        };
        let Some(least) = (0..shown.len()).filter(swappable).max_by_key(worth) else { break };
        shown.remove(least);
    }
    let fixed = fixed(&shown);
    let mut spare = width.saturating_sub(MARKS + fixed);
    // Errors are read: they keep most of what is left.
    let grow = |from: u16, usual: u16, to: u16, spare: &mut u16| {
        let free = spare.saturating_sub(ERROR_READ);
        let first = free.min(usual - from);
        let taken = (first + (free - first) / 6).min(to - from);
        *spare -= taken;
        from + taken
    };
    let name = if several { grow(NAME, NAME_USUAL, NAME_WIDEST, &mut spare) } else { NAME };
    let has_bar = shown.contains(&RequestColumn::Bar);
    let bar = if has_bar { grow(BAR, BAR, BAR_WIDEST, &mut spare) } else { BAR };
    side_by_side(shown.into_iter().map(|column| match column {
        RequestColumn::Function => (column, name),
        RequestColumn::Bar => (column, bar),
        RequestColumn::Error => (column, spare),
        other => (column, own(other)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All that rows can be sorted by: by their function only where there are several.
    fn sorts(several: bool) -> impl Iterator<Item = RequestColumn> {
        let sorts = RequestColumn::ALL.into_iter().filter(|column| column.sorts());
        sorts.filter(move |column| several || *column != RequestColumn::Function)
    }

    #[test]
    fn columns_never_overlap_and_never_leave_the_table() {
        for several in [false, true] {
            for (width, sort) in (40..=500).flat_map(|width| sorts(several).map(move |sort| (width, sort))) {
                let places = request_columns(width, several, sort);
                let of = format!("{width}, by {sort:?}");
                assert!(places.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x), "{of}");
                let last = places.last().expect("there are always columns");
                assert!(last.x + last.width < width, "{of}: {last:?}");
            }
        }
    }

    #[test]
    fn what_rows_are_sorted_by_is_seen_at_every_width() {
        for several in [false, true] {
            for (width, sort) in (40..=200).flat_map(|width| sorts(several).map(move |sort| (width, sort))) {
                let places = request_columns(width, several, sort);
                let seen = places.iter().any(|place| place.column == sort && place.width > 0);
                assert!(seen, "{width}, by {sort:?}: {places:?}");
            }
        }
    }

    #[test]
    fn columns_leave_in_the_order_of_their_worth() {
        use RequestColumn as C;
        let left = |several: bool| {
            let mut gone: Vec<C> = Vec::new();
            for width in (40..=200).rev() {
                let shown: Vec<C> =
                    request_columns(width, several, C::Time).into_iter().map(|place| place.column).collect();
                for column in C::ALL {
                    if !shown.contains(&column) && !gone.contains(&column) {
                        gone.push(column);
                    }
                }
            }
            gone
        };
        let order = [C::Environment, C::Version, C::Memory, C::Bar, C::Request, C::Init, C::Trace, C::Error];
        let of = |several| -> Vec<C> {
            left(several).into_iter().filter(|column| !matches!(column, C::Function | C::Billed)).collect()
        };
        assert_eq!(of(false), order);
        assert_eq!(of(true), order);
    }

    #[test]
    fn at_the_usual_widths_the_name_of_an_error_is_read_whole() {
        for (several, width) in
            [80, 100, 120, 200].into_iter().flat_map(|width| [(false, width), (true, width)])
        {
            let places = request_columns(width, several, RequestColumn::Time);
            let error = places.last().expect("the last column");
            assert!(error.column == RequestColumn::Error, "{width}: {error:?}");
            let least = "ProvisionedThroughputExceeded:…".chars().count();
            assert!(usize::from(error.width) >= least, "{width}, several {several}: {places:?}");
        }
    }

    #[test]
    fn eighty_columns_have_room_for_the_error_whatever_rows_are_sorted_by() {
        for several in [false, true] {
            for sort in sorts(several) {
                let places = request_columns(80, several, sort);
                let error = places.last().expect("the last column");
                assert!(error.column == RequestColumn::Error && error.width >= 12, "by {sort:?}: {error:?}");
            }
        }
    }
}
