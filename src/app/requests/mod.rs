//! The requests screen: one row for each invocation of the chosen functions, joined from their log lines.

use crate::model::GroupKey;
use crate::query::Query;

use super::action::Action;
use super::logs::LogSources;
use super::{App, FilterState, Screen};

/// State of the requests screen.
#[derive(Clone, Debug, Default)]
pub struct RequestsScreen {
    /// Whose requests, and where they log.
    pub sources: LogSources,
    /// The filter, and what is being typed into it.
    pub filter: FilterState<Query>,
}

impl RequestsScreen {
    /// The log groups that must be read for it.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupKey> {
        self.sources.groups()
    }
}

impl App {
    /// Opens the requests of the marked functions, else of the one under the cursor.
    pub(in crate::app) fn open_requests(&mut self) {
        let wanted = self.marked_or_selected();
        let out_of = wanted.len();
        if let Some(sources) = self.sources_of(wanted, out_of) {
            self.show_requests(sources);
        }
    }

    /// Goes to the requests screen as it was; the first time of what the logs screen reads, or of the most troubled
    /// functions.
    pub(in crate::app) fn go_to_requests(&mut self) {
        let known =
            [&self.requests.sources, &self.logs.sources].into_iter().find(|sources| !sources.list.is_empty());
        if let Some(sources) = known.cloned().or_else(|| self.sources_of_troubled()) {
            self.show_requests(sources);
        }
    }

    fn show_requests(&mut self, sources: LogSources) {
        self.opened.retain(|screen| *screen != Screen::Requests);
        self.opened.push(Screen::Requests);
        self.requests.sources = sources;
    }

    pub(in crate::app) fn act_on_requests(&mut self, action: Action) {
        let _ = action;
    }

    /// The filter of requests changed.
    pub(in crate::app) fn apply_to_requests(&mut self, query: Query) {
        self.requests.filter.error = None;
        self.requests.filter.applied = query;
    }
}
