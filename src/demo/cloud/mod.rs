//! An AWS endpoint in this process: one function from an HTTP request to an HTTP response.
//!
//! ```text
//! request -> protocol::read -> Call -> sts | lambda | cloudwatch -> Value | Refusal -> protocol::answer | refuse
//! ```
//!
//! The same function is mounted two ways: as the SDK's HTTP client ([`Endpoint::http_client`]) and on a port
//! ([`Endpoint::serve`]). It behaves as AWS does where that matters: pages and their tokens, validation errors in
//! the words and codes of each protocol, quotas, metrics that are incomplete at first and revised, and whatever
//! [`Faults`] it is told to make. The clock is handed in, so that a test can hold or turn it.

mod account;
mod calendar;
mod cloudwatch;
mod lambda;
mod listen;
mod mount;
mod paging;
mod protocol;
mod quota;
mod refusal;
mod sts;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};

use super::faults::{Faults, Kind, SeriesFault, chance, hash};
use account::Account;
use cloudwatch::CloudWatch;
use protocol::{Call, Protocol, Service};
use quota::Bucket;
pub use quota::{Calls, Quotas};
use refusal::Refusal;

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
            faults: Faults::default(),
        }
    }
}

/// An AWS endpoint over a simulated account. Clones are the same endpoint.
#[derive(Clone)]
pub struct Endpoint(Arc<Inner>);

struct Inner {
    account: Account,
    cloudwatch: CloudWatch,
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
            account: Account::new(settings),
            cloudwatch: CloudWatch::default(),
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
    pub async fn respond(&self, request: Request<Bytes>) -> Response<Bytes> {
        let now = (self.0.now)();
        let read = protocol::read(&request);
        let signed = is_signed(&request);
        match read {
            Err((protocol, refusal)) => {
                let (_, id) = self.enter("unknown");
                let refusal = if signed { refusal } else { Refusal::unsigned() };
                protocol::refuse(protocol, &refusal, &id)
            }
            Ok(call) => self.answer(&call, signed, now).await,
        }
    }

    async fn answer(&self, call: &Call, signed: bool, now: i64) -> Response<Bytes> {
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
            return protocol::refuse(call.protocol, &Refusal::unsigned(), &id);
        }
        if strikes.has(Kind::ServerError) {
            return server_error(call.protocol, strikes.number, &id);
        }
        let outcome = match self.admit(call, &action, &strikes, now) {
            Err(refusal) => Err(refusal),
            Ok(()) => match call.service {
                Service::Sts => sts::run(settings, &call.operation),
                Service::Lambda => lambda::run(&self.0.account, &call.operation, &call.input, now),
                Service::CloudWatch => {
                    let answered = self
                        .0
                        .cloudwatch
                        .run(&self.0.account, &call.operation, &call.input, now, &strikes.of_series())
                        .await;
                    answered.map(|(value, billed)| {
                        self.ledger().calls.billed_metrics += billed;
                        value
                    })
                }
            },
        };
        let mut response = match outcome {
            Ok(value) => protocol::answer(call, &value, &id),
            Err(refusal) => protocol::refuse(call.protocol, &refusal, &id),
        };
        if strikes.has(Kind::TruncatedBody) {
            let body = response.body_mut();
            // A cut at a place of its own for every call, but never at the end.
            let share = chance(&[settings.seed, hash(&action), strikes.number]);
            body.truncate((body.len() as f64 * share) as usize);
        }
        response
    }

    /// Refuses what faults and quotas do not let through.
    fn admit(&self, call: &Call, action: &str, strikes: &Strikes, now: i64) -> Result<(), Refusal> {
        let settings = &self.0.account.settings;
        if strikes.has(Kind::ExpiredCredentials) {
            let text = "The security token included in the request is expired";
            return Err(Refusal::new(403, "ExpiredTokenException", text));
        }
        if strikes.has(Kind::AccessDenied) {
            let arn = sts::caller_arn(settings);
            let text = format!(
                "User: {arn} is not authorized to perform: {action} on resource: * because no identity-based policy \
                 allows the {action} action"
            );
            return Err(Refusal::new(403, "AccessDeniedException", text));
        }
        let quota = settings.quotas.of(call.service, &call.operation);
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
            Service::CloudWatch | Service::Sts => Refusal::new(400, "ThrottlingException", "Rate exceeded"),
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
