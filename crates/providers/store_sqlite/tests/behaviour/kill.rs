//! A process that is killed while it writes: what it acknowledged is there, and
//! the store is whole.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use mapi_abi::spi::{FolderKind, MessageCopy, MessageStore};
use mapi_abi::tags::{PR_BODY, PR_PARENT_ENTRYID, PR_SUBJECT};
use mapi_abi::value::{EntryId, Prop, Value};

use crate::home::{Home, READ, WRITE, check_integrity, entry, new_message, open, values};

const FOLDER: &str = "STORE_SQLITE_TEST_KILL";
const KILLS: u64 = 200;
/// Names of the folders that messages wander between.
const PLACES: [&str; 2] = ["A", "B"];

/// A small linear generator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % bound
    }
}

fn hex(entry: &EntryId) -> String {
    entry.0.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> EntryId {
    let digits = text.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16);
    EntryId(digits.map(|pair| byte(pair).expect("digits")).collect())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").expect("a pipe");
    out.flush().expect("a pipe");
}

/// The other process: says what it will do, does it, says that it is done.
#[test]
fn the_writing_process() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        println!("skipped: runs only as the other process of the kill test");
        return;
    };
    // The harness may have begun a line.
    say("");
    let store = open(&folder, WRITE);
    let rows = store.hierarchy(&store.root(), &[mapi_abi::tags::PR_ENTRYID]).expect("rows");
    let places: Vec<EntryId> = rows.iter().rev().take(2).rev().map(|row| entry(&row[0])).collect();
    let mut dice = Dice(u64::from(std::process::id()));
    let mut mine: Vec<EntryId> = Vec::new();
    loop {
        let at = dice.below(mine.len().max(1));
        match (dice.below(6), mine.get(at).cloned()) {
            (0 | 1, _) | (_, None) => {
                let place = dice.below(2);
                let set = vec![Prop::text(PR_SUBJECT, "0"), Prop::text(PR_BODY, "b".repeat(9000))];
                let made = store.save_message(&new_message(&places[place], set)).expect("made");
                say(&format!("done {} {place} 0", hex(&made)));
                mine.push(made);
            }
            (2, Some(message)) => {
                say(&format!("doing {}", hex(&message)));
                store.delete_messages(std::slice::from_ref(&message)).expect("deleted");
                say(&format!("gone {}", hex(&message)));
                mine.remove(at);
            }
            (3, Some(message)) => {
                let place = dice.below(2);
                say(&format!("doing {}", hex(&message)));
                let messages = std::slice::from_ref(&message);
                let copy = MessageCopy { messages, target: &places[place], is_move: true };
                store.copy_messages(&copy).expect("moved");
                say(&format!("moved {} {place}", hex(&message)));
            }
            (_, Some(message)) => {
                let number = dice.below(1000);
                say(&format!("doing {}", hex(&message)));
                let mut change =
                    new_message(&places[0], vec![Prop::text(PR_SUBJECT, number.to_string())]);
                change.message = Some(&message);
                store.save_message(&change).expect("changed");
                say(&format!("said {} {number}", hex(&message)));
            }
        }
    }
}

/// What was acknowledged of a message; none when it is gone.
type Known = HashMap<String, Option<(usize, String)>>;

/// Takes one line; a message that is being changed is known no more until it is
/// done.
fn learn(known: &mut Known, doubtful: &mut Option<(String, Option<(usize, String)>)>, line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["done", id, place, subject] => {
            let place = place.parse().expect("a number");
            known.insert(id.to_owned(), Some((place, subject.to_owned())));
        }
        ["doing", id] => *doubtful = known.remove(id).map(|was| (id.to_owned(), was)),
        ["gone", id] => {
            known.insert(id.to_owned(), None);
            *doubtful = None;
        }
        ["moved", id, place] => {
            let (_, was) = doubtful.take().expect("it was said before");
            let subject = was.expect("it was there").1;
            known.insert(id.to_owned(), Some((place.parse().expect("a number"), subject)));
        }
        ["said", id, subject] => {
            let (_, was) = doubtful.take().expect("it was said before");
            known.insert(id.to_owned(), Some((was.expect("it was there").0, subject.to_owned())));
        }
        _ => {}
    }
}

#[test]
fn a_killed_writer_has_lost_nothing_that_it_acknowledged() {
    let home = Home::new();
    let root = home.store.root();
    let places = PLACES.map(|name| home.folder(&root, name, FolderKind::Generic));
    let (mut acknowledged, mut known) = (0_u64, Known::new());
    for round in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "kill::the_writing_process", "--nocapture"])
            .env(FOLDER, home.folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child process");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut doubtful = None;
        let mut take = |line: std::io::Result<String>| {
            let line = line.expect("a line");
            acknowledged += u64::from(!line.starts_with("doing"));
            learn(&mut known, &mut doubtful, &line);
            line.starts_with("done")
        };
        while !take(lines.next().expect("the first message")) {}
        std::thread::sleep(Duration::from_micros(round % 40 * 500));
        child.kill().expect("killed");
        child.wait().expect("an end");
        lines.for_each(|line| {
            take(line);
        });
        if round % 20 == 19 || round + 1 == KILLS {
            check(&home, &places, &known);
            check_integrity(home.folder.path());
        }
    }
    assert!(acknowledged > KILLS, "{acknowledged} changes were acknowledged");
}

fn check(home: &Home, places: &[EntryId; 2], known: &Known) {
    let store = open(home.folder.path(), READ);
    for (id, state) in known {
        let found = store.message_props(&from_hex(id), &[PR_PARENT_ENTRYID, PR_SUBJECT]);
        match (found.map(values), state) {
            (Ok(props), Some((place, subject))) => {
                let parent = Value::Binary(places[*place].0.clone());
                assert_eq!(props, [parent, Value::Unicode(subject.clone())]);
            }
            (Err(_), None) => {}
            (found, state) => panic!("{state:?} was acknowledged, {found:?} is there"),
        }
    }
}
