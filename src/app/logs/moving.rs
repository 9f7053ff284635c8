//! Moving among log lines: by rows, pages, matches, errors, bars of the histogram, and by the mouse.

use std::time::Duration;

use crate::model::{Level, LogLine, Timestamp};
use crate::query::{LineMatcher, Query};
use crate::store::Severity;
use crate::store::lines::LineKey;

use super::{HISTOGRAM_LABEL, Heading, LogRow, Place, written_time};
use crate::app::App;

/// How long is waited for a report of how far older lines go.
const PATIENCE: Duration = Duration::from_secs(10);

/// Errors, among what is shown: where rows are those that the filter found, no other line can be gone to.
struct Errors(Option<Query>);

impl LineMatcher for Errors {
    fn matches(&self, line: &LogLine<'_>) -> bool {
        line.level.is_some_and(|level| level >= Level::Error)
            && self.0.as_ref().is_none_or(|query| LineMatcher::matches(query, line))
    }
}

impl App {
    pub(super) fn move_in_logs(&mut self, count: usize, down: bool) {
        self.move_over(count, down, |rows, _| rows);
    }

    /// Moves by as many rows as have room on so many lines of the screen.
    pub(super) fn page_in_logs(&mut self, page: usize, down: bool) {
        self.move_over(page, down, |rows, heights| {
            let mut lines = 0;
            let fit = heights.iter().take_while(|height| {
                lines += **height;
                lines <= page
            });
            fit.count().clamp(1, rows.max(1))
        });
    }

    /// Moves by at most `count` rows, of which `keep` says how many, given their number and their heights on the way.
    fn move_over(&mut self, count: usize, down: bool, keep: impl FnOnce(usize, &[usize]) -> usize) {
        let Some(current) = self.logs.current().map(LogRow::key) else { return };
        let height = self.log_lines();
        let lines = self.store.lines();
        let mut rows = if down {
            self.logs.after(lines, current, count)
        } else {
            self.logs.before(lines, current, count)
        };
        let few = rows.len() < count;
        if !down {
            rows.reverse();
        }
        let rows: Vec<LogRow> = rows.into_iter().map(|row| self.logs.row(lines, row)).collect();
        let heights: Vec<usize> = rows.iter().map(|row| self.logs.height_of(row, height)).collect();
        let kept = keep(rows.len(), &heights);
        let target = rows.get(kept.min(rows.len()).wrapping_sub(1));
        if let Some(row) = target {
            let (key, own) = (row.key(), heights[kept.min(rows.len()) - 1]);
            let last = height.saturating_sub(own);
            let seen = self.logs.rows.iter().position(|row| row.key() == key);
            let offset = match seen {
                Some(0) if self.logs.hidden > 0 => 0,
                Some(row) => self.logs.line_of(row).min(last),
                None if down => last,
                None => 0,
            };
            self.logs.place = Place::At { key, offset };
        } else if down {
            // Below the newest line there is nothing to read but what comes next.
            self.logs.place = Place::Following;
        }
        if !down && few {
            self.want_older();
        }
    }

    /// Puts the cursor on the first line at or after `bound` (or the last before it), so many rows from the top.
    pub(super) fn go_to_line(&mut self, bound: LineKey, forward: bool, offset: usize) {
        let lines = self.store.lines();
        let row = if forward { self.logs.after(lines, bound, 1) } else { self.logs.before(lines, bound, 1) };
        match row.first() {
            Some(row) => self.logs.place = Place::At { key: row.key(), offset },
            None => self.logs.place = Place::Following,
        }
        if bound == LineKey::FIRST {
            self.want_older();
        }
    }

    /// To the first line at or after an instant.
    pub(in crate::app) fn go_to_time(&mut self, at: Timestamp) {
        let third = self.log_lines() / 3;
        self.go_to_line(LineKey::at(at), true, third);
    }

    /// To an instant, also where it lies before what is held.
    pub(in crate::app) fn head_for(&mut self, at: Timestamp) {
        self.logs.heading_for = Some(Heading { at, read_from: Vec::new(), asked: self.now });
        self.head_on();
    }

    /// Goes on to where one is going, as far as lines have come.
    pub(in crate::app) fn head_on(&mut self) {
        let Some(heading) = self.logs.heading_for.take() else { return };
        let lines = self.store.lines();
        let ids = self.logs.groups(lines);
        let tails = ids.iter().filter_map(|id| lines.tail(*id));
        // A group that was opened just now has said nothing yet.
        let unheard = tails.clone().count() < self.logs.sources.groups().len();
        let later: Vec<Timestamp> = tails
            .filter(|tail| !tail.at_beginning && tail.read_from > heading.at)
            .map(|tail| tail.read_from)
            .collect();
        self.go_to_time(heading.at);
        if later.is_empty() {
            let waits = unheard && self.now.since(heading.asked) < PATIENCE;
            self.logs.heading_for = waits.then_some(heading);
            return;
        }
        if self.asks_for_older() {
            self.logs.heading_for = Some(heading);
        } else if later != heading.read_from {
            self.want_older();
            let words = format!("reading back to {}", written_time(heading.at, self.zone()));
            self.say(&words, Severity::Ok);
            self.logs.heading_for = Some(Heading { read_from: later, asked: self.now, ..heading });
        } else if self.now.since(heading.asked) < PATIENCE {
            // The answer has come, how far it goes has not been said yet.
            self.logs.heading_for = Some(heading);
        } else {
            self.say("older lines do not come: this is the oldest", Severity::Warn);
        }
    }

    pub(super) fn next_match(&mut self, forward: bool) {
        if !self.logs.is_filtered() {
            return self.say("nothing is searched for: / types a filter", Severity::Warn);
        }
        let from = self.logs.current().map_or(LineKey::LAST, LogRow::key);
        let found =
            if forward { self.logs.matches.after(from, 1) } else { self.logs.matches.before(from, 1) };
        match found.first().copied() {
            Some(key) => self.show_line(key),
            None => self.say(if forward { "no match below" } else { "no match above" }, Severity::Warn),
        }
    }

    pub(super) fn next_error(&mut self, forward: bool) {
        let from = self
            .logs
            .seek_from
            .take()
            .or_else(|| self.logs.current().map(LogRow::key))
            .unwrap_or(LineKey::LAST);
        let query = self.logs.only_matches().then(|| self.logs.filter.applied.clone());
        let among = if query.is_some() { " among the matches" } else { "" };
        match self.logs.seek(self.store.lines(), from, forward, &Errors(query)) {
            Ok(Some(key)) => self.show_line(key),
            Ok(None) => {
                let side = if forward { "below" } else { "above" };
                self.say(&format!("no error {side}{among}"), Severity::Warn);
            }
            Err(reached) => {
                self.logs.seek_from = Some(reached);
                self.say("no error in 300,000 lines: once more goes on", Severity::Warn);
            }
        }
    }

    /// Puts the cursor on a line, in the middle of the screen unless it is on it already.
    pub(super) fn show_line(&mut self, key: LineKey) {
        let at = self.logs.rows.iter().position(|row| row.key() == key);
        let offset = at.map_or_else(|| self.log_lines() / 2, |row| self.logs.line_of(row));
        self.logs.place = Place::At { key, offset };
    }

    /// Puts the cursor on the row at a line of the screen.
    pub(in crate::app) fn click_line(&mut self, line: usize) {
        let Some(row) = self.logs.row_at(line) else { return };
        let (key, offset) = (self.logs.rows[row].key(), self.logs.line_of(row));
        self.logs.place = Place::At { key, offset };
    }

    /// To the next or the last bucket of the histogram that has lines.
    pub(super) fn move_by_bucket(&mut self, later: bool) {
        let histogram = &self.log_histogram;
        let Some(range) = histogram.range else { return };
        let count = histogram.buckets.len();
        let here = self.logs.current().and_then(|row| histogram.bucket_of(row.key().timestamp));
        let here = here.unwrap_or(if later { 0 } else { count });
        let has_lines = |at: &usize| histogram.buckets[*at].total() > 0;
        let target = if later { (here + 1..count).find(has_lines) } else { (0..here).rev().find(has_lines) };
        let Some(bucket) = target else { return };
        let length = range.length() / count.max(1) as u32;
        self.go_to_time(range.start + length * bucket as u32);
    }

    /// To the first line of the bar at a column of the histogram.
    pub(in crate::app) fn click_histogram(&mut self, column: u16) {
        let Some(bar) = column.checked_sub(HISTOGRAM_LABEL).map(usize::from) else { return };
        let histogram = &self.log_histogram;
        let Some(range) = histogram.range.filter(|_| bar < histogram.buckets.len()) else { return };
        let length = range.length() / histogram.buckets.len().max(1) as u32;
        self.go_to_time(range.start + length * bar as u32);
    }
}
