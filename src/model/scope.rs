//! Where something lives: one account in one region.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// One AWS account in one region: the first part of every key, so that the same function name in two
/// scopes is two functions.
///
/// Cloning is two reference counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scope {
    /// The twelve digits; `None` as long as neither `GetCallerIdentity` nor an ARN has named it.
    pub account: Option<Arc<str>>,
    /// The region's code, such as `eu-west-1`.
    pub region: Arc<str>,
}

impl Scope {
    /// A scope whose account is known.
    #[must_use]
    pub fn new(account: &str, region: &str) -> Self {
        Self { account: Some(account.into()), region: region.into() }
    }

    /// A scope before anything has named its account.
    #[must_use]
    pub fn unnamed(region: &str) -> Self {
        Self { account: None, region: region.into() }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.account.as_deref().unwrap_or("?"), self.region)
    }
}
