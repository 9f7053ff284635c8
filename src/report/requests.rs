//! Invocations without a screen: columns for people, objects and rows for scripts.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;

use super::fleet::csv_cell;
use super::logs::{PLAIN, RED, Style, time};
use crate::app::RequestExport;
use crate::model::{Architecture, ExitCause, Fault, Invocation, Outcome, Prices, SafeText};

/// How invocations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestForm {
    /// Columns, made safe for a terminal; secrets are masked.
    People(Style),
    /// One JSON object a line.
    Json,
    /// Comma-separated values.
    Csv,
}

/// One invocation as scripts read it: these fields, in this order; what is not known is null.
#[derive(Serialize)]
struct Record<'a> {
    start: i64,
    function: &'a str,
    version: Option<&'a str>,
    outcome: &'static str,
    duration_ms: Option<f64>,
    init_ms: Option<f64>,
    restore_ms: Option<f64>,
    billed_ms: Option<f64>,
    memory_mb: Option<f64>,
    max_memory_mb: Option<f64>,
    cold: bool,
    cost_usd: Option<f64>,
    fault: Option<String>,
    error_type: Option<&'a str>,
    error_message: Option<&'a str>,
    request_id: String,
    attempt: u32,
    trace_id: Option<String>,
    sampled: Option<bool>,
    started: bool,
    first: i64,
    last: i64,
    reported: Option<i64>,
    group: &'a str,
    stream: &'a str,
}

/// The columns for people: a header and how wide each is; numbers stand at the right end.
const COLUMNS: [(&str, usize); 8] = [
    ("TIME", 24),
    ("FUNCTION", 24),
    ("OUTCOME", 10),
    ("VER", 7),
    ("ms", 9),
    ("INIT", 7),
    ("BILLED", 7),
    ("MB", 11),
];

impl RequestForm {
    /// What stands above the first.
    #[must_use]
    pub fn header(self) -> String {
        match self {
            Self::Json => String::new(),
            Self::Csv => "start,function,version,outcome,duration_ms,init_ms,restore_ms,billed_ms,memory_mb,\
                          max_memory_mb,cold,cost_usd,fault,error_type,error_message,request_id,attempt,trace_id,\
                          sampled,started,first,last,reported,group,stream\r\n"
                .to_owned(),
            Self::People(_) => {
                let mut line = String::new();
                for (at, (name, width)) in COLUMNS.into_iter().enumerate() {
                    let _ = if at < 4 { write!(line, "{name:<width$}  ") } else { write!(line, "{name:>width$}  ") };
                }
                line.push_str("REQUEST                               ERROR\n");
                line
            }
        }
    }

    /// Appends an invocation that ended so.
    pub fn write(
        self,
        invocation: &Invocation,
        outcome: Outcome,
        architecture: Option<Architecture>,
        prices: &Prices,
        out: &mut String,
    ) {
        match self {
            Self::People(style) => people(invocation, outcome, style, out),
            Self::Json => {
                if let Ok(object) = serde_json::to_string(&record(invocation, outcome, architecture, prices))
                {
                    super::line::harmless(&object, out);
                    out.push('\n');
                }
            }
            Self::Csv => csv(&record(invocation, outcome, architecture, prices), out),
        }
    }
}

/// Writes the requests of `export` to `out` as comma-separated values, and returns how many they are.
///
/// Before each chunk `goes_on` is asked; when it says no, the rest is given up as an interruption.
pub fn export(export: &RequestExport, out: &mut impl Write, goes_on: impl Fn() -> bool) -> io::Result<u64> {
    /// Requests that are put together before they are written.
    const CHUNK: usize = 500;
    let mut text = RequestForm::Csv.header();
    for some in export.requests.chunks(CHUNK) {
        still_wanted(&goes_on)?;
        for (one, outcome, architecture) in some {
            RequestForm::Csv.write(one, *outcome, *architecture, &export.prices, &mut text);
        }
        out.write_all(text.as_bytes())?;
        text.clear();
    }
    Ok(export.requests.len() as u64)
}

/// An interruption once nobody wants the rest.
pub(super) fn still_wanted(goes_on: &impl Fn() -> bool) -> io::Result<()> {
    if goes_on() {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::Interrupted, "the program was left meanwhile"))
}

fn record<'a>(
    invocation: &'a Invocation,
    outcome: Outcome,
    architecture: Option<Architecture>,
    prices: &Prices,
) -> Record<'a> {
    let error = invocation.error.as_deref();
    let given = |text: &'a str| (!text.is_empty()).then_some(text);
    Record {
        start: invocation.start.millis(),
        function: &invocation.function.name,
        version: invocation.version.as_deref(),
        outcome: outcome.name(),
        duration_ms: invocation.duration_ms,
        init_ms: invocation.init_ms,
        restore_ms: invocation.restore_ms,
        billed_ms: invocation.billed_ms,
        memory_mb: invocation.memory_mb,
        max_memory_mb: invocation.max_memory_mb,
        cold: invocation.cold,
        cost_usd: invocation.cost(architecture, prices),
        fault: invocation.fault.map(fault),
        error_type: error.and_then(|error| given(&error.kind)),
        error_message: error.and_then(|error| given(&error.message)),
        request_id: invocation.key.request.to_string(),
        attempt: invocation.key.attempt,
        trace_id: invocation.trace.map(|trace| trace.to_string()),
        sampled: invocation.sampled,
        started: invocation.started,
        first: invocation.first.millis(),
        last: invocation.last.millis(),
        reported: invocation.reported.map(crate::model::Timestamp::millis),
        group: &invocation.group.name,
        stream: &invocation.stream.name,
    }
}

/// The word for a fault.
fn fault(fault: Fault) -> String {
    match fault {
        Fault::Timeout => "timeout",
        Fault::OutOfMemory => "oom",
        Fault::InitError => "init-error",
        Fault::InitTimeout => "init-timeout",
        Fault::SuppressedInit => "suppressed-init",
        Fault::Import => "import",
        Fault::Unhandled => "unhandled",
        Fault::Handled => "handled",
        Fault::Exit(ExitCause::Status(status)) => return format!("exit-{status}"),
        Fault::Exit(ExitCause::Signal) => "exit-signal",
        Fault::Exit(ExitCause::Unknown) => "exit",
        Fault::RestoreTimeout => "restore-timeout",
        Fault::RestoreError => "restore-error",
        Fault::LogsDropped => "logs-dropped",
        Fault::Failed => "failed",
    }
    .to_owned()
}

fn people(invocation: &Invocation, outcome: Outcome, style: Style, out: &mut String) {
    let safe = |text: &str| SafeText::of_line(text, style.showing).as_str().to_owned();
    let whole = |value: Option<f64>| value.map(|value| format!("{value:.0}")).unwrap_or_default();
    let init = invocation.init_ms.or(invocation.restore_ms);
    let memory = match (invocation.max_memory_mb, invocation.memory_mb) {
        (Some(used), Some(size)) => format!("{used:.0}/{size:.0}"),
        (used, _) => whole(used),
    };
    let cells = [
        time(invocation.start, style.zone),
        safe(&invocation.function.name),
        outcome.label().to_owned(),
        safe(invocation.version.as_deref().unwrap_or_default()),
        invocation.duration_ms.map(|ms| format!("{ms:.2}")).unwrap_or_default(),
        whole(init),
        whole(invocation.billed_ms),
        memory,
    ];
    for (at, (cell, (_, width))) in cells.iter().zip(COLUMNS).enumerate() {
        let gap = " ".repeat(width.saturating_sub(SafeText::new(cell).width()));
        let coloured = style.colour && at == 2 && outcome.is_failure();
        let _ = match (at < 4, coloured) {
            (true, true) => write!(out, "{RED}{cell}{PLAIN}{gap}  "),
            (true, false) => write!(out, "{cell}{gap}  "),
            (false, _) => write!(out, "{gap}{cell}  "),
        };
    }
    let error = invocation.error.as_deref().map(|error| match (&*error.kind, &*error.message) {
        ("", message) => message.to_owned(),
        (kind, "") => kind.to_owned(),
        (kind, message) => format!("{kind}: {message}"),
    });
    let _ = write!(out, "{}", invocation.key.request);
    if let Some(error) = error {
        let _ = write!(out, "  {}", safe(&error));
    }
    out.push('\n');
}

fn csv(record: &Record<'_>, out: &mut String) {
    let Ok(Value::Object(fields)) = serde_json::to_value(record) else { return };
    for (at, (_, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        // A spreadsheet obeys no terminal, but a terminal may show it.
        let cell = match value {
            Value::String(text) => csv_cell(&Value::from(SafeText::new(text).as_str())),
            value => csv_cell(value),
        };
        out.push_str(&cell);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{
        ErrorNote, FunctionKey, GroupKey, InvocationKey, LogStream, RequestId, Scope, Showing, Timestamp,
    };

    fn written(form: RequestForm) -> String {
        let scope = Scope::new("123456789012", "eu-west-1");
        let at = Timestamp::from_millis(1_772_366_400_123);
        let invocation = Invocation {
            key: InvocationKey {
                request: RequestId::parse("8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9").unwrap(),
                attempt: 1,
            },
            function: Arc::new(FunctionKey::new(&scope, "checkout")),
            group: Arc::new(GroupKey::new(&scope, "/aws/lambda/checkout")),
            stream: Arc::new(LogStream { name: "2026/03/01/[88]0f".into(), function: None, version: None }),
            version: Some("88".into()),
            start: at,
            started: true,
            first: at,
            last: at,
            reported: None,
            duration_ms: Some(812.5),
            billed_ms: Some(1000.0),
            init_ms: None,
            restore_ms: None,
            memory_mb: Some(1024.0),
            max_memory_mb: Some(90.0),
            cold: false,
            outcome: Outcome::Unhandled,
            fault: Some(Fault::Unhandled),
            error: Some(Arc::new(ErrorNote {
                kind: "KeyError".into(),
                message: "a \"b\", \u{1b}[2Jc".into(),
            })),
            trace: None,
            sampled: None,
            claims: None,
        };
        let mut out = form.header();
        form.write(&invocation, invocation.outcome, None, &Prices::LIST, &mut out);
        out
    }

    #[test]
    fn a_row_of_csv_has_a_cell_for_every_name_above_it() {
        let text = written(RequestForm::Csv);
        let (header, row) = text.split_once("\r\n").unwrap();
        let json: Value = serde_json::from_str(&written(RequestForm::Json)).unwrap();
        let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(header, names.join(","));
        assert!(
            row.starts_with("1772366400123,checkout,88,unhandled,812.5,,,1000.0,1024.0,90.0,false,"),
            "{row}"
        );
        assert!(row.contains("\"a \"\"b\"\", ") && !row.contains('\u{1b}'), "{row:?}");
    }

    #[test]
    fn an_object_has_the_exact_error_and_what_it_cost() {
        let json: Value = serde_json::from_str(&written(RequestForm::Json)).unwrap();
        assert_eq!(json["error_message"], "a \"b\", \u{1b}[2Jc");
        assert_eq!((&json["reported"], &json["trace_id"]), (&Value::Null, &Value::Null));
        let cost = json["cost_usd"].as_f64().unwrap();
        assert!((cost - 0.000_016_866_7).abs() < 1e-12, "{cost}");
    }

    #[test]
    fn columns_for_people_stand_below_their_names() {
        let style = Style { zone: None, colour: false, showing: Showing::default() };
        let text = written(RequestForm::People(style));
        let (header, row) = text.split_once('\n').unwrap();
        for (name, cell) in [("FUNCTION", "checkout"), ("OUTCOME", "unhandled"), ("REQUEST", "8f5bd2c1")] {
            assert_eq!(header.find(name), row.find(cell), "{text}");
        }
        assert!(row.contains("90/1024") && row.contains("812.50") && !row.contains('\u{1b}'), "{row}");
    }
}
