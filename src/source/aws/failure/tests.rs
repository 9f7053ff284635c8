//! Each failure through the SDK itself, on a connection that answers as it is told.

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::credential_fn::provide_credentials_fn;
use aws_credential_types::{Credentials, provider};
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::*;
use crate::source::aws::operation::{GET_CALLER_IDENTITY, LIST_FUNCTIONS};

/// What comes back from the network.
#[derive(Clone, Debug)]
enum Reply {
    Http {
        status: u16,
        code: Option<&'static str>,
        body: &'static str,
    },
    /// The connection failed.
    Broken,
    /// Nobody listens in time.
    Unreachable,
    /// Nothing ever comes.
    Silence,
}

impl HttpConnector for Reply {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        match self.clone() {
            Self::Http { status, code, body } => {
                let mut response = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body));
                if let Some(code) = code {
                    response.headers_mut().insert("x-amzn-errortype", code);
                }
                HttpConnectorFuture::ready(Ok(response))
            }
            Self::Broken => HttpConnectorFuture::ready(Err(ConnectorError::io("connection refused".into()))),
            Self::Unreachable => HttpConnectorFuture::ready(Err(ConnectorError::timeout("connect".into()))),
            Self::Silence => HttpConnectorFuture::new(std::future::pending()),
        }
    }
}

/// What `ListFunctions` fails with.
async fn failure(reply: Reply, credentials: provider::Result, mfa: bool) -> Failure {
    let connector = SharedHttpConnector::new(reply);
    let credentials = std::sync::Mutex::new(Some(credentials));
    let config = aws_sdk_lambda::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .credentials_provider(provide_credentials_fn(move || {
            let once = credentials.lock().unwrap().take();
            async move { once.unwrap_or_else(|| Err(CredentialsError::not_loaded("asked twice"))) }
        }))
        .retry_config(RetryConfig::standard().with_max_attempts(1))
        .timeout_config(
            TimeoutConfig::builder().operation_attempt_timeout(std::time::Duration::from_secs(15)).build(),
        )
        .sleep_impl(TokioSleep::new())
        .build();
    let error = aws_sdk_lambda::Client::from_conf(config).list_functions().send().await.unwrap_err();
    Called { operation: LIST_FUNCTIONS, region: "eu-west-1", mfa }.failed(&error)
}

fn keys() -> Credentials {
    Credentials::new("AKIAIOSFODNN7EXAMPLE", "not-a-secret", None, None, "test")
}

async fn answered(status: u16, code: Option<&'static str>, body: &'static str) -> Failure {
    failure(Reply::Http { status, code, body }, Ok(keys()), false).await
}

#[tokio::test(start_paused = true)]
async fn codes_of_aws_become_kinds_that_lead_to_a_next_step() {
    for (status, code, kind) in [
        (403, "ExpiredTokenException", FailureKind::ExpiredCredentials),
        (403, "UnrecognizedClientException", FailureKind::InvalidCredentials),
        (403, "InvalidSignatureException", FailureKind::InvalidCredentials),
        (403, "SignatureDoesNotMatch", FailureKind::InvalidCredentials),
        (403, "InvalidClientTokenId", FailureKind::InvalidCredentials),
        (429, "TooManyRequestsException", FailureKind::Throttled),
        (400, "ThrottlingException", FailureKind::Throttled),
        (503, "RequestLimitExceeded", FailureKind::Throttled),
        (500, "ServiceException", FailureKind::Service),
        (400, "InvalidParameterValueException", FailureKind::Refused),
        (404, "ResourceNotFoundException", FailureKind::NotFound),
        (418, "SomethingNew", FailureKind::Refused),
        (599, "SomethingNew", FailureKind::Service),
    ] {
        let failure = answered(status, Some(code), r#"{"message":"in words"}"#).await;
        assert_eq!(failure.kind, kind, "{code}");
        assert_eq!(
            (failure.operation.as_ref(), failure.detail.as_ref()),
            ("ListFunctions", "in words"),
            "{code}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_denial_names_the_action_that_is_missing() {
    let said = r#"{"Message":"User: arn:aws:iam::123456789012:user/me is not authorized to perform: sts:AssumeRole on resource: x"}"#;
    let named = answered(403, Some("AccessDeniedException"), said).await;
    assert_eq!(named.kind, FailureKind::AccessDenied { permission: "sts:AssumeRole".into() });
    let unnamed = answered(403, Some("AccessDeniedException"), "{}").await;
    assert_eq!(unnamed.kind, FailureKind::AccessDenied { permission: "lambda:ListFunctions".into() });
    assert_eq!(
        unnamed.to_string(),
        "ListFunctions in eu-west-1: access denied, needs lambda:ListFunctions: HTTP 403"
    );
}

#[tokio::test(start_paused = true)]
async fn a_page_of_html_and_a_broken_body_are_errors_of_the_service() {
    for (status, body) in [
        (503, "<html>Service Unavailable</html>"),
        (200, "<html>Hotel WiFi</html>"),
        (200, "{\"Functions\":[{"),
    ] {
        assert_eq!(answered(status, None, body).await.kind, FailureKind::Service, "{body}");
    }
    assert_eq!(answered(407, None, "<html>Proxy</html>").await.kind, FailureKind::Refused);
}

#[tokio::test(start_paused = true)]
async fn no_network_and_no_answer_are_told_apart() {
    assert_eq!(failure(Reply::Broken, Ok(keys()), false).await.kind, FailureKind::NoNetwork);
    assert_eq!(failure(Reply::Unreachable, Ok(keys()), false).await.kind, FailureKind::NoNetwork);
    let started = tokio::time::Instant::now();
    assert_eq!(failure(Reply::Silence, Ok(keys()), false).await.kind, FailureKind::TimedOut);
    assert_eq!(started.elapsed().as_secs(), 15);
}

/// An error with a cause, as the providers of the chain nest them.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Said(&'static str, #[source] Option<Box<dyn Error + Send + Sync>>);

async fn without(credentials: CredentialsError, mfa: bool) -> FailureKind {
    failure(Reply::Broken, Err(credentials), mfa).await.kind
}

#[tokio::test(start_paused = true)]
async fn why_there_are_no_credentials_is_told() {
    let said = |text| Said(text, None);
    assert_eq!(
        without(CredentialsError::not_loaded("no providers in chain provided credentials"), false).await,
        FailureKind::NoCredentials
    );
    let expired = Said("", Some(said("the SSO token has expired and cannot be refreshed").into()));
    assert_eq!(
        without(CredentialsError::provider_error(expired), false).await,
        FailureKind::ExpiredCredentials
    );
    let never = Said("failed to load the cached SSO token", None);
    assert_eq!(without(CredentialsError::provider_error(never), true).await, FailureKind::ExpiredCredentials);
    let never = Said("failed to read `/home/me/.aws/login/cache/2861.json`", None);
    assert_eq!(without(CredentialsError::unhandled(never), false).await, FailureKind::ExpiredCredentials);
    let never = Said("failed to read `/home/me/.aws/sso/cache/3947.json`", None);
    assert_eq!(without(CredentialsError::unhandled(never), false).await, FailureKind::ExpiredCredentials);
    let role = || said("service error: unhandled error (AccessDenied)");
    assert_eq!(
        without(CredentialsError::provider_error(role()), false).await,
        FailureKind::InvalidCredentials
    );
    assert_eq!(without(CredentialsError::provider_error(role()), true).await, FailureKind::MfaRequired);
    let offline: SdkError<Said, HttpResponse> =
        SdkError::dispatch_failure(ConnectorError::io("no route to host".into()));
    assert_eq!(without(CredentialsError::provider_error(offline), false).await, FailureKind::NoNetwork);
    let late = CredentialsError::provider_timed_out(std::time::Duration::from_secs(5));
    assert_eq!(without(late, false).await, FailureKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn credentials_that_never_come_are_given_up() {
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .http_client(http_client_fn(|_, _| SharedHttpConnector::new(Reply::Silence)))
        .credentials_provider(provide_credentials_fn(std::future::pending::<provider::Result>))
        .sleep_impl(TokioSleep::new())
        .build();
    let error = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send().await.unwrap_err();
    let failure = Called { operation: GET_CALLER_IDENTITY, region: "eu-west-1", mfa: false }.failed(&error);
    assert_eq!(failure.kind, FailureKind::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn what_is_said_leaves_out_the_words_that_say_nothing() {
    let said = failure(Reply::Broken, Err(CredentialsError::not_loaded("no profile `prod`")), false).await;
    assert_eq!(said.detail.as_ref(), "no profile `prod`");
}

#[test]
fn what_is_said_is_cut_at_a_length_that_can_be_shown() {
    let called = Called { operation: LIST_FUNCTIONS, region: "eu-west-1", mfa: false };
    assert_eq!(
        called.failure(FailureKind::Service, &"é".repeat(5000)).detail.chars().count(),
        LONGEST_DETAIL
    );
}

#[test]
fn a_list_of_what_was_tried_reads_as_one_sentence() {
    let called = Called { operation: LIST_FUNCTIONS, region: "eu-west-1", mfa: false };
    let failure = called
        .failure(FailureKind::NoCredentials, "none found. Tried:\n  Environment: not set\n  Profile: none\n");
    assert_eq!(failure.detail.as_ref(), "none found. Tried: Environment: not set; Profile: none");
}
