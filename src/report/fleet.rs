//! The table of functions without a screen: columns for people, NDJSON and CSV for scripts.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::app::Row;
use crate::model::{SafeText, TimeRange, Timestamp, Window, number};
use crate::store::{Severity, Store};

/// One function as scripts read it. What is unknown is `null`, never zero; times are RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// The twelve digits, if known.
    pub account: Option<String>,
    /// The region's code.
    pub region: String,
    /// The bare name.
    pub function: String,
    /// How bad it is: `error`, `throttle`, `warn`, ..., `ok`.
    pub severity: &'static str,
    /// Why, in the words of the screen; empty when nothing is wrong.
    pub trouble: String,
    /// AWS's name of the runtime.
    pub runtime: Option<String>,
    /// Configured memory in MB.
    pub memory_mb: Option<u32>,
    /// Configured timeout in seconds.
    pub timeout_s: Option<u32>,
    /// What the counts cover: `1m`, `5m`, `15m` or `1h`.
    pub window: &'static str,
    /// First minute that the counts cover.
    pub from: Option<String>,
    /// End of the last one.
    pub to: Option<String>,
    /// Invocations in it.
    pub invocations: Option<f64>,
    /// Errors in it.
    pub errors: Option<f64>,
    /// Per cent of invocations that failed.
    pub error_percent: Option<f64>,
    /// Throttled requests in it.
    pub throttles: Option<f64>,
    /// Median duration in ms, over the CloudWatch period that begins at `duration_from`.
    pub duration_p50_ms: Option<f64>,
    /// 99th percentile of duration in ms.
    pub duration_p99_ms: Option<f64>,
    /// Mean duration in ms.
    pub duration_average_ms: Option<f64>,
    /// Longest duration in ms.
    pub duration_max_ms: Option<f64>,
    /// Start of the period that durations are of.
    pub duration_from: Option<String>,
    /// Most instances at work at once.
    pub concurrent: Option<f64>,
    /// Invocations over `--since`.
    pub since_invocations: Option<f64>,
}

impl Record {
    /// What is known of a row.
    #[must_use]
    pub fn of(row: &Row, store: &Store, window: Window, now: Timestamp) -> Self {
        let function = store.function(&row.key).map(|record| &record.function);
        let figures = &row.figures;
        let start = |range: Option<TimeRange>| range.map(|range| rfc3339(range.start));
        Self {
            account: row.key.scope.account.as_deref().map(str::to_owned),
            region: row.key.scope.region.to_string(),
            function: row.key.name.to_string(),
            severity: word(row.trouble.severity),
            trouble: row.trouble.words(now, 0),
            runtime: function.and_then(|function| function.runtime.as_deref().map(str::to_owned)),
            memory_mb: function.and_then(|function| function.memory_mb),
            timeout_s: function.and_then(|function| function.timeout_s),
            window: window.label(),
            from: start(figures.range),
            to: figures.range.map(|range| rfc3339(range.end)),
            invocations: figures.invocations,
            errors: figures.errors,
            error_percent: figures.error_rate(),
            throttles: figures.throttles,
            duration_p50_ms: figures.p50,
            duration_p99_ms: figures.p99,
            duration_average_ms: figures.average,
            duration_max_ms: figures.maximum,
            duration_from: start(figures.duration_period),
            concurrent: figures.concurrent,
            since_invocations: figures.since_invocations,
        }
    }

    /// Names and values in the order of the columns.
    fn fields(&self) -> Vec<(String, Value)> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => fields.into_iter().collect(),
            _ => Vec::new(),
        }
    }
}

/// One JSON object a line.
#[must_use]
pub fn json(records: &[Record]) -> String {
    records
        .iter()
        .filter_map(|record| serde_json::to_string(record).ok())
        .fold(String::new(), |text, line| text + &line + "\n")
}

/// Comma-separated values with a header (RFC 4180); what is unknown is empty.
#[must_use]
pub fn csv(records: &[Record]) -> String {
    let mut text = String::new();
    for (index, record) in records.iter().enumerate() {
        let fields = record.fields();
        if index == 0 {
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            text += &names.join(",");
            text += "\r\n";
        }
        let cells: Vec<String> = fields.iter().map(|(_, value)| csv_cell(value)).collect();
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}

/// One value; in quotes where it has to be.
pub(super) fn csv_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.contains(['"', ',', '\n', '\r']) => {
            format!("\"{}\"", text.replace('"', "\"\""))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Columns for people, numbers right-aligned, the header saying what they cover.
#[must_use]
pub fn table(records: &[Record], window: Window) -> String {
    let name_width =
        records.iter().map(|record| SafeText::new(&record.function).width()).max().unwrap_or(0).max(8);
    let head = [
        format!("INV/{window}"),
        format!("ERR/{window}"),
        "ERR %".into(),
        "p50 ms".into(),
        "p99 ms".into(),
        format!("THR/{window}"),
        "CONC".into(),
    ];
    let mut text = format!("{:<name_width$}", "FUNCTION");
    for label in &head {
        let _ = write!(text, " {label:>9}");
    }
    text += "  TROUBLE\n";
    for record in records {
        let name = SafeText::new(&record.function);
        let _ = write!(text, "{name}{:pad$}", "", pad = name_width - name.width());
        let percent = |value| number::percent(value, 100.0);
        let numbers = [
            record.invocations.map(number::count),
            record.errors.map(number::count),
            record.error_percent.map(percent),
            record.duration_p50_ms.map(number::count),
            record.duration_p99_ms.map(number::count),
            record.throttles.map(number::count),
            record.concurrent.map(number::count),
        ];
        for shown in numbers {
            let _ = write!(text, " {:>9}", shown.unwrap_or(number::MISSING).within(9));
        }
        let trouble = SafeText::new(&record.trouble);
        let _ = writeln!(text, "{}{trouble}", if trouble.is_empty() { "" } else { "  " });
    }
    text
}

fn rfc3339(at: Timestamp) -> String {
    at.utc().map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::OutOfMemory => "out_of_memory",
        Severity::Timeout => "timeout",
        Severity::Error => "error",
        Severity::Throttle => "throttle",
        Severity::Warn => "warn",
        Severity::Unknown => "unknown",
        Severity::Cold => "cold",
        Severity::Ok => "ok",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FunctionKey, Scope};
    use crate::store::{Figures, Trouble};

    fn records() -> Vec<Record> {
        let scope = Scope::new("123456789012", "eu-west-1");
        let row = |name: &str, figures: Figures| Row {
            key: FunctionKey::new(&scope, name),
            figures,
            trouble: Trouble::default(),
            stale: false,
            matched: Vec::new(),
        };
        let busy = Figures {
            range: Some(TimeRange::new(Timestamp::from_secs(0), Timestamp::from_secs(900))),
            invocations: Some(412.0),
            errors: Some(78.0),
            ..Figures::default()
        };
        [row("payment-capture", busy), row("report-nightly", Figures::default())]
            .iter()
            .map(|row| Record::of(row, &Store::default(), Window::Quarter, Timestamp::from_secs(1000)))
            .collect()
    }

    #[test]
    fn what_is_unknown_is_null_in_json_and_empty_in_csv_never_zero() {
        let json = json(&records());
        let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["invocations"], 412.0);
        assert_eq!(lines[0]["to"], "1970-01-01T00:15:00Z");
        assert_eq!(lines[1]["invocations"], Value::Null);
        let csv = csv(&records());
        let second = csv.lines().nth(2).unwrap();
        assert!(second.starts_with("123456789012,eu-west-1,report-nightly,ok,,"), "{second}");
        assert!(!second.contains("0,") && second.ends_with(",,,"), "{second}");
    }

    #[test]
    fn a_comma_in_a_value_is_quoted() {
        let mut records = records();
        records[0].trouble = "mem 98 %, 2 \"OOM\"".into();
        assert!(csv(&records).contains(",\"mem 98 %, 2 \"\"OOM\"\"\","));
    }

    #[test]
    fn the_table_tells_little_from_nothing_and_nearly_all_from_all() {
        let mut records = records();
        records[0].error_percent = Some(0.01);
        records[1].error_percent = Some(99.97);
        let table = table(&records, Window::Quarter);
        assert!(table.contains(" <0.1 ") && table.contains(" 99.9 "), "{table}");
    }

    #[test]
    fn the_table_says_what_its_numbers_cover_and_lines_up() {
        let table = table(&records(), Window::Quarter);
        let lines: Vec<&str> = table.lines().collect();
        assert!(lines[0].contains("INV/15m"), "{table}");
        assert!(lines[1].contains(" 18.9"), "{table}");
        assert_eq!(
            lines[0].find("ERR %").map(|at| at + 5),
            lines[1].find("18.9").map(|at| at + 4),
            "{table}"
        );
    }
}
