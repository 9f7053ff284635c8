//! The footer: what one does most on each screen, in each pane, as long as it does something there.

use crate::model::{Pages, RowPlace, Wrap};

use super::action::Action;
use super::keymap::{BINDINGS, Context, Hint};
use super::layout::{Area, Frame};
use super::logs::{Place, detail_width};
use super::requests::{Grouping, RequestPane};
use super::{App, FunctionPane, Screen, TimelinePane, TimelineScreen, TimelineSource, TracesView};

/// An action with a word for it, the most important first; an empty word is that of the table of keys.
type Most = Vec<(Action, String)>;

impl App {
    /// The keys worth showing in the footer now, the most important first.
    #[must_use]
    pub fn hints(&self) -> Vec<Hint> {
        let contexts = self.hint_contexts();
        if self.overlay.is_some() || self.is_typing() {
            return overlay_hints(&contexts);
        }
        let most = match self.screen() {
            Screen::Functions => self.most_on_functions(),
            Screen::Function(screen) => self.most_on_function(screen.pane, screen.held_at.is_some()),
            Screen::Logs => self.most_on_logs(),
            Screen::Requests => self.most_on_requests(),
            Screen::Timeline(screen) => self.most_on_timeline(screen),
            Screen::Traces => self.most_on_traces(),
        };
        let mut last: Most =
            self.way_back().map(|word| (Action::Back, word.to_owned())).into_iter().collect();
        add(&mut last, [Action::Help, Action::Palette, Action::Quit]);
        let of_table = |(action, word), right| hint(&contexts, action, word, right);
        let most = most.into_iter().filter_map(|of| of_table(of, false));
        most.chain(last.into_iter().filter_map(|of| of_table(of, true))).collect()
    }

    fn most_on_functions(&self) -> Most {
        let mut most = Most::new();
        if !self.rows().is_empty() {
            add(&mut most, [Action::Open, Action::OpenLogs, Action::OpenRequests]);
        }
        add(&mut most, [Action::Filter, Action::SortNext]);
        most.push((Action::WindowNext, format!("window {}", self.window)));
        if self.chart_view().is_some() {
            most.push((Action::RangeNext, format!("charts {}", self.range.label())));
        }
        if !self.rows().is_empty() {
            add(&mut most, [Action::Mark, Action::Copy, Action::Link]);
        }
        most
    }

    fn most_on_function(&self, pane: FunctionPane, held: bool) -> Most {
        let mut most = Most::new();
        let (panes, charts) = match &self.frame {
            Frame::Function(layout) => (layout.panes.is_some(), layout.charts.len()),
            _ => (false, 0),
        };
        let below = &self.below;
        let rows = match pane {
            FunctionPane::Requests => below.requests.len(),
            FunctionPane::Errors => below.errors.len(),
            FunctionPane::Charts => 0,
        };
        if panes && pane != FunctionPane::Charts {
            if rows > 0 {
                let what = if pane == FunctionPane::Requests { "timeline" } else { "requests" };
                most.push((Action::Open, what.to_owned()));
            }
            if rows > 1 {
                most.push((Action::Down, "row".to_owned()));
            }
            let next = if pane == FunctionPane::Requests { "errors" } else { "charts" };
            most.push((Action::NextPane, next.to_owned()));
            add(&mut most, [Action::OpenLogs, Action::OpenRequests]);
            return most;
        }
        add(&mut most, [Action::CrosshairLeft]);
        most.push((Action::RangeNext, format!("range {}", self.range.label())));
        add(&mut most, [Action::OpenLogs, Action::OpenRequests]);
        if panes {
            most.push((Action::NextPane, "requests".to_owned()));
        }
        add(&mut most, [Action::PanEarlier]);
        most.push((Action::Hold, if held { "follow".to_owned() } else { String::new() }));
        if charts < self.charts() {
            add(&mut most, [Action::Down]);
        }
        add(&mut most, [Action::Copy]);
        most
    }

    fn most_on_logs(&self) -> Most {
        let mut most = Most::new();
        let logs = &self.logs;
        let Frame::Logs(layout) = &self.frame else { return most };
        if logs.line().is_none() {
            add(&mut most, [Action::Filter, Action::LiveTail, Action::Platform]);
            return most;
        }
        if let Some(detail) = &logs.detail {
            let pages = detail.as_ref().map(|detail| &detail.pages);
            if pages.zip(layout.detail).is_some_and(|(pages, area)| scrolls(pages, area)) {
                add(&mut most, [Action::DetailDown]);
            }
            most.push((Action::Detail, "close it".to_owned()));
            add(&mut most, [Action::Open, Action::NextError, Action::OpenTrace, Action::Copy]);
            return most;
        }
        add(&mut most, [Action::Open, Action::Filter, Action::NextError]);
        let alone = logs.before_request.is_some();
        most.push((Action::OnlyRequest, if alone { "all again".to_owned() } else { String::new() }));
        if logs.is_filtered() {
            add(&mut most, [Action::NextMatch]);
        }
        add(&mut most, [Action::Detail, Action::OpenTrace]);
        if logs.place != Place::Following {
            add(&mut most, [Action::Bottom]);
        }
        add(&mut most, [Action::Write, Action::LiveTail, Action::Platform]);
        most
    }

    fn most_on_requests(&self) -> Most {
        let mut most = Most::new();
        let requests = &self.requests;
        let heat = match &self.frame {
            Frame::Requests(layout) => layout.heat,
            _ => None,
        };
        if heat.is_some() && requests.pane == RequestPane::Heat {
            most.push((Action::Open, "rows".to_owned()));
            if self.is_heat_line() {
                most.push((Action::HeatLeft, "durations".to_owned()));
            } else {
                add(&mut most, [Action::HeatLeft]);
                most.push((Action::Down, "durations".to_owned()));
            }
            add(&mut most, [Action::Filter, Action::GroupNext]);
            most.push((Action::RangeNext, format!("range {}", self.range.label())));
            return most;
        }
        let groups = requests.shows_groups();
        if requests.count() > 0 {
            most.push((Action::Open, if groups { "requests".to_owned() } else { String::new() }));
        }
        add(&mut most, [Action::Filter]);
        if heat.is_some() {
            add(&mut most, [Action::NextPane]);
        }
        if groups {
            add(&mut most, [Action::GroupNext]);
        } else {
            add(&mut most, [Action::SortNext, Action::GroupNext]);
            if requests.count() > 0 {
                add(&mut most, [Action::OnlyRequest, Action::OpenTrace]);
            }
        }
        most.push((Action::RangeNext, format!("range {}", self.range.label())));
        add(&mut most, [Action::OpenLogs]);
        if requests.count() > 0 && !groups {
            add(&mut most, [Action::Write]);
        }
        most
    }

    fn most_on_timeline(&self, screen: &TimelineScreen) -> Most {
        let mut most = Most::new();
        let lines = !screen.lines.is_empty();
        let next = match screen.pane {
            TimelinePane::Tree if lines => "log lines",
            TimelinePane::Tree | TimelinePane::Log => "in full",
            TimelinePane::Detail => "rows",
        };
        // What its own lines do not tell, a trace of one like it may.
        let traced = screen.alike.as_ref().is_some_and(|alike| alike.traced.is_some());
        if traced && !matches!(screen.source, TimelineSource::Trace(_)) {
            add(&mut most, [Action::OpenTrace]);
        }
        match screen.pane {
            TimelinePane::Tree => {
                if screen.rows.len() > 1 {
                    add(&mut most, [Action::FoldNode]);
                }
                if screen.current().is_none_or(|span| span.below == 0) {
                    most.push((Action::Open, "in full".to_owned()));
                }
            }
            TimelinePane::Log => {
                if screen.lines.len() > 1 {
                    most.push((Action::Down, "line".to_owned()));
                }
                if next != "in full" {
                    most.push((Action::Open, "in full".to_owned()));
                }
            }
            TimelinePane::Detail => {
                let area = match &self.frame {
                    Frame::Timeline(layout) => layout.detail,
                    _ => None,
                };
                if screen.detail.as_ref().zip(area).is_some_and(|(detail, area)| scrolls(&detail.pages, area))
                {
                    most.push((Action::Down, "scroll".to_owned()));
                }
            }
        }
        most.push((Action::NextPane, next.to_owned()));
        if screen.pane == TimelinePane::Tree && screen.rows.len() > 1 {
            let all = if screen.critical_only { "all rows" } else { "" };
            most.push((Action::CriticalPath, all.to_owned()));
            add(&mut most, [Action::ZoomIn]);
            if screen.view.is_some() {
                add(&mut most, [Action::WholeAxis]);
            }
        }
        if screen.selected_request().is_some() {
            add(&mut most, [Action::OnlyRequest]);
        }
        if lines {
            add(&mut most, [Action::Write]);
        }
        add(&mut most, [Action::Copy]);
        most
    }

    fn most_on_traces(&self) -> Most {
        let mut most = Most::new();
        let range = (Action::RangeNext, format!("range {}", self.traces.range.label()));
        if self.traces.view == TracesView::Map {
            if self.traces.map.node().is_some() {
                most.push((Action::Open, "its traces".to_owned()));
                add(&mut most, [Action::ToCaller]);
            }
            most.push((Action::ToggleMap, "list".to_owned()));
            most.push((Action::Filter, "find".to_owned()));
            most.push((Action::Zoom, if self.traces.map.layout.full { "lines" } else { "boxes" }.to_owned()));
            most.push(range);
            add(&mut most, [Action::OpenLogs, Action::OpenRequests]);
            return most;
        }
        let rows = !self.traces.list.ids.is_empty();
        if rows {
            add(&mut most, [Action::Open]);
        }
        add(&mut most, [Action::Filter, Action::ToggleMap, Action::SortNext]);
        most.push(range);
        if rows {
            add(&mut most, [Action::OpenLogs, Action::OpenRequests, Action::Write, Action::Copy]);
        }
        most
    }

    /// What Esc does here, if it does anything.
    fn way_back(&self) -> Option<&'static str> {
        let filtered = match self.screen() {
            Screen::Functions if self.filter.applied.is_empty() => return None,
            Screen::Functions => true,
            Screen::Logs => self.logs.detail.is_none() && self.logs.is_filtered(),
            Screen::Requests if !self.requests.pick.is_empty() => return Some("clear pick"),
            Screen::Requests => {
                let rows =
                    self.requests.pane == RequestPane::Rows && self.requests.grouping == Grouping::None;
                rows && self.requests.is_filtered()
            }
            Screen::Traces => {
                let list = self.traces.view == TracesView::List && self.traces.before_node.is_none();
                list && !self.traces.filter.applied.is_empty()
            }
            Screen::Function(_) | Screen::Timeline(_) => false,
        };
        Some(if filtered { "clear filter" } else { "back" })
    }
}

/// Adds actions with the words of the table.
fn add<const COUNT: usize>(most: &mut Most, actions: [Action; COUNT]) {
    most.extend(actions.map(|action| (action, String::new())));
}

/// Whether a text has more rows than a pane below its title.
fn scrolls(pages: &Pages, area: Area) -> bool {
    let wrap = Wrap::new(pages, detail_width(area.width));
    let height = isize::from(area.height.saturating_sub(1).cast_signed());
    wrap.step(wrap.end(), -(height - 1).max(0)) != RowPlace::default()
}

/// The footer of an overlay, or while one types: every row of `contexts` that has a word for it.
fn overlay_hints(contexts: &[Context]) -> Vec<Hint> {
    let rows = BINDINGS.iter().filter(|row| contexts.contains(&row.context));
    rows.filter_map(|row| {
        let (keys, text) = row.hint?;
        Some(Hint { keys, text: text.to_owned(), right: false, spare: false })
    })
    .collect()
}

/// The keys of one action in `contexts`, for the footer, with a word that says it better here than the table does.
fn hint(contexts: &[Context], action: Action, word: String, right: bool) -> Option<Hint> {
    let of = |context: &Context| {
        let mut own = BINDINGS.iter().filter(|row| row.context == *context && row.action == action);
        own.find_map(|row| row.hint)
    };
    let (keys, text) = contexts.iter().find_map(of)?;
    let text = if word.is_empty() { text.to_owned() } else { word };
    Some(Hint { keys, text, right, spare: action == Action::Palette })
}
