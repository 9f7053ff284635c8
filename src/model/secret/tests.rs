//! What is masked and what is not; the secrets are made up.

use proptest::prelude::*;

use super::*;

fn masked(raw: &str) -> String {
    mask(raw).0.into_owned()
}

const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzaG9wcGVyIn0.c2lnbmF0dXJlLW9mLW5vYm9keQ";
const SECRET_KEY: &str = "Zm9vYmFyL2Jhei9xdXV4K25vdGhpbmcvcmVhbC9oZX";

#[test]
fn a_value_beside_the_name_of_a_secret_is_masked_in_every_notation() {
    for (raw, shown) in [
        ("password=hunter2", "password=[masked 7]"),
        ("user=bob password=hunter2 host=db", "user=bob password=[masked 7] host=db"),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: [masked 7]"),
        (r#"{"password":"hunter2","port":5432}"#, r#"{"password":"[masked 7]","port":5432}"#),
        (r#"{"clientSecret" : "a \"b\" c"}"#, r#"{"clientSecret" : "[masked 9]"}"#),
        (r#"{\"password\":\"hunter2\",\"a\":1}"#, r#"{\"password\":\"[masked 7]\",\"a\":1}"#),
        (r#"{"api-key": 12345, "a": 1}"#, r#"{"api-key": [masked 5], "a": 1}"#),
        ("{'token': 'abc'}", "{'token': '[masked 3]'}"),
        ("https://x.test/?api_key=abc&page=2", "https://x.test/?api_key=[masked 3]&page=2"),
        ("x-api-key: abcdef", "x-api-key: [masked 6]"),
        ("APIKEY = abcdef", "APIKEY = [masked 6]"),
        (":password=>\"hunter2\"", ":password=>\"[masked 7]\""),
        ("headers['authorization'] = 'abc'", "headers['authorization'] = '[masked 3]'"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [masked 12]"),
        ("<SecretAccessKey>abc/def</SecretAccessKey>", "<SecretAccessKey>[masked 7]</SecretAccessKey>"),
        ("Config(user=a, password=b,c)", "Config(user=a, password=[masked 4]"),
        ("password=a&b,c;d", "password=[masked 7]"),
        ("password=\"never closed", "password=\"[masked 12]"),
        ("token: Bearer abc", "token: Bearer [masked 3]"),
        ("password=価格", "password=[masked 2]"),
        ("password: swordfish", "password: [masked 9]"),
        ("invalid token: abc123 for bob", "invalid token: [masked 6] for bob"),
    ] {
        assert_eq!(masked(raw), shown);
    }
    let key = format!("aws_secret_access_key = {SECRET_KEY}");
    assert_eq!(masked(&key), "aws_secret_access_key = [masked 42]");
    let key = format!(r#""SecretAccessKey": "{SECRET_KEY}", "SessionToken": "abc""#);
    assert_eq!(masked(&key), r#""SecretAccessKey": "[masked 42]", "SessionToken": "[masked 3]""#);
}

#[test]
fn what_is_known_by_its_looks_is_masked_wherever_it_stands() {
    assert_eq!(masked("key AKIAQXMPLEXMPLEXMPLE!"), "key [masked 20]!");
    assert_eq!(masked("ASIAQXMPLEXMPLEXMPLE"), "[masked 20]");
    assert_eq!(masked(&format!("got {JWT}, ok")), format!("got [masked {}], ok", JWT.len()));
    assert_eq!(masked("Authorization: bearer abc.def-123"), "Authorization: bearer [masked 11]");
    assert_eq!(masked("sent 'Bearer Zk3_9-x~y+z/0==' off"), "sent 'Bearer [masked 15]' off");
    let pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\nabcd\n-----END RSA PRIVATE KEY-----\nnext";
    assert_eq!(
        masked(pem),
        "-----BEGIN RSA PRIVATE KEY-----\n[masked 9]\n-----END RSA PRIVATE KEY-----\nnext"
    );
    assert_eq!(masked("-----BEGIN PRIVATE KEY-----\\nMIIB"), "-----BEGIN PRIVATE KEY-----[masked 6]");
}

#[test]
fn urls_lose_their_user_and_presigned_ones_their_signature() {
    assert_eq!(masked("postgres://app:pw@db:5432/x"), "postgres://[masked 6]@db:5432/x");
    assert_eq!(masked("https://token123@git.test/a"), "https://[masked 8]@git.test/a");
    assert_eq!(masked("amqp://a:b/c@host"), "amqp://[masked 5]@host");
    assert_eq!(masked("https://host:8080/@user/repo"), "https://host:8080/@user/repo");
    let url = "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAQXMPLEXMPLEXMPLE%2F20261121%2Feu-west-1&X-Amz-Expires=60&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj&X-Amz-Signature=0123456789abcdef";
    assert_eq!(
        masked(url),
        "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=[masked 43]&X-Amz-Expires=60&X-Amz-Security-Token=[masked 16]&X-Amz-Signature=[masked 16]"
    );
}

#[test]
fn what_is_no_secret_stays() {
    for raw in [
        "ExpiredToken: the token has expired",
        "SyntaxError: Unexpected token: punc near line 3",
        "{\"token\":null,\"password\":false}",
        "{\"token\":{\"kind\":\"a\"}}",
        "nextToken is missing; max_tokens: 4096, tokens=5",
        "Token::new(secret::Kind)",
        "secretary: bob, passwordless=yes",
        "eyJhbGciOiJIUzI1NiJ9 alone is a header",
        "missing Bearer token",
        "AKIA is a prefix, and so is ASIA",
        "the auth-token function failed",
        "at http://example.test/path?x=1 2026-11-21T14:31:16Z",
        "no password:",
        "no token=",
        "REPORT RequestId: 8f5bd2c1-22a3-4b6e-9a44-0d7a3c1be0f9\tDuration: 3.10 ms",
    ] {
        assert_eq!(masked(raw), raw);
    }
}

#[test]
fn the_end_of_a_pem_block_is_no_token() {
    let raw = "-----BEGIN PRIVATE KEY-----Bearer -----END PRIVATE KEY-----";
    assert_eq!(masked(raw), "-----BEGIN PRIVATE KEY-----[masked 6] -----END PRIVATE KEY-----");
}

#[test]
fn colours_hide_no_secret() {
    let raw = "\x1b[35mpassword\x1b[39m=\x1b[32mhunt\x1b[0mer2\x1b[0m ok";
    assert_eq!(masked(raw), "\x1b[35mpassword\x1b[39m=\x1b[32m[masked 11]\x1b[0m ok");
}

/// Each of these would take minutes if a secret were searched for again from every place.
#[test]
fn a_megabyte_of_beginnings_costs_no_more_than_a_megabyte() {
    for piece in [
        "password=",
        "password='",
        "eyJ",
        "x://a:b/",
        "token:{",
        "-----BEGIN A",
        "token: ",
        "earer ",
        "AKIA",
        "\x1b[m",
        "password=\"\\",
        "Bearer a",
    ] {
        let raw = piece.repeat(1_000_000 / piece.len());
        assert!(find(&raw).len() <= raw.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn masking_twice_is_masking_once(pieces in prop::collection::vec(piece(), 0..12)) {
        let raw = pieces.concat();
        let once = masked(&raw);
        prop_assert_eq!(masked(&once), once.clone(), "{:?}", raw);
    }

    #[test]
    fn what_is_found_are_apart_and_whole_characters(raw in any::<String>(), pieces in prop::collection::vec(piece(), 0..12)) {
        for text in [raw, pieces.concat()] {
            let mut end = 0;
            for secret in find(&text) {
                prop_assert!(secret.start >= end && secret.start < secret.end);
                prop_assert!(text.get(secret.clone()).is_some());
                end = secret.end;
            }
        }
    }

    #[test]
    fn nothing_of_a_secret_survives(before in "[ -~]{0,20}", name in "(password|SECRET|auth_token|apiKey|x-amz-signature)", sign in "(=|: | = )", secret in "[A-Z0-9]{6}q[A-Za-z0-9!$%]{3,40}", after in "( [ -~]{0,20})?") {
        let raw = format!("{before} {name}{sign}{secret}{after}");
        prop_assert!(!masked(&raw).contains(&secret[..8]), "{}", masked(&raw));
    }

    #[test]
    fn nothing_of_a_token_survives(before in "[ -~]{0,20}", token in "eyJ[A-Za-z0-9_-]{10,40}\\.eyJ[A-Za-z0-9_-]{10,40}\\.[A-Za-z0-9_-]{10,40}", after in "( [ -~]{0,20})?") {
        let raw = format!("{before} {token}{after}");
        let signature = token.rsplit('.').next().unwrap();
        prop_assert!(!masked(&raw).contains(signature));
    }
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "password",
            "Secret",
            "token",
            "api_key",
            "authorization",
            "=",
            ":",
            ": ",
            " = ",
            "\"",
            "\\\"",
            "'",
            " ",
            ",",
            "&",
            ";",
            "{",
            "}",
            "[",
            "[masked 7]",
            "[masked ",
            "]",
            "Bearer ",
            "bearer ",
            "Basic ",
            "AWS4-HMAC-SHA256 ",
            "AKIAQXMPLEXMPLEXMPLE",
            "ASIA",
            "eyJhbGciOiJI",
            ".eyJzdWIiOiJz",
            ".",
            "://",
            "@",
            "/",
            "?",
            "\n",
            "\t",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "<",
            ">",
            "null",
            "invalid ",
            "the ",
            "\x1b[31m",
            "\x1b[m",
            "\x1b",
            "価",
            "␊",
            "x=",
            "\\",
            "#",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9]{1,12}",
    ]
}
