//! Segments to spans: attempts of one operation stand below one span, and gaps that can be named are spans too.

use std::borrow::Cow;
use std::sync::Arc;

use super::path;
use super::segment::{beyond, failed, is_code, is_init, mark, part_of, status};
use super::{Mark, Place, Span, SpanKey, SpanKind, Timeline, Wait, count_below};
use crate::model::{Invocation, Outcome, Segment, SegmentKind};
use crate::store::traces::{Node, Oddity, Tree, title};

/// Shortest pause between two attempts that is worth a row, ms.
const LEAST_BACKOFF: f64 = 1.0;
/// An init that ended so long before the request was not waited for and is not part of the axis, ms.
const AHEAD: f64 = 1_000.0;

/// What is laid out next.
pub(super) enum Item {
    /// A node, at its place; of several attempts its number, and whether it was the last and failed.
    Node { index: usize, attempt: Option<(usize, bool)> },
    /// Attempts at one operation.
    Attempts(Vec<usize>),
    /// Anything that has nothing below it.
    Leaf(Box<Span>),
}

/// Lays out a trace. `invocations` are those of its requests that are known from their log lines: they tell how a
/// function ended.
#[must_use]
pub fn of_trace(tree: &Tree, invocations: &[&Invocation]) -> Timeline {
    let Some((first, last)) = tree.span() else { return without_times(tree, invocations) };
    // What X-Ray has not seen the end of goes on as far as the log says: its lines stand on the same axis.
    let open = tree.nodes.iter().any(|node| node.segment.in_progress);
    let reports = invocations.iter().filter(|_| open).filter_map(|held| held.reported);
    let last = reports.map(|at| at.millis() as f64).fold(last, f64::max);
    let zero_ms = begin(tree).unwrap_or(first);
    let mut layout = Layout { tree, invocations, zero_ms, length_ms: last - zero_ms, skew_ms: 0.0 };
    let mut timeline = layout.timeline();
    timeline.skew_ms = layout.skew_ms;
    timeline
}

fn without_times(tree: &Tree, invocations: &[&Invocation]) -> Timeline {
    Layout { tree, invocations, zero_ms: 0.0, length_ms: 0.0, skew_ms: 0.0 }.timeline()
}

/// When the first node began that is not an init of long before.
fn begin(tree: &Tree) -> Option<f64> {
    let ahead = |node: &Node| {
        let parent = node.parent.map(|parent| &tree.nodes[parent].segment);
        let ended = node.segment.end_ms.zip(parent.and_then(|parent| parent.start_ms));
        is_init(&node.segment) && ended.is_some_and(|(end, start)| end < start - AHEAD)
    };
    tree.nodes.iter().filter(|node| !ahead(node)).filter_map(|node| node.segment.start_ms).reduce(f64::min)
}

/// What is laid out, and the axis.
pub(super) struct Layout<'a> {
    pub(super) tree: &'a Tree,
    invocations: &'a [&'a Invocation],
    zero_ms: f64,
    pub(super) length_ms: f64,
    skew_ms: f64,
}

impl Layout<'_> {
    fn timeline(&mut self) -> Timeline {
        let mut spans: Vec<Span> = Vec::with_capacity(self.tree.nodes.len() * 5 / 4);
        let roots = self.tree.nodes.iter().enumerate().filter(|(_, node)| node.parent.is_none());
        let mut open: Vec<(Option<usize>, Item)> =
            roots.map(|(index, _)| (None, Item::Node { index, attempt: None })).collect();
        open.reverse();
        while let Some((parent, item)) = open.pop() {
            let own = spans.len();
            let depth = parent.map_or(0, |parent| spans[parent].depth + 1);
            let (span, below) = match item {
                Item::Leaf(span) => (*span, Vec::new()),
                Item::Attempts(indices) => (self.attempts(&indices), self.between(&indices)),
                Item::Node { index, attempt } => (self.node(index, attempt), self.below(index)),
            };
            spans.push(Span { depth, parent, ..span });
            open.extend(below.into_iter().rev().map(|item| (Some(own), item)));
        }
        count_below(&mut spans);
        let parts = path::follow(&mut spans, self.length_ms, |span| self.part(span));
        self.inits_waited_for(&mut spans);
        Timeline { zero_ms: self.zero_ms, length_ms: self.length_ms, spans, parts, skew_ms: 0.0 }
    }

    /// An init was waited for by whoever waited for the cold start, although its segment lies below what came after it.
    fn inits_waited_for(&self, spans: &mut [Span]) {
        for wait in 0..spans.len() {
            if !spans[wait].critical || spans[wait].kind != SpanKind::Wait(Wait::ColdStart) {
                continue;
            }
            // What was waited for stands right behind the wait.
            let below: Vec<usize> = path::children(spans, Some(wait + 1)).collect();
            for at in below {
                let init = matches!(spans[at].kind, SpanKind::Segment(index) if is_init(self.segment(index)));
                spans[at].critical |= init;
            }
        }
    }

    pub(super) fn segment(&self, index: usize) -> &Segment {
        &self.tree.nodes[index].segment
    }

    /// The children of a node, by their start.
    pub(super) fn children(&self, index: usize) -> Vec<usize> {
        let nodes = &self.tree.nodes;
        let end = index + nodes[index].below;
        let mut children = Vec::new();
        let mut at = index + 1;
        while at <= end {
            children.push(at);
            at += nodes[at].below + 1;
        }
        children
    }

    pub(super) fn on_axis(&self, ms: Option<f64>) -> Option<f64> {
        ms.map(|ms| ms - self.zero_ms)
    }

    pub(super) fn key(&self, index: usize, place: Place) -> SpanKey {
        let id = self.segment(index).id.clone();
        SpanKey { place, id: id.unwrap_or_else(|| format!("#{index}").into()) }
    }

    fn node(&mut self, index: usize, attempt: Option<(usize, bool)>) -> Span {
        let node = &self.tree.nodes[index];
        let segment = &node.segment;
        if node.oddity == Some(Oddity::Outside)
            && let Some(parent) = node.parent
        {
            let beyond = beyond(segment, self.segment(parent));
            self.skew_ms = self.skew_ms.max(beyond);
        }
        let timed_out = self.ended(segment, Outcome::Timeout);
        let title = match attempt {
            Some((number, true)) => format!("attempt {number}, gave up"),
            Some((number, false)) => format!("attempt {number}"),
            None => title(segment),
        };
        let mark = match () {
            () if timed_out => Mark::Timeout,
            () if self.ended(segment, Outcome::OutOfMemory) => Mark::OutOfMemory,
            () => mark(segment),
        };
        let status = if timed_out { "timeout".into() } else { status(segment) };
        Span {
            key: self.key(index, Place::Own),
            kind: SpanKind::Segment(index),
            title,
            status,
            mark,
            start_ms: self.on_axis(segment.start_ms),
            end_ms: self.on_axis(segment.end_ms.filter(|_| !segment.in_progress)),
            // An init before its function's segment is in its place.
            oddity: node.oddity.filter(|odd| *odd != Oddity::Outside || !is_init(segment)),
            folded: self.repeats(index),
            ..leaf(self.key(index, Place::Own), SpanKind::Segment(index))
        }
    }

    /// Whether all that lies below a node is what X-Ray infers of the service that it called: the same once more.
    fn repeats(&self, index: usize) -> bool {
        let nodes = &self.tree.nodes;
        let (own, Some(inner)) = (&nodes[index], nodes.get(index + 1)) else { return false };
        let close = |one: Option<f64>, two: Option<f64>| {
            one.zip(two).is_some_and(|(one, two)| (one - two).abs() < 0.5)
        };
        own.below == 1
            && own.segment.kind.is_subsegment()
            && inner.segment.kind == SegmentKind::Segment
            && inner.segment.exceptions.is_empty()
            && inner.segment.origin.as_deref() != Some("AWS::Lambda::Function")
            && close(own.segment.start_ms, inner.segment.start_ms)
            && close(own.segment.end_ms, inner.segment.end_ms)
    }

    /// Whether the log lines of the function whose code this is say that it ended so.
    pub(super) fn ended(&self, segment: &Segment, outcome: Outcome) -> bool {
        is_code(segment)
            && self.invocations.iter().any(|held| {
                held.outcome == outcome
                    && *held.function.name == *segment.name
                    && segment.start_ms.is_some_and(|start| {
                        // The segment of a cold start begins with its init.
                        let lead = held.init_ms.unwrap_or(0.0) + 1_000.0;
                        (held.start.millis() as f64 - start).abs() <= lead
                    })
            })
    }

    fn attempts(&self, indices: &[usize]) -> Span {
        let first = self.segment(indices[0]);
        let last = self.segment(indices[indices.len() - 1]);
        let gave_up = failed(last);
        let kind = SpanKind::Attempts { count: indices.len(), gave_up };
        let title = if tries(first) == "Attempt" { ATTEMPTS.to_owned() } else { title(first) };
        Span {
            title,
            status: status(last),
            mark: if gave_up { Mark::Error } else { mark(last) },
            start_ms: self.on_axis(first.start_ms),
            end_ms: self.on_axis(last.end_ms.filter(|_| !last.in_progress)),
            ..leaf(self.key(indices[0], Place::Attempts), kind)
        }
    }

    /// Attempts, and the pauses between them.
    fn between(&self, indices: &[usize]) -> Vec<Item> {
        let mut items = Vec::with_capacity(indices.len() * 2);
        for (number, index) in indices.iter().enumerate() {
            if number > 0 {
                let before = self.segment(indices[number - 1]);
                let wait = Wait::Backoff {
                    attempt: number + 1,
                    throttled: before.throttle || before.call.status == Some(429),
                };
                items.extend(self.wait(
                    wait,
                    before.end_ms,
                    self.segment(*index).start_ms,
                    LEAST_BACKOFF,
                    *index,
                ));
            }
            let gave_up = number + 1 == indices.len() && failed(self.segment(*index));
            items.push(Item::Node { index: *index, attempt: Some((number + 1, gave_up)) });
        }
        items
    }

    /// What stands below a node: its children in order, waits that can be named, and what it tells of itself.
    fn below(&self, index: usize) -> Vec<Item> {
        let children = self.children(index);
        let own = self.segment(index);
        let mut items = Vec::with_capacity(children.len() + 1);
        if let Some(first) = children.first() {
            items.extend(self.before(own, *first));
        }
        let mut at = 0;
        while at < children.len() {
            let run = self.run(&children[at..]);
            if run > 1 {
                items.push(Item::Attempts(children[at..at + run].to_vec()));
            } else {
                items.push(Item::Node { index: children[at], attempt: None });
                items.extend(self.ready(own, children[at], children.get(at + 1).copied()));
            }
            at += run;
        }
        items.extend(self.silence(index, &children));
        items.extend(self.told(index, &children));
        items
    }

    /// How many of these are attempts at one operation, one after the other: each but the last failed.
    fn run(&self, children: &[usize]) -> usize {
        let attempt = |index: usize| {
            let segment = self.segment(index);
            let name = tries(segment);
            let tried = segment.namespace.is_some() || name == "Attempt";
            let call = &segment.call;
            tried.then_some((name, &call.operation, &call.resource, &call.method, &call.url))
        };
        let Some(first) = attempt(children[0]) else { return 1 };
        let follows = |pair: &[usize]| {
            let (one, two) = (self.segment(pair[0]), self.segment(pair[1]));
            let one_after_the_other =
                one.end_ms.zip(two.start_ms).is_some_and(|(end, start)| end <= start + 1.0);
            failed(one) && one_after_the_other && attempt(pair[1]) == Some(first)
        };
        1 + children.windows(2).take_while(|pair| follows(pair)).count()
    }

    /// What the own time of a span is called where it is said where the time went.
    fn part(&self, span: &Span) -> Cow<'static, str> {
        match span.kind {
            SpanKind::Wait(Wait::Backoff { .. }) => "backoff".into(),
            SpanKind::Wait(Wait::ColdStart) => "waiting for a cold start".into(),
            SpanKind::Wait(Wait::Silence { .. }) => "silence".into(),
            SpanKind::Wait(Wait::Begin | Wait::Ready) | SpanKind::Attempts { .. } => "waiting".into(),
            SpanKind::Told => span.title.clone().into(),
            SpanKind::Logged | SpanKind::Listed => path::OWN.into(),
            SpanKind::Segment(index) => part_of(self.segment(index)),
        }
    }
}

/// What Lambda's attempts at an asynchronous request are called together.
pub(super) const ATTEMPTS: &str = "Attempts";

/// What a segment is an attempt at, as far as its name says: that without its number.
fn tries(segment: &Segment) -> &str {
    segment.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#' || c == ' ')
}

/// A span with nothing but its name.
pub(super) fn leaf(key: SpanKey, kind: SpanKind) -> Span {
    Span {
        key,
        kind,
        title: String::new(),
        status: "".into(),
        mark: Mark::Ok,
        start_ms: None,
        end_ms: None,
        self_ms: 0.0,
        depth: 0,
        parent: None,
        below: 0,
        critical: false,
        oddity: None,
        folded: false,
    }
}

/// A key of something that no segment names.
pub(super) fn named(place: Place, id: &str) -> SpanKey {
    SpanKey { place, id: Arc::from(id) }
}
