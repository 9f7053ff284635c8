//! `GetLogEvents`: one stream, read in either direction.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>.

use bytes::Bytes;
use serde::Serialize;

use super::filter::readable;
use super::group::Group;
use super::read::{Key, PAGE_EVENTS, Walk};
use super::token::Position;
use super::{Scene, bounded, invalid, streams};
use crate::demo::cloud::paging::request_digest;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page<'a> {
    events: Vec<Event<'a>>,
    next_forward_token: String,
    next_backward_token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    timestamp: i64,
    message: &'a str,
    ingestion_time: i64,
}

/// Answers a page, oldest first whatever its direction.
pub(super) async fn run(scene: Scene<'_>, input: &Value) -> Result<Bytes, Refusal> {
    let limit = bounded(input, "limit", 1, PAGE_EVENTS)?.unwrap_or(PAGE_EVENTS);
    let from = bounded(input, "startTime", 0, i64::MAX)?.unwrap_or(0);
    // Unlike FilterLogEvents it leaves out what happened at its end time.
    let to = bounded(input, "endTime", 0, i64::MAX)?.map_or(i64::MAX, |end| end - 1);
    let group = Group::asked(scene, input)?;
    readable(&group)?;
    let name = input
        .text("logStreamName")
        .ok_or_else(|| invalid("1 validation error detected: Value null at 'logStreamName' failed to satisfy constraint: Member must not be null"))?;
    let life = streams::find(scene, &group, name).ok_or_else(|| {
        Refusal::new(400, "ResourceNotFoundException", "The specified log stream does not exist.")
    })?;
    let digest = request_digest("GetLogEvents", input);
    let token = input.text("nextToken");
    let position = token
        .map(|token| {
            let inner = token.strip_prefix("f/").or_else(|| token.strip_prefix("b/")).unwrap_or_default();
            Position::decode(inner, digest, scene.now)
        })
        .transpose()?;
    let descending = match &position {
        Some(position) => position.descending,
        None => input.get("startFromHead").and_then(Value::as_bool) != Some(true),
    };
    let walk = Walk {
        from: from.max(life.0),
        to: to.min(life.1),
        now: scene.now,
        descending,
        after: position.map(|position| position.after),
        keep: &|event| *event.stream == *name,
        limit: limit as usize,
    };
    let mut found = walk.page(scene.account, &group).await;
    if descending {
        found.events.reverse();
    }
    let token_at = |after: Key, descending: bool| {
        let sign = if descending { 'b' } else { 'f' };
        let position = Position { after, descending, at: 0, request: digest, page: 0 };
        // The same place has the same token whenever it is given out: how a client knows the end.
        format!("{sign}/{}", Position { at: position_time(scene.now), ..position }.encode())
    };
    let edge = |last: bool| {
        let event = if last { found.events.last() } else { found.events.first() };
        event.map(|event| Key::of(event))
    };
    let stays = walk.here(&group);
    let goes_on = found.next.clone().unwrap_or_else(|| stays.clone());
    let (forward, backward) = if descending {
        (edge(true).unwrap_or(stays), edge(false).unwrap_or(goes_on))
    } else {
        (edge(true).unwrap_or(goes_on), edge(false).unwrap_or(stays))
    };
    let unmoved = found.events.is_empty() && found.next.is_none();
    let again = |own: bool| token.filter(|_| unmoved && own).map(str::to_owned);
    let events = found.events.iter().map(|event| Event {
        timestamp: event.timestamp,
        message: &event.message,
        ingestion_time: event.ingested,
    });
    let page = Page {
        events: events.collect(),
        next_forward_token: again(!descending).unwrap_or_else(|| token_at(forward, false)),
        next_backward_token: again(descending).unwrap_or_else(|| token_at(backward, true)),
    };
    // Nothing in it can fail to be written as JSON.
    Ok(serde_json::to_vec(&page).unwrap_or_default().into())
}

/// When a token was given out, to the hour.
const fn position_time(now: i64) -> i64 {
    now - now.rem_euclid(3_600_000)
}
