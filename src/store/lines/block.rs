//! Immutable stretches of lines: a text arena and columns beside it.

use std::collections::HashMap;
use std::fmt;
use std::mem::size_of;
use std::ops::Range;
use std::sync::Arc;

use crate::model::{GroupKey, LogLine, LogStream, RequestFigures, RequestId, Timestamp};

use super::draft::{Draft, Spread, place};
use super::figures::FigureColumns;
use super::key::Place;
use super::mark;
use super::pack::Packed;

/// How many lines of each level: [`Levels::of`] reads it by level, `None` for lines that name none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels([u32; 7]);

impl Levels {
    /// Lines of one level.
    #[must_use]
    pub const fn of(&self, level: Option<crate::model::Level>) -> u32 {
        self.0[mark::level_index(level)]
    }

    /// Lines of all levels.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.iter().sum()
    }

    pub(super) fn count(&mut self, level: Option<crate::model::Level>) {
        self.0[mark::level_index(level)] += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(other.0) {
            *sum += more;
        }
    }
}

/// Where the text is.
enum Text {
    /// A part of an arena, which the blocks of one page share.
    Plain { arena: Arc<String>, start: usize },
    /// Compressed by itself.
    Cold(Box<[u8]>),
}

/// Lines of one group in order, either all real or all provisional, all of plausible times or none. Never empty,
/// never changed: who changes something makes another block.
pub(super) struct Block {
    text: Text,
    /// The same whether the text is compressed or not.
    columns: Arc<Columns>,
}

/// All of a block but its text.
struct Columns {
    text_len: usize,
    rows: usize,
    provisional: bool,
    first: Place,
    last: Place,
    levels: Levels,
    late: usize,
    /// Distance from the first.
    times: Packed,
    /// Ingestion after timestamp, the sign turned so that it packs well.
    delays: Packed,
    ids: Box<[u64]>,
    marks: Packed,
    ends: Packed,
    stream_of: Packed,
    streams: Box<[Arc<LogStream>]>,
    /// 0 is none, else one more than the index.
    request_of: Packed,
    requests: Box<[RequestId]>,
    figures: FigureColumns,
}

const SIGN: u64 = 1 << 63;

impl Block {
    /// A block of the rows `range` of a draft, whose text has become `arena`.
    pub(super) fn build(draft: &Draft, range: Range<usize>, arena: &Arc<String>) -> Self {
        let start = range.start.checked_sub(1).map_or(0, |before| draft.rows[before].text_end as usize);
        let rows = &draft.rows[range.clone()];
        let (first, last) = (place(&rows[0]), place(&rows[rows.len() - 1]));
        let mut levels = Levels::default();
        for row in rows {
            levels.count(row.level);
        }

        let mut local = vec![u32::MAX; draft.streams.len().max(1)];
        let mut streams = Vec::new();
        let mut stream_of = Vec::with_capacity(rows.len());
        let mut known: HashMap<RequestId, u64, Spread> = HashMap::default();
        let (mut request, mut number) = (None, 0);
        let mut requests = Vec::new();
        let mut request_of = Vec::with_capacity(rows.len());
        for row in rows {
            // A row that names no stream of its page gets the page's first.
            let named = if (row.stream as usize) < draft.streams.len() { row.stream as usize } else { 0 };
            if local[named] == u32::MAX {
                local[named] = streams.len() as u32;
                streams.push(draft.streams.get(named).map_or_else(unnamed, Arc::clone));
            }
            stream_of.push(u64::from(local[named]));
            // Lines of one request mostly stand together.
            if row.request != request {
                request = row.request;
                number = request.map_or(0, |request| {
                    *known.entry(request).or_insert_with(|| {
                        requests.push(request);
                        requests.len() as u64
                    })
                });
            }
            request_of.push(number);
        }
        let figures_from = |row: usize| draft.figures.partition_point(|(of, _)| (*of as usize) < row);
        let end = rows[rows.len() - 1].text_end as usize;
        let columns = Columns {
            text_len: end.saturating_sub(start),
            rows: rows.len(),
            provisional: rows[0].provisional,
            first,
            last,
            levels,
            late: rows.iter().filter(|row| row.late).count(),
            times: Packed::new(rows.iter().map(|row| distance(row.timestamp, first.timestamp))),
            delays: Packed::new(rows.iter().map(|row| distance(row.ingested, row.timestamp) ^ SIGN)),
            ids: rows.iter().map(|row| row.id).collect(),
            marks: Packed::new(rows.iter().map(|row| mark::pack(row.level, row.kind, row.late))),
            ends: Packed::new(rows.iter().map(|row| (row.text_end as usize).saturating_sub(start) as u64)),
            stream_of: Packed::new(stream_of.iter().copied()),
            streams: streams.into(),
            request_of: Packed::new(request_of.iter().copied()),
            requests: requests.into(),
            figures: FigureColumns::pack(
                &draft.figures[figures_from(range.start)..figures_from(range.end)],
                range.start as u32,
            ),
        };
        Self { text: Text::Plain { arena: Arc::clone(arena), start }, columns: Arc::new(columns) }
    }

    /// The same with its text compressed. `scratch` is memory for the work.
    pub(super) fn compressed(&self, scratch: &mut Vec<u8>) -> Self {
        let cold = match &self.text {
            Text::Cold(bytes) => bytes.clone(),
            Text::Plain { arena, start } => {
                let text = arena.as_bytes().get(*start..*start + self.columns.text_len).unwrap_or_default();
                // By way of a memory that is large enough for anything: so the block's own is as large as it must be.
                scratch.resize(lz4_flex::block::get_maximum_output_size(text.len()), 0);
                let length = lz4_flex::block::compress_into(text, scratch).expect("it is large enough");
                scratch[..length].into()
            }
        };
        Self { text: Text::Cold(cold), columns: Arc::clone(&self.columns) }
    }

    pub(super) fn len(&self) -> usize {
        self.columns.rows
    }

    pub(super) fn first(&self) -> Place {
        self.columns.first
    }

    pub(super) fn last(&self) -> Place {
        self.columns.last
    }

    pub(super) fn levels(&self) -> &Levels {
        &self.columns.levels
    }

    /// How many of its lines came late.
    pub(super) fn late(&self) -> usize {
        self.columns.late
    }

    pub(super) fn ids(&self) -> &[u64] {
        &self.columns.ids
    }

    /// Whether its lines come from Live Tail and are not confirmed.
    pub(super) fn is_provisional(&self) -> bool {
        self.columns.provisional
    }

    pub(super) const fn is_cold(&self) -> bool {
        matches!(self.text, Text::Cold(_))
    }

    pub(super) fn has_bad_times(&self) -> bool {
        !self.columns.first.timestamp.is_plausible()
    }

    /// Bytes of its messages.
    pub(super) fn text_len(&self) -> usize {
        self.columns.text_len
    }

    /// Bytes of memory that it takes. What blocks share (the names of streams) counts for each of them.
    pub(super) fn bytes(&self) -> usize {
        let text = match &self.text {
            Text::Plain { .. } => self.columns.text_len,
            Text::Cold(bytes) => bytes.len(),
        };
        let columns = [
            &self.columns.times,
            &self.columns.delays,
            &self.columns.marks,
            &self.columns.ends,
            &self.columns.stream_of,
            &self.columns.request_of,
        ];
        let streams: usize = self.columns.streams.iter().map(|stream| stream.name.len() + 64).sum();
        text + columns.iter().map(|column| column.bytes()).sum::<usize>()
            + self.columns.ids.len() * 8
            + streams
            + self.columns.requests.len() * size_of::<RequestId>()
            + self.columns.figures.bytes()
            + size_of::<Self>()
            + size_of::<Columns>()
    }

    pub(super) fn timestamp(&self, at: usize) -> Timestamp {
        moved(self.columns.first.timestamp, self.columns.times.get(at))
    }

    pub(super) fn place(&self, at: usize) -> Place {
        let timestamp = self.timestamp(at);
        Place {
            timestamp,
            ingested: moved(timestamp, self.columns.delays.get(at) ^ SIGN),
            id: self.columns.ids[at],
        }
    }

    pub(super) fn level(&self, at: usize) -> Option<crate::model::Level> {
        mark::level(self.columns.marks.get(at))
    }

    pub(super) fn stream(&self, at: usize) -> &Arc<LogStream> {
        &self.columns.streams[self.columns.stream_of.get(at) as usize]
    }

    /// How many of its lines stand before `place`.
    pub(super) fn before(&self, place: Place) -> usize {
        if place <= self.columns.first {
            return 0;
        }
        if place > self.columns.last {
            return self.columns.rows;
        }
        self.partition(|at| self.place(at) < place)
    }

    /// The first row at or after `at`.
    pub(super) fn first_at(&self, at: Timestamp) -> usize {
        self.partition(|row| self.timestamp(row) < at)
    }

    /// The row whose message holds the byte `offset` of the text.
    pub(super) fn row_at(&self, offset: usize) -> usize {
        self.partition(|row| self.columns.ends.get(row) as usize <= offset)
    }

    /// Where the message at `at` ends in the text.
    pub(super) fn text_end(&self, at: usize) -> usize {
        self.columns.ends.get(at) as usize
    }

    fn partition(&self, holds: impl Fn(usize) -> bool) -> usize {
        let (mut low, mut high) = (0, self.columns.rows);
        while low < high {
            let middle = usize::midpoint(low, high);
            if holds(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Reads into `scratch` what [`Block::with`] needs.
    pub(super) fn read(&self, scratch: &mut Scratch) {
        scratch.figures.clear();
        scratch.figures.extend(self.columns.figures.unpack());
        if let Text::Cold(cold) = &self.text {
            let mut bytes = std::mem::take(&mut scratch.text).into_bytes();
            bytes.resize(self.columns.text_len, 0);
            let length = lz4_flex::block::decompress_into(cold, &mut bytes).unwrap_or_default();
            bytes.truncate(length);
            scratch.text = String::from_utf8(bytes).unwrap_or_default();
        }
    }

    /// Its lines, out of a `scratch` into which it was read.
    pub(super) fn with<'a>(&'a self, group: &'a GroupKey, scratch: &'a Scratch) -> Opened<'a> {
        let text = match &self.text {
            Text::Plain { arena, start } => {
                arena.get(*start..*start + self.columns.text_len).unwrap_or_default()
            }
            Text::Cold(_) => &scratch.text,
        };
        Opened { block: self, group, text, figures: &scratch.figures }
    }

    /// Makes its lines readable; the memory for that is `scratch`'s.
    pub(super) fn open<'a>(&'a self, group: &'a GroupKey, scratch: &'a mut Scratch) -> Opened<'a> {
        self.read(scratch);
        self.with(group, scratch)
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("rows", &self.columns.rows)
            .field("first", &self.columns.first)
            .field("last", &self.columns.last)
            .finish_non_exhaustive()
    }
}

/// Memory for reading blocks, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    text: String,
    figures: Vec<(u32, RequestFigures)>,
}

/// A block whose lines can be read.
#[derive(Clone, Copy)]
pub(super) struct Opened<'a> {
    pub(super) block: &'a Block,
    group: &'a GroupKey,
    /// All its messages, one behind the other.
    pub(super) text: &'a str,
    figures: &'a [(u32, RequestFigures)],
}

impl<'a> Opened<'a> {
    pub(super) fn message(&self, at: usize) -> &'a str {
        let start = at.checked_sub(1).map_or(0, |before| self.block.text_end(before));
        self.text.get(start..self.block.text_end(at)).unwrap_or_default()
    }

    pub(super) fn line(&self, at: usize) -> LogLine<'a> {
        let block = self.block;
        let Place { timestamp, ingested, id } = block.place(at);
        let mark = block.columns.marks.get(at);
        let request = block
            .columns
            .request_of
            .get(at)
            .checked_sub(1)
            .map(|index| block.columns.requests[index as usize]);
        let figures = self.figures.binary_search_by_key(&(at as u32), |(row, _)| *row).ok();
        LogLine {
            group: self.group,
            timestamp,
            ingested,
            id,
            event_id: "",
            stream: block.stream(at),
            message: self.message(at),
            level: mark::level(mark),
            kind: mark::kind(mark),
            request,
            provisional: block.columns.provisional,
            figures: figures.map(|found| &self.figures[found].1),
            late: mark::late(mark),
        }
    }
}

fn distance(to: Timestamp, from: Timestamp) -> u64 {
    to.millis().wrapping_sub(from.millis()).cast_unsigned()
}

fn moved(from: Timestamp, by: u64) -> Timestamp {
    Timestamp::from_millis(from.millis().wrapping_add(by.cast_signed()))
}

fn unnamed() -> Arc<LogStream> {
    Arc::new(LogStream { name: "".into(), function: None, version: None })
}
