//! Where the traces screen goes.
//!
//! ```text
//! title       what is shown, of which time, how complete
//! head        titles of columns, or of layers
//! rows        or the map
//! pane?       of the map: the service under the cursor in numbers
//! place       the rule below the rows: which of how many, in which order; of the map: where errors travel
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
    /// The titles of the columns, or of the layers.
    pub head: Area,
    /// The rows, or the map.
    pub rows: Area,
    /// The service under the cursor in numbers, headed by a rule.
    pub pane: Option<Area>,
    /// The rule below the rows, or where errors travel.
    pub place: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the traces screen goes: with its list, or with the map of services.
pub(in crate::app) fn traces(size: (u16, u16), band: bool, map: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let filter = lines.take_bottom(1);
    let place = lines.take_bottom(1);
    let pane = match size.1 {
        _ if !map => None,
        40.. => Some(lines.take_bottom(8)),
        30.. => Some(lines.take_bottom(7)),
        20.. => Some(lines.take_bottom(5)),
        _ => None,
    };
    let title = lines.take_top(1);
    let head = lines.take_top(1);
    Frame::Traces(TracesLayout { chrome, title, head, pane, place, filter, rows: lines.rest() })
}
