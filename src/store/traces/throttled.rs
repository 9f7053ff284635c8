//! Attempts that Lambda refused, as a trace tells of them: no log does.
//!
//! Three things tell of one: an `Attempt #n` below Lambda's own segment, which an asynchronous request has for each try;
//! that segment itself, where the function's is missing; the call of whoever invoked it. A segment of Lambda is
//! believed before a call, since a call says when it was made and not when it was refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::{RequestId, Segment, Timestamp, TraceId};

use super::{Node, Tree};

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
        let mut below = below(tree);
        let mut told: BTreeMap<(Arc<str>, RequestId), (bool, Vec<Timestamp>)> = BTreeMap::new();
        for (index, node) in tree.nodes.iter().enumerate() {
            let segment = &node.segment;
            let Some(request) = segment.call.request_id.as_deref().and_then(RequestId::parse) else {
                continue;
            };
            if segment.call.region.as_deref().is_some_and(|own| own != region) {
                continue;
            }
            let by_lambda = is_lambda(segment);
            let (function, at) = if by_lambda {
                let Below { tried, refused, ran } = below.remove(&index).unwrap_or_default();
                let own = begin(segment).filter(|_| !ran && is_throttled(segment));
                (segment.name.as_ref(), if tried { refused } else { own.into_iter().collect() })
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

/// What stands right below a segment of Lambda.
#[derive(Default)]
struct Below {
    /// It tells of each attempt.
    tried: bool,
    /// When those were refused that were.
    refused: Vec<Timestamp>,
    /// The function's own segment.
    ran: bool,
}

/// What stands below each segment of Lambda, by its index.
fn below(tree: &Tree) -> HashMap<usize, Below> {
    let mut below: HashMap<usize, Below> = HashMap::new();
    for Node { segment, parent, .. } in &tree.nodes {
        let Some(parent) = parent.filter(|parent| is_lambda(&tree.nodes[*parent].segment)) else { continue };
        let entry = below.entry(parent).or_default();
        entry.ran |= segment.origin.as_deref() == Some("AWS::Lambda::Function");
        if segment.name.starts_with("Attempt #") {
            entry.tried = true;
            entry.refused.extend(begin(segment).filter(|_| is_throttled(segment)));
        }
    }
    below
}

fn is_lambda(segment: &Segment) -> bool {
    segment.origin.as_deref() == Some("AWS::Lambda")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::xray;

    const REQUEST: &str = "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9";

    /// What these documents tell: the function and the seconds at which it was refused.
    fn told(documents: &[&str]) -> Vec<(String, Vec<i64>)> {
        let segments = documents.iter().flat_map(|document| {
            let document = document.replace("$A", REQUEST);
            xray::document(&document, None).expect("a document")
        });
        let trace = TraceId::parse("1-6a507b87-000000000000000000000001").expect("an id");
        let all = Throttled::of(&Tree::of(segments), trace, "eu-west-1");
        let seconds = |one: &Throttled| one.at.iter().map(|at| at.millis() / 1_000 - 1_772_366_400).collect();
        all.iter().map(|one| (one.function.to_string(), seconds(one))).collect()
    }

    fn of(function: &str, at: &[i64]) -> Vec<(String, Vec<i64>)> {
        vec![(function.to_owned(), at.to_vec())]
    }

    const ASYNC: &str = r#"{"id":"1000000000000001","name":"mailer","origin":"AWS::Lambda","start_time":1772366400.0,
        "end_time":1772366408.0,"http":{"response":{"status":202}},"aws":{"request_id":"$A"},"subsegments":[
        {"id":"1000000000000002","name":"Dwell Time","start_time":1772366400.0,"end_time":1772366401.0},
        {"id":"1000000000000003","name":"Attempt #1","start_time":1772366401.0,"end_time":1772366401.1,
         "throttle":true,"http":{"response":{"status":429}}},
        {"id":"1000000000000004","name":"Attempt #2","start_time":1772366403.0,"end_time":1772366403.1,
         "http":{"response":{"status":429}}},
        {"id":"1000000000000005","name":"Attempt #3","start_time":1772366407.0,"end_time":1772366408.0,
         "http":{"response":{"status":200}}}]}"#;

    #[test]
    fn the_attempts_at_an_asynchronous_request_that_were_answered_429_are_throttled_ones() {
        assert_eq!(told(&[ASYNC]), of("mailer", &[1, 3]));
        let fine = ASYNC.replace("429", "500").replace(r#""throttle":true,"#, "");
        assert_eq!(told(&[&fine]), [], "it failed, which its log tells");
    }

    const REFUSED: &str = r#"{"id":"1000000000000001","name":"cart","origin":"AWS::Lambda","parent_id":"2000000000000002",
        "start_time":1772366402.0,"end_time":1772366402.1,"error":true,"throttle":true,
        "http":{"response":{"status":429}},"aws":{"request_id":"$A"}}"#;
    const CALLER: &str = r#"{"id":"2000000000000001","name":"shop","origin":"AWS::Lambda::Function","start_time":1772366400.0,
        "end_time":1772366409.0,"subsegments":[{"id":"2000000000000002","name":"Lambda","namespace":"aws",
        "start_time":1772366401.0,"end_time":1772366403.0,"throttle":true,"http":{"response":{"status":429}},
        "aws":{"operation":"Invoke","region":"eu-west-1","request_id":"$A",
        "function_name":"arn:aws:lambda:eu-west-1:123456789012:function:cart:live"}}]}"#;

    #[test]
    fn a_call_that_lambda_refused_is_told_by_its_segment_or_else_by_the_call() {
        assert_eq!(told(&[REFUSED]), of("cart", &[2]));
        assert_eq!(told(&[CALLER]), of("cart", &[1]), "whatever it was called by");
        assert_eq!(told(&[CALLER, REFUSED]), of("cart", &[2]), "one attempt, and Lambda's own time");
        assert_eq!(told(&[REFUSED, CALLER]), of("cart", &[2]), "in whatever order they come");
    }

    #[test]
    fn what_ran_what_goes_on_and_what_nothing_names_is_no_throttled_request() {
        let ran = r#"{"id":"1000000000000009","name":"cart","origin":"AWS::Lambda::Function","parent_id":"1000000000000001",
            "start_time":1772366402.0,"end_time":1772366402.1}"#;
        assert_eq!(told(&[REFUSED, ran]), [], "it ran: what it called was throttled");
        let goes_on = REFUSED.replace(r#""end_time":1772366402.1"#, r#""in_progress":true"#);
        assert_eq!(told(&[&goes_on]), []);
        assert_eq!(told(&[&REFUSED.replace("$A", "")]), [], "without an id there is no request");
        let table = CALLER.replace("Invoke", "PutItem");
        assert_eq!(told(&[&table]), [], "a table is no function");
        let elsewhere = CALLER.replace(r#""region":"eu-west-1""#, r#""region":"us-east-1""#);
        assert_eq!(told(&[&elsewhere]), [], "a function of that name in another region");
    }
}
