//! Background tasks that turn what AWS answers into [`Event`]s, driven by what the screen needs.
//!
//! [`start`] spawns one task per feed, each with its own pace and its own waits after failures.
//! They read [`Interest`] from a `watch` channel, fetch what is on screen first and most often, and send what they
//! learn on one bounded channel: when the reader is slow they wait, and when it is gone they end.
//! Only [`aws`] knows the SDK.

pub mod aws;
pub mod clock;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::model::{Event, Feed, Interest};
use clock::Clock;

/// Which account is looked at, how it is reached, and what that may cost.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The profile of the AWS configuration files; none leaves it to the environment.
    pub profile: Option<String>,
    /// Its credentials stand before keys in the environment: it was named for lambtop itself, and not by `AWS_PROFILE`.
    pub profile_first: bool,
    /// The region; none leaves it to the environment and the profile.
    pub region: Option<String>,
    /// Endpoint for all services; none leaves it to the SDK, which knows the `AWS_ENDPOINT_URL*` variables.
    pub endpoint_url: Option<String>,
    /// Patterns of function names, `*` and `?`; a function is watched if one of them matches, or if there are none.
    pub functions: Vec<String>,
    /// Most that metrics may cost, in US dollars per hour; none is no limit.
    pub spend_cap: Option<f64>,
    /// Calls of `FilterLogEvents` a second; none takes half of what the region allows.
    pub log_calls_per_second: Option<f64>,
    /// Feeds that are not started: a command without a screen asks for nothing that it does not print.
    pub without: Vec<Feed>,
    /// The endpoint inside this process, for the demo and tests.
    pub http_client: Option<aws::Mount>,
    /// Use made-up keys, and `eu-west-1` where no region is given: the demo never reads the user's credentials.
    pub static_credentials: bool,
}

/// The running tasks; dropping it ends them.
#[derive(Debug)]
pub struct Sources {
    _tasks: JoinSet<()>,
}

/// Starts every feed. Must be called inside a tokio runtime; returns at once, before anything is read or loaded.
///
/// Each [`Scope`](crate::model::Scope) with a known account begins with its [`Event::Identity`].
#[must_use = "dropping the sources ends them"]
pub fn start(
    settings: Settings,
    clock: Clock,
    interest: watch::Receiver<Interest>,
    events: mpsc::Sender<Event>,
) -> Sources {
    Sources { _tasks: aws::start(settings, clock, interest, events) }
}
