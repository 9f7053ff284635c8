//! Errors as AWS answers them: a status, a code and a text, the code spelled as the protocol wants it.

use std::borrow::Cow;

/// An error answer, before a protocol writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// Name of the error's shape, such as `InvalidParameterValueException`.
    pub shape: Cow<'static, str>,
    /// What went wrong, in AWS's words.
    pub message: String,
    /// `TooManyRequestsException` says in a member of its own which limit was hit.
    pub reason: Option<&'static str>,
}

impl Refusal {
    /// A refusal with the given status, shape and text.
    pub fn new(status: u16, shape: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, shape: shape.into(), message: message.into(), reason: None }
    }

    /// CloudWatch's `ValidationError`: what `GetMetricData` says to any request that makes no sense.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new(400, "ValidationException", message)
    }

    /// A parameter has a value that is not allowed.
    pub fn parameter(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValueException", message)
    }

    /// A paging token that this endpoint did not make, or made for another request.
    pub fn next_token(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidNextToken", message)
    }

    /// The named thing does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "ResourceNotFoundException", message)
    }

    /// No such operation here.
    pub fn unknown_operation(operation: &str) -> Self {
        Self::new(404, "UnknownOperationException", format!("Could not find operation {operation}"))
    }

    /// The body could not be read.
    pub fn malformed() -> Self {
        Self::new(400, "SerializationException", "Could not read the body of the request")
    }

    /// The request carries no signature.
    pub fn unsigned() -> Self {
        Self::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    }

    /// The code that awsQuery clients know, and that `x-amzn-query-error` tells the others.
    /// Source: the `awsQueryError` traits of the CloudWatch model.
    pub fn query_code(&self) -> &str {
        match self.shape.as_ref() {
            "ValidationException" => "ValidationError",
            "InvalidParameterValueException" => "InvalidParameterValue",
            "InvalidParameterCombinationException" => "InvalidParameterCombination",
            "MissingRequiredParameterException" => "MissingParameter",
            "InternalServiceFault" => "InternalServiceError",
            "AccessDeniedException" => "AccessDenied",
            "ThrottlingException" => "Throttling",
            "ExpiredTokenException" => "ExpiredToken",
            "MissingAuthenticationTokenException" => "MissingAuthenticationToken",
            "UnknownOperationException" => "InvalidAction",
            "SerializationException" => "MalformedQueryString",
            other => other,
        }
    }

    /// Whose fault it is, in awsQuery's words.
    pub const fn blame(&self) -> &'static str {
        if self.status < 500 { "Sender" } else { "Receiver" }
    }
}
