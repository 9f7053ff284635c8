//! What X-Ray keeps of the requests: a projection of [`Fleet::invocations`], to the unit.
//!
//! `layout` puts a sampled request and the one that it calls on the axis of time, as lean nodes; `document` writes a
//! node as X-Ray's JSON, when somebody reads the trace; `note` is what is attached to it, `cause` what went
//! wrong.
//!
//! Lambda is rolling out a new shape of its segments, function by function: see [`Shape`].
//! Sources: <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>,
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html>.

mod cause;
mod document;
mod layout;
mod note;

use std::sync::Arc;

pub use document::{Document, Site};

use super::draw::Draw;
use super::invocation::Invocation;
use super::pool::NO_LINK;
use super::profile::{Profile, Span};
use super::request::Request;
use super::spec::FunctionSpec;
use super::{EnvironmentStart, Fleet, Scene, detail};
use layout::Served;

/// Name of the API that is in front of functions: its name and its stage.
pub const API: &str = "shop-api/prod";

/// How long after the beginning of its first request documents of a trace may still arrive, ms: the longest timeout,
/// and some seconds for the way.
pub const LONGEST_TRACE_MS: i64 = 915_000;

/// One trace: everything that one sampled request from outside brought about.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// `1-<8 hex>-<24 hex>`: the first number is the second in which it began.
    pub id: String,
    /// When its first document begins, ms since the epoch.
    pub start_ms: f64,
    /// Its requests to functions, the outermost first.
    requests: Vec<Place>,
    /// Segments and subsegments, each after its parent.
    pub nodes: Vec<Node>,
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    function: usize,
    span: Span,
    index: usize,
}

/// One segment or subsegment.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its id, which is written with 16 hexadecimal digits.
    pub id: u64,
    /// Its parent, as an index into the nodes of its trace.
    pub parent: Option<usize>,
    /// Which of the requests of the trace it belongs to.
    pub request: usize,
    /// What it is.
    pub part: Part,
    /// The service that it stands for, of a segment.
    pub service: Option<ServiceName>,
    /// When it began, ms since the epoch.
    pub start_ms: f64,
    /// When it ended; `None` if what it stands for never came back.
    pub end_ms: Option<f64>,
    /// HTTP status, where it has one.
    pub status: Option<u16>,
    /// It failed.
    pub fault: bool,
    /// It was asked for something that it refused.
    pub error: bool,
    /// It was asked too often.
    pub throttle: bool,
    /// When X-Ray has its document; `None` for a part of another's document.
    pub arrival: Option<Arrival>,
}

/// When X-Ray knows of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// From when on it is known to be in progress, ms since the epoch.
    pub begun_ms: i64,
    /// From when on it is known in full, ms since the epoch; not before [`Arrival::begun_ms`].
    pub complete_ms: i64,
}

/// A service of the map: its name and its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServiceName {
    /// Its name: a function, a table, a host.
    pub name: &'static str,
    /// X-Ray's word for what it is, such as `AWS::Lambda::Function`.
    pub kind: &'static str,
}

/// What a node of a trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A stage of an API, in front of a function.
    Stage,
    /// Its call of the function.
    Integration,
    /// Lambda, the service.
    Service,
    /// The wait of an event before it was tried.
    Dwell,
    /// An attempt to handle an event, counted from 1.
    Attempt(usize),
    /// The function itself.
    Function,
    /// The initialisation of its environment, or its restore.
    Init,
    /// The run of its handler; in the old shape only.
    Invocation,
    /// What the runtime did after the answer; in the old shape only.
    Overhead,
    /// The handler, as the function's own library records it.
    Handler,
    /// Several attempts of a call, of which this is the first: an index into the request's calls.
    Attempts(usize),
    /// A call, as an index into the request's calls.
    Call(usize),
    /// What X-Ray infers of a service that was called but sends nothing itself: the node is the parent.
    Inferred(usize),
}

/// How Lambda forms the segments of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `Initialization`, `Invocation` and `Overhead`; the function's own subsegments are below `Invocation`.
    Old,
    /// `Init` alone; the function's own subsegments are below the function, and annotations have the rest.
    New,
}

impl Shape {
    /// The shape that a function has been given so far.
    #[must_use]
    pub fn of(spec: &FunctionSpec) -> Self {
        if Draw::new(SHAPE).about_name(spec.name).chance(0.5) { Self::New } else { Self::Old }
    }
}

impl Trace {
    /// The documents that are known at a time (ms since the epoch), as indices into its nodes.
    pub fn known(&self, now: i64) -> impl Iterator<Item = usize> + '_ {
        let known = move |node: &Node| node.arrival.is_some_and(|arrival| arrival.begun_ms <= now);
        self.nodes.iter().enumerate().filter(move |(_, node)| known(node)).map(|(index, _)| index)
    }

    /// When its last document is complete, ms since the epoch.
    #[must_use]
    pub fn complete_ms(&self) -> i64 {
        let complete = self.nodes.iter().filter_map(|node| node.arrival).map(|arrival| arrival.complete_ms);
        complete.max().unwrap_or_default()
    }

    /// About the memory that it takes, bytes.
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.id.len() + self.nodes.len() * size_of::<Node>() + self.requests.len() * 32
    }
}

impl Node {
    /// Whether its document is known in full at a time (ms since the epoch).
    #[must_use]
    pub fn complete(&self, now: i64) -> bool {
        self.arrival.is_some_and(|arrival| arrival.complete_ms <= now)
    }
}

impl Fleet {
    /// The sampled traces that began in a minute (counted from the epoch), by their beginning.
    #[must_use]
    pub fn traces(&self, minute: i64) -> Arc<Vec<Trace>> {
        if let Some(known) = self.caches().traces.get(&minute) {
            return known;
        }
        let mut traces = Vec::new();
        for profile in self.profiles.iter().filter(|profile| profile.spec.tracing) {
            if self.caller_of(profile).is_some_and(|caller| caller.spec.tracing) {
                continue;
            }
            for (span, from_ms, to_ms) in self.pieces(profile, minute) {
                let block = self.block(profile, span);
                let sampled = |index: &usize| {
                    Request::of(profile, &block, *index).ran() && detail::sampled(&block, *index)
                };
                let places = block.between(from_ms, to_ms).filter(sampled);
                traces.extend(places.filter_map(|index| {
                    self.trace_of(profile, Place { function: profile.function, span, index })
                }));
            }
        }
        traces.sort_by(|one, other| one.start_ms.total_cmp(&other.start_ms));
        let cost: usize = traces.iter().map(Trace::bytes).sum();
        let traces = Arc::new(traces);
        self.caches().traces.put(minute, Arc::clone(&traces), cost + 64);
        traces
    }

    /// The trace with an id, if it was sampled: all of them that began in its minute, and its place among those.
    #[must_use]
    pub fn find_trace(&self, id: &str) -> Option<(Arc<Vec<Trace>>, usize)> {
        let second = i64::from(u32::from_str_radix(id.strip_prefix("1-")?.get(..8)?, 16).ok()?);
        let traces = self.traces(second.div_euclid(60));
        let place = traces.iter().position(|trace| trace.id == id)?;
        Some((traces, place))
    }

    /// The trace that begins with a request.
    fn trace_of(&self, profile: &Profile, root: Place) -> Option<Trace> {
        let request = self.request_at(root)?;
        let id = request.trace.as_ref()?.trace_id.clone();
        let called = self.called_by(profile, root);
        let called = called.and_then(|place| Some((place, self.request_at(place)?)));
        let all: Vec<(Place, Invocation)> = std::iter::once((root, request)).chain(called).collect();
        let served: Vec<Served> = all
            .iter()
            .map(|(place, request)| Served {
                spec: &self.specs[place.function],
                request,
                ahead: self.initialised_ahead(*place),
            })
            .collect();
        let nodes = layout::nodes(&served);
        let start_ms = nodes.first()?.start_ms;
        Some(Trace { id, start_ms, requests: all.iter().map(|(place, _)| *place).collect(), nodes })
    }

    /// The request of another traced function that a request made.
    fn called_by(&self, profile: &Profile, place: Place) -> Option<Place> {
        let callee = self.callee_of(profile).filter(|callee| callee.spec.tracing)?;
        let link = self.block(profile, place.span).records.get(place.index)?.link;
        (link != NO_LINK).then_some(Place {
            function: callee.function,
            span: place.span,
            index: link as usize,
        })
    }

    /// Of the first request in an environment that was made ready ahead of it: when the initialisation began, ms since
    /// the epoch, and how long it took, ms.
    fn initialised_ahead(&self, place: Place) -> Option<(f64, f64)> {
        let profile = self.profiles.get(place.function).filter(|profile| !profile.spec.managed)?;
        let block = self.block(profile, place.span);
        let environment = block.records.get(place.index)?.environment;
        let why = block.environments.get(environment as usize)?.why;
        let mut before = block.records[..place.index].iter().rev();
        let first =
            why != EnvironmentStart::OnDemand && !before.any(|record| record.environment == environment);
        first.then(|| {
            let (begun_ms, init_ms) = block.initialised_ahead(profile, environment);
            (begun_ms as f64, init_ms)
        })
    }

    /// A request in full.
    fn request_at(&self, place: Place) -> Option<Invocation> {
        let profile = self.profiles.get(place.function)?;
        let block = self.block(profile, place.span);
        let caller = self.caller_of(profile).map(|other| (other, self.block(other, place.span)));
        let partner = self.callee_of(profile).map(|other| self.block(other, place.span));
        let scene = Scene {
            profile,
            block: &block,
            caller: caller.as_ref().map(|(profile, block)| (*profile, &**block)),
            called: partner.as_deref(),
        };
        (place.index < block.records.len()).then(|| scene.invocation(place.index))
    }
}

/// Sets the draw of a function's shape apart.
const SHAPE: u64 = 0x58_01;

#[cfg(test)]
mod tests;
