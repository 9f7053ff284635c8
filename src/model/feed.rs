//! How the background tasks are doing: freshness, failures and what they cost.

use serde::{Deserialize, Serialize};

use super::{Failure, Timestamp};

/// A stream of facts with a pace and a fate of its own; each is one task and one word in the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Feed {
    /// Who we are: `GetCallerIdentity`. The header's account.
    Identity,
    /// Which functions there are: `ListFunctions`, or `ListMetrics` where that is denied; `GetAccountSettings`.
    Functions,
    /// Their numbers: `GetMetricData`.
    Metrics,
    /// State, concurrency, aliases and tags of single functions.
    Details,
    /// The tails of log groups: `FilterLogEvents`, and Live Tail where it is chosen.
    Logs,
    /// What X-Ray keeps: lists of traces, traces, the map of services.
    Traces,
}

impl Feed {
    /// All of them, in the order of the header.
    pub const ALL: [Self; 6] =
        [Self::Identity, Self::Functions, Self::Metrics, Self::Details, Self::Logs, Self::Traces];

    /// The word in the header.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Functions => "functions",
            Self::Metrics => "metrics",
            Self::Details => "details",
            Self::Logs => "logs",
            Self::Traces => "traces",
        }
    }
}

/// What a feed says of itself after each round of calls.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FeedReport {
    /// A call is on its way.
    Asking,
    /// The round was answered; clears every failure.
    Answered,
    /// The round failed; what was there before stays. Tried again at `retry_at`.
    Failed {
        /// Why.
        failure: Failure,
        /// When it will be tried again.
        retry_at: Timestamp,
    },
    /// Some of the feed works and one API of it is refused: what stands in for it is said by the reader of this.
    Degraded {
        /// The refused call.
        failure: Failure,
    },
    /// The task panicked and runs again; `times` since the start.
    Restarted {
        /// How often.
        times: u32,
    },
}

/// What lambtop has spent at AWS since it started, by list price.
///
/// Source: <https://aws.amazon.com/cloudwatch/pricing/> (`GetMetricData`: $0.01 per 1,000 metrics requested; Live Tail:
/// $0.01 a minute after 1,800 free minutes a month, which are taken to be still free when lambtop starts; Logs Insights:
/// $0.005 per GB scanned) and <https://aws.amazon.com/xray/pricing/> (traces scanned or retrieved: $0.50 a million after
/// the first million of a month, which is taken to be still free when lambtop starts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spend {
    /// Metrics requested by `GetMetricData`, as AWS bills them: up to five statistics of one metric count once.
    pub metrics: u64,
    /// Minutes of Live Tail sessions, begun ones included.
    pub live_minutes: u64,
    /// Bytes that Logs Insights has scanned.
    pub scanned: u64,
    /// Traces that X-Ray has scanned for lists or handed out whole.
    pub traces: u64,
    /// US dollars so far.
    pub dollars: f64,
    /// US dollars per hour: over the last hour, or projected from the time since the start.
    pub per_hour: f64,
    /// The cap in US dollars per hour at which rounds were slowed, if they are slowed now.
    pub slowed_by_cap: Option<f64>,
}
