//! How far back the rows go, and reading further back.

use std::time::Duration;

use crate::model::{TailReport, Timestamp};

use crate::app::App;
use crate::app::Screen;

/// Less than this at the beginning of the range is not worth a word.
const SLACK: Duration = Duration::from_secs(90);
/// Lines that are asked for at once: as many as CloudWatch gives in one answer.
const LINES: u32 = 10_000;

/// The rows go back less far than the range that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadBack {
    /// As far as this.
    pub to: Timestamp,
    /// Older lines are being read.
    pub goes_on: bool,
}

impl App {
    /// How far back the logs of these tails are read, as long as that is less than what is shown: what is counted is not
    /// all there was.
    #[must_use]
    pub fn read_back<'a>(&self, tails: impl IntoIterator<Item = &'a TailReport>) -> Option<ReadBack> {
        let from = tails.into_iter().filter(|tail| !tail.at_beginning).map(|tail| tail.read_from).max()?;
        let wanted = self.now - self.range.length() + SLACK;
        // What a tail was opened with is read by itself.
        let goes_on = self.asks_for_older() || from > self.logs_since + SLACK;
        (from > wanted).then_some(ReadBack { to: from, goes_on })
    }

    /// The same of the requests on screen.
    pub(super) fn requests_read_back(&self) -> Option<ReadBack> {
        let lines = self.store.lines();
        let groups = self.requests.groups();
        self.read_back(groups.iter().filter_map(|group| lines.tail(lines.group(group)?)))
    }

    /// Reads further back, where less was read than is shown.
    pub(super) fn read_requests_further(&mut self) {
        let can = self.requests.read_back.is_some_and(|back| !back.goes_on);
        if can && *self.screen() == Screen::Requests {
            self.want_older_of(self.requests.groups(), LINES);
        }
    }
}
