//! Names of log groups and log streams: whose lines they hold.
//!
//! | name | whose |
//! |---|---|
//! | stream `2026/03/01/[$LATEST]<32 hex>` | of the group's function, this version |
//! | stream `2026/03/01/checkout[7]<32 hex>` | of `checkout`, version 7, in a group that functions share |
//! | group `/aws/lambda/checkout` | `checkout` |
//! | group `/aws/lambda/us-east-1.checkout` | `checkout` as Lambda@Edge, in the region that it ran in |
//! | group `/aws/lambda/web/checkout` | `checkout` as a Web Function |
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-logs.html>. A group's name is read only
//! where the function's `LoggingConfig` is not at hand.

/// A stream of Lambda's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream<'a> {
    /// The day on which it began, as it stands there: `2026/03/01`.
    pub day: &'a str,
    /// The function, where the group is one that functions share.
    pub function: Option<&'a str>,
    /// The version: `$LATEST` or a number.
    pub version: &'a str,
    /// The execution environment's own id.
    pub environment: &'a str,
}

/// Reads a stream's name; `None` for one that Lambda did not make.
#[must_use]
pub fn stream(name: &str) -> Option<Stream<'_>> {
    let (day, rest) = name.split_at_checked(10)?;
    let rest = rest.strip_prefix('/')?;
    let (function, rest) = rest.split_once('[')?;
    let (version, environment) = rest.split_once(']')?;
    let numbered = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let dated = day.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'/',
        _ => byte.is_ascii_digit(),
    });
    let known = version == "$LATEST" || (!version.is_empty() && numbered(version));
    let hex = environment.len() == 32 && environment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let function = (!function.is_empty()).then_some(function);
    (dated && known && hex && function.is_none_or(is_function)).then_some(Stream {
        day,
        function,
        version,
        environment,
    })
}

/// What a group is called after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group<'a> {
    /// A function.
    Function(&'a str),
    /// A function that Lambda@Edge ran near its viewers.
    Edge(&'a str),
    /// A Web Function.
    Web(&'a str),
    /// Something else: only the streams tell.
    Other,
}

/// Reads a group's name.
#[must_use]
pub fn group(name: &str) -> Group<'_> {
    let Some(rest) = name.strip_prefix("/aws/lambda/") else {
        return Group::Other;
    };
    let of = |name, group: fn(_) -> _| if is_function(name) { group(name) } else { Group::Other };
    if let Some(name) = rest.strip_prefix("us-east-1.") {
        of(name, Group::Edge)
    } else if let Some(name) = rest.strip_prefix("web/") {
        of(name, Group::Web)
    } else {
        of(rest, Group::Function)
    }
}

/// The function whose lines a stream of a group holds: the stream says it where functions share the group, else the group does.
#[must_use]
pub fn function<'a>(group_name: &'a str, stream_name: &'a str) -> Option<&'a str> {
    stream(stream_name).and_then(|stream| stream.function).or(match group(group_name) {
        Group::Function(name) | Group::Edge(name) | Group::Web(name) => Some(name),
        Group::Other => None,
    })
}

/// Names of functions hold letters, digits, `-` and `_`.
fn is_function(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENVIRONMENT: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_stream_tells_version_and_function() {
        let own = format!("2026/03/01/[$LATEST]{ENVIRONMENT}");
        let found = stream(&own).unwrap();
        assert_eq!((found.day, found.function, found.version), ("2026/03/01", None, "$LATEST"));
        let shared = format!("2026/03/01/checkout-api[17]{ENVIRONMENT}");
        let found = stream(&shared).unwrap();
        assert_eq!(
            (found.function, found.version, found.environment),
            (Some("checkout-api"), "17", ENVIRONMENT)
        );
        for wrong in
            ["", "2026/03/01/", "application", "2026/03/01/[$LATEST]", "2026-03-01/[1]x", "é026/03/01/[1]x"]
        {
            assert_eq!(stream(wrong), None, "{wrong}");
        }
        assert_eq!(stream(&format!("2026/03/01/a b[1]{ENVIRONMENT}")), None);
    }

    #[test]
    fn the_stream_decides_then_the_group() {
        let own = format!("2026/03/01/[7]{ENVIRONMENT}");
        let shared = format!("2026/03/01/checkout[7]{ENVIRONMENT}");
        assert_eq!(function("/shop/all", &shared), Some("checkout"));
        assert_eq!(function("/aws/lambda/other", &shared), Some("checkout"));
        for group in ["/aws/lambda/checkout", "/aws/lambda/us-east-1.checkout", "/aws/lambda/web/checkout"] {
            assert_eq!(function(group, &own), Some("checkout"), "{group}");
        }
        assert_eq!(function("/shop/all", &own), None);
        assert_eq!(group("/aws/lambda/us-east-1.checkout"), Group::Edge("checkout"));
        assert_eq!(group("/aws/lambda/a/b"), Group::Other);
    }
}
