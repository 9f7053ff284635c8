//! Whole traces: from X-Ray by `BatchGetTraces`, from Transaction Search by a retrieval or out of the log group of spans.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{retrieval, spans};
use crate::model::{Failure, FailureKind, Timestamp, TraceBackend, TraceDocuments, TraceId, TraceMissing};
use crate::parse::xray;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::BATCH_GET_TRACES;
use crate::source::aws::pace::Lane;

/// Traces in one call of `BatchGetTraces`.
pub(super) const BATCH: usize = 5;
/// More pages than five traces fill.
const MOST_PAGES: usize = 100;

/// Where a trace is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// `BatchGetTraces`.
    Batch,
    /// `StartTraceRetrieval` and `ListRetrievedTraces`.
    Retrieval,
    /// The log group `aws/spans`, by `FilterLogEvents`.
    Spans,
}

impl Way {
    /// The ways that may lead to a trace, the best first. With Transaction Search on, X-Ray has only what came before.
    pub const fn all(backend: &TraceBackend) -> &'static [Self] {
        match backend {
            TraceBackend::XRay => &[Self::Batch],
            TraceBackend::TransactionSearch { .. } => &[Self::Retrieval, Self::Spans, Self::Batch],
            TraceBackend::Unknown(_) => &[Self::Batch, Self::Retrieval],
        }
    }
}

/// What a question brought.
#[derive(Debug, Default)]
pub(super) struct Fetched {
    pub found: Vec<TraceDocuments>,
    pub missing: Vec<(TraceId, TraceMissing)>,
    /// Ways that are closed: not allowed, or not there.
    pub closed: Vec<(Way, Failure)>,
}

/// Looks for traces on one way after the other. `closed` are ways that are known to lead nowhere, and why.
pub(super) async fn fetch(
    context: &Context,
    session: &Session,
    backend: &TraceBackend,
    ids: &[TraceId],
    closed: &BTreeMap<Way, Failure>,
) -> Result<Fetched, Failure> {
    let mut fetched = Fetched::default();
    let mut left: Vec<TraceId> = ids.to_vec();
    let mut unprocessed: BTreeSet<TraceId> = BTreeSet::new();
    let mut shut: Vec<Failure> = Vec::new();
    let mut asked_search = false;
    for way in Way::all(backend) {
        if left.is_empty() {
            break;
        }
        if let Some(why) = closed.get(way) {
            shut.push(why.clone());
            continue;
        }
        let answer = match way {
            Way::Batch => batches(context, session, &left).await.map(|(found, not_processed)| {
                unprocessed.extend(not_processed);
                found
            }),
            Way::Retrieval => retrieval::retrieve(context, session, &left).await,
            // A retrieval has read the same spans.
            Way::Spans if asked_search => continue,
            Way::Spans => spans::read(context, session, &left).await,
        };
        match answer {
            Ok(found) => {
                asked_search |= *way != Way::Batch;
                left.retain(|id| !found.iter().any(|found| found.id == *id));
                fetched.found.extend(found);
            }
            Err(failure) if is_closed(*way, &failure) => {
                shut.push(failure.clone());
                fetched.closed.push((*way, failure));
            }
            Err(failure) => return Err(failure),
        }
    }
    let search = matches!(backend, TraceBackend::TransactionSearch { .. });
    for id in left {
        let why = if unprocessed.contains(&id) {
            TraceMissing::Unprocessed
        } else if search && !shut.is_empty() && !asked_search {
            TraceMissing::Unretrievable(needs(&shut))
        } else {
            TraceMissing::Unknown
        };
        fetched.missing.push((id, why));
    }
    Ok(fetched)
}

/// Whether a failure closes a way, so that the next one is tried. X-Ray itself is the only way where it is the first.
const fn is_closed(way: Way, failure: &Failure) -> bool {
    match way {
        Way::Batch => false,
        Way::Retrieval | Way::Spans => matches!(
            failure.kind,
            FailureKind::AccessDenied { .. } | FailureKind::Refused | FailureKind::NotFound
        ),
    }
}

/// What is missing for the spans of Transaction Search to be read, in words: permissions first, any of which is enough.
fn needs(shut: &[Failure]) -> Arc<str> {
    let permissions: Vec<&str> = shut
        .iter()
        .filter_map(|failure| match &failure.kind {
            FailureKind::AccessDenied { permission } => Some(&**permission),
            _ => None,
        })
        .collect();
    let needed = (!permissions.is_empty()).then(|| format!("needs {}", permissions.join(" or ")));
    let others = shut.iter().filter_map(|failure| match &failure.kind {
        FailureKind::AccessDenied { .. } => None,
        FailureKind::NotFound => Some(format!("{} finds no log group {}", failure.operation, spans::GROUP)),
        _ => Some(failure.to_string()),
    });
    needed.into_iter().chain(others).collect::<Vec<_>>().join("; ").into()
}

/// Traces by `BatchGetTraces`, five in a call: those that are there, and those that X-Ray could not look up.
async fn batches(
    context: &Context,
    session: &Session,
    ids: &[TraceId],
) -> Result<(Vec<TraceDocuments>, Vec<TraceId>), Failure> {
    let (mut found, mut unprocessed) = (Vec::new(), Vec::new());
    for ids in ids.chunks(BATCH) {
        let mut traces: BTreeMap<TraceId, TraceDocuments> = BTreeMap::new();
        let mut token: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let call = session
                .clients
                .xray
                .batch_get_traces()
                .set_trace_ids(Some(ids.iter().map(ToString::to_string).collect()))
                .set_next_token(token.take())
                .send();
            let page = context.call(session, Lane::Traces, BATCH_GET_TRACES, call).await?;
            for trace in page.traces() {
                let Some(id) = trace.id().and_then(TraceId::parse) else { continue };
                let of = traces.entry(id).or_insert_with(|| empty(id, false));
                of.truncated |= trace.limit_exceeded().unwrap_or(false);
                for segment in trace.segments() {
                    add(of, segment.document().unwrap_or_default(), segment.id());
                }
            }
            unprocessed.extend(page.unprocessed_trace_ids().iter().filter_map(|id| TraceId::parse(id)));
            let next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() || next == token {
                break;
            }
            token = next;
        }
        // X-Ray may name a trace of which it has nothing yet.
        found.extend(traces.into_values().filter(|trace| !trace.segments.is_empty() || trace.unreadable > 0));
    }
    Ok((found, unprocessed))
}

/// A trace of which nothing has come yet.
pub(super) const fn empty(id: TraceId, retrieved: bool) -> TraceDocuments {
    TraceDocuments { id, segments: Vec::new(), unreadable: 0, truncated: false, retrieved }
}

/// Reads a document into its trace.
pub(super) fn add(to: &mut TraceDocuments, text: &str, id: Option<&str>) {
    match xray::document(text, id) {
        Some(segments) => to.segments.extend(segments),
        None => to.unreadable += 1,
    }
}

/// The stretch of time in which the spans of some traces lie, by the times in their ids; where those tell none, the
/// last day.
pub(super) fn stretch(ids: &[TraceId], now: Timestamp) -> crate::model::TimeRange {
    use std::time::Duration;
    let made = |id: &TraceId| Timestamp::from_secs(i64::from(id.seconds()));
    let (mut start, mut end) = (now, Timestamp::default());
    for made in ids.iter().map(made) {
        if super::open::is_nonsense(made, now) {
            (start, end) = (start.min(now - Duration::from_hours(24)), now);
        } else {
            start = start.min(made - Duration::from_mins(1));
            end = end.max(made + Duration::from_hours(1));
        }
    }
    crate::model::TimeRange::new(start, end.min(now).max(start + Duration::from_secs(1)))
}
