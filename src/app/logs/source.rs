//! Which functions and groups the logs screen reads.

use crate::model::{FunctionKey, GroupKey, LogWant, Scope};

/// What one reads if nothing was marked: as many of the most troubled functions.
pub const TROUBLED: usize = 10;

/// A log group and, where it is one function's, whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSource {
    /// Which group.
    pub group: GroupKey,
    /// Which function's lines; `None` for a group that was named itself.
    pub function: Option<FunctionKey>,
}

impl LogSource {
    /// What it is called on screen: the function, else the group. Raw.
    #[must_use]
    pub fn name(&self) -> &str {
        self.function.as_ref().map_or(&*self.group.name, |function| &*function.name)
    }
}

/// What is read, in the order of the colours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogSources {
    /// At most [`LogWant::MOST_GROUPS`].
    pub list: Vec<LogSource>,
    /// How many functions there were to choose from, where not all of them are read: the 800 of `10 of 800`.
    pub out_of: Option<usize>,
}

impl LogSources {
    /// These sources, each once, out of so many functions.
    #[must_use]
    pub fn new(wanted: impl IntoIterator<Item = LogSource>, out_of: usize) -> Self {
        let mut list: Vec<LogSource> = Vec::new();
        for source in wanted {
            if list.len() == LogWant::MOST_GROUPS {
                break;
            }
            if !list.contains(&source) {
                list.push(source);
            }
        }
        Self { out_of: (out_of > list.len()).then_some(out_of), list }
    }

    /// What was chosen before the account was known belongs to it; whether there was any.
    pub(in crate::app) fn rename(&mut self, from: &Scope, to: &Scope) -> bool {
        let any = self.list.iter().any(|source| source.group.scope == *from);
        for source in &mut self.list {
            if source.group.scope == *from {
                source.group.scope.clone_from(to);
            }
            if let Some(function) = source.function.as_mut().filter(|function| function.scope == *from) {
                function.scope.clone_from(to);
            }
        }
        any
    }

    /// The functions that are known by name.
    pub fn functions(&self) -> impl Iterator<Item = &FunctionKey> {
        self.list.iter().filter_map(|source| source.function.as_ref())
    }

    /// The groups, each once.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupKey> {
        let mut groups: Vec<GroupKey> = Vec::new();
        for source in &self.list {
            if !groups.contains(&source.group) {
                groups.push(source.group.clone());
            }
        }
        groups
    }

    /// Index of the source that a line belongs to: that of its function where functions share the group.
    #[must_use]
    pub fn of(&self, group: &GroupKey, function: Option<&str>) -> usize {
        let of_group = |source: &&LogSource| source.group == *group;
        let exact = function.and_then(|name| {
            let named = |source: &LogSource| source.function.as_ref().is_some_and(|own| *own.name == *name);
            self.list.iter().position(|source| of_group(&source) && named(source))
        });
        exact.or_else(|| self.list.iter().position(|source| source.group == *group)).unwrap_or(0)
    }
}
