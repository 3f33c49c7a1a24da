//! How two ways of doing the same thing are compared, and how that is printed.
//!
//! Rounds of both alternate; the median of each side counts.

pub mod ffi;

use std::time::{Duration, Instant};

use serde::Serialize;

/// Which side of a comparison wins.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// The higher figure.
    Higher,
    /// The lower figure.
    Lower,
}

/// One comparison, in the form of the contract.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// What was measured.
    pub bench: &'static str,
    /// Our figure.
    pub ours: f64,
    /// The peer's.
    pub peer: f64,
    /// Who the peer is.
    pub peer_name: &'static str,
    /// What both count.
    pub unit: &'static str,
    /// Ours divided by the peer's.
    pub ratio: f64,
    /// The ratio to reach.
    pub goal: f64,
    /// Which way is better.
    pub better: Better,
}

/// Rounds of each side.
const ROUNDS: usize = 31;
/// How long a round takes at least.
const ROUND: Duration = Duration::from_millis(20);

/// How often `body` runs in a round.
fn calibrated(mut body: impl FnMut()) -> u32 {
    let mut times = 1;
    loop {
        let begun = Instant::now();
        (0..times).for_each(|_| body());
        let took = begun.elapsed();
        if took >= ROUND / 4 {
            let wanted = ROUND.as_secs_f64() / took.as_secs_f64() * f64::from(times);
            return (wanted as u32).max(1);
        }
        times *= 2;
    }
}

fn round(times: u32, body: &mut impl FnMut()) -> f64 {
    let begun = Instant::now();
    (0..times).for_each(|_| body());
    begun.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Rounds of both sides, and the figure that is compared.
#[derive(Default)]
pub struct Rounds {
    ours: Vec<f64>,
    peer: Vec<f64>,
}

impl Rounds {
    /// Alternates `rounds` rounds of both sides.
    pub fn add(&mut self, rounds: usize, mut ours: impl FnMut(), mut peer: impl FnMut()) {
        let (our_times, peer_times) = (calibrated(&mut ours), calibrated(&mut peer));
        for _ in 0..rounds {
            self.ours.push(round(our_times, &mut ours));
            self.peer.push(round(peer_times, &mut peer));
        }
    }

    /// The lower quartile of both sides. For what sleeps and wakes: where the
    /// system puts two threads decides between one cost and ten times that, for
    /// each side by itself; the quartile is of the rounds where both were lucky.
    pub fn lower_quartile(self) -> (f64, f64) {
        let quartile = |mut values: Vec<f64>| {
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 4).copied().unwrap_or(f64::NAN)
        };
        (quartile(self.ours), quartile(self.peer))
    }
}

/// The nanoseconds that both sides need for one run of each, medians.
pub fn nanoseconds(mut ours: impl FnMut(), mut peer: impl FnMut()) -> (f64, f64) {
    let mut rounds = Rounds::default();
    rounds.add(ROUNDS, &mut ours, &mut peer);
    (median(rounds.ours), median(rounds.peer))
}

/// Prints a comparison of times; lower is better.
pub fn print_times(
    bench: &'static str,
    (ours, peer): (f64, f64),
    peer_name: &'static str,
    goal: f64,
) {
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let ratio = (ours / peer * 1000.0).round() / 1000.0;
    let comparison = Comparison {
        bench,
        ours: tenths(ours),
        peer: tenths(peer),
        peer_name,
        unit: "ns",
        ratio,
        goal,
        better: Better::Lower,
    };
    if let Ok(line) = serde_json::to_string(&comparison) {
        println!("{line}");
    }
}

/// Prints a figure beside the budget's.
pub fn print_budget(
    bench: &'static str,
    (ours, budget): (f64, f64),
    unit: &'static str,
    better: Better,
) {
    let rounded = |value: f64| (value * 1000.0).round() / 1000.0;
    let comparison = Comparison {
        bench,
        ours: rounded(ours),
        peer: budget,
        peer_name: "budget",
        unit,
        ratio: rounded(ours / budget),
        goal: 1.0,
        better,
    };
    if let Ok(line) = serde_json::to_string(&comparison) {
        println!("{line}");
    }
}
