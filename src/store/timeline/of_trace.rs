//! Segments to spans: attempts of one operation stand below one span, and gaps that can be named are spans too.

use std::borrow::Cow;
use std::sync::Arc;

use super::path;
use super::{Mark, Place, Span, SpanKey, SpanKind, Timeline, Wait, count_below};
use crate::model::{Invocation, Outcome, Segment, SegmentKind};
use crate::store::traces::{Node, Oddity, Tree, title};

/// Shortest pause between two attempts that is worth a row, ms.
const LEAST_BACKOFF: f64 = 1.0;
/// Shortest stretch that a function tells of itself and that is worth a row, ms.
const LEAST_TOLD: f64 = 0.5;
/// And as a part of the whole.
const LEAST_TOLD_PART: f64 = 0.005;
/// Shortest other wait that is, as a part of the whole.
const LEAST_WAIT: f64 = 0.01;
/// And in ms: a hand-over takes some.
const LEAST_WAIT_MS: f64 = 10.0;
/// An init that ended so long before the request was not waited for and is not part of the axis, ms.
const AHEAD: f64 = 1_000.0;
/// What a function's segment tells of itself in annotations, in the order in which it happens, each in ms.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>.
const TOLD: [(&str, &str); 3] = [
    ("aws.responseDuration", "response streaming"),
    ("aws.runtimeOverhead", "overhead"),
    ("aws.extensionOverhead", "extensions"),
];

/// What is laid out next.
enum Item {
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

struct Layout<'a> {
    tree: &'a Tree,
    invocations: &'a [&'a Invocation],
    zero_ms: f64,
    length_ms: f64,
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
        Timeline { zero_ms: self.zero_ms, length_ms: self.length_ms, spans, parts, skew_ms: 0.0 }
    }

    fn segment(&self, index: usize) -> &Segment {
        &self.tree.nodes[index].segment
    }

    /// The children of a node, by their start.
    fn children(&self, index: usize) -> Vec<usize> {
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

    fn on_axis(&self, ms: Option<f64>) -> Option<f64> {
        ms.map(|ms| ms - self.zero_ms)
    }

    fn key(&self, index: usize, place: Place) -> SpanKey {
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
            oddity: node.oddity,
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
    fn ended(&self, segment: &Segment, outcome: Outcome) -> bool {
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
        Span {
            title: title(first),
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
            let name = segment.name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '#' || c == ' ');
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

    fn wait(
        &self,
        wait: Wait,
        from: Option<f64>,
        to: Option<f64>,
        least: f64,
        before: usize,
    ) -> Option<Item> {
        let (from, to) = from.zip(to)?;
        if to - from < least {
            return None;
        }
        let title = match wait {
            Wait::Backoff { .. } => "retry backoff".to_owned(),
            Wait::ColdStart => "waiting for a cold start".to_owned(),
            Wait::Begin => format!("waiting before {} began", self.segment(before).name),
            Wait::Ready => "ready, and no request".to_owned(),
            Wait::Silence { timeout: true } => "silent until the timeout".to_owned(),
            Wait::Silence { timeout: false } => "silent until the end".to_owned(),
        };
        let place = if matches!(wait, Wait::Silence { .. }) { Place::Silence } else { Place::Before };
        let key = self.key(before, place);
        Some(Item::Leaf(Box::new(Span {
            title,
            start_ms: self.on_axis(Some(from)),
            end_ms: self.on_axis(Some(to)),
            mark: Mark::Quiet,
            ..leaf(key, SpanKind::Wait(wait))
        })))
    }

    fn least_wait(&self) -> f64 {
        (self.length_ms * LEAST_WAIT).max(LEAST_WAIT_MS)
    }

    /// The wait before another service's work began, which it was called for.
    fn before(&self, own: &Segment, first: usize) -> Option<Item> {
        let inner = self.segment(first);
        if inner.kind != SegmentKind::Segment {
            return None;
        }
        let from = match (own.end_ms, inner.start_ms) {
            // The call had returned: what it left is worked on later.
            (Some(end), Some(start)) if start > end => Some(end),
            _ => own.start_ms,
        };
        let cold = self.children(first).into_iter().map(|child| self.segment(child)).any(|child| {
            is_init(child) && child.start_ms.zip(from).is_some_and(|(start, from)| start >= from)
        });
        let wait = if cold { Wait::ColdStart } else { Wait::Begin };
        self.wait(wait, from, inner.start_ms, self.least_wait(), first)
    }

    /// The time between an init and what came behind it.
    fn ready(&self, own: &Segment, init: usize, next: Option<usize>) -> Option<Item> {
        if !is_code(own) || !is_init(self.segment(init)) {
            return None;
        }
        let next = next?;
        let to = self.segment(next).start_ms;
        // What an SDK traces of itself in an init says nothing of a wait.
        if self.segment(next).start_ms < self.segment(init).end_ms {
            return None;
        }
        let begin = own.start_ms.filter(|start| Some(*start) > self.segment(init).end_ms);
        let to = begin.or(to.filter(|_| &*self.segment(next).name == "Invocation"));
        self.wait(Wait::Ready, self.segment(init).end_ms, to, self.least_wait(), next)
    }

    /// The time from the last that was heard of a function to the timeout that ended it.
    fn silence(&self, index: usize, children: &[usize]) -> Option<Item> {
        let own = self.segment(index);
        let code = if is_code(own) { Some(own) } else { self.code_above(index) };
        let timeout = self.ended(code?, Outcome::Timeout);
        let named = |index: &usize| &*self.segment(*index).name;
        // Where there is an Invocation below, it is silent, not what is around it.
        let inner = children.iter().any(|child| named(child) == "Invocation");
        if !timeout || inner || !is_code(own) && &*own.name != "Invocation" {
            return None;
        }
        let mut last = own.start_ms;
        for child in children {
            // What has not ended is what was waited for.
            let end = self.segment(*child).end_ms?;
            last = last.map(|last| last.max(end));
        }
        self.wait(Wait::Silence { timeout }, last, own.end_ms, self.least_wait(), index)
    }

    /// The function's segment that a node lies right below.
    fn code_above(&self, index: usize) -> Option<&Segment> {
        let parent = self.tree.nodes[index].parent?;
        Some(self.segment(parent)).filter(|segment| is_code(segment))
    }

    /// What a function's segment tells of its own time.
    fn told(&self, index: usize, children: &[usize]) -> Vec<Item> {
        let own = self.segment(index);
        if !is_code(own) || own.annotations.is_empty() {
            return Vec::new();
        }
        let said = |name: &str| {
            let (_, value) = own.annotations.iter().find(|(key, _)| &**key == name)?;
            value.parse::<f64>().ok().filter(|ms| ms.is_finite() && *ms >= 0.0)
        };
        let init = children.iter().rev().find(|child| is_init(self.segment(**child)));
        let begin = init.and_then(|init| self.segment(*init).end_ms).into_iter().chain(own.start_ms);
        let Some(begin) = begin.reduce(f64::max) else { return Vec::new() };
        let mut at = begin + said("aws.responseLatency").unwrap_or(0.0);
        let mut items = Vec::new();
        for (number, (name, title)) in (0..).zip(TOLD) {
            let Some(took) = said(name) else { continue };
            at += took;
            if took < LEAST_TOLD.max(self.length_ms * LEAST_TOLD_PART) {
                continue;
            }
            items.push(Item::Leaf(Box::new(Span {
                title: title.to_owned(),
                start_ms: self.on_axis(Some(at - took)),
                end_ms: self.on_axis(Some(at)),
                ..leaf(self.key(index, Place::Told(number)), SpanKind::Told)
            })));
        }
        items
    }

    /// What the own time of a span is called where it is said where the time went.
    fn part(&self, span: &Span) -> Cow<'static, str> {
        match span.kind {
            SpanKind::Wait(Wait::Backoff { .. }) => "backoff".into(),
            SpanKind::Wait(Wait::ColdStart) => "waiting for a cold start".into(),
            SpanKind::Wait(Wait::Silence { .. }) => "silence".into(),
            SpanKind::Wait(Wait::Begin | Wait::Ready) | SpanKind::Attempts { .. } => "waiting".into(),
            SpanKind::Told => span.title.clone().into(),
            SpanKind::Logged => path::OWN.into(),
            SpanKind::Segment(index) => part_of(self.segment(index)),
        }
    }
}

fn part_of(segment: &Segment) -> Cow<'static, str> {
    match &*segment.name {
        "Init" | "Initialization" => return "init".into(),
        "Restore" => return "restore".into(),
        "Overhead" => return "overhead".into(),
        // An asynchronous event in Lambda's own queue.
        "Dwell Time" => return "queue".into(),
        _ => {}
    }
    match (segment.namespace.as_deref(), segment.origin.as_deref()) {
        (Some("aws"), _) => segment.name.to_string().into(),
        (Some(_), _) => match &segment.call.method {
            Some(method) => format!("{method} {}", host(&segment.name)).into(),
            None => segment.name.to_string().into(),
        },
        (None, Some("AWS::Lambda::Function")) => path::OWN.into(),
        (None, Some(origin)) => match origin.split("::").nth(1).unwrap_or(origin) {
            "ApiGateway" => "API Gateway".into(),
            service => service.to_owned().into(),
        },
        (None, None) if segment.kind == SegmentKind::Segment => segment.name.to_string().into(),
        (None, None) => path::OWN.into(),
    }
}

/// A host without its domain, where that is enough to know it by.
fn host(name: &str) -> &str {
    let first = name.split('.').next().unwrap_or(name);
    let telling = first.len() > 3 && !first.bytes().all(|byte| byte.is_ascii_digit());
    if telling { first } else { name }
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

/// Whether it is a function's code, not the service that ran it.
fn is_code(segment: &Segment) -> bool {
    segment.origin.as_deref() == Some("AWS::Lambda::Function")
}

/// Whether it is what a new environment was waited for.
fn is_init(segment: &Segment) -> bool {
    segment.kind.is_subsegment() && matches!(&*segment.name, "Init" | "Initialization" | "Restore")
}

fn failed(segment: &Segment) -> bool {
    segment.fault || segment.error || segment.throttle
}

fn mark(segment: &Segment) -> Mark {
    match () {
        () if segment.throttle => Mark::Throttle,
        () if segment.fault || segment.error => Mark::Error,
        () if segment.in_progress || segment.end_ms.is_none() && segment.start_ms.is_some() => Mark::Open,
        () if is_init(segment) => Mark::Cold,
        () => Mark::Ok,
    }
}

fn status(segment: &Segment) -> Cow<'static, str> {
    if let Some(status) = segment.call.status {
        return status.to_string().into();
    }
    match mark(segment) {
        Mark::Throttle => "throttle".into(),
        Mark::Error if segment.fault => "fault".into(),
        Mark::Error => "error".into(),
        Mark::Open => "running".into(),
        Mark::Cold => "cold".into(),
        _ => "".into(),
    }
}

/// How far a node lies outside of its parent, ms, as far as that can be a difference of clocks: work that goes on behind
/// the one that asked for it is none.
fn beyond(segment: &Segment, parent: &Segment) -> f64 {
    let before = segment.start_ms.zip(parent.start_ms).map_or(0.0, |(own, outer)| outer - own);
    if is_init(segment) { 0.0 } else { before.max(0.0) }
}
