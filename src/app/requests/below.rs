//! What stands below the charts of one function: its last requests, and its errors put together.

use crate::model::{FunctionKey, InvocationKey, TimeRange, Timestamp};

use super::groups::Gathering;
use super::shown::pause;
use super::{GroupId, Grouping, RequestGroup};
use crate::app::action::Action;
use crate::app::layout::Frame;
use crate::app::{App, FunctionPane, Screen, TimelineOf};

/// Most requests that can be scrolled through here; the requests screen has all of them.
const MOST: usize = 200;
/// The last requests of a function, and its errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Below {
    /// Its last requests, the newest first.
    pub requests: Vec<InvocationKey>,
    /// How many there are in the range of the charts.
    pub all: usize,
    /// Its errors in that range, the most frequent first.
    pub errors: Vec<RequestGroup>,
    /// The request under the cursor; `None` stays on the newest.
    request: Option<InvocationKey>,
    /// The error under the cursor; `None` stays on the first.
    error: Option<GroupId>,
    made_of: Option<(FunctionKey, TimeRange, u64, Timestamp)>,
}

impl Below {
    /// Index of the request under the cursor; the last one where that has become too old for the list.
    #[must_use]
    pub fn request_at(&self) -> usize {
        let last = self.requests.len().saturating_sub(1);
        self.request.map_or(0, |key| self.requests.iter().position(|own| *own == key).unwrap_or(last))
    }

    /// Index of the error under the cursor.
    #[must_use]
    pub fn error_at(&self) -> usize {
        let of = self.error.as_ref();
        of.and_then(|id| self.errors.iter().position(|group| group.id == *id)).unwrap_or(0)
    }

    fn step(&mut self, pane: FunctionPane, down: bool, rows: usize) {
        let to = |at: usize| if down { at.saturating_add(rows) } else { at.saturating_sub(rows) };
        if pane == FunctionPane::Requests {
            let at = to(self.request_at()).min(self.requests.len().saturating_sub(1));
            // On the newest it follows.
            self.request = if at == 0 { None } else { self.requests.get(at).copied() };
        } else {
            let at = to(self.error_at()).min(self.errors.len().saturating_sub(1));
            self.error = self.errors.get(at).map(|group| group.id.clone());
        }
    }
}

impl App {
    /// Brings what stands below the charts up to date, if it is on screen and it is time.
    pub(in crate::app) fn make_below(&mut self) {
        let (Screen::Function(screen), Frame::Function(layout)) = (self.screen(), &self.frame) else {
            return;
        };
        if layout.panes.is_none() {
            return;
        }
        let Some(view) = self.chart_view() else { return };
        let held = self.store.invocations();
        let revision = held.revision();
        let due = self.below.made_of.as_ref().is_none_or(|(key, range, of, at)| {
            let news = *of != revision || *range != view.range;
            *key != screen.key
                || range.length() != view.range.length()
                || news && self.now.since(*at) >= pause(held.len())
        });
        if !due {
            return;
        }
        let mut below = Below { made_of: None, ..Below::default() };
        if self.below.made_of.as_ref().is_some_and(|(key, ..)| *key == screen.key) {
            (below.request, below.error) = (self.below.request, self.below.error.clone());
        }
        let mut errors = Gathering::new(Grouping::Error, view.range, 0);
        for invocation in held.since(view.range.start) {
            if *invocation.function != screen.key || !view.range.contains(invocation.start) {
                continue;
            }
            below.all += 1;
            below.requests.push(invocation.key);
            errors.take(&invocation);
        }
        below.requests.reverse();
        below.requests.truncate(MOST);
        below.errors = errors.groups();
        below.made_of = Some((screen.key.clone(), view.range, revision, self.now));
        self.below = below;
        self.revision += 1;
    }

    /// What keys do while they go to a pane below the charts; whether this was one of those.
    pub(in crate::app) fn act_on_below(&mut self, action: Action) -> bool {
        let rows = match &self.frame {
            Frame::Function(layout) => layout.panes.map(|panes| usize::from(panes.rows())),
            _ => None,
        };
        let Some(Screen::Function(screen)) = self.opened.last_mut() else { return false };
        let Some(rows) = rows else {
            // Without room for panes there are charts alone.
            screen.pane = FunctionPane::Charts;
            if action == Action::NextPane {
                self.say(
                    "requests and errors need 120x40; r opens the requests",
                    crate::store::Severity::Warn,
                );
            }
            return action == Action::NextPane;
        };
        let pane = screen.pane;
        if action == Action::NextPane {
            screen.pane = pane.next();
            return true;
        }
        if pane == FunctionPane::Charts {
            return false;
        }
        match action {
            Action::Down => self.below.step(pane, true, 1),
            Action::Up => self.below.step(pane, false, 1),
            Action::PageDown => self.below.step(pane, true, rows),
            Action::PageUp => self.below.step(pane, false, rows),
            Action::Top | Action::CrosshairFirst => self.below.step(pane, false, usize::MAX),
            Action::Bottom | Action::CrosshairNewest => self.below.step(pane, true, usize::MAX),
            Action::Open => self.open_below(pane),
            _ => return false,
        }
        true
    }

    /// Opens the timeline of a request, or the requests of an error.
    fn open_below(&mut self, pane: FunctionPane) {
        if pane == FunctionPane::Requests {
            if let Some(key) = self.below.requests.get(self.below.request_at()) {
                self.open_timeline(TimelineOf::Request(*key));
            }
            return;
        }
        let Some(id) = self.below.errors.get(self.below.error_at()).map(|group| group.id.clone()) else {
            return;
        };
        self.open_requests();
        self.show_all_requests();
        let requests = &mut self.requests;
        (requests.grouping, requests.group) = (Grouping::Error, Some(id));
        requests.look_again();
    }
}
