//! What one log line says, as the parser has read it.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Level, LineKind, RequestFigures, RequestId};

/// What one log event says. Text is borrowed from the event wherever it stands there as it is meant.
///
/// Nothing is made up: a field that the line does not give is `None`, and a figure that cannot be a figure
/// (`<duration>`, `NaN`) is one that it does not give.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading<'a> {
    /// By whom and about what.
    pub kind: LineKind,
    /// What such a line is called, more finely than `kind`: an event's own `type` (`platform.report`), or one of
    /// `start`, `report`, `timeout`, `app_text`, `app_json`, `emf`, ...
    pub name: &'a str,
    /// How grave, if it says so in a word that is known.
    pub level: Option<Level>,
    /// That word as it stands there: `Information`, `WARN`, `crit`.
    pub level_word: Option<Cow<'a, str>>,
    /// The request that it names, as it stands there: nearly always a UUID.
    pub request: Option<Cow<'a, str>>,
    /// Durations and memory; whether it tells of a timeout or of memory that ran out.
    pub figures: RequestFigures,
    /// How much of a `SnapStart` restore is billed, in milliseconds.
    pub billed_restore_ms: Option<f64>,
    /// How it went (`success`, `failure`, `error`, `timeout`), or the state of an extension.
    pub status: Option<Cow<'a, str>>,
    /// The kind of error, such as `Runtime.ImportModuleError` or `ValueError`.
    pub error_type: Option<Cow<'a, str>>,
    /// What the error says of itself.
    pub error_message: Option<Cow<'a, str>>,
    /// The X-Ray trace, such as `1-5d8bba5a-dc2932496a65bab91d2d42d4`.
    pub trace: Option<Cow<'a, str>>,
    /// The segment of the function in that trace.
    pub segment: Option<Cow<'a, str>>,
    /// Whether X-Ray keeps the trace.
    pub sampled: Option<bool>,
    /// The tenant, where a function isolates its tenants.
    pub tenant: Option<Cow<'a, str>>,
    /// The version of the function: `$LATEST` or a number.
    pub version: Option<Cow<'a, str>>,
    /// The version of the runtime, such as `python:3.12.v27`.
    pub runtime: Option<Cow<'a, str>>,
    /// When an init ran: `init`, or `invoke` for one that was tried again inside the first request.
    pub phase: Option<Cow<'a, str>>,
    /// Why an environment was made: `on-demand`, `provisioned-concurrency`, `snap-start`.
    pub init_type: Option<Cow<'a, str>>,
    /// When it happened by its own account, as it stands there.
    pub timestamp: Option<Cow<'a, str>>,
    /// What is left when all that is taken away: what the program had to say.
    pub body: Body<'a>,
}

/// The message proper of a line.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body<'a> {
    /// There is none: the fields of a platform's line say it all.
    #[default]
    None,
    /// A part of the event, as it stands there.
    Text(&'a str),
    /// The value of a JSON string in which something was escaped.
    Decoded(String),
    /// A JSON value other than a string, as it stands in the event, or decoded from a string that held it.
    Json(Cow<'a, str>),
}

impl Body<'_> {
    /// The message as text; JSON as it was written.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(text),
            Self::Decoded(text) => Some(text),
            Self::Json(text) => Some(text),
        }
    }

    /// Where in `event` it stands, if it was borrowed from there.
    #[must_use]
    pub fn range_in(&self, event: &str) -> Option<Range<usize>> {
        let (Self::Text(part) | Self::Json(Cow::Borrowed(part))) = self else {
            return None;
        };
        let start = (part.as_ptr() as usize).checked_sub(event.as_ptr() as usize)?;
        let end = start.checked_add(part.len())?;
        (event.get(start..end)? == *part).then_some(start..end)
    }
}

impl Reading<'_> {
    /// The request that it names, if that is the UUID that Lambda makes.
    #[must_use]
    pub fn request_id(&self) -> Option<RequestId> {
        RequestId::parse(self.request.as_deref()?)
    }

    /// Durations and memory, if it gives any.
    #[must_use]
    pub fn figures(&self) -> Option<RequestFigures> {
        (self.figures != RequestFigures::default()).then_some(self.figures)
    }
}

/// What has gone wrong, as far as one line can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Fault {
    /// The function's timeout ended the request.
    Timeout,
    /// Killed for want of memory, or as much used as there is.
    OutOfMemory,
    /// Init failed.
    InitError,
    /// Init took more than its ten seconds; it is tried again inside the request.
    InitTimeout,
    /// An init that was tried again inside the first request: its REPORT will have no Init Duration.
    SuppressedInit,
    /// The module or the handler could not be loaded.
    Import,
    /// The program did not catch an error.
    Unhandled,
    /// The program logged an error, and went on.
    Handled,
    /// The runtime's process ended.
    Exit(ExitCause),
    /// A `SnapStart` restore took more than its ten seconds.
    RestoreTimeout,
    /// A `SnapStart` restore failed.
    RestoreError,
    /// Lines were dropped before they came to CloudWatch.
    LogsDropped,
    /// The platform calls the request failed and says no more.
    Failed,
}

/// Why a runtime's process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExitCause {
    /// By itself, with this exit status.
    Status(i32),
    /// By a signal that has nothing to do with memory.
    Signal,
    /// The line does not say.
    Unknown,
}
