//! Amazon resource names: `arn:aws:lambda:eu-west-1:123456789012:function:payment-capture`.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

/// The account that owns the named resource: twelve digits.
#[must_use]
pub fn account(arn: &str) -> Option<&str> {
    let mut fields = arn.splitn(6, ':');
    if fields.next() != Some("arn") {
        return None;
    }
    let account = fields.nth(3)?;
    fields.next()?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// The ARN of a function without the version or alias that may stand behind its name.
#[must_use]
pub fn unqualified_function(arn: &str) -> Option<&str> {
    let name_at = arn.find(":function:")? + ":function:".len();
    let end = arn[name_at..].find(':').map_or(arn.len(), |colon| name_at + colon);
    (end > name_at).then_some(&arn[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_from_functions_and_roles_in_any_partition() {
        assert_eq!(
            account("arn:aws:lambda:eu-west-1:123456789012:function:payment-capture"),
            Some("123456789012")
        );
        assert_eq!(account("arn:aws-cn:sts::210987654321:assumed-role/Reader/me"), Some("210987654321"));
    }

    #[test]
    fn what_is_no_arn_names_no_account() {
        for text in
            ["", "arn", "arn:aws:lambda:eu-west-1", "arn:aws:s3:::bucket", "urn:aws:a:b:123456789012:c"]
        {
            assert_eq!(account(text), None, "{text}");
        }
    }

    #[test]
    fn a_version_behind_the_name_is_left_out() {
        let bare = "arn:aws:lambda:eu-west-1:123456789012:function:payment-capture";
        assert_eq!(unqualified_function(bare), Some(bare));
        assert_eq!(unqualified_function(&format!("{bare}:live")), Some(bare));
        assert_eq!(unqualified_function("arn:aws:lambda:eu-west-1:123456789012:function:"), None);
    }
}
