//! What is known of a trace before its segments are: what the list of traces says of it, and the log lines of its
//! requests.
//!
//! ```text
//! ▾ POST /checkout  shop-api/prod       from the list: when it began, how long it took
//!   ▾ checkout-api  START to REPORT     from the log of the request
//!     ├ capture start to authorised
//!   └ payment-ledger                    from the list: it was there, and nothing says when
//! ```

use std::sync::Arc;

use super::of_log::{Logged, of_log};
use super::of_trace::{leaf, named};
use super::path;
use super::{Mark, Place, Span, SpanKind, Timeline, count_below};
use crate::model::{Invocation, Outcome, ServiceName, TraceSummary};

/// A request of the trace with its lines, which stand in order, and how it ended as seen now.
pub type Heard<'a> = (&'a Invocation, Outcome, Vec<Logged>);

/// Lays out a trace without its segments; nothing where nothing is known.
#[must_use]
pub fn of_list(summary: Option<&TraceSummary>, heard: &[Heard<'_>]) -> Timeline {
    let requests: Vec<(&Invocation, Timeline)> = heard
        .iter()
        .map(|(invocation, outcome, lines)| (*invocation, of_log(invocation, *outcome, lines)))
        .collect();
    let began = summary.map(|summary| summary.start.millis() as f64);
    let zero_ms = requests.iter().map(|(_, own)| own.zero_ms).chain(began).reduce(f64::min);
    let Some(zero_ms) = zero_ms else { return Timeline::default() };
    let ended = summary.and_then(|summary| Some(summary.start.millis() as f64 + summary.duration_ms?));
    let last =
        requests.iter().map(|(_, own)| own.zero_ms + own.length_ms).chain(ended).fold(zero_ms, f64::max);
    let length_ms = last - zero_ms;

    let mut spans = Vec::new();
    if let Some(summary) = summary {
        spans.push(root(summary, zero_ms));
    }
    let root = summary.map(|_| 0);
    for (invocation, own) in &requests {
        request(&mut spans, root, invocation, own, zero_ms);
    }
    if let Some(summary) = summary {
        silent(&mut spans, summary, &requests);
    }
    count_below(&mut spans);
    let parts = path::follow(&mut spans, length_ms, |span| match span.kind {
        SpanKind::Wait(_) => "silence".into(),
        SpanKind::Listed => "not known".into(),
        _ if span.mark == Mark::Cold => "cold start".into(),
        _ => span.title.clone().into(),
    });
    Timeline { zero_ms, length_ms, spans, parts, skew_ms: 0.0 }
}

/// What the list says of the whole.
fn root(summary: &TraceSummary, zero_ms: f64) -> Span {
    let start = summary.start.millis() as f64 - zero_ms;
    let entry = summary.entry.as_ref().map(|entry| &*entry.name);
    let call: Vec<&str> = [summary.method.as_deref(), summary.url.as_deref().and_then(path_of), entry]
        .into_iter()
        .flatten()
        .collect();
    Span {
        title: if call.is_empty() { "the trace".to_owned() } else { call.join(" ") },
        status: summary.status.map_or("".into(), |status| status.to_string().into()),
        mark: match () {
            () if summary.throttle => Mark::Throttle,
            () if summary.fault || summary.error => Mark::Error,
            () if summary.partial || summary.duration_ms.is_none() => Mark::Open,
            () => Mark::Ok,
        },
        start_ms: Some(start),
        end_ms: summary.duration_ms.filter(|_| !summary.partial).map(|took| start + took),
        ..leaf(named(Place::Own, "list"), SpanKind::Listed)
    }
}

/// The path of a URL without what may be secret in it.
fn path_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = &rest[rest.find('/')?..];
    path.split(['?', '#']).next()
}

/// The rows of one request, moved to their place below what the list says.
fn request(
    spans: &mut Vec<Span>,
    root: Option<usize>,
    invocation: &Invocation,
    own: &Timeline,
    zero_ms: f64,
) {
    let (first, by) = (spans.len(), own.zero_ms - zero_ms);
    let deeper = usize::from(root.is_some());
    for span in &own.spans {
        let mut key = span.key.clone();
        key.id = format!("{} {} {}", invocation.key.request, invocation.key.attempt, key.id).into();
        let title = match span.parent {
            None => format!("{} {}", invocation.function.name, span.title.trim_start_matches("Invocation  ")),
            Some(_) => span.title.clone(),
        };
        spans.push(Span {
            key,
            title,
            start_ms: span.start_ms.map(|at| at + by),
            end_ms: span.end_ms.map(|at| at + by),
            depth: span.depth + deeper,
            parent: span.parent.map(|parent| parent + first).or(root),
            below: 0,
            self_ms: 0.0,
            critical: false,
            ..span.clone()
        });
    }
}

/// The services of which nothing says when they were at work.
fn silent(spans: &mut Vec<Span>, summary: &TraceSummary, requests: &[(&Invocation, Timeline)]) {
    let mut names: Vec<&Arc<str>> = Vec::new();
    let entry = summary.entry.as_ref().map(|entry| &entry.name);
    for ServiceName { name, kind } in &summary.services {
        let told = requests.iter().any(|(own, _)| *own.function.name == **name);
        if told || entry == Some(name) || kind.as_deref() == Some("client") || names.contains(&name) {
            continue;
        }
        names.push(name);
        spans.push(Span {
            title: name.to_string(),
            depth: 1,
            parent: Some(0),
            mark: Mark::Quiet,
            ..leaf(named(Place::Own, name), SpanKind::Listed)
        });
    }
}
