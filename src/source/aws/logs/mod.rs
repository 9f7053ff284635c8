//! The logs feed: tails of log groups that lose nothing and say how complete they are.

use super::feed::{Context, Gone, Nudge, Round, Wakes};

/// Reads what the screen wants of log groups.
pub(super) async fn run(context: Context, nudge: Nudge) -> Result<(), Gone> {
    let mut wakes = Wakes::new(&context, &nudge);
    loop {
        let Round { .. } = wakes.begin().await?;
        wakes.round_ended();
        wakes.changed().await?;
    }
}
