//! The sentence with which AWS denies access, for the action that it names.

/// The action in `... is not authorized to perform: lambda:ListFunctions on resource: ...`.
///
/// Source of the sentence:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>.
#[must_use]
pub fn missing_action(message: &str) -> Option<&str> {
    const BEFORE: &str = "is not authorized to perform:";
    let rest = message[message.find(BEFORE)? + BEFORE.len()..].trim_start();
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, ':' | '-' | '*')))
        .unwrap_or(rest.len());
    let action = &rest[..end];
    let (service, operation) = action.split_once(':')?;
    (!service.is_empty() && !operation.is_empty()).then_some(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_is_read_out_of_the_sentence() {
        let said = "User: arn:aws:sts::123456789012:assumed-role/Reader/me is not authorized to perform: \
                    lambda:ListFunctions on resource: * because no identity-based policy allows it";
        assert_eq!(missing_action(said), Some("lambda:ListFunctions"));
        assert_eq!(
            missing_action("x is not authorized to perform: cloudwatch:GetMetricData"),
            Some("cloudwatch:GetMetricData")
        );
    }

    #[test]
    fn a_denial_without_an_action_names_none() {
        for said in
            ["", "Access Denied", "is not authorized to perform:", "is not authorized to perform: this"]
        {
            assert_eq!(missing_action(said), None, "{said}");
        }
    }
}
