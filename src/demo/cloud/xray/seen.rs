//! A trace as it is known at an instant, whether the fleet made it or somebody put it here.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::put::Stored;
use super::{Scene, begun_ms};
use crate::demo::fleet::{Site, Trace};

/// A trace and what of it has arrived.
pub(super) struct Seen<'a> {
    pub id: &'a str,
    /// Its documents, each after the one that it is below, as far as that is known.
    pub segments: Vec<Segment<'a>>,
    source: Source<'a>,
    scene: Scene<'a>,
    documents: OnceCell<Vec<(String, Json)>>,
}

/// Who sent it.
enum Source<'a> {
    Fleet(&'a Trace),
    Stored(&'a Arc<Stored>),
}

/// What is known of one document.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "X-Ray's own flags, under their own names")]
pub(super) struct Segment<'a> {
    pub name: &'a str,
    /// Where it ran, in X-Ray's words; empty where the document does not say.
    pub kind: &'a str,
    /// The service above it, as an index into the segments.
    pub parent: Option<usize>,
    /// Whether it has a parent, known or not.
    pub has_parent: bool,
    /// Whether it stands for a service; a subsegment that was sent by itself does not.
    pub is_service: bool,
    pub start_ms: f64,
    /// `None` while it is in progress.
    pub end_ms: Option<f64>,
    pub status: Option<u16>,
    pub fault: bool,
    pub error: bool,
    pub throttle: bool,
    /// When X-Ray first knew of it, and when it knew all of it if it does, ms since the epoch.
    pub arrivals: (i64, Option<i64>),
}

impl<'a> Seen<'a> {
    /// A trace of the fleet; `None` as long as nothing of it has arrived.
    pub fn of_fleet(scene: Scene<'a>, trace: &'a Trace) -> Option<Self> {
        let mut places: HashMap<usize, usize> = HashMap::new();
        let mut segments: Vec<Segment> = Vec::new();
        for index in trace.known(scene.now) {
            let node = &trace.nodes[index];
            let arrival = node.arrival?;
            let complete = node.complete(scene.now);
            let mut above = node.parent;
            while let Some(parent) = above.filter(|parent| !places.contains_key(parent)) {
                above = trace.nodes[parent].parent;
            }
            let service = node.service;
            let is_service = service.is_some();
            if is_service {
                places.insert(index, segments.len());
            }
            segments.push(Segment {
                name: service.map_or("", |service| service.name),
                kind: service.map_or("", |service| service.kind),
                parent: above.and_then(|above| places.get(&above).copied()),
                has_parent: node.parent.is_some(),
                is_service,
                start_ms: node.start_ms,
                end_ms: node.end_ms.filter(|_| complete),
                status: node.status.filter(|_| complete),
                fault: node.fault && complete,
                error: node.error && complete,
                throttle: node.throttle && complete,
                arrivals: (arrival.begun_ms, complete.then_some(arrival.complete_ms)),
            });
        }
        let source = Source::Fleet(trace);
        let documents = OnceCell::new();
        (!segments.is_empty()).then_some(Self { id: &trace.id, segments, source, scene, documents })
    }

    /// A trace that was put here.
    pub fn of_stored(scene: Scene<'a>, stored: &'a Arc<Stored>) -> Self {
        let places: HashMap<&str, usize> =
            stored.documents.iter().enumerate().map(|(place, document)| (&*document.id, place)).collect();
        let owner = |id: Option<&str>| {
            let holder = stored.holder_of(id?)?;
            places.get(holder).copied()
        };
        let segments = stored.documents.iter().map(|document| {
            let json = &document.json;
            let text = |name: &str| json.get(name).and_then(Json::as_str);
            let flag = |name: &str| json.get(name).and_then(Json::as_bool).unwrap_or(false);
            let seconds = |name: &str| json.get(name).and_then(Json::as_f64).map(|seconds| seconds * 1_000.0);
            let is_service = text("type") != Some("subsegment");
            let end_ms = seconds("end_time");
            Segment {
                name: text("name").unwrap_or_default(),
                kind: text("origin").unwrap_or_default(),
                parent: owner(text("parent_id")),
                has_parent: text("parent_id").is_some(),
                is_service,
                start_ms: seconds("start_time").unwrap_or_default(),
                end_ms,
                status: json
                    .pointer("/http/response/status")
                    .and_then(Json::as_u64)
                    .map(|status| status as u16),
                fault: flag("fault"),
                error: flag("error"),
                throttle: flag("throttle"),
                arrivals: (document.arrived_ms, end_ms.map(|_| document.arrived_ms)),
            }
        });
        let segments = segments.collect();
        Self { id: &stored.id, segments, source: Source::Stored(stored), scene, documents: OnceCell::new() }
    }

    /// The documents that are known, with their ids, in the order of the segments.
    pub fn documents(&self) -> &[(String, Json)] {
        self.documents.get_or_init(|| match self.source {
            Source::Fleet(trace) => {
                let documents = self.scene.account.fleet.documents(trace, self.site(), self.scene.now);
                documents.into_iter().map(|document| (document.id, document.json)).collect()
            }
            Source::Stored(stored) => {
                stored.documents.iter().map(|document| (document.id.clone(), document.json.clone())).collect()
            }
        })
    }

    /// Where it happened.
    pub fn site(&self) -> Site<'a> {
        let settings = &self.scene.account.settings;
        Site { account: &settings.account, region: &settings.region }
    }

    /// The account that it is of.
    pub fn account(&self) -> &str {
        &self.scene.account.settings.account
    }

    /// Shows every annotation of every segment and subsegment, with the place of the segment that it is in, its key and
    /// its value.
    pub fn for_each_annotation(&self, mut show: impl FnMut(usize, &str, &Json)) {
        for (place, (_, json)) in self.documents().iter().enumerate() {
            let mut inside = vec![json];
            while let Some(node) = inside.pop() {
                for (key, value) in node.get("annotations").and_then(Json::as_object).into_iter().flatten() {
                    show(place, key, value);
                }
                inside.extend(node.get("subsegments").and_then(Json::as_array).into_iter().flatten());
            }
        }
    }

    /// The segment that has no parent, or the earliest.
    pub fn root(&self) -> Option<&Segment<'a>> {
        let services = || self.segments.iter().filter(|segment| segment.is_service);
        let earliest = |one: &&Segment, other: &&Segment| one.start_ms.total_cmp(&other.start_ms);
        services()
            .filter(|segment| !segment.has_parent)
            .min_by(earliest)
            .or_else(|| services().min_by(earliest))
    }

    /// The document of [`Seen::root`].
    pub fn root_document(&self) -> Option<&Json> {
        let root = self.root()?;
        let place = self.segments.iter().position(|segment| std::ptr::eq(segment, root))?;
        self.documents().get(place).map(|(_, json)| json)
    }

    /// When it began, ms since the epoch.
    pub fn start_ms(&self) -> f64 {
        let starts = self.segments.iter().map(|segment| segment.start_ms);
        starts.min_by(f64::total_cmp).unwrap_or_else(|| begun_ms(self.id) as f64)
    }

    /// From its beginning to the last end that is known, seconds.
    pub fn duration_s(&self) -> Option<f64> {
        let end = self.segments.iter().filter_map(|segment| segment.end_ms).max_by(f64::total_cmp)?;
        Some(thousandths((end - self.start_ms()).max(0.0) / 1_000.0))
    }

    /// How long its root took, seconds; `None` while that is in progress.
    pub fn response_time_s(&self) -> Option<f64> {
        let root = self.root()?;
        Some(thousandths((root.end_ms? - root.start_ms).max(0.0) / 1_000.0))
    }

    /// Whether something of it is in progress.
    pub fn is_partial(&self) -> bool {
        self.segments.iter().any(|segment| segment.end_ms.is_none())
    }

    /// How often something of it has arrived.
    pub fn revision(&self) -> i64 {
        let arrivals = |segment: &Segment| match segment.arrivals {
            (begun, Some(complete)) if complete > begun => 2,
            _ => 1,
        };
        self.segments.iter().map(arrivals).sum()
    }
}

/// Rounded to milliseconds, as X-Ray rounds the durations of summaries.
fn thousandths(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}
