//! Searches of logs beyond what is held, that CloudWatch makes itself.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Failure, GroupKey, TimeRange, Timestamp, WantId};

/// A search that CloudWatch makes: what matches comes in pages of lines, how it gets on in [`SearchReport`]s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogSearch {
    /// Which groups.
    pub groups: Vec<GroupKey>,
    /// Over which stretch.
    pub range: TimeRange,
    /// By which of its APIs, and what for.
    pub by: SearchBy,
}

/// Which API searches, and what for, in its own language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SearchBy {
    /// `FilterLogEvents` with a filter pattern: free, and no faster than its pages come. An empty one reads all lines.
    Pattern(Arc<str>),
    /// Logs Insights with these `filter` commands: paid by what it scans.
    Insights(Arc<str>),
}

/// How a search is doing; the newest replaces the one before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchReport {
    /// Which want it answers.
    pub id: WantId,
    /// When this was so.
    pub at: Timestamp,
    /// How far this computer's clock is ahead of the one of CloudWatch Logs, in ms; 0 while the difference means nothing.
    #[serde(default)]
    pub clock_ahead_ms: i64,
    /// What it says.
    pub state: SearchState,
}

/// What a search says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum SearchState {
    /// What Logs Insights would scan, from what the groups are said to store and the part of that in the stretch.
    Estimated {
        /// Bytes; `None` where no group says what it stores.
        bytes: Option<u64>,
        /// US dollars for that.
        dollars: f64,
    },
    /// It goes on.
    Running(SearchProgress),
    /// It came to its end.
    Finished(SearchProgress),
    /// It was not begun, or was stopped, and why: the cap on what may be spent, a query that Logs Insights gave up.
    Refused {
        /// In words.
        why: Arc<str>,
    },
    /// A call failed for good.
    Failed {
        /// Why.
        failure: Failure,
    },
}

/// How far a search has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchProgress {
    /// Everything from here to the end of the stretch was searched; `None` where that is not known before the end.
    pub searched_to: Option<Timestamp>,
    /// Lines that matched so far.
    pub found: u64,
    /// Bytes that Logs Insights has scanned, which is what it bills.
    pub scanned: u64,
    /// US dollars for that.
    pub dollars: f64,
    /// More lines matched than come back: these are the newest.
    pub is_cut: bool,
    /// Groups that do not exist, by name.
    #[serde(default)]
    pub missing: Vec<Arc<str>>,
    /// What keeps it waiting: a call that failed and is tried again.
    pub waits_for: Option<Failure>,
}
