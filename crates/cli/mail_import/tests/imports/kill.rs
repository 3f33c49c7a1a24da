//! An import that is killed: what it acknowledged is there, the store opens.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::home::Home;
use mail_import::{Options, Source, import};
use store_sqlite::{STORE_FILE, Writer};

const HOME: &str = "MAIL_IMPORT_TEST_HOME";
const MESSAGES: u64 = 1500;

/// The other process: imports and says what is durable, one number a line.
#[test]
fn the_importing_process() {
    let Some(home) = std::env::var_os(HOME).map(std::path::PathBuf::from) else {
        println!("skipped: runs only as the other process of the kill test");
        return;
    };
    let mut writer = Writer::open(&home.join("alice"), "alice").expect("a writer");
    let source = Source::Mbox(home.join("k.mbox"));
    let mut say = |event: mail_import::Progress| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "durable {}", event.committed).expect("a pipe");
        out.flush().expect("a pipe");
    };
    import(&source, &mut writer, &Options::default(), &mut say).expect("a report");
}

#[test]
fn a_killed_import_has_lost_nothing_that_it_acknowledged() {
    let mut cut_short = 0;
    for kill_after in [1, 2, 5, 9, 14] {
        let home = Home::new();
        let message = format!("From a\nSubject: s\n\n{}\n\n", "text ".repeat(400));
        home.file("k.mbox", message.repeat(MESSAGES as usize).as_bytes());
        let mut child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "kill::the_importing_process", "--nocapture"])
            .env(HOME, home.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a child process");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut acknowledged = lines
            .map_while(Result::ok)
            .filter_map(|line| line.strip_prefix("durable ")?.parse::<u64>().ok());
        let last = acknowledged.nth(kill_after - 1).expect("progress");
        child.kill().expect("killed");
        // What was said between the last look and the end counts too.
        let last = acknowledged.last().unwrap_or(last);
        child.wait().expect("an end");
        let inside = home.rows("k", &[]).len() as u64;
        assert!(inside >= last, "{inside} in the store, {last} acknowledged");
        assert_eq!(inside % mail_import::BATCH_MESSAGES as u64, 0, "batches are whole");
        cut_short += u64::from(inside < MESSAGES);
        let file = home.store_folder().join(STORE_FILE);
        let check: String = rusqlite::Connection::open(file)
            .and_then(|file| file.query_row("PRAGMA integrity_check", [], |row| row.get(0)))
            .expect("a check");
        assert_eq!(check, "ok");
        let again = home.read(&Source::Mbox(home.path().join("k.mbox")));
        assert_eq!(again.read, MESSAGES, "the store can be written again");
    }
    assert!(cut_short > 0, "at least one import was cut short");
}
