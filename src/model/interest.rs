//! What the screen needs, so that sources fetch that first and most often.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Feed, FunctionKey, GroupKey, LogSearch, LogWant, Metric, Period, TimeRange, TraceWant, Window};

/// Names a one-off want until an [`Event::Answered`](super::Event::Answered) carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WantId(pub u64);

/// Whether someone is there: what nobody looks at is fetched rarely, since calls cost money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attention {
    /// A key came within the last ten minutes.
    #[default]
    Here,
    /// No key for ten minutes: visible rows go to every five minutes.
    Away,
}

/// Something asked for once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Want {
    /// Try a feed again now instead of waiting for its turn (`None`: all of them).
    Retry(Option<Feed>),
    /// Lines of a tailed group from before the stretch that was read so far: at least so many where there are any.
    /// The tail's report then says how far back it was read, and whether anything older exists.
    OlderLogs {
        /// Which group.
        group: GroupKey,
        /// How many.
        lines: u32,
    },
    /// Read a stretch of a group once more: a gap, or the last half hour.
    ReadAgain {
        /// Which group.
        group: GroupKey,
        /// Which stretch.
        range: TimeRange,
    },
    /// Search beyond what is held. Taken away, it stops.
    SearchLogs(LogSearch),
    /// Say what that search would scan and cost, and search nothing.
    EstimateSearch(LogSearch),
}

/// The charts on screen: one function over one stretch of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartWant {
    /// Whose.
    pub key: FunctionKey,
    /// The stretch shown, aligned to `period`. Its end moves with the clock unless the window is held.
    pub range: TimeRange,
    /// Length of a bucket.
    pub period: Period,
    /// What is drawn beyond the five vital signs.
    pub further: Vec<Metric>,
}

/// What the screen needs now. A `watch` channel holds the newest; older ones do not matter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interest {
    /// The stretch that the numbers of a row cover.
    pub window: Window,
    /// The stretch that the trend and the sum of a row cover (`--since`).
    pub since: Duration,
    /// Functions whose rows are on screen, top first.
    pub visible: Vec<FunctionKey>,
    /// The function under the cursor or opened.
    pub selected: Option<FunctionKey>,
    /// The charts on screen, if any.
    pub charts: Option<ChartWant>,
    /// The log lines on screen, if any.
    pub logs: Option<LogWant>,
    /// The traces on screen, if any.
    pub traces: Option<TraceWant>,
    /// Whether someone is there.
    pub attention: Attention,
    /// Asked for once each, until answered.
    pub wants: Vec<(WantId, Want)>,
}

impl Default for Interest {
    fn default() -> Self {
        Self {
            window: Window::default(),
            since: Duration::from_hours(1),
            visible: Vec::new(),
            selected: None,
            charts: None,
            logs: None,
            traces: None,
            attention: Attention::Here,
            wants: Vec::new(),
        }
    }
}
