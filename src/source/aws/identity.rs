//! The identity feed: who is looking, and the session that every other feed works with.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::clients::{Clients, Configuration};
use super::failure::Called;
use super::feed::{Context, Gone, Nudge, Session, Stop, Wakes};
use super::operation::{GET_CALLER_IDENTITY, LIST_FUNCTIONS};
use super::pace::{Backoff, Lane};
use crate::model::{Event, Failure, FailureKind, Feed, FeedReport, Identity, Scope};
use crate::parse::arn;

/// What stands for the region where none is configured.
pub(super) const NO_REGION: &str = "?";

/// How long the other feeds wait for STS before the account is taken from elsewhere.
const PATIENCE: Duration = Duration::from_secs(5);
/// From one look to the next while all is well.
const EVERY: Duration = Duration::from_mins(5);
/// The least time from one look to the next when other feeds say that the credentials do not work.
const APART: Duration = Duration::from_secs(5);

/// Asks who we are, and asks again: every five minutes while that works, every five seconds while nobody is logged in.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut backoff = Backoff::default();
    let mut known = Known::default();
    let mut lost = context.login_lost.subscribe();
    loop {
        // Complaints so far are about what this look is about.
        lost.mark_unchanged();
        let wait = match look(&context, &mut known).await {
            Ok(()) => {
                backoff.reset();
                EVERY
            }
            Err(Stop::Gone) => return Err(Gone),
            Err(Stop::Failed(failure)) => {
                let wait = backoff.next(&failure, context.clock.now());
                known.stale = failure.needs_login();
                let denied = matches!(failure.kind, FailureKind::AccessDenied { .. });
                let report = if denied && known.identity.is_some() {
                    // The others work; all that is missing is the name of who is looking.
                    FeedReport::Degraded { failure }
                } else {
                    FeedReport::Failed { failure, retry_at: context.clock.now() + wait }
                };
                context.report(&known.scope(), Feed::Identity, report).await?;
                wait
            }
        };
        wakes.round_ended();
        tokio::select! {
            () = context.clock.sleep(wait) => {}
            nudged = wakes.nudged() => nudged?,
            () = complaint(&context, &mut lost) => known.stale = true,
        }
    }
}

/// Another feed found that the credentials do not work; not sooner than a while after the last look.
async fn complaint(context: &Context, lost: &mut watch::Receiver<u64>) {
    context.clock.sleep(APART).await;
    // The context holds the sender, so that this never fails.
    let _ = lost.changed().await;
}

/// What is kept from one look to the next.
#[derive(Default)]
struct Known {
    configuration: Option<Configuration>,
    clients: Option<(aws_sdk_sts::Client, Clients)>,
    /// What was said last about who is looking.
    identity: Option<Identity>,
    /// No region was configured at the last look.
    regionless: bool,
    /// The credentials did not work: files and tokens are to be read again.
    stale: bool,
}

impl Known {
    fn scope(&self) -> Scope {
        match (&self.identity, &self.configuration) {
            (Some(identity), _) => identity.scope.clone(),
            (None, Some(Configuration { region: Some(region), .. })) => Scope::unnamed(region),
            (None, _) => Scope::unnamed(NO_REGION),
        }
    }
}

/// One look: configuration, caller, session.
async fn look(context: &Context, known: &mut Known) -> Result<(), Stop> {
    if known.stale || known.clients.is_none() {
        known.configuration = None;
        known.clients = None;
    }
    if known.configuration.is_none() {
        known.configuration = Some(Configuration::load(&context.settings, &context.clock).await);
    }
    let scope_before = known.scope();
    context.report(&scope_before, Feed::Identity, FeedReport::Asking).await?;
    let Some(configuration) = &known.configuration else { return Ok(()) };
    let (region, mfa) = (configuration.region.clone(), configuration.mfa);
    if let Some((kind, looked_in)) = configuration.no_profile.clone() {
        let region = region.as_deref().unwrap_or(NO_REGION);
        let called = Called { operation: GET_CALLER_IDENTITY, region, mfa };
        return Err(called.failure(kind, &looked_in).into());
    }
    let regionless = std::mem::replace(&mut known.regionless, region.is_none());
    let Some(region) = region else {
        let called = Called { operation: GET_CALLER_IDENTITY, region: NO_REGION, mfa };
        return Err(called.failure(FailureKind::NoRegion, "").into());
    };
    if regionless {
        // What was said while no region was known is over.
        context.report(&Scope::unnamed(NO_REGION), Feed::Identity, FeedReport::Answered).await?;
    }
    let fresh = known.clients.is_none();
    if fresh {
        known.clients = Some((configuration.sts().await, configuration.clients(&context.clock).await));
    }
    let Some((sts, clients)) = known.clients.clone() else { return Ok(()) };

    let called = Called { operation: GET_CALLER_IDENTITY, region: &region, mfa };
    let (identity, failure) = match caller(context, called, &sts).await {
        Ok((account, who)) => {
            let scope =
                account.map_or_else(|| Scope::unnamed(&region), |account| Scope::new(&account, &region));
            (Identity { scope, arn: who.map(Into::into) }, None)
        }
        Err(failure) if failure.needs_login() => return Err(failure.into()),
        // STS cannot be had, which says nothing about the others: the account's name may come from elsewhere.
        Err(failure) => {
            if let Some(identity) = known.identity.clone().filter(|identity| identity.scope.account.is_some())
            {
                (identity, Some(failure))
            } else {
                let scope = account_of_a_function(context, called, &clients).await?;
                (Identity { scope, arn: None }, Some(failure))
            }
        }
    };
    if known.identity.as_ref() != Some(&identity) {
        context.send(Event::Identity(identity.clone())).await?;
    }
    let scope = identity.scope.clone();
    known.identity = Some(identity);
    known.stale = false;
    let same = context.session.borrow().as_ref().is_some_and(|session| session.scope == scope);
    if fresh || !same {
        context.session.send_replace(Some(Arc::new(Session { scope: scope.clone(), clients, mfa })));
    }
    match failure {
        Some(failure) => Err(failure.into()),
        None => Ok(context.report(&scope, Feed::Identity, FeedReport::Answered).await?),
    }
}

/// Account and ARN of the caller, within the others' patience.
async fn caller(
    context: &Context,
    called: Called<'_>,
    sts: &aws_sdk_sts::Client,
) -> Result<(Option<String>, Option<String>), Failure> {
    let call = context.ask(called, Lane::Identity, sts.get_caller_identity().send());
    match tokio::time::timeout(PATIENCE, call).await {
        Ok(answer) => answer.map(|caller| (caller.account, caller.arn)),
        Err(_) => Err(called.failure(FailureKind::TimedOut, "")),
    }
}

/// The scope as the first function's ARN names it; without an account where that cannot be had either.
async fn account_of_a_function(
    context: &Context,
    called: Called<'_>,
    clients: &Clients,
) -> Result<Scope, Failure> {
    let called = Called { operation: LIST_FUNCTIONS, ..called };
    let region = called.region;
    let call = context.ask(called, Lane::Listing, clients.lambda.list_functions().max_items(1).send());
    let answer = match tokio::time::timeout(PATIENCE, call).await {
        Ok(Err(failure)) if failure.needs_login() => return Err(failure),
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(_)) | Err(_) => None,
    };
    let account =
        answer.as_ref().and_then(|page| page.functions().first()?.function_arn()).and_then(arn::account);
    Ok(account.map_or_else(|| Scope::unnamed(region), |account| Scope::new(account, region)))
}
