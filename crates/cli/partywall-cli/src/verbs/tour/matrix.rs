//! Stations about where objects live.

use super::house::House;
use super::station::Station;
use crate::verbs::matrix::{Cell, broken_rule, measure};

/// The lecture's table.
pub const MATRIX: Station = Station {
    id: "matrix",
    title: "Where an object lives: the lecture's table",
    document: "com",
    quote: "\"Apartment\": main STA direct, other STA direct, MTA thread proxy/stub. \"Free\": \
            proxy/stub, proxy/stub, direct. \"Both\": direct, direct, direct.",
    command: "partywall matrix",
    visit: matrix,
};

/// The six rules.
pub const RULES: Station = Station {
    id: "six-rules",
    title: "When a proxy stands between",
    document: "com",
    quote: "Different STAs in the same process: proxy/stub needed too. […] Inside the MTA: calls \
            between object and caller without proxy/stub.",
    command: "partywall matrix --rules",
    visit: rules,
};

/// The neutral apartment.
pub const NEUTRAL: Station = Station {
    id: "neutral-apartment",
    title: "The neutral apartment needs no thread of its own",
    document: "com",
    quote: "Lightweight proxy: for calls across environments that need no thread switch.",
    command: "partywall matrix",
    visit: neutral,
};

/// The lecture's columns and rows: model, then main STA, other STA, MTA.
const LECTURE: [(&str, [&str; 3]); 4] = [
    ("none", ["direct", "proxy", "proxy"]),
    ("apartment", ["direct", "direct", "proxy"]),
    ("free", ["proxy", "proxy", "direct"]),
    ("both", ["direct", "direct", "direct"]),
];

fn cells() -> Result<Vec<Cell>, String> {
    measure().map_err(|failure| failure.to_string())
}

fn find<'a>(cells: &'a [Cell], client: &str, model: &str) -> Result<&'a Cell, String> {
    let found = cells.iter().find(|cell| cell.client == client && cell.model == model);
    found.ok_or_else(|| format!("nothing was measured for {client} and {model}"))
}

fn matrix(_: &mut House) -> Result<String, String> {
    let cells = cells()?;
    let mut seen = format!("{:<12}{:<12}{:<12}mta", "class", "main-sta", "sta");
    for (model, pointers) in LECTURE {
        seen.push_str(&format!("\n{model:<12}"));
        for (client, expected) in ["main-sta", "sta", "mta"].into_iter().zip(pointers) {
            let cell = find(&cells, client, model)?;
            if cell.pointer != expected {
                let pointer = &cell.pointer;
                return Err(format!("{model} from {client}: {expected} expected, {pointer} seen"));
            }
            seen.push_str(&format!("{:<12}", cell.pointer));
        }
    }
    Ok(seen.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"))
}

fn rules(_: &mut House) -> Result<String, String> {
    let cells = cells()?;
    match broken_rule(&cells) {
        Some(rule) => Err(format!("the rule {rule:?} does not hold")),
        None => {
            Ok("the five rules inside one process hold, each measured; between processes: not \
                    built yet"
                .into())
        }
    }
}

fn neutral(_: &mut House) -> Result<String, String> {
    let cells = cells()?;
    let mut seen = Vec::new();
    for client in ["sta", "mta"] {
        let cell = find(&cells, client, "neutral")?;
        if cell.home != "nta" || cell.pointer != "light-proxy" {
            return Err(format!("from {client}: object {}, pointer {}", cell.home, cell.pointer));
        }
        seen.push(format!(
            "client in the {client}: the object lives in the nta, its method ran on the client's \
             own thread {}",
            cell.thread
        ));
    }
    Ok(seen.join("\n"))
}
