//! The lines around matches: matches alone say what, those around them say why.

use std::collections::{BTreeMap, BTreeSet};

use crate::store::lines::{LineKey, Lines, Row};

use super::LogsScreen;

impl LogsScreen {
    /// How many lines around a match come next: 0, 1, 3.
    pub(super) const fn next_context(&self) -> usize {
        match self.context {
            0 => 1,
            1 => 3,
            _ => 0,
        }
    }

    /// The last `count` rows before a key among the matches and the lines around them.
    pub(super) fn around_matches_before(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        // Of the matches from here on only the nearest can have lines around it that stand before this.
        let own = self.matches.at_or_after(bound);
        let keys: Vec<LineKey> = self.matches.before(bound, count).iter().copied().chain(own).collect();
        let mut rows = self.around_all(lines, &keys);
        rows.retain(|row| row.key() < bound);
        rows.drain(..rows.len().saturating_sub(count));
        rows
    }

    /// The first `count` rows after a key among the matches and the lines around them.
    pub(super) fn around_matches_after(&mut self, lines: &Lines, bound: LineKey, count: usize) -> Vec<Row> {
        let own = self.matches.at_or_before(bound);
        let keys: Vec<LineKey> =
            own.into_iter().chain(self.matches.after(bound, count).iter().copied()).collect();
        let mut rows = self.around_all(lines, &keys);
        rows.retain(|row| row.key() > bound);
        rows.truncate(count);
        rows
    }

    /// These matches and the lines around each; remembers before which of them others are left out.
    fn around_all(&mut self, lines: &Lines, keys: &[LineKey]) -> Vec<Row> {
        let around = self.context;
        let mut rows: BTreeMap<LineKey, Row> = BTreeMap::new();
        let mut ends: Vec<(LineKey, Option<LineKey>)> = Vec::new();
        let mut continued: BTreeSet<LineKey> = BTreeSet::new();
        for key in keys {
            let Some(line) = self.reader_line(lines, *key) else { continue };
            // One more: whether it is shown too decides whether anything was left out.
            let mut group = self.all_before(lines, *key, around + 1);
            let before = (group.len() > around).then(|| group.remove(0).key());
            group.push(Row::Line(line));
            group.extend(self.all_after(lines, *key, around));
            ends.push((group[0].key(), before));
            continued.extend(group.iter().skip(1).map(Row::key));
            rows.extend(group.into_iter().map(|row| (row.key(), row)));
        }
        for (first, before) in ends {
            let joined = before.is_none_or(|before| rows.contains_key(&before));
            if joined || continued.contains(&first) {
                self.begins.remove(&first);
            } else {
                self.begins.insert(first);
            }
        }
        rows.into_values().collect()
    }
}
