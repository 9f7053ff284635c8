//! Where one function's screen goes.
//!
//! ```text
//! path
//! title
//! plot | readout, for each chart
//! axis
//! status
//! requests | errors   where there is room
//! ```

use super::{Area, Chrome, Frame};

/// Least lines of a chart.
const LEAST_CHART: u16 = 3;
/// Lines of a chart from which on further charts come into sight.
const TALL_CHART: u16 = 8;
/// From here on there is room for panes below the charts.
const ROOMY: (u16, u16) = (120, 40);
/// The vital signs stand together where there is room.
const VITAL: usize = 5;

/// Rectangles of one function's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionLayout {
    /// What stands around it.
    pub chrome: Chrome,
    /// `Functions › name` and the configuration.
    pub path: Area,
    /// The rule that states the window of time and the crosshair's instant.
    pub title: Area,
    /// The charts on screen, top first.
    pub charts: Vec<ChartSlot>,
    /// The shared time axis under the charts, two lines; as wide as a plot.
    pub axis: Area,
    /// A line of meaning: what is right of `┊`, how many charts there are.
    pub status: Area,
    /// Its last requests and its errors, where there is room.
    pub panes: Option<FunctionPanes>,
}

/// What stands below the charts, each headed by a rule and the heads of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionPanes {
    /// The last requests.
    pub requests: Area,
    /// Errors, put together.
    pub errors: Area,
}

impl FunctionPanes {
    /// Lines of a pane above its rows.
    pub const HEAD: u16 = 2;

    /// How many rows each has.
    #[must_use]
    pub const fn rows(&self) -> u16 {
        self.requests.height.saturating_sub(Self::HEAD)
    }
}

/// One chart on the function screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChartSlot {
    /// Index among all charts of the function: the five vital signs, then further metrics.
    pub index: usize,
    /// Scale labels and plot: the first 9 columns are the scale's.
    pub plot: Area,
    /// The values at the crosshair, to the right.
    pub readout: Area,
}

/// Where one function's screen goes: `charts` in all, the first `scroll` of them scrolled away.
pub(in crate::app) fn function(size: (u16, u16), band: bool, charts: usize, scroll: usize) -> Frame {
    let Some((chrome, mut lines)) = Chrome::around(size, band) else { return Frame::TooSmall };
    let (width, height) = size;
    let panes = (width >= ROOMY.0 && height >= ROOMY.1).then(|| {
        let area = lines.take_bottom((height / 4).clamp(10, 16));
        let requests = Area { width: width * 4 / 7, ..area };
        FunctionPanes { requests, errors: Area { x: requests.width, width: width - requests.width, ..area } }
    });
    let status = lines.take_bottom(1);
    let path = lines.take_top(1);
    let title = lines.take_top(1);
    let readout = if width >= 100 {
        24
    } else if width >= 60 {
        19
    } else {
        14
    };
    let plot = width - readout;
    let axis = Area { width: plot, ..lines.take_bottom(2) };
    let room = lines.rest();
    let visible = on_screen(room.height, charts);
    let first = scroll.min(charts - visible);
    let each = room.height / visible.max(1) as u16;
    let mut spare = room.height - each * visible as u16;
    let mut y = room.y;
    let slots = (first..first + visible)
        .map(|index| {
            let tall = each + u16::from(spare > 0);
            spare = spare.saturating_sub(1);
            let slot = ChartSlot {
                index,
                plot: Area { x: 0, y, width: plot, height: tall },
                readout: Area { x: plot, y, width: readout, height: tall },
            };
            y += tall;
            slot
        })
        .collect();
    Frame::Function(FunctionLayout { chrome, path, title, charts: slots, axis, status, panes })
}

/// How many charts stand on so many lines at once.
fn on_screen(lines: u16, charts: usize) -> usize {
    let least = usize::from(lines / LEAST_CHART).clamp(1, VITAL);
    let tall = usize::from(lines / TALL_CHART);
    least.max(tall).min(charts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_charts_fit_into_80x24() {
        let Frame::Function(layout) = function((80, 24), false, 5, 0) else { panic!("too small") };
        assert_eq!(layout.charts.len(), 5);
        assert!(layout.charts.iter().all(|chart| chart.plot.height >= LEAST_CHART));
        let last = layout.charts.last().unwrap().plot;
        assert_eq!(last.y + last.height, layout.axis.y);
    }

    #[test]
    fn requests_and_errors_stand_below_where_there_is_room() {
        let panes = |size| match function(size, false, 5, 0) {
            Frame::Function(layout) => {
                assert_eq!(layout.charts.len(), 5);
                layout.panes
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(panes((80, 24)), None);
        assert_eq!(panes((200, 39)), None);
        let below = panes((120, 40)).expect("there is room");
        assert_eq!((below.requests.y, below.rows(), below.errors.x), (29, 8, 68));
    }

    #[test]
    fn further_charts_are_scrolled_to() {
        let Frame::Function(layout) = function((120, 40), false, 9, 100) else { panic!("too small") };
        assert_eq!(layout.charts.last().unwrap().index, 8);
    }
}
