//! What `DescribeLogGroups` says of a group: whether it can be tailed, since when it exists, how far back it keeps.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::types::{LogGroup, LogGroupClass};

use crate::model::{Failure, FailureKind, GroupKey, Timestamp};
use crate::source::aws::describe::some;
use crate::source::aws::feed::{Context, Session};
use crate::source::aws::operation::DESCRIBE_LOG_GROUPS;
use crate::source::aws::pace::Lane;

/// A group as it was described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Described {
    /// When it was made: another time is another group of the same name.
    pub created: Option<Timestamp>,
    /// How long it keeps its lines; none is for ever.
    pub retention: Option<Duration>,
    /// Bytes that it stores, as CloudWatch estimates them.
    pub stored: Option<u64>,
    /// Its ARN without `:*`, as Live Tail wants it.
    pub arn: Option<Arc<str>>,
    /// Why it cannot be tailed, if it cannot.
    pub unreadable: Option<Arc<str>>,
}

impl Described {
    /// No line is older.
    pub fn oldest(&self, now: Timestamp) -> Option<Timestamp> {
        let kept = self.retention.map(|retention| now - retention);
        // Lines may be put in with a time from before the group was made; those are found by asking for them.
        self.created.map_or(kept, |created| Some(kept.map_or(created, |kept| kept.max(created))))
    }
}

/// Asks for one group; `None` if there is none of that name.
pub(super) async fn describe(
    context: &Context,
    session: &Session,
    group: &GroupKey,
) -> Result<Option<Described>, Failure> {
    // The group itself is the first of all that begin with its name.
    let call = session.clients.logs.describe_log_groups().log_group_name_prefix(group.name.as_ref()).send();
    let answer = context.call(session, Lane::LogGroups, DESCRIBE_LOG_GROUPS, call).await?;
    let found = answer.log_groups().iter().find(|found| found.log_group_name() == Some(&group.name));
    Ok(found.map(read))
}

fn read(found: &LogGroup) -> Described {
    let days = found.retention_in_days().and_then(|days| u64::try_from(days).ok());
    let star = found.arn().map(|arn| arn.strip_suffix(":*").unwrap_or(arn));
    Described {
        created: found.creation_time().map(Timestamp::from_millis),
        retention: days.map(|days| Duration::from_hours(24 * days)),
        stored: found.stored_bytes().and_then(|bytes| u64::try_from(bytes).ok()),
        arn: some(found.log_group_arn()).or_else(|| some(star)),
        unreadable: found.log_group_class().and_then(unreadable).map(Into::into),
    }
}

/// Which classes only Logs Insights, or nobody here, can read.
/// Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>.
const fn unreadable(class: &LogGroupClass) -> Option<&'static str> {
    match class {
        LogGroupClass::InfrequentAccess => Some("an Infrequent Access group: only Logs Insights can read it"),
        LogGroupClass::Delivery => {
            Some("a Delivery group: its lines go to S3 or Firehose and cannot be read in CloudWatch Logs")
        }
        _ => None,
    }
}

/// Why a group cannot be tailed, if a failed call says that: never an empty tail.
pub(super) fn refusal(failure: &Failure) -> Option<Arc<str>> {
    let said = failure.detail.to_ascii_lowercase();
    let denied = matches!(failure.kind, FailureKind::AccessDenied { .. });
    if said.contains("kms") && (denied || failure.kind == FailureKind::Refused) {
        return Some("its lines are encrypted: reading them needs kms:Decrypt on the group's key".into());
    }
    let of_class = ["infrequent access", "infrequent_access", "log class", "log group class"];
    (failure.kind == FailureKind::Refused && of_class.iter().any(|words| said.contains(words)))
        .then(|| "the class of the group forbids it: only Logs Insights can read it".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_that_cannot_be_tailed_says_why() {
        let group =
            |class: LogGroupClass| read(&LogGroup::builder().log_group_class(class).build()).unreadable;
        assert!(group(LogGroupClass::Standard).is_none());
        assert!(group(LogGroupClass::InfrequentAccess).is_some_and(|why| why.contains("Logs Insights")));
        assert!(group(LogGroupClass::Delivery).is_some_and(|why| why.contains("S3 or Firehose")));
        let failure = |kind, detail: &str| Failure {
            operation: "FilterLogEvents".into(),
            region: "eu-west-1".into(),
            kind,
            detail: detail.into(),
        };
        let denied = FailureKind::AccessDenied { permission: "logs:FilterLogEvents".into() };
        let why = refusal(&failure(denied.clone(), "not authorized to perform kms:Decrypt"));
        assert!(why.is_some_and(|why| why.contains("kms:Decrypt")));
        assert_eq!(refusal(&failure(denied, "not authorized")), None);
        assert!(refusal(&failure(FailureKind::Refused, "not supported for this log class")).is_some());
        assert_eq!(refusal(&failure(FailureKind::Throttled, "kms throttled")), None);
    }

    #[test]
    fn nothing_is_older_than_the_group_and_its_retention() {
        let now = Timestamp::from_secs(1_772_366_400);
        let described = |created, days| {
            read(&LogGroup::builder().set_creation_time(created).set_retention_in_days(days).build())
        };
        assert_eq!(described(None, None).oldest(now), None);
        assert_eq!(described(Some(5_000), None).oldest(now), Some(Timestamp::from_secs(5)));
        assert_eq!(described(Some(5_000), Some(7)).oldest(now), Some(now - Duration::from_hours(168)));
    }
}
