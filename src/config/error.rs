//! What is said of a setting that cannot be used.

use super::{Origin, names};

/// A setting that cannot be used: what is wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// A value outside of what its setting allows.
    #[error("{} is not allowed: {allowed}", assignment(origin, name, value))]
    Value {
        /// Where it stands.
        origin: Origin,
        /// The setting.
        name: String,
        /// What was given.
        value: String,
        /// What would be right.
        allowed: String,
    },
    /// A name that is no setting.
    #[error("{origin}: \"{name}\" is no setting: allowed are {}", names().join(", "))]
    Name {
        /// Where it stands.
        origin: Origin,
        /// What was written.
        name: String,
    },
    /// A settings file that is not TOML.
    #[error("{origin}: {message}")]
    Syntax {
        /// Where it stops making sense.
        origin: Origin,
        /// What TOML says.
        message: String,
    },
    /// A settings file that was asked for and cannot be read.
    #[error("{path}: cannot be read: {reason}: name another file with --config, or none")]
    Unreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        reason: String,
    },
}

/// A value as it was written at its place: `--since "soon"`, `LAMBTOP_SINCE="soon"`, `config.toml:3: since = "soon"`.
fn assignment(origin: &Origin, name: &str, value: &str) -> String {
    match origin {
        Origin::Flag(flag) => format!("{flag} \"{value}\""),
        Origin::Environment(variable) => format!("{variable}=\"{value}\""),
        Origin::File { .. } | Origin::Default => format!("{origin}: {name} = \"{value}\""),
    }
}
