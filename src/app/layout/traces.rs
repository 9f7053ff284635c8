//! Where the traces screen goes.

use super::{Area, Chrome, Frame};

/// Rectangles of the traces screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracesLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// The rows.
    pub rows: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the traces screen goes.
pub(in crate::app) fn traces(size: (u16, u16), band: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let filter = lines.take_bottom(1);
    Frame::Traces(TracesLayout { chrome, filter, rows: lines.rest() })
}
