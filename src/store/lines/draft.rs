//! Lines on their way into blocks.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::model::{LogRow, LogStream, RequestFigures};

use super::block::{Block, Opened};
use super::key::Place;

/// Text of a block, about: small enough to be unpacked for one line, large enough to be packed well.
pub(super) const BLOCK_TEXT: usize = 128 * 1024;
/// Lines of a block, at most.
pub(super) const BLOCK_ROWS: usize = 4096;

/// Lines of one group with a text, streams and figures of their own.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) rows: Vec<LogRow>,
    pub(super) text: String,
    pub(super) streams: Vec<Arc<LogStream>>,
    pub(super) figures: Vec<(u32, RequestFigures)>,
}

pub(super) fn place(row: &LogRow) -> Place {
    Place { timestamp: row.timestamp, ingested: row.ingested, id: row.id }
}

impl Draft {
    /// The text of the row at `at`; empty where a row says what cannot be.
    pub(super) fn message(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.rows[before].text_end);
        self.text.get(start as usize..self.rows[at].text_end as usize).unwrap_or_default()
    }

    /// The rows that stand at `order`, in that order.
    pub(super) fn select(&self, order: &[u32]) -> Self {
        let mut chosen = Self {
            rows: Vec::with_capacity(order.len()),
            text: String::new(),
            streams: self.streams.clone(),
            figures: Vec::new(),
        };
        for &at in order {
            let figures = self.figures.binary_search_by_key(&at, |(row, _)| *row).ok();
            if let Some(found) = figures {
                chosen.figures.push((chosen.rows.len() as u32, self.figures[found].1));
            }
            chosen.text.push_str(self.message(at as usize));
            let text_end = chosen.text.len() as u32;
            chosen.rows.push(LogRow { text_end, ..self.rows[at as usize] });
        }
        chosen
    }

    /// In order, whatever order the rows came in.
    pub(super) fn sorted(self) -> Self {
        if self.rows.is_sorted_by_key(place) && self.figures.is_sorted_by_key(|(row, _)| *row) {
            return self;
        }
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        order.sort_by_key(|at| place(&self.rows[*at as usize]));
        let mut draft = self;
        draft.figures.sort_by_key(|(row, _)| *row);
        draft.select(&order)
    }

    /// Adds the line at `at` of a block; `streams` remembers where each stream went.
    pub(super) fn push(
        &mut self,
        from: &Opened<'_>,
        at: usize,
        streams: &mut HashMap<*const LogStream, u32, Spread>,
    ) {
        let stream = from.block.stream(at);
        let next = self.streams.len() as u32;
        let stream_index = *streams.entry(Arc::as_ptr(stream)).or_insert(next);
        if stream_index == next {
            self.streams.push(Arc::clone(stream));
        }
        let line = from.line(at);
        if let Some(figures) = line.figures {
            self.figures.push((self.rows.len() as u32, *figures));
        }
        self.text.push_str(line.message);
        self.rows.push(LogRow {
            timestamp: line.timestamp,
            ingested: line.ingested,
            id: line.id,
            stream: stream_index,
            text_end: self.text.len() as u32,
            event_id_end: 0,
            level: line.level,
            kind: line.kind,
            request: line.request,
            provisional: line.provisional,
            late: line.late,
        });
    }

    /// As blocks, in order. Lines of bad times stand in blocks of their own, so that those of the others stay short.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        // A text that grew by pushing may hold twice the memory that it shows.
        if self.text.capacity() > self.text.len() + self.text.len() / 8 {
            self.text.shrink_to_fit();
        }
        let arena = Arc::new(std::mem::take(&mut self.text));
        let cuts: Vec<Range<usize>> = self.cuts();
        cuts.into_iter().map(|rows| Block::build(&self, rows, &arena)).collect()
    }

    fn cuts(&self) -> Vec<Range<usize>> {
        let mut cuts = Vec::new();
        let (mut start, mut text_start) = (0, 0);
        for (at, row) in self.rows.iter().enumerate() {
            let last = self.rows.get(at + 1).is_none_or(|next| {
                at + 1 - start >= BLOCK_ROWS
                    || (next.text_end as usize).saturating_sub(text_start) > BLOCK_TEXT
                    || next.timestamp.is_plausible() != row.timestamp.is_plausible()
            });
            if last {
                cuts.push(start..at + 1);
                (start, text_start) = (at + 1, row.text_end as usize);
            }
        }
        cuts
    }
}

/// Hashes what is a hash, or random, already.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::store) struct SpreadHasher(u64);

pub(in crate::store) type Spread = BuildHasherDefault<SpreadHasher>;

impl Hasher for SpreadHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0 ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 29;
    }

    fn write_usize(&mut self, value: usize) {
        self.write_u64(value as u64);
    }

    fn write_u128(&mut self, value: u128) {
        self.write_u64(value as u64);
        self.write_u64((value >> 64) as u64);
    }
}
