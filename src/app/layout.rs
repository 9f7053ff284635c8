//! Where everything goes: the size of the terminal and the state to rectangles.
//!
//! The app must know how many rows are visible, and the ui draws into exactly these rectangles.

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
