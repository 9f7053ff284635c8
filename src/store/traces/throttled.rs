//! Attempts that Lambda refused, as a trace tells of them: no log does.
//!
//! Three things tell of one: an `Attempt #n` below Lambda's own segment, which an asynchronous request has for each try;
//! that segment itself, where the function's is missing; the call of whoever invoked it. A segment of Lambda is
//! believed before a call, since a call says when it was made and not when it was refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{RequestId, Segment, Timestamp, TraceId};

use super::Tree;

/// The throttled attempts at a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttled {
    /// The function that did not run; raw text.
    pub function: Arc<str>,
    /// The request.
    pub request: RequestId,
    /// The trace that tells.
    pub trace: Option<TraceId>,
    /// When each was refused, in order.
    pub at: Vec<Timestamp>,
}

impl Throttled {
    /// Those that a trace tells of, in `region`; without a request id there is nothing to name one by.
    #[must_use]
    pub fn of(tree: &Tree, trace: TraceId, region: &str) -> Vec<Self> {
        let mut told: BTreeMap<(Arc<str>, RequestId), (bool, Vec<Timestamp>)> = BTreeMap::new();
        for (index, node) in tree.nodes.iter().enumerate() {
            let segment = &node.segment;
            let Some(request) = segment.call.request_id.as_deref().and_then(RequestId::parse) else {
                continue;
            };
            if segment.call.region.as_deref().is_some_and(|own| own != region) {
                continue;
            }
            let by_lambda = segment.origin.as_deref() == Some("AWS::Lambda");
            let (function, at) = if by_lambda {
                (segment.name.as_ref(), refused(tree, index))
            } else if is_invoke(segment) && is_throttled(segment) {
                (segment.call.resource.as_deref().unwrap_or_default(), begin(segment).into_iter().collect())
            } else {
                continue;
            };
            let function = name_of(function);
            if function.is_empty() || at.is_empty() {
                continue;
            }
            let (known, held) = told.entry((function.into(), request)).or_default();
            if by_lambda && !*known {
                held.clear();
            }
            if by_lambda || !*known {
                held.extend(at);
            }
            *known |= by_lambda;
        }
        told.into_iter()
            .map(|((function, request), (_, mut at))| {
                at.sort_unstable();
                at.dedup();
                Self { function, request, trace: Some(trace), at }
            })
            .collect()
    }
}

/// When the attempts below a segment of Lambda were refused.
fn refused(tree: &Tree, index: usize) -> Vec<Timestamp> {
    let below = || {
        let nodes = &tree.nodes[index + 1..=index + tree.nodes[index].below];
        nodes.iter().filter(move |node| node.parent == Some(index)).map(|node| &node.segment)
    };
    let attempts = || below().filter(|segment| segment.name.starts_with("Attempt #"));
    if attempts().next().is_some() {
        return attempts().filter(|segment| is_throttled(segment)).filter_map(begin).collect();
    }
    let ran = below().any(|segment| segment.origin.as_deref() == Some("AWS::Lambda::Function"));
    let own = &tree.nodes[index].segment;
    if ran || !is_throttled(own) { Vec::new() } else { begin(own).into_iter().collect() }
}

fn is_throttled(segment: &Segment) -> bool {
    !segment.in_progress && (segment.throttle || segment.call.status == Some(429))
}

fn is_invoke(segment: &Segment) -> bool {
    segment.namespace.as_deref() == Some("aws")
        && segment.call.operation.as_deref().is_some_and(|operation| operation.starts_with("Invoke"))
}

fn begin(segment: &Segment) -> Option<Timestamp> {
    segment.start_ms.map(|ms| Timestamp::from_millis(ms as i64)).filter(|at| at.is_plausible())
}

/// The name of a function that was called by its name, its ARN or a part of that, with or without a version or alias.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>, `FunctionName`.
fn name_of(called: &str) -> &str {
    let name = called.rsplit_once("function:").map_or(called, |(_, name)| name);
    name.split(':').next().unwrap_or_default()
}
