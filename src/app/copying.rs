//! What `y` and `Y` copy and `o` links to: it follows from what is selected.

use std::sync::Arc;
use std::time::Duration;

use crate::model::number::{self, Number};
use crate::model::{
    ConsoleLink, FunctionKey, Invocation, Metric, SeriesKey, Statistic, Subject, TimeRange, Unit,
};
use crate::store::Severity;

use super::clip::{Clip, Copied};
use super::{App, Effect, LinkBox, Overlay, Row, Screen, charts};

/// What the console shows before and after the time of a line.
const AROUND: Duration = Duration::from_mins(1);

/// What is read off a chart: the five vital signs, durations by their percentiles.
const READINGS: [(Metric, Statistic, &str); 8] = [
    (Metric::Invocations, Statistic::Sum, "invocations"),
    (Metric::Errors, Statistic::Sum, "errors"),
    (Metric::Duration, Statistic::P50, "duration p50"),
    (Metric::Duration, Statistic::P95, "duration p95"),
    (Metric::Duration, Statistic::P99, "duration p99"),
    (Metric::Duration, Statistic::Maximum, "duration max"),
    (Metric::Throttles, Statistic::Sum, "throttles"),
    (Metric::ConcurrentExecutions, Statistic::Maximum, "concurrent"),
];

impl App {
    /// Copies the selection: on Functions the row; on Logs the marked lines, or that under the cursor; on Requests the id; on a function the
    /// readings under the crosshair, or its ARN where the crosshair was not moved; with a link on screen, the link.
    pub(super) fn copy(&mut self) -> Vec<Effect> {
        if let Some(Overlay::Link(LinkBox { link: Some(link), .. })) = &self.overlay {
            let clip = Clip::new(Copied::Link, [link.as_str()]);
            return self.send(clip);
        }
        if *self.screen() == Screen::Logs {
            let lines = self.lines_in_words();
            if lines.is_empty() {
                return self.nothing_to_copy();
            }
            let clip = Clip::of_event(&lines.join("\n"));
            return self.send(clip);
        }
        if let Some(clip) = self.timeline_clip() {
            return self.send(clip);
        }
        if *self.screen() == Screen::Traces {
            let Some(clip) = self.copied_of_traces() else { return self.nothing_to_copy() };
            return self.send(clip);
        }
        if *self.screen() == Screen::Requests {
            let Some(key) = self.requests.selected() else { return self.nothing_to_copy() };
            return self.send(Clip::new(Copied::Request, [key.request.to_string().as_str()]));
        }
        let Some(key) = self.selected().cloned() else { return self.nothing_to_copy() };
        let clip = match self.screen() {
            Screen::Functions => {
                let row = self.rows().iter().find(|row| row.key == key).map(|row| self.row_in_words(row));
                row.map(|row| Clip::new(Copied::Row, [&*row]))
            }
            Screen::Function(screen) if screen.crosshair.is_some() => {
                let lines = self.readings(&key);
                Some(Clip::new(Copied::Readings, lines.iter().map(String::as_str)))
            }
            Screen::Function(_) => return self.copy_arn(),
            Screen::Logs | Screen::Requests | Screen::Timeline(_) | Screen::Traces => None,
        };
        match clip {
            Some(clip) => self.send(clip),
            None => self.nothing_to_copy(),
        }
    }

    /// The marked lines as one says them to somebody, or the one under the cursor.
    fn lines_in_words(&mut self) -> Vec<String> {
        let lines = self.store.lines();
        let chosen = self.logs.chosen(lines);
        let words = chosen.iter().map(|line| {
            let at = line.key.timestamp.utc();
            let at =
                at.map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d %H:%M:%S%.3f UTC").to_string());
            let name = lines.key(line.key.group).map_or("", |group| &*group.name);
            format!("{at} {name} {}", line.message.trim_end())
        });
        words.collect()
    }

    /// Copies the ARN of the selected function.
    pub(super) fn copy_arn(&mut self) -> Vec<Effect> {
        let Some(key) = self.selected() else { return self.nothing_to_copy() };
        let arn = self.store.function(key).and_then(|record| record.function.arn.clone());
        if let Some(arn) = arn {
            return self.send(Clip::new(Copied::Arn, [&*arn]));
        }
        self.say("the ARN is not known: ListFunctions has not told it", Severity::Warn);
        Vec::new()
    }

    /// Shows and copies the console's page of the selection: a function, or the log stream of a line around its time.
    pub(super) fn open_link(&mut self) -> Vec<Effect> {
        let Some((of, region, link)) = self.console_page() else { return self.nothing_to_copy() };
        let clip = link.as_ref().map(|link| Clip::new(Copied::Link, [link.as_str()]));
        self.overlay = Some(Overlay::Link(LinkBox { of, region, link }));
        match clip {
            // Without a clipboard the link is there to be read and selected: that needs no warning.
            Some(clip) if self.settings.clipboard => self.send(clip),
            _ => Vec::new(),
        }
    }

    /// The console's page of the selection: what it is called, where it is, and the link if the console is known.
    fn console_page(&self) -> Option<(Arc<str>, Arc<str>, Option<ConsoleLink>)> {
        if *self.screen() == Screen::Logs
            && let Some(line) = self.logs.line()
        {
            let group = self.store.lines().key(line.key.group)?;
            let at = line.key.timestamp;
            let around = TimeRange::new(at - AROUND, at + AROUND);
            let link = ConsoleLink::log_stream(&group.scope, &group.name, &line.stream.name, Some(around));
            return Some((Arc::clone(&line.stream.name), Arc::clone(&group.scope.region), link));
        }
        if let Some(page) = self.timeline_page() {
            return Some(page);
        }
        if *self.screen() == Screen::Requests
            && let Some(own) = self.selected_request()
        {
            return Some(page_of_request(&own));
        }
        if *self.screen() == Screen::Traces
            && let Some(page) = self.console_page_of_traces()
        {
            return Some(page);
        }
        let key = self.selected()?;
        Some((Arc::clone(&key.name), Arc::clone(&key.scope.region), ConsoleLink::function(key)))
    }

    fn send(&mut self, clip: Clip) -> Vec<Effect> {
        if !self.settings.clipboard {
            self.say("the clipboard is off: clipboard = false in the settings", Severity::Warn);
            return Vec::new();
        }
        vec![Effect::Copy(clip)]
    }

    fn nothing_to_copy(&mut self) -> Vec<Effect> {
        self.say("nothing is selected", Severity::Warn);
        Vec::new()
    }

    /// A row as one says it to somebody: what is wrong first, then the numbers, and what they are of.
    fn row_in_words(&self, row: &Row) -> String {
        let figures = &row.figures;
        let trouble = row.trouble.words(self.now, 0);
        let trouble = match &*trouble {
            "" if row.trouble.severity == Severity::Ok => "nothing wrong",
            "" => "not known yet",
            words => words,
        };
        let rate = |count: Option<f64>| number_of(figures.per_minute(count).map(number::fine));
        let mut parts = vec![
            format!("{}: {trouble}", row.key.name),
            format!("{} invocations/min", rate(figures.invocations)),
            format!("{} errors/min", rate(figures.errors)),
        ];
        if let (Some(errors), Some(invocations)) = (figures.errors, figures.invocations) {
            parts.push(format!("{} %", number::percent(errors, invocations)));
        }
        for (name, value) in [("p50", figures.p50), ("p99", figures.p99)] {
            parts.push(format!("{name} {}", value.map_or_else(|| "-".to_owned(), milliseconds)));
        }
        parts.push(format!("{} throttles/min", rate(figures.throttles)));
        parts.push(format!("{} concurrent", number_of(figures.concurrent.map(number::count))));
        if let Some((start, end)) =
            figures.range.and_then(|range| Some((range.start.utc()?, range.end.utc()?)))
        {
            parts.push(format!("{}-{} UTC", start.format("%Y-%m-%d %H:%M"), end.format("%H:%M")));
        }
        parts.push(row.key.scope.to_string());
        parts.join(" · ")
    }

    /// The values under the crosshair, one a line, headed by function and time.
    fn readings(&self, key: &FunctionKey) -> Vec<String> {
        let Screen::Function(screen) = self.screen() else { return Vec::new() };
        let view = charts::view(self.range, self.now, screen.held_at, screen.crosshair);
        let at =
            view.crosshair.utc().map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string());
        let minutes = f64::from(view.period.seconds()) / 60.0;
        let unfinished = if view.crosshair >= view.settled_until { ", unfinished" } else { "" };
        let mut lines = vec![format!("{} at {at} UTC, {minutes} min{unfinished} ({})", key.name, key.scope)];
        for (metric, statistic, name) in READINGS {
            let series =
                SeriesKey { subject: Subject::Function(key.clone()), metric, statistic, period: view.period };
            let bucket = TimeRange::new(view.crosshair, view.crosshair + view.period.duration());
            let value = self.store.buckets(&series, bucket, self.now).first().and_then(|bucket| bucket.value);
            let value = match (value, metric.unit(), statistic) {
                (None, ..) => "-".to_owned(),
                (Some(value), Unit::Milliseconds, _) => milliseconds(value),
                (Some(value), _, Statistic::Sum) => format!("{} /min", number::fine(value / minutes)),
                (Some(value), ..) => number::count(value).to_string(),
            };
            lines.push(format!("{name}  {value}"));
        }
        lines
    }
}

fn number_of(number: Option<Number>) -> Number {
    number.unwrap_or(number::MISSING)
}

/// A duration with its unit, as prose writes it.
fn milliseconds(value: f64) -> String {
    format!("{} ms", number::count(value))
}

/// The console's page of a request: its log stream, or, where it reached none, its trace.
pub(super) fn page_of_request(own: &Invocation) -> (Arc<str>, Arc<str>, Option<ConsoleLink>) {
    let (scope, stream) = (&own.group.scope, &own.stream.name);
    let region = Arc::clone(&scope.region);
    if let Some(trace) = own.trace.filter(|_| stream.is_empty()) {
        let id = trace.to_string();
        return (id.as_str().into(), region, ConsoleLink::trace(scope, &id));
    }
    let around = TimeRange::new(own.first - AROUND, own.last + AROUND);
    let link = ConsoleLink::log_stream(scope, &own.group.name, stream, Some(around));
    (Arc::clone(stream), region, link)
}
