//! Where the timeline screen goes.

use super::{Area, Chrome, Frame};

/// Rectangles of the timeline screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// The rows.
    pub rows: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the timeline screen goes.
pub(in crate::app) fn timeline(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let filter = lines.take_bottom(1);
    Frame::Timeline(TimelineLayout { chrome, filter, rows: lines.rest() })
}
