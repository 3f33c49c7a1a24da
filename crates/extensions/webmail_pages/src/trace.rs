//! The panel "this request, hop by hop".

use serde::Deserialize;

/// A station of the request, as the host recorded it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Hop {
    /// Name.
    pub hop: String,
    /// Thread.
    pub tid: u64,
    /// Apartment, like `mta`.
    pub apartment: String,
    /// Process.
    pub pid: u64,
    /// Identity.
    pub user: String,
    /// Microseconds, up to now when it has not ended.
    pub us: u64,
}

/// Reads the host's record; `None` when it is not one.
pub fn parse_hops(json: &str) -> Option<Vec<Hop>> {
    serde_json::from_str(json).ok()
}

/// A row of the panel.
#[derive(Clone, Debug, PartialEq)]
pub struct HopRow {
    /// Place in the order, counted from 1.
    pub number: usize,
    /// The hop.
    pub hop: Hop,
    /// The chip's class: an apartment's name, or `none`.
    pub chip: &'static str,
    /// Length of the bar, of 100.
    pub bar: String,
    /// `1.24 ms`.
    pub time: String,
    /// The wall between the row before and this one.
    pub wall: Option<Wall>,
}

/// What a request went through between two hops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// The other side is another process.
    pub process: bool,
    /// What changed.
    pub says: String,
}

/// The panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TracePanel {
    /// The hops.
    pub rows: Vec<HopRow>,
    /// Different threads.
    pub threads: usize,
    /// Different processes.
    pub processes: usize,
    /// Thread switches.
    pub switches: usize,
    /// The longest hop.
    pub total: String,
}

impl TracePanel {
    /// From the host's record; empty when there is none.
    pub fn new(json: Option<&str>) -> Self {
        let hops = json.and_then(parse_hops).unwrap_or_default();
        let longest = hops.iter().map(|hop| hop.us).max().unwrap_or(0);
        let mut rows: Vec<HopRow> = Vec::new();
        for hop in hops {
            let wall = rows.last().and_then(|before| wall(&before.hop, &hop));
            rows.push(HopRow {
                number: rows.len() + 1,
                chip: chip(&hop.apartment),
                bar: bar(hop.us, longest),
                time: duration(hop.us),
                wall,
                hop,
            });
        }
        Self {
            threads: distinct(&rows, |hop| hop.tid),
            processes: distinct(&rows, |hop| hop.pid),
            switches: rows.iter().filter(|row| row.wall.is_some()).count(),
            total: duration(longest),
            rows,
        }
    }
}

fn distinct(rows: &[HopRow], of: impl Fn(&Hop) -> u64) -> usize {
    rows.iter().map(|row| of(&row.hop)).collect::<std::collections::HashSet<_>>().len()
}

/// What lies between two hops; `None` when the same thread goes on.
fn wall(before: &Hop, after: &Hop) -> Option<Wall> {
    let process = before.pid != after.pid;
    if before.tid == after.tid && !process {
        return None;
    }
    let mut says = format!("thread {} → {}", before.tid, after.tid);
    if before.apartment != after.apartment {
        says.push_str(&format!(", {} → {}", before.apartment, after.apartment));
    }
    if process {
        says.push_str(&format!(", process {} → {}", before.pid, after.pid));
    }
    if before.user != after.user {
        says.push_str(&format!(", {} → {}", before.user, after.user));
    }
    Some(Wall { process, says })
}

fn chip(apartment: &str) -> &'static str {
    ["main-sta", "host-sta", "sta", "mta", "nta"]
        .into_iter()
        .find(|known| *known == apartment)
        .unwrap_or("none")
}

/// At least a hair, so that every hop is seen.
fn bar(us: u64, longest: u64) -> String {
    let share = if longest == 0 { 0.0 } else { us as f64 * 100.0 / longest as f64 };
    format!("{:.2}", share.max(0.6))
}

fn duration(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{:.2} ms", us as f64 / 1e3),
        _ => format!("{:.2} s", us as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::TracePanel;

    const JSON: &str = r#"[
        {"hop":"worker","tid":10,"apartment":"mta","pid":1,"user":"alice","us":2000},
        {"hop":"extension","tid":10,"apartment":"mta","pid":1,"user":"alice","us":1900},
        {"hop":"component","tid":11,"apartment":"host-sta","pid":1,"user":"alice","us":500},
        {"hop":"proxy call","tid":10,"apartment":"mta","pid":1,"user":"alice","us":0}]"#;

    #[test]
    fn each_thread_switch_is_a_wall() {
        let panel = TracePanel::new(Some(JSON));
        let walls: Vec<bool> = panel.rows.iter().map(|row| row.wall.is_some()).collect();
        assert_eq!(walls, [false, false, true, true]);
        assert_eq!((panel.threads, panel.processes, panel.switches), (2, 1, 2));
        let says = panel.rows[2].wall.as_ref().unwrap().says.as_str();
        assert_eq!(says, "thread 10 → 11, mta → host-sta");
    }

    #[test]
    fn bars_are_proportional_and_never_invisible() {
        let panel = TracePanel::new(Some(JSON));
        let bars: Vec<&str> = panel.rows.iter().map(|row| row.bar.as_str()).collect();
        assert_eq!(bars, ["100.00", "95.00", "25.00", "0.60"]);
        assert_eq!(panel.rows[0].time, "2.00 ms");
    }

    #[test]
    fn a_missing_or_broken_record_is_an_empty_panel() {
        for json in [None, Some(""), Some("{}"), Some("[{\"tid\":-1}]")] {
            assert!(TracePanel::new(json).rows.is_empty());
        }
    }

    #[test]
    fn an_unknown_apartment_has_a_plain_chip() {
        let panel = TracePanel::new(Some(r#"[{"hop":"x","apartment":"\" onload=\""}]"#));
        assert_eq!(panel.rows[0].chip, "none");
    }
}
