//! What each action does on the logs screen.

use std::time::Duration;

use crate::model::{GapReason, GroupKey, LogSearch, RequestId, SearchBy, TimeRange, Timestamp, Want, secret};
use crate::query::Query;
use crate::store::Severity;
use crate::store::lines::{HeldLine, LineKey, Piece};

use super::{LogRow, Place};
use crate::app::action::Action;
use crate::app::layout::{Frame, LogsLayout};
use crate::app::{App, Effect};

/// Older lines are asked for so many at once.
const OLDER: u32 = 2_000;
/// What is read again if no gap is known: late lines come within it.
const DEEP: Duration = Duration::from_mins(30);
/// How much of a stretch of which nothing was read is read at once.
pub const READ_ON: Duration = Duration::from_mins(30);

/// Cells left of the bars of the histogram: the level and its count.
pub const HISTOGRAM_LABEL: u16 = 15;

/// Cells of a row of the pane with the line under the cursor that has so many columns: its edges stay empty.
#[must_use]
pub const fn detail_width(columns: u16) -> u16 {
    columns.saturating_sub(3)
}

/// How many bars the histogram has in so many columns.
#[must_use]
pub const fn histogram_bars(width: u16) -> u16 {
    width.saturating_sub(HISTOGRAM_LABEL + 1)
}

impl App {
    /// Searches what is held for what the filter asks.
    pub(in crate::app) fn search_logs(&mut self) {
        if !self.logs.is_filtered() {
            self.logs.matches.end();
            return;
        }
        let groups = self.logs.groups(self.store.lines());
        let pieces = self.store.lines().snapshot(&groups);
        let matcher = self.logs.matcher();
        let job = self.logs.matches.begin(pieces, matcher);
        self.pending.push(Effect::Search(job));
    }

    /// Looks through lines that have just come.
    pub(in crate::app) fn look_at_lines(&mut self, pieces: Vec<Piece>) {
        if !self.logs.is_filtered() {
            return;
        }
        // Where lines of a request stand that do not name it follows from what has come of it.
        let query = self.placed(self.logs.filter.applied.clone());
        if query.places() != self.logs.filter.applied.places() {
            self.logs.filter.applied = query;
            return self.search_logs();
        }
        let groups = self.logs.sources.groups();
        let own: Vec<Piece> = pieces.into_iter().filter(|piece| groups.contains(piece.group())).collect();
        if !own.is_empty() {
            let matcher = self.logs.matcher();
            self.logs.matches.look(own, matcher);
        }
    }

    /// Another filter for lines.
    pub(in crate::app) fn apply_query(&mut self, query: Query) {
        self.logs.filter.error = None;
        if self.logs.filter.applied == query {
            return;
        }
        self.logs.filter.applied = self.placed(query);
        self.search_logs();
    }

    /// The same query, which also finds those lines of the requests that it names which do not name them.
    fn placed(&self, query: Query) -> Query {
        let held = self.store.invocations();
        let places = query.requests().flat_map(|prefix| held.places(prefix)).collect();
        query.with_places(places)
    }

    /// The cells that the rows of the logs screen have.
    const fn log_area(&self) -> (u16, u16) {
        match &self.frame {
            Frame::Logs(layout) => (layout.rows.width, layout.rows.height),
            _ => (0, 0),
        }
    }

    /// How many lines of the screen its rows have.
    pub(super) const fn log_lines(&self) -> usize {
        self.log_area().1 as usize
    }

    pub(in crate::app) fn make_log_rows(&mut self) {
        let size = self.log_area();
        if size.1 > 0 {
            self.head_on();
            self.logs.writing.ascii = self.settings.ascii;
            self.logs.make_rows(self.store.lines(), size);
            let zone = self.zone();
            self.logs.follow_detail(self.store.lines(), zone);
            self.scroll_detail(0);
        }
        self.count_log_levels();
    }

    /// Scrolls in the pane with the line under the cursor.
    pub(in crate::app) fn scroll_detail(&mut self, by: isize) {
        if let Frame::Logs(LogsLayout { detail: Some(area), .. }) = &self.frame {
            self.logs.scroll_detail(by, (detail_width(area.width), area.height.saturating_sub(1)));
        }
    }

    /// Whether a cell lies in the pane.
    pub(in crate::app) const fn is_in_detail(&self, x: u16, y: u16) -> bool {
        match &self.frame {
            Frame::Logs(LogsLayout { detail: Some(area), .. }) => area.contains(x, y),
            _ => false,
        }
    }

    /// Lines of half the pane.
    fn half_of_detail(&self) -> isize {
        match &self.frame {
            Frame::Logs(LogsLayout { detail: Some(area), .. }) => {
                isize::from(area.height.cast_signed() / 2).max(1)
            }
            _ => 1,
        }
    }

    /// Counts the lines of the histogram anew, once a second at most: it moves with the clock.
    fn count_log_levels(&mut self) {
        let Frame::Logs(layout) = &self.frame else { return };
        let Some(area) = layout.histogram else { return };
        let buckets = usize::from(histogram_bars(area.width));
        let range = TimeRange::last(self.range.length(), Timestamp::from_secs(self.now.secs() + 1));
        let lines = self.store.lines();
        let made_of = (lines.revision(), range, buckets, self.logs.sources.list.len());
        if self.log_histogram_of != Some(made_of) {
            let groups = self.logs.groups(lines);
            self.log_histogram = lines.histogram(&groups, range, buckets);
            self.log_histogram_of = Some(made_of);
        }
    }

    pub(in crate::app) fn act_on_logs(&mut self, action: Action) {
        let page = self.log_lines().saturating_sub(1).max(1);
        self.logs.heading_for = None;
        if !matches!(action, Action::NextError | Action::PreviousError) {
            self.logs.seek_from = None;
        }
        match action {
            Action::Down => self.move_in_logs(1, true),
            Action::Up => self.move_in_logs(1, false),
            Action::PageDown => self.page_in_logs(page, true),
            Action::PageUp => self.page_in_logs(page, false),
            Action::Top => self.go_to_line(LineKey::FIRST, true, 0),
            Action::Bottom => self.logs.place = Place::Following,
            Action::NextMatch => self.next_match(true),
            Action::PreviousMatch => self.next_match(false),
            Action::NextError => self.next_error(true),
            Action::PreviousError => self.next_error(false),
            Action::AllLines => self.logs.all_lines = !self.logs.all_lines,
            Action::Platform => {
                self.logs.platform = !self.logs.platform;
                self.search_logs();
            }
            Action::OnlyRequest => self.only_request(),
            Action::Times => self.logs.times = self.logs.times.next(),
            Action::LiveTail => self.toggle_live(),
            Action::Mark => self.mark_line(),
            Action::Backfill => self.backfill(),
            Action::Open => self.open_request_of_line(),
            Action::OpenTrace => self.open_trace_of_line(),
            Action::Detail => self.logs.detail = if self.logs.detail.is_some() { None } else { Some(None) },
            Action::DetailDown => self.scroll_detail(1),
            Action::DetailUp => self.scroll_detail(-1),
            Action::DetailPageDown => self.scroll_detail(self.half_of_detail()),
            Action::DetailPageUp => self.scroll_detail(-self.half_of_detail()),
            Action::WrapLines => {
                self.logs.writing.wrap = !self.logs.writing.wrap;
                let words =
                    if self.logs.writing.wrap { "long lines are wrapped" } else { "long lines are cut" };
                self.say(words, Severity::Ok);
            }
            Action::RawText => {
                self.logs.writing.raw = !self.logs.writing.raw;
                let words =
                    if self.logs.writing.raw { "lines exactly as they came" } else { "lines in short" };
                self.say(words, Severity::Ok);
            }
            Action::Colours => {
                self.logs.writing.colours = !self.logs.writing.colours;
                let words = if self.logs.writing.colours {
                    "in the lines' own colours"
                } else {
                    "without the lines' own colours"
                };
                self.say(words, Severity::Ok);
            }
            Action::Reveal => self.reveal(),
            Action::Context => {
                self.logs.context = self.logs.next_context();
                let words = match self.logs.context {
                    0 => "matches alone".to_owned(),
                    1 => "matches and 1 line around".to_owned(),
                    lines => format!("matches and {lines} lines around"),
                };
                self.say(&words, Severity::Ok);
            }
            Action::SearchFurther => self.search_further(),
            Action::CrosshairLeft => self.move_by_bucket(false),
            Action::CrosshairRight => self.move_by_bucket(true),
            _ => {}
        }
    }

    /// Only the lines of the request of the line under the cursor; again all lines.
    fn only_request(&mut self) {
        if let Some(before) = self.logs.before_request.take() {
            return self.set_query(&before);
        }
        let Some(request) = self.logs.line().and_then(|line| self.request_of(line)) else {
            return self.say("this line belongs to no request", Severity::Warn);
        };
        self.only_lines_of(request);
    }

    /// The request of a line: that in whose stretch of its stream it stands, or else the one that it names.
    fn request_of(&self, line: &HeldLine) -> Option<RequestId> {
        let group = self.store.lines().key(line.key.group)?;
        let owner = self.store.invocations().of_line(&line.as_line(group));
        owner.map(|key| key.request).or(line.request)
    }

    /// Only the lines of a request; what was searched for before comes back with the same key.
    pub(in crate::app) fn only_lines_of(&mut self, request: RequestId) {
        let before = self.logs.filter.applied.text().to_owned();
        self.logs.before_request.get_or_insert(before);
        self.set_query(&format!("req:{request}"));
    }

    /// Shows the secrets of the line under the cursor, or masks them again.
    fn reveal(&mut self) {
        let Some(line) = self.logs.line() else { return };
        let (key, masked) = (line.key, secret::find(&line.message).len());
        if self.logs.revealed.remove(&key) {
            return self.say("the secrets of this line are masked again", Severity::Ok);
        }
        if masked == 0 {
            return self.say("no secret is masked in this line", Severity::Warn);
        }
        self.logs.revealed.insert(key);
        self.say("the secrets of this line are shown", Severity::Warn);
    }

    fn toggle_live(&mut self) {
        self.logs.live = !self.logs.live;
        let words = if self.logs.live {
            "Live Tail: $0.01 a minute after 1,800 free minutes a month"
        } else {
            "Live Tail is off"
        };
        self.say(words, Severity::Ok);
    }

    fn mark_line(&mut self) {
        let Some(key) = self.logs.current().map(LogRow::key) else { return };
        if !self.logs.marks.remove(&key) {
            self.logs.marks.insert(key);
        }
        self.move_in_logs(1, true);
    }

    /// Reads again what may be missing: the gaps on screen, else the last half hour.
    fn backfill(&mut self) {
        let read_on = self.read_on();
        let gaps: Vec<_> = self
            .logs
            .rows
            .iter()
            .filter_map(|row| match row {
                LogRow::Gap { gap, .. } if !gap.why.is_of_a_search() => Some((gap.group.clone(), gap.range)),
                LogRow::Gap { .. } | LogRow::Line { .. } => None,
            })
            .collect();
        if gaps.is_empty() && read_on {
            return self.say("reading what was not read", Severity::Ok);
        }
        let wanted = if gaps.is_empty() {
            let range = TimeRange::last(DEEP, self.now);
            self.logs.sources.groups().into_iter().map(|group| (group, range)).collect()
        } else {
            gaps
        };
        let words = if wanted.len() == 1 {
            "reading again what may be missing".to_owned()
        } else {
            format!("reading again: {} stretches", wanted.len())
        };
        for (group, range) in wanted {
            self.want(Want::ReadAgain { group, range });
        }
        self.say(&words, Severity::Ok);
    }

    /// Has the beginning of the stretches on screen read of which nothing was; whether there is any.
    fn read_on(&mut self) -> bool {
        let unread = self.logs.rows.iter().filter_map(|row| match row {
            LogRow::Gap { gap, .. } if gap.why == GapReason::NotRead => Some(LogSearch {
                groups: vec![gap.group.clone()],
                range: TimeRange::new(gap.range.start, gap.range.end.min(gap.range.start + READ_ON)),
                by: SearchBy::Pattern("".into()),
            }),
            LogRow::Gap { .. } | LogRow::Line { .. } => None,
        });
        let unread: Vec<LogSearch> = unread.collect();
        let any = !unread.is_empty();
        for search in unread {
            self.want(Want::SearchLogs(search));
        }
        any
    }

    /// Whether older lines of any group are being read.
    pub(in crate::app) fn asks_for_older(&self) -> bool {
        self.wants.iter().any(|(_, want)| matches!(want, Want::OlderLogs { .. }))
    }

    /// Asks for lines from before those that are held.
    pub(super) fn want_older(&mut self) {
        let lines = self.store.lines();
        let groups = self.logs.groups(lines).into_iter().filter_map(|id| lines.key(id).cloned()).collect();
        self.want_older_of(groups, OLDER);
    }

    /// Asks for so many older lines of groups, where there are any.
    pub(in crate::app) fn want_older_of(&mut self, groups: Vec<GroupKey>, count: u32) {
        let lines = self.store.lines();
        let tail = |group: &GroupKey| lines.tail(lines.group(group)?);
        let has_older = |group: &GroupKey| tail(group).is_some_and(|tail| !tail.at_beginning);
        let older: Vec<GroupKey> = groups.into_iter().filter(has_older).collect();
        let asked = |group: &GroupKey| {
            self.wants
                .iter()
                .any(|(_, want)| matches!(want, Want::OlderLogs { group: own, .. } if own == group))
        };
        let new: Vec<GroupKey> = older.into_iter().filter(|group| !asked(group)).collect();
        if new.is_empty() {
            return;
        }
        for group in new {
            self.want(Want::OlderLogs { group, lines: count });
        }
        self.say("asking for older lines", Severity::Ok);
    }
}
