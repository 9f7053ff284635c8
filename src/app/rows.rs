//! The rows of the functions table: judged when their facts change, sorted when it does not disturb.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{FunctionKey, Timestamp, Window};
use crate::query::{Candidate, Filter, Matcher};
use crate::store::{Busiest, Figures, FunctionRecord, Severity, Store, Trouble};

use super::Column;

/// One row of the functions table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which function; [`Store::function`] tells its configuration.
    pub key: FunctionKey,
    /// Its numbers over the window.
    pub figures: Figures,
    /// Why it ranks where it does.
    pub trouble: Trouble,
    /// Whether its numbers are old: they are shown with `~`.
    pub stale: bool,
    /// Byte offsets of the name's characters that match the filter.
    pub matched: Vec<usize>,
}

/// What rows are made from.
pub(super) struct View<'a> {
    pub(super) store: &'a Store,
    pub(super) window: Window,
    pub(super) since: Duration,
    pub(super) now: Timestamp,
    pub(super) sort: Column,
    pub(super) reversed: bool,
    pub(super) filter: &'a Filter,
}

/// All functions as judged and ordered, and the rows that pass the filter.
#[derive(Debug, Default)]
pub(super) struct Table {
    judged: HashMap<FunctionKey, Judged>,
    /// All functions, in the order of the last sort; new ones at the end until the next.
    order: Vec<FunctionKey>,
    rows: Vec<Row>,
    index: HashMap<FunctionKey, usize>,
    matcher: Matcher,
    /// Whether something changed since the last sort.
    unsorted: bool,
}

#[derive(Debug)]
struct Judged {
    figures: Figures,
    trouble: Trouble,
    stale: bool,
}

impl Table {
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    pub(super) fn position(&self, key: &FunctionKey) -> Option<usize> {
        self.index.get(key).copied()
    }

    pub(super) const fn matcher(&mut self) -> &mut Matcher {
        &mut self.matcher
    }

    pub(super) const fn unsorted(&self) -> bool {
        self.unsorted
    }

    /// How many functions there are, whatever the filter.
    pub(super) fn total(&self) -> usize {
        self.order.len()
    }

    /// The numbers of a function and how bad they are, whatever the filter.
    pub(super) fn judged(&self, key: &FunctionKey) -> Option<(&Figures, Severity)> {
        self.judged.get(key).map(|judged| (&judged.figures, judged.trouble.severity))
    }

    /// Functions came or went.
    pub(super) fn fleet(&mut self, view: &View<'_>) {
        self.judged.retain(|key, _| view.store.function(key).is_some());
        let mut order = std::mem::take(&mut self.order);
        order.retain(|key| view.store.function(key).is_some());
        let new: Vec<_> = view
            .store
            .functions()
            .map(FunctionRecord::key)
            .filter(|key| !self.judged.contains_key(*key))
            .collect();
        for key in new {
            self.judged.insert(key.clone(), judge(view, key));
            order.push(key.clone());
            self.unsorted = true;
        }
        self.order = order;
        self.narrow(view);
    }

    /// Facts of some functions changed.
    pub(super) fn functions(&mut self, view: &View<'_>, keys: &[FunctionKey]) {
        for key in keys {
            let Some(judged) = self.judged.get_mut(key) else { continue };
            *judged = judge(view, key);
            self.unsorted = true;
            if let Some(row) = self.index.get(key).and_then(|index| self.rows.get_mut(*index)) {
                row.figures = judged.figures.clone();
                row.trouble = judged.trouble.clone();
                row.stale = judged.stale;
            }
        }
    }

    /// Everything is looked at again: another window, or another minute.
    pub(super) fn all(&mut self, view: &View<'_>) {
        let keys = self.order.clone();
        self.functions(view, &keys);
    }

    /// Sorts all functions.
    pub(super) fn sort(&mut self, view: &View<'_>) {
        let order = std::mem::take(&mut self.order);
        let mut keyed: Vec<_> = order
            .into_iter()
            .filter_map(|key| Some((value(view, self.judged.get(&key)?, &key), key)))
            .collect();
        keyed.sort_by(|(one, one_key), (two, two_key)| {
            one.compare(two, view.reversed)
                .then_with(|| (&one_key.name, &one_key.scope).cmp(&(&two_key.name, &two_key.scope)))
        });
        self.order = keyed.into_iter().map(|(_, key)| key).collect();
        self.unsorted = false;
        self.narrow(view);
    }

    /// Makes the rows that pass the filter, in the order as it stands.
    pub(super) fn narrow(&mut self, view: &View<'_>) {
        let (all, names) = (&self.judged, &mut self.matcher);
        self.rows = self
            .order
            .iter()
            .filter_map(|key| {
                let record = view.store.function(key)?;
                let candidate = Candidate {
                    name: &key.name,
                    runtime: record.function.runtime.as_deref(),
                    tags: record.detail.tags.value().map(Vec::as_slice),
                };
                let matched = names.matches(view.filter, candidate)?.bytes;
                let Judged { figures, trouble, stale } = all.get(key)?;
                Some(Row {
                    key: key.clone(),
                    figures: figures.clone(),
                    trouble: trouble.clone(),
                    stale: *stale,
                    matched,
                })
            })
            .collect();
        self.index = self.rows.iter().enumerate().map(|(index, row)| (row.key.clone(), index)).collect();
    }

    /// The function with the most invocations, whatever the filter.
    pub(super) fn busiest(&self) -> Option<Busiest> {
        self.judged
            .iter()
            .filter_map(|(key, judged)| Some((key, judged.figures.invocations?, judged.figures.p95)))
            .filter(|(_, invocations, _)| *invocations > 0.0)
            .max_by(|one, two| one.1.total_cmp(&two.1).then_with(|| two.0.cmp(one.0)))
            .map(|(key, _, p95)| Busiest { key: key.clone(), p95 })
    }
}

fn judge(view: &View<'_>, key: &FunctionKey) -> Judged {
    let figures = view.store.figures(key, view.window, view.since);
    let trouble = view.store.trouble(key, &figures, view.window, view.now);
    Judged { trouble, stale: view.store.is_stale(key, view.now), figures }
}

/// What a row is sorted by.
enum Value {
    /// Small first.
    Text(Option<Arc<str>>),
    /// Large first.
    Number(Option<f64>),
    /// Worst first.
    Trouble(Trouble),
}

impl Value {
    /// What is unknown stands last, also when the order is turned around.
    fn compare(&self, other: &Self, reversed: bool) -> Ordering {
        let turned = |order: Ordering| if reversed { order.reverse() } else { order };
        match (self, other) {
            (Self::Text(Some(one)), Self::Text(Some(two))) => turned(one.cmp(two)),
            (Self::Number(Some(one)), Self::Number(Some(two))) => turned(two.total_cmp(one)),
            (Self::Trouble(one), Self::Trouble(two)) => turned(one.worse_first(two)),
            (one, two) => one.is_unknown().cmp(&two.is_unknown()),
        }
    }

    const fn is_unknown(&self) -> bool {
        matches!(self, Self::Text(None) | Self::Number(None))
    }
}

fn value(view: &View<'_>, judged: &Judged, key: &FunctionKey) -> Value {
    let figures = &judged.figures;
    let function = view.store.function(key).map(|record| &record.function);
    match view.sort {
        Column::Name => Value::Text(Some(Arc::clone(&key.name))),
        Column::Runtime => Value::Text(function.and_then(|function| function.runtime.clone())),
        Column::Memory => Value::Number(function.and_then(|function| function.memory_mb).map(f64::from)),
        Column::Invocations => Value::Number(figures.invocations),
        Column::Errors => Value::Number(figures.errors),
        Column::ErrorRate => Value::Number(figures.error_rate()),
        Column::Average => Value::Number(figures.average),
        Column::P50 => Value::Number(figures.p50),
        Column::P99 => Value::Number(figures.p99),
        Column::Maximum => Value::Number(figures.maximum),
        Column::Throttles => Value::Number(figures.throttles),
        Column::Concurrent => Value::Number(figures.concurrent),
        Column::Since => Value::Number(figures.since_invocations),
        Column::Trouble | Column::Trend => Value::Trouble(judged.trouble.clone()),
    }
}
