//! The log groups of the account: those of the fleet's functions, and synthetic ones.

use std::sync::Arc;

use super::synthetic::{Lines, Synthetic};
use super::{Scene, invalid, spans};
use crate::demo::cloud::account::Account;
use crate::demo::cloud::protocol::value::Value;
use crate::demo::cloud::refusal::Refusal;
use crate::demo::faults::hash;
use crate::demo::fleet::{LogEvent, MOST_LATE_MS};

/// A minute in milliseconds.
pub(super) const MINUTE: i64 = 60_000;
/// A day in milliseconds.
pub(super) const DAY: i64 = 86_400_000;
/// When the account's first groups were made, 2025-01-15.
const FIRST_GROUPS: i64 = 1_736_935_200_000;

/// A log group.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub name: String,
    pub content: Content,
    /// When it was made, ms since the epoch.
    pub created: i64,
    /// How long events are kept, days; for ever where there is none.
    pub retention_days: Option<i64>,
    /// `STANDARD` or `INFREQUENT_ACCESS`.
    pub class: &'static str,
}

/// What is in a group.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// The lines of these functions of the fleet.
    Functions(Vec<usize>),
    /// The spans of all of its traces.
    Spans,
    /// Made-up ones.
    Synthetic(Lines),
}

/// The events of a stretch of time, in order.
pub(super) struct Chunk {
    pub events: Vec<Arc<LogEvent>>,
    /// The stretch, ms since the epoch; its end is exclusive.
    pub from: i64,
    pub to: i64,
}

impl Group {
    /// All groups that exist at an instant, by name.
    pub fn all(account: &Account, now: i64) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for index in 0..account.fleet_size() {
            let spec = &account.fleet.functions()[index];
            let name = spec.log_group();
            if spec.load.per_minute == 0.0 && spec.state == "Inactive" {
                continue;
            }
            match groups.iter_mut().find(|group| group.name == name) {
                Some(Self { content: Content::Functions(members), .. }) => members.push(index),
                Some(_) | None => groups.push(Self::of_function(name, index)),
            }
        }
        if account.settings.transaction_search && !account.settings.empty {
            groups.push(Self { content: Content::Spans, ..Self::of_function(spans::NAME.to_owned(), 0) });
        }
        groups.extend(
            account.settings.synthetic.iter().filter_map(|made_up| Self::made_up(account, made_up, now)),
        );
        groups.sort_by(|a, b| a.name.cmp(&b.name));
        groups
    }

    fn of_function(name: String, index: usize) -> Self {
        let mixed = hash(&name);
        Self {
            created: FIRST_GROUPS + (mixed % 200).cast_signed() * DAY,
            retention_days: [Some(7), Some(14), Some(30), None][(mixed >> 8) as usize % 4],
            // Kept for ten years and hardly ever read.
            class: if name.ends_with("audit-archive") { "INFREQUENT_ACCESS" } else { "STANDARD" },
            name,
            content: Content::Functions(vec![index]),
        }
    }

    fn made_up(account: &Account, made_up: &Synthetic, now: i64) -> Option<Self> {
        let alive = made_up.alive.iter().find(|(from, until)| (*from..*until).contains(&now));
        let created = if made_up.alive.is_empty() { FIRST_GROUPS } else { alive?.0 };
        let content = match &made_up.lines {
            Lines::OfFunction(name) => Content::Functions(vec![account.fleet.find(name)?]),
            lines => Content::Synthetic(lines.clone()),
        };
        let name = made_up.group.clone();
        Some(Self { name, content, created, retention_days: None, class: "STANDARD" })
    }

    /// The group that `logGroupName` or `logGroupIdentifier` names.
    pub fn asked(scene: Scene, input: &Value) -> Result<Self, Refusal> {
        match (input.text("logGroupName"), input.text("logGroupIdentifier")) {
            (Some(_), Some(_)) => {
                Err(invalid("LogGroupName and LogGroupIdentifier are mutually exclusive parameters."))
            }
            (None, None) => Err(invalid("Either logGroupName or logGroupIdentifier must be specified")),
            (Some(name), None) => Self::named(scene, name),
            (None, Some(identifier)) => Self::identified(scene, identifier),
        }
    }

    /// The group with a name or an ARN.
    pub fn identified(scene: Scene, identifier: &str) -> Result<Self, Refusal> {
        if !identifier.starts_with("arn:") {
            return Self::named(scene, identifier);
        }
        if identifier.ends_with('*') {
            return Err(invalid(format!("The specified ARN is invalid: {identifier}")));
        }
        let settings = &scene.account.settings;
        let prefix = format!("arn:aws:logs:{}:{}:log-group:", settings.region, settings.account);
        Self::named(scene, identifier.strip_prefix(&prefix).unwrap_or_default())
    }

    fn named(scene: Scene, name: &str) -> Result<Self, Refusal> {
        let missing =
            || Refusal::new(400, "ResourceNotFoundException", "The specified log group does not exist.");
        Self::all(scene.account, scene.now).into_iter().find(|group| group.name == name).ok_or_else(missing)
    }

    /// Its ARN, without `:*`.
    pub fn arn(&self, account: &Account) -> String {
        format!(
            "arn:aws:logs:{}:{}:log-group:{}",
            account.settings.region, account.settings.account, self.name
        )
    }

    /// No event before this instant is kept: none from before the group was made, none past its retention. Groups
    /// that keep everything show a month.
    pub fn oldest(&self, now: i64) -> i64 {
        self.created.max(now - self.retention_days.unwrap_or(30) * DAY)
    }

    /// How long after they are written its events may be ingested, ms.
    pub fn latest(&self, account: &Account) -> i64 {
        let share = match &self.content {
            Content::Functions(_) => account.settings.late_share,
            Content::Synthetic(Lines::Flood { late_share, .. }) => *late_share,
            // A few come many seconds after their end; a function's segment comes when all of it has.
            Content::Spans => 1.0,
            Content::Synthetic(Lines::OfFunction(_) | Lines::Giants { .. }) => 0.0,
        };
        if share > 0.0 { MOST_LATE_MS + 2_000 } else { 2_500 }
    }

    /// The events around an instant, whether they have been ingested or not.
    pub fn chunk(&self, account: &Account, at: i64) -> Chunk {
        match &self.content {
            Content::Functions(members) => minute(account, members, at.div_euclid(MINUTE)),
            Content::Spans => spans::chunk(account, at),
            Content::Synthetic(lines) => lines.chunk(account.settings.seed, &self.name, at),
        }
    }
}

/// The events of functions that were written in a minute.
fn minute(account: &Account, members: &[usize], minute: i64) -> Chunk {
    let (from, to) = (minute * MINUTE, (minute + 1) * MINUTE);
    let mut events = Vec::new();
    for &function in members {
        // Of a long request, the end is written in a later minute than its beginning.
        let first = (from - account.fleet.log_reach_ms(function)).div_euclid(MINUTE);
        for began in first..=minute {
            let written = account.fleet.log(function, began);
            let start = written.partition_point(|event| event.timestamp < from);
            events.extend(written[start..].iter().take_while(|event| event.timestamp < to).cloned());
        }
    }
    events.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    Chunk { events, from, to }
}
