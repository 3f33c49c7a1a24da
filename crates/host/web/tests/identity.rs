//! Who is let in, and as whom an extension runs.

mod common;

use common::{Answer, Client, Site, basic_only};
use web::AuthScheme;

const ALICE: &str = "YWxpY2U6cmlnaHQ="; // alice:right
const WRONG: &str = "YWxpY2U6d3Jvbmc="; // alice:wrong
const UNKNOWN: &str = "bWFsbG9yeTpyaWdodA=="; // mallory:right
const HOUSE: &str = "SE9VU0VcYWxpY2U6cmlnaHQ="; // HOUSE\alice:right
const OTHER: &str = "T1RIRVJcYWxpY2U6cmlnaHQ="; // OTHER\alice:right

fn ask(client: &mut Client, path: &str, credentials: &str) -> Answer {
    client.send(&format!("GET {path} HTTP/1.1\r\nHost: h\r\nAuthorization: {credentials}\r\n\r\n"));
    client.answer()
}

fn requests_inside(site: &Site) -> u64 {
    site.host().state().extensions[0].loads
}

#[test]
fn without_anonymous_only_the_right_password_opens() {
    let site = Site::with(basic_only);
    for path in ["/app/", "/page.txt", "/"] {
        let mut client = site.connect();
        client.get(path);
        let answer = client.answer();
        assert_eq!(answer.status, 401, "{path} without credentials");
        assert_eq!(
            answer.field("www-authenticate"),
            Some("Basic realm=\"Partywall\", charset=\"UTF-8\"")
        );
        for credentials in [WRONG, UNKNOWN, OTHER, "", "!!!", "YWxpY2U="] {
            let answer = ask(&mut client, path, &format!("Basic {credentials}"));
            assert_eq!(answer.status, 401, "{path} with {credentials}");
        }
        assert_eq!(ask(&mut client, path, "Bearer x").status, 401);
        assert_eq!(requests_inside(&site), 0, "nobody got so far as to load the extension");
    }
    let mut client = site.connect();
    assert_eq!(ask(&mut client, "/page.txt", &format!("Basic {WRONG}")).status, 401);
    let right = ask(&mut client, "/page.txt", &format!("Basic {ALICE}"));
    assert_eq!((right.status, right.text().as_str()), (200, "0123456789"));
    client.get("/page.txt");
    assert_eq!(client.answer().status, 401, "credentials are of a request, not of a connection");
}

#[test]
fn credentials_are_checked_where_none_are_needed() {
    let site = Site::new();
    let mut client = site.connect();
    client.get("/app/variable?REMOTE_USER");
    assert!(client.answer().text().ends_with(" value="), "nobody");
    for wrong in [WRONG, UNKNOWN, OTHER] {
        for path in ["/app/", "/page.txt", "/missing"] {
            assert_eq!(ask(&mut client, path, &format!("Basic {wrong}")).status, 401, "{path}");
        }
    }
    for right in [ALICE, HOUSE] {
        let mut value = |name: &str| {
            let path = format!("/app/variable?{name}");
            let text = ask(&mut client, &path, &format!("basic {right}")).text();
            text.split_once(" value=").unwrap().1.to_owned()
        };
        assert_eq!(value("REMOTE_USER"), "alice");
        assert_eq!(value("AUTH_TYPE"), "Basic");
        assert_eq!(value("AUTH_PASSWORD"), "right");
        assert!(value("PARTYWALL_TRACE").contains("\"apartment\":\"mta\",\"pid\":"));
        assert!(value("PARTYWALL_TRACE").matches("\"user\":\"alice\"").count() == 2);
    }
    let two =
        "GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Basic a\r\nAuthorization: Basic b\r\n\r\n";
    client.send(two);
    assert_eq!(client.answer().status, 400);
}

#[test]
fn an_application_has_schemes_of_its_own() {
    let site = Site::with(|config| config.apps[0].auth = Some(vec![AuthScheme::Basic]));
    assert_eq!(site.get("/app/").status, 401);
    assert_eq!(site.get("/app").status, 401, "nor does it say that it is there");
    assert_eq!(site.get("/page.txt").status, 200);
}

#[test]
fn a_user_with_a_kernel_identity_is_that_user_for_the_time_of_the_call() {
    if !security::impersonation::is_privileged() {
        println!("skipped: taking another uid needs root");
        return;
    }
    use std::os::unix::fs::PermissionsExt;
    let site = Site::new();
    let accounts = security::Accounts::open(site.folder.path()).unwrap();
    accounts.add("nora", "right", Some("nobody")).unwrap();
    let secret = site.folder.path().join("root/secret.txt");
    std::fs::write(&secret, "for the owner").unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    // The folders above must let her through, as a real root would.
    for folder in [site.folder.path(), &site.folder.path().join("root")] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut client = site.connect();
    let nora = "Basic bm9yYTpyaWdodA==";
    assert_eq!(ask(&mut client, "/secret.txt", nora).status, 403);
    assert_eq!(ask(&mut client, "/app/identity", nora).text(), "65534 65534");
    client.get("/app/identity");
    assert_eq!(client.answer().text(), "0 0", "the worker is the process again");
    client.get("/secret.txt");
    assert_eq!(client.answer().text(), "for the owner");
}

#[test]
fn a_broken_account_database_lets_nobody_in() {
    let site = Site::new();
    let mut client = site.connect();
    assert_eq!(ask(&mut client, "/page.txt", &format!("Basic {ALICE}")).status, 200);
    for entry in std::fs::read_dir(site.folder.path()).unwrap().flatten() {
        if entry.file_name().to_string_lossy().starts_with("accounts.db") {
            let file = std::fs::File::options().write(true).open(entry.path()).unwrap();
            file.set_len(0).unwrap();
            use std::os::unix::fs::FileExt;
            file.write_all_at(&[0x55; 64 << 10], 0).unwrap();
        }
    }
    let answer = ask(&mut client, "/page.txt", &format!("Basic {ALICE}"));
    assert_eq!(answer.status, 500);
    assert_eq!(site.get("/page.txt").status, 200, "nobody needs no account");
}
