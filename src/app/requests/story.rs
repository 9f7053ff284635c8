//! Where the time of the selected request went, in a sentence.

use std::time::Duration;

use crate::app::{App, TimelineOf, TimelineScreen};
use crate::model::{InvocationKey, Timestamp, TraceId};
use crate::store::Store;

/// It is made again at most so often, as long as the same request is selected.
const PAUSE: Duration = Duration::from_secs(1);

/// The sentence, and what it was made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    key: InvocationKey,
    revisions: (u64, u64, u64),
    at: Timestamp,
    words: Option<String>,
}

impl App {
    /// Where the time of the selected request went, in a sentence, as far as that can be told. Raw text.
    #[must_use]
    pub fn selected_story(&self) -> Option<&str> {
        let told = self.requests.told.as_ref().filter(|told| Some(told.key) == self.requests.selected())?;
        told.words.as_deref()
    }

    /// The trace of the selected request, if X-Ray took it: it tells most of where the time went.
    pub(in crate::app) fn selected_trace(&self) -> Option<TraceId> {
        self.selected_request().filter(|request| request.sampled == Some(true))?.trace
    }

    /// Brings the sentence up to date.
    pub(super) fn tell_selected(&mut self) {
        let Some(key) = self.requests.selected() else { return };
        let revisions = revisions(&self.store);
        let stale = self.requests.told.as_ref().is_none_or(|told| {
            told.key != key || told.revisions != revisions && self.now.since(told.at) >= PAUSE
        });
        if !stale {
            return;
        }
        let mut screen = TimelineScreen::new(TimelineOf::Request(key));
        screen.refresh(&self.store, &mut self.reader, self.now, self.settings.ascii);
        let told = Told { key, revisions, at: self.now, words: screen.story.map(|story| story.full) };
        let same = self.requests.told.as_ref().is_some_and(|old| old.key == key && old.words == told.words);
        if !same {
            self.revision += 1;
        }
        self.requests.told = Some(told);
    }
}

fn revisions(store: &Store) -> (u64, u64, u64) {
    (store.lines().revision(), store.invocations().revision(), store.traces().revision())
}
