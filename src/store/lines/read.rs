//! What screens read: the lines around a key, merged over some groups, unpacked only where they are looked at.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::model::{GroupKey, Level, LineKind, LogGap, LogLine, LogStream, RequestFigures, RequestId};
use crate::query::LineMatcher;

use super::Lines;
use super::block::{Block, Opened, Scratch};
use super::group::{Group, Slot};
use super::key::{GroupId, LineKey};

/// Blocks that a reader keeps unpacked: about 8 MB at most.
const KEPT: usize = 64;

/// One line, owned. The message is raw text.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldLine {
    /// What it is addressed by.
    pub key: LineKey,
    /// Its log stream.
    pub stream: Arc<LogStream>,
    /// Exactly as it was served.
    pub message: Arc<str>,
    /// How grave, if it says so.
    pub level: Option<Level>,
    /// By whom and about what.
    pub kind: LineKind,
    /// The request it names itself.
    pub request: Option<RequestId>,
    /// From Live Tail, and not confirmed.
    pub provisional: bool,
    /// It came after its slice of time had been seen.
    pub late: bool,
    /// What it says in numbers.
    pub figures: Option<RequestFigures>,
}

impl HeldLine {
    /// As what a matcher looks at; `group` is that of its key.
    #[must_use]
    pub fn as_line<'a>(&'a self, group: &'a GroupKey) -> LogLine<'a> {
        LogLine {
            group,
            timestamp: self.key.timestamp,
            ingested: self.key.ingested,
            id: self.key.id,
            event_id: "",
            stream: &self.stream,
            message: &self.message,
            level: self.level,
            kind: self.kind,
            request: self.request,
            provisional: self.provisional,
            figures: self.figures.as_ref(),
            late: self.late,
        }
    }
}

/// What stands between two others on a screen.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A line.
    Line(HeldLine),
    /// A stretch that may lack lines begins here.
    Gap {
        /// Where it stands: before all lines of its first instant.
        key: LineKey,
        /// What may be lacking.
        gap: LogGap,
    },
}

impl Row {
    /// Where it stands.
    #[must_use]
    pub const fn key(&self) -> LineKey {
        match self {
            Self::Line(line) => line.key,
            Self::Gap { key, .. } => *key,
        }
    }
}

/// What was found on a walk.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// In the order of their keys.
    pub rows: Vec<Row>,
    /// Where to go on, if the budget ended the walk; otherwise fewer rows than asked for are all there are.
    pub next: Option<LineKey>,
}

/// Reads lines; remembers what it has unpacked, so that scrolling unpacks each block once.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// Last used last.
    kept: VecDeque<(Arc<Block>, Scratch)>,
}

impl Reader {
    /// The next `count` rows after `bound` among `groups`, in order. [`LineKey::FIRST`] is before all,
    /// [`LineKey::at`] before all of an instant.
    ///
    /// With a matcher only its lines and no gaps; at most `budget` lines are looked at.
    pub fn after(
        &mut self,
        lines: &Lines,
        groups: &[GroupId],
        bound: LineKey,
        count: usize,
        matching: Option<(&dyn LineMatcher, usize)>,
    ) -> Found {
        self.walk(lines, groups, Way::Forward, bound, count, matching)
    }

    /// The last `count` rows before `bound` among `groups`, in order. [`LineKey::LAST`] is behind all.
    ///
    /// With a matcher only its lines and no gaps; at most `budget` lines are looked at.
    pub fn before(
        &mut self,
        lines: &Lines,
        groups: &[GroupId],
        bound: LineKey,
        count: usize,
        matching: Option<(&dyn LineMatcher, usize)>,
    ) -> Found {
        let mut found = self.walk(lines, groups, Way::Backward, bound, count, matching);
        found.rows.reverse();
        found
    }

    /// One line, if it is held.
    pub fn line(&mut self, lines: &Lines, key: LineKey) -> Option<HeldLine> {
        let group = lines.groups.get(key.group.0 as usize)?;
        let place = key.place();
        let mut holding = group.slots.iter().take_while(|slot| slot.first <= place);
        let (slot, at) = holding.find_map(|slot| {
            let at = (slot.last >= place).then(|| slot.block.before(place))?;
            (at < slot.block.len() && slot.block.place(at) == place).then_some((slot, at))
        })?;
        Some(held(&self.open(group, slot), at, key))
    }

    fn walk(
        &mut self,
        lines: &Lines,
        groups: &[GroupId],
        way: Way,
        bound: LineKey,
        count: usize,
        matching: Option<(&dyn LineMatcher, usize)>,
    ) -> Found {
        let mut found = Found::default();
        let mut budget = matching.map_or(usize::MAX, |(_, budget)| budget);
        if count == 0 {
            return found;
        }
        walk(lines, groups, way, bound, |step| {
            match step {
                Step::Gap { key, gap } if matching.is_none() => {
                    found.rows.push(Row::Gap { key, gap: gap.clone() });
                }
                Step::Gap { .. } => {}
                Step::Line { key, group, slot, at } => {
                    let opened = self.open(group, slot);
                    if matching.is_none_or(|(matcher, _)| matcher.matches(&opened.line(at))) {
                        found.rows.push(Row::Line(held(&opened, at, key)));
                    }
                    budget = budget.saturating_sub(1);
                    if budget == 0 && found.rows.len() < count {
                        found.next = Some(key);
                        return ControlFlow::Break(());
                    }
                }
            }
            if found.rows.len() < count { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        found
    }

    fn open<'a>(&'a mut self, group: &'a Group, slot: &'a Slot) -> Opened<'a> {
        let known = self.kept.iter().rposition(|(block, _)| Arc::ptr_eq(block, &slot.block));
        let entry = match known {
            Some(at) if at + 1 == self.kept.len() => None,
            Some(at) => self.kept.remove(at),
            None => {
                // The memory of the one least used serves the new one.
                let least = (self.kept.len() >= KEPT).then(|| self.kept.pop_front()).flatten();
                let mut scratch = least.map(|(_, scratch)| scratch).unwrap_or_default();
                slot.block.read(&mut scratch);
                Some((Arc::clone(&slot.block), scratch))
            }
        };
        self.kept.extend(entry);
        let (_, scratch) = self.kept.back().expect("it was put there, or stood there");
        slot.block.with(&group.key, scratch)
    }
}

fn held(opened: &Opened<'_>, at: usize, key: LineKey) -> HeldLine {
    let line = opened.line(at);
    HeldLine {
        key,
        stream: Arc::clone(opened.block.stream(at)),
        message: line.message.into(),
        level: line.level,
        kind: line.kind,
        request: line.request,
        provisional: line.provisional,
        late: line.late,
        figures: line.figures.copied(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

/// What a walk comes by.
enum Step<'a> {
    Line { key: LineKey, group: &'a Group, slot: &'a Slot, at: usize },
    Gap { key: LineKey, gap: &'a LogGap },
}

/// A block on the way of a walk, or a gap.
enum Source<'a> {
    /// Not looked into: its turn comes when its nearest line's does.
    Closed(GroupId, &'a Group, &'a Slot),
    /// Its next line is this one.
    Open(GroupId, &'a Group, &'a Slot, usize),
    Gap(&'a LogGap),
}

struct Head<'a> {
    way: Way,
    key: LineKey,
    source: Source<'a>,
}

impl Ord for Head<'_> {
    /// The greatest is the one that comes next.
    fn cmp(&self, other: &Self) -> Ordering {
        match self.way {
            Way::Forward => other.key.cmp(&self.key),
            Way::Backward => self.key.cmp(&other.key),
        }
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Head<'_> {}

/// Goes through lines and gaps in order, from `bound` (not included) on, until `visit` breaks off.
fn walk<'a>(
    lines: &'a Lines,
    groups: &[GroupId],
    way: Way,
    bound: LineKey,
    mut visit: impl FnMut(Step<'a>) -> ControlFlow<()>,
) {
    let ahead = |key: LineKey| if way == Way::Forward { key > bound } else { key < bound };
    let mut heads = Vec::new();
    for (id, group) in lines.chosen(groups) {
        for slot in &group.slots {
            let (near, far) = match way {
                Way::Forward => (slot.first.of(id), slot.last.of(id)),
                Way::Backward => (slot.last.of(id), slot.first.of(id)),
            };
            if ahead(far) {
                heads.push(Head { way, key: near, source: Source::Closed(id, group, slot) });
            }
        }
        for gap in &group.gaps {
            let key = LineKey::of_gap(id, gap.range.start);
            if ahead(key) {
                heads.push(Head { way, key, source: Source::Gap(gap) });
            }
        }
    }
    let mut heads = BinaryHeap::from(heads);
    while let Some(Head { key, source, .. }) = heads.pop() {
        let next = match source {
            Source::Closed(id, group, slot) => entry(slot, id, way, bound).map(|at| (id, group, slot, at)),
            Source::Gap(gap) => {
                if visit(Step::Gap { key, gap }).is_break() {
                    return;
                }
                None
            }
            Source::Open(id, group, slot, at) => {
                if visit(Step::Line { key, group, slot, at }).is_break() {
                    return;
                }
                let next = if way == Way::Forward { Some(at + 1) } else { at.checked_sub(1) };
                next.filter(|at| *at < slot.block.len()).map(|at| (id, group, slot, at))
            }
        };
        if let Some((id, group, slot, at)) = next {
            let key = slot.block.place(at).of(id);
            heads.push(Head { way, key, source: Source::Open(id, group, slot, at) });
        }
    }
}

/// The first row of a block that lies beyond `bound`.
fn entry(slot: &Slot, id: GroupId, way: Way, bound: LineKey) -> Option<usize> {
    let block = &slot.block;
    let place = bound.place();
    let before = block.before(place);
    let same = before < block.len() && block.place(before) == place;
    match way {
        Way::Forward => {
            let at = before + usize::from(same && id <= bound.group);
            (at < block.len()).then_some(at)
        }
        Way::Backward => (before + usize::from(same && id < bound.group)).checked_sub(1),
    }
}
