//! Who answers: what time it is there, and whether it is AWS.
//!
//! Log events are asked for by time, so the time that counts is the one of CloudWatch Logs: this computer's clock may
//! be wrong, be set right, or stand still with the computer.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::endpoint::Endpoint;
use tokio::time::Instant;

use crate::model::Timestamp;
use crate::source::clock::Clock;

/// A `Date` header counts seconds, and an answer takes its time: a smaller difference means nothing.
const MEANINGLESS: Duration = Duration::from_secs(2);
/// A step of the server's time past the one expected that only a pause of this computer explains.
const PAUSE: Duration = Duration::from_secs(10);

/// What is known of the server behind a client.
#[derive(Debug)]
pub(super) struct Server {
    clock: Clock,
    /// A time that has certainly passed there, and when that was known.
    heard: Mutex<Option<(Timestamp, Instant)>>,
    /// How often its time went on without this computer.
    pauses: AtomicU64,
    /// The address is not one of AWS.
    elsewhere: AtomicBool,
}

impl Server {
    /// A server that nothing has been heard of.
    pub fn new(clock: Clock) -> Self {
        Self { clock, heard: Mutex::default(), pauses: AtomicU64::new(0), elsewhere: AtomicBool::new(false) }
    }

    /// What time it is there at the least; by this computer's clock until the server was heard.
    ///
    /// Goes on by the monotonic clock: setting this computer's clock changes nothing.
    pub fn now(&self) -> Timestamp {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.map_or_else(|| self.clock.now(), |heard| self.expected(heard))
    }

    /// Whether it has said what time it is there.
    pub fn is_heard(&self) -> bool {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn expected(&self, (at, since): (Timestamp, Instant)) -> Timestamp {
        at + self.clock.own(since.elapsed())
    }

    /// Takes in a `Date` header: seconds, rounded down, so each is a lower bound and the highest is the nearest.
    pub fn hear(&self, date: Timestamp) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some(known) = *heard else {
            *heard = Some((date, now));
            return;
        };
        let expected = self.expected(known);
        if date.since(expected) >= PAUSE {
            self.pauses.fetch_add(1, Ordering::Relaxed);
        }
        // What lies far behind means that the time known so far was wrong.
        if date > expected || expected.since(date) > MEANINGLESS {
            *heard = Some((date, now));
        }
    }

    /// How far this computer's clock is ahead, in milliseconds; zero while the difference means nothing.
    pub fn clock_ahead_ms(&self) -> i64 {
        let ahead = self.clock.now().millis().saturating_sub(self.now().millis());
        let least = i64::try_from(MEANINGLESS.as_millis()).unwrap_or(i64::MAX);
        if ahead.abs() <= least { 0 } else { ahead }
    }

    /// How often time there went on by ten seconds or more while this computer stood still.
    pub fn pauses(&self) -> u64 {
        self.pauses.load(Ordering::Relaxed)
    }

    /// Whether the address that is called is not one of AWS, so that AWS's quotas say nothing.
    pub fn is_elsewhere(&self) -> bool {
        self.elsewhere.load(Ordering::Relaxed)
    }
}

/// Reads off requests and answers what a [`Server`] is told.
#[derive(Debug)]
pub(super) struct Listening(pub Arc<Server>);

impl Intercept for Listening {
    fn name(&self) -> &'static str {
        "Listening"
    }

    /// The SDK puts `stream-` before any host that Live Tail is asked of; only AWS's own have such a sibling.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(endpoint) = cfg.load::<Endpoint>()
            && !is_of_aws(endpoint.url())
        {
            self.0.elsewhere.store(true, Ordering::Relaxed);
            let request = context.request_mut();
            if request.uri().contains("//stream-") && !endpoint.url().contains("//stream-") {
                request.uri_mut().set_endpoint(endpoint.url())?;
            }
        }
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(date) = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok()) {
            self.0.hear(Timestamp::from_secs(date.secs()));
        }
        Ok(())
    }
}

/// Whether an address belongs to AWS.
fn is_of_aws(url: &str) -> bool {
    let host =
        url.split_once("//").map_or(url, |(_, rest)| rest).split(['/', ':']).next().unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn"]
        .iter()
        .any(|domain| host.ends_with(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_secs(1_772_366_400);

    #[tokio::test(start_paused = true)]
    async fn the_servers_time_counts_and_not_this_computers() {
        let server = Server::new(Clock::starting_at(START + Duration::from_mins(10), 1.0));
        assert_eq!((server.now(), server.clock_ahead_ms()), (START + Duration::from_mins(10), 0));
        server.hear(START);
        assert_eq!((server.now(), server.clock_ahead_ms()), (START, 600_000));
        tokio::time::advance(Duration::from_millis(1_900)).await;
        server.hear(START + Duration::from_secs(1));
        assert_eq!(
            server.now(),
            START + Duration::from_millis(1_900),
            "a second that began before says nothing new"
        );
        tokio::time::advance(Duration::from_millis(50)).await;
        server.hear(START + Duration::from_secs(2));
        assert_eq!(server.now(), START + Duration::from_secs(2), "the nearest of all is kept");
        assert_eq!(server.pauses(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_this_computer_is_noticed_and_a_wrong_date_is_corrected() {
        let server = Server::new(Clock::starting_at(START, 1.0));
        server.hear(START);
        server.hear(START + Duration::from_mins(10));
        assert_eq!((server.now(), server.pauses()), (START + Duration::from_mins(10), 1));
        server.hear(START);
        assert_eq!((server.now(), server.pauses()), (START, 1));
    }

    #[test]
    fn only_hosts_of_aws_have_a_sibling_for_streams() {
        for (url, of_aws) in [
            ("https://logs.eu-west-1.amazonaws.com", true),
            ("https://logs.cn-north-1.amazonaws.com.cn/", true),
            ("https://logs.eu-west-1.api.aws", true),
            ("http://127.0.0.1:4566", false),
            ("http://localhost:4566/amazonaws.com", false),
        ] {
            assert_eq!(is_of_aws(url), of_aws, "{url}");
        }
    }
}
