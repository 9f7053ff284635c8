//! `DescribeLogGroups`.
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>.

use super::group::{Content, DAY, Group};
use super::{Scene, bounded, constraint, invalid, texts};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::paging::{Token, page, request_digest};
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;

/// Most groups in a page.
const GROUPS_PER_PAGE: i64 = 50;
/// About how many bytes a request writes.
const BYTES_PER_REQUEST: f64 = 900.0;

pub(super) fn describe(scene: Scene, input: &Value) -> Result<Value, Refusal> {
    let limit = bounded(input, "limit", 1, GROUPS_PER_PAGE)?.unwrap_or(GROUPS_PER_PAGE);
    let prefix = input.text("logGroupNamePrefix");
    let pattern = input.text("logGroupNamePattern");
    if prefix.is_some() && pattern.is_some() {
        return Err(invalid(
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ));
    }
    let class = input.text("logGroupClass");
    if let Some(class) = class.filter(|class| !["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"].contains(class))
    {
        let rule = "Member must satisfy enum value set: [INFREQUENT_ACCESS, DELIVERY, STANDARD]";
        return Err(constraint(class, "logGroupClass", rule));
    }
    let identifiers = texts(input, "logGroupIdentifiers");
    let digest = request_digest("DescribeLogGroups", input);
    let offset = offset(input, digest, scene.now)?;
    let account = scene.account;
    let groups: Vec<Group> = Group::all(account, scene.now)
        .into_iter()
        .filter(|group| prefix.is_none_or(|prefix| group.name.starts_with(prefix)))
        .filter(|group| {
            pattern.is_none_or(|pattern| group.name.to_lowercase().contains(&pattern.to_lowercase()))
        })
        .filter(|group| class.is_none_or(|class| group.class == class))
        .filter(|group| {
            identifiers.is_empty()
                || identifiers.iter().any(|id| *id == group.name || *id == group.arn(account))
        })
        .collect();
    let (groups, next) = page(&groups, offset, limit as usize);
    let listed: Vec<Value> = groups.iter().map(|group| listed(account, group, scene.now)).collect();
    Ok(Value::structure().with("logGroups", listed).with("nextToken", next_token(next, digest, scene.now)))
}

fn listed(account: &Account, group: &Group, now: i64) -> Value {
    let arn = group.arn(account);
    Value::structure()
        .with("logGroupName", group.name.as_str())
        .with("creationTime", group.created)
        .with("retentionInDays", group.retention_days)
        .with("metricFilterCount", 0_i64)
        .with("arn", format!("{arn}:*"))
        .with("storedBytes", stored_bytes(account, group, now))
        .with("logGroupClass", group.class)
        .with("logGroupArn", arn)
}

/// About what it stores: AWS's figure is an estimate too.
fn stored_bytes(account: &Account, group: &Group, now: i64) -> i64 {
    let Content::Functions(members) = &group.content else { return 0 };
    let per_minute: f64 = members.iter().map(|&index| account.fleet.functions()[index].load.per_minute).sum();
    let days = ((now - group.created) / DAY).min(group.retention_days.unwrap_or(i64::MAX));
    (per_minute * 0.6 * 1_440.0 * BYTES_PER_REQUEST * days as f64) as i64
}

/// Where the page begins that a token asks for.
pub(super) fn offset(input: &Value, digest: u64, now: i64) -> Result<usize, Refusal> {
    let Some(token) = input.text("nextToken") else { return Ok(0) };
    Token::decode(token, digest)
        .filter(|token| now - token.at <= DAY)
        .map(|token| token.offset)
        .ok_or_else(|| invalid("The specified nextToken is invalid."))
}

pub(super) fn next_token(next: Option<usize>, digest: u64, now: i64) -> Option<String> {
    next.map(|offset| Token { offset, at: now, request: digest }.encode())
}
