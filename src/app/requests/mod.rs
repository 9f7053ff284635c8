//! The requests screen: one row for each invocation of the chosen functions, joined from their log lines.
//!
//! | file | is about |
//! |---|---|
//! | `kept` | the invocations of the chosen sources in the order of the rows, touched only where they change |
//! | `shown` | which of them are shown, and what is counted of them on the way |
//! | `columns` | the columns of the table, and what rows are sorted by |
//! | `further` | how far back they go, and reading further back |
//! | `heat` | requests by time and duration, and what is picked there |
//! | `groups` | requests with an error, a version or an environment in common |
//! | `throttles` | requests that Lambda refused, and reading of them |
//! | `words` | what went wrong with a request |
//! | `below` | the same in short below the charts of one function |
//! | `keys` | what each action does here |

mod below;
mod columns;
mod further;
mod groups;
mod heat;
mod kept;
mod keys;
mod shown;
mod story;
mod throttles;
mod words;

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{GroupKey, InvocationKey};
use crate::query::Query;

use super::FilterState;
use super::logs::LogSources;

pub use below::Below;
pub use columns::{RequestColumn, RequestPlace, request_columns};
pub use further::ReadBack;
pub use groups::{GroupId, Grouping, LaneCell, RequestGroup};
pub use heat::{HEAT_LABEL, HeatBand, HeatCell, HeatMap, Pick, heat_columns, heat_margin};
pub use shown::{Shown, lane_columns};
pub use words::error_words;

/// Where keys go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RequestPane {
    /// The rows.
    #[default]
    Rows,
    /// The map above them.
    Heat,
}

/// State of the requests screen.
#[derive(Clone, Debug, Default)]
pub struct RequestsScreen {
    /// Whose requests, and where they log.
    pub sources: LogSources,
    /// The filter, and what is being typed into it.
    pub filter: FilterState<Query>,
    /// What the rows are sorted by.
    pub sort: RequestColumn,
    /// Turned around against the column's natural order.
    pub reversed: bool,
    /// What is picked on the map.
    pub pick: Pick,
    /// Where keys go.
    pub pane: RequestPane,
    /// By what rows are put together.
    pub grouping: Grouping,
    /// The group of which the requests are shown.
    pub group: Option<GroupId>,
    /// The request under the cursor; `None` stays on the first row, whatever comes.
    pub cursor: Option<InvocationKey>,
    /// The group under the cursor; `None` stays on the first row.
    pub group_cursor: Option<GroupId>,
    /// Index of the first row on screen.
    pub top: usize,
    /// Index of the row under the cursor.
    pub at: usize,
    /// What is shown.
    pub shown: Shown,
    /// How far back the rows go, if that is less far than the range: then a line below the last one says so.
    pub read_back: Option<ReadBack>,
    /// What it is shown of.
    kept: kept::Kept,
    /// Short names of environments by their streams, in the order in which they came into sight.
    environments: HashMap<Arc<str>, usize>,
    /// What `shown` was made of: nothing has to be made again as long as it is the same.
    made_of: Option<shown::MadeOf>,
    /// Where the time of the selected request went.
    told: Option<story::Told>,
}

impl RequestsScreen {
    /// The log groups that must be read for it.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupKey> {
        self.sources.groups()
    }

    /// Whether groups are shown and not requests.
    #[must_use]
    pub fn shows_groups(&self) -> bool {
        self.grouping != Grouping::None && self.group.is_none()
    }

    /// How many rows there are, on screen or not.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.shows_groups() { self.shown.groups.len() } else { self.shown.keys.len() }
    }

    /// The request under the cursor, or the newest one of the group under it.
    #[must_use]
    pub fn selected(&self) -> Option<InvocationKey> {
        if self.shows_groups() {
            return self.shown.groups.get(self.at).map(|group| group.newest);
        }
        self.shown.keys.get(self.at).copied()
    }

    /// Whether new rows come in under the cursor, at the top.
    #[must_use]
    pub fn is_following(&self) -> bool {
        self.cursor.is_none() && self.sort == RequestColumn::Time && !self.reversed
    }

    /// Whether a filter hides rows.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.filter.applied.is_empty()
    }

    /// Whether rows of several functions may stand here.
    #[must_use]
    pub fn is_of_several(&self) -> bool {
        self.sources.list.len() > 1 || self.sources.list.iter().any(|source| source.function.is_none())
    }

    /// The short name of an environment: a letter and a digit.
    #[must_use]
    pub fn environment(&self, stream: &str) -> Option<String> {
        let index = *self.environments.get(stream)?;
        let letter = char::from(b'a' + u8::try_from(index / 10 % 26).unwrap_or(0));
        let more = index / 260;
        let digit = index % 10;
        Some(if more == 0 { format!("{letter}{digit}") } else { format!("{letter}{digit}{more}") })
    }

    /// Names the environments that have come into sight.
    fn name_environment(&mut self, stream: &Arc<str>) {
        /// Names of three letters at most.
        const MOST: usize = 2_600;
        // What Lambda refused reached none.
        if stream.is_empty() || self.environments.contains_key(stream) {
            return;
        }
        if self.environments.len() >= MOST {
            self.environments.clear();
        }
        let next = self.environments.len();
        self.environments.insert(Arc::clone(stream), next);
    }
}
