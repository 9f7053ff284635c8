//! The one way in: everything that a source can tell the program.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Detail, Failure, Feed, FeedReport, Function, FunctionKey, LogGap, LogPage, Metric, Scope, SearchReport,
    SeriesPage, ServiceMap, Spend, TailReport, Timestamp, TraceAnswer, TraceBackend, TraceList, WantId,
};

/// A fact from outside, complete in itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Who is looking; always the first event of a scope with a known account.
    Identity(Identity),
    /// The fleet as it is now: functions that are not in it no longer exist.
    Functions(FunctionList),
    /// Limits of the account.
    Account {
        /// Which account and region.
        scope: Scope,
        /// `GetAccountSettings`: concurrent executions that the account may have at once.
        concurrency_limit: Option<u32>,
        /// What is left of it outside of reservations.
        unreserved_limit: Option<u32>,
    },
    /// What calls of its own told about one function. Replaces what was known.
    Detail {
        /// Which function.
        key: FunctionKey,
        /// Everything known about it now.
        detail: Detail,
    },
    /// Numbers. One event holds the pages of one answer.
    Series {
        /// When the answer came.
        at: Timestamp,
        /// Its series.
        pages: Vec<SeriesPage>,
    },
    /// CloudWatch refused or lost some series of an answer that was otherwise good: their old points are stale.
    SeriesFailed {
        /// Whose.
        keys: Vec<super::SeriesKey>,
        /// Why.
        failure: Failure,
    },
    /// Which functions had data in the last three hours (`ListMetrics`, `RecentlyActive=PT3H`).
    RecentlyActive {
        /// Which account and region.
        scope: Scope,
        /// Their names.
        names: Vec<Arc<str>>,
    },
    /// Which metrics CloudWatch has for one function.
    MetricsOf {
        /// Which function.
        key: FunctionKey,
        /// Those that lambtop knows.
        metrics: Vec<Metric>,
    },
    /// Log lines. One event holds one page of an answer.
    Logs(LogPage),
    /// How the tail of a log group is doing.
    Tail(TailReport),
    /// A stretch of a tail may lack lines, or was filled.
    LogGap(LogGap),
    /// How a search beyond what is held is doing.
    LogSearch(SearchReport),
    /// Where traces are kept.
    TraceBackend {
        /// Which account and region.
        scope: Scope,
        /// Where.
        backend: TraceBackend,
    },
    /// Summaries of traces. One event holds one page of an answer.
    TraceList(TraceList),
    /// Traces that were asked for.
    Traces(TraceAnswer),
    /// The map of services.
    ServiceMap(ServiceMap),
    /// How a feed is doing.
    Feed {
        /// Which account and region.
        scope: Scope,
        /// Which feed.
        feed: Feed,
        /// When.
        at: Timestamp,
        /// What it says.
        report: FeedReport,
    },
    /// What has been spent; sent after each paid call.
    Spend {
        /// Which account and region.
        scope: Scope,
        /// The bill.
        spend: Spend,
    },
    /// A one-off want was answered (its facts came in events before this one).
    Answered(WantId),
}

/// The answer of `GetCallerIdentity`, or what stands in for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Account and region; the account is `None` when STS is denied and no ARN has named it.
    pub scope: Scope,
    /// ARN of the user or role, where STS answered.
    pub arn: Option<Arc<str>>,
}

/// The fleet, and where the list came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionList {
    /// Which account and region.
    pub scope: Scope,
    /// The functions, without versions and aliases; in no order.
    pub functions: Vec<Function>,
    /// Which API named them.
    pub origin: FleetOrigin,
    /// False while pages are still coming: functions that are missing may yet come.
    pub complete: bool,
}

/// Which API named the functions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FleetOrigin {
    /// `ListFunctions`: everything, with configuration.
    ListFunctions,
    /// `ListMetrics`, because `ListFunctions` is refused: only functions that ran lately, without configuration.
    ListMetrics {
        /// The refusal.
        because: Failure,
    },
}
