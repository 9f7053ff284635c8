//! From the events of an answer to a page of lines: sorted, read, each passed on once, late ones marked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, LiveTailSessionLogEvent};

use super::memory::{Memory, hash};
use crate::model::{GroupKey, LogPage, LogRow, LogStream, NO_TIME, TimeRange, Timestamp};
use crate::parse;
use crate::source::aws::live_tail::Provisional;

/// What one group's events are held against.
#[derive(Debug)]
pub(super) struct Sift {
    pub memory: Memory,
    /// The stretch that had been seen before this sweep: what is new in there is late.
    pub seen: Option<TimeRange>,
    /// Up to where it had been called complete: what is new in there is later than promised.
    pub complete_to: Option<Timestamp>,
    /// The lines of Live Tail that events stand in for.
    pub provisional: Arc<Mutex<Provisional>>,
    /// Late events so far.
    pub late: u64,
    /// Those of them that are later than promised.
    pub later_than_promised: u64,
    /// Streams of the last pages, so that a name is kept once.
    streams: HashMap<String, LogStream>,
}

/// What an answer held.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// The lines that had not been passed on before.
    pub page: Option<LogPage>,
    /// How many events there were, and their time.
    pub events: usize,
    pub oldest: Option<Timestamp>,
    pub newest: Option<Timestamp>,
    /// The first was not the oldest: the answer runs backwards.
    pub is_backwards: bool,
}

/// Streams that are remembered at most.
const MOST_STREAMS: usize = 4096;

impl Sift {
    pub fn new() -> Self {
        Self {
            memory: Memory::new(),
            seen: None,
            complete_to: None,
            provisional: Arc::default(),
            late: 0,
            later_than_promised: 0,
            streams: HashMap::new(),
        }
    }

    /// Sifts one answer; `now` is the server's time.
    pub fn page(&mut self, group: &GroupKey, events: &[FilteredLogEvent], now: Timestamp) -> Sifted {
        self.memory.forget(now);
        let mut sifted = Sifted { events: events.len(), ..Sifted::default() };
        let times = || events.iter().filter_map(FilteredLogEvent::timestamp);
        sifted.oldest = times().min().map(Timestamp::from_millis);
        sifted.newest = times().max().map(Timestamp::from_millis);
        sifted.is_backwards = times().next() > times().next_back();

        let mut rows: Vec<(Timestamp, Timestamp, u64, &FilteredLogEvent)> = Vec::with_capacity(events.len());
        for event in events {
            let timestamp = event.timestamp().map_or(NO_TIME, Timestamp::from_millis);
            let id = id(event);
            if self.memory.is_new(timestamp, id) {
                let ingested = event.ingestion_time().map_or(timestamp, Timestamp::from_millis);
                rows.push((timestamp, ingested, id, event));
            }
        }
        let key = |row: &(Timestamp, Timestamp, u64, &FilteredLogEvent)| (row.0, row.1, row.2);
        if !rows.is_sorted_by_key(key) {
            rows.sort_unstable_by_key(key);
        }
        if !rows.is_empty() {
            sifted.page = Some(self.write(group, &rows));
        }
        sifted
    }

    fn write(
        &mut self,
        group: &GroupKey,
        rows: &[(Timestamp, Timestamp, u64, &FilteredLogEvent)],
    ) -> LogPage {
        let mut page = LogPage::new(group.clone());
        page.rows.reserve_exact(rows.len());
        page.text.reserve_exact(rows.iter().map(|row| row.3.message().map_or(0, str::len)).sum());
        page.event_ids.reserve_exact(rows.iter().map(|row| row.3.event_id().map_or(0, str::len)).sum());
        let mut places: HashMap<&str, u32> = HashMap::new();
        let mut last = ("", 0);
        let provisional = Arc::clone(&self.provisional);
        let mut provisional = provisional.lock().unwrap_or_else(PoisonError::into_inner);
        for &(timestamp, ingested, id, event) in rows {
            let name = event.log_stream_name().unwrap_or_default();
            let stream = if last.0 == name && !page.streams.is_empty() {
                last.1
            } else {
                *places.entry(name).or_insert_with(|| {
                    page.streams.push(self.stream(group, name));
                    page.streams.len() as u32 - 1
                })
            };
            last = (name, stream);
            let late =
                self.memory.reaches(timestamp) && self.seen.is_some_and(|seen| seen.contains(timestamp));
            self.late += u64::from(late);
            self.later_than_promised += u64::from(late && self.complete_to.is_some_and(|to| timestamp < to));
            let message = event.message().unwrap_or_default();
            if provisional.is_used() {
                let key = content_id(name, timestamp.millis(), ingested.millis(), message);
                page.confirmed.extend(provisional.event(key, timestamp));
            }
            let event_id = event.event_id().unwrap_or_default();
            push(
                &mut page,
                LineParts { timestamp, ingested, id, stream, message, event_id, provisional: false, late },
            );
        }
        page
    }

    /// The stream called `name`, and whose lines it holds.
    pub fn stream(&mut self, group: &GroupKey, name: &str) -> LogStream {
        if let Some(known) = self.streams.get(name) {
            return known.clone();
        }
        if self.streams.len() >= MOST_STREAMS {
            self.streams.clear();
        }
        let told = parse::stream::stream(name);
        let function = told.as_ref().and_then(|told| told.function).or_else(|| group.names_function());
        let stream = LogStream {
            name: name.into(),
            function: function.map(Arc::from),
            version: told.as_ref().map(|told| told.version.into()),
        };
        self.streams.insert(name.to_owned(), stream.clone());
        stream
    }
}

impl Sift {
    /// A page of lines of Live Tail: provisional, and without those whose event was read already.
    pub fn live(
        provisional: &Mutex<Provisional>,
        group: &GroupKey,
        events: &[LiveTailSessionLogEvent],
    ) -> Option<LogPage> {
        let mut provisional = provisional.lock().unwrap_or_else(PoisonError::into_inner);
        let mut lines: Vec<(Timestamp, Timestamp, u64, &LiveTailSessionLogEvent)> = Vec::new();
        for event in events {
            let timestamp = event.timestamp().map_or(NO_TIME, Timestamp::from_millis);
            let ingested = event.ingestion_time().map_or(timestamp, Timestamp::from_millis);
            let (stream, message) =
                (event.log_stream_name().unwrap_or_default(), event.message().unwrap_or_default());
            let key = content_id(stream, timestamp.millis(), ingested.millis(), message);
            let numbered = |number: u64| hash(&number.to_le_bytes(), key);
            lines.extend(
                provisional.line(key, timestamp, numbered).map(|id| (timestamp, ingested, id, event)),
            );
        }
        drop(provisional);
        lines.sort_unstable_by_key(|line| (line.0, line.1, line.2));
        let mut page = LogPage::new(group.clone());
        let mut own = Self::new();
        let mut places: HashMap<&str, u32> = HashMap::new();
        for (timestamp, ingested, id, event) in lines {
            let name = event.log_stream_name().unwrap_or_default();
            let stream = *places.entry(name).or_insert_with(|| {
                page.streams.push(own.stream(group, name));
                page.streams.len() as u32 - 1
            });
            let message = event.message().unwrap_or_default();
            push(
                &mut page,
                LineParts {
                    timestamp,
                    ingested,
                    id,
                    stream,
                    message,
                    event_id: "",
                    provisional: true,
                    late: false,
                },
            );
        }
        (!page.rows.is_empty()).then_some(page)
    }
}

/// A line on its way into a page.
#[derive(Clone, Copy)]
struct LineParts<'a> {
    timestamp: Timestamp,
    ingested: Timestamp,
    id: u64,
    stream: u32,
    message: &'a str,
    event_id: &'a str,
    provisional: bool,
    late: bool,
}

/// Reads a line and puts it at the end of a page.
fn push(page: &mut LogPage, line: LineParts<'_>) {
    let LineParts { timestamp, ingested, id, stream, message, event_id, provisional, late } = line;
    let said = parse::log::said(message, page.notes.last().map(|(_, notes)| notes));
    page.text.push_str(message);
    page.event_ids.push_str(event_id);
    if let Some(figures) = said.figures {
        page.figures.push((page.rows.len() as u32, figures));
    }
    if let Some(notes) = said.notes {
        page.notes.push((page.rows.len() as u32, notes));
    }
    page.rows.push(LogRow {
        timestamp,
        ingested,
        id,
        stream,
        text_end: page.text.len() as u32,
        event_id_end: page.event_ids.len() as u32,
        level: said.level,
        kind: said.kind,
        request: said.request,
        provisional,
        late,
    });
}

/// What tells an event from every other of its group: a hash of its id, or of all of it where it has none.
fn id(event: &FilteredLogEvent) -> u64 {
    match event.event_id() {
        Some(id) if !id.is_empty() => hash(id.as_bytes(), 0),
        _ => content_id(
            event.log_stream_name().unwrap_or_default(),
            event.timestamp().unwrap_or(i64::MIN),
            event.ingestion_time().unwrap_or(i64::MIN),
            event.message().unwrap_or_default(),
        ),
    }
}

/// A hash of all that an event without an id has.
pub(super) fn content_id(stream: &str, timestamp: i64, ingested: i64, message: &str) -> u64 {
    let seed = hash(stream.as_bytes(), hash(&timestamp.to_le_bytes(), hash(&ingested.to_le_bytes(), 1)));
    hash(message.as_bytes(), seed)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::Scope;

    const NOW: Timestamp = Timestamp::from_secs(1_772_366_400);

    fn group() -> GroupKey {
        GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/checkout")
    }

    fn event(id: &str, at: Timestamp, late_ms: i64, message: &str) -> FilteredLogEvent {
        FilteredLogEvent::builder()
            .event_id(id)
            .log_stream_name("2026/03/01/[$LATEST]0123456789abcdef0123456789abcdef")
            .timestamp(at.millis())
            .ingestion_time(at.millis() + late_ms)
            .message(message)
            .build()
    }

    #[test]
    fn lines_stand_by_time_then_ingestion_and_the_order_of_an_answer_means_nothing() {
        let mut sift = Sift::new();
        let at = NOW - Duration::from_secs(9);
        let events = vec![
            event("c", at + Duration::from_millis(1), 0, "third"),
            event("b", at, 20, "second\n"),
            event("a", at, 10, "first"),
        ];
        let page = sift.page(&group(), &events, NOW).page.expect("lines");
        let lines: Vec<(&str, &str)> = page.lines().map(|line| (line.message, line.event_id)).collect();
        assert_eq!(lines, [("first", "a"), ("second\n", "b"), ("third", "c")]);
        assert_eq!(page.streams.len(), 1);
        assert_eq!(page.streams[0].function.as_deref(), Some("checkout"));
    }

    #[test]
    fn an_event_is_passed_on_once_and_five_thousand_in_one_millisecond_all_are() {
        let mut sift = Sift::new();
        let at = NOW - Duration::from_secs(9);
        let events = |numbers: std::ops::Range<u32>| {
            numbers.map(|n| event(&n.to_string(), at, 0, "same")).collect::<Vec<_>>()
        };
        let passed = |sifted: Sifted| sifted.page.map_or(0, |page| page.rows.len());
        assert_eq!(passed(sift.page(&group(), &events(0..3000), NOW)), 3000);
        assert_eq!(passed(sift.page(&group(), &events(2000..5000), NOW)), 2000);
        assert_eq!(passed(sift.page(&group(), &events(0..5000), NOW)), 0);
        assert_eq!((sift.late, sift.later_than_promised), (0, 0));
    }

    #[test]
    fn what_comes_where_all_was_seen_is_late_and_counted() {
        let mut sift = Sift::new();
        sift.seen = Some(TimeRange::new(NOW - Duration::from_mins(20), NOW - Duration::from_secs(2)));
        sift.complete_to = Some(NOW - Duration::from_mins(6));
        let at = |minutes: u64| NOW - Duration::from_mins(minutes);
        let events = vec![
            event("before", at(21), 0, "x"),
            event("later", at(10), 0, "x"),
            event("late", at(2), 0, "x"),
            event("new", NOW, 0, "x"),
        ];
        let page = sift.page(&group(), &events, NOW).page.expect("lines");
        let late: Vec<(&str, bool)> = page.lines().map(|line| (line.event_id, line.late)).collect();
        assert_eq!(late, [("before", false), ("later", true), ("late", true), ("new", false)]);
        assert_eq!((sift.late, sift.later_than_promised), (2, 1));
    }

    #[test]
    fn a_time_that_cannot_be_is_kept_as_it_came_and_passed_on_once() {
        let mut sift = Sift::new();
        let strange = |id: &str, at: Option<i64>| {
            FilteredLogEvent::builder().event_id(id).set_timestamp(at).message("odd").build()
        };
        let events = || {
            vec![
                strange("a", Some(0)),
                strange("b", Some(-1)),
                strange("c", Some(1 << 53)),
                strange("d", Some(i64::MAX)),
                strange("e", None),
            ]
        };
        let page = sift.page(&group(), &events(), NOW).page.expect("lines");
        let times: Vec<i64> = page.rows.iter().map(|row| row.timestamp.millis()).collect();
        assert_eq!(times, [i64::MIN, -1, 0, 1 << 53, i64::MAX]);
        assert_eq!(page.rows[0].timestamp, NO_TIME);
        assert!(sift.page(&group(), &events(), NOW).page.is_none(), "they are known");
    }
}
