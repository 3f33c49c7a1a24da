//! `partywall matrix [--rules]`: where objects live, measured.
//!
//! Each client row runs in a fresh process (`partywall matrix-row CLIENT`), so
//! that what the runtime starts is really started; this file starts those
//! processes and prints what they measured.

mod ffi;
mod row;
mod rules;

use std::io::IsTerminal;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::args::{Common, Matrix};
use crate::output::{Failure, json, line};

use row::{CLIENTS, MODELS};
pub use rules::broken_rule;

/// One cell of the matrix, in the contract's form.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Cell {
    /// Where the client runs.
    pub client: String,
    /// The class's model.
    pub model: String,
    /// Where its object lives.
    pub home: String,
    /// What the client holds.
    pub pointer: String,
    /// The thread that ran the method.
    pub thread: i32,
    /// Apartments that the runtime started for it.
    pub started: Vec<String>,
}

/// See the module.
pub fn run(common: &Common, matrix: &Matrix) -> Result<(), Failure> {
    let cells = measure()?;
    if matrix.rules {
        return rules::print(common, &cells);
    }
    if common.json {
        return json(&cells);
    }
    print(&cells)
}

/// Measures one row in this process and prints it as JSON.
pub fn row(client: &str) -> Result<(), Failure> {
    let known = CLIENTS.into_iter().find(|known| *known == client);
    let client = known.ok_or_else(|| Failure::new(format!("no client {client:?}")))?;
    json(&row::measure(client).map_err(Failure::new)?)
}

/// All rows, each measured in a process of its own.
pub fn measure() -> Result<Vec<Cell>, Failure> {
    let program = std::env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    let mut cells = Vec::new();
    for client in CLIENTS {
        let output = Command::new(&program)
            .args(["matrix-row", client])
            .stdin(Stdio::null())
            .output()
            .map_err(|error| Failure::new(format!("cannot measure {client}: {error}")))?;
        if !output.status.success() {
            let says = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Failure::new(format!("cannot measure {client}: {says}")));
        }
        let row: Vec<Cell> = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::new(format!("cannot measure {client}: {error}")))?;
        cells.extend(row);
    }
    Ok(cells)
}

/// Whether the lecture's table has a cell.
fn is_in_lecture(cell: &Cell) -> bool {
    ["main-sta", "sta", "mta"].contains(&&*cell.client) && cell.model != "neutral"
}

/// What a cell says: where, and how it is reached.
fn words(cell: &Cell) -> String {
    match (&*cell.home, &*cell.pointer) {
        ("here", "direct") => "here".into(),
        (home, "light-proxy") => format!("{home}, light"),
        (home, pointer) => format!("{home}, {pointer}"),
    }
}

fn print(cells: &[Cell]) -> Result<(), Failure> {
    let bold = std::io::stdout().is_terminal();
    let paint = |text: String, on: bool| if on { format!("\x1b[1m{text}\x1b[0m") } else { text };
    line("Where an object lives, by its class's ThreadingModel (measured just now)\n")?;
    let head: Vec<String> = MODELS.iter().map(|model| format!("{model:<18}")).collect();
    line(&paint(format!("{:<14}{}", "client", head.concat()).trim_end().to_owned(), bold))?;
    for client in CLIENTS {
        let mut text = format!("{client:<14}");
        for cell in cells.iter().filter(|cell| cell.client == client) {
            let mark = if is_in_lecture(cell) { "*" } else { " " };
            let says = format!("{:<18}", format!("{mark}{}", words(cell)));
            text.push_str(&paint(says, bold && is_in_lecture(cell)));
        }
        line(text.trim_end())?;
    }
    line("\n * the lecture's three by four (slide 33)")?;
    line(" light: a proxy without a change of thread, only of context\n")?;
    let started = cells.iter().filter(|cell| !cell.started.is_empty());
    for cell in started {
        line(&format!(
            " {} made a {} object: the runtime started {}",
            cell.client,
            cell.model,
            cell.started.join(", ")
        ))?;
    }
    Ok(())
}
