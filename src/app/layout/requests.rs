//! Where the requests screen goes.

use super::{Area, Chrome, Frame};

/// Rectangles of the requests screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestsLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// The rows.
    pub rows: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the requests screen goes.
pub(in crate::app) fn requests(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let filter = lines.take_bottom(1);
    Frame::Requests(RequestsLayout { chrome, filter, rows: lines.rest() })
}
