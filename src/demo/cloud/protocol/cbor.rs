//! Smithy RPC v2 CBOR: what the SDK for Rust and current botocore speak with CloudWatch.
//! Source: <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>.

use aws_smithy_cbor::data::Type;
use aws_smithy_cbor::decode::DeserializeError;
use aws_smithy_cbor::{Decoder, Encoder};
use aws_smithy_types::DateTime;

use super::value::Value;

/// Deeper nesting than any request has; a hostile body ends here and not in the stack.
const DEPTH: usize = 32;

/// Reads one value; `None` if the bytes are no CBOR, hold more than one value, or are nested too deeply.
pub fn decode(bytes: &[u8]) -> Option<Value> {
    let mut decoder = Decoder::new(bytes);
    let value = read(&mut decoder, DEPTH).ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}

fn read(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, DeserializeError> {
    let at = decoder.position();
    let Some(depth) = depth.checked_sub(1) else {
        return Err(DeserializeError::custom("nested too deeply", at));
    };
    Ok(match decoder.datatype()? {
        Type::Bool => Value::Bool(decoder.boolean()?),
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        Type::U8 | Type::U16 | Type::U32 | Type::U64 | Type::I8 | Type::I16 | Type::I32 | Type::I64 => {
            Value::Integer(decoder.long()?)
        }
        Type::F16 | Type::F32 | Type::F64 => Value::Double(decoder.double()?),
        Type::String | Type::StringIndef => Value::Text(decoder.string()?),
        Type::Tag => {
            let instant = decoder.timestamp()?;
            Value::Time(instant.to_millis().map_err(|_| DeserializeError::custom("no such instant", at))?)
        }
        Type::Array | Type::ArrayIndef => {
            let length = decoder.list()?;
            let mut items = Vec::new();
            while more(decoder, length, items.len())? {
                items.push(read(decoder, depth)?);
            }
            Value::List(items)
        }
        Type::Map | Type::MapIndef => {
            let length = decoder.map()?;
            let mut members = Vec::new();
            while more(decoder, length, members.len())? {
                let name = decoder.string()?;
                members.push((name, read(decoder, depth)?));
            }
            Value::Map(members)
        }
        _ => return Err(DeserializeError::custom("not a Smithy value", at)),
    })
}

/// Whether another element follows; eats the break at the end of a collection without a length.
fn more(decoder: &mut Decoder<'_>, length: Option<u64>, read: usize) -> Result<bool, DeserializeError> {
    match length {
        Some(length) => Ok((read as u64) < length),
        None if decoder.datatype()? == Type::Break => {
            decoder.skip()?;
            Ok(false)
        }
        None => Ok(true),
    }
}

/// Writes one value.
pub fn encode(value: &Value) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder, value);
    encoder.into_writer()
}

fn write(encoder: &mut Encoder, value: &Value) {
    match value {
        Value::Null => encoder.null(),
        Value::Bool(flag) => encoder.boolean(*flag),
        Value::Integer(number) => encoder.long(*number),
        Value::Double(number) => encoder.double(*number),
        Value::Text(text) => encoder.str(text),
        Value::Time(millis) => encoder.timestamp(&DateTime::from_millis(*millis)),
        Value::List(items) => {
            encoder.array(items.len());
            for item in items {
                write(encoder, item);
            }
            encoder
        }
        Value::Map(members) => {
            encoder.map(members.len());
            for (name, member) in members {
                encoder.str(name);
                write(encoder, member);
            }
            encoder
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        Value::structure()
            .with("Id", "m1")
            .with("Period", 60_i64)
            .with("ReturnData", true)
            .with("Timestamps", vec![Value::Time(1_772_366_400_000)])
            .with("Values", vec![Value::Double(0.5), Value::Double(f64::INFINITY)])
    }

    #[test]
    fn what_is_written_reads_back() {
        assert_eq!(decode(&encode(&sample())), Some(sample()));
    }

    #[test]
    fn collections_without_a_length_are_read() {
        let mut encoder = Encoder::new(Vec::new());
        encoder.begin_map().str("Ids").begin_array().str("a").str("b").end().end();
        let expected = Value::structure().with("Ids", vec![Value::from("a"), Value::from("b")]);
        assert_eq!(decode(&encoder.into_writer()), Some(expected));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_bytes_do_harm(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn a_cut_body_is_refused() {
        let bytes = encode(&sample());
        for length in 0..bytes.len() {
            assert_eq!(decode(&bytes[..length]), None, "{length} of {} bytes", bytes.len());
        }
    }

    #[test]
    fn a_hostile_body_does_not_exhaust_the_stack() {
        assert_eq!(decode(&vec![0x81; 100_000]), None);
        assert_eq!(decode(&vec![0x9f; 100_000]), None);
    }
}
