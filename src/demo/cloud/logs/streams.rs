//! `DescribeLogStreams`: a stream for each execution environment, worked out a day at a time.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html>.

use super::group::{Content, DAY, Group};
use super::groups::{next_token, offset};
use super::{Scene, bounded, constraint, invalid};
use crate::demo::cloud::calendar;
use crate::demo::cloud::paging::request_digest;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::hash;
use crate::demo::fleet::StreamLife;

/// Most streams in a page.
const STREAMS_PER_PAGE: i64 = 50;
/// No day has so many streams.
const DAY_STREAMS: usize = 1_000_000;
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
    let begin = offset(input, digest, scene.now)?;
    let today = scene.now.div_euclid(DAY);
    // The prefix may name the only day there is to look at.
    let only = prefix.and_then(date);
    let oldest = only.unwrap_or_else(|| group.oldest(scene.now).div_euclid(DAY));
    let days = (only.unwrap_or(today).min(today) - oldest + 1).max(0);
    let (mut step, mut skip) = ((begin / DAY_STREAMS) as i64, begin % DAY_STREAMS);
    let (mut listed, mut next) = (Vec::new(), None);
    while step < days && next.is_none() {
        let day = if descending { oldest + days - 1 - step } else { oldest + step };
        let mut streams: Vec<Seen> = if by_time {
            let near = [day - 1, day].into_iter().flat_map(|day| of_day(scene, &group, day));
            near.filter(|stream| stream.last.div_euclid(DAY) == day).collect()
        } else {
            of_day(scene, &group, day)
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
            next = Some(step as usize * DAY_STREAMS + skip + room);
        } else {
            (step, skip) = (step + 1, 0);
            if listed.len() == limit && step < days {
                next = Some(step as usize * DAY_STREAMS);
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

/// The streams of a group that began on a day, and have begun by now.
fn of_day(scene: Scene, group: &Group, day: i64) -> Vec<Seen> {
    let mut streams = Vec::new();
    match &group.content {
        Content::Functions(members) => {
            for &function in members {
                let lives = scene.account.fleet.streams(function, day).into_iter();
                streams.extend(lives.filter_map(|life| seen(life, scene.now)));
            }
        }
        Content::Synthetic(lines) => {
            let life = lines.life(scene.account.settings.seed);
            streams.extend(
                life.filter(|life| life.started_ms.div_euclid(DAY) == day)
                    .and_then(|life| seen(life, scene.now)),
            );
        }
    }
    streams
}

fn seen(life: StreamLife, now: i64) -> Option<Seen> {
    let first = *life.ends_ms.first()?;
    if first + 2_000 > now {
        return None;
    }
    let lag = (hash(&life.name) % MOST_LAG) as i64;
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
    let stream = of_day(scene, group, day).into_iter().find(|stream| stream.life.name == name)?;
    let last = *stream.life.ends_ms.last()?;
    Some((stream.life.started_ms.min(stream.life.ends_ms[0]) - AROUND, last + AROUND))
}

/// The day, counted from the epoch, that a stream's name begins with.
fn date(name: &str) -> Option<i64> {
    let date = name.get(..10)?.replace('/', "-");
    calendar::parse(&date).map(|millis| millis.div_euclid(DAY))
}
