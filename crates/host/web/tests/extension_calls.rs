//! What an extension can do with a request.

mod common;

use std::io::Read;
use std::time::{Duration, Instant};

use common::Site;

#[test]
fn a_body_that_comes_later_arrives_through_read_client() {
    let site = Site::new();
    let mut client = site.connect();
    client.send("POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    std::thread::sleep(Duration::from_millis(200));
    client.send("defg");
    std::thread::sleep(Duration::from_millis(50));
    client.send("hij");
    let answer = client.answer();
    assert_eq!(answer.text(), "abcdefghij");
    assert_eq!((answer.field("x-total"), answer.field("x-available")), (Some("10"), Some("3")));
    client.get("/page.txt");
    assert_eq!(client.answer().text(), "0123456789", "the connection goes on");
}

#[test]
fn a_chunked_body_is_decoded_and_the_next_request_is_left_alone() {
    let site = Site::new();
    let mut client = site.connect();
    client.send(
        "POST /app/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    );
    std::thread::sleep(Duration::from_millis(100));
    client.send("4;x=y\r\ndefg\r\n0\r\n\r\nGET /page.txt HTTP/1.1\r\nHost: h\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.text(), "abcdefg");
    assert_eq!(answer.field("x-total"), Some("4294967295"));
    assert_eq!(client.answer().text(), "0123456789");
}

#[test]
fn at_most_48_kib_are_in_the_control_block_and_the_rest_is_read() {
    let site = Site::new();
    let mut client = site.connect();
    let body = "x".repeat(300_000);
    client.send(&format!(
        "POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n{body}"
    ));
    let answer = client.answer();
    assert_eq!(answer.body.len(), 300_000);
    assert!(answer.field("x-available").unwrap().parse::<u32>().unwrap() <= 49_152);
}

#[test]
fn a_waiting_client_is_told_to_continue_by_the_first_read_only() {
    let site = Site::new();
    let mut client = site.connect();
    let head = "HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n";
    client.send(&format!("POST /app/echo {head}"));
    assert_eq!(client.answer().status, 100);
    client.send("abc");
    let answer = client.answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, "abc"));

    client.send(&format!("POST /app/nothing {head}"));
    assert_eq!(client.answer().status, 200, "nobody read, so nobody was told");
    assert!(client.is_closed(), "the body may come or not");
}

#[test]
fn a_malformed_or_missing_body_fails_the_read_and_closes() {
    let site = Site::new();
    let mut client = site.connect();
    client
        .send("POST /app/echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX");
    assert_eq!(client.answer().text(), "abc|failed");
    assert!(client.is_closed());

    let mut client = site.connect();
    client.send("POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    client.stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(client.answer().text(), "abc|failed");
}

#[test]
fn a_body_that_never_comes_fails_after_the_time_limit() {
    let site = Site::with(|config| config.timeouts.read = Duration::from_millis(150));
    let mut client = site.connect();
    let began = Instant::now();
    client.send("POST /app/echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
    assert_eq!(client.answer().text(), "abc|failed");
    assert!((150..2_000).contains(&began.elapsed().as_millis()));
}

#[test]
fn an_answer_larger_than_any_buffer_reaches_a_slow_reader() {
    let site = Site::new();
    for path in ["/app/large", "/app/large-chunked"] {
        let mut client = site.connect();
        client.get(path);
        std::thread::sleep(Duration::from_millis(300));
        let mut first = [0; 1000];
        client.stream.peek(&mut first).unwrap();
        let answer = client.answer();
        assert_eq!(answer.body.len(), 64 << 20, "{path}");
        for piece in 0..64 {
            let expected = b'a' + u8::try_from(piece % 26).unwrap();
            assert!(answer.body[piece << 20..(piece + 1) << 20].iter().all(|&b| b == expected));
        }
    }
}

#[test]
fn a_reader_that_takes_nothing_is_given_up() {
    let site = Site::with(|config| config.timeouts.write = Duration::from_millis(200));
    let mut client = site.connect();
    client.get("/app/large");
    std::thread::sleep(Duration::from_millis(100));
    common::eventually("the request ends", || site.host().state().connections == 0);
    let mut rest = Vec::new();
    let _ = client.stream.read_to_end(&mut rest);
    assert!(rest.len() < 64 << 20);
}

#[test]
fn the_three_raw_shapes_are_answers() {
    let site = Site::new();
    let mut client = site.connect();
    client.get("/app/raw-head");
    let answer = client.answer();
    assert!(answer.head.starts_with("HTTP/1.1 404 Gone Away\r\n"), "{}", answer.head);
    assert_eq!((answer.field("content-type"), answer.text().as_str()), (Some("text/x"), "body"));

    client.get("/app/raw-status");
    let answer = client.answer();
    assert!(answer.head.starts_with("HTTP/1.1 207 Several\r\n"), "{}", answer.head);
    assert_eq!((answer.field("content-type"), answer.text().as_str()), (Some("text/y"), "many"));

    client.get("/app/raw-body");
    let answer = client.answer();
    assert_eq!((answer.status, answer.text().as_str()), (200, "<p>just a body"));
}

#[test]
fn heads_redirects_and_nothing_at_all_are_answers() {
    let site = Site::new();
    let mut client = site.connect();
    client.get("/app/redirect");
    let answer = client.answer();
    assert_eq!((answer.status, answer.field("location")), (302, Some("http://example.com/x?y=1")));
    client.get("/app/split");
    assert_eq!(client.answer().text(), "refused", "a line end in a URL");
    client.get("/app/head-ex");
    let answer = client.answer();
    assert!(answer.head.starts_with("HTTP/1.1 201 Made\r\n"));
    assert_eq!((answer.field("x-ex"), answer.body.as_slice()), (Some("yes"), b"ab\0de".as_slice()));
    client.get("/app/nothing");
    let answer = client.answer();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    client.get("/app/head-ex?close");
    assert_eq!(client.answer().field("connection"), Some("close"));
    assert!(client.is_closed());
}

#[test]
fn a_server_variable_is_probed_refused_when_small_and_given() {
    let site = Site::new();
    let mut client = site.connect();
    let mut ask = |name: &str| {
        client.send(&format!(
            "GET /app/variable?{name} HTTP/1.1\r\nHost: example.com:81\r\nX-One_Two: 3\r\nCookie: a=b\r\n\r\n"
        ));
        client.answer().text()
    };
    assert_eq!(
        ask("request_METHOD"),
        "probe=0 needed=4 small=0 asked=3 says=4 untouched=1 full=1 size=4 value=GET"
    );
    assert_eq!(ask("REMOTE_USER").split_once(" value=").unwrap().1, "", "known and empty");
    assert!(ask("REMOTE_USER").contains("needed=1 "));
    for unknown in ["NO_SUCH", "HTTP_X_ONE_TWO", "HTTP_REFERER", "UNICODE_ALL_RAW", ""] {
        assert!(ask(unknown).starts_with("probe=0 needed=0 small=0 "), "{unknown}");
        assert!(ask(unknown).contains("full=0"), "{unknown}");
    }
    let mut value = |name: &str| ask(name).split_once(" value=").unwrap().1.to_owned();
    assert_eq!(value("SERVER_NAME"), "example.com");
    assert_eq!(value("HTTP_COOKIE"), "a=b");
    assert_eq!(value("HEADER_X-One_Two"), "3");
    assert_eq!(value("SCRIPT_NAME"), "/app");
    assert_eq!(value("PATH_INFO"), "/variable");
    assert_eq!(value("SERVER_PROTOCOL"), "HTTP/1.1");
    assert_eq!(value("CONTENT_LENGTH"), "0");
    assert_eq!(value("REMOTE_ADDR"), "127.0.0.1");
    assert!(value("ALL_HTTP").contains("HTTP_HOST:example.com:81\n"));
    assert!(value("PATH_TRANSLATED").ends_with("/root/variable"));
    assert!(value("PARTYWALL_TRACE").contains("\"hop\":\"extension\""));
    // "HTTP/1.1" in UTF-16 with its zero: 18 bytes, and C sees the first letter.
    assert!(ask("UNICODE_SERVER_PROTOCOL").contains("needed=18 "));
    assert_eq!(value_of_letters(&ask("UNICODE_SERVER_PROTOCOL")), "H");
}

fn value_of_letters(answer: &str) -> &str {
    answer.split_once(" value=").unwrap().1
}

#[test]
fn bad_pointers_ids_and_codes_are_refused_and_nothing_breaks() {
    let site = Site::new();
    assert_eq!(site.get("/app/refusals").text(), "000000000");
}

#[test]
fn a_request_is_reached_from_any_thread_while_it_lasts_and_never_after() {
    let site = Site::new();
    let mut client = site.connect();
    for (path, text) in
        [("/thread", "from another thread"), ("/old-id", "kept"), ("/stale-id", "refused")]
    {
        client.get(&format!("/app{path}"));
        assert_eq!(client.answer().text(), text);
    }
}

#[test]
fn an_extension_that_fails_is_answered_with_500_or_cut_off() {
    let site = Site::new();
    for path in ["/app/error", "/app/pending", "/app/strange"] {
        assert_eq!(site.get(path).status, 500, "{path}");
    }
    let mut client = site.connect();
    client.get("/app/error-late");
    let mut all = String::new();
    client.stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 200 OK") && all.ends_with("\r\n\r\nhalf"), "{all}");
}

#[test]
fn head_gets_the_head_alone() {
    let site = Site::new();
    let mut client = site.connect();
    client.send("HEAD /app/ HTTP/1.1\r\nHost: h\r\n\r\n");
    assert!(client.answer_to_head().field("content-length").is_some());
    client.get("/page.txt");
    assert_eq!(client.answer().text(), "0123456789");
}

#[test]
fn an_extensions_own_401_gets_the_challenge() {
    let answer = Site::new().get("/app/unauthorized");
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.field("www-authenticate"),
        Some("Basic realm=\"Partywall\", charset=\"UTF-8\"")
    );
}
