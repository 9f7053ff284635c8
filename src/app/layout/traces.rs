//! Where the traces screen goes.
//!
//! ```text
//! title       what is shown, of which time, how complete
//! head
//! rows
//! place       the rule below the rows: which of how many, in which order
//! filter      or what X-Ray takes and what reading costs
//! ```

use super::{Area, Chrome, Frame};

/// Rectangles of the traces screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracesLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// What is shown, of which time, and how complete it is.
    pub title: Area,
    /// The titles of the columns.
    pub head: Area,
    /// The rows.
    pub rows: Area,
    /// The rule below the rows.
    pub place: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the traces screen goes.
pub(in crate::app) fn traces(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let filter = lines.take_bottom(1);
    let place = lines.take_bottom(1);
    let title = lines.take_top(1);
    let head = lines.take_top(1);
    Frame::Traces(TracesLayout { chrome, title, head, place, filter, rows: lines.rest() })
}
