//! Where everything goes: the size of the terminal and the state to rectangles.
//!
//! The app must know how many rows are visible, and the ui draws into exactly these rectangles. Every screen has the
//! same [`Chrome`] around it; what is inside stands in a file for each.
//!
//! ```text
//! header
//! tabs
//! band?       what is wrong, above old data
//! ...         the screen
//! footer
//! ```

mod function;
mod functions;
mod logs;
mod requests;
mod timeline;
mod traces;

pub(super) use function::function;
pub use function::{ChartSlot, FunctionLayout, FunctionPanes};
pub use functions::FunctionsLayout;
pub(super) use functions::functions;
pub use logs::LogsLayout;
pub(super) use logs::logs;
pub use requests::RequestsLayout;
pub(super) use requests::requests;
pub use timeline::TimelineLayout;
pub(super) use timeline::timeline;
pub use traces::TracesLayout;
pub(super) use traces::traces;

/// A rectangle of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Area {
    /// Whether the cell lies inside.
    #[must_use]
    pub const fn contains(self, x: u16, y: u16) -> bool {
        x >= self.x && y >= self.y && x - self.x < self.width && y - self.y < self.height
    }
}

/// Where everything goes on the screen on top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Below 40x10: only a word fits.
    TooSmall,
    /// The functions screen.
    Functions(FunctionsLayout),
    /// One function's screen.
    Function(FunctionLayout),
    /// The logs screen.
    Logs(LogsLayout),
    /// The requests screen.
    Requests(RequestsLayout),
    /// The timeline of a request or a trace.
    Timeline(TimelineLayout),
    /// The traces screen.
    Traces(TracesLayout),
}

impl Frame {
    /// What stands around the screen, if anything of it fits.
    #[must_use]
    pub const fn chrome(&self) -> Option<&Chrome> {
        match self {
            Self::TooSmall => None,
            Self::Functions(layout) => Some(&layout.chrome),
            Self::Function(layout) => Some(&layout.chrome),
            Self::Logs(layout) => Some(&layout.chrome),
            Self::Requests(layout) => Some(&layout.chrome),
            Self::Timeline(layout) => Some(&layout.chrome),
            Self::Traces(layout) => Some(&layout.chrome),
        }
    }
}

/// What every screen has around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chrome {
    /// Line 1: where and how fresh.
    pub header: Area,
    /// Line 2: the screens.
    pub tabs: Area,
    /// Above old data when something is wrong: two lines, or one on a low terminal.
    pub band: Option<Area>,
    /// The last line: the keys, or the mistake in the filter.
    pub footer: Area,
}

/// The smallest terminal that is drawn into.
const SMALLEST: (u16, u16) = (40, 10);

impl Chrome {
    /// What stands around a screen of this size, and the lines it leaves to it; `None` if the size is too small.
    fn around((width, height): (u16, u16), band: bool) -> Option<(Self, Lines)> {
        if width < SMALLEST.0 || height < SMALLEST.1 {
            return None;
        }
        let mut lines = Lines { width, top: 0, bottom: height };
        let chrome = Self {
            header: lines.take_top(1),
            tabs: lines.take_top(1),
            band: band.then(|| lines.take_top(if height >= 14 { 2 } else { 1 })),
            footer: lines.take_bottom(1),
        };
        Some((chrome, lines))
    }
}

/// Cuts a screen from the top and from the bottom, line by line.
struct Lines {
    width: u16,
    top: u16,
    bottom: u16,
}

impl Lines {
    fn take_top(&mut self, lines: u16) -> Area {
        let lines = lines.min(self.left());
        let area = Area { x: 0, y: self.top, width: self.width, height: lines };
        self.top += lines;
        area
    }

    fn take_bottom(&mut self, lines: u16) -> Area {
        let lines = lines.min(self.left());
        self.bottom -= lines;
        Area { x: 0, y: self.bottom, width: self.width, height: lines }
    }

    const fn left(&self) -> u16 {
        self.bottom - self.top
    }

    const fn rest(self) -> Area {
        Area { x: 0, y: self.top, width: self.width, height: self.left() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_size_makes_a_rectangle_outside_of_the_screen() {
        for (width, height) in
            (0..=420).step_by(7).flat_map(|width| (0..=120).map(move |height| (width, height)))
        {
            for band in [false, true] {
                if let Frame::Functions(layout) = functions((width, height), band) {
                    assert!(layout.rows.height >= 1, "{width}x{height}");
                    let charts = layout.charts.unwrap_or_default();
                    for area in
                        [layout.rows, layout.head, layout.totals, layout.status, layout.chrome.footer, charts]
                    {
                        assert!(area.x + area.width <= width && area.y + area.height <= height);
                    }
                }
                if let Frame::Function(layout) = function((width, height), band, 7, 3) {
                    assert!(!layout.charts.is_empty());
                    assert!(
                        layout.charts.iter().all(|chart| chart.plot.y + chart.plot.height <= layout.axis.y)
                    );
                }
            }
        }
    }
}
