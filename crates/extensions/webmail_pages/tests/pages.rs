//! The pages as a browser gets them, over a mailbox in memory.

use std::cell::RefCell;
use std::rc::Rc;

use page::Reply;
use webmail_pages::{
    Attachment, Failure, Folder, House, ListQuery, Mailbox, Message, MessagePage, PageRequest,
    Stage, Summary, answer,
};

const EVIL: &str = "\"><script>alert(1)</script>";
const TRACE: &str = r#"[{"hop":"worker","tid":1,"apartment":"mta","pid":2,"user":"alice","us":3}]"#;

#[derive(Clone, Default)]
struct Store {
    word: String,
    html: Option<String>,
    attachments: Vec<(Attachment, Vec<u8>)>,
    total: u32,
    fails: Option<Failure>,
    cannot_mark: bool,
    calls: Rc<RefCell<Vec<String>>>,
}

impl Store {
    fn call(&self, name: &str) -> Result<(), Failure> {
        self.calls.borrow_mut().push(name.to_owned());
        self.fails.map_or(Ok(()), Err)
    }
}

impl House for Store {
    type Mailbox = Self;

    fn open(&self) -> Result<Self, Failure> {
        self.call("open").map(|()| self.clone())
    }

    fn trace(&self) -> Option<String> {
        self.calls.borrow_mut().push("trace".to_owned());
        Some(TRACE.replace("worker", &self.word.replace('"', "\\\"")))
    }

    fn now(&self) -> i64 {
        0
    }
}

impl Mailbox for Store {
    fn folders(&self) -> Result<Vec<Folder>, Failure> {
        self.call("folders")?;
        let name = self.word.clone();
        Ok(vec![Folder { id: "f0".into(), name, depth: 0, messages: 1, unread: 1 }])
    }

    fn messages(&self, query: &ListQuery) -> Result<MessagePage, Failure> {
        self.call(&format!("messages from {}", query.start))?;
        let row = Summary {
            id: "ab".into(),
            subject: self.word.clone(),
            sender: self.word.clone(),
            received: 0,
            size: 1,
            attachments: 1,
            read: false,
            flagged: true,
        };
        let messages = if query.start < self.total { vec![row] } else { Vec::new() };
        Ok(MessagePage { total: self.total, messages })
    }

    fn message(&self, _id: &str) -> Result<Message, Failure> {
        self.call("message")?;
        let word = || self.word.clone();
        Ok(Message {
            subject: word(),
            sender: word(),
            sender_address: word(),
            to: word(),
            cc: word(),
            text: Some(format!("{EVIL}\n> {EVIL}\nhttps://a.example/{EVIL}\n-- \n{EVIL}")),
            html: self.html.clone(),
            headers: word(),
            received: 0,
            size: 1,
            read: false,
        })
    }

    fn attachments(&self, _id: &str) -> Result<Vec<Attachment>, Failure> {
        self.call("attachments")?;
        Ok(self.attachments.iter().map(|(item, _)| item.clone()).collect())
    }

    fn attachment(&self, _id: &str, number: u32) -> Result<Vec<u8>, Failure> {
        self.call(&format!("attachment {number}"))?;
        let found = self.attachments.iter().find(|(item, _)| item.number == number);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(Failure { stage: Stage::Mailbox, code: 0x8004_010F })
    }

    fn set_read(&self, _id: &str, read: bool) -> Result<(), Failure> {
        self.call(&format!("set_read {read}"))?;
        let refused = Failure { stage: Stage::Mailbox, code: 0x8007_0005 };
        if self.cannot_mark { Err(refused) } else { Ok(()) }
    }
}

fn store() -> Store {
    Store { word: "word".into(), total: 1, ..Store::default() }
}

fn item(number: u32, name: &str, content_type: &str, content_id: Option<&str>) -> Attachment {
    Attachment {
        number,
        size: 4,
        name: name.into(),
        content_type: content_type.into(),
        content_id: content_id.map(Into::into),
    }
}

fn get(store: &Store, query: &str) -> Reply {
    let request = PageRequest {
        method: "GET".into(),
        query: query.into(),
        user: store.word.clone(),
        ..PageRequest::default()
    };
    answer(&request, store)
}

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

#[test]
fn no_field_of_a_message_can_leave_its_place() {
    let attachments = vec![(item(0, EVIL, EVIL, Some(EVIL)), Vec::new())];
    let store = Store { word: EVIL.into(), attachments, total: 1, ..Store::default() };
    let search = page::encode(EVIL);
    for query in [
        String::new(),
        format!("q={search}&trace=1"),
        "message=ab&trace=1".to_owned(),
        "message=ab&view=text".to_owned(),
        format!("folder={search}"),
        format!("message=ab&part={search}"),
    ] {
        let page = text(&get(&store, &query));
        assert!(page.contains("</html>"), "{query}");
        assert!(!page.contains("<script>alert"), "{query}");
        assert!(!page.contains("\"><script"), "{query}");
    }
    let empty = Store { word: EVIL.into(), ..Store::default() };
    assert!(!text(&get(&empty, &format!("q={search}"))).contains("<script>alert"));
}

#[test]
fn every_page_forbids_what_it_does_not_need() {
    for query in ["", "message=ab", "message=ab&part=html", "folder=zz", "asset=style.css"] {
        let reply = get(&store(), query);
        let policy = reply.header("Content-Security-Policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{query}");
        assert!(!policy.contains("script-src 'unsafe"), "{query}");
        assert_eq!(reply.header("X-Content-Type-Options"), Some("nosniff"));
        assert_eq!(reply.header("Referrer-Policy"), Some("no-referrer"));
        let cache = reply.header("Cache-Control").unwrap();
        assert_eq!(cache.contains("no-store"), !query.starts_with("asset"), "{query}");
    }
}

#[test]
fn opening_a_message_marks_it_before_the_list_is_read() {
    let store = store();
    assert_eq!(get(&store, "message=ab").status, "200 OK");
    let calls = store.calls.borrow().join(", ");
    assert_eq!(calls, "open, message, attachments, set_read true, folders, messages from 0");
}

#[test]
fn a_store_that_cannot_be_written_is_still_read() {
    let store = Store { cannot_mark: true, ..store() };
    assert_eq!(get(&store, "message=ab").status, "200 OK");
}

#[test]
fn the_hops_are_asked_for_after_the_work() {
    let store = store();
    let reply = get(&store, "trace=1&format=json");
    assert_eq!(reply.header("Content-Type"), Some("application/json"));
    assert_eq!(text(&reply), TRACE.replace("worker", "word"));
    assert_eq!(store.calls.borrow().join(", "), "open, folders, messages from 0, trace");
    store.calls.borrow_mut().clear();
    assert!(text(&get(&store, "trace=1")).contains("hop by hop"));
    assert_eq!(store.calls.borrow().last().unwrap(), "trace");
}

#[test]
fn a_page_beyond_the_end_shows_the_last() {
    let store = Store { total: 120, ..store() };
    let page = text(&get(&store, "page=9"));
    assert!(page.contains("101–120 of 120"));
    assert_eq!(
        store.calls.borrow().join(", "),
        "open, messages from 400, messages from 100".replace("open,", "open, folders,")
    );
}

#[test]
fn a_failed_call_is_a_page_with_its_code() {
    let at = |stage, code| {
        let store = Store { fails: Some(Failure { stage, code }), ..store() };
        let reply = get(&store, "");
        (reply.status, text(&reply))
    };
    let (status, page) = at(Stage::Create, 0x8004_0154);
    assert_eq!(status, "500 Internal Server Error");
    assert!(page.contains("partywall register libmailcomponent.so"));
    let (status, page) = at(Stage::Mailbox, 0x8004_0111);
    assert_eq!(status, "403 Forbidden");
    assert!(page.contains("0x80040111"));
    assert_eq!(at(Stage::Mailbox, 0x8004_010F).0, "404 Not Found");
    assert_eq!(at(Stage::Mailbox, 0x8000_FFFF).0, "500 Internal Server Error");
}

#[test]
fn refusals_have_their_status() {
    let mut request = PageRequest { method: "POST".into(), ..PageRequest::default() };
    let reply = answer(&request, &store());
    assert_eq!(
        (reply.status, reply.header("Allow")),
        ("405 Method Not Allowed", Some("GET, HEAD"))
    );
    request.method = "GET".into();
    assert_eq!(answer(&request, &store()).status, "401 Unauthorized");
    request.path_info = "/x".into();
    assert_eq!(answer(&request, &store()).status, "404 Not Found");
    assert_eq!(get(&store(), "asset=other").status, "404 Not Found");
}

#[test]
fn html_is_framed_without_any_right() {
    let store = Store { html: Some("<p>rich</p>".into()), ..store() };
    let page = text(&get(&store, "message=ab"));
    assert!(
        page.contains(
            "<iframe class=\"html\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\" src=\"/mail/?message=ab&#38;part=html\""
        )
    );
    let reply = get(&store, "message=ab&part=html");
    assert!(text(&reply).contains("<p>rich</p>"));
    let policy = reply.header("Content-Security-Policy").unwrap();
    assert!(
        policy.contains("img-src data:")
            && policy.contains("; sandbox allow-popups ")
            && !policy.contains("allow-scripts")
    );
}

#[test]
fn pictures_of_the_message_itself_are_shown_up_to_their_limit() {
    const LIMIT: u32 = 1 << 20;
    let html =
        "<img src=\"cid:a@b\"><img src='cid:c%40d'><img src=\"cid:big\"><img src=\"cid:svg\">";
    let picture = |number, kind: &str, id: &str, size| {
        (Attachment { size, ..item(number, "x", kind, Some(id)) }, vec![0; size as usize])
    };
    let store = Store {
        html: Some(html.into()),
        attachments: vec![
            picture(0, "image/png", "a@b", 4),
            picture(1, "IMAGE/JPEG", "c@d", LIMIT),
            picture(2, "image/png", "big", LIMIT + 1),
            picture(3, "image/svg+xml", "svg", 4),
        ],
        ..store()
    };
    let page = text(&get(&store, "message=ab&part=html"));
    assert!(page.contains("<img src=\"data:image/png;base64,AAAAAA==\">"));
    assert!(page.contains("data:image/jpeg;base64,AAAA"));
    assert!(!page.contains("svg") && !page.contains("cid:"));
    let asked = store.calls.borrow().iter().filter(|call| call.starts_with("attachment ")).count();
    assert_eq!(asked, 2);
}

#[test]
fn remote_pictures_are_counted_in_a_notice() {
    let html = "<img src=https://t.example/1><img src=http://t.example/2>";
    let store = Store { html: Some(html.into()), ..store() };
    assert!(text(&get(&store, "message=ab")).contains("2 remote images were not loaded"));
    assert!(!text(&get(&store, "message=ab&part=html")).contains("t.example"));
}

#[test]
fn an_attachment_is_a_download_that_cannot_run() {
    let attachments = vec![
        (item(0, "ä\r\n\".html", "text/html", None), b"<b>".to_vec()),
        (item(7, "a.pdf", "application/pdf", None), b"%PDF".to_vec()),
        (item(8, "b", "a/b\r\nX: y", None), Vec::new()),
    ];
    let store = Store { attachments, ..store() };
    let reply = get(&store, "message=ab&attachment=0");
    assert_eq!(reply.body, b"<b>");
    assert_eq!(reply.header("Content-Type"), Some("application/octet-stream"));
    let name = reply.header("Content-Disposition").unwrap();
    assert_eq!(name, "attachment; filename=\"__.html\"; filename*=UTF-8''%C3%A4%22.html");
    let pdf = get(&store, "message=ab&attachment=7");
    assert_eq!(pdf.header("Content-Type"), Some("application/pdf"));
    assert!(pdf.header("Content-Security-Policy").unwrap().contains("sandbox"));
    let odd = get(&store, "message=ab&attachment=8");
    assert_eq!(odd.header("Content-Type"), Some("application/octet-stream"));
    assert_eq!(get(&store, "message=ab&attachment=1").status, "404 Not Found");
}

#[test]
fn the_search_form_keeps_the_folder_and_the_order() {
    let page = text(&get(&store(), "folder=f0&sort=size&order=asc&trace=1"));
    for field in [
        "name=\"folder\" value=\"f0\"",
        "name=\"sort\" value=\"size\"",
        "name=\"order\" value=\"asc\"",
        "name=\"trace\" value=\"1\"",
    ] {
        assert!(page.contains(field), "{field}");
    }
}

#[test]
fn the_glass_link_keeps_everything_else() {
    let page = text(&get(&store(), "folder=f0&q=x&page=1"));
    assert!(page.contains("href=\"/mail/?folder=f0&#38;q=x&#38;trace=1\""));
    let page = text(&get(&store(), "folder=f0&q=x&trace=1"));
    assert!(page.contains("href=\"/mail/?folder=f0&#38;q=x\""));
}
