//! `StartLiveTail`: events as they are ingested, on an event stream.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html>.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value as Json, json};

use super::group::Group;
use super::pattern::Pattern;
use super::{Scene, frame, invalid, texts};
use crate::demo::cloud::Now;
use crate::demo::cloud::account::Account;
use crate::demo::cloud::body::{Body, Pieces};
use crate::demo::cloud::lambda::uuid;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::{TailFault, hash};
use crate::demo::fleet::LogEvent;

/// Most sessions of an account at a time.
const MOST_SESSIONS: usize = 15;
/// Most groups of a session.
const MOST_GROUPS: usize = 10;
/// Most events of an update, which comes every second.
const MOST_EVENTS: usize = 500;
/// A session ends after so long, ms.
const LONGEST_SESSION: i64 = 3 * 3_600_000;
/// How long a session that falls silent stays so.
const SILENCE: Duration = Duration::from_secs(15);

/// How many sessions there are.
#[derive(Debug, Default)]
pub(super) struct Sessions(Arc<AtomicUsize>);

/// One of them, while it lasts.
struct Seat(Arc<AtomicUsize>);

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Sessions {
    fn enter(&self) -> Option<Seat> {
        let seat = Seat(Arc::clone(&self.0));
        // The seat counts from here on, and gives itself back if it is one too many.
        (self.0.fetch_add(1, Ordering::Relaxed) < MOST_SESSIONS).then_some(seat)
    }
}

/// A session: what it shows.
struct Session {
    account: Arc<Account>,
    clock: Now,
    groups: Vec<String>,
    streams: Vec<String>,
    prefixes: Vec<String>,
    filter: Option<String>,
    pattern: Pattern,
    faults: Vec<(TailFault, u32)>,
    _seat: Seat,
}

/// Opens a session.
pub(super) fn start(sessions: &Sessions, scene: Scene, input: &Value) -> Result<Body, Refusal> {
    let groups = texts(input, "logGroupIdentifiers");
    if groups.is_empty() || groups.len() > MOST_GROUPS {
        return Err(invalid(format!("logGroupIdentifiers must have 1 to {MOST_GROUPS} members")));
    }
    for identifier in &groups {
        if !identifier.starts_with("arn:") {
            return Err(invalid(format!("{identifier} is not a valid log group ARN")));
        }
        let group = Group::identified(scene, identifier)?;
        if group.class != "STANDARD" {
            let text = "Live Tail is not supported for log groups of the Infrequent Access log class.";
            return Err(Refusal::new(400, "InvalidOperationException", text));
        }
    }
    let (streams, prefixes) = (texts(input, "logStreamNames"), texts(input, "logStreamNamePrefixes"));
    if !streams.is_empty() && !prefixes.is_empty() {
        return Err(invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters."));
    }
    if groups.len() > 1 && !(streams.is_empty() && prefixes.is_empty()) {
        return Err(invalid("Log streams can be specified for a single log group only."));
    }
    let filter = input.text("logEventFilterPattern").map(str::to_owned);
    let pattern = Pattern::parse(filter.as_deref())?;
    let seat = sessions.enter().ok_or_else(|| {
        Refusal::new(400, "LimitExceededException", "The limit of concurrent Live Tail sessions is exceeded.")
    })?;
    let session = Session {
        account: Arc::clone(scene.account),
        clock: Arc::clone(scene.clock),
        groups,
        streams,
        prefixes,
        filter,
        pattern,
        faults: scene.tail_faults.to_vec(),
        _seat: seat,
    };
    Ok(Body::pieces(async move |pieces: Pieces| {
        // Whoever has left hears no more of it.
        let _ = session.run(&pieces).await;
    }))
}

/// The client has gone, or the session has ended.
struct Over;

async fn send(pieces: &Pieces, bytes: Bytes) -> Result<(), Over> {
    pieces.send(Ok(bytes)).await.map_err(|_| Over)
}

impl Session {
    async fn run(&self, pieces: &Pieces) -> Result<(), Over> {
        let began = (self.clock)();
        send(pieces, frame::event("initial-response", &json!({}))).await?;
        let id = |what: u64| uuid(began.cast_unsigned(), hash(&self.groups.concat()) ^ what);
        let start = json!({
            "requestId": id(1), "sessionId": id(2), "logGroupIdentifiers": self.groups,
            "logStreamNames": self.streams, "logStreamNamePrefixes": self.prefixes,
            "logEventFilterPattern": self.filter.clone().unwrap_or_default(),
        });
        send(pieces, frame::event("sessionStart", &start)).await?;
        let (mut known, mut number) = (began, 0_u32);
        loop {
            tokio::time::sleep(Duration::from_secs(1)).await;
            let now = (self.clock)();
            if now - began >= LONGEST_SESSION {
                send(pieces, frame::exception("SessionTimeoutException", "Session has timed out.")).await?;
                return Err(Over);
            }
            let update = frame::event("sessionUpdate", &self.update(known, now).await);
            known = now.max(known);
            for (fault, _) in self.faults.iter().filter(|(_, after)| *after == number) {
                self.spoil(*fault, &update, pieces).await?;
            }
            number = number.saturating_add(1);
            send(pieces, update).await?;
        }
    }

    /// What was ingested after `known`, up to `now`.
    async fn update(&self, known: i64, now: i64) -> Json {
        let mut results: Vec<(Arc<LogEvent>, &str)> = Vec::new();
        for identifier in &self.groups {
            let scene =
                Scene { account: &self.account, clock: &self.clock, now, faults: &[], tail_faults: &[] };
            // A group that was deleted meanwhile has nothing more to say.
            let Ok(group) = Group::identified(scene, identifier) else { continue };
            let mut at = (known - group.latest(&self.account)).max(group.created);
            while at <= now {
                let chunk = group.chunk(&self.account, at);
                for event in &chunk.events {
                    if event.ingested > known && event.ingested <= now && self.shows(event) {
                        results.push((Arc::clone(event), identifier));
                    }
                }
                at = chunk.to;
                tokio::task::yield_now().await;
            }
        }
        results.sort_by(|(a, _), (b, _)| (a.ingested, a.key()).cmp(&(b.ingested, b.key())));
        let always = self.faults.iter().any(|(fault, _)| *fault == TailFault::Sampled);
        let sampled = results.len() > MOST_EVENTS || always;
        if sampled {
            // Evenly, so that what is left still looks like the whole.
            let keep = if always { results.len() / 2 } else { MOST_EVENTS }.min(MOST_EVENTS);
            let all = results.len();
            let mut number = 0;
            results.retain(|_| {
                number += 1;
                number * keep / all != (number - 1) * keep / all
            });
        }
        let results: Vec<Json> = results
            .iter()
            .map(|(event, identifier)| {
                json!({
                    "logStreamName": event.stream, "logGroupIdentifier": without_arn(identifier),
                    "message": event.message, "timestamp": event.timestamp, "ingestionTime": event.ingested,
                })
            })
            .collect();
        json!({"sessionMetadata": {"sampled": sampled}, "sessionResults": results})
    }

    fn shows(&self, event: &LogEvent) -> bool {
        let named = self.streams.is_empty() || self.streams.iter().any(|name| **name == *event.stream);
        let begun =
            self.prefixes.is_empty() || self.prefixes.iter().any(|p| event.stream.starts_with(p.as_str()));
        named && begun && self.pattern.matches(&event.message)
    }

    async fn spoil(&self, fault: TailFault, update: &Bytes, pieces: &Pieces) -> Result<(), Over> {
        match fault {
            TailFault::BadChecksum => send(pieces, frame::corrupt(update)).await,
            TailFault::UnknownEvent => send(pieces, frame::raw("sessionSurprise", "{}")).await,
            TailFault::BadJson => send(pieces, frame::raw("sessionUpdate", "{\"sessionResults\":[")).await,
            TailFault::HugeLength => {
                send(pieces, frame::huge()).await?;
                // Open, and nothing more: until the client leaves.
                pieces.closed().await;
                Err(Over)
            }
            TailFault::EndMidFrame => {
                send(pieces, update.slice(..update.len() / 2)).await?;
                Err(Over)
            }
            TailFault::Silence => {
                tokio::time::sleep(SILENCE).await;
                Ok(())
            }
            TailFault::Timeout => {
                send(pieces, frame::exception("SessionTimeoutException", "Session has timed out.")).await?;
                Err(Over)
            }
            TailFault::Streaming => {
                let text = "The session ended because of an internal error.";
                send(pieces, frame::exception("SessionStreamingException", text)).await?;
                Err(Over)
            }
            TailFault::End => Err(Over),
            TailFault::Sampled => Ok(()),
        }
    }
}

/// Results name their group as `account:name`.
fn without_arn(identifier: &str) -> String {
    let mut parts = identifier.splitn(7, ':').skip(4);
    match (parts.next(), parts.next(), parts.next()) {
        (Some(account), Some(_), Some(name)) => format!("{account}:{name}"),
        _ => identifier.to_owned(),
    }
}
