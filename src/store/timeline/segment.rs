//! What a segment is to a timeline: its mark, its word, and what its own time is called.

use std::borrow::Cow;

use super::{Mark, path};
use crate::model::{Segment, SegmentKind};
use crate::store::traces::service_of;

/// What the own time of a segment is called where it is said where the time went.
pub(super) fn part_of(segment: &Segment) -> Cow<'static, str> {
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
        (None, Some(origin)) => service_of(origin).to_owned().into(),
        (None, None) if segment.kind == SegmentKind::Segment => segment.name.to_string().into(),
        (None, None) => path::OWN.into(),
    }
}

/// A host without its domain, where that is enough to know it by.
pub(super) fn host(name: &str) -> &str {
    let first = name.split('.').next().unwrap_or(name);
    let telling = first.len() > 3 && !first.bytes().all(|byte| byte.is_ascii_digit());
    if telling { first } else { name }
}

/// Whether it is a function's code, not the service that ran it.
pub(super) fn is_code(segment: &Segment) -> bool {
    segment.origin.as_deref() == Some("AWS::Lambda::Function")
}

/// Whether it is what a new environment was waited for.
pub(super) fn is_init(segment: &Segment) -> bool {
    segment.kind.is_subsegment() && matches!(&*segment.name, "Init" | "Initialization" | "Restore")
}

/// Whether the new environment was restored from a snapshot.
pub(super) fn is_restore(segment: &Segment) -> bool {
    is_init(segment) && &*segment.name == "Restore"
}

pub(super) fn failed(segment: &Segment) -> bool {
    segment.fault || segment.error || segment.throttle
}

pub(super) fn mark(segment: &Segment) -> Mark {
    match () {
        () if segment.throttle => Mark::Throttle,
        () if segment.fault || segment.error => Mark::Error,
        () if segment.in_progress || segment.end_ms.is_none() && segment.start_ms.is_some() => Mark::Open,
        () if is_init(segment) => Mark::Cold,
        () => Mark::Ok,
    }
}

pub(super) fn status(segment: &Segment) -> Cow<'static, str> {
    if let Some(status) = segment.call.status {
        return status.to_string().into();
    }
    match mark(segment) {
        Mark::Throttle => "throttle".into(),
        Mark::Error if segment.fault => "fault".into(),
        Mark::Error => "error".into(),
        Mark::Open => "no end".into(),
        Mark::Cold => "cold".into(),
        _ => "".into(),
    }
}

/// How far a node lies outside of its parent, ms, as far as that can be a difference of clocks: work that goes on behind
/// the one that asked for it is none.
pub(super) fn beyond(segment: &Segment, parent: &Segment) -> f64 {
    let before = segment.start_ms.zip(parent.start_ms).map_or(0.0, |(own, outer)| outer - own);
    if is_init(segment) { 0.0 } else { before.max(0.0) }
}
