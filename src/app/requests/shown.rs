//! Which invocations are shown, in which order, and what is counted of them on the way.
//!
//! What has changed is looked at a few times a second at most, and only while it is on screen; a frame looks up no more
//! than its rows.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{GroupKey, InvocationKey, TimeRange, Timestamp};
use crate::store::invocations::Invocations;

use super::groups::Gathering;
use super::heat::{Counting, HeatMap, heat_columns};
use super::kept::{Basis, Row};
use super::{GroupId, RequestGroup, RequestsScreen};
use crate::app::App;
use crate::app::layout::{Frame, RequestsLayout};

/// Rows are brought up to date at most so often while nobody presses a key ...
const PAUSE: Duration = Duration::from_millis(300);
/// ... and so often where there are many invocations.
const LONG_PAUSE: Duration = Duration::from_secs(1);
/// So many are many.
const MANY: usize = 20_000;

/// Rows are brought up to date at most so often where so many are held.
pub(super) const fn pause(held: usize) -> Duration {
    if held > MANY { LONG_PAUSE } else { PAUSE }
}

/// Cells of a row of lanes beside the lane itself.
const LANE_WORDS: u16 = 62;

/// How many columns a lane has in a table of this width; none where it has no room.
#[must_use]
pub const fn lane_columns(width: u16) -> u16 {
    let left = width.saturating_sub(LANE_WORDS);
    if left < 12 { 0 } else { left }
}

/// What is shown of the invocations that are held.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// Those that pass filter, group and pick, in the order of the rows.
    pub keys: Vec<InvocationKey>,
    /// How many of the sources there are in the range, whatever the filter.
    pub all: usize,
    /// How many of them X-Ray has taken.
    pub sampled: usize,
    /// How many pass the filter and belong to the group, whatever is picked.
    pub matching: usize,
    /// Those by time and duration.
    pub heat: HeatMap,
    /// Those that are picked, put together.
    pub groups: Vec<RequestGroup>,
    /// The longest duration of a row, in ms.
    pub longest_ms: Option<f64>,
}

/// What rows were made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MadeOf {
    revision: u64,
    at: Timestamp,
    range: TimeRange,
    /// Columns and bands of the map, columns of a lane.
    shape: (usize, usize, usize),
}

impl RequestsScreen {
    /// Rows are to be brought up to date before they are drawn.
    pub(in crate::app) fn look_again(&mut self) {
        self.made_of = None;
    }

    /// Brings what is kept up to date, and counts what is shown of it.
    fn make(&mut self, held: &Invocations, range: TimeRange, shape: (usize, usize, usize)) {
        let basis = Basis {
            sources: self.sources.clone(),
            filter: self.filter.applied.clone(),
            group: self.group.clone(),
            sort: self.sort,
            reversed: self.reversed,
        };
        self.kept.update(held, &basis, range.start);
        let (columns, bands, lanes) = shape;
        let mut shown = Shown { keys: std::mem::take(&mut self.shown.keys), ..Shown::default() };
        shown.keys.clear();
        let mut heat = Counting::new(range, columns, bands);
        for row in self.kept.rows() {
            shown.all += 1;
            shown.sampled += usize::from(row.sampled);
            if !row.passes {
                continue;
            }
            shown.matching += 1;
            heat.count(row.start, row.duration_ms, row.failed);
            if self.pick.holds(row.start, row.duration_ms) {
                if let Some(ms) = row.duration_ms {
                    shown.longest_ms = Some(shown.longest_ms.map_or(ms, |longest| longest.max(ms)));
                }
                shown.keys.push(row.key);
            }
        }
        shown.heat = heat.map();
        if self.shows_groups() {
            shown.groups = self.gather(held, range, lanes);
        }
        self.shown = shown;
    }

    /// Those that are picked, put together in the order of their start.
    fn gather(&self, held: &Invocations, range: TimeRange, lanes: usize) -> Vec<RequestGroup> {
        let picked = |row: &&Row| row.passes && self.pick.holds(row.start, row.duration_ms);
        let mut rows: Vec<(Timestamp, InvocationKey)> =
            self.kept.rows().iter().filter(picked).map(|row| (row.start, row.key)).collect();
        rows.sort_unstable();
        let mut groups = Gathering::new(self.grouping, range, lanes);
        for invocation in rows.into_iter().filter_map(|(_, key)| held.get(key)) {
            groups.take(&invocation);
        }
        groups.groups()
    }

    /// The row under the cursor keeps its line on the screen while others come and go.
    fn keep_place(&mut self, visible: usize) {
        let line = self.at.saturating_sub(self.top);
        let found = if self.shows_groups() {
            let cursor = self.group_cursor.as_ref();
            cursor.map(|id| self.shown.groups.iter().position(|group| group.id == *id))
        } else {
            self.cursor.map(|key| self.shown.keys.iter().position(|own| *own == key))
        };
        match found {
            None => (self.at, self.top) = (0, 0),
            Some(Some(at)) => {
                self.at = at;
                self.top = at.saturating_sub(line);
            }
            // The row is gone: the cursor stays on its line, on another one.
            Some(None) => {
                let at = self.at;
                self.put_cursor(at);
            }
        }
        self.scroll_to_cursor(visible);
    }

    /// Puts the cursor on a row, as far as there are rows.
    pub(super) fn put_cursor(&mut self, row: usize) {
        self.at = row.min(self.count().saturating_sub(1));
        if self.shows_groups() {
            self.group_cursor = self.shown.groups.get(self.at).map(|group| group.id.clone());
        } else {
            self.cursor = self.shown.keys.get(self.at).copied();
        }
    }

    /// Scrolls as far as is needed for the cursor to be seen.
    pub(super) fn scroll_to_cursor(&mut self, visible: usize) {
        // What is said below the last row is seen with it.
        let note = usize::from(self.read_back.is_some());
        let last = self.at + 1 + if self.at + 1 == self.count() { note } else { 0 };
        let top = self.top.clamp(last.saturating_sub(visible.max(1)).min(self.at), self.at);
        self.top = top.min((self.count() + note).saturating_sub(visible));
    }

    /// Gives names to the environments on screen.
    fn name_environments(&mut self, held: &Invocations, visible: usize) {
        let streams: Vec<Arc<str>> = if self.shows_groups() {
            let names = self.shown.groups.iter().filter_map(|group| match &group.id {
                GroupId::Environment(stream) => Some(Arc::clone(stream)),
                GroupId::Error(_) | GroupId::Version(..) => None,
            });
            names.skip(self.top).take(visible).collect()
        } else {
            let keys = self.shown.keys.iter().skip(self.top).take(visible);
            keys.filter_map(|key| held.get(*key)).map(|own| Arc::clone(&own.stream.name)).collect()
        };
        for stream in streams {
            self.name_environment(&stream);
        }
    }
}

impl App {
    /// How many rows of the requests screen there is room for.
    pub(super) const fn request_rows(&self) -> usize {
        match &self.frame {
            Frame::Requests(layout) => layout.rows.height as usize,
            _ => 0,
        }
    }

    /// Brings the rows up to date, if they are on screen and it is time.
    pub(in crate::app) fn make_requests(&mut self) {
        let Frame::Requests(layout) = &self.frame else { return };
        let visible = usize::from(layout.rows.height);
        let shape = shape(layout);
        let held = self.store.invocations();
        let revision = held.revision();
        let range = self.request_range(shape.0);
        let due = self.requests.made_of.as_ref().is_none_or(|made| {
            made.shape != shape
                || made.range.length() != range.length()
                || (made.revision != revision || made.range != range)
                    && self.now.since(made.at) >= pause(held.len())
        });
        if due {
            self.requests.make(held, range, shape);
            self.requests.made_of = Some(MadeOf { revision, at: self.now, range, shape });
            self.requests.keep_place(visible);
            self.revision += 1;
        }
        let back = self.requests_read_back();
        if self.requests.read_back != back {
            self.requests.read_back = back;
            self.revision += 1;
        }
        let complete = self.requests_complete_to();
        if self.requests.shown.heat.finished_until(complete) {
            self.revision += 1;
        }
        self.requests.scroll_to_cursor(visible);
        self.requests.name_environments(self.store.invocations(), visible);
        self.tell_selected();
    }

    /// Until when the log of every source is complete, if that is known of all.
    #[must_use]
    pub fn requests_complete_to(&self) -> Option<Timestamp> {
        let lines = self.store.lines();
        let of = |group: &GroupKey| lines.tail(lines.group(group)?)?.complete_to;
        let all: Option<Vec<Timestamp>> = self.requests.groups().iter().map(of).collect();
        all?.into_iter().min()
    }

    /// The range of the charts, up to now, in whole columns of the map: so that it does not flicker with every second.
    fn request_range(&self, columns: usize) -> TimeRange {
        let length = self.range.length();
        let column = i64::try_from(length.as_millis() / columns.max(1) as u128).unwrap_or(1);
        let column = column.clamp(1, 60_000);
        let end = self.now.millis().div_euclid(column).saturating_add(1).saturating_mul(column);
        TimeRange::last(length, Timestamp::from_millis(end))
    }
}

/// Columns and bands of the map, columns of a lane.
fn shape(layout: &RequestsLayout) -> (usize, usize, usize) {
    let (columns, bands) = layout.heat.map_or((1, 7), |area| {
        // In one line there are bands alone.
        if area.height < 3 { (1, 7) } else { (heat_columns(area.width), area.height - 2) }
    });
    (usize::from(columns.max(1)), usize::from(bands), usize::from(lane_columns(layout.rows.width)))
}
