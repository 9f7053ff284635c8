//! Lines whose event ids nobody told: Logs Insights has none.
//!
//! Whether such a line is held already, and whether an event that comes later is one of them, is told by stream, time
//! and text. Equal lines are counted, because two equal lines in one millisecond are two: as many are held as the larger
//! of both sources has shown.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::model::{LogRow, Timestamp};

use super::block::{Block, Scratch};
use super::draft::{Draft, Spread};
use super::group::Group;

/// Lines without ids of one group, by a hash of what they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Unnamed {
    /// For each held line the id of the event that turned out to be it, once one has.
    lines: HashMap<u64, Vec<Option<u64>>, Spread>,
    count: usize,
    /// The stretch in which there are any.
    span: Option<(Timestamp, Timestamp)>,
}

/// What a line is without its id. Insights and events agree on all but, maybe, the end of the text.
fn content(at: Timestamp, stream: &str, message: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (at.millis(), stream, message.trim_end()).hash(&mut hasher);
    hasher.finish()
}

fn of_row(draft: &Draft, at: usize) -> u64 {
    let row: &LogRow = &draft.rows[at];
    let stream = draft.streams.get(row.stream as usize).map_or("", |stream| &stream.name);
    content(row.timestamp, stream, draft.message(at))
}

impl Unnamed {
    /// Bytes of memory, about.
    pub(super) const fn bytes(&self) -> usize {
        self.count * 64
    }

    /// Marks those events of a draft that are held as lines without an id.
    pub(super) fn mark(&mut self, draft: &Draft, held: &mut [bool]) {
        let Some((first, last)) = self.span else { return };
        let from = draft.rows.partition_point(|row| row.timestamp < first);
        let to = draft.rows.partition_point(|row| row.timestamp <= last);
        for (at, held) in held.iter_mut().enumerate().take(to).skip(from) {
            if *held {
                continue;
            }
            let id = draft.rows[at].id;
            let Some(lines) = self.lines.get_mut(&of_row(draft, at)) else { continue };
            if lines.contains(&Some(id)) {
                *held = true;
            } else if let Some(free) = lines.iter_mut().find(|line| line.is_none()) {
                *free = Some(id);
                *held = true;
            }
        }
    }

    fn add(&mut self, at: Timestamp, content: u64) {
        self.lines.entry(content).or_default().push(None);
        self.count += 1;
        let (first, last) = self.span.unwrap_or((at, at));
        self.span = Some((first.min(at), last.max(at)));
    }
}

impl Group {
    /// The indexes of those rows of a draft without ids that are not held yet; they are kept in mind.
    pub(super) fn new_unnamed(&mut self, draft: &Draft) -> Vec<u32> {
        let mut held = self.held_by_content(draft);
        for (content, lines) in &self.unnamed.lines {
            // Those that are known by their event's id were not taken in a second time.
            if let Some(count) = held.get_mut(content) {
                *count = (*count).max(lines.len());
            }
        }
        let mut new = Vec::new();
        for at in 0..draft.rows.len() {
            let content = of_row(draft, at);
            match held.get_mut(&content) {
                Some(count) if *count > 0 => {
                    *count -= 1;
                    self.counts.duplicates += 1;
                }
                _ if self.graves.reach(draft.rows[at].timestamp) => {
                    new.push(at as u32);
                    self.unnamed.add(draft.rows[at].timestamp, content);
                }
                _ => self.counts.beyond_reach += 1,
            }
        }
        new
    }

    /// How many of the lines that are held are what a row of the draft is.
    fn held_by_content(&self, draft: &Draft) -> HashMap<u64, usize, Spread> {
        let mut counts: HashMap<u64, usize, Spread> =
            (0..draft.rows.len()).map(|at| (of_row(draft, at), 0)).collect();
        let mut scratch = Scratch::default();
        for slot in &self.slots {
            let block: &Block = &slot.block;
            let from = draft.rows.partition_point(|row| row.timestamp < slot.first.timestamp);
            let to = draft.rows.partition_point(|row| row.timestamp <= slot.last.timestamp);
            if from == to || block.is_provisional() {
                continue;
            }
            let opened = block.open(&self.key, &mut scratch);
            let mut instant = None;
            for row in &draft.rows[from..to] {
                if instant.replace(row.timestamp) == Some(row.timestamp) {
                    continue;
                }
                let start = block.first_at(row.timestamp);
                let same = (start..block.len()).take_while(|at| block.timestamp(*at) == row.timestamp);
                for at in same {
                    let own = content(row.timestamp, &block.stream(at).name, opened.message(at));
                    if let Some(count) = counts.get_mut(&own) {
                        *count += 1;
                    }
                }
            }
        }
        counts
    }
}
