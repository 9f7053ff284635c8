//! What went wrong at AWS or on the way there: a state to show, never a reason to end.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::secret;

/// Why a call failed, in the kinds that lead to different next steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The default chain found no credentials.
    NoCredentials,
    /// Credentials were there and have expired (an SSO session, a session token).
    ExpiredCredentials,
    /// The profile wants an MFA code, which the SDK cannot ask for.
    MfaRequired,
    /// AWS does not know the key, or the signature was wrong.
    InvalidCredentials,
    /// The profile that was chosen stands in none of the AWS configuration files.
    NoSuchProfile {
        /// The name that was asked for; raw text.
        profile: Arc<str>,
        /// Those that exist, in the order of their names; raw text.
        known: Vec<Arc<str>>,
    },
    /// No region is configured.
    NoRegion,
    /// The role may not do this; `permission` is the action as IAM writes it, such as `lambda:ListFunctions`.
    AccessDenied {
        /// The missing action.
        permission: Arc<str>,
    },
    /// Too many calls: slowed down, tried again by itself.
    Throttled,
    /// The endpoint could not be reached: DNS, TCP, TLS or a proxy.
    NoNetwork,
    /// No answer in time.
    TimedOut,
    /// AWS answered with an error of its own (5xx), or with something that is not its protocol.
    Service,
    /// What the call is about does not exist.
    NotFound,
    /// AWS refused the request as wrong, or this endpoint does not know the operation.
    Refused,
    /// A task of lambtop panicked and was restarted.
    Panicked,
}

/// A failed call: which operation, where, why. `detail` is raw text from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The API's name, such as `ListFunctions`.
    pub operation: Arc<str>,
    /// The region it was sent to.
    pub region: Arc<str>,
    /// Why.
    pub kind: FailureKind,
    /// What AWS or the operating system said, its lines made one: it must pass [`SafeText`](super::SafeText) before it is shown.
    pub detail: Arc<str>,
}

impl Failure {
    /// Whether nothing works until a person logs in or configures something.
    #[must_use]
    pub const fn needs_login(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::NoCredentials
                | FailureKind::ExpiredCredentials
                | FailureKind::MfaRequired
                | FailureKind::InvalidCredentials
                | FailureKind::NoSuchProfile { .. }
                | FailureKind::NoRegion
        )
    }

    /// The kind in one or two words, for a header: `denied`, `credentials`, `no network`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self.kind {
            FailureKind::NoCredentials
            | FailureKind::ExpiredCredentials
            | FailureKind::MfaRequired
            | FailureKind::InvalidCredentials => "credentials",
            FailureKind::NoSuchProfile { .. } => "no such profile",
            FailureKind::NoRegion => "no region",
            FailureKind::AccessDenied { .. } => "denied",
            FailureKind::Throttled => "throttled",
            FailureKind::NoNetwork => "no network",
            FailureKind::TimedOut => "timed out",
            FailureKind::Service => "AWS error",
            FailureKind::NotFound => "not found",
            FailureKind::Refused => "refused",
            FailureKind::Panicked => "restarted",
        }
    }
}

impl fmt::Display for Failure {
    /// Operation, place and reason in one line of raw text, in which secrets are masked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // No call is made for a profile that does not exist.
        if !matches!(self.kind, FailureKind::NoSuchProfile { .. }) {
            write!(f, "{} in {}: ", self.operation, self.region)?;
        }
        match &self.kind {
            FailureKind::AccessDenied { permission } => write!(f, "access denied, needs {permission}"),
            FailureKind::NoCredentials => f.write_str("no credentials found"),
            FailureKind::ExpiredCredentials => f.write_str("the credentials have expired"),
            FailureKind::MfaRequired => f.write_str("the profile needs an MFA code"),
            FailureKind::InvalidCredentials => f.write_str("AWS does not accept the credentials"),
            FailureKind::NoSuchProfile { profile, known } => {
                write!(f, "there is no profile {profile}")?;
                if known.is_empty() { Ok(()) } else { write!(f, ", only {}", known.join(", ")) }
            }
            FailureKind::NoRegion => f.write_str("no region is configured"),
            FailureKind::Throttled => f.write_str("throttled by AWS"),
            FailureKind::NoNetwork => f.write_str("the endpoint cannot be reached"),
            FailureKind::TimedOut => f.write_str("no answer in time"),
            FailureKind::Service => f.write_str("AWS answered with an error"),
            FailureKind::NotFound => f.write_str("not found"),
            FailureKind::Refused => f.write_str("refused"),
            FailureKind::Panicked => f.write_str("a task of lambtop failed and was restarted"),
        }?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", secret::mask(&self.detail).0) }
    }
}
