//! Names of log streams: which environment wrote it, and in a group that functions share, whose lines it holds.
//!
//! `2026/03/01/[$LATEST]<32 hex>` in a function's own group, `2026/03/01/checkout[7]<32 hex>` in one that functions share.
//! What a group's own name tells is [`crate::model::GroupKey::names_function`].
//!
//! Source: <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html>.

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
}
