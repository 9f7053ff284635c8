//! Searching further back than what is held: the box that says what will be asked, and the search under way.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Failure, FailureKind, LogSearch, SearchBy, SearchProgress, SearchReport, SearchState, TimeRange,
    Timestamp, Want, WantId,
};
use crate::query::Pushdown;
use crate::store::Severity;

use super::action::Action;
use super::{App, Overlay};

/// How far a search goes back from what is held.
const STRETCHES: [(Duration, &str); 6] = [
    (Duration::from_hours(1), "1 h"),
    (Duration::from_hours(6), "6 h"),
    (Duration::from_hours(24), "1 day"),
    (Duration::from_hours(72), "3 days"),
    (Duration::from_hours(168), "7 days"),
    (Duration::from_hours(720), "30 days"),
];
/// Up to here `FilterLogEvents` is proposed, which is free; beyond it takes long, and Logs Insights is.
const RECENT: usize = 2;
/// Longest pattern that `FilterLogEvents` takes, in characters.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.
const LONGEST_PATTERN: usize = 1_024;

/// Which API of CloudWatch searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FarApi {
    /// `FilterLogEvents`: free.
    FilterLogEvents,
    /// Logs Insights: paid by what it scans.
    LogsInsights,
}

/// State of the box: what will be asked if it is agreed to.
#[derive(Clone, Debug, PartialEq)]
pub struct FarBox {
    /// By which API.
    pub api: FarApi,
    /// Which of [`FarBox::stretches`].
    pub stretch: usize,
    /// What `FilterLogEvents` would filter by.
    pub pattern: Pushdown,
    /// What Logs Insights would filter by.
    pub insights: Pushdown,
    /// Where the search begins, going back: up to here all is held, or was searched.
    pub from: Timestamp,
    /// How many groups.
    pub groups: usize,
    /// The price was agreed to once: the next time it runs.
    pub confirming: bool,
}

impl FarBox {
    /// The stretches there are to choose from, the shortest first.
    #[must_use]
    pub fn stretches() -> impl ExactSizeIterator<Item = &'static str> {
        STRETCHES.iter().map(|(_, name)| *name)
    }

    /// What will be searched.
    #[must_use]
    pub fn range(&self) -> TimeRange {
        TimeRange::last(STRETCHES[self.stretch.min(STRETCHES.len() - 1)].0, self.from)
    }

    /// What the chosen API would filter by.
    #[must_use]
    pub const fn pushdown(&self) -> &Pushdown {
        match self.api {
            FarApi::FilterLogEvents => &self.pattern,
            FarApi::LogsInsights => &self.insights,
        }
    }

    fn by(&self) -> SearchBy {
        let text: Arc<str> = self.pushdown().text.as_str().into();
        match self.api {
            FarApi::FilterLogEvents => SearchBy::Pattern(text),
            FarApi::LogsInsights => SearchBy::Insights(text),
        }
    }
}

/// A search, and how it is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct FarSearch {
    id: WantId,
    /// What is searched.
    pub search: LogSearch,
    /// The filter of the screen that it is made of.
    query: String,
    /// How far it has come.
    pub progress: SearchProgress,
    /// It goes on.
    pub is_running: bool,
    /// Lines that could not be kept when it began, to tell those that came of it.
    lost_before: u64,
}

/// What a scan would cover: bytes, if known, and US dollars.
pub type Estimate = (Option<u64>, f64);

/// Everything about searching further back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Far {
    /// The search that began last.
    pub search: Option<FarSearch>,
    /// What Logs Insights would scan: for which search it was asked, and the bytes (if known) and US dollars.
    pub estimate: Option<(WantId, LogSearch, Option<Estimate>)>,
    /// Logs Insights is not allowed, and why.
    pub denied: Option<Failure>,
}

impl Far {
    /// The search under way.
    #[must_use]
    pub fn running(&self) -> Option<&FarSearch> {
        self.search.as_ref().filter(|search| search.is_running)
    }
}

impl App {
    /// Searches beyond what is held: for the screen and for those who draw it.
    #[must_use]
    pub const fn far(&self) -> &Far {
        &self.far
    }

    /// Why the search of the box cannot be made, if it cannot.
    #[must_use]
    pub fn far_obstacle(&self, shown: &FarBox) -> Option<String> {
        let text = &shown.pushdown().text;
        match shown.api {
            _ if text.is_empty() => Some(
                "nothing in this filter can be asked there: add a word; g loads older lines instead"
                    .to_owned(),
            ),
            FarApi::FilterLogEvents if text.chars().count() > LONGEST_PATTERN => {
                Some(format!("its pattern is longer than the {LONGEST_PATTERN} characters allowed"))
            }
            FarApi::LogsInsights => match &self.far.denied.as_ref()?.kind {
                FailureKind::AccessDenied { permission } => {
                    Some(format!("Logs Insights is denied: it needs {permission}"))
                }
                _ => None,
            },
            FarApi::FilterLogEvents => None,
        }
    }

    /// Opens the box.
    pub(super) fn search_further(&mut self) {
        if !self.logs.is_filtered() {
            return self.say("type a filter first; g loads all older lines", Severity::Warn);
        }
        let lines = self.store.lines();
        let tails = self.logs.groups(lines).into_iter().filter_map(|id| lines.tail(id));
        let held = tails.map(|tail| tail.read_from).max().unwrap_or(self.now).min(self.now);
        let query = self.logs.filter.applied.text();
        let groups = self.logs.sources.groups();
        // What the same search has gone through already is not searched again.
        let before =
            self.far.search.as_ref().filter(|far| {
                far.query == query && far.search.groups == groups && far.search.range.end >= held
            });
        let from = before.and_then(|far| far.progress.searched_to).map_or(held, |to| to.min(held));
        let shown = FarBox {
            api: FarApi::FilterLogEvents,
            stretch: 0,
            pattern: self.logs.filter.applied.filter_pattern(),
            insights: self.logs.filter.applied.insights_filter(),
            from,
            groups: groups.len(),
            confirming: false,
        };
        self.overlay = Some(Overlay::Far(Box::new(shown)));
    }

    pub(super) fn act_on_far(&mut self, action: Action) {
        if self.far.running().is_some() {
            match action {
                Action::StopSearch => self.stop_search(),
                Action::Cancel | Action::Accept => self.overlay = None,
                _ => {}
            }
            return;
        }
        let Some(Overlay::Far(shown)) = &mut self.overlay else { return };
        match action {
            Action::CrosshairLeft | Action::CrosshairRight => {
                let later = action == Action::CrosshairRight;
                let next = if later { shown.stretch + 1 } else { shown.stretch.saturating_sub(1) };
                let next = next.min(STRETCHES.len() - 1);
                // Crossing the day changes the proposal, not what was chosen against it.
                match (shown.stretch <= RECENT, next <= RECENT) {
                    (true, false) => shown.api = FarApi::LogsInsights,
                    (false, true) => shown.api = FarApi::FilterLogEvents,
                    _ => {}
                }
                shown.stretch = next;
                shown.confirming = false;
            }
            Action::SearchBy => {
                shown.api = match shown.api {
                    FarApi::FilterLogEvents => FarApi::LogsInsights,
                    FarApi::LogsInsights => FarApi::FilterLogEvents,
                };
                shown.confirming = false;
            }
            Action::Accept => return self.begin_search(),
            Action::Cancel => {
                self.overlay = None;
                return;
            }
            _ => return,
        }
        self.ask_for_estimate();
    }

    fn far_search(&self, shown: &FarBox) -> LogSearch {
        LogSearch { groups: self.logs.sources.groups(), range: shown.range(), by: shown.by() }
    }

    /// Logs Insights costs money: how much is asked before anyone agrees.
    fn ask_for_estimate(&mut self) {
        let Some(Overlay::Far(shown)) = &self.overlay else { return };
        if shown.api != FarApi::LogsInsights || self.far_obstacle(shown).is_some() {
            return;
        }
        let search = self.far_search(shown);
        if self.far.estimate.as_ref().is_some_and(|(_, known, _)| *known == search) {
            return;
        }
        if let Some((id, ..)) = self.far.estimate.take() {
            self.wants.retain(|(want, _)| *want != id);
        }
        self.want(Want::EstimateSearch(search.clone()));
        self.far.estimate = Some((WantId(self.last_want), search, None));
    }

    fn begin_search(&mut self) {
        let Some(Overlay::Far(shown)) = &self.overlay else { return };
        if self.far_obstacle(shown).is_some() {
            return;
        }
        let search = self.far_search(shown);
        if shown.api == FarApi::LogsInsights && !shown.confirming {
            let known = self.far.estimate.as_ref().is_some_and(|(.., found)| found.is_some());
            if let Some(Overlay::Far(shown)) = &mut self.overlay {
                shown.confirming = known;
            }
            return;
        }
        self.overlay = None;
        self.want(Want::SearchLogs(search.clone()));
        self.far.search = Some(FarSearch {
            id: WantId(self.last_want),
            search,
            query: self.logs.filter.applied.text().to_owned(),
            progress: SearchProgress::default(),
            is_running: true,
            lost_before: self.lost_lines(),
        });
    }

    fn stop_search(&mut self) {
        let Some(far) = &mut self.far.search else { return };
        far.is_running = false;
        let id = far.id;
        self.wants.retain(|(want, _)| *want != id);
        self.overlay = None;
        self.say("the search was stopped; what it found stays", Severity::Ok);
    }

    /// Lines that were let go or not taken in because the memory is full.
    fn lost_lines(&self) -> u64 {
        let total = self.store.lines().total();
        total.evicted + total.beyond_reach
    }

    /// Takes in what a search says of itself.
    pub(super) fn far_report(&mut self, report: SearchReport) {
        if let Some((id, _, found)) = &mut self.far.estimate
            && *id == report.id
        {
            match report.state {
                SearchState::Estimated { bytes, dollars } => *found = Some((bytes, dollars)),
                SearchState::Failed { .. } => *found = Some((None, 0.0)),
                _ => {}
            }
            return;
        }
        let Some(far) = self.far.search.as_mut().filter(|far| far.id == report.id && far.is_running) else {
            return;
        };
        match report.state {
            SearchState::Estimated { .. } => {}
            SearchState::Running(progress) => far.progress = progress,
            SearchState::Finished(progress) => {
                far.progress = progress.clone();
                far.is_running = false;
                let lost = far.lost_before;
                let lost = self.lost_lines().saturating_sub(lost);
                self.say_found(&progress, lost);
            }
            SearchState::Refused { why } => {
                far.is_running = false;
                self.say(&why, Severity::Warn);
            }
            SearchState::Failed { failure } => {
                far.is_running = false;
                let of_insights = matches!(far.search.by, SearchBy::Insights(_));
                self.say(&failure.to_string(), Severity::Error);
                if of_insights && matches!(failure.kind, FailureKind::AccessDenied { .. }) {
                    self.far.denied = Some(failure);
                }
            }
        }
    }

    fn say_found(&mut self, progress: &SearchProgress, lost: u64) {
        let found = crate::model::number::count(progress.found as f64);
        let mut text = match progress.found {
            0 => "the search found nothing".to_owned(),
            1 => "the search found 1 line".to_owned(),
            _ => format!("the search found {found} lines"),
        };
        if progress.is_cut {
            text = format!("the search found {found} lines: the newest 10,000 are here");
        }
        if lost > 0 {
            text.push_str("; the memory for lines is full, older ones were let go");
        }
        let severity = if lost > 0 || progress.is_cut { Severity::Warn } else { Severity::Ok };
        self.say(&text, severity);
    }
}
