//! `ListMetrics` page by page: which metrics CloudWatch has of functions.

use aws_sdk_cloudwatch::types::{DimensionFilter, RecentlyActive};

use super::feed::{Context, Session};
use super::operation::LIST_METRICS;
use super::pace::Lane;
use crate::model::{Failure, Metric};

/// More pages than any account has: an end for an endpoint that always has another token.
const MOST_PAGES: usize = 20_000;

/// Which metrics are asked for.
pub(super) struct Listing<'a> {
    /// Whose turn the calls take.
    pub lane: Lane,
    /// Of this function alone.
    pub function: Option<&'a str>,
    /// This metric alone.
    pub metric: Option<Metric>,
    /// Only what had data in the last three hours.
    pub recently: bool,
}

/// Tells `found` the function and the name of each metric that CloudWatch has of a function itself: those of a version or
/// an alias have further dimensions, and name no function of their own.
pub(super) async fn list_metrics(
    context: &Context,
    session: &Session,
    listing: Listing<'_>,
    mut found: impl FnMut(&str, &str) + Send,
) -> Result<(), Failure> {
    let dimension = DimensionFilter::builder().name("FunctionName");
    let dimension = listing.function.map_or(dimension.clone(), |name| dimension.value(name)).build();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let call = session
            .clients
            .cloudwatch
            .list_metrics()
            .namespace("AWS/Lambda")
            .set_metric_name(listing.metric.map(|metric| metric.name().to_owned()))
            .dimensions(dimension.clone())
            .set_recently_active(listing.recently.then_some(RecentlyActive::Pt3H))
            .set_next_token(token.take())
            .send();
        let page = context.call(session, listing.lane, LIST_METRICS, call).await?;
        for metric in page.metrics() {
            if let [only] = metric.dimensions()
                && only.name() == Some("FunctionName")
                && let (Some(function), Some(name)) = (only.value(), metric.metric_name())
            {
                found(function, name);
            }
        }
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    Ok(())
}
