//! The columns of the list of traces: which stand where, and which leave first.

use crate::app::columns::{ColumnPlace, MARKS, side_by_side};

/// A column of the list of traces, in the order of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TraceColumn {
    /// `TIME`: when it began.
    #[default]
    Time,
    /// `OUTCOME`: what went wrong in it, in X-Ray's words.
    Outcome,
    /// `CODE`: the HTTP status of the answer.
    Status,
    /// `ms`: from its first moment to its last.
    Duration,
    /// The same as a bar; sorts nothing.
    Bar,
    /// `resp ms`: until the root answered.
    Response,
    /// `ENTRY`: how the root was called.
    Entry,
    /// `SERVICES`: through which it went.
    Services,
    /// `TRACE`: of its id what tells it from others; sorts nothing.
    Id,
}

impl TraceColumn {
    /// All of them, left to right.
    pub const ALL: [Self; 9] = [
        Self::Time,
        Self::Outcome,
        Self::Status,
        Self::Duration,
        Self::Bar,
        Self::Response,
        Self::Entry,
        Self::Services,
        Self::Id,
    ];

    /// The title above it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Time => "TIME",
            Self::Outcome => "OUTCOME",
            Self::Status => "CODE",
            Self::Duration => "ms",
            Self::Bar => "",
            Self::Response => "resp ms",
            Self::Entry => "ENTRY",
            Self::Services => "SERVICES",
            Self::Id => "TRACE",
        }
    }

    /// The order of the list in words, as it is and turned around.
    #[must_use]
    pub const fn order(self, reversed: bool) -> &'static str {
        match (self, reversed) {
            (Self::Time, false) => "newest first",
            (Self::Time, true) => "oldest first",
            (Self::Outcome, false) => "worst first",
            (Self::Outcome, true) => "best first",
            (Self::Status, false) => "highest status first",
            (Self::Status, true) => "lowest status first",
            (Self::Duration | Self::Bar, false) => "slowest first",
            (Self::Duration | Self::Bar, true) => "fastest first",
            (Self::Response, false) => "slowest response first",
            (Self::Response, true) => "fastest response first",
            (Self::Entry | Self::Id, false) => "by entry",
            (Self::Entry | Self::Id, true) => "by entry, reversed",
            (Self::Services, false) => "most services first",
            (Self::Services, true) => "fewest services first",
        }
    }

    /// Whether rows can be sorted by it.
    #[must_use]
    pub const fn sorts(self) -> bool {
        !matches!(self, Self::Bar | Self::Id)
    }

    /// Whether what stands in it ends where it ends.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Status | Self::Duration | Self::Response)
    }

    /// The narrowest list that shows it, and how wide it is there.
    const fn room(self) -> (u16, u16) {
        match self {
            Self::Time => (0, 8),
            Self::Outcome => (60, 11),
            Self::Status => (76, 4),
            Self::Duration => (0, 7),
            Self::Bar => (110, 8),
            Self::Response => (140, 7),
            Self::Entry => (0, 12),
            Self::Services => (100, 14),
            Self::Id => (70, 8),
        }
    }
}

/// From this width on times show milliseconds.
const MILLISECONDS: u16 = 60;
/// From this width on an outcome of two words is not cut: `fault, throttle`.
const TWO_WORDS: u16 = 76;
/// The widest bar, and the widest words of an outcome.
const BAR: u16 = 24;
const OUTCOME: u16 = 22;

/// A column on screen.
pub type TraceColumnPlace = ColumnPlace<TraceColumn>;

/// The columns of a list `width` cells wide, left to right, with one blank between two and at the right edge.
#[must_use]
pub fn trace_columns(width: u16) -> Vec<TraceColumnPlace> {
    let mut places: Vec<(TraceColumn, u16)> = TraceColumn::ALL
        .into_iter()
        .filter(|column| width >= column.room().0)
        .map(|column| (column, column.room().1))
        .collect();
    let fixed: u16 = places.iter().map(|(_, width)| width + 1).sum();
    let mut spare = width.saturating_sub(MARKS + fixed);
    let mut grow = |wanted: TraceColumn, most: u16| {
        if let Some((_, width)) = places.iter_mut().find(|(column, _)| *column == wanted) {
            let taken = spare.min(most.saturating_sub(*width));
            spare -= taken;
            *width += taken;
        }
    };
    if width >= MILLISECONDS {
        grow(TraceColumn::Time, 12);
    }
    if width >= TWO_WORDS {
        grow(TraceColumn::Outcome, 15);
    }
    grow(TraceColumn::Entry, 26);
    grow(TraceColumn::Services, 30);
    if width >= 140 {
        grow(TraceColumn::Outcome, OUTCOME);
        grow(TraceColumn::Bar, BAR);
    }
    grow(TraceColumn::Entry, 44);
    grow(TraceColumn::Services, u16::MAX);
    grow(TraceColumn::Entry, u16::MAX);
    side_by_side(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_never_overlap_and_never_leave_the_list() {
        for width in 40..=500 {
            let places = trace_columns(width);
            assert!(places.windows(2).all(|pair| pair[0].x + pair[0].width < pair[1].x), "{width}");
            let last = places.last().unwrap();
            assert!(last.x + last.width < width, "{width}: {last:?}");
        }
    }

    #[test]
    fn a_fault_that_was_throttled_has_room_for_both_words_in_80_columns() {
        let places = trace_columns(80);
        let outcome = places.iter().find(|place| place.column == TraceColumn::Outcome).unwrap();
        assert!(usize::from(outcome.width) >= "fault, throttle".len());
    }

    #[test]
    fn columns_leave_in_the_order_of_their_worth() {
        let shown = |width| trace_columns(width).into_iter().map(|place| place.column).collect::<Vec<_>>();
        assert_eq!(shown(40), [TraceColumn::Time, TraceColumn::Duration, TraceColumn::Entry]);
        assert!(shown(80).contains(&TraceColumn::Status) && shown(80).contains(&TraceColumn::Id));
        assert!(shown(120).contains(&TraceColumn::Bar) && shown(120).contains(&TraceColumn::Services));
        assert_eq!(shown(140), TraceColumn::ALL);
    }
}
