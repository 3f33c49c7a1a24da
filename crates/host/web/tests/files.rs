//! Static files, and paths that try to be something else.

mod common;

use std::os::unix::fs::symlink;
use std::time::Instant;

use common::Site;

fn site() -> Site {
    let site = Site::new();
    let root = site.folder.path().join("root");
    std::fs::write(site.folder.path().join("secret"), "secret").unwrap();
    std::fs::create_dir_all(root.join("folder")).unwrap();
    std::fs::create_dir_all(root.join("a b")).unwrap();
    std::fs::write(root.join("a b/index.html"), "spaced").unwrap();
    std::fs::write(root.join(".hidden"), "secret").unwrap();
    symlink("../secret", root.join("link")).unwrap();
    symlink("/etc", root.join("etc")).unwrap();
    let mut large = vec![b'x'; 3 << 20];
    large[1 << 20] = b'y';
    std::fs::write(root.join("large.bin"), &large).unwrap();
    let fifo = root.join("fifo");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    site
}

fn request(site: &Site, method: &str, path: &str, fields: &str) -> common::Answer {
    let mut client = site.connect();
    client
        .send(&format!("{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{fields}\r\n"));
    client.try_answer(method == "HEAD").unwrap()
}

#[test]
fn files_have_types_dates_and_lengths_and_folders_an_index() {
    let site = site();
    let page = site.get("/page.txt");
    assert_eq!(page.text(), "0123456789");
    assert_eq!(page.field("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(page.field("content-length"), Some("10"));
    let modified = page.field("last-modified").unwrap();
    let again = request(&site, "GET", "/page.txt", &format!("If-Modified-Since: {modified}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
    let old = "If-Modified-Since: Fri, 01 Jan 1999 00:00:00 GMT\r\n";
    assert_eq!(request(&site, "GET", "/page.txt", old).status, 200);
    assert_eq!(site.get("/").text(), "<p>index");
    assert_eq!(site.get("/a%20b").field("location"), Some("/a%20b/"));
    assert_eq!(site.get("/a%20b/").text(), "spaced");
    assert_eq!(site.get("/folder/").status, 404);
    let head = request(&site, "HEAD", "/large.bin", "");
    assert_eq!((head.status, head.field("content-length")), (200, Some("3145728")));
    let refused = request(&site, "POST", "/page.txt", "Content-Length: 0\r\n");
    assert_eq!((refused.status, refused.field("allow")), (405, Some("GET, HEAD")));
}

#[test]
fn one_range_is_answered_in_part() {
    let site = site();
    let part = request(&site, "GET", "/page.txt", "Range: bytes=2-4\r\n");
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    assert_eq!(part.field("content-range"), Some("bytes 2-4/10"));
    let part = request(&site, "GET", "/large.bin", "Range: bytes=1048576-\r\n");
    assert_eq!((part.status, part.body.len(), part.body[0]), (206, 2 << 20, b'y'));
    let none = request(&site, "GET", "/page.txt", "Range: bytes=18446744073709551615-\r\n");
    assert_eq!((none.status, none.field("content-range")), (416, Some("bytes */10")));
    let changed = "Range: bytes=2-4\r\nIf-Range: Fri, 01 Jan 1999 00:00:00 GMT\r\n";
    assert_eq!(request(&site, "GET", "/page.txt", changed).status, 200);
    assert_eq!(site.get("/large.bin").body.len(), 3 << 20);
}

#[test]
fn no_path_leads_outside_or_to_what_is_hidden() {
    let site = site();
    for (path, status) in [
        ("/../secret", 400),
        ("/folder/../../secret", 400),
        ("/%2e%2e/secret", 400),
        ("/..%2fsecret", 400),
        ("/%252e%252e/secret", 400),
        ("/..%c0%afsecret", 400),
        ("/..\\secret", 400),
        ("/..%5csecret", 400),
        ("/page.txt%00.html", 400),
        ("/page.txt::$DATA", 400),
        ("/page.txt.", 400),
        ("/page.txt%20", 400),
        ("/link", 404),
        ("/etc/passwd", 404),
        ("/etc", 404),
        ("/.hidden", 404),
        ("/folder/.x", 404),
        ("/fifo", 404),
        ("/page.txt/", 404),
        ("/page.txt/x.php", 404),
        ("/libprobe.so", 404),
        ("//page.txt", 200),
        ("http://other/page.txt", 200),
    ] {
        let began = Instant::now();
        let answer = site.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert!(!answer.text().contains("secret"), "{path}");
        assert!(began.elapsed().as_secs() < 5, "{path}");
    }
}

#[test]
fn a_malformed_request_is_refused_in_words_and_closed() {
    let site = site();
    for (bytes, status) in [
        ("GET /\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
        ),
        ("POST /app/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413),
        ("\u{16}\u{3}\u{1}\u{2}\r\n\r\n", 400),
    ] {
        let mut client = site.connect();
        client.send(bytes);
        let answer = client.answer();
        assert_eq!(answer.status, status, "{bytes:?}");
        assert!(client.is_closed(), "{bytes:?}");
    }
    let mut client = site.connect();
    client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    client.get("/app?x=1");
    let answer = client.answer();
    assert_eq!((answer.status, answer.field("location")), (301, Some("/app/?x=1")));
}
