//! An AWS endpoint in this process: one function from an HTTP request to an HTTP response.
//!
//! ```text
//! request -> protocol::read -> Call -> sts | lambda | cloudwatch | logs | xray -> Value | Refusal -> protocol::answer | refuse
//! ```
//!
//! The same function is mounted two ways: as the SDK's HTTP client ([`Endpoint::http_client`]) and on a port
//! ([`Endpoint::serve`]). It behaves as AWS does where that matters: pages and their tokens, validation errors in
//! the words and codes of each protocol, quotas, metrics that are incomplete at first and revised, and whatever
//! [`Faults`] it is told to make. The clock is handed in, so that a test can hold or turn it.

mod account;
mod body;
mod calendar;
mod cloudwatch;
mod lambda;
mod listen;
mod logs;
mod mount;
mod paging;
mod protocol;
mod quota;
mod refusal;
mod sts;
mod xray;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, DATE, HeaderValue};
use http::{Request, Response, StatusCode};

use super::faults::{Faults, Kind, LogFault, SeriesFault, TailFault, TraceFault, chance, hash};
use account::Account;
pub use body::{Body, BrokenOff};
use cloudwatch::CloudWatch;
use logs::{Answer, Logs, Scene};
pub use logs::{Lines, Synthetic};
use protocol::{Call, Protocol, Service};
use quota::Bucket;
pub use quota::{Calls, Quotas};
use refusal::Refusal;
use xray::Xray;

/// The clock: milliseconds since the epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// What the account behind an endpoint is like.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Seed of the fleet, of the faults and of the request ids.
    pub seed: u64,
    /// Account id, 12 digits.
    pub account: String,
    /// Region, as it stands in ARNs.
    pub region: String,
    /// An account without a single function.
    pub empty: bool,
    /// How many functions there are that nobody invokes, beside the fleet.
    pub idle_functions: u32,
    /// How often it may be called.
    pub quotas: Quotas,
    /// Share of the fleet's requests whose log lines are ingested minutes late, 0 to 1.
    pub late_share: f64,
    /// Whether segments are sent to CloudWatch Logs instead of X-Ray: Transaction Search.
    pub transaction_search: bool,
    /// Log groups beside those of the fleet.
    pub synthetic: Vec<Synthetic>,
    /// What goes wrong.
    pub faults: Faults,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: super::fleet::DEFAULT_SEED,
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
            empty: false,
            idle_functions: 0,
            quotas: Quotas::default(),
            late_share: super::fleet::LATE_SHARE,
            transaction_search: false,
            synthetic: Vec::new(),
            faults: Faults::default(),
        }
    }
}

/// An AWS endpoint over a simulated account. Clones are the same endpoint.
#[derive(Clone)]
pub struct Endpoint(Arc<Inner>);

struct Inner {
    account: Arc<Account>,
    cloudwatch: CloudWatch,
    logs: Logs,
    xray: Xray,
    now: Now,
    ledger: Mutex<Ledger>,
}

/// What the endpoint remembers of the calls so far.
#[derive(Default)]
struct Ledger {
    calls: Calls,
    buckets: BTreeMap<(Service, Option<String>), Bucket>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("settings", &self.0.account.settings).finish_non_exhaustive()
    }
}

/// The faults that strike one call.
struct Strikes {
    /// Its number among the calls of its action.
    number: u64,
    kinds: Vec<Kind>,
}

impl Strikes {
    fn has(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    fn delay(&self) -> Duration {
        self.kinds.iter().map(|kind| if let Kind::Slow(delay) = kind { *delay } else { Duration::ZERO }).sum()
    }

    /// The body as it arrives.
    fn spoil(&self, mut body: Bytes, share: f64) -> Body {
        if self.has(Kind::TruncatedBody) {
            body.truncate((body.len() as f64 * share) as usize);
        }
        if self.has(Kind::Reset) {
            Body::reset(body, share)
        } else if self.has(Kind::Trickle) {
            Body::trickling(body)
        } else {
            body.into()
        }
    }

    fn of_log(&self) -> Vec<LogFault> {
        self.kinds
            .iter()
            .filter_map(|kind| if let Kind::Log(fault) = kind { Some(*fault) } else { None })
            .collect()
    }

    fn of_tail(&self) -> Vec<(TailFault, u32)> {
        let of =
            |kind: &Kind| if let Kind::Tail { fault, after } = kind { Some((*fault, *after)) } else { None };
        self.kinds.iter().filter_map(of).collect()
    }

    fn of_traces(&self) -> Vec<TraceFault> {
        self.kinds
            .iter()
            .filter_map(|kind| if let Kind::Trace(fault) = kind { Some(*fault) } else { None })
            .collect()
    }

    fn of_series(&self) -> Vec<SeriesFault> {
        self.kinds
            .iter()
            .filter_map(|kind| if let Kind::Series(fault) = kind { Some(*fault) } else { None })
            .collect()
    }
}

impl Endpoint {
    /// An endpoint whose account is as the settings say, and whose clock is `now`.
    #[must_use]
    pub fn new(settings: Settings, now: Now) -> Self {
        Self(Arc::new(Inner {
            account: Arc::new(Account::new(settings)),
            cloudwatch: CloudWatch::default(),
            logs: Logs::default(),
            xray: Xray::default(),
            now,
            ledger: Mutex::default(),
        }))
    }

    /// What it was asked so far.
    #[must_use]
    pub fn calls(&self) -> Calls {
        self.ledger().calls.clone()
    }

    /// Answers one request. Waits only where a fault says so; long work lets other tasks run in between.
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Body> {
        let now = (self.0.now)();
        let read = protocol::read(&request);
        let signed = is_signed(&request);
        let mut response = match read {
            Err((protocol, refusal)) => {
                let (_, id) = self.enter("unknown");
                let refusal = if signed { refusal } else { Refusal::unsigned() };
                protocol::refuse(protocol, &refusal, &id).map(Body::from)
            }
            Ok(call) => self.answer(&call, signed, now).await,
        };
        // By which a client sees how far its own clock is off.
        if let Ok(date) = HeaderValue::from_str(&calendar::http((self.0.now)())) {
            response.headers_mut().insert(DATE, date);
        }
        response
    }

    async fn answer(&self, call: &Call, signed: bool, now: i64) -> Response<Body> {
        let settings = &self.0.account.settings;
        let action = format!("{}:{}", call.service.prefix(), call.operation);
        let (number, id) = self.enter(&action);
        let kinds = settings.faults.striking(settings.seed, &action, number, now).collect();
        let strikes = Strikes { number, kinds };
        let delay = strikes.delay();
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if !signed {
            return protocol::refuse(call.protocol, &Refusal::unsigned(), &id).map(Body::from);
        }
        if strikes.has(Kind::ServerError) {
            return server_error(call.protocol, strikes.number, &id).map(Body::from);
        }
        let outcome = match self.admit(call, &action, &strikes, now) {
            Err(refusal) => Err(refusal),
            Ok(()) => self.run(call, &strikes, now).await,
        };
        let response = match outcome {
            Ok(Answer::Events(body)) => return protocol::answer_events(body, &id),
            Ok(Answer::Value(value)) => protocol::answer(call, &value, &id),
            Ok(Answer::Json(body)) => protocol::answer_encoded(call, body, &id),
            Err(refusal) => protocol::refuse(call.protocol, &refusal, &id),
        };
        // A cut at a place of its own for every call, but never at the end.
        let share = chance(&[settings.seed, hash(&action), strikes.number]);
        response.map(|body| strikes.spoil(body, share))
    }

    async fn run(&self, call: &Call, strikes: &Strikes, now: i64) -> Result<Answer, Refusal> {
        let account = &self.0.account;
        let Call { operation, input, .. } = call;
        match call.service {
            Service::Sts => sts::run(&account.settings, operation).map(Answer::Value),
            Service::Lambda => lambda::run(account, operation, input, now).map(Answer::Value),
            Service::CloudWatch => {
                let faults = strikes.of_series();
                let (value, billed) = self.0.cloudwatch.run(account, operation, input, now, &faults).await?;
                self.ledger().calls.billed_metrics += billed;
                Ok(Answer::Value(value))
            }
            Service::Logs => {
                let (faults, tail_faults) = (strikes.of_log(), strikes.of_tail());
                let clock = &self.0.now;
                let scene = Scene { account, clock, now, faults: &faults, tail_faults: &tail_faults };
                self.0.logs.run(scene, operation, input).await
            }
            Service::Xray => {
                let faults = strikes.of_traces();
                let scene = xray::Scene { account, now, faults: &faults };
                self.0.xray.run(scene, operation, input).await.map(Answer::Value)
            }
        }
    }

    /// Refuses what faults and quotas do not let through.
    fn admit(&self, call: &Call, action: &str, strikes: &Strikes, now: i64) -> Result<(), Refusal> {
        let settings = &self.0.account.settings;
        if strikes.has(Kind::ExpiredCredentials) {
            let text = "The security token included in the request is expired";
            return Err(Refusal::new(403, "ExpiredTokenException", text));
        }
        if strikes.has(Kind::InvalidCredentials) {
            let code = if call.service == Service::Sts {
                "InvalidClientTokenId"
            } else {
                "UnrecognizedClientException"
            };
            return Err(Refusal::new(403, code, "The security token included in the request is invalid."));
        }
        if strikes.has(Kind::AccessDenied) {
            let arn = sts::caller_arn(settings);
            let text = format!(
                "User: {arn} is not authorized to perform: {action} on resource: * because no identity-based policy \
                 allows the {action} action"
            );
            return Err(Refusal::new(403, "AccessDeniedException", text));
        }
        if strikes.has(Kind::LimitExceeded) {
            return Err(Refusal::new(400, "LimitExceededException", "Resource limit exceeded."));
        }
        let quota = settings.quotas.of(call.service, &call.operation, &settings.region);
        let within = quota.is_none_or(|per_second| {
            let shared = call.service == Service::Lambda;
            let key = (call.service, (!shared).then(|| call.operation.clone()));
            let mut ledger = self.ledger();
            ledger.buckets.entry(key).or_insert_with(|| Bucket::full(per_second, now)).take(per_second, now)
        });
        if within && !strikes.has(Kind::Throttled) {
            return Ok(());
        }
        Err(match call.service {
            Service::Lambda => Refusal {
                reason: Some("CallerRateLimitExceeded"),
                ..Refusal::new(429, "TooManyRequestsException", "Rate exceeded")
            },
            Service::Xray => Refusal::new(429, "ThrottledException", "Rate exceeded"),
            Service::CloudWatch | Service::Logs | Service::Sts => {
                Refusal::new(400, "ThrottlingException", "Rate exceeded")
            }
        })
    }

    /// Counts a call: its number among those of its action, and the id of its answer.
    fn enter(&self, action: &str) -> (u64, String) {
        let mut ledger = self.ledger();
        let total = ledger.calls.total();
        let count = ledger.calls.by_action.entry(action.to_owned()).or_default();
        *count += 1;
        (*count - 1, lambda::uuid(self.0.account.settings.seed, total))
    }

    /// The ledger; nothing that holds it can panic half-way, so a poisoned one is as good as any.
    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request carries a signature. Which one does not matter here: there is no secret to check it with.
fn is_signed(request: &Request<Bytes>) -> bool {
    let by_header = protocol::header(request, "authorization").is_some_and(|header| {
        header.starts_with("AWS4-") && header.contains("Credential=") && header.contains("Signature=")
    });
    let by_query = request.uri().query().is_some_and(|query| {
        protocol::form::pairs(query).any(|(name, text)| name == "X-Amz-Signature" && !text.is_empty())
    });
    by_header || by_query
}

/// A 500 in the service's own form, a 503 of a load balancer, a page of HTML: in turn.
fn server_error(protocol: Protocol, number: u64, id: &str) -> Response<Bytes> {
    let page = |status, title: &str| {
        let html = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n");
        let mut response = Response::new(Bytes::from(html));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        response
    };
    match number % 3 {
        0 => protocol::refuse(protocol, &Refusal::new(500, "InternalServiceFault", "Internal failure"), id),
        1 => page(StatusCode::SERVICE_UNAVAILABLE, "503 Service Temporarily Unavailable"),
        _ => page(StatusCode::BAD_GATEWAY, "502 Bad Gateway"),
    }
}
