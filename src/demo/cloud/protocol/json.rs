//! JSON bodies: awsJson 1.0 of CloudWatch and restJson1 of Lambda.
//! Source: <https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html>.

use serde_json::{Map, Number, Value as Json};

use super::value::Value;

/// Reads a body; an empty one is an empty structure.
pub fn decode(bytes: &[u8]) -> Option<Value> {
    if bytes.is_empty() {
        return Some(Value::structure());
    }
    serde_json::from_slice(bytes).ok().map(from_json)
}

fn from_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(text),
        Json::Array(items) => Value::List(items.into_iter().map(from_json).collect()),
        Json::Object(members) => Value::Map(members.into_iter().map(|(k, v)| (k, from_json(v))).collect()),
    }
}

/// Writes a body. Instants are seconds since the epoch, numbers that JSON cannot write are text.
pub fn encode(value: &Value) -> Vec<u8> {
    to_json(value).to_string().into_bytes()
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Integer(number) => Json::from(*number),
        Value::Double(number) => {
            Number::from_f64(*number).map_or_else(|| Json::from(super::not_finite(*number)), Json::Number)
        }
        Value::Text(text) => Json::from(text.as_str()),
        Value::Time(millis) if millis % 1000 == 0 => Json::from(millis / 1000),
        Value::Time(millis) => Json::from(*millis as f64 / 1000.0),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(members) => Json::Object(
            members.iter().map(|(name, member)| (name.clone(), to_json(member))).collect::<Map<_, _>>(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_seconds_and_no_number_is_lost() {
        let value = Value::structure()
            .with("Timestamps", vec![Value::Time(1_772_366_400_000), Value::Time(1_772_366_400_250)])
            .with(
                "Values",
                vec![Value::Double(1.5), Value::Double(f64::NAN), Value::Double(f64::NEG_INFINITY)],
            );
        assert_eq!(
            String::from_utf8(encode(&value)).unwrap(),
            r#"{"Timestamps":[1772366400,1772366400.25],"Values":[1.5,"NaN","-Infinity"]}"#
        );
    }

    #[test]
    fn a_body_reads_into_the_tree() {
        let value = decode(br#"{"Period":60,"ReturnData":false,"Label":null,"Threshold":0.5}"#).unwrap();
        assert_eq!(value.get("Period").and_then(Value::as_integer), Some(60));
        assert_eq!(value.get("ReturnData").and_then(Value::as_bool), Some(false));
        assert_eq!(value.get("Label"), None);
        assert_eq!(value.get("Threshold"), Some(&Value::Double(0.5)));
        assert_eq!(decode(b"{"), None);
        assert_eq!(decode(b""), Some(Value::structure()));
    }
}
