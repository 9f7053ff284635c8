//! What many invocations share, kept once: environments with their groups and functions, versions, errors.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{ErrorNote, FunctionKey, GroupKey, LogStream, Scope};

/// Index of an execution environment.
pub(super) type EnvironmentId = u32;

/// A version, by its index; `NONE` where none is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VersionId(u16);

impl VersionId {
    pub(super) const NONE: Self = Self(u16::MAX);

    pub(super) const fn is_none(self) -> bool {
        self.0 == Self::NONE.0
    }
}

/// Versions that are told apart; those beyond are not known.
const MOST_VERSIONS: usize = 60_000;
/// Bytes of errors' texts that are kept whole; those beyond are cut to [`SHORT`].
const MOST_TEXT: usize = 8 * 1024 * 1024;
const SHORT: usize = 48;

/// Versions and errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    versions: Vec<Arc<str>>,
    version_ids: HashMap<Arc<str>, u16>,
    errors: HashSet<Arc<ErrorNote>>,
    /// Bytes of the texts of `errors`.
    text: usize,
    functions: HashSet<Arc<FunctionKey>>,
}

impl Names {
    pub(super) fn version(&mut self, version: &Arc<str>) -> VersionId {
        // Nearly always the one before.
        if let Some(id) = self.version_ids.get(version) {
            return VersionId(*id);
        }
        if self.versions.len() >= MOST_VERSIONS {
            return VersionId::NONE;
        }
        let id = self.versions.len() as u16;
        self.versions.push(Arc::clone(version));
        self.version_ids.insert(Arc::clone(version), id);
        VersionId(id)
    }

    pub(super) fn version_of(&self, id: VersionId) -> Option<&Arc<str>> {
        self.versions.get(usize::from(id.0))
    }

    /// The same error as it is held; a long one cut where there are too many.
    pub(super) fn error(&mut self, error: &Arc<ErrorNote>) -> Arc<ErrorNote> {
        if let Some(known) = self.errors.get(error) {
            return Arc::clone(known);
        }
        if self.text > MOST_TEXT {
            self.errors.retain(|error| Arc::strong_count(error) > 1);
            self.text = self.errors.iter().map(|error| size(error)).sum();
        }
        let kept = if self.text > MOST_TEXT && error.message.len() > SHORT {
            let message = &error.message[..error.message.floor_char_boundary(SHORT)];
            Arc::new(ErrorNote { kind: Arc::clone(&error.kind), message: message.into() })
        } else {
            Arc::clone(error)
        };
        if let Some(known) = self.errors.get(&kept) {
            return Arc::clone(known);
        }
        self.text += size(&kept);
        self.errors.insert(Arc::clone(&kept));
        kept
    }

    /// The function whose lines a stream of a group holds; where neither names one, the group stands for it.
    pub(super) fn function(&mut self, group: &GroupKey, stream: &LogStream) -> Arc<FunctionKey> {
        let name = stream.function.as_deref().or_else(|| group.names_function()).unwrap_or(&group.name);
        self.function_named(&group.scope, name)
    }

    pub(super) fn function_named(&mut self, scope: &Scope, name: &str) -> Arc<FunctionKey> {
        let key = FunctionKey::new(scope, name);
        if let Some(known) = self.functions.get(&key) {
            return Arc::clone(known);
        }
        if self.functions.len() >= 4_096 && self.functions.len().is_power_of_two() {
            self.functions.retain(|function| Arc::strong_count(function) > 1);
        }
        let known = Arc::new(key);
        self.functions.insert(Arc::clone(&known));
        known
    }
}

fn size(error: &ErrorNote) -> usize {
    error.kind.len() + error.message.len() + 96
}
