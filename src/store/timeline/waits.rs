//! Waits that can be named, and what a function's segment tells of its own time.

use super::of_trace::{Item, Layout, leaf};
use super::segment::{is_code, is_init};
use super::{Mark, Place, Span, SpanKind, Wait};
use crate::model::{Outcome, Segment, SegmentKind};

/// Shortest stretch that a function tells of itself and that is worth a row, ms.
const LEAST_TOLD: f64 = 1.0;
/// And as a part of the whole.
const LEAST_TOLD_PART: f64 = 0.005;
/// Shortest other wait that is, as a part of the whole.
const LEAST_WAIT: f64 = 0.01;
/// And in ms: a hand-over takes some.
const LEAST_WAIT_MS: f64 = 10.0;
/// What a function's segment tells of itself in annotations, in the order in which it happens, each in ms; what it is
/// called, and what it means.
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>.
pub(super) const TOLD: [(&str, &str, &str); 3] = [
    (
        "aws.responseDuration",
        "response streaming",
        "the answer was on its way, from its first byte to its last",
    ),
    (
        "aws.runtimeOverhead",
        "overhead",
        "the runtime had work to do behind the answer, before it could take another request",
    ),
    (
        "aws.extensionOverhead",
        "extensions",
        "extensions went on behind the answer: the environment was busy for so long, and it is billed",
    ),
];

impl Layout<'_> {
    pub(super) fn wait(
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

    pub(super) fn least_wait(&self) -> f64 {
        (self.length_ms * LEAST_WAIT).max(LEAST_WAIT_MS)
    }

    /// The wait before another service's work began, which it was called for.
    pub(super) fn before(&self, own: &Segment, first: usize) -> Option<Item> {
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
    pub(super) fn ready(&self, own: &Segment, init: usize, next: Option<usize>) -> Option<Item> {
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
    pub(super) fn silence(&self, index: usize, children: &[usize]) -> Option<Item> {
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
    pub(super) fn code_above(&self, index: usize) -> Option<&Segment> {
        let parent = self.tree.nodes[index].parent?;
        Some(self.segment(parent)).filter(|segment| is_code(segment))
    }

    /// What a function's segment tells of its own time.
    pub(super) fn told(&self, index: usize, children: &[usize]) -> Vec<Item> {
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
        for (number, (name, title, _)) in (0..).zip(TOLD) {
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
}
