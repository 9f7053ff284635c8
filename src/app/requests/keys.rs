//! What each action does on the requests screen.

use crate::model::{FunctionKey, GroupKey, Invocation, LogWant};
use crate::query::Query;
use crate::store::Severity;

use super::{Grouping, HEAT_LABEL, Pick, RequestColumn, RequestPane, request_columns};
use crate::app::action::Action;
use crate::app::layout::{Area, Frame};
use crate::app::logs::{LogSource, LogSources};
use crate::app::{App, Mouse, Screen, TimelineOf};

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

    /// Opens the requests of all functions that pass the filter, as many as can be read at once.
    pub(in crate::app) fn open_all_requests(&mut self) {
        let wanted: Vec<FunctionKey> = self.rows().iter().map(|row| row.key.clone()).collect();
        let out_of = wanted.len();
        let Some(sources) = self.sources_of(wanted, out_of) else { return };
        if self.requests.sources == sources {
            return self.say("these are the requests of all that pass the filter", Severity::Ok);
        }
        self.show_requests(sources);
    }

    /// How many functions would be read if those were that pass the filter, where that is more than are read.
    #[must_use]
    pub fn further_functions(&self) -> Option<usize> {
        let all = self.rows().len().min(LogWant::MOST_GROUPS);
        let sources = &self.requests.sources;
        (sources.out_of.is_some() && all > sources.list.len()).then_some(all)
    }

    pub(in crate::app) fn show_requests(&mut self, sources: LogSources) {
        self.opened.retain(|screen| *screen != Screen::Requests);
        self.opened.push(Screen::Requests);
        let requests = &mut self.requests;
        if requests.sources != sources {
            requests.sources = sources;
            requests.grouping = Grouping::None;
            self.show_all_requests();
        }
        self.requests.look_again();
    }

    /// Neither pick nor group narrow the rows any longer.
    pub(in crate::app) fn show_all_requests(&mut self) {
        let requests = &mut self.requests;
        requests.pick = Pick::default();
        requests.pane = RequestPane::Rows;
        requests.group = None;
        self.requests_changed();
    }

    /// The request under the cursor, or the newest of the group under it.
    #[must_use]
    pub fn selected_request(&self) -> Option<Invocation> {
        self.store.invocations().get(self.requests.selected()?)
    }

    pub(in crate::app) fn act_on_requests(&mut self, action: Action) {
        if self.requests.pane == RequestPane::Heat && self.act_on_heat(action) {
            return;
        }
        let page = self.request_rows().saturating_sub(1).max(1);
        let at = self.requests.at;
        let beyond = match action {
            Action::Down => at + 1 >= self.requests.count(),
            Action::PageDown => at + page >= self.requests.count(),
            Action::Bottom => true,
            _ => false,
        };
        if beyond {
            self.read_requests_further();
        }
        match action {
            Action::Down => self.go_to_request(at + 1),
            Action::Up => match at.checked_sub(1) {
                Some(row) => self.go_to_request(row),
                None => self.follow_requests(),
            },
            Action::PageDown => self.go_to_request(at + page),
            Action::PageUp => self.go_to_request(at.saturating_sub(page)),
            Action::Top => self.follow_requests(),
            Action::Bottom => self.go_to_request(usize::MAX),
            Action::Open => self.open_request(),
            Action::NextPane => {
                if self.heat_area().is_some() {
                    self.requests.pane = RequestPane::Heat;
                } else {
                    self.say("the map needs 16 lines", Severity::Warn);
                }
            }
            Action::GroupNext => self.group_requests(self.requests.grouping.next()),
            Action::SortNext => {
                let orders = RequestColumn::ORDERS;
                let at = orders.iter().position(|column| *column == self.requests.sort);
                self.sort_requests(orders[at.map_or(0, |at| (at + 1) % orders.len())]);
            }
            Action::SortLeft => self.sort_requests_by_neighbour(true),
            Action::SortRight => self.sort_requests_by_neighbour(false),
            Action::SortInvert => {
                self.requests.reversed = !self.requests.reversed;
                self.requests_changed();
            }
            Action::OnlyRequest => self.log_of_request(),
            Action::OpenTrace => self.trace_of_request(),
            _ => {}
        }
    }

    /// What keys do while they go to the map; whether this was one of those.
    fn act_on_heat(&mut self, action: Action) -> bool {
        let line = self.is_heat_line();
        let requests = &mut self.requests;
        let (pick, map) = (&mut requests.pick, &requests.shown.heat);
        match action {
            // In one line slower stands to the right.
            Action::Up | Action::HeatRight if line => pick.step_bands(map, true, false),
            Action::Down | Action::HeatLeft if line => pick.step_bands(map, false, false),
            Action::HeatFarRight if line => pick.step_bands(map, true, true),
            Action::HeatFarLeft if line => pick.step_bands(map, false, true),
            Action::Up => pick.step_bands(map, true, false),
            Action::Down => pick.step_bands(map, false, false),
            Action::HeatFarUp => pick.step_bands(map, true, true),
            Action::HeatFarDown => pick.step_bands(map, false, true),
            Action::HeatLeft => pick.step_columns(map, false, false),
            Action::HeatRight => pick.step_columns(map, true, false),
            Action::HeatFarLeft => pick.step_columns(map, false, true),
            Action::HeatFarRight => pick.step_columns(map, true, true),
            Action::NextPane | Action::Open => {
                requests.pane = RequestPane::Rows;
                return true;
            }
            _ => return false,
        }
        self.requests_changed();
        true
    }

    /// What is shown has changed: the cursor begins at the top again.
    fn requests_changed(&mut self) {
        self.requests.cursor = None;
        self.requests.group_cursor = None;
        self.requests.look_again();
    }

    fn follow_requests(&mut self) {
        (self.requests.cursor, self.requests.group_cursor) = (None, None);
        (self.requests.at, self.requests.top) = (0, 0);
    }

    fn go_to_request(&mut self, row: usize) {
        self.requests.put_cursor(row);
    }

    fn group_requests(&mut self, grouping: Grouping) {
        self.requests.grouping = grouping;
        self.requests.group = None;
        self.requests_changed();
    }

    /// Sorts the requests by a column.
    pub(in crate::app) fn sort_requests(&mut self, column: RequestColumn) {
        self.requests.sort = column;
        self.requests.reversed = false;
        self.requests_changed();
    }

    fn sort_requests_by_neighbour(&mut self, left: bool) {
        let width = self.size.0;
        let shown: Vec<RequestColumn> =
            request_columns(width, self.requests.is_of_several(), self.requests.sort)
                .into_iter()
                .map(|place| place.column)
                .filter(|column| column.sorts())
                .collect();
        let at = shown.iter().position(|column| *column >= self.requests.sort).unwrap_or(0);
        let next = if left { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(column) = next.and_then(|next| shown.get(next)) {
            self.sort_requests(*column);
        }
    }

    /// Opens what is under the cursor: a group's requests, or a request's timeline.
    fn open_request(&mut self) {
        if self.requests.shows_groups() {
            let Some(group) = self.requests.shown.groups.get(self.requests.at) else { return };
            self.requests.group = Some(group.id.clone());
            self.requests.cursor = None;
            (self.requests.at, self.requests.top) = (0, 0);
            return self.requests.look_again();
        }
        if let Some(key) = self.requests.selected() {
            self.open_timeline(TimelineOf::Request(key));
        }
    }

    /// One level back within the screen; whether there was one.
    pub(in crate::app) fn back_in_requests(&mut self) -> bool {
        let requests = &mut self.requests;
        if !requests.pick.is_empty() {
            requests.pick = Pick::default();
            requests.pane = RequestPane::Rows;
            requests.cursor = None;
        } else if requests.pane == RequestPane::Heat {
            requests.pane = RequestPane::Rows;
        } else if requests.group.take().is_some() {
            requests.cursor = None;
        } else if requests.grouping != Grouping::None {
            requests.grouping = Grouping::None;
            requests.group_cursor = None;
        } else {
            return false;
        }
        (self.requests.at, self.requests.top) = (0, 0);
        self.requests.look_again();
        true
    }

    /// The log lines of the request under the cursor alone.
    fn log_of_request(&mut self) {
        let Some(invocation) = self.selected_request() else {
            return self.say("no request is chosen", Severity::Warn);
        };
        let source = self.source_of(&invocation);
        self.read_logs(LogSources::new([source], 1));
        self.only_lines_of(invocation.key.request);
    }

    /// Where the lines of an invocation are read.
    fn source_of(&self, invocation: &Invocation) -> LogSource {
        let list = &self.requests.sources.list;
        let own = |source: &&LogSource| source.function.as_ref() == Some(&*invocation.function);
        list.iter().find(own).cloned().unwrap_or_else(|| LogSource {
            group: GroupKey::clone(&invocation.group),
            function: Some((*invocation.function).clone()),
        })
    }

    fn trace_of_request(&mut self) {
        let Some(invocation) = self.selected_request() else {
            return self.say("no request is chosen", Severity::Warn);
        };
        self.open_trace_of(&invocation);
    }

    /// Opens the trace of a request, or says why there is none.
    pub(in crate::app) fn open_trace_of(&mut self, invocation: &Invocation) {
        match (invocation.trace, invocation.sampled) {
            (Some(trace), Some(true)) => self.open_timeline(TimelineOf::Trace(trace)),
            (_, Some(false)) => self.say(
                "X-Ray did not sample this request (it takes 1/s and 5 %): Enter shows what its log tells",
                Severity::Warn,
            ),
            _ => self
                .say("no line names a trace of this request: Enter shows what its log tells", Severity::Warn),
        }
    }

    /// The filter of requests changed.
    pub(in crate::app) fn apply_to_requests(&mut self, query: Query) {
        self.requests.filter.error = None;
        if self.requests.filter.applied != query {
            self.requests.filter.applied = query;
            self.requests_changed();
        }
    }

    /// Whether the map is but a line of durations.
    pub(in crate::app) fn is_heat_line(&self) -> bool {
        self.heat_area().is_none_or(|area| area.height < 3)
    }

    /// Where the map stands, if it is on screen.
    const fn heat_area(&self) -> Option<Area> {
        match &self.frame {
            Frame::Requests(layout) => layout.heat,
            _ => None,
        }
    }

    /// Puts the cursor where the mouse clicked, sorts by a column, or picks on the map.
    pub(in crate::app) fn click_requests(&mut self, mouse: Mouse) {
        let Frame::Requests(layout) = &self.frame else { return };
        let (rows, heads, map) = (layout.rows, layout.head, layout.heat);
        if rows.contains(mouse.x, mouse.y) {
            let row = self.requests.top + usize::from(mouse.y - rows.y);
            if row < self.requests.count() {
                self.requests.pane = RequestPane::Rows;
                self.go_to_request(row);
            }
        } else if heads.contains(mouse.x, mouse.y) {
            let places = request_columns(heads.width, self.requests.is_of_several(), self.requests.sort);
            let clicked = places
                .into_iter()
                .find(|place| (place.x..place.x + place.width).contains(&mouse.x) && place.column.sorts());
            if let Some(place) = clicked.filter(|_| !self.requests.shows_groups()) {
                self.sort_requests(place.column);
            }
        } else if let Some(area) = map.filter(|area| area.contains(mouse.x, mouse.y) && area.height >= 3) {
            self.click_heat(area, mouse);
        }
    }

    fn click_heat(&mut self, area: Area, mouse: Mouse) {
        let bands = area.height - 2;
        let requests = &mut self.requests;
        let map = &requests.shown.heat;
        let column = mouse.x.checked_sub(area.x + HEAT_LABEL).and_then(|x| map.column_at(usize::from(x)));
        let band = (bands - 1).checked_sub(mouse.y - area.y).map(usize::from);
        requests.pick = Pick::default();
        if let Some(band) = band {
            requests.pick.pick_bands(map, band, band);
        }
        if let Some(column) = column {
            requests.pick.pick_columns(map, column, column);
        }
        requests.pane = RequestPane::Heat;
        self.requests_changed();
    }
}
