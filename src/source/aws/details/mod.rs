//! The details feed: what takes a call per function, asked for the selected function first and then the visible ones.

mod notes;
mod question;

use super::feed::{Context, Gone, Nudge, Round, Session, Stop, Wakes};
use super::pace::Backoff;
use crate::model::{Event, FailureKind, Feed, FeedReport, FunctionKey, Scope};
use notes::Notes;
use question::{Answer, Question, put};

/// Asks one question after the other, as long as any is due.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    let mut interest = context.interest.clone();
    let mut backoff = Backoff::default();
    let mut notes = Notes::default();
    let mut scope: Option<Scope> = None;
    loop {
        let Round { session, again } = wakes.begin().await?;
        if scope.as_ref() != Some(&session.scope) {
            notes = Notes::default();
            scope = Some(session.scope.clone());
        }
        if again {
            notes.ask_again();
        }
        let mut reported_asking = false;
        let outcome = loop {
            let now = context.clock.now();
            let wanted = interest.borrow_and_update().clone();
            let Some((key, question)) = notes.next(&wanted, &session.scope, now) else { break Ok(()) };
            if !reported_asking {
                context.report(&session.scope, Feed::Details, FeedReport::Asking).await?;
                reported_asking = true;
            }
            match ask(&context, &session, &mut notes, &key, question).await {
                Ok(()) => backoff.reset(),
                Err(Stop::Gone) => return Err(Gone),
                Err(Stop::Failed(failure)) => break Err(failure),
            }
        };
        let now = context.clock.now();
        let (wait, failed) = if let Err(failure) = outcome {
            let wait = backoff.next(&failure, now);
            context.report_failed(&session.scope, Feed::Details, failure, wait).await?;
            (wait, true)
        } else {
            if reported_asking {
                let report = notes
                    .any_refusal(now)
                    .map_or(FeedReport::Answered, |failure| FeedReport::Degraded { failure });
                context.report(&session.scope, Feed::Details, report).await?;
            }
            notes.forget(now);
            (notes.next_due(&interest.borrow(), now), false)
        };
        wakes.round_ended();
        // After a failure only time, a nudge or new credentials count: a moving cursor must not hurry it.
        let moved = async { if failed { std::future::pending().await } else { interest.changed().await } };
        tokio::select! {
            () = context.clock.sleep(wait) => {}
            changed = moved => changed.map_err(|_| Gone)?,
            changed = wakes.changed() => changed?,
        }
    }
}

/// Asks one question and tells its answer.
async fn ask(
    context: &Context,
    session: &Session,
    notes: &mut Notes,
    key: &FunctionKey,
    question: Question,
) -> Result<(), Stop> {
    let answer = match notes.refusal(question, context.clock.now()) {
        Some(failure) => Err(failure),
        None => put(context, session, notes, key, question).await,
    };
    let at = context.clock.now();
    let answer = match answer {
        Ok(answer) => answer,
        Err(failure) => match failure.kind {
            FailureKind::AccessDenied { .. } => {
                notes.refuse(question, &failure, at);
                Answer::Refused(failure)
            }
            // About this function alone, such as one that was deleted since.
            FailureKind::NotFound | FailureKind::Refused => Answer::Refused(failure),
            _ => return Err(failure.into()),
        },
    };
    if let Answer::Provisioned(provisioned) = &answer {
        tell_of_provisioned(context, key, !provisioned.is_empty());
    }
    let asked = notes.answered(key, question, at);
    let event = match answer {
        Answer::Metrics(metrics) => Some(Event::MetricsOf { key: key.clone(), metrics }),
        answer => asked
            .take_in(question, answer, at)
            .then(|| Event::Detail { key: key.clone(), detail: asked.detail.clone() }),
    };
    match event {
        Some(event) => Ok(context.send(event).await?),
        None => Ok(()),
    }
}

/// Lets the metrics feed know which functions have provisioned concurrency to draw.
fn tell_of_provisioned(context: &Context, key: &FunctionKey, has: bool) {
    context.provisioned.send_if_modified(|keys| {
        let known = keys.contains(key);
        if has && !known {
            keys.push(key.clone());
        } else if !has {
            keys.retain(|other| other != key);
        }
        has != known
    });
}
