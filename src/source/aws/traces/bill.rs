//! What traces cost: on the bill with everything else, and under the same cap.

use std::sync::PoisonError;

use crate::model::{Event, Scope};
use crate::source::aws::feed::{Context, Gone};

/// Whether the cap leaves room for so many traces.
pub(super) fn affords(context: &Context, traces: u64) -> bool {
    let mut ledger = context.ledger.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.affords_traces(traces, context.settings.spend_cap, context.clock.now())
}

/// Puts traces that X-Ray has scanned or handed out on the bill, and tells it.
pub(super) async fn pay(context: &Context, scope: &Scope, traces: u64) -> Result<(), Gone> {
    if traces == 0 {
        return Ok(());
    }
    let now = context.clock.now();
    context.ledger.lock().unwrap_or_else(PoisonError::into_inner).traced(traces, now);
    tell(context, scope).await
}

/// Tells the bill.
pub(super) async fn tell(context: &Context, scope: &Scope) -> Result<(), Gone> {
    let now = context.clock.now();
    let spend = context.ledger.lock().unwrap_or_else(PoisonError::into_inner).spend(now);
    context.send(Event::Spend { scope: scope.clone(), spend }).await
}
