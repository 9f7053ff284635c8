//! awsQuery: a form in, XML out. STS speaks nothing else, and older CloudWatch clients speak it too.
//! Source: <https://smithy.io/2.0/aws/protocols/aws-query-protocol.html>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::value::Value;
use crate::demo::cloud::calendar;

/// Deeper names than any request has; a hostile body ends here and not in the stack.
const DEPTH: usize = 32;

/// Reads a form body: `A.member.2.B=x` is item 2 of the list `A`, whose member `B` is `x`.
pub fn decode(body: &[u8]) -> Option<Value> {
    let body = std::str::from_utf8(body).ok()?;
    let mut root = Node::default();
    for (name, text) in pairs(body) {
        if name.matches('.').count() >= DEPTH {
            return None;
        }
        let mut node = &mut root;
        for part in name.split('.') {
            node = node.members.entry(part.to_owned()).or_default();
        }
        node.text = Some(text);
    }
    Some(root.into_value())
}

/// The pairs of a form or a query string, decoded.
pub fn pairs(text: &str) -> impl Iterator<Item = (String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decode(&name.replace('+', " ")), percent_decode(&value.replace('+', " ")))
    })
}

/// `%41` is `A`; what is no escape stays as it is, and bytes that are no UTF-8 become replacement characters.
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |offset: usize| bytes.get(at + offset).and_then(|&b| char::from(b).to_digit(16));
        if let (b'%', Some(high), Some(low)) = (byte, digit(1), digit(2)) {
            decoded.push((high * 16 + low) as u8);
            at += 3;
        } else {
            decoded.push(byte);
            at += 1;
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[derive(Default)]
struct Node {
    text: Option<String>,
    members: BTreeMap<String, Node>,
}

impl Node {
    fn into_value(mut self) -> Value {
        if let Some(text) = self.text {
            return Value::Text(text);
        }
        if let Some(items) = self.members.remove("member") {
            let mut items: Vec<(u64, Node)> = items
                .members
                .into_iter()
                .filter_map(|(number, node)| Some((number.parse().ok()?, node)))
                .collect();
            items.sort_by_key(|(number, _)| *number);
            return Value::List(items.into_iter().map(|(_, node)| node.into_value()).collect());
        }
        Value::Map(self.members.into_iter().map(|(name, node)| (name, node.into_value())).collect())
    }
}

/// Writes the answer to `operation`.
pub fn answer(operation: &str, namespace: &str, result: &Value, request_id: &str) -> Vec<u8> {
    let mut xml = String::new();
    let _ = write!(xml, "<{operation}Response xmlns=\"{namespace}\"><{operation}Result>");
    write(&mut xml, result);
    let _ = write!(
        xml,
        "</{operation}Result><ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{operation}Response>"
    );
    xml.into_bytes()
}

/// Writes a refusal; `blame` is `Sender` or `Receiver`.
pub fn refusal(namespace: &str, blame: &str, code: &str, message: &str, request_id: &str) -> Vec<u8> {
    let mut xml = String::new();
    let _ = write!(
        xml,
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{blame}</Type><Code>{code}</Code><Message>"
    );
    escape(&mut xml, message);
    let _ = write!(xml, "</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>");
    xml.into_bytes()
}

fn write(xml: &mut String, value: &Value) {
    // Writing to a string cannot fail, so the results are dropped.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Bool(flag) => write!(xml, "{flag}"),
        Value::Integer(number) => write!(xml, "{number}"),
        Value::Double(number) if number.is_finite() => write!(xml, "{number:?}"),
        Value::Double(number) => write!(xml, "{}", super::not_finite(*number)),
        Value::Text(text) => {
            escape(xml, text);
            Ok(())
        }
        Value::Time(millis) => write!(xml, "{}", calendar::iso(*millis)),
        Value::List(items) => {
            for item in items {
                element(xml, "member", item);
            }
            Ok(())
        }
        Value::Map(members) => {
            for (name, member) in members {
                element(xml, name, member);
            }
            Ok(())
        }
    };
}

fn element(xml: &mut String, name: &str, value: &Value) {
    let _ = write!(xml, "<{name}>");
    write(xml, value);
    let _ = write!(xml, "</{name}>");
}

fn escape(xml: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '&' => xml.push_str("&amp;"),
            '"' => xml.push_str("&quot;"),
            _ => xml.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_into_lists_and_structures() {
        let value = decode(
            b"Action=GetMetricData&Queries.member.10.Id=j&Queries.member.2.Id=b&Queries.member.2.Stat.Period=60&Empty=",
        )
        .unwrap();
        assert_eq!(value.text("Action"), Some("GetMetricData"));
        let ids: Vec<_> = value.list("Queries").iter().filter_map(|query| query.text("Id")).collect();
        assert_eq!(ids, ["b", "j"], "items stand in the order of their numbers");
        assert_eq!(value.list("Queries")[0].get("Stat").and_then(|s| s.text("Period")), Some("60"));
        assert_eq!(value.text("Empty"), Some(""));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_text_does_harm(text in "[a-z.%+&=0-9é]{0,60}") {
            proptest::prop_assert!(decode(text.as_bytes()).is_some());
        }
    }

    #[test]
    fn a_hostile_name_does_not_exhaust_the_stack() {
        assert_eq!(decode("a.".repeat(100_000).as_bytes()), None);
    }

    #[test]
    fn escapes_are_undone() {
        assert_eq!(
            pairs("a+b=%41%26+%C3%A9&c=100%").collect::<Vec<_>>(),
            [("a b".to_owned(), "A& é".to_owned()), ("c".to_owned(), "100%".to_owned())]
        );
    }

    #[test]
    fn an_answer_is_wrapped_and_escaped() {
        let result = Value::structure()
            .with("Label", "a<b>&\"c\"")
            .with("Values", vec![Value::Double(2.0), Value::Double(f64::NAN)])
            .with("At", Value::Time(1_772_366_400_000));
        assert_eq!(
            String::from_utf8(answer("Get", "urn:x", &result, "id-1")).unwrap(),
            "<GetResponse xmlns=\"urn:x\"><GetResult><Label>a&lt;b&gt;&amp;&quot;c&quot;</Label>\
             <Values><member>2.0</member><member>NaN</member></Values><At>2026-03-01T12:00:00Z</At></GetResult>\
             <ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetResponse>"
        );
    }
}
