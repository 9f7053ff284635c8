//! What no client sends by itself: requests without a signature, nonsense, bodies that are too large.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use super::Demo;

const SIGNED: &str = "Authorization: AWS4-HMAC-SHA256 Credential=demo/20260301/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0\r\n";

/// Sends one request and reads everything that comes back.
fn exchange(demo: &Demo, head: &str, body: &str) -> String {
    let address = demo.url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the demo listens");
    let request = format!(
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    // The server may answer and close before it has read all of a body that it does not want.
    let _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_without_a_signature_is_refused() {
    let demo = Demo::start();
    let rest = exchange(&demo, "GET /2015-03-31/functions HTTP/1.1", "");
    assert!(rest.starts_with("HTTP/1.1 403"), "{rest}");
    assert!(rest.contains("x-amzn-errortype: MissingAuthenticationTokenException"), "{rest}");
    let query = exchange(&demo, "POST / HTTP/1.1", "Action=GetCallerIdentity&Version=2011-06-15");
    assert!(query.contains("<Code>MissingAuthenticationToken</Code>"), "{query}");
}

#[test]
fn a_signature_in_the_query_string_counts() {
    let demo = Demo::start();
    let answer = exchange(&demo, "GET /2016-08-19/account-settings?X-Amz-Signature=0 HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("x-amzn-requestid: "), "{answer}");
}

#[test]
fn nonsense_is_refused_and_the_demo_goes_on() {
    let demo = Demo::start();
    let rpc = "POST /service/GraniteServiceVersion20100801/operation/GetMetricData HTTP/1.1";
    for (head, body, status) in [
        ("GET /2015-03-31/functions/a/b/c HTTP/1.1", "", 404),
        ("DELETE /2015-03-31/functions/checkout-api HTTP/1.1", "", 404),
        ("POST / HTTP/1.1", "Action=DeleteAlarms&Version=2010-08-01", 400),
        ("POST / HTTP/1.1", "x=y", 400),
        (rpc, "not CBOR at all", 400),
        ("GET /2015-03-31/functions?MaxItems=0 HTTP/1.1", "", 400),
    ] {
        let answer = exchange(&demo, &format!("{head}\r\n{}", SIGNED.trim_end()), body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{head} {body}: {answer}");
    }
    let huge = "a".repeat(2 << 20);
    let answer = exchange(&demo, &format!("POST / HTTP/1.1\r\n{}", SIGNED.trim_end()), &huge);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    let answer = exchange(&demo, &format!("GET /2015-03-31/functions HTTP/1.1\r\n{}", SIGNED.trim_end()), "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
