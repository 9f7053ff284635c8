//! `FilterLogEvents`: the events of a group, searched.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use bytes::Bytes;
use serde::Serialize;

use super::group::Group;
use super::pattern::Pattern;
use super::read::{Key, PAGE_EVENTS, Walk};
use super::token::{Position, Repeats};
use super::{Scene, bounded, invalid, texts};
use crate::demo::cloud::paging::request_digest;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::{BrokenText, LogFault, chance};
use crate::demo::fleet::LogEvent;

/// Nothing before this instant (2024-01-01) can be read newest first.
const DESCENDING_SINCE: i64 = 1_704_067_200_000;
/// Share of the pages that are empty although more follows, as happens on AWS.
const EMPTY_PAGES: f64 = 0.03;
/// What stands for each time that is none: in turn.
const ODD_TIMES: [Option<i64>; 5] = [Some(0), Some(-1), Some(1 << 53), Some(i64::MAX), None];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    events: Vec<Event<'a>>,
    /// Always empty, since 2019.
    searched_log_streams: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    log_stream_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<i64>,
    message: &'a str,
    ingestion_time: i64,
    #[serde(rename = "eventId")]
    id: &'a str,
}

/// The streams that are asked for.
enum Streams {
    All,
    Named(Vec<String>),
    Prefix(String),
}

impl Streams {
    fn asked(input: &Value) -> Result<Self, Refusal> {
        let names = texts(input, "logStreamNames");
        match (names.is_empty(), input.text("logStreamNamePrefix")) {
            (false, Some(_)) => {
                Err(invalid("LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters."))
            }
            (false, None) if names.len() > 100 => {
                Err(invalid("Member must have length less than or equal to 100: logStreamNames"))
            }
            (false, None) => Ok(Self::Named(names)),
            (true, Some(prefix)) => Ok(Self::Prefix(prefix.to_owned())),
            (true, None) => Ok(Self::All),
        }
    }

    fn have(&self, event: &LogEvent) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| **name == *event.stream),
            Self::Prefix(prefix) => event.stream.starts_with(prefix.as_str()),
        }
    }
}

/// Answers a page.
pub(super) async fn run(repeats: &Repeats, scene: Scene<'_>, input: &Value) -> Result<Bytes, Refusal> {
    let limit = bounded(input, "limit", 1, PAGE_EVENTS)?.unwrap_or(PAGE_EVENTS);
    let from = bounded(input, "startTime", 0, i64::MAX)?;
    let to = bounded(input, "endTime", 0, i64::MAX)?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(invalid("startTime must be less than or equal to endTime"));
    }
    let group = Group::asked(scene, input)?;
    readable(&group)?;
    let streams = Streams::asked(input)?;
    let pattern = Pattern::parse(input.text("filterPattern"))?;
    let digest = request_digest("FilterLogEvents", input);
    let token = input.text("nextToken");
    let position = token.map(|token| Position::decode(token, digest, scene.now)).transpose()?;
    let descending = match &position {
        Some(position) => position.descending,
        None => input.get("startFromHead").and_then(Value::as_bool) == Some(false),
    };
    let head_only = scene.faults.contains(&LogFault::HeadOnly);
    if descending && (head_only || from.unwrap_or_default() < DESCENDING_SINCE) {
        return Err(invalid("startFromHead=false needs a startTime on or after 2024-01-01T00:00:00Z"));
    }
    let page = position.as_ref().map_or(0, |position| position.page);
    let walk = Walk {
        from: from.unwrap_or(0),
        to: to.unwrap_or(i64::MAX),
        now: scene.now,
        descending,
        after: position.map(|position| position.after),
        keep: &|event| streams.have(event) && pattern.matches(&event.message),
        limit: limit as usize,
    };
    let go_on =
        |after: Key| Position { after, descending, at: scene.now, request: digest, page: page + 1 }.encode();
    for fault in scene.faults {
        let again = match fault {
            LogFault::RepeatedToken { times } => {
                token.filter(|token| repeats.again(token, *times)).map(str::to_owned)
            }
            LogFault::EmptyPage => Some(go_on(walk.here(&group))),
            _ => None,
        };
        if again.is_some() {
            return Ok(encode(&[], again, false));
        }
    }
    // A page that is empty although more follows: rare, and never twice in a row.
    if page % 2 == 1 && chance(&[scene.account.settings.seed, digest, page]) < EMPTY_PAGES * 2.0 {
        return Ok(encode(&[], Some(go_on(walk.here(&group))), false));
    }
    let found = walk.page(scene.account, &group).await;
    let endless = scene.faults.contains(&LogFault::EndlessTokens);
    let next = match found.next {
        Some(key) => Some(key),
        None if endless => {
            Some(found.events.last().map_or_else(|| walk.here(&group), |event| Key::of(event)))
        }
        None => None,
    };
    let events: Vec<&LogEvent> = found.events.iter().map(|event| &**event).collect();
    let page = encode(&events, next.map(go_on), scene.faults.contains(&LogFault::OddTimes));
    let broken = scene.faults.iter().find_map(|fault| match fault {
        LogFault::BrokenText(broken) => Some(*broken),
        _ => None,
    });
    Ok(broken.map_or_else(|| page.clone(), |broken| break_text(&page, broken, &events)))
}

/// The page with every seventh message broken at its beginning, or those of every seventh second.
fn break_text(page: &[u8], broken: BrokenText, events: &[&LogEvent]) -> Bytes {
    const MESSAGE: &[u8] = b"\"message\":\"";
    let mark: &[u8] = match broken {
        BrokenText::Nul => b"\\u0000",
        BrokenText::LoneSurrogate => b"\\ud83d",
        BrokenText::InvalidUtf8 => b"\xff",
        BrokenText::NoJson => b"\\x",
    };
    let is_hit = |number: usize| match broken {
        BrokenText::NoJson => events.get(number).is_some_and(|event| event.timestamp % 7_000 == 0),
        _ => number % 7 == 3,
    };
    let (mut out, mut number, mut rest) = (Vec::with_capacity(page.len()), 0, page);
    // No quote stands unescaped within a message, so that this finds the members and nothing else.
    while let Some(at) = rest.windows(MESSAGE.len()).position(|window| window == MESSAGE) {
        let (before, after) = rest.split_at(at + MESSAGE.len());
        out.extend_from_slice(before);
        if is_hit(number) {
            out.extend_from_slice(mark);
        }
        (number, rest) = (number + 1, after);
    }
    out.extend_from_slice(rest);
    out.into()
}

/// Refuses groups of a class whose events can be had by queries only.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>.
pub(super) fn readable(group: &Group) -> Result<(), Refusal> {
    if group.class == "STANDARD" {
        return Ok(());
    }
    Err(invalid("This operation is not supported for log groups of the Infrequent Access log class."))
}

fn encode(events: &[&LogEvent], next_token: Option<String>, odd: bool) -> Bytes {
    let events = events
        .iter()
        .enumerate()
        .map(|(number, event)| Event {
            log_stream_name: &event.stream,
            timestamp: if odd && number % 7 == 3 {
                ODD_TIMES[number / 7 % ODD_TIMES.len()]
            } else {
                Some(event.timestamp)
            },
            message: &event.message,
            ingestion_time: event.ingested,
            id: &event.id,
        })
        .collect();
    let page = Page { events, searched_log_streams: [], next_token };
    // Nothing in it can fail to be written as JSON.
    serde_json::to_vec(&page).unwrap_or_default().into()
}
