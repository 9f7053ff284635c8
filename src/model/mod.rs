//! The nouns of the field: what AWS answered, what the screen asks for, and the only text that may be drawn.
//!
//! Nothing here knows where a value came from or where it goes. Everything is owned, self-contained and
//! serialisable, because an [`Event`] is also what a recording holds.

mod console;
mod event;
mod failure;
mod feed;
mod function;
mod interest;
mod invocation;
mod line_kind;
mod log;
mod log_search;
mod metric;
pub mod number;
mod price;
mod reading;
mod request_id;
mod safe_text;
mod scope;
pub mod secret;
mod time;
mod trace;
mod trace_id;
mod traces;

pub use console::ConsoleLink;
pub use event::{Event, FleetOrigin, FunctionList, Identity};
pub use failure::{Failure, FailureKind};
pub use feed::{Feed, FeedReport, Spend};
pub use function::{
    Aliases, Architecture, Concurrency, Detail, Function, FunctionKey, FunctionState, Known, LogFormat,
    Logging, Package, ProvisionedConcurrency, Tags, Tracing,
};
pub use interest::{Attention, ChartWant, Interest, Want, WantId};
pub use invocation::{ErrorNote, Invocation, InvocationKey, Outcome, RequestNotes, RequestPlace};
pub use line_kind::LineKind;
pub use log::{
    GapReason, GroupKey, Level, LogGap, LogLine, LogOrder, LogPage, LogRow, LogStream, LogWant, NO_TIME,
    RequestFigures, TailReport, TailStatus,
};
pub use log_search::{LogSearch, SearchBy, SearchProgress, SearchReport, SearchState};
pub use metric::{
    Completeness, Metric, Period, Point, SeriesKey, SeriesPage, Statistic, Subject, Unit, Window,
};
pub use price::Prices;
pub use reading::{Body, ExitCause, Fault, Reading};
pub use request_id::RequestId;
pub use safe_text::{
    Ansi, Colour, Coloured, Neutralised, Pages, RowPlace, SafeText, Secrets, Showing, Wrap, WrappedRow,
    ascii_form, cells, lines,
};
pub use scope::Scope;
pub use time::{TimeRange, Timestamp};
pub use trace::{Call, Segment, SegmentKind, TraceException};
pub use trace_id::TraceId;
pub use traces::{
    ServiceEdge, ServiceFigures, ServiceMap, ServiceName, ServiceNode, TraceAnswer, TraceBackend, TraceCause,
    TraceCauseOf, TraceDocuments, TraceList, TraceListWant, TraceMissing, TraceSummary, TraceWant,
};
