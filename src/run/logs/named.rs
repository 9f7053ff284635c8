//! The requests that a filter names, and those of their lines that do not name them.
//!
//! Where such lines stand is known once the request's own have come: those of its init lie before its START, and may have
//! come with an earlier page. So lines that name no request and did not match are kept for a while.

use std::collections::VecDeque;
use std::time::Duration;

use crate::model::{
    GroupKey, Level, LineKind, LogLine, LogPage, LogStream, RequestFigures, RequestPlace, Timestamp,
};
use crate::query::{Facts, Query};
use crate::store::invocations::Invocations;

/// Requests that are remembered.
const REQUESTS: usize = 5_000;
/// How long before the newest line of its group a line is kept: an init takes ten seconds, and its request begins fifteen
/// later at most.
const REACH: Duration = Duration::from_secs(30);
/// The most that is kept of all groups.
const MOST_LINES: usize = 20_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What is known of the requests that a filter names.
#[derive(Debug)]
pub(super) struct Named {
    joined: Invocations,
    /// Whether the filter names any.
    any: bool,
    kept: VecDeque<Kept>,
    bytes: usize,
}

/// A line that names no request.
#[derive(Debug)]
pub(super) struct Kept {
    /// Which group.
    at: usize,
    timestamp: Timestamp,
    ingested: Timestamp,
    id: u64,
    event_id: Box<str>,
    stream: LogStream,
    message: Box<str>,
    level: Option<Level>,
    kind: LineKind,
    figures: Option<RequestFigures>,
    late: bool,
}

impl Default for Named {
    fn default() -> Self {
        let mut joined = Invocations::default();
        joined.set_limit(REQUESTS);
        Self { joined, any: false, kept: VecDeque::new(), bytes: 0 }
    }
}

impl Named {
    /// Takes in a page of the group at `at`, and tells `query` where lines of its requests stand. What comes back are
    /// lines from before that are theirs.
    pub(super) fn take(&mut self, at: usize, page: &LogPage, query: &mut Query) -> Vec<Kept> {
        self.any = query.requests().next().is_some();
        if !self.any {
            return Vec::new();
        }
        self.joined.take(page);
        let places: Vec<RequestPlace> =
            query.requests().flat_map(|prefix| self.joined.places(prefix)).collect();
        let mut found = Vec::new();
        if places != query.places() {
            *query = std::mem::take(query).with_places(places);
            for line in std::mem::take(&mut self.kept) {
                if line.at == at && query.matches(&Facts::from(&line.as_line(&page.group))) {
                    self.bytes -= line.bytes();
                    found.push(line);
                } else {
                    self.kept.push_back(line);
                }
            }
        }
        let times = page.rows.iter().map(|row| row.timestamp).filter(|at| at.is_plausible());
        if let Some(newest) = times.max() {
            let out_of_reach = |line: &Kept| line.at == at && line.timestamp + REACH < newest;
            self.bytes -= self.kept.iter().filter(|line| out_of_reach(line)).map(Kept::bytes).sum::<usize>();
            self.kept.retain(|line| !out_of_reach(line));
        }
        found
    }

    /// Keeps a line that does not match, if it may turn out to be of a request that is named.
    pub(super) fn keep(&mut self, at: usize, line: &LogLine<'_>) {
        if !self.any || line.request.is_some() || line.message.len() > MOST_BYTES {
            return;
        }
        let line = Kept {
            at,
            timestamp: line.timestamp,
            ingested: line.ingested,
            id: line.id,
            event_id: line.event_id.into(),
            stream: line.stream.clone(),
            message: line.message.into(),
            level: line.level,
            kind: line.kind,
            figures: line.figures.copied(),
            late: line.late,
        };
        self.bytes += line.bytes();
        self.kept.push_back(line);
        while self.kept.len() > MOST_LINES || self.bytes > MOST_BYTES {
            let Some(oldest) = self.kept.pop_front() else { break };
            self.bytes -= oldest.bytes();
        }
    }

    /// For how long lines are held back, so that those which turn out to be wanted still stand in order.
    pub(super) const fn holds_back(&self) -> Duration {
        if self.any { REACH } else { Duration::ZERO }
    }
}

impl Kept {
    /// As it was in its group.
    pub(super) fn as_line<'a>(&'a self, group: &'a GroupKey) -> LogLine<'a> {
        LogLine {
            group,
            timestamp: self.timestamp,
            ingested: self.ingested,
            id: self.id,
            event_id: &self.event_id,
            stream: &self.stream,
            message: &self.message,
            level: self.level,
            kind: self.kind,
            request: None,
            provisional: false,
            figures: self.figures.as_ref(),
            late: self.late,
        }
    }

    const fn bytes(&self) -> usize {
        self.message.len() + self.event_id.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LogRow, RequestId, Scope};

    const ID: &str = "8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9";

    fn group() -> GroupKey {
        GroupKey::new(&Scope::new("123456789012", "eu-west-1"), "/aws/lambda/cart")
    }

    /// Lines of one environment: ms after noon, what they are, and whether they name the request.
    fn page(lines: &[(i64, LineKind, bool)]) -> LogPage {
        let mut page = LogPage::new(group());
        page.streams.push(LogStream { name: "2026/03/01/[88]8f5b".into(), function: None, version: None });
        for (at, kind, named) in lines {
            page.text.push('x');
            page.rows.push(LogRow {
                timestamp: Timestamp::from_millis(1_772_366_400_000 + at),
                ingested: Timestamp::from_millis(1_772_366_400_000 + at),
                id: at.unsigned_abs(),
                stream: 0,
                text_end: page.text.len() as u32,
                event_id_end: 0,
                level: None,
                kind: *kind,
                request: named.then(|| RequestId::parse(ID)).flatten(),
                provisional: false,
                late: false,
            });
        }
        page
    }

    /// Keeps the lines of a page that do not match, as a reader does; the times of those before that turned out to.
    fn read(named: &mut Named, page: &LogPage, query: &mut Query) -> Vec<i64> {
        let found = named.take(0, page, query);
        for line in page.lines().filter(|line| !query.matches(&Facts::from(line))) {
            named.keep(0, &line);
        }
        found.iter().map(|line| line.timestamp.millis() - 1_772_366_400_000).collect()
    }

    #[test]
    fn the_init_of_a_request_on_an_earlier_page_is_found_once_its_start_has_come() {
        let (init, print, start) = (LineKind::InitStart, LineKind::Application, LineKind::Start);
        let mut query = Query::parse(&format!("req:{}", &ID[..8])).expect("a filter");
        let mut named = Named::default();
        assert!(read(&mut named, &page(&[(0, init, false), (300, print, false)]), &mut query).is_empty());
        assert_eq!(read(&mut named, &page(&[(800, start, true)]), &mut query), [0, 300]);
        assert!(read(&mut named, &page(&[(900, print, false)]), &mut query).is_empty(), "each once");
        assert_eq!(named.bytes, named.kept.iter().map(Kept::bytes).sum::<usize>());
    }

    #[test]
    fn what_lies_too_far_back_is_let_go_and_without_a_named_request_nothing_is_kept() {
        let (init, start) = (LineKind::InitStart, LineKind::Start);
        let mut query = Query::parse(&format!("req:{ID}")).expect("a filter");
        let mut named = Named::default();
        read(&mut named, &page(&[(0, init, false)]), &mut query);
        assert_eq!(named.kept.len(), 1);
        read(&mut named, &page(&[(60_000, LineKind::Application, false)]), &mut query);
        assert_eq!((named.kept.len(), named.bytes), (1, 1), "the older one has gone");
        let mut words = Query::parse("error").expect("a filter");
        let mut none = Named::default();
        read(&mut none, &page(&[(0, init, false), (1, start, true)]), &mut words);
        assert!(none.kept.is_empty() && none.holds_back() == Duration::ZERO);
    }
}
