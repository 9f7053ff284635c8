//! Which lines are shown, and the rows around the place where one reads.

use std::sync::Arc;

use crate::model::{Level, LineKind, LogLine};
use crate::query::{LineMatcher, Query};
use crate::store::lines::{GroupId, LineKey, Lines, Row};

use super::{LogsScreen, Place};

/// Lines that are looked at for one screenful; beyond that rows come with the next key.
const BUDGET: usize = 50_000;

/// What the rows of a screen follow from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeOf {
    lines: u64,
    groups: Vec<GroupId>,
    place: Place,
    height: usize,
    filter: String,
    found: u64,
    all_lines: bool,
    platform: bool,
}

/// What is shown of the lines that are held.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) query: Query,
    pub(super) platform: bool,
}

impl LineMatcher for Shown {
    fn matches(&self, line: &LogLine<'_>) -> bool {
        (self.platform || !is_folded(line.kind, line.level)) && LineMatcher::matches(&self.query, line)
    }

    fn candidate(&self, text: &str, from: usize) -> Option<usize> {
        self.query.candidate(text, from)
    }
}

/// Whether a line of the platform is left out as long as they are folded: each request keeps the one that reports it,
/// and nothing that went wrong is left out.
const fn is_folded(kind: LineKind, level: Option<Level>) -> bool {
    let grave = matches!(level, Some(Level::Warn | Level::Error | Level::Fatal));
    kind.is_routine() && !matches!(kind, LineKind::Report) && !grave
}

impl LogsScreen {
    /// Whether rows come from what the filter found, instead of from all lines.
    pub(super) fn only_matches(&self) -> bool {
        self.is_filtered() && !self.all_lines
    }

    /// What is searched for on workers and as lines come.
    pub(super) fn matcher(&self) -> Arc<Shown> {
        Arc::new(Shown { query: self.filter.applied.clone(), platform: self.platform })
    }

    /// Makes the rows anew, if anything that they follow from has changed.
    pub(in crate::app) fn make_rows(&mut self, lines: &Lines, height: usize) {
        let made_of = MadeOf {
            lines: lines.revision(),
            groups: self.groups(lines),
            place: self.place,
            height,
            filter: self.filter.applied.text().to_owned(),
            found: self.matches.found(),
            all_lines: self.all_lines,
            platform: self.platform,
        };
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        let (rows, cursor) = match self.place {
            Place::Following => {
                let rows = self.before(lines, LineKey::LAST, height);
                let last = rows.len().saturating_sub(1);
                (rows, last)
            }
            Place::At { key, offset } => self.around(lines, key, offset, height),
        };
        self.rows = rows.into_iter().map(|row| self.row(lines, row)).collect();
        self.cursor = cursor;
        // A place near the start has fewer rows above it than it had.
        if let (Place::At { offset, .. }, Some(row)) = (self.place, self.rows.get(cursor))
            && offset != cursor
        {
            self.place = Place::At { key: row.key(), offset: cursor };
        }
        self.made_of = Some(MadeOf { place: self.place, ..made_of });
    }

    /// The rows around a key, and where it stands among them.
    fn around(&mut self, lines: &Lines, key: LineKey, offset: usize, height: usize) -> (Vec<Row>, usize) {
        let offset = offset.min(height.saturating_sub(1));
        let mut above = self.before(lines, key, offset);
        let at: Vec<Row> = self.at(lines, key).into_iter().collect();
        let room = height.saturating_sub(above.len() + at.len());
        let below = self.after(lines, key, room);
        let missing = height.saturating_sub(above.len() + at.len() + below.len());
        if missing > 0 && above.len() == offset {
            above = self.before(lines, key, offset + missing);
        }
        // Whatever stood there has gone: the next one, or the last.
        let cursor =
            if at.is_empty() && below.is_empty() { above.len().saturating_sub(1) } else { above.len() };
        above.extend(at);
        above.extend(below);
        (above, cursor)
    }

    /// The row of this very key, if it is there and shown.
    fn at(&mut self, lines: &Lines, key: LineKey) -> Option<Row> {
        let before = LineKey { id: key.id.saturating_sub(1), ..key };
        if key.id == 0 {
            return self.reader.line(lines, key).map(Row::Line);
        }
        self.after(lines, before, 2).into_iter().find(|row| row.key() == key)
    }

    /// The last `count` rows before a key.
    pub(super) fn before(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        if count == 0 {
            return Vec::new();
        }
        if self.only_matches() {
            let keys = self.matches.before(bound, count).to_vec();
            return self.lines_of(lines, &keys);
        }
        let groups = self.groups(lines);
        if self.platform {
            return self.reader.before(lines, &groups, bound, count, None).rows;
        }
        let unfiltered = Shown { query: Query::default(), platform: false };
        let found = self.reader.before(lines, &groups, bound, count, Some((&unfiltered, BUDGET)));
        let from = if found.rows.len() < count { LineKey::FIRST } else { found.rows[0].key() };
        let mut rows = with_gaps(lines, &groups, found.rows, from, bound);
        rows.drain(..rows.len().saturating_sub(count));
        rows
    }

    /// The first `count` rows after a key.
    pub(super) fn after(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        if count == 0 {
            return Vec::new();
        }
        if self.only_matches() {
            let keys = self.matches.after(bound, count).to_vec();
            return self.lines_of(lines, &keys);
        }
        let groups = self.groups(lines);
        if self.platform {
            return self.reader.after(lines, &groups, bound, count, None).rows;
        }
        let unfiltered = Shown { query: Query::default(), platform: false };
        let found = self.reader.after(lines, &groups, bound, count, Some((&unfiltered, BUDGET)));
        let to = if found.rows.len() < count { LineKey::LAST } else { found.rows[count - 1].key() };
        let mut rows = with_gaps(lines, &groups, found.rows, bound, to);
        rows.truncate(count);
        rows
    }

    fn lines_of(&mut self, lines: &Lines, keys: &[LineKey]) -> Vec<Row> {
        keys.iter().filter_map(|key| self.reader.line(lines, *key)).map(Row::Line).collect()
    }

    /// The next line after (or before) `bound` that `matcher` matches; `Err` tells where the search ended unfinished.
    pub(super) fn seek(
        &mut self,
        lines: &Lines,
        bound: LineKey,
        forward: bool,
        matcher: &dyn LineMatcher,
    ) -> Result<Option<LineKey>, LineKey> {
        const LOOK: usize = 300_000;
        let groups = self.groups(lines);
        let found = if forward {
            self.reader.after(lines, &groups, bound, 1, Some((matcher, LOOK)))
        } else {
            self.reader.before(lines, &groups, bound, 1, Some((matcher, LOOK)))
        };
        match (found.rows.first(), found.next) {
            (Some(row), _) => Ok(Some(row.key())),
            (None, Some(next)) => Err(next),
            (None, None) => Ok(None),
        }
    }
}

/// Puts the gaps between two keys among rows that were found without them.
fn with_gaps(lines: &Lines, groups: &[GroupId], rows: Vec<Row>, from: LineKey, to: LineKey) -> Vec<Row> {
    let mut rows = rows;
    for id in groups {
        for gap in lines.gaps(*id) {
            // Where the store's own reader puts it.
            let key = LineKey { id: 1, group: *id, ..LineKey::at(gap.range.start) };
            if from < key && key < to {
                rows.push(Row::Gap { key, gap: gap.clone() });
            }
        }
    }
    rows.sort_by_key(Row::key);
    rows
}
