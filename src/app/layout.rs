//! Where everything goes: the size of the terminal and the state to rectangles.
//!
//! The app must know how many rows are visible, and the ui draws into exactly these rectangles.
//!
//! ```text
//! header
//! tabs
//! band?       what is wrong, above old data
//! totals
//! head
//! rows        | charts (from 160 columns)
//! status
//! charts (below 160 columns, where there is room) or one line
//! footer
//! ```

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
}

/// Rectangles of the functions screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionsLayout {
    /// Line 1: where and how fresh.
    pub header: Area,
    /// Line 2: the screens.
    pub tabs: Area,
    /// Two lines above old data, when something is wrong.
    pub band: Option<Area>,
    /// Fleet totals: labels and values where it is two lines high, values alone where one.
    pub totals: Area,
    /// The rule between totals and table, where there is no blank line.
    pub rule: Option<Area>,
    /// The column heads.
    pub head: Area,
    /// The rows; as wide as the head.
    pub rows: Area,
    /// Which rows, how sorted, of when; or the filter's prompt while typing.
    pub status: Area,
    /// The selected function in one line, where its charts have no room.
    pub line: Option<Area>,
    /// Title line and charts of the selected function: below the table, or beside it from 160 columns.
    pub charts: Option<Area>,
    /// Whether the charts stand beside the table, one above the other, instead of below it side by side.
    pub beside: bool,
    /// The keys.
    pub footer: Area,
}

/// Rectangles of one function's screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionLayout {
    /// Line 1: where and how fresh.
    pub header: Area,
    /// Line 2: the screens.
    pub tabs: Area,
    /// Two lines above old data, when something is wrong.
    pub band: Option<Area>,
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
    /// The keys.
    pub footer: Area,
}

/// Rectangles of the logs screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogsLayout {
    /// Line 1: where and how fresh.
    pub header: Area,
    /// Line 2: the screens.
    pub tabs: Area,
    /// Two lines above old data, when something is wrong.
    pub band: Option<Area>,
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
    /// The keys, or the mistake in the filter.
    pub footer: Area,
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

/// The smallest terminal that is drawn into.
const SMALLEST: (u16, u16) = (40, 10);
/// Least lines of a chart on the function screen.
const LEAST_CHART: u16 = 3;
/// Lines of a chart from which on further charts come into sight.
const TALL_CHART: u16 = 8;
/// The vital signs stand together where there is room.
const VITAL: usize = 5;

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

fn too_small((width, height): (u16, u16)) -> bool {
    width < SMALLEST.0 || height < SMALLEST.1
}

/// Where the functions screen goes; `band` when something is wrong above old data.
pub(super) fn functions(size: (u16, u16), band: bool) -> Frame {
    if too_small(size) {
        return Frame::TooSmall;
    }
    let (width, height) = size;
    let mut lines = Lines { width, top: 0, bottom: height };
    let header = lines.take_top(1);
    let tabs = lines.take_top(1);
    let footer = lines.take_bottom(1);
    let band = band.then(|| lines.take_top(if height >= 14 { 2 } else { 1 }));
    let roomy = width >= 120 && height >= 30;
    if roomy {
        lines.take_top(1);
    }
    let totals = lines.take_top(if roomy { 2 } else { 1 });
    let rule = (!roomy && height >= 20).then(|| lines.take_top(1));
    if roomy {
        lines.take_top(1);
    }
    let beside = width >= 160 && height >= 20;
    let below = !beside && width >= 100 && height >= 34;
    let charts_below = below.then(|| {
        lines.take_bottom(1);
        lines.take_bottom((height * 3 / 10).clamp(12, 20))
    });
    let line = (!beside && !below && height >= 20).then(|| lines.take_bottom(1));
    let status = lines.take_bottom(1);
    let mut head = lines.take_top(1);
    let mut rows = lines.rest();
    let charts_beside = beside.then(|| {
        let charts = (width - 148).clamp(40, 52.max(width / 4));
        head.width = width - charts;
        rows.width = head.width;
        Area { x: head.width, y: head.y, width: charts, height: rows.height + 1 }
    });
    let charts = charts_below.or(charts_beside);
    Frame::Functions(FunctionsLayout {
        header,
        tabs,
        band,
        totals,
        rule,
        head,
        rows,
        status,
        line,
        charts,
        beside,
        footer,
    })
}

/// Where one function's screen goes: `charts` in all, the first `scroll` of them scrolled away.
pub(super) fn function(size: (u16, u16), band: bool, charts: usize, scroll: usize) -> Frame {
    if too_small(size) {
        return Frame::TooSmall;
    }
    let (width, height) = size;
    let mut lines = Lines { width, top: 0, bottom: height };
    let header = lines.take_top(1);
    let tabs = lines.take_top(1);
    let footer = lines.take_bottom(1);
    let status = lines.take_bottom(1);
    let band = band.then(|| lines.take_top(if height >= 14 { 2 } else { 1 }));
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
    Frame::Function(FunctionLayout { header, tabs, band, path, title, charts: slots, axis, status, footer })
}

/// Where the logs screen goes; with the line under the cursor in full if `detail`.
pub(super) fn logs(size: (u16, u16), band: bool, detail: bool) -> Frame {
    if too_small(size) {
        return Frame::TooSmall;
    }
    let (width, height) = size;
    let mut lines = Lines { width, top: 0, bottom: height };
    let header = lines.take_top(1);
    let tabs = lines.take_top(1);
    let footer = lines.take_bottom(1);
    let filter = lines.take_bottom(1);
    let place = lines.take_bottom(1);
    let band = band.then(|| lines.take_top(if height >= 14 { 2 } else { 1 }));
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
    Frame::Logs(LogsLayout {
        header,
        tabs,
        band,
        sources,
        histogram,
        rule,
        rows,
        detail,
        beside,
        place,
        filter,
        footer,
    })
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

    fn functions_at(width: u16, height: u16) -> FunctionsLayout {
        match functions((width, height), false) {
            Frame::Functions(layout) => layout,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_screen_of_80x24_has_sixteen_rows_and_a_line() {
        let layout = functions_at(80, 24);
        assert_eq!(layout.rows, Area { x: 0, y: 5, width: 80, height: 16 });
        assert_eq!((layout.status.y, layout.line.map(|line| line.y), layout.footer.y), (21, Some(22), 23));
        assert_eq!(layout.charts, None);
    }

    #[test]
    fn the_screen_of_120x40_has_charts_below() {
        let layout = functions_at(120, 40);
        assert_eq!(layout.rows, Area { x: 0, y: 7, width: 120, height: 18 });
        assert_eq!(layout.charts, Some(Area { x: 0, y: 26, width: 120, height: 12 }));
        assert!(!layout.beside);
    }

    #[test]
    fn from_160_columns_the_charts_stand_beside() {
        let layout = functions_at(200, 50);
        let charts = layout.charts.unwrap();
        assert!(layout.beside);
        assert_eq!((layout.rows.width, charts.x, charts.width), (148, 148, 52));
    }

    #[test]
    fn five_charts_fit_into_80x24() {
        let Frame::Function(layout) = function((80, 24), false, 5, 0) else { panic!("too small") };
        assert_eq!(layout.charts.len(), 5);
        assert!(layout.charts.iter().all(|chart| chart.plot.height >= LEAST_CHART));
        let last = layout.charts.last().unwrap().plot;
        assert_eq!(last.y + last.height, layout.axis.y);
    }

    #[test]
    fn further_charts_are_scrolled_to() {
        let Frame::Function(layout) = function((120, 40), false, 9, 100) else { panic!("too small") };
        assert_eq!(layout.charts.last().unwrap().index, 8);
    }

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
                        [layout.rows, layout.head, layout.totals, layout.status, layout.footer, charts]
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
