//! Everything that can be done, by key or by name.

use crate::model::{Timestamp, Window};

use super::{ChartRange, Column, RequestColumn};

/// Something that can be done.
///
/// A new one is a variant here, a row in the table of keys, and an arm where it is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// One line down, or one chart.
    Down,
    /// One line up, or one chart.
    Up,
    /// One page down.
    PageDown,
    /// One page up.
    PageUp,
    /// To the first.
    Top,
    /// To the last.
    Bottom,
    /// Open what is under the cursor.
    Open,
    /// Back by one level: overlay, filter, screen.
    Back,
    /// Leave the program.
    Quit,
    /// Stop until the shell continues the program.
    Suspend,
    /// Show the keys of this screen.
    Help,
    /// Choose an action by name.
    Palette,
    /// Choose a theme.
    Themes,
    /// To the functions screen.
    Functions,
    /// Type a filter.
    Filter,
    /// Filter by the search of this index among those that have names.
    Search(usize),
    /// Sort by the next column; after the last comes the first.
    SortNext,
    /// Sort by the column to the left.
    SortLeft,
    /// Sort by the column to the right.
    SortRight,
    /// Turn the order around.
    SortInvert,
    /// Sort by a column.
    SortBy(Column),
    /// The next longer window of the table's numbers.
    WindowNext,
    /// A window of the table's numbers.
    SetWindow(Window),
    /// The next longer range of the charts.
    RangeNext,
    /// A range of the charts.
    SetRange(ChartRange),
    /// Between UTC and local time.
    Zone,
    /// Ask AWS again now.
    AskAgain,
    /// Save the screen to a file.
    SaveScreen,
    /// Write what is marked, found or held to a file.
    Write,
    /// Copy what is selected.
    Copy,
    /// Copy the ARN of what is selected.
    CopyArn,
    /// Show and copy the AWS console's link of what is selected.
    Link,
    /// The crosshair one bucket earlier.
    CrosshairLeft,
    /// The crosshair one bucket later.
    CrosshairRight,
    /// The crosshair ten buckets earlier.
    CrosshairFarLeft,
    /// The crosshair ten buckets later.
    CrosshairFarRight,
    /// The crosshair to the first bucket.
    CrosshairFirst,
    /// The crosshair back to the newest settled bucket.
    CrosshairNewest,
    /// The charts half a range earlier.
    PanEarlier,
    /// The charts half a range later.
    PanLater,
    /// Hold the window of time still, or follow the clock again.
    Hold,
    /// To the logs screen.
    Logs,
    /// The logs of the marked functions, or of the one under the cursor.
    OpenLogs,
    /// The logs of every function that passes the filter.
    AllLogs,
    /// To the requests screen.
    Requests,
    /// The requests of every function that passes the filter.
    AllRequests,
    /// The requests of the marked functions, or of what is under the cursor.
    OpenRequests,
    /// The trace of the request under the cursor.
    OpenTrace,
    /// The next pane of the screen.
    NextPane,
    /// Fold what is under the cursor, or go to what it lies below.
    FoldNode,
    /// Unfold what is under the cursor, or go into it.
    UnfoldNode,
    /// Half of the axis on screen.
    ZoomIn,
    /// Twice as much of the axis.
    ZoomOut,
    /// All of the axis.
    WholeAxis,
    /// Only what the end waited for, or everything.
    CriticalPath,
    /// Rows put together by the next thing that they have in common.
    GroupNext,
    /// On the map of requests one column earlier; in one line a faster band.
    HeatLeft,
    /// One column later; in one line a slower band.
    HeatRight,
    /// What is picked on the map, wider by one column earlier.
    HeatFarLeft,
    /// Wider by one column later.
    HeatFarRight,
    /// Wider by a slower band.
    HeatFarUp,
    /// Wider by a faster band.
    HeatFarDown,
    /// Sort requests by a column.
    SortRequestsBy(RequestColumn),
    /// To the traces screen.
    Traces,
    /// The list of traces, or the map of services.
    ToggleMap,
    /// On the map to who calls the service under the cursor.
    ToCaller,
    /// On the map to whom it calls.
    ToCallee,
    /// Boxes with numbers, or lines.
    Zoom,
    /// Mark the row under the cursor, or take the mark away.
    Mark,
    /// The next line that the filter finds.
    NextMatch,
    /// The last one before.
    PreviousMatch,
    /// The next line of an error.
    NextError,
    /// The last one before.
    PreviousError,
    /// All lines with the matches marked, or the matches alone.
    AllLines,
    /// Routine lines of the platform one by one, or one line for each request.
    Platform,
    /// Only the lines of this request, or all again.
    OnlyRequest,
    /// Times of lines by the clock, as ages, or none.
    Times,
    /// Live Tail on or off.
    LiveTail,
    /// Read again what may be missing.
    Backfill,
    /// The line under the cursor in full, or no longer.
    Detail,
    /// One line down in what is shown in full.
    DetailDown,
    /// One line up in it.
    DetailUp,
    /// Half a page down in it.
    DetailPageDown,
    /// Half a page up in it.
    DetailPageUp,
    /// Long lines over several rows, or cut.
    WrapLines,
    /// Lines exactly as they came, or in short.
    RawText,
    /// Lines in the colours that they ask for, or without.
    Colours,
    /// The secrets of the line under the cursor, or masks for them.
    Reveal,
    /// Lines around matches: none, one, three.
    Context,
    /// Search further back than what is held.
    SearchFurther,
    /// Search by the other API.
    SearchBy,
    /// Stop the search further back.
    StopSearch,
    /// To the log lines of an instant.
    GoTo(Timestamp),
    /// Find a key in the help.
    Find,
    /// Keep what was typed or chosen.
    Accept,
    /// Put it back as it was.
    Cancel,
    /// Write the name under the cursor into the field.
    Complete,
    /// Erase the character before the cursor.
    EraseLeft,
    /// Erase the character under the cursor.
    EraseRight,
    /// Erase the word before the cursor.
    EraseWord,
    /// Erase everything before the cursor.
    EraseLine,
    /// The cursor one character to the left.
    CursorLeft,
    /// The cursor one character to the right.
    CursorRight,
    /// The cursor to the beginning.
    CursorStart,
    /// The cursor to the end.
    CursorEnd,
}

/// Under which heading the help lists a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Moving about.
    Move,
    /// Finding.
    Find,
    /// What is shown and how.
    Show,
    /// Opening.
    Open,
    /// To other places.
    Go,
    /// Leaving.
    Quit,
}

impl Group {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 6] = [Self::Move, Self::Find, Self::Show, Self::Open, Self::Go, Self::Quit];

    /// The heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Move => "MOVE",
            Self::Find => "FIND",
            Self::Show => "SHOW",
            Self::Open => "OPEN",
            Self::Go => "GO",
            Self::Quit => "QUIT",
        }
    }
}

/// Choices that have a name and no key of their own: the palette lists them beside the table of keys.
pub(super) const CHOICES: &[(Action, &str)] = &[
    (Action::SortBy(Column::Trouble), "sort by trouble"),
    (Action::SortBy(Column::Name), "sort by name"),
    (Action::SortBy(Column::Runtime), "sort by runtime"),
    (Action::SortBy(Column::Memory), "sort by memory"),
    (Action::SortBy(Column::Invocations), "sort by invocations"),
    (Action::SortBy(Column::Errors), "sort by errors"),
    (Action::SortBy(Column::ErrorRate), "sort by error rate"),
    (Action::SortBy(Column::Average), "sort by average duration"),
    (Action::SortBy(Column::P50), "sort by p50 duration"),
    (Action::SortBy(Column::P99), "sort by p99 duration"),
    (Action::SortBy(Column::Maximum), "sort by longest duration"),
    (Action::SortBy(Column::Throttles), "sort by throttles"),
    (Action::SortBy(Column::Concurrent), "sort by concurrent executions"),
    (Action::SetWindow(Window::Minute), "window 1m"),
    (Action::SetWindow(Window::FiveMinutes), "window 5m"),
    (Action::SetWindow(Window::Quarter), "window 15m"),
    (Action::SetWindow(Window::Hour), "window 1h"),
    (Action::SetRange(ChartRange::Quarter), "charts 15m"),
    (Action::SetRange(ChartRange::Hour), "charts 1h"),
    (Action::SetRange(ChartRange::ThreeHours), "charts 3h"),
    (Action::SetRange(ChartRange::HalfDay), "charts 12h"),
    (Action::SetRange(ChartRange::Day), "charts 1d"),
    (Action::SetRange(ChartRange::Week), "charts 7d"),
    (Action::SetRange(ChartRange::Month), "charts 30d"),
];

impl Action {
    /// Whether a choice makes sense only on the functions screen.
    pub(super) const fn is_of_the_table(self) -> bool {
        matches!(self, Self::SortBy(_) | Self::SetWindow(_))
    }
}
