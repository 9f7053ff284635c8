//! Traces as X-Ray keeps them: segments and subsegments, each a stretch of work in one service.
//!
//! Source: <https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html>.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a node of a trace came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SegmentKind {
    /// A document of its own: the work of one service.
    Segment,
    /// A document of its own that belongs below another's; it may come before that one does.
    IndependentSubsegment,
    /// Part of another document.
    EmbeddedSubsegment,
}

impl SegmentKind {
    /// Whether it is a subsegment, in a document of its own or not.
    #[must_use]
    pub const fn is_subsegment(self) -> bool {
        !matches!(self, Self::Segment)
    }
}

/// One segment or subsegment. Every text in it is raw.
///
/// Times are milliseconds since 1970-01-01T00:00:00Z with fractions, as the service's own clock had them: clocks differ,
/// so that a child may lie outside of its parent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "X-Ray's own flags, under their own names")]
pub struct Segment {
    /// 16 hexadecimal digits; `None` where the document has none: such a one is never taken for another.
    pub id: Option<Arc<str>>,
    /// The segment or subsegment that this one is part of.
    pub parent: Option<Arc<str>>,
    /// `1-<8 hex>-<24 hex>`, where the document says it.
    pub trace_id: Option<Arc<str>>,
    /// Where it came from.
    pub kind: SegmentKind,
    /// The service, host or piece of code.
    pub name: Arc<str>,
    /// The kind of AWS resource that ran it, such as `AWS::Lambda::Function`.
    pub origin: Option<Arc<str>>,
    /// `aws` for calls to AWS, `remote` for other calls.
    pub namespace: Option<Arc<str>>,
    /// When it began.
    pub start_ms: Option<f64>,
    /// When it ended; none while it is in progress.
    pub end_ms: Option<f64>,
    /// It has not ended yet; another document will replace this one.
    pub in_progress: bool,
    /// It failed (5xx).
    pub fault: bool,
    /// It was called wrongly (4xx).
    pub error: bool,
    /// It was refused (429).
    pub throttle: bool,
    /// What was called, of what was called.
    pub call: Call,
    /// Keys and values that can be searched for; of values that are no text, their JSON.
    pub annotations: Vec<(Arc<str>, Arc<str>)>,
    /// Anything else its author attached, as JSON text.
    pub metadata: Option<Arc<str>>,
    /// What went wrong, the outermost first.
    pub exceptions: Vec<TraceException>,
}

/// What a segment called, or was called for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The operation of an AWS service, such as `PutItem`.
    pub operation: Option<Arc<str>>,
    /// What it worked on: a table, queue, topic, function or bucket.
    pub resource: Option<Arc<str>>,
    /// The region called.
    pub region: Option<Arc<str>>,
    /// The request id of the service that was called.
    pub request_id: Option<Arc<str>>,
    /// How often the SDK tried again.
    pub retries: Option<u32>,
    /// The HTTP method.
    pub method: Option<Arc<str>>,
    /// The URL.
    pub url: Option<Arc<str>>,
    /// The HTTP status of the answer.
    pub status: Option<u16>,
    /// The address of whoever called.
    pub caller: Option<Arc<str>>,
    /// The program that called, as it calls itself.
    pub user_agent: Option<Arc<str>>,
    /// The kind of database, such as `PostgreSQL`.
    pub database: Option<Arc<str>>,
    /// The statement, as far as X-Ray keeps it.
    pub statement: Option<Arc<str>>,
}

/// An exception that a segment carries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceException {
    /// Its type, such as `ProvisionedThroughputExceededException`.
    pub kind: Arc<str>,
    /// Its message.
    pub message: Arc<str>,
    /// It came from the service that was called.
    pub remote: bool,
    /// Where it was thrown: `path:line label`, the innermost first.
    pub stack: Vec<Arc<str>>,
    /// How many frames X-Ray left out.
    pub truncated: u32,
}
