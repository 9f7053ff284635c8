//! `DescribeLogStreams`: a stream for each execution environment, worked out a stretch of time at a time.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html>.

use super::group::{Content, DAY, Group};
use super::groups::{next_token, offset};
use super::{Scene, bounded, constraint, invalid, spans};
use crate::demo::cloud::calendar;
use crate::demo::cloud::paging::request_digest;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::hash;
use crate::demo::fleet::{LONGEST_LIFE_MS, StreamLife};

/// Most streams in a page.
const STREAMS_PER_PAGE: i64 = 50;
/// No day has so many streams.
const MOST_STREAMS: u32 = 100_000;
/// By how much of their last events streams are looked through at a time, ms.
const WINDOW: i64 = 2 * 3_600_000;
/// `lastEventTimestamp` lags by up to so long, ms.
const MOST_LAG: u64 = 3_600_000;
/// Lines may be written so long around the requests of a stream, ms: initialisations before, extensions after.
const AROUND: i64 = 120_000;

pub(super) fn describe(scene: Scene, input: &Value) -> Result<Value, Refusal> {
    let limit = bounded(input, "limit", 1, STREAMS_PER_PAGE)?.unwrap_or(STREAMS_PER_PAGE) as usize;
    let group = Group::asked(scene, input)?;
    let by_time = match input.text("orderBy") {
        None | Some("LogStreamName") => false,
        Some("LastEventTime") => true,
        Some(other) => {
            let rule = "Member must satisfy enum value set: [LogStreamName, LastEventTime]";
            return Err(constraint(other, "orderBy", rule));
        }
    };
    let prefix = input.text("logStreamNamePrefix");
    if by_time && prefix.is_some() {
        return Err(invalid("Cannot order by LastEventTime with a logStreamNamePrefix."));
    }
    let descending = input.get("descending").and_then(Value::as_bool) == Some(true);
    let digest = request_digest("DescribeLogStreams", input);
    // A token is the number of a window, and of a stream within it.
    let begin = u32::try_from(offset(input, digest, scene.now)?).unwrap_or(u32::MAX);
    // The prefix may name the only day there is to look at.
    let only = prefix.and_then(date);
    // Names begin with a day; times are looked at in shorter windows.
    let window = if by_time { WINDOW } else { DAY };
    let oldest = only.unwrap_or_else(|| group.oldest(scene.now)).div_euclid(window);
    let windows = (only.unwrap_or(scene.now).min(scene.now).div_euclid(window) - oldest + 1).max(0);
    let (mut step, mut skip) = (i64::from(begin / MOST_STREAMS), (begin % MOST_STREAMS) as usize);
    let (mut listed, mut next) = (Vec::new(), None);
    while step < windows && next.is_none() {
        let number = if descending { oldest + windows - 1 - step } else { oldest + step };
        let (from, to) = (number * window, (number + 1) * window);
        let mut streams = if by_time {
            let mut near = started(scene, &group, from - LONGEST_LIFE_MS, to);
            near.retain(|stream| (from..to).contains(&stream.last));
            near
        } else {
            started(scene, &group, from, to)
        };
        streams.retain(|stream| prefix.is_none_or(|prefix| stream.life.name.starts_with(prefix)));
        streams.sort_by(|a, b| {
            let by_name = a.life.name.cmp(&b.life.name);
            if by_time { a.last.cmp(&b.last).then(by_name) } else { by_name }
        });
        if descending {
            streams.reverse();
        }
        let room = limit - listed.len();
        listed.extend(streams.iter().skip(skip).take(room).map(|stream| described(scene, &group, stream)));
        if streams.len() > skip + room {
            next = Some(step as usize * MOST_STREAMS as usize + skip + room);
        } else {
            (step, skip) = (step + 1, 0);
            if listed.len() == limit && step < windows {
                next = Some(step as usize * MOST_STREAMS as usize);
            }
        }
    }
    Ok(Value::structure().with("logStreams", listed).with("nextToken", next_token(next, digest, scene.now)))
}

/// A stream as it is known at an instant.
struct Seen {
    life: StreamLife,
    /// Its last event, as far as that is known.
    last: i64,
    /// When its last event was ingested.
    ingested: i64,
}

/// The streams of a group that began in a stretch of time (its end exclusive), and before now.
fn started(scene: Scene, group: &Group, from: i64, to: i64) -> Vec<Seen> {
    let mut streams = Vec::new();
    match &group.content {
        Content::Functions(members) => {
            for &function in members {
                let lives = scene.account.fleet.streams(function, from, to.min(scene.now)).into_iter();
                streams.extend(lives.filter_map(|life| seen(life, scene.now)));
            }
        }
        Content::Spans => {
            let life = Some(spans::life(group.created, scene.now));
            let life = life.filter(|life| (from..to).contains(&life.started_ms));
            streams.extend(life.and_then(|life| seen(life, scene.now)));
        }
        Content::Synthetic(lines) => {
            let life = lines.life(scene.account.settings.seed);
            let life = life.filter(|life| (from..to).contains(&life.started_ms));
            streams.extend(life.and_then(|life| seen(life, scene.now)));
        }
    }
    streams
}

fn seen(life: StreamLife, now: i64) -> Option<Seen> {
    let first = *life.ends_ms.first()?;
    if first + 2_000 > now {
        return None;
    }
    let lag = (hash(&life.name) % MOST_LAG).cast_signed();
    let before = |at: i64| life.ends_ms.iter().rev().find(|end| **end <= at).copied();
    let last = before(now - lag).unwrap_or(first);
    let ingested = before(now - 2_000).unwrap_or(first) + 1_200;
    Some(Seen { life, last, ingested })
}

fn described(scene: Scene, group: &Group, stream: &Seen) -> Value {
    let Seen { life, last, ingested } = stream;
    Value::structure()
        .with("logStreamName", life.name.as_str())
        .with("creationTime", life.started_ms + 900)
        .with("firstEventTimestamp", life.started_ms)
        .with("lastEventTimestamp", *last)
        .with("lastIngestionTime", *ingested)
        .with("uploadSequenceToken", format!("4904{:052}", hash(&life.name)))
        .with("arn", format!("{}:log-stream:{}", group.arn(scene.account), life.name))
        // Not counted since 2019.
        .with("storedBytes", 0_i64)
}

/// First and last instant of the events of a stream, if there is such a stream by now.
pub(super) fn find(scene: Scene, group: &Group, name: &str) -> Option<(i64, i64)> {
    let day = date(name)?;
    let stream = started(scene, group, day, day + DAY).into_iter().find(|stream| stream.life.name == name)?;
    let last = *stream.life.ends_ms.last()?;
    Some((stream.life.started_ms.min(stream.life.ends_ms[0]) - AROUND, last + AROUND))
}

/// The beginning of the day, ms since the epoch, that a stream's name begins with.
fn date(name: &str) -> Option<i64> {
    let date = name.get(..10)?.replace('/', "-");
    calendar::parse(&date)
}
