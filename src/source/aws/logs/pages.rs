//! The page loop: one turn of one sweep, from the page where the last turn stopped.
//!
//! The SDK's own paginator ends without a word at a token that comes twice, so this one is written here. Only a page
//! without a token ends a sweep. While a page is on its way, the one before it is sifted and told.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::operation::filter_log_events::FilterLogEventsOutput;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::sift::{Sift, Sifted};
use super::sweep::Slice;
use crate::model::{Event, Failure, FailureKind, GroupKey, TimeRange, Timestamp};
use crate::source::aws::feed::{Context, Gone, Session};
use crate::source::aws::operation::FILTER_LOG_EVENTS;
use crate::source::aws::pace::Lane;

/// Pages and time that one turn takes; then the sweep waits for its next one.
const PAGES: u32 = 10;
const TIME: Duration = Duration::from_secs(10);
/// How often one token may come back until the sweep begins again.
const REPEATS: u32 = 20;
/// The longest wait before a repeated token is used again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Pages in a row, and the time, without an event that is newer than all before: an end that never comes.
const IDLE_PAGES: u32 = 100;
const IDLE: Duration = Duration::from_secs(45);

/// Events that a page may hold: halved when one does not come in time, and grown again by pages that do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    events: i32,
    good: u32,
}

impl Limit {
    /// The most that `FilterLogEvents` gives.
    const MOST: i32 = 10_000;
    /// Below this a page is as quick as it gets.
    const LEAST: i32 = 10;
    /// Good pages until the limit is doubled.
    const GOOD: u32 = 10;

    pub const fn new() -> Self {
        Self { events: Self::MOST, good: 0 }
    }

    fn halve(&mut self) {
        *self = Self { events: (self.events / 2).max(Self::LEAST), good: 0 };
    }

    fn was_good(&mut self) {
        self.good += 1;
        if self.good >= Self::GOOD && self.events < Self::MOST {
            *self = Self { events: (self.events * 2).min(Self::MOST), good: 0 };
        }
    }
}

/// A sweep under way: what it reads, and where it is. Its token is used by no other.
#[derive(Clone, Debug)]
pub(super) struct Sweep {
    pub slice: Slice,
    /// The server's time when its first page was asked for: what arrived later may be missing.
    pub asked_at: Option<Timestamp>,
    /// Read from its end backwards, until so many events are there.
    pub backwards: Option<Backwards>,
    pub pages: u32,
    /// Only events that pass this pattern are read.
    pub pattern: Option<std::sync::Arc<str>>,
    /// How often the page that it stands at could not be read.
    pub failures: u32,
    /// Of a part of a sweep that could not be read: how many pages of the group had been, when it was cut.
    pub cut_at: Option<u64>,
    /// Events that a page of it holds at most, where less is asked for than elsewhere.
    pub most: Option<i32>,
    token: Option<String>,
    repeats: u32,
    furthest: Option<Timestamp>,
    idle_pages: u32,
    idle_since: Option<Instant>,
}

/// How far a sweep that runs backwards has come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Backwards {
    pub wanted: u32,
    pub got: u32,
    pub oldest: Option<Timestamp>,
}

/// How a turn ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// The sweep is over: all of this was read and told.
    Finished(TimeRange),
    /// It goes on in the next turn.
    Paused,
    /// A page failed; the sweep goes on with the same page.
    Failed(Failure),
    /// The pages had no end.
    Endless,
    /// The endpoint cannot read backwards.
    NotBackwards,
}

/// One turn: what goes in comes out again.
#[derive(Debug)]
pub(super) struct Turn {
    pub group: GroupKey,
    pub sweep: Sweep,
    pub sift: Sift,
    pub limit: Limit,
    /// What is to be said of it.
    pub note: Option<&'static str>,
    /// Whether a page was answered.
    pub answered: bool,
    /// Lines that were told.
    pub passed: u64,
}

impl Sweep {
    pub const fn new(slice: Slice) -> Self {
        Self {
            slice,
            asked_at: None,
            backwards: None,
            pages: 0,
            pattern: None,
            failures: 0,
            cut_at: None,
            most: None,
            token: None,
            repeats: 0,
            furthest: None,
            idle_pages: 0,
            idle_since: None,
        }
    }

    /// The newest events of `range` first, until `wanted` of them are there.
    pub const fn backwards(slice: Slice, wanted: u32) -> Self {
        let mut sweep = Self::new(slice);
        sweep.backwards = Some(Backwards { wanted, got: 0, oldest: None });
        sweep
    }

    /// A part of it, to be read on its own; `pages` of the group have been read so far.
    pub fn part(&self, range: TimeRange, pages: u64) -> Self {
        let part = Self::new(Slice { range, purpose: self.slice.purpose });
        Self { cut_at: self.cut_at.or(Some(pages)), pattern: self.pattern.clone(), ..part }
    }

    /// Begins with its first page once more.
    pub fn begin_again(&mut self) {
        *self = Self {
            cut_at: self.cut_at,
            most: self.most,
            backwards: self.backwards.map(|back| Backwards { got: 0, oldest: None, ..back }),
            pattern: self.pattern.take(),
            ..Self::new(self.slice)
        };
    }
}

/// A page on its way through the sieve, beside the next one on its way here.
type Sifting = JoinSet<(Sift, Sifted)>;

impl Turn {
    /// Reads on until the sweep ends, fails, or has had its turn.
    pub async fn run(mut self, context: &Context, session: &Session) -> Result<(Self, Ended), Gone> {
        let began = Instant::now();
        let mut sifting = Sifting::new();
        let mut pages = 0;
        let ended = loop {
            let (asked, asked_at) = (Instant::now(), session.clients.server.now());
            let answer = self.ask(context, session).await;
            self.told(context, &mut sifting).await?;
            match answer {
                Ok(page) => {
                    // The time that an answer tells counts, not the one that was taken for it before.
                    let asked_at =
                        asked_at.min(session.clients.server.now() - context.clock.own(asked.elapsed()));
                    self.sweep.asked_at.get_or_insert(asked_at);
                    pages += 1;
                    self.sweep.pages += 1;
                    self.sweep.failures = 0;
                    self.answered = true;
                    self.limit.was_good();
                    let token = page.next_token.clone().filter(|token| !token.is_empty());
                    self.sift(session, &mut sifting, page);
                    // Backwards, each page says whether another one is needed, and whether it runs backwards at all.
                    if self.sweep.backwards.is_some() && !self.told(context, &mut sifting).await? {
                        break Ended::NotBackwards;
                    }
                    let Some(token) = token else { break Ended::Finished(self.sweep.slice.range) };
                    if self.sweep.token.as_ref() == Some(&token) {
                        self.sweep.repeats += 1;
                        if self.sweep.repeats >= REPEATS {
                            self.note = Some("a page token came back 20 times: the sweep began again");
                            self.sweep.begin_again();
                            break Ended::Paused;
                        }
                        let wait = Duration::from_millis(50 << self.sweep.repeats.min(6));
                        context.clock.sleep(wait.min(LONGEST_WAIT)).await;
                    } else {
                        self.sweep.repeats = 0;
                        self.sweep.token = Some(token);
                    }
                    if let Some(read) = self.has_enough() {
                        break Ended::Finished(read);
                    }
                    if self.is_endless() {
                        break Ended::Endless;
                    }
                }
                Err(failure) => match failure.kind {
                    FailureKind::TimedOut => {
                        self.limit.halve();
                        self.sweep.begin_again();
                        break Ended::Failed(failure);
                    }
                    // A token that is refused has expired: without it, the sweep begins again.
                    FailureKind::Refused if self.sweep.token.is_some() => {
                        self.note = Some("a page token was refused: the sweep began again");
                        self.sweep.begin_again();
                        break Ended::Paused;
                    }
                    FailureKind::Refused if self.sweep.backwards.is_some() => break Ended::NotBackwards,
                    _ => {
                        self.sweep.failures += 1;
                        break Ended::Failed(failure);
                    }
                },
            }
            if pages >= PAGES || began.elapsed() >= TIME {
                break Ended::Paused;
            }
        };
        self.told(context, &mut sifting).await?;
        Ok((self, ended))
    }

    /// Asks for the next page. Its parameters are the same from the first to the last of a sweep.
    async fn ask(&self, context: &Context, session: &Session) -> Result<FilterLogEventsOutput, Failure> {
        let range = self.sweep.slice.range;
        let limit = match self.sweep.backwards {
            Some(back) => self.limit.events.min(i32::try_from(back.wanted).unwrap_or(i32::MAX)),
            None => self.limit.events.min(self.sweep.most.unwrap_or(i32::MAX)),
        };
        let call = session
            .clients
            .logs
            .filter_log_events()
            .log_group_name(self.group.name.as_ref())
            .start_time(range.start.millis().max(0))
            // The end is inclusive there.
            .end_time(range.end.millis().saturating_sub(1).max(0))
            .limit(limit)
            .set_filter_pattern(self.sweep.pattern.as_deref().map(ToOwned::to_owned))
            .set_start_from_head(self.sweep.backwards.map(|_| false))
            .set_next_token(self.sweep.token.clone())
            .send();
        context.call(session, Lane::LogEvents, FILTER_LOG_EVENTS, call).await
    }

    /// Gives the events of a page to a task of their own.
    fn sift(&mut self, session: &Session, sifting: &mut Sifting, page: FilterLogEventsOutput) {
        let mut sift = std::mem::replace(&mut self.sift, Sift::new());
        let (group, now) = (self.group.clone(), session.clients.server.now());
        let events = page.events.unwrap_or_default();
        sifting.spawn(async move {
            let sifted = sift.page(&group, &events, now);
            (sift, sifted)
        });
    }

    /// Waits for the page that is being sifted and tells it. False if it runs forwards and should run backwards.
    async fn told(&mut self, context: &Context, sifting: &mut Sifting) -> Result<bool, Gone> {
        let Some(done) = sifting.join_next().await else { return Ok(true) };
        let (sift, sifted) = match done {
            Ok(done) => done,
            Err(failed) => match failed.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return Err(Gone),
            },
        };
        self.sift = sift;
        if let Some(page) = sifted.page {
            self.passed += page.rows.len() as u64;
            context.send(Event::Logs(page)).await?;
        }
        let sweep = &mut self.sweep;
        if sifted.newest > sweep.furthest && sweep.backwards.is_none()
            || sweep.backwards.is_some_and(|back| {
                sifted.oldest.is_some_and(|at| back.oldest.is_none_or(|known| at < known))
            })
        {
            sweep.furthest = sweep.furthest.max(sifted.newest);
            (sweep.idle_pages, sweep.idle_since) = (0, None);
        } else {
            sweep.idle_pages += 1;
            sweep.idle_since.get_or_insert_with(Instant::now);
        }
        let Some(back) = &mut sweep.backwards else { return Ok(true) };
        back.got = back.got.saturating_add(u32::try_from(sifted.events).unwrap_or(u32::MAX));
        let before = back.oldest;
        back.oldest = back.oldest.into_iter().chain(sifted.oldest).min();
        // One page from the head, or one that does not lie before the last, is no page from the tail.
        let is_behind = before.is_none_or(|before| sifted.newest.is_none_or(|newest| newest <= before));
        let is_forwards = !sifted.is_backwards && sifted.oldest < sifted.newest;
        Ok(is_behind && !is_forwards)
    }

    /// Of a sweep backwards: what was read, once it is enough. The oldest millisecond may hold more.
    fn has_enough(&self) -> Option<TimeRange> {
        let back = self.sweep.backwards.filter(|back| back.got >= back.wanted)?;
        let range = self.sweep.slice.range;
        Some(TimeRange::new(
            (back.oldest? + Duration::from_millis(1)).clamp(range.start, range.end),
            range.end,
        ))
    }

    fn is_endless(&self) -> bool {
        self.sweep.idle_pages >= IDLE_PAGES
            && self.sweep.idle_since.is_some_and(|since| since.elapsed() >= IDLE)
    }
}
