//! Links into the AWS console: the only URLs that lambtop makes, and the only ones a terminal is given as links.

use std::fmt;
use std::fmt::Write as _;

use super::{FunctionKey, Scope, TimeRange};

/// The URL of a page of the AWS console.
///
/// It is built here from a scope and names, and holds nothing but characters that a URL may hold: whatever a name
/// was, it can neither leave its place in the URL nor the escape sequence that a terminal gets it in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLink(String);

impl ConsoleLink {
    /// The page of a function, at its charts. `None` in a partition whose console is not known.
    #[must_use]
    pub fn function(key: &FunctionKey) -> Option<Self> {
        let name = percent(&key.name);
        Self::page(&key.scope, "lambda", &format!("/functions/{name}?tab=monitoring"))
    }

    /// A log group: its page, or all of its lines in `range`.
    #[must_use]
    pub fn log_group(scope: &Scope, group: &str, range: Option<TimeRange>) -> Option<Self> {
        let group = doubled(group);
        let events = range.map(|range| format!("/log-events{}", window(range))).unwrap_or_default();
        Self::page(scope, "cloudwatch", &format!("logsV2:log-groups/log-group/{group}{events}"))
    }

    /// A log stream, its lines in `range` where one is given.
    #[must_use]
    pub fn log_stream(scope: &Scope, group: &str, stream: &str, range: Option<TimeRange>) -> Option<Self> {
        let (group, stream) = (doubled(group), doubled(stream));
        let window = range.map(window).unwrap_or_default();
        Self::page(
            scope,
            "cloudwatch",
            &format!("logsV2:log-groups/log-group/{group}/log-events/{stream}{window}"),
        )
    }

    /// A trace by its id, such as `1-67891233-abcdef012345678912345678`.
    #[must_use]
    pub fn trace(scope: &Scope, id: &str) -> Option<Self> {
        Self::page(scope, "cloudwatch", &format!("xray:traces/{}", percent(id)))
    }

    /// The traces that an expression of X-Ray's finds. Source:
    /// <https://docs.aws.amazon.com/xray/latest/devguide/xray-console-deeplinks.html>.
    #[must_use]
    pub fn traces(scope: &Scope, expression: &str) -> Option<Self> {
        Self::page(scope, "xray", &format!("/traces?filter={}", percent(expression)))
    }

    /// X-Ray's map of services. Source as of [`traces`](Self::traces).
    #[must_use]
    pub fn service_map(scope: &Scope) -> Option<Self> {
        Self::page(scope, "xray", "/service-map")
    }

    /// The URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn page(scope: &Scope, service: &str, fragment: &str) -> Option<Self> {
        let region = &*scope.region;
        let known = region.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let host = host(region).filter(|_| known)?;
        Some(Self(format!("https://{host}/{service}/home?region={region}#{fragment}")))
    }
}

impl fmt::Display for ConsoleLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the console of a region's partition lives. Sources: <https://docs.aws.amazon.com/general/latest/gr/> and, for
/// the two other partitions, <https://docs.amazonaws.cn/en_us/aws/latest/userguide/console.html> and
/// <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/getting-started-sign-in.html>.
fn host(region: &str) -> Option<String> {
    // us-isob-east-1, eu-isoe-west-1, eusc-de-east-1: partitions whose console nobody outside of them has seen.
    let closed = region.split('-').any(|part| part.starts_with("iso") || part == "eusc");
    match region {
        "" => None,
        _ if closed => None,
        _ if region.starts_with("cn-") => Some("console.amazonaws.cn".to_owned()),
        _ if region.starts_with("us-gov-") => Some("console.amazonaws-us-gov.com".to_owned()),
        _ => Some(format!("{region}.console.aws.amazon.com")),
    }
}

/// The stretch of time as the fragment of the log page wants it: its own `?`, `=` and `&` are escaped once.
fn window(range: TimeRange) -> String {
    format!("$3Fstart$3D{}$26end$3D{}", range.start.millis(), range.end.millis())
}

/// Percent-encoding of everything but RFC 3986's unreserved characters.
fn percent(text: &str) -> String {
    let mut url = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            let written = write!(url, "%{byte:02X}");
            debug_assert!(written.is_ok(), "writing to a string cannot fail");
        }
    }
    url
}

/// How the CloudWatch console writes names in its fragment: percent-encoded twice, with `$` for `%`, so that `/`
/// becomes `$252F`.
fn doubled(text: &str) -> String {
    percent(&percent(text)).replace('%', "$")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Timestamp;

    fn scope(region: &str) -> Scope {
        Scope::new("123456789012", region)
    }

    fn url(link: Option<ConsoleLink>) -> String {
        link.map(|link| link.to_string()).unwrap_or_default()
    }

    #[test]
    fn each_partition_has_its_own_console() {
        let of = |region: &str| url(ConsoleLink::function(&FunctionKey::new(&scope(region), "cart-api")));
        assert_eq!(
            of("eu-west-1"),
            "https://eu-west-1.console.aws.amazon.com/lambda/home?region=eu-west-1#/functions/cart-api?tab=monitoring"
        );
        assert_eq!(
            of("cn-north-1"),
            "https://console.amazonaws.cn/lambda/home?region=cn-north-1#/functions/cart-api?tab=monitoring"
        );
        assert_eq!(
            of("us-gov-west-1"),
            "https://console.amazonaws-us-gov.com/lambda/home?region=us-gov-west-1#/functions/cart-api?tab=monitoring"
        );
        for region in ["us-iso-east-1", "us-isob-east-1", "eusc-de-east-1", "", "?", "a.evil.example/"] {
            assert_eq!(of(region), "", "{region}");
        }
    }

    #[test]
    fn a_log_stream_at_a_time_is_written_as_the_console_writes_it() {
        let minute = TimeRange::new(Timestamp::from_secs(1_763_735_460), Timestamp::from_secs(1_763_735_520));
        assert_eq!(
            url(ConsoleLink::log_stream(
                &scope("eu-west-1"),
                "/aws/lambda/cart-api",
                "2025/11/21/[$LATEST]0a1b",
                Some(minute)
            )),
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/\
             $252Faws$252Flambda$252Fcart-api/log-events/2025$252F11$252F21$252F$255B$2524LATEST$255D0a1b\
             $3Fstart$3D1763735460000$26end$3D1763735520000"
        );
        assert!(
            url(ConsoleLink::log_group(&scope("eu-west-1"), "/aws/lambda/cart-api", Some(minute)))
                .ends_with("cart-api/log-events$3Fstart$3D1763735460000$26end$3D1763735520000")
        );
        assert!(url(ConsoleLink::log_group(&scope("eu-west-1"), "shop", None)).ends_with("/log-group/shop"));
    }

    #[test]
    fn a_trace_is_found_by_its_id() {
        assert_eq!(
            url(ConsoleLink::trace(&scope("us-east-1"), "1-67891233-abcdef012345678912345678")),
            "https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1\
             #xray:traces/1-67891233-abcdef012345678912345678"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_a_name_is_it_stays_in_its_place(name in any::<String>(), other in any::<String>()) {
            let scope = scope("eu-west-1");
            let links = [
                ConsoleLink::function(&FunctionKey::new(&scope, &name)),
                ConsoleLink::log_group(&scope, &name, None),
                ConsoleLink::log_stream(&scope, &name, &other, None),
                ConsoleLink::trace(&scope, &name),
            ];
            for link in links.into_iter().flatten() {
                prop_assert!(link.as_str().starts_with("https://eu-west-1.console.aws.amazon.com/"));
                prop_assert!(link.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/?#=&$%".contains(&byte)));
                prop_assert_eq!(link.as_str().matches('#').count(), 1);
            }
        }
    }
}
