//! Serves the pages with a made-up mailbox, to be looked at:
//! `cargo run -p webmail_pages --example preview -- 127.0.0.1:8099`.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use webmail_pages::{
    Attachment, Failure, Folder, House, ListQuery, Mailbox, Message, MessagePage, PageRequest,
    Sort, Stage, Summary, answer,
};

mod letters;

/// A mailbox in memory that remembers what was read.
#[derive(Clone, Copy)]
struct Fixture<'h>(&'h RefCell<HashSet<usize>>);

impl House for Fixture<'_> {
    type Mailbox = Self;

    fn open(&self) -> Result<Self, Failure> {
        Ok(*self)
    }

    fn trace(&self) -> Option<String> {
        Some(letters::TRACE.to_owned())
    }

    fn now(&self) -> i64 {
        letters::NOW
    }
}

impl Fixture<'_> {
    fn is_read(&self, at: usize) -> bool {
        at > 5 && !at.is_multiple_of(7) || self.0.borrow().contains(&at)
    }
}

fn not_found() -> Failure {
    Failure { stage: Stage::Mailbox, code: 0x8004_010F }
}

fn place(id: &str) -> Result<usize, Failure> {
    usize::from_str_radix(id, 16).ok().filter(|at| *at < letters::COUNT).ok_or_else(not_found)
}

impl Mailbox for Fixture<'_> {
    fn folders(&self) -> Result<Vec<Folder>, Failure> {
        let unread = (0..letters::COUNT).filter(|at| !self.is_read(*at)).count();
        let folder = |id: &str, name: &str, depth, unread| Folder {
            id: id.to_owned(),
            name: name.to_owned(),
            depth,
            messages: 9,
            unread,
        };
        Ok(vec![
            folder("f0", "Inbox", 0, u32::try_from(unread).unwrap_or(0)),
            folder("f1", "Sent", 0, 0),
            folder("f2", "Drafts", 0, 0),
            folder("f3", "Projects", 0, 0),
            folder("f4", "Glass house", 1, 12),
            folder("f5", "Übersetzungen", 1, 0),
            folder("f6", "Réunions du comité d’entreprise", 2, 3),
            folder("f7", "Mailing lists", 0, 140),
            folder("f8", "Junk", 0, 0),
            folder("f9", "Trash", 0, 0),
        ])
    }

    fn messages(&self, query: &ListQuery) -> Result<MessagePage, Failure> {
        match query.folder.as_str() {
            "" | "f0" => {}
            "f2" => return Ok(MessagePage::default()),
            "fe" => return Err(Failure { stage: Stage::Create, code: 0x8004_0154 }),
            _ => return Err(not_found()),
        }
        let wanted = query.search.to_lowercase();
        let mut rows: Vec<Summary> = (0..letters::COUNT)
            .map(|at| Summary { read: self.is_read(at), ..letters::summary(at) })
            .filter(|row| {
                format!("{} {}", row.subject, row.sender).to_lowercase().contains(&wanted)
            })
            .collect();
        rows.sort_by(|a, b| match query.sort {
            Sort::Date => a.received.cmp(&b.received),
            Sort::Sender => a.sender.to_lowercase().cmp(&b.sender.to_lowercase()),
            Sort::Subject => a.subject.to_lowercase().cmp(&b.subject.to_lowercase()),
            Sort::Size => a.size.cmp(&b.size),
        });
        if query.descending {
            rows.reverse();
        }
        let total = u32::try_from(rows.len()).unwrap_or(0);
        let messages =
            rows.into_iter().skip(query.start as usize).take(query.limit as usize).collect();
        Ok(MessagePage { total, messages })
    }

    fn message(&self, id: &str) -> Result<Message, Failure> {
        let at = place(id)?;
        Ok(Message { read: self.is_read(at), ..letters::message(at) })
    }

    fn attachments(&self, id: &str) -> Result<Vec<Attachment>, Failure> {
        Ok(letters::attachments(place(id)?))
    }

    fn attachment(&self, id: &str, number: u32) -> Result<Vec<u8>, Failure> {
        letters::attachment(place(id)?, number).ok_or_else(not_found)
    }

    fn set_read(&self, id: &str, _read: bool) -> Result<(), Failure> {
        self.0.borrow_mut().insert(place(id)?);
        Ok(())
    }
}

fn serve(stream: &mut TcpStream, house: Fixture<'_>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(300)))?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    for line in lines.by_ref() {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = first.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or("/mail/");
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let request = PageRequest {
        method,
        path_info: path.strip_prefix("/mail/").unwrap_or("/other").to_owned(),
        query: query.to_owned(),
        user: "alice".to_owned(),
        if_none_match: None,
    };
    let reply = answer(&request, &house);
    let head = format!(
        "HTTP/1.1 {}\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
        reply.status,
        reply.head(),
        reply.body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(&reply.body)
}

fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8099".to_owned());
    let listener = TcpListener::bind(address)?;
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    println!("http://{}/mail/ at {}", listener.local_addr()?, elapsed.as_secs());
    let read = RefCell::new(HashSet::new());
    for stream in listener.incoming() {
        if let Err(error) = serve(&mut stream?, Fixture(&read)) {
            eprintln!("a connection ended early: {error}");
        }
    }
    Ok(())
}
