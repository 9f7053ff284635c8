//! Where the logs screen goes.
//!
//! ```text
//! sources
//! histogram   where there is room
//! rule
//! rows        | detail (from 160 columns)
//! detail      below 160 columns
//! place
//! filter
//! ```

use super::{Area, Chrome, Frame};

/// Rectangles of the logs screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogsLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// What is read, and how complete it is.
    pub sources: Area,
    /// Lines by level over time: three levels and an axis, or the errors alone.
    pub histogram: Option<Area>,
    /// The rule above the lines.
    pub rule: Area,
    /// The lines.
    pub rows: Area,
    /// The line under the cursor in full, headed by a rule: below the lines, or beside them from 160 columns.
    pub detail: Option<Area>,
    /// Whether it stands beside them.
    pub beside: bool,
    /// The rule below the lines: following, or what came below while reading.
    pub place: Area,
    /// The filter and its count.
    pub filter: Area,
}

/// Where the logs screen goes; with the line under the cursor in full if `detail`.
pub(in crate::app) fn logs(size: (u16, u16), band: bool, detail: bool) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let (width, height) = size;
    let filter = lines.take_bottom(1);
    let place = lines.take_bottom(1);
    let sources = lines.take_top(1);
    let histogram = (height >= 20).then(|| lines.take_top(if height >= 34 { 4 } else { 1 }));
    let rule = lines.take_top(u16::from(height >= 14));
    let beside = width >= 160;
    let below = (detail && !beside).then(|| lines.take_bottom(lines.left() * 3 / 5));
    let mut rows = lines.rest();
    let right = (detail && beside).then(|| {
        let own = width * 2 / 5;
        rows.width = width - own;
        Area { x: rows.width, width: own, ..rows }
    });
    let detail = below.or(right);
    Frame::Logs(LogsLayout { chrome, sources, histogram, rule, rows, detail, beside, place, filter })
}
