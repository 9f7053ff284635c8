//! What is wrong with the connection to AWS, why, and the next step, in words.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Failure, FailureKind, Feed, FleetOrigin, Timestamp, secret};
use crate::store::{Failing, Severity, Store};

use super::Settings;

/// Where advice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the middle, where there is no data.
    Page,
    /// In a band above the data, which is old.
    Band,
}

/// A state that needs someone: what, why, next, in that order. Raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Page or band.
    pub place: Place,
    /// `Error`, `Warn`, or `Ok` for a state that is no fault, such as looking for functions.
    pub severity: Severity,
    /// What is wrong, one sentence.
    pub what: String,
    /// Why, if it is known: what AWS said.
    pub why: Option<String>,
    /// What to do next, a line each; commands stand as one can paste them.
    pub next: Vec<String>,
}

/// What may pass by itself gets a band only after so long: until then the header's word is enough, and nothing moves.
const PASSING: Duration = Duration::from_secs(30);

/// Bytes of a text of others that are worth showing; what is beyond is cut before it costs anything.
const LONGEST: usize = 4096;

/// The one state that is worth saying now, if any; secrets in it are masked.
pub(super) fn advice(store: &Store, settings: &Settings, now: Timestamp) -> Option<Advice> {
    state(store, settings, now).map(masked)
}

/// Why there are no traces, if a failure that lasts is why; secrets in it are masked.
pub(super) fn of_traces(store: &Store, settings: &Settings, now: Timestamp) -> Option<Advice> {
    let (feed, failing) = without_traces(store)?;
    Some(masked(failed(settings, feed, &failing, true, now)))
}

/// The failure that keeps traces away: of their own feed, else of the question who asks, before which nothing is asked.
pub(super) fn without_traces(store: &Store) -> Option<(Feed, Failing)> {
    let of = |feed: Feed| Some((feed, store.feed(feed).failing?));
    of(Feed::Traces).or_else(|| of(Feed::Identity).filter(|_| store.identity().is_none()))
}

/// Proxies, endpoints with a password and presigned addresses stand in what is told, and AWS repeats the session token
/// of a request whose signature is wrong. Whole sentences: a secret is known by what stands before it.
fn masked(advice: Advice) -> Advice {
    let masked = |text: String| match secret::mask(&text) {
        (Cow::Borrowed(_), _) => text,
        (Cow::Owned(masked), _) => masked,
    };
    Advice {
        what: masked(advice.what),
        why: advice.why.map(masked),
        next: advice.next.into_iter().map(masked).collect(),
        ..advice
    }
}

fn state(store: &Store, settings: &Settings, now: Timestamp) -> Option<Advice> {
    let empty = store.functions().len() == 0;
    if let Some((feed, failing)) = worst(store)
        && (empty || !may_pass(&failing.failure) || now.since(failing.since) >= PASSING)
    {
        return Some(failed(settings, feed, &failing, empty, now));
    }
    if let Some(FleetOrigin::ListMetrics { because }) = store.origin() {
        return Some(names_only(because, empty));
    }
    if !empty {
        return None;
    }
    let region = region(store, settings);
    Some(if store.fleet_complete() { no_functions(settings, &region) } else { looking(&region) })
}

/// The failure that explains most: one that needs a login stops everything, and without functions there is nothing.
/// Who is asking may stay unknown: the header says so.
fn worst(store: &Store) -> Option<(Feed, Failing)> {
    let failing: Vec<_> = [Feed::Functions, Feed::Metrics, Feed::Identity]
        .into_iter()
        .filter_map(|feed| Some((feed, store.feed(feed).failing?)))
        .collect();
    let login = failing.iter().find(|(_, failing)| failing.failure.needs_login());
    login.or_else(|| failing.iter().find(|(feed, _)| *feed != Feed::Identity)).cloned()
}

const fn may_pass(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Throttled
            | FailureKind::TimedOut
            | FailureKind::Service
            | FailureKind::NoNetwork
            | FailureKind::Panicked
    )
}

fn region(store: &Store, settings: &Settings) -> String {
    let known = store.identity().map(|identity| identity.scope.region.clone());
    known
        .or_else(|| settings.region.clone())
        .map_or_else(|| "this region".to_owned(), |region| region.to_string())
}

fn looking(region: &str) -> Advice {
    Advice {
        place: Place::Page,
        severity: Severity::Ok,
        what: format!("Looking for functions in {region}"),
        why: None,
        next: Vec::new(),
    }
}

fn no_functions(settings: &Settings, region: &str) -> Advice {
    let globs: Vec<_> = settings.globs.iter().map(|glob| format!("--function {glob}")).collect();
    let what = if globs.is_empty() {
        format!("No Lambda functions in {region} (ListFunctions answered: 0).")
    } else {
        format!("No function in {region} matches {}.", globs.join(" "))
    };
    let mut next = Vec::new();
    if globs.is_empty() {
        next.push(
            "another region: lambtop --region NAME    another profile: lambtop --profile NAME".to_owned(),
        );
        next.push("lambtop demo shows a fleet".to_owned());
    }
    next.push("Looked at again every 5 minutes. A new function appears here by itself.".to_owned());
    Advice { place: Place::Page, severity: Severity::Warn, what, why: None, next }
}

fn names_only(because: &Failure, empty: bool) -> Advice {
    let what = if empty {
        "ListFunctions is denied, and ListMetrics knows no function that ran lately."
    } else {
        "ListFunctions is denied: the names come from ListMetrics, without configuration and idle functions."
    };
    Advice {
        place: if empty { Place::Page } else { Place::Band },
        severity: Severity::Warn,
        what: what.to_owned(),
        why: said(because),
        next: permission_lines(because),
    }
}

fn failed(settings: &Settings, feed: Feed, failing: &Failing, empty: bool, now: Timestamp) -> Advice {
    let failure = &failing.failure;
    let profile = settings.profile.as_deref();
    let of_profile = profile.map_or_else(String::new, |name| format!(" of profile {name}"));
    let flag = profile.map_or_else(String::new, |name| format!(" --profile {name}"));
    let (what, mut next) = match &failure.kind {
        FailureKind::NoCredentials => (
            format!(
                "No credentials found{}.",
                profile.map_or_else(String::new, |name| format!(" for profile {name}"))
            ),
            vec![
                format!("Log in from another shell: aws sso login{flag}    or: aws configure{flag}"),
                "Environment, profiles, SSO, credential_process and instance roles are looked through."
                    .to_owned(),
                "lambtop demo shows a fleet without an account".to_owned(),
            ],
        ),
        FailureKind::ExpiredCredentials => (
            format!("The credentials{of_profile} expired."),
            if profile.is_none() && settings.login.as_deref() == Some(Settings::ENVIRONMENT) {
                vec!["The keys stand in this shell's environment: set new ones there, then start lambtop again.".to_owned()]
            } else {
                vec![format!("Log in from another shell: aws sso login{flag}")]
            },
        ),
        FailureKind::MfaRequired => (
            format!("The role{of_profile} needs an MFA code, and lambtop cannot ask for one."),
            vec![
                "Get a session that has the code in it, then start lambtop from the same shell:".to_owned(),
                format!("eval \"$(aws configure export-credentials{flag} --format env)\""),
            ],
        ),
        FailureKind::NoSuchProfile { profile, known } => (
            format!("There is no profile {profile}."),
            vec![
                match known.as_slice() {
                    [] => {
                        "No profile exists yet. Make one: aws configure sso    or: aws configure".to_owned()
                    }
                    [only] => format!("The only one there is: lambtop --profile {only}"),
                    _ => format!("Those that exist: {}", some_of(known)),
                },
                "Chosen by --profile, LAMBTOP_PROFILE, AWS_PROFILE or config.toml: lambtop config tells."
                    .to_owned(),
            ],
        ),
        FailureKind::InvalidCredentials => (
            format!("AWS does not accept the credentials{of_profile}."),
            vec![
                format!("Who AWS thinks it is: aws sts get-caller-identity{flag}"),
                "A key may be deleted or inactive, or this machine's clock wrong.".to_owned(),
            ],
        ),
        FailureKind::NoRegion => (
            "No region is configured.".to_owned(),
            vec![
                "lambtop --region eu-west-1    or: export AWS_REGION=eu-west-1".to_owned(),
                format!("For good: aws configure set region eu-west-1{flag}"),
            ],
        ),
        FailureKind::AccessDenied { .. } => {
            (format!("{} in {} is denied.", failure.operation, failure.region), permission_lines(failure))
        }
        FailureKind::NoNetwork => (
            format!("The endpoint of {} in {} cannot be reached.", failure.operation, failure.region),
            unreachable_lines(settings),
        ),
        FailureKind::TimedOut => {
            (format!("{} in {} did not answer in time.", failure.operation, failure.region), Vec::new())
        }
        FailureKind::Throttled => (
            format!("AWS slows {} in {} down: too many calls.", failure.operation, failure.region),
            Vec::new(),
        ),
        FailureKind::Service => {
            (format!("AWS answered {} in {} with an error.", failure.operation, failure.region), Vec::new())
        }
        FailureKind::NotFound => {
            (format!("What {} in {} asks for does not exist.", failure.operation, failure.region), Vec::new())
        }
        FailureKind::Refused => (
            format!("{} in {} was refused.", failure.operation, failure.region),
            vec!["Another endpoint than AWS's may not know this operation.".to_owned()],
        ),
        FailureKind::Panicked => {
            (format!("The task behind {} failed and was started again.", feed.label()), Vec::new())
        }
    };
    next.push(again(failing, now));
    Advice {
        place: if empty { Place::Page } else { Place::Band },
        severity: if failure.kind == FailureKind::Throttled { Severity::Warn } else { Severity::Error },
        what,
        why: said(failure),
        next,
    }
}

fn unreachable_lines(settings: &Settings) -> Vec<String> {
    if let Some(url) = &settings.endpoint {
        return vec![format!("Does anything listen at {url}? Every call goes there: --endpoint-url.")];
    }
    vec![
        "Behind a proxy: export HTTPS_PROXY=http://HOST:PORT before lambtop.".to_owned(),
        "In a VPC without a way out: endpoints for lambda, monitoring, logs, xray and sts are needed."
            .to_owned(),
    ]
}

/// As many names as one reads at a glance, and how many more there are.
fn some_of(names: &[Arc<str>]) -> String {
    const MOST: usize = 8;
    let shown = names.iter().take(MOST).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(MOST);
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn permission_lines(failure: &Failure) -> Vec<String> {
    let FailureKind::AccessDenied { permission } = &failure.kind else { return Vec::new() };
    vec![format!("Needs {permission} on *. lambtop policy prints the whole read-only policy.")]
}

fn said(failure: &Failure) -> Option<String> {
    if matches!(failure.kind, FailureKind::NoSuchProfile { .. }) {
        // No call was made: lambtop itself looked.
        return Some(failure.detail.to_string());
    }
    let detail = failure.detail.trim();
    (!detail.is_empty())
        .then(|| format!("{}: {}", failure.operation, &detail[..detail.floor_char_boundary(LONGEST)]))
}

fn again(failing: &Failing, now: Timestamp) -> String {
    match failing.retry_at.since(now).as_secs() {
        0 => "lambtop looks again now. R looks at once.".to_owned(),
        seconds @ 1..=119 => format!("lambtop looks again in {seconds} s. R looks at once."),
        seconds => format!("lambtop looks again in {} min. R looks at once.", seconds / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Event, FeedReport, Function, FunctionKey, FunctionList, Scope};

    fn scope() -> Scope {
        Scope::new("123456789012", "eu-west-1")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_secs(second)
    }

    fn settings() -> Settings {
        Settings {
            profile: Some("shop-prod-ro".into()),
            region: Some("eu-west-1".into()),
            ..Settings::default()
        }
    }

    fn failing(kind: FailureKind, operation: &str, feed: Feed) -> Store {
        let mut store = Store::default();
        let failure = Failure {
            operation: operation.into(),
            region: "eu-west-1".into(),
            kind,
            detail: "the token has expired".into(),
        };
        let report = FeedReport::Failed { failure, retry_at: at(105) };
        store.ingest(at(100), Event::Feed { scope: scope(), feed, at: at(100), report });
        store
    }

    fn list(store: &mut Store, names: &[&str]) {
        let functions = names.iter().map(|name| Function::named(FunctionKey::new(&scope(), name))).collect();
        let list =
            FunctionList { scope: scope(), functions, origin: FleetOrigin::ListFunctions, complete: true };
        store.ingest(at(100), Event::Functions(list));
    }

    #[test]
    fn expired_credentials_name_the_profile_and_the_command() {
        let mut store = failing(FailureKind::ExpiredCredentials, "GetCallerIdentity", Feed::Identity);
        let page = advice(&store, &settings(), at(100)).unwrap();
        assert_eq!(page.place, Place::Page);
        assert_eq!(page.what, "The credentials of profile shop-prod-ro expired.");
        assert_eq!(page.next[0], "Log in from another shell: aws sso login --profile shop-prod-ro");
        assert_eq!(page.next[1], "lambtop looks again in 5 s. R looks at once.");
        list(&mut store, &["cart-api"]);
        assert_eq!(advice(&store, &settings(), at(100)).unwrap().place, Place::Band);
    }

    #[test]
    fn a_profile_that_does_not_exist_is_said_to_not_exist() {
        let kind = FailureKind::NoSuchProfile {
            profile: "nosuch".into(),
            known: vec!["default".into(), "shop".into()],
        };
        let store = failing(kind, "GetCallerIdentity", Feed::Identity);
        let page = advice(&store, &settings(), at(100)).unwrap();
        assert_eq!(page.what, "There is no profile nosuch.");
        assert_eq!(page.next[0], "Those that exist: default, shop");
    }

    #[test]
    fn no_command_names_a_profile_that_nobody_chose() {
        let settings = Settings { profile: None, login: Some("environment".into()), ..settings() };
        for kind in [
            FailureKind::NoCredentials,
            FailureKind::ExpiredCredentials,
            FailureKind::MfaRequired,
            FailureKind::InvalidCredentials,
            FailureKind::NoRegion,
        ] {
            let page =
                advice(&failing(kind, "GetCallerIdentity", Feed::Identity), &settings, at(100)).unwrap();
            let said = format!("{} {}", page.what, page.next.join(" "));
            assert!(!said.contains("--profile") && !said.contains("environment "), "{said}");
        }
    }

    #[test]
    fn keys_of_the_environment_that_expired_cannot_be_renewed_from_another_shell() {
        let settings = Settings { profile: None, login: Some(Settings::ENVIRONMENT.into()), ..settings() };
        let store = failing(FailureKind::ExpiredCredentials, "GetCallerIdentity", Feed::Identity);
        let page = advice(&store, &settings, at(100)).unwrap();
        assert!(page.next[0].contains("set new ones there, then start lambtop again"), "{:?}", page.next);
    }

    #[test]
    fn a_denied_call_names_the_permission_and_where_to_get_the_policy() {
        let permission = "cloudwatch:GetMetricData".into();
        let mut store = failing(FailureKind::AccessDenied { permission }, "GetMetricData", Feed::Metrics);
        list(&mut store, &["cart-api"]);
        let band = advice(&store, &settings(), at(100)).unwrap();
        assert_eq!(band.what, "GetMetricData in eu-west-1 is denied.");
        assert!(band.next[0].starts_with("Needs cloudwatch:GetMetricData on *. lambtop policy prints"));
    }

    #[test]
    fn what_may_pass_by_itself_moves_nothing_for_half_a_minute() {
        let mut store = failing(FailureKind::NoNetwork, "GetMetricData", Feed::Metrics);
        assert_eq!(advice(&store, &settings(), at(100)).unwrap().place, Place::Page);
        list(&mut store, &["cart-api"]);
        assert_eq!(advice(&store, &settings(), at(129)), None);
        assert_eq!(advice(&store, &settings(), at(130)).unwrap().place, Place::Band);
    }

    #[test]
    fn an_endpoint_of_ones_own_that_is_dead_is_named() {
        let store = failing(FailureKind::NoNetwork, "ListFunctions", Feed::Functions);
        let settings = Settings { endpoint: Some("http://127.0.0.1:4566".into()), ..settings() };
        let page = advice(&store, &settings, at(100)).unwrap();
        assert!(page.next[0].contains("http://127.0.0.1:4566"), "{:?}", page.next);
        assert!(!page.next.iter().any(|line| line.contains("PROXY")));
    }

    #[test]
    fn a_profile_with_mfa_is_told_how_to_export_a_session() {
        let store = failing(FailureKind::MfaRequired, "AssumeRole", Feed::Functions);
        let page = advice(&store, &settings(), at(100)).unwrap();
        assert!(
            page.next
                .iter()
                .any(|line| line.contains("aws configure export-credentials --profile shop-prod-ro"))
        );
    }

    #[test]
    fn who_is_asking_may_stay_unknown_without_a_word_over_the_table() {
        let permission = "sts:GetCallerIdentity".into();
        let mut store =
            failing(FailureKind::AccessDenied { permission }, "GetCallerIdentity", Feed::Identity);
        list(&mut store, &["cart-api"]);
        assert_eq!(advice(&store, &settings(), at(100)), None);
    }

    #[test]
    fn an_empty_region_says_what_was_asked_and_when_it_is_asked_again() {
        let mut store = Store::default();
        assert_eq!(advice(&store, &settings(), at(100)).unwrap().what, "Looking for functions in eu-west-1");
        list(&mut store, &[]);
        let page = advice(&store, &settings(), at(100)).unwrap();
        assert_eq!(page.what, "No Lambda functions in eu-west-1 (ListFunctions answered: 0).");
        assert!(page.next.last().unwrap().contains("every 5 minutes"));
    }
}
