//! Which lines are shown, and the rows around the place where one reads.

use std::sync::Arc;

use crate::model::{Level, LineKind, LogGap, LogLine};
use crate::query::{LineMatcher, Query};
use crate::store::lines::{GroupId, HeldLine, LineKey, Lines, Row};

use super::{LogColumns, LogRow, LogsScreen, Message, Place, Writing};

/// Lines that are looked at for one screenful; beyond that rows come with the next key.
const BUDGET: usize = 50_000;

/// What the rows of a screen follow from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeOf {
    lines: u64,
    groups: Vec<GroupId>,
    place: Place,
    size: (u16, u16),
    writing: Writing,
    revealed: usize,
    columns: LogColumns,
    context: usize,
    filter: String,
    found: u64,
    all_lines: bool,
    platform: bool,
}

/// Most lines that one row may take of so many: it never fills the screen.
#[must_use]
pub const fn tallest(height: usize) -> usize {
    if height < 4 { 1 } else { height / 2 }
}

/// What is shown of the lines that are held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Shown {
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
pub(in crate::app) const fn is_folded(kind: LineKind, level: Option<Level>) -> bool {
    let grave = matches!(level, Some(Level::Warn | Level::Error | Level::Fatal));
    kind.is_routine() && !matches!(kind, LineKind::Report) && !grave
}

impl LogsScreen {
    /// Whether rows come from what the filter found, instead of from all lines.
    pub(super) fn only_matches(&self) -> bool {
        self.is_filtered() && !self.all_lines
    }

    /// What is searched for on workers and as lines come.
    pub(in crate::app) fn matcher(&self) -> Arc<Shown> {
        Arc::new(Shown { query: self.filter.applied.clone(), platform: self.platform })
    }

    /// Makes the rows anew for an area of so many columns and lines, if anything that they follow from has changed.
    pub(in crate::app) fn make_rows(&mut self, lines: &Lines, size: (u16, u16)) {
        self.columns = LogColumns::of(self, size.0);
        let height = usize::from(size.1);
        let made_of = MadeOf {
            lines: lines.revision(),
            groups: self.groups(lines),
            place: self.place,
            size,
            writing: self.writing,
            revealed: self.revealed.len(),
            columns: self.columns.clone(),
            context: self.context,
            filter: self.filter.applied.text().to_owned(),
            found: self.matches.found(),
            all_lines: self.all_lines,
            platform: self.platform,
        };
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        self.begins.clear();
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
        self.heights = self.rows.iter().map(|row| self.height_of(row, height)).collect();
        self.hidden = 0;
        self.fit(height);
        // A place near the start has fewer lines above it than it had.
        let top = self.line_of(self.cursor);
        if let (Place::At { offset, .. }, Some(row)) = (self.place, self.rows.get(self.cursor))
            && offset != top
        {
            self.place = Place::At { key: row.key(), offset: top };
        }
        self.made_of = Some(MadeOf { place: self.place, ..made_of });
    }

    /// How many lines of the screen a row takes, of `height` in all.
    pub(super) fn height_of(&self, row: &LogRow, height: usize) -> usize {
        let LogRow::Line { line, begins, .. } = row else { return 1 };
        let own = if self.writing.wrap {
            self.message(line).rows(self.columns.message(), tallest(height)).0.len().max(1)
        } else {
            1
        };
        own + usize::from(*begins)
    }

    /// The message of a line as it is written here.
    #[must_use]
    pub fn message(&self, line: &HeldLine) -> Message {
        Message::of(line, self.writing, self.revealed.contains(&line.key))
    }

    /// Drops the rows for which there is no room: above the cursor's line, and below the last line.
    fn fit(&mut self, height: usize) {
        if self.rows.is_empty() {
            return;
        }
        let own = self.heights[self.cursor];
        let above = match self.place {
            Place::Following => height.saturating_sub(own),
            Place::At { offset, .. } => offset.min(height.saturating_sub(own)),
        };
        let total: usize = self.heights.iter().sum();
        let before: usize = self.heights[..self.cursor].iter().sum();
        // No line stays empty at the bottom while there are some above.
        let above = above.max(height.saturating_sub(total - before));
        let mut hidden = before.saturating_sub(above);
        let mut gone = 0;
        while gone < self.cursor && hidden >= self.heights[gone] {
            hidden -= self.heights[gone];
            gone += 1;
        }
        self.rows.drain(..gone);
        self.heights.drain(..gone);
        self.cursor -= gone;
        self.hidden = hidden;
        let seen = (0..self.rows.len()).take_while(|row| self.line_of(*row) < height).count();
        self.rows.truncate(seen);
        self.heights.truncate(seen);
    }

    /// The rows around a key, and where it stands among them: at least as many as there is room for.
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
        match (self.only_matches(), self.context) {
            _ if count == 0 => Vec::new(),
            (true, 0) => {
                let keys = self.matches.before(bound, count).to_vec();
                let from = if keys.len() < count { LineKey::FIRST } else { keys[0] };
                let rows = self.lines_of(lines, &keys);
                let mut rows = with_gaps(lines, &self.groups(lines), rows, (from, bound), only_searched);
                rows.drain(..rows.len().saturating_sub(count));
                rows
            }
            (true, _) => self.around_matches_before(lines, bound, count),
            (false, _) => self.all_before(lines, bound, count),
        }
    }

    /// The first `count` rows after a key.
    pub(super) fn after(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        match (self.only_matches(), self.context) {
            _ if count == 0 => Vec::new(),
            (true, 0) => {
                let keys = self.matches.after(bound, count).to_vec();
                let to = if keys.len() < count { LineKey::LAST } else { keys[count - 1] };
                let rows = self.lines_of(lines, &keys);
                let mut rows = with_gaps(lines, &self.groups(lines), rows, (bound, to), only_searched);
                rows.truncate(count);
                rows
            }
            (true, _) => self.around_matches_after(lines, bound, count),
            (false, _) => self.all_after(lines, bound, count),
        }
    }

    /// The last `count` rows before a key, whatever the filter finds.
    pub(super) fn all_before(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        let groups = self.groups(lines);
        if self.platform || count == 0 {
            return self.reader.before(lines, &groups, bound, count, None).rows;
        }
        let unfiltered = Shown { query: Query::default(), platform: false };
        let found = self.reader.before(lines, &groups, bound, count, Some((&unfiltered, BUDGET)));
        let from = if found.rows.len() < count { LineKey::FIRST } else { found.rows[0].key() };
        let mut rows = with_gaps(lines, &groups, found.rows, (from, bound), |_| true);
        rows.drain(..rows.len().saturating_sub(count));
        rows
    }

    /// The first `count` rows after a key, whatever the filter finds.
    pub(super) fn all_after(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        let groups = self.groups(lines);
        if self.platform || count == 0 {
            return self.reader.after(lines, &groups, bound, count, None).rows;
        }
        let unfiltered = Shown { query: Query::default(), platform: false };
        let found = self.reader.after(lines, &groups, bound, count, Some((&unfiltered, BUDGET)));
        let to = if found.rows.len() < count { LineKey::LAST } else { found.rows[count - 1].key() };
        let mut rows = with_gaps(lines, &groups, found.rows, (bound, to), |_| true);
        rows.truncate(count);
        rows
    }

    /// The marked lines that are still held, or that under the cursor.
    pub(in crate::app) fn chosen(&mut self, lines: &Lines) -> Vec<HeldLine> {
        if self.marks.is_empty() {
            return self.line().cloned().into_iter().collect();
        }
        self.marks.iter().filter_map(|key| self.reader.line(lines, *key)).collect()
    }

    pub(super) fn reader_line(&mut self, lines: &Lines, key: LineKey) -> Option<HeldLine> {
        self.reader.line(lines, key)
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

/// Whether a stretch was not read in full: said among matches as well, since those of another filter lie unread.
fn only_searched(gap: &LogGap) -> bool {
    gap.why.is_of_a_search()
}

/// Puts the gaps between two keys among rows that were found without them.
fn with_gaps(
    lines: &Lines,
    groups: &[GroupId],
    rows: Vec<Row>,
    (from, to): (LineKey, LineKey),
    shown: fn(&LogGap) -> bool,
) -> Vec<Row> {
    let mut rows = rows;
    for id in groups {
        for gap in lines.gaps(*id).iter().filter(|gap| shown(gap)) {
            let key = LineKey::of_gap(*id, gap.range.start);
            if from < key && key < to {
                rows.push(Row::Gap { key, gap: gap.clone() });
            }
        }
    }
    rows.sort_by_key(Row::key);
    rows
}
