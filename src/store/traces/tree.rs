//! Segments to a tree.
//!
//! Documents come in any order, twice, in pieces, without their parents, and hostile ones in circles. What is laid out
//! here is always a forest in which every node can be reached: a node without its parent is a root that says so, and
//! a circle is cut at the node that began first.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Segment;

/// What is odd about a node's place in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// Its parent has not arrived: it stands as a root.
    Orphan,
    /// Its ancestors led back to it: the circle is cut here.
    Circle,
    /// It begins before its parent or ends after it: clocks differ, or it was not waited for.
    Outside,
}

/// One node, at its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What happened.
    pub segment: Segment,
    /// How many nodes lie above it; a root has none.
    pub depth: usize,
    /// Index of its parent in [`Tree::nodes`].
    pub parent: Option<usize>,
    /// How many nodes lie below it: they stand right behind it.
    pub below: usize,
    /// What is odd about it.
    pub oddity: Option<Oddity>,
    /// The part of its time that none of its children covers, in ms.
    pub self_ms: f64,
}

/// A trace laid out: parents before their children, siblings by their start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The nodes, in the order in which they are drawn.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// Lays out the segments of a trace. Time and memory grow with their number (times its logarithm), not with depth.
    #[must_use]
    pub fn of(segments: impl IntoIterator<Item = Segment>) -> Self {
        let segments = merged(segments);
        let (parents, oddities) = parents(&segments);
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); segments.len()];
        let mut roots = Vec::new();
        for (index, parent) in parents.iter().enumerate() {
            match parent {
                Some(parent) => children[*parent].push(index),
                None => roots.push(index),
            }
        }
        let by_start = |one: &usize, two: &usize| {
            start(&segments[*one]).total_cmp(&start(&segments[*two])).then(one.cmp(two))
        };
        roots.sort_by(by_start);
        for list in &mut children {
            list.sort_by(by_start);
        }

        let mut order = Vec::with_capacity(segments.len());
        let mut place = vec![0; segments.len()];
        let mut open: Vec<usize> = roots.into_iter().rev().collect();
        while let Some(index) = open.pop() {
            place[index] = order.len();
            order.push(index);
            open.extend(children[index].iter().rev());
        }

        let self_times: Vec<f64> =
            (0..segments.len()).map(|index| self_ms(&segments, index, &children[index])).collect();
        let mut segments: Vec<Option<Segment>> = segments.into_iter().map(Some).collect();
        let mut nodes: Vec<Node> = Vec::with_capacity(order.len());
        for index in order {
            // Every index stands in the order once: it is a walk over a forest.
            let Some(segment) = segments[index].take() else { continue };
            let parent = parents[index].map(|parent| place[parent]);
            let depth = parent.map_or(0, |parent| nodes[parent].depth + 1);
            let outside = || parent.is_some_and(|parent| lies_outside(&segment, &nodes[parent].segment));
            let oddity = oddities[index].or_else(|| outside().then_some(Oddity::Outside));
            nodes.push(Node { segment, depth, parent, below: 0, oddity, self_ms: self_times[index] });
        }
        for index in (0..nodes.len()).rev() {
            if let Some(parent) = nodes[index].parent {
                nodes[parent].below += nodes[index].below + 1;
            }
        }
        Self { nodes }
    }

    /// Whether all that has come of it has ended.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.nodes.iter().any(|node| node.segment.in_progress)
    }

    /// Its roots.
    pub fn roots(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.parent.is_none())
    }

    /// When the first node began and the last one ended, in ms since 1970-01-01T00:00:00Z; `None` if no node says.
    #[must_use]
    pub fn span(&self) -> Option<(f64, f64)> {
        let starts = self.nodes.iter().filter_map(|node| node.segment.start_ms);
        let first = starts.reduce(f64::min)?;
        let ends = self.nodes.iter().filter_map(|node| node.segment.end_ms.or(node.segment.start_ms));
        Some((first, ends.fold(first, f64::max)))
    }
}

/// Each node once: of two with one id, the one that is complete, else the later one.
fn merged(segments: impl IntoIterator<Item = Segment>) -> Vec<Segment> {
    let mut kept: Vec<Segment> = Vec::new();
    let mut known: HashMap<Arc<str>, usize> = HashMap::new();
    for segment in segments {
        let Some(id) = segment.id.clone() else {
            kept.push(segment);
            continue;
        };
        match known.get(&id) {
            None => {
                known.insert(id, kept.len());
                kept.push(segment);
            }
            Some(&at) => {
                let before = &mut kept[at];
                let worse = segment.in_progress && !before.in_progress;
                // Either may lack what only the place of the other told.
                let (parent, trace_id) = (before.parent.clone(), before.trace_id.clone());
                if !worse {
                    let kind = if before.kind.is_subsegment() { before.kind } else { segment.kind };
                    *before = Segment { kind, ..segment };
                }
                before.parent = before.parent.take().or(parent);
                before.trace_id = before.trace_id.take().or(trace_id);
            }
        }
    }
    kept
}

/// The parent of each node, and what is odd about those that should have one.
fn parents(segments: &[Segment]) -> (Vec<Option<usize>>, Vec<Option<Oddity>>) {
    let index: HashMap<&str, usize> =
        segments.iter().enumerate().filter_map(|(at, segment)| Some((segment.id.as_deref()?, at))).collect();
    let mut oddities = vec![None; segments.len()];
    let mut parents: Vec<Option<usize>> = segments
        .iter()
        .enumerate()
        .map(|(at, segment)| {
            let found = index.get(segment.parent.as_deref()?).copied();
            if found.is_none() {
                oddities[at] = Some(Oddity::Orphan);
            }
            found
        })
        .collect();

    // 0: not looked at; else the number of the walk that came by.
    let mut seen = vec![0_usize; segments.len()];
    for first in 0..segments.len() {
        let walk = first + 1;
        let mut at = first;
        while seen[at] == 0 {
            seen[at] = walk;
            let Some(parent) = parents[at] else { break };
            at = parent;
        }
        if seen[at] != walk || parents[at].is_none() {
            continue;
        }
        // Back at a node of this walk: a circle.
        let mut earliest = at;
        let mut next = parents[at];
        while let Some(other) = next.filter(|other| *other != at) {
            if start(&segments[other]).total_cmp(&start(&segments[earliest])) == Ordering::Less {
                earliest = other;
            }
            next = parents[other];
        }
        parents[earliest] = None;
        oddities[earliest] = Some(Oddity::Circle);
    }
    (parents, oddities)
}

/// What a node is sorted by; one without a time stands last.
fn start(segment: &Segment) -> f64 {
    segment.start_ms.unwrap_or(f64::INFINITY)
}

/// The part of a node's time that its children do not cover.
fn self_ms(segments: &[Segment], index: usize, children: &[usize]) -> f64 {
    let (Some(from), Some(to)) = (segments[index].start_ms, segments[index].end_ms) else { return 0.0 };
    let mut covered = 0.0;
    let mut reached = from;
    // Children stand by their start.
    for child in children {
        let (Some(start), Some(end)) = (segments[*child].start_ms, segments[*child].end_ms) else { continue };
        let (start, end) = (start.max(reached), end.min(to));
        if end > start {
            covered += end - start;
            reached = end;
        }
    }
    (to - from - covered).max(0.0)
}

/// Clocks are compared to the millisecond.
fn lies_outside(segment: &Segment, parent: &Segment) -> bool {
    let before = segment.start_ms.zip(parent.start_ms).is_some_and(|(own, outer)| own < outer - 1.0);
    let after = segment.end_ms.zip(parent.end_ms).is_some_and(|(own, outer)| own > outer + 1.0);
    before || after
}

#[cfg(test)]
mod tests;
