//! Which logs are opened.

use crate::app::{App, Screen, TimelineOf};
use crate::model::{Failure, Feed, FunctionKey, GroupKey, InvocationKey, Scope};
use crate::store::Severity;

use super::source::TROUBLED;
use super::{LogSource, LogSources, Place};

impl App {
    /// Opens the logs of the marked functions, else of the one under the cursor.
    pub(in crate::app) fn open_logs(&mut self) {
        let wanted = self.marked_or_selected();
        let out_of = wanted.len();
        let at = self.timeline_start();
        self.read_logs_of(wanted, out_of);
        if let Some(at) = at {
            self.head_for(at);
        }
    }

    /// Goes to the logs screen as it was; the first time with the marked functions, or the most troubled ones.
    pub(in crate::app) fn go_to_logs(&mut self) {
        if !self.logs.sources.list.is_empty() {
            self.opened.retain(|screen| *screen != Screen::Logs);
            self.opened.push(Screen::Logs);
            return;
        }
        if let Some(sources) = self.sources_of_troubled() {
            self.read_logs(sources);
        }
    }

    /// The marked functions, else the one under the cursor.
    pub(in crate::app) fn marked_or_selected(&self) -> Vec<FunctionKey> {
        // A mark is set on Functions; what is under the cursor elsewhere is something else.
        let marks = !matches!(self.screen(), Screen::Traces | Screen::Timeline(_));
        let marked: Vec<FunctionKey> = self.marked().filter(|_| marks).cloned().collect();
        if marked.is_empty() { self.selected().cloned().into_iter().collect() } else { marked }
    }

    /// Where the marked functions log, else the most troubled ones.
    pub(in crate::app) fn sources_of_troubled(&mut self) -> Option<LogSources> {
        let marked: Vec<FunctionKey> = self.marked().cloned().collect();
        let all = self.function_count();
        let wanted = if marked.is_empty() {
            self.rows().iter().take(TROUBLED).map(|row| row.key.clone()).collect()
        } else {
            marked
        };
        self.sources_of(wanted, all)
    }

    /// Opens the logs of all functions that pass the filter, as many as can be read at once.
    pub(in crate::app) fn open_all_logs(&mut self) {
        let wanted: Vec<FunctionKey> = self.rows().iter().map(|row| row.key.clone()).collect();
        let out_of = wanted.len();
        self.read_logs_of(wanted, out_of);
    }

    fn read_logs_of(&mut self, functions: Vec<FunctionKey>, out_of: usize) {
        if let Some(sources) = self.sources_of(functions, out_of) {
            self.read_logs(sources);
        }
    }

    /// Where functions log; says so if there is none.
    pub(in crate::app) fn sources_of(
        &mut self,
        functions: Vec<FunctionKey>,
        out_of: usize,
    ) -> Option<LogSources> {
        let sources =
            functions.into_iter().map(|key| LogSource { group: self.group_of(&key), function: Some(key) });
        let sources = LogSources::new(sources.collect::<Vec<_>>(), out_of);
        if sources.list.is_empty() {
            let login = self.store.feed(Feed::Identity).failing.filter(|_| self.store.identity().is_none());
            let why = || {
                login.map(|failing| {
                    let Failure { operation, .. } = &failing.failure;
                    format!("no log can be read: {operation} ({})", failing.failure.word())
                })
            };
            let words = self.no_function_here().or_else(why);
            self.say(words.as_deref().unwrap_or("no function whose log could be read"), Severity::Warn);
            return None;
        }
        Some(sources)
    }

    /// Where a function logs.
    #[must_use]
    pub fn group_of(&self, key: &FunctionKey) -> GroupKey {
        let known = self.store.function(key).map(|record| GroupKey::of(&record.function));
        known.unwrap_or_else(|| GroupKey::by_default(key))
    }

    /// The request that wrote the line under the cursor.
    fn request_of_line(&mut self) -> Option<InvocationKey> {
        let Some(line) = self.logs.line() else {
            self.say("no line is under the cursor", Severity::Warn);
            return None;
        };
        let group = self.store.lines().key(line.key.group)?;
        let found = self.store.invocations().of_line(&line.as_line(group));
        if found.is_none() {
            self.say("this line belongs to no request that is held: J shows it in full", Severity::Warn);
        }
        found
    }

    /// Opens the timeline of the request of the line under the cursor.
    pub(super) fn open_request_of_line(&mut self) {
        if let Some(request) = self.request_of_line() {
            self.open_timeline(TimelineOf::Request(request));
        }
    }

    /// Opens the trace of the request of the line under the cursor.
    pub(super) fn open_trace_of_line(&mut self) {
        let Some(request) = self.request_of_line() else { return };
        if let Some(request) = self.store.invocations().get(request) {
            self.open_trace_of(&request);
        }
    }

    /// Opens the groups that were named at the start, as soon as it is known where they are.
    pub(in crate::app) fn open_named_groups(&mut self) {
        let Some(scope) = self.store.identity().map(|identity| identity.scope.clone()) else { return };
        let unnamed = Scope::unnamed(&scope.region);
        if self.logs.sources.rename(&unnamed, &scope) | self.requests.sources.rename(&unnamed, &scope) {
            self.log_readers.clear();
        }
        if self.settings.log_groups.is_empty() {
            return;
        }
        let named = std::mem::take(&mut self.settings.log_groups);
        let sources =
            named.iter().map(|name| LogSource { group: GroupKey::new(&scope, name), function: None });
        self.read_logs(LogSources::new(sources.collect::<Vec<_>>(), named.len()));
    }

    /// Opens the logs of `sources`.
    pub(in crate::app) fn read_logs(&mut self, sources: LogSources) {
        self.opened.retain(|screen| *screen != Screen::Logs);
        self.opened.push(Screen::Logs);
        if self.logs.sources != sources {
            self.logs.sources = sources;
            self.logs.place = Place::Following;
            self.search_logs();
        }
    }
}
