//! From the SDK's errors to the kinds of failure that lead to different next steps.

use std::error::Error;
use std::fmt::Write as _;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::operation::Operation;
use crate::model::{Failure, FailureKind};
use crate::parse::denial;

/// Longest text that is kept of what AWS or the operating system said, in characters.
const LONGEST_DETAIL: usize = 600;

/// The lines of a message as one: the SDK lists on many where it looked for credentials.
/// What the SDK says of each place where it found no credentials.
const NOTHING: &str = "the credential provider was not enabled";

fn one_line(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let said = lines.join("; ").replace(":; ", ": ");
    let said =
        said.replace(&format!(": {NOTHING}: "), ": ").replace(&format!(": {NOTHING}"), ": not configured");
    said.strip_prefix(&format!("{NOTHING}: ")).map_or(said.clone(), ToOwned::to_owned)
}

/// Where a call went, and how the one who called it logs in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Called<'a> {
    pub operation: Operation,
    pub region: &'a str,
    /// Whether the profile has an `mfa_serial`: the SDK cannot ask for the code, so that its role is refused.
    pub mfa: bool,
}

impl Called<'_> {
    /// A failure of this call.
    pub fn failure(&self, kind: FailureKind, detail: &str) -> Failure {
        Failure {
            operation: self.operation.name.into(),
            region: self.region.into(),
            kind,
            detail: one_line(detail).chars().take(LONGEST_DETAIL).collect::<String>().into(),
        }
    }

    /// What `error` means.
    pub fn failed<E>(&self, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (kind, detail) = match error {
            SdkError::TimeoutError(_) => (FailureKind::TimedOut, causes(error)),
            SdkError::ServiceError(context) => {
                let said = context.err().message().unwrap_or_default();
                let status = context.raw().status().as_u16();
                let kind = self.service_error(context.err().code(), status, said);
                (kind, if said.is_empty() { format!("HTTP {status}") } else { said.to_owned() })
            }
            SdkError::ResponseError(context) => (by_status(context.raw().status().as_u16()), causes(error)),
            SdkError::DispatchFailure(dispatch) => {
                let kind = self.credentials(error).unwrap_or(if dispatch.is_io() || dispatch.is_timeout() {
                    FailureKind::NoNetwork
                } else {
                    FailureKind::Refused
                });
                (kind, causes(error))
            }
            _ => (self.credentials(error).unwrap_or(FailureKind::Refused), causes(error)),
        };
        self.failure(kind, &detail)
    }

    /// By the code that AWS puts on its errors; without one (an HTML page of something in between) by HTTP status.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CommonErrors.html>.
    fn service_error(&self, code: Option<&str>, status: u16, said: &str) -> FailureKind {
        match code.unwrap_or_default() {
            "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" => FailureKind::ExpiredCredentials,
            "InvalidClientTokenId"
            | "InvalidAccessKeyId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "InvalidSignature"
            | "IncompleteSignature"
            | "IncompleteSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "AuthFailure"
            | "OptInRequired" => FailureKind::InvalidCredentials,
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "NotAuthorized" => {
                let permission = denial::missing_action(said).unwrap_or(self.operation.action);
                FailureKind::AccessDenied { permission: permission.into() }
            }
            "Throttling"
            | "ThrottlingException"
            | "ThrottledException"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "LimitExceededException"
            | "SlowDown" => FailureKind::Throttled,
            "InternalFailure"
            | "InternalServiceFault"
            | "InternalServiceError"
            | "InternalServerError"
            | "ServiceException"
            | "ServiceUnavailable"
            | "ServiceUnavailableException" => FailureKind::Service,
            "ResourceNotFoundException" => FailureKind::NotFound,
            _ => by_status(status),
        }
    }

    /// Why no credentials could be had, if that is what went wrong.
    fn credentials(&self, error: &(dyn Error + 'static)) -> Option<FailureKind> {
        let told = causes(error);
        let Some(at) = chain(error).position(<dyn Error>::is::<CredentialsError>) else {
            // The SDK's cache of credentials waits five seconds for them and says so in words alone.
            return told.contains("identity resolver timed out").then_some(FailureKind::TimedOut);
        };
        let mut below = chain(error).skip(at + 1);
        if below
            .any(|cause| cause.downcast_ref::<ConnectorError>().is_some_and(|e| e.is_io() || e.is_timeout()))
        {
            return Some(FailureKind::NoNetwork);
        }
        let innermost = chain(error).filter_map(|cause| cause.downcast_ref::<CredentialsError>()).last()?;
        let told = told.to_ascii_lowercase();
        let login = [
            "expired",
            "sso token",
            "login token",
            "login/cache",
            "sso/cache",
            "unauthorizedexception",
            "session token not found",
        ];
        Some(match innermost {
            CredentialsError::CredentialsNotLoaded(_) if !self.mfa => FailureKind::NoCredentials,
            CredentialsError::ProviderTimedOut(_) => FailureKind::TimedOut,
            _ if login.iter().any(|word| told.contains(word)) => FailureKind::ExpiredCredentials,
            _ if self.mfa => FailureKind::MfaRequired,
            _ if told.contains("accessdenied") || told.contains("not authorized") => {
                FailureKind::InvalidCredentials
            }
            _ => FailureKind::NoCredentials,
        })
    }
}

fn by_status(status: u16) -> FailureKind {
    match status {
        429 => FailureKind::Throttled,
        // Also 2xx: an answer came, and it was not one of the protocol.
        500.. | 200..=299 => FailureKind::Service,
        _ => FailureKind::Refused,
    }
}

/// The error and everything that caused it, outermost first.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// The causes in words, outermost first, each said once.
pub(super) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut told = String::new();
    for cause in chain(error) {
        let said = cause.to_string();
        // The SDK's words for "something, see below".
        let empty = matches!(said.as_str(), "" | "other" | "dispatch failure");
        if !empty && !told.contains(&said) {
            let colon = if told.is_empty() { "" } else { ": " };
            let _ = write!(told, "{colon}{said}");
        }
    }
    told
}

#[cfg(test)]
mod tests;
