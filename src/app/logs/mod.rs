//! The logs screen: which groups are read, where in them one reads, and what of them is shown.
//!
//! | file | is about |
//! |---|---|
//! | `place` | where one reads: following the newest line, or at a line that stays where it is |
//! | `shown` | which lines are shown, and the rows around a place |
//! | `matches` | the lines that the filter found, on workers and as lines come |
//! | `at` | times as one types them |
//! | `context` | the lines around matches |
//! | `source` | which functions and groups are read |
//! | `readers` | which groups are read for which screens |
//! | `columns`, `message` | what of a line stands where in its row |
//! | `json` | JSON in a line, unfolded and folded |
//! | `detail` | one line in full |
//! | `opening` | which logs are opened, and what is read for them |
//! | `keys`, `moving` | what each action does here |

mod at;
mod columns;
mod context;
mod detail;
mod json;
mod keys;
mod matches;
mod message;
mod moving;
mod opening;
mod place;
mod readers;
mod shown;
mod source;

use std::collections::BTreeSet;

use crate::model::{GroupKey, LogGap, Timestamp};
use crate::query::{Facts, Query};
use crate::store::lines::{GroupId, HeldLine, LineKey, Lines, Reader, Row};

use super::FilterState;

pub(in crate::app) use at::{parse as parse_time, written as written_time};
pub use columns::{LogColumns, tags};
pub use detail::Detail;
pub(in crate::app) use detail::text as line_in_full;
pub(in crate::app) use json::{Unfolded, unfolded};
pub use keys::{HISTOGRAM_LABEL, READ_ON, detail_width, histogram_bars};
pub use matches::{Matches, SearchJob};
pub use message::{Message, Writing};
pub use place::Place;
pub(in crate::app) use readers::Readers;
pub(in crate::app) use shown::Shown;
pub(in crate::app) use shown::is_folded;
pub use shown::tallest;
pub use source::{LogSource, LogSources};

/// How the time of a line is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineTimes {
    /// `14:30:56.244`.
    #[default]
    Clock,
    /// How long ago.
    Ago,
    /// Not at all.
    Hidden,
}

impl LineTimes {
    const fn next(self) -> Self {
        match self {
            Self::Clock => Self::Ago,
            Self::Ago => Self::Hidden,
            Self::Hidden => Self::Clock,
        }
    }
}

/// One row on screen.
#[derive(Clone, Debug, PartialEq)]
pub enum LogRow {
    /// A line.
    Line {
        /// The line; its message is raw.
        line: HeldLine,
        /// Index of its source in [`LogSources::list`].
        source: usize,
        /// The filter finds something in it; also true where there is no filter.
        matched: bool,
        /// Among matches with lines around them: others were left out before this one.
        begins: bool,
    },
    /// From here on lines may be missing.
    Gap {
        /// Where it stands.
        key: LineKey,
        /// What may be missing.
        gap: LogGap,
    },
}

impl LogRow {
    /// Where it stands.
    #[must_use]
    pub const fn key(&self) -> LineKey {
        match self {
            Self::Line { line, .. } => line.key,
            Self::Gap { key, .. } => *key,
        }
    }
}

/// A time that lies before what is held.
#[derive(Clone, Debug)]
struct Heading {
    at: Timestamp,
    /// How far back the groups had been read when older lines were last asked for, and when that was.
    read_from: Vec<Timestamp>,
    asked: Timestamp,
}

/// State of the logs screen.
#[derive(Clone, Debug, Default)]
pub struct LogsScreen {
    /// What is read.
    pub sources: LogSources,
    /// Where one reads.
    pub place: Place,
    /// The filter, and what is being typed into it.
    pub filter: FilterState<Query>,
    /// With a filter: all lines, with its matches marked, instead of those alone.
    pub all_lines: bool,
    /// Routine lines of the platform are shown one by one.
    pub platform: bool,
    /// How times are written.
    pub times: LineTimes,
    /// Live Tail is chosen.
    pub live: bool,
    /// Lines that the user marked.
    pub marks: BTreeSet<LineKey>,
    /// How lines are written.
    pub writing: Writing,
    /// Lines whose secrets are shown.
    pub revealed: BTreeSet<LineKey>,
    /// How many lines around a match are shown beside it.
    pub context: usize,
    /// The pane with the line under the cursor, if it is open; nothing is in it before there is a line.
    pub detail: Option<Option<Box<Detail>>>,
    /// The columns of the rows.
    pub columns: LogColumns,
    /// The rows on screen, top first; what the ui draws.
    pub rows: Vec<LogRow>,
    /// How many lines of the screen each row takes.
    pub heights: Vec<usize>,
    /// How many lines of the first row are scrolled away above.
    pub hidden: usize,
    /// Index in `rows` of the row under the cursor.
    pub cursor: usize,
    /// The lines that the filter found.
    pub matches: Matches,
    /// Where one is going: older lines are asked for until it is reached.
    heading_for: Option<Heading>,
    /// What was searched for before one request was looked at.
    pub(in crate::app) before_request: Option<String>,
    /// Where the search for an error ended unfinished.
    seek_from: Option<LineKey>,
    /// Lines before which others were left out, among those that were last looked up.
    begins: BTreeSet<LineKey>,
    reader: Reader,
    /// What `rows` were made of: nothing has to be read again as long as it is the same.
    made_of: Option<shown::MadeOf>,
}

impl LogsScreen {
    /// The groups that are read, as far as anything was heard of them.
    #[must_use]
    pub fn groups(&self, lines: &Lines) -> Vec<GroupId> {
        self.sources.list.iter().filter_map(|source| lines.group(&source.group)).collect()
    }

    /// The row under the cursor.
    #[must_use]
    pub fn current(&self) -> Option<&LogRow> {
        self.rows.get(self.cursor)
    }

    /// The line under the cursor.
    #[must_use]
    pub fn line(&self) -> Option<&HeldLine> {
        match self.current()? {
            LogRow::Line { line, .. } => Some(line),
            LogRow::Gap { .. } => None,
        }
    }

    /// Whether a filter hides or marks lines.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        !self.filter.applied.is_empty()
    }

    /// The screen line at which a row begins, counted from the first; also of the row behind the last.
    #[must_use]
    pub fn line_of(&self, row: usize) -> usize {
        self.heights.iter().take(row).sum::<usize>().saturating_sub(self.hidden)
    }

    /// The row that stands at a line of the screen.
    #[must_use]
    pub fn row_at(&self, line: usize) -> Option<usize> {
        (0..self.rows.len()).find(|row| line < self.line_of(row + 1))
    }

    fn row(&self, lines: &Lines, row: Row) -> LogRow {
        match row {
            Row::Line(line) => {
                let group = lines.key(line.key.group);
                let source = group.map_or(0, |group| self.sources.of(group, line.stream.function.as_deref()));
                let matched = group.is_none_or(|group| self.matches_line(&line, group));
                let begins = self.begins.contains(&line.key);
                LogRow::Line { line, source, matched, begins }
            }
            Row::Gap { key, gap } => LogRow::Gap { key, gap },
        }
    }

    fn matches_line(&self, line: &HeldLine, group: &GroupKey) -> bool {
        self.filter.applied.matches(&Facts::from(&line.as_line(group)))
    }
}
