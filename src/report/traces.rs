//! The list of traces without a screen: rows for scripts.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::fleet::csv_cell;
use super::requests::still_wanted;
use crate::app::TraceExport;
use crate::model::{ServiceName, TraceSummary, secret};

/// What stands above the rows.
const HEADER: &str = "start,trace_id,duration_ms,response_ms,in_progress,fault,error,throttle,status,method,url,entry,services\r\n";

/// Writes the traces of `export` to `out` as comma-separated values, and returns how many they are. Secrets in URLs are
/// masked.
///
/// Before each chunk `goes_on` is asked; when it says no, the rest is given up as an interruption.
pub fn export(export: &TraceExport, out: &mut impl Write, goes_on: impl Fn() -> bool) -> io::Result<u64> {
    /// Traces that are put together before they are written.
    const CHUNK: usize = 500;
    let mut text = HEADER.to_owned();
    for some in export.traces.chunks(CHUNK) {
        still_wanted(&goes_on)?;
        for trace in some {
            let cells: Vec<String> = fields(trace).iter().map(csv_cell).collect();
            text += &cells.join(",");
            text += "\r\n";
        }
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(export.traces.len() as u64)
}

fn fields(trace: &TraceSummary) -> [Value; 13] {
    let name = |service: &ServiceName| service.name.to_string();
    let services: Vec<String> = trace.services.iter().map(name).collect();
    [
        json!(trace.start.millis()),
        json!(trace.id.to_string()),
        json!(trace.duration_ms),
        json!(trace.response_ms),
        json!(trace.partial),
        json!(trace.fault),
        json!(trace.error),
        json!(trace.throttle),
        json!(trace.status),
        json!(trace.method),
        json!(trace.url.as_deref().map(|url| secret::mask(url).0)),
        json!(trace.entry.as_ref().map(name)),
        json!(services.join(" ")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Timestamp, TraceId};

    #[test]
    fn a_row_has_what_is_known_and_no_secret() {
        let id = TraceId::parse("1-6a507b87-0cc4438344b48ef127ab1931").unwrap();
        let trace = TraceSummary {
            id,
            revision: 1,
            start: Timestamp::from_millis(1_772_366_400_123),
            duration_ms: Some(4_171.0),
            response_ms: None,
            partial: false,
            fault: true,
            error: false,
            throttle: false,
            method: Some("POST".into()),
            url: Some("https://shop.example/checkout?token=0123456789abcdef0123456789abcdef".into()),
            status: Some(502),
            entry: Some(ServiceName { name: "shop, gateway".into(), kind: None }),
            services: vec![ServiceName { name: "checkout".into(), kind: None }],
            cause: None,
        };
        let mut out = Vec::new();
        let export = TraceExport { traces: vec![trace] };
        assert_eq!(super::export(&export, &mut out, || true).unwrap(), 1);
        let text = String::from_utf8(out).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 2);
        assert!(rows[1].starts_with(
            "1772366400123,1-6a507b87-0cc4438344b48ef127ab1931,4171.0,,false,true,false,false,502,POST,"
        ));
        assert!(rows[1].ends_with(",\"shop, gateway\",checkout"), "{}", rows[1]);
        assert!(!text.contains("0123456789abcdef0123456789abcdef"), "{text}");
        let given_up = super::export(&export, &mut Vec::new(), || false).unwrap_err();
        assert_eq!(given_up.kind(), io::ErrorKind::Interrupted);
    }
}
