//! The read-only IAM policy, made from the operations that the program can call.

use serde_json::{Value, json};

/// A policy document that allows exactly `actions`, grouped by service, as `lambtop policy` prints it.
///
/// None of the actions can be narrowed to a resource without losing the fleet: list and metric calls have no
/// resource (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html>).
#[must_use]
pub fn policy(actions: impl IntoIterator<Item = &'static str>) -> String {
    let mut actions: Vec<&str> = actions.into_iter().collect();
    actions.sort_unstable();
    actions.dedup();
    let service = |action: &str| action.split(':').next().unwrap_or_default().to_owned();
    let statements: Vec<Value> = actions
        .chunk_by(|a, b| service(a) == service(b))
        .map(|group| {
            json!({
                "Sid": format!("Lambtop{}", capitalised(&service(group[0]))),
                "Effect": "Allow",
                "Action": group,
                "Resource": "*",
            })
        })
        .collect();
    let document = json!({ "Version": "2012-10-17", "Statement": statements });
    format!("{document:#}\n")
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_a_service_names_each_action_once() {
        let text =
            policy(["sts:GetCallerIdentity", "lambda:ListTags", "lambda:ListFunctions", "lambda:ListTags"]);
        let document: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(document["Statement"][0]["Sid"], "LambtopLambda");
        assert_eq!(document["Statement"][0]["Action"], json!(["lambda:ListFunctions", "lambda:ListTags"]));
        assert_eq!(document["Statement"][1]["Action"], json!(["sts:GetCallerIdentity"]));
    }
}
