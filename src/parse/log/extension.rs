//! Extensions, subscriptions to logs and telemetry, and container images that cannot be started.

use super::labels::{self, Plain};
use super::words::after;
use crate::model::{LineKind, Reading};

/// Reads `EXTENSION`, `LOGS`, `TELEMETRY` and `IMAGE` lines.
pub(super) fn read<'a>(text: &'a str, into: &mut Reading<'a>) -> bool {
    for (word, name) in [("EXTENSION", "extension"), ("LOGS", "logs"), ("TELEMETRY", "telemetry")] {
        if let Some(rest) = after(text, word).filter(|rest| rest.starts_with("Name:")) {
            (into.kind, into.name) = (LineKind::Extension, name);
            labels::read(rest, Plain::Request, into);
            return true;
        }
    }
    let image = after(text, "IMAGE")
        .filter(|rest| rest.starts_with("Launch error:") || rest.starts_with("Invalid task config:"));
    let Some(rest) = image else {
        return false;
    };
    (into.kind, into.name) = (LineKind::Platform, "image");
    into.body = super::body(rest);
    true
}
