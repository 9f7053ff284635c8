//! The traces that are held: summaries by their start, whole traces by their id, the newest map of services.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use crate::model::{
    ServiceMap, Timestamp, TraceAnswer, TraceBackend, TraceDocuments, TraceId, TraceList, TraceMissing,
    TraceSummary,
};

use super::Tree;

/// Summaries that are held; the oldest go first.
const MOST_SUMMARIES: usize = 20_000;
/// Segments and subsegments of whole traces that are held; the traces that were told least lately go first.
const MOST_NODES: usize = 200_000;

/// A trace as it was told last.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldTrace {
    /// Which trace.
    pub id: TraceId,
    /// When something was last told of it.
    pub at: Timestamp,
    /// What is known of it.
    pub state: TraceState,
}

/// What is known of a trace that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum TraceState {
    /// Its segments, as far as they have come.
    Known {
        /// Laid out.
        tree: Arc<Tree>,
        /// Documents that could not be read.
        unreadable: u32,
        /// X-Ray cut it off.
        truncated: bool,
        /// It came from Transaction Search.
        retrieved: bool,
    },
    /// It is not there.
    Missing(TraceMissing),
}

impl HeldTrace {
    /// Its tree, if it is there.
    #[must_use]
    pub fn tree(&self) -> Option<&Arc<Tree>> {
        match &self.state {
            TraceState::Known { tree, .. } => Some(tree),
            TraceState::Missing(_) => None,
        }
    }
}

/// All that is held of traces. Bounded: see [`Traces::evicted`].
#[derive(Clone, Debug, Default)]
pub struct Traces {
    backend: Option<TraceBackend>,
    /// The expression that the summaries answer to.
    expression: Arc<str>,
    summaries: BTreeMap<(Timestamp, TraceId), TraceSummary>,
    starts: HashMap<TraceId, Timestamp>,
    seen_to: Option<Timestamp>,
    evicted: u64,
    whole: HashMap<TraceId, HeldTrace>,
    /// Told least lately first.
    told: VecDeque<TraceId>,
    nodes: usize,
    map: Option<Arc<ServiceMap>>,
    revision: u64,
}

impl Traces {
    /// Takes in where traces are kept.
    pub fn backend_is(&mut self, backend: TraceBackend) {
        self.backend = Some(backend);
        self.revision += 1;
    }

    /// Takes in summaries. Those of another expression than before replace all that were held.
    pub fn list(&mut self, list: TraceList) {
        if self.expression != list.expression {
            self.summaries.clear();
            self.starts.clear();
            self.seen_to = None;
            self.evicted = 0;
            self.expression = list.expression;
        }
        self.seen_to = self.seen_to.max(list.read.map(|read| read.end));
        for summary in list.traces {
            self.summary(summary);
        }
        while self.summaries.len() > MOST_SUMMARIES {
            let Some(((_, id), _)) = self.summaries.pop_first() else { break };
            self.starts.remove(&id);
            self.evicted += 1;
        }
        self.revision += 1;
    }

    fn summary(&mut self, summary: TraceSummary) {
        if let Some(start) = self.starts.get(&summary.id).copied() {
            let key = (start, summary.id);
            if self.summaries.get(&key).is_some_and(|held| held.revision > summary.revision) {
                return;
            }
            self.summaries.remove(&key);
        }
        self.starts.insert(summary.id, summary.start);
        self.summaries.insert((summary.start, summary.id), summary);
    }

    /// Takes in the answer to a question for traces. One that was there and is missing now stays.
    pub fn answer(&mut self, answer: TraceAnswer) {
        for found in answer.found {
            let TraceDocuments { id, segments, unreadable, truncated, retrieved } = found;
            let tree = Arc::new(Tree::of(segments));
            self.nodes += tree.nodes.len();
            self.hold(HeldTrace {
                id,
                at: answer.at,
                state: TraceState::Known { tree, unreadable, truncated, retrieved },
            });
        }
        for (id, why) in answer.missing {
            if self.whole.get(&id).is_none_or(|held| held.tree().is_none()) {
                self.hold(HeldTrace { id, at: answer.at, state: TraceState::Missing(why) });
            }
        }
        while self.nodes > MOST_NODES && self.told.len() > 1 {
            let Some(id) = self.told.pop_front() else { break };
            let gone = self.whole.remove(&id);
            self.nodes -= gone.as_ref().and_then(HeldTrace::tree).map_or(0, |tree| tree.nodes.len());
        }
        self.revision += 1;
    }

    fn hold(&mut self, held: HeldTrace) {
        let id = held.id;
        let before = self.whole.insert(id, held);
        if let Some(before) = before {
            self.nodes -= before.tree().map_or(0, |tree| tree.nodes.len());
            self.told.retain(|told| *told != id);
        }
        self.told.push_back(id);
    }

    /// Takes in the map of services.
    pub fn map_is(&mut self, map: ServiceMap) {
        self.map = Some(Arc::new(map));
        self.revision += 1;
    }

    /// Where traces are kept, once that was told.
    #[must_use]
    pub const fn backend(&self) -> Option<&TraceBackend> {
        self.backend.as_ref()
    }

    /// The summaries that are held, the oldest first.
    #[must_use]
    pub fn summaries(&self) -> impl DoubleEndedIterator<Item = &TraceSummary> + ExactSizeIterator {
        self.summaries.values()
    }

    /// The summary of a trace, if it is held.
    #[must_use]
    pub fn summary_of(&self, id: TraceId) -> Option<&TraceSummary> {
        self.summaries.get(&(*self.starts.get(&id)?, id))
    }

    /// The expression that the summaries answer to.
    #[must_use]
    pub const fn expression(&self) -> &Arc<str> {
        &self.expression
    }

    /// Up to when all summaries that X-Ray had were read.
    #[must_use]
    pub const fn seen_to(&self) -> Option<Timestamp> {
        self.seen_to
    }

    /// Summaries that left because there were too many.
    #[must_use]
    pub const fn evicted(&self) -> u64 {
        self.evicted
    }

    /// A trace that was asked for.
    #[must_use]
    pub fn trace(&self, id: TraceId) -> Option<&HeldTrace> {
        self.whole.get(&id)
    }

    /// The newest map of services.
    #[must_use]
    pub const fn map(&self) -> Option<&Arc<ServiceMap>> {
        self.map.as_ref()
    }

    /// Changes whenever anything here does.
    #[must_use]
    pub const fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    fn id(number: u32) -> TraceId {
        TraceId::parse(&format!("1-6a507b87-{number:024x}")).unwrap()
    }

    fn summary(number: u32, start: i64, revision: u32) -> TraceSummary {
        TraceSummary {
            id: id(number),
            revision,
            start: Timestamp::from_secs(start),
            duration_ms: Some(1.0),
            response_ms: None,
            partial: false,
            fault: false,
            error: false,
            throttle: false,
            method: None,
            url: None,
            status: None,
            entry: None,
            services: Vec::new(),
            cause: None,
        }
    }

    fn list(expression: &str, traces: Vec<TraceSummary>) -> TraceList {
        let scope = Scope::new("123456789012", "eu-west-1");
        TraceList { scope, at: Timestamp::from_secs(9), expression: expression.into(), traces, read: None }
    }

    #[test]
    fn the_newest_revision_of_a_summary_stands_once_at_its_start() {
        let mut traces = Traces::default();
        traces.list(list("", vec![summary(1, 5, 2), summary(2, 4, 1)]));
        traces.list(list("", vec![summary(1, 3, 3), summary(1, 8, 1)]));
        let held: Vec<_> = traces.summaries().map(|held| (held.id, held.revision)).collect();
        assert_eq!(held, [(id(1), 3), (id(2), 1)]);
        traces.list(list("fault", vec![summary(7, 1, 1)]));
        assert_eq!(traces.summaries().len(), 1, "another question, another list");
    }

    #[test]
    fn a_trace_that_was_there_does_not_vanish() {
        let mut traces = Traces::default();
        let found = TraceDocuments {
            id: id(1),
            segments: Vec::new(),
            unreadable: 0,
            truncated: false,
            retrieved: false,
        };
        let scope = Scope::new("123456789012", "eu-west-1");
        let answer = |found, missing| TraceAnswer {
            scope: scope.clone(),
            at: Timestamp::from_secs(1),
            found,
            missing,
        };
        traces.answer(answer(vec![found], vec![(id(2), TraceMissing::Unknown)]));
        traces.answer(answer(Vec::new(), vec![(id(1), TraceMissing::Unprocessed)]));
        assert!(traces.trace(id(1)).unwrap().tree().is_some());
        assert_eq!(traces.trace(id(2)).unwrap().state, TraceState::Missing(TraceMissing::Unknown));
    }
}
