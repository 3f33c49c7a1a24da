//! The six rules for when a proxy stands between, from the measured matrix.

use serde::Serialize;

use super::Cell;
use crate::args::Common;
use crate::output::{Failure, json, line};

/// A rule of the lecture.
struct Asked {
    rule: &'static str,
    needs_proxy: bool,
    /// Client and model of the cell that shows it.
    shown_by: Option<(&'static str, &'static str)>,
}

const fn asked(
    rule: &'static str,
    needs_proxy: bool,
    shown_by: Option<(&'static str, &'static str)>,
) -> Asked {
    Asked { rule, needs_proxy, shown_by }
}

const RULES: [Asked; 6] = [
    asked("between apartments of different processes", true, None),
    asked("between two STAs of one process", true, Some(("sta", "none"))),
    asked("inside an STA", false, Some(("sta", "apartment"))),
    asked("inside the MTA", false, Some(("mta", "free"))),
    asked("from an STA to the MTA", true, Some(("sta", "free"))),
    asked("from the MTA to an STA", true, Some(("mta", "apartment"))),
];

/// A rule as it was measured.
#[derive(Debug, Serialize)]
pub struct Rule {
    /// In words.
    pub rule: &'static str,
    /// Whether the lecture says that a proxy is needed.
    pub needs_proxy: bool,
    /// Whether there was one; nothing when it was not measured.
    pub proxy: Option<bool>,
    /// What was measured.
    pub seen: String,
}

/// The rules over a measured matrix.
fn measured(cells: &[Cell]) -> Vec<Rule> {
    let find = |(client, model): (&str, &str)| {
        cells.iter().find(|cell| cell.client == client && cell.model == model)
    };
    let rule = |asked: &Asked| {
        let cell = asked.shown_by.and_then(find);
        let seen = cell.map(|cell| {
            let Cell { client, model, home, pointer, .. } = cell;
            format!("client {client}, class {model}: object {home}, pointer {pointer}")
        });
        Rule {
            rule: asked.rule,
            needs_proxy: asked.needs_proxy,
            proxy: cell.map(|cell| cell.pointer != "direct"),
            seen: seen.unwrap_or_else(|| "not yet".into()),
        }
    };
    RULES.iter().map(rule).collect()
}

/// Prints the rules; fails when a measured one does not hold.
pub fn print(common: &Common, cells: &[Cell]) -> Result<(), Failure> {
    let rules = measured(cells);
    if common.json {
        json(&rules)?;
    } else {
        for rule in &rules {
            let answer = match rule.proxy {
                None => "",
                Some(true) => "proxy",
                Some(false) => "no proxy",
            };
            line(&format!("{:<44}{answer:<10}{}", rule.rule, rule.seen))?;
        }
    }
    match broken_rule(cells) {
        None => Ok(()),
        Some(rule) => Err(Failure::new(format!("the rule {rule:?} does not hold"))),
    }
}

/// A rule that was measured and does not hold.
pub fn broken_rule(cells: &[Cell]) -> Option<&'static str> {
    let rules = measured(cells).into_iter();
    let mut broken = rules.filter(|rule| rule.proxy.is_some_and(|is| is != rule.needs_proxy));
    broken.next().map(|rule| rule.rule)
}
