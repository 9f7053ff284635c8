//! A search by Logs Insights: one query over all groups, watched until it is complete, stopped if nobody wants it.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>,
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html>.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_cloudwatchlogs::types::{FilteredLogEvent, QueryStatistics, QueryStatus, ResultField};
use chrono::NaiveDateTime;

use super::super::sift::Sift;
use super::{Searching, named};
use crate::model::{Event, GapReason, GroupKey, SearchProgress, SearchState, TimeRange, Timestamp};
use crate::source::aws::feed::{Gone, Session, Stop};
use crate::source::aws::operation::{GET_QUERY_RESULTS, START_QUERY, STOP_QUERY};
use crate::source::aws::pace::{Backoff, Lane};
use crate::source::aws::spend::DOLLARS_PER_SCANNED_BYTE;

/// Rows that come back at most.
pub(super) const MOST_ROWS: i32 = 10_000;
/// From one look at a query to the next.
const EVERY: Duration = Duration::from_secs(1);

impl Searching {
    /// Searches the stretch, unless that would go over the cap.
    pub(super) async fn by_insights(
        &self,
        session: &Session,
        filter: &str,
    ) -> Result<Option<SearchState>, Stop> {
        if let Some(why) = self.over_the_cap(session).await? {
            return Ok(Some(SearchState::Refused { why: why.into() }));
        }
        let Some(query) = self.start(session, filter).await? else {
            return Ok(None);
        };
        let watched = tokio::select! {
            watched = self.watch(session, &query) => watched,
            gone = self.withdrawn() => {
                gone?;
                self.stop(session, &query).await?;
                return Ok(None);
            }
        };
        if !matches!(watched, Ok(Some(SearchState::Finished(_)))) {
            self.stop(session, &query).await?;
        }
        watched
    }

    /// Why it would go over the cap, if it would.
    async fn over_the_cap(&self, session: &Session) -> Result<Option<String>, Stop> {
        let Some(cap) = self.context.settings.spend_cap else { return Ok(None) };
        let Some(SearchState::Estimated { bytes, dollars }) = self.estimated(session).await? else {
            return Ok(None);
        };
        if bytes.is_none() {
            return Ok(Some(format!(
                "what it would scan is not known, and no more than ${cap:.2} an hour may be spent"
            )));
        }
        let spent = self.pay(session, 0).await?;
        Ok((spent + dollars > cap).then(|| {
            format!(
                "about ${dollars:.4} more would go over the cap of ${cap:.2} an hour, of which ${spent:.4} is spent"
            )
        }))
    }

    /// Starts the query; `None` if nobody wants it any more.
    async fn start(&self, session: &Session, filter: &str) -> Result<Option<String>, Stop> {
        let text = format!(
            "fields @timestamp, @ingestionTime, @logStream, @log, @message {filter} \
             | sort @timestamp desc | limit {MOST_ROWS}"
        );
        let names = self.search.groups.iter().map(|group| group.name.to_string()).collect();
        let range = self.search.range;
        let mut backoff = Backoff::default();
        let mut progress = SearchProgress::default();
        loop {
            // In seconds, both inclusive: what is too much is left out of the rows.
            let call = session
                .clients
                .logs
                .start_query()
                .set_log_group_names(Some(Vec::clone(&names)))
                .start_time(range.start.secs())
                .end_time(range.end.secs())
                .query_string(&text)
                .limit(MOST_ROWS)
                .send();
            let answer = tokio::select! {
                answer = self.context.call(session, Lane::Queries, START_QUERY, call) => answer,
                gone = self.withdrawn() => { gone?; return Ok(None) }
            };
            match answer {
                Ok(answer) => return Ok(Some(answer.query_id.unwrap_or_default())),
                Err(failure) => self.wait_after(failure, &mut backoff, &mut progress).await?,
            }
        }
    }

    async fn look(
        &self,
        session: &Session,
        query: &str,
        token: Option<String>,
        backoff: &mut Backoff,
        progress: &mut SearchProgress,
    ) -> Result<GetQueryResultsOutput, Stop> {
        loop {
            let call =
                session.clients.logs.get_query_results().query_id(query).set_next_token(token.clone()).send();
            match self.context.call(session, Lane::Queries, GET_QUERY_RESULTS, call).await {
                Ok(answer) => {
                    backoff.reset();
                    progress.waits_for = None;
                    return Ok(answer);
                }
                Err(failure) => self.wait_after(failure, backoff, progress).await?,
            }
        }
    }

    /// Watches a query until it ends; what it scans is paid as it goes.
    async fn watch(&self, session: &Session, query: &str) -> Result<Option<SearchState>, Stop> {
        let mut backoff = Backoff::default();
        let mut progress = SearchProgress::default();
        loop {
            let mut answer = self.look(session, query, None, &mut backoff, &mut progress).await?;
            let (mut scanned, mut matched) = (progress.scanned, progress.found);
            if let Some(statistics) = answer.statistics() {
                scanned = scanned.max(statistics.bytes_scanned() as u64);
                matched = matched.max(statistics.records_matched() as u64);
            }
            let spent = self.pay(session, scanned).await?;
            progress.scanned = scanned;
            progress.dollars = scanned as f64 * DOLLARS_PER_SCANNED_BYTE;
            progress.found = matched;
            match answer.status() {
                Some(QueryStatus::Complete) => {
                    let mut rows = answer.results.take().unwrap_or_default();
                    let mut token = answer.next_token.take().filter(|token| !token.is_empty());
                    while let Some(known) = token {
                        let mut more = self
                            .look(session, query, Some(known.clone()), &mut backoff, &mut progress)
                            .await?;
                        rows.extend(more.results.take().unwrap_or_default());
                        token = more.next_token.take().filter(|token| !token.is_empty() && *token != known);
                    }
                    return self.tell(session, &rows, progress).await.map(Some);
                }
                Some(QueryStatus::Cancelled | QueryStatus::Failed | QueryStatus::Timeout) => {
                    let how = answer.status().map_or("ended", QueryStatus::as_str);
                    let why = format!("Logs Insights gave the query up: {how}");
                    return Ok(Some(SearchState::Refused { why: why.into() }));
                }
                _ => {}
            }
            if let Some(cap) = self.context.settings.spend_cap.filter(|cap| spent > *cap) {
                let why =
                    format!("stopped at the cap of ${cap:.2} an hour: it scanned more than was estimated");
                return Ok(Some(SearchState::Refused { why: why.into() }));
            }
            self.say(SearchState::Running(progress.clone())).await?;
            self.context.clock.sleep(EVERY).await;
        }
    }

    /// Hands on the rows as pages of lines.
    async fn tell(
        &self,
        session: &Session,
        rows: &[Vec<ResultField>],
        progress: SearchProgress,
    ) -> Result<SearchState, Stop> {
        let range = self.search.range;
        let found: Vec<(&GroupKey, Timestamp, FilteredLogEvent)> =
            rows.iter().filter_map(|row| line(row, &self.search.groups)).collect();
        let oldest = found.iter().map(|(_, at, _)| *at).min();
        let is_cut = rows.len() >= MOST_ROWS as usize;
        // Of the oldest millisecond there may be more than came back.
        let searched_to = match oldest.filter(|_| is_cut) {
            Some(oldest) => (oldest + Duration::from_millis(1)).clamp(range.start, range.end),
            None => range.start,
        };
        for group in &self.search.groups {
            let own = found.iter().filter(|(of, at, _)| *of == group && range.contains(*at));
            let events: Vec<FilteredLogEvent> = own.map(|(.., event)| event.clone()).collect();
            let sifted = Sift::new().page(group, &events, session.clients.server.now());
            if let Some(mut page) = sifted.page {
                // Its pointers are no event ids.
                page.event_ids.clear();
                for row in &mut page.rows {
                    row.event_id_end = 0;
                }
                page.unnamed = true;
                self.context.send(Event::Logs(page)).await?;
            }
        }
        if searched_to < range.end {
            self.mark(TimeRange::new(searched_to, range.end), GapReason::OnlyMatches, false).await?;
        }
        let found = progress.found.max(found.len() as u64);
        Ok(SearchState::Finished(SearchProgress {
            searched_to: Some(searched_to),
            found,
            is_cut,
            ..progress
        }))
    }

    /// Stops a query, so that it scans no more, and pays what it has scanned; one that has ended by itself cannot be
    /// stopped.
    async fn stop(&self, session: &Session, query: &str) -> Result<(), Gone> {
        let logs = &session.clients.logs;
        let call = logs.stop_query().query_id(query).send();
        if let Err(failure) = self.context.call(session, Lane::Queries, STOP_QUERY, call).await {
            tracing::debug!(%failure, "a query was not stopped");
        }
        let call = logs.get_query_results().query_id(query).send();
        if let Ok(answer) = self.context.call(session, Lane::Queries, GET_QUERY_RESULTS, call).await {
            let scanned = answer.statistics().map_or(0.0, QueryStatistics::bytes_scanned);
            self.pay(session, scanned as u64).await?;
        }
        Ok(())
    }
}

/// A row as an event, with its group and time; `None` for one that lacks either.
fn line<'a>(
    row: &[ResultField],
    groups: &'a [GroupKey],
) -> Option<(&'a GroupKey, Timestamp, FilteredLogEvent)> {
    let field = |name: &str| row.iter().find(|field| field.field() == Some(name))?.value();
    let at = time(field("@timestamp")?)?;
    let group = match (groups, field("@log")) {
        (groups, Some(log)) => named(groups, log)?,
        ([only], None) => only,
        _ => return None,
    };
    let event = FilteredLogEvent::builder()
        .timestamp(at.millis())
        .set_ingestion_time(field("@ingestionTime").and_then(time).map(Timestamp::millis))
        .set_log_stream_name(field("@logStream").map(ToOwned::to_owned))
        .message(field("@message").unwrap_or_default())
        .set_event_id(field("@ptr").map(ToOwned::to_owned))
        .build();
    Some((group, at, event))
}

/// `2026-03-01 12:00:07.123`, in UTC; or milliseconds since the epoch.
fn time(text: &str) -> Option<Timestamp> {
    if let Ok(millis) = text.parse() {
        return Some(Timestamp::from_millis(millis));
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok()?;
    Some(Timestamp::from_millis(time.and_utc().timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scope;

    #[test]
    fn a_row_is_a_line_of_the_group_that_it_names() {
        let scope = Scope::new("123456789012", "eu-west-1");
        let groups = ["/aws/lambda/a", "/aws/lambda/b"].map(|name| GroupKey::new(&scope, name));
        let row = |fields: &[(&str, &str)]| -> Vec<ResultField> {
            fields
                .iter()
                .map(|(name, value)| ResultField::builder().field(*name).value(*value).build())
                .collect()
        };
        let whole = row(&[
            ("@timestamp", "2026-03-01 12:00:07.123"),
            ("@logStream", "s"),
            ("@log", "123456789012:/aws/lambda/b"),
            ("@message", "card declined\n"),
        ]);
        let (group, at, event) = line(&whole, &groups).expect("a line");
        assert_eq!(&*group.name, "/aws/lambda/b");
        assert_eq!((at.millis(), event.message()), (1_772_366_407_123, Some("card declined\n")));
        assert!(line(&row(&[("@message", "no time")]), &groups).is_none());
        assert!(line(&row(&[("@timestamp", "1772366407123"), ("@log", "1:/other")]), &groups).is_none());
        assert!(line(&row(&[("@timestamp", "1772366407123")]), &groups[..1]).is_some());
    }
}
