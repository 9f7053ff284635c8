//! What a node of a trace is called: the same on screen and in print.

use std::fmt::Write;

use crate::model::Segment;

/// Letters of a statement's first word that are shown.
const LONGEST_VERB: usize = 12;

/// What a segment did, in the words that matter: `payment-ledger DynamoDB PutItem`, `acquirer.example POST /authorise`,
/// `checkout-api Lambda` (the service), `checkout-api function` (the code). Raw text.
#[must_use]
pub fn title(segment: &Segment) -> String {
    let call = &segment.call;
    let mut title = String::new();
    let aws = segment.namespace.as_deref() == Some("aws") || call.operation.is_some();
    if let Some(resource) = call.resource.as_deref().filter(|_| aws) {
        title.push_str(short(resource));
        title.push(' ');
    }
    title.push_str(&segment.name);
    match segment.origin.as_deref() {
        Some("AWS::Lambda") => title.push_str(" Lambda"),
        Some("AWS::Lambda::Function") => title.push_str(" function"),
        _ => {}
    }
    // Writing to a string cannot fail.
    match &call.operation {
        Some(operation) => {
            let _ = write!(title, " {operation}");
        }
        None if !aws => {
            if let Some(method) = &call.method {
                let _ = write!(title, " {method}");
            }
            if let Some(path) = call.url.as_deref().and_then(path) {
                let _ = write!(title, " {path}");
            }
        }
        None => {}
    }
    if let Some(verb) = call.statement.as_deref().and_then(verb) {
        let _ = write!(title, " {verb}");
    }
    title
}

/// The service that X-Ray's kind of a node names, as AWS writes it: `Secrets Manager` of `AWS::SecretsManager`,
/// `DynamoDB` of `AWS::DynamoDB::Table`; a kind of nobody's stands as it is.
#[must_use]
pub fn service_of(kind: &str) -> &str {
    let word = kind.strip_prefix("AWS::").and_then(|rest| rest.split("::").next()).unwrap_or(kind);
    match word {
        "ApiGateway" => "API Gateway",
        "Events" => "EventBridge",
        "SecretsManager" => "Secrets Manager",
        "StepFunctions" => "Step Functions",
        word => word,
    }
}

/// The last part of an ARN or of a queue's URL.
pub(in crate::store) fn short(resource: &str) -> &str {
    let last = resource.rsplit(['/', ':']).next().unwrap_or(resource);
    if last.is_empty() { resource } else { last }
}

/// The path of a URL without what may be secret in it; none where it is the root.
fn path(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = &rest[rest.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or(path);
    (path.len() > 1).then_some(path)
}

/// The first word of a statement: `SELECT`.
fn verb(statement: &str) -> Option<&str> {
    let word = statement.split_whitespace().next()?;
    (word.len() <= LONGEST_VERB && word.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(word)
}

#[cfg(test)]
mod tests {
    use crate::parse::xray;

    use super::*;

    fn of(document: &str) -> String {
        title(&xray::document(document, None).expect("a document")[0])
    }

    #[test]
    fn a_call_is_named_by_what_it_worked_on() {
        assert_eq!(
            of(
                r#"{"name":"DynamoDB","namespace":"aws","aws":{"operation":"PutItem","table_name":"payment-ledger"},"http":{"request":{"method":"POST"}}}"#
            ),
            "payment-ledger DynamoDB PutItem"
        );
        assert_eq!(
            of(
                r#"{"name":"SQS","namespace":"aws","aws":{"operation":"SendMessage","queue_url":"https://sqs.eu-west-1.amazonaws.com/123456789012/mail"}}"#
            ),
            "mail SQS SendMessage"
        );
        assert_eq!(
            of(
                r#"{"name":"acquirer.example","namespace":"remote","http":{"request":{"method":"POST","url":"https://acquirer.example/auth?card=4111"}}}"#
            ),
            "acquirer.example POST /auth"
        );
        assert_eq!(
            of(
                r#"{"name":"orders@db.example","sql":{"sanitized_query":"SELECT * FROM orders","url":"db.example"}}"#
            ),
            "orders@db.example SELECT"
        );
    }

    #[test]
    fn the_service_and_the_code_of_a_function_are_told_apart() {
        assert_eq!(of(r#"{"name":"cart-api","origin":"AWS::Lambda"}"#), "cart-api Lambda");
        assert_eq!(of(r#"{"name":"cart-api","origin":"AWS::Lambda::Function"}"#), "cart-api function");
        assert_eq!(of(r#"{"name":"handler"}"#), "handler");
    }
}
