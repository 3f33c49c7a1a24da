//! Apartments under load: threads of every kind make objects, hand them on, call
//! them, are called back, cancel, and leave their apartments, all at once. At the
//! end nothing is left.
//!
//! `PARTYWALL_STRESS_SECONDS` is how long (`cargo xtask stress` sets it), and
//! `PARTYWALL_STRESS_SEED` repeats the choices of a run, which is printed. A run in
//! which nothing happens for a while prints who waits for whom and fails.

mod load;
mod watchdog;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use com_abi::codes::{
    CO_E_OBJNOTCONNECTED, CO_E_OBJNOTREG, RPC_E_CALL_CANCELED, RPC_E_DISCONNECTED, S_OK,
};
use com_abi::{HRESULT, Interface};
use observe::thread::tid;
use partywall::com::Apartment as Entered;

use crate::fixture_tests::{Carried, NORMAL, STRONG, thread};
use crate::membership::{decrement_mta_usage, in_neutral, increment_mta_usage};
use crate::stream::memory_stream;
use crate::{apartment, call, cancel, global_table};

use load::{CLSID_BOTH, CLSID_NEUTRAL, ILoad, Load};

/// How long a run takes when nothing else is said, in seconds.
const SECONDS: u64 = 10;
/// The seed when nothing else is said.
const SEED: u64 = 0x5041_5254_5957_414C;
/// Single-threaded apartments at a time.
const STAS: usize = 16;
/// Threads that are in the MTA, or within the NTA from there.
const OTHERS: usize = 48;
/// Most interfaces that are on their way.
const MAX_SHARED: usize = 128;
/// Steps of a thread before it leaves its apartment.
const STEPS: u64 = 60;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Numbers that look random, the same for the same seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// An interface on its way to whoever takes it.
enum Shared {
    /// A packet for one use.
    Once(Carried),
    /// A packet that keeps its object until it is given up.
    Table(Carried),
    /// An entry of the global interface table.
    Entry(u32),
}

/// What all threads of a run share.
struct Run {
    shared: Mutex<Vec<Shared>>,
    /// Steps that were done.
    steps: AtomicU64,
    calls: AtomicU64,
    refused: AtomicU64,
    cancelled: AtomicU64,
    lives: AtomicU64,
    stop: AtomicBool,
    /// Threads that still take steps.
    busy: AtomicUsize,
    /// Threads whose calls may be cancelled.
    victims: [AtomicI32; 4],
}

/// One thread of a run.
struct Walker {
    run: Arc<Run>,
    dice: Dice,
}

/// An object on its way by a stream.
fn packet(object: &ILoad, flags: u32) -> Carried {
    let stream = Carried(memory_stream().unwrap());
    let context = com_abi::marshal::MSHCTX_INPROC;
    crate::marshal::standard::marshal(
        &stream.0,
        &ILoad::IID,
        &object.cast().unwrap(),
        context,
        flags,
    )
    .unwrap();
    stream
}

/// What may become of a call whose object's apartment may end at any time.
fn is_expected(code: HRESULT) -> bool {
    let codes = [CO_E_OBJNOTCONNECTED, CO_E_OBJNOTREG, RPC_E_DISCONNECTED, RPC_E_CALL_CANCELED];
    codes.contains(&code)
}

impl Walker {
    fn shared(&self) -> std::sync::MutexGuard<'_, Vec<Shared>> {
        self.run.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, code: HRESULT) {
        let counter = match code {
            S_OK => &self.run.calls,
            RPC_E_CALL_CANCELED => &self.run.cancelled,
            code => {
                assert!(is_expected(code), "unexpected {code:?}");
                &self.run.refused
            }
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// One thing, in the apartment that the thread is in now.
    fn step(&mut self) {
        match self.dice.roll(8) {
            0..=2 => self.publish(),
            3..=6 => self.take(),
            _ => self.create(),
        }
        self.run.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Makes an object and hands it to whoever takes it.
    fn publish(&mut self) {
        let object = Load::object();
        let shared = match self.dice.roll(4) {
            0 => Shared::Table(packet(&object, STRONG)),
            1 => Shared::Entry(global_table::register(&object, &ILoad::IID).unwrap()),
            _ => Shared::Once(packet(&object, NORMAL)),
        };
        let over = {
            let mut all = self.shared();
            let at = self.dice_place(all.len());
            all.push(shared);
            if all.len() > MAX_SHARED { Some(all.swap_remove(at)) } else { None }
        };
        if let Some(over) = over {
            self.give_up(over);
        }
    }

    fn dice_place(&self, sides: usize) -> usize {
        // Not the thread's own dice: the lock is held, and a place is enough.
        self.run.steps.load(Ordering::Relaxed) as usize % sides.max(1)
    }

    fn give_up(&mut self, shared: Shared) {
        match shared {
            Shared::Once(packet) | Shared::Table(packet) => {
                assert_eq!(packet.release_data(), S_OK);
            }
            Shared::Entry(cookie) => global_table::revoke(cookie).unwrap(),
        }
    }

    /// Takes what somebody handed on, uses it, and gives it up or hands it on.
    fn take(&mut self) {
        let taken = {
            let mut all = self.shared();
            let at = self.dice_place(all.len());
            if all.is_empty() { None } else { Some(all.swap_remove(at)) }
        };
        let Some(taken) = taken else { return };
        if matches!(taken, Shared::Once(_)) && self.dice.roll(8) == 0 {
            return self.give_up(taken);
        }
        let got = match &taken {
            Shared::Once(packet) | Shared::Table(packet) => packet.unmarshal_as::<ILoad>(),
            Shared::Entry(cookie) => global_table::get(*cookie, &ILoad::IID)
                // SAFETY: the answer is that interface with a reference.
                .map(|raw| unsafe { ILoad::from_raw(raw) }),
        };
        match got {
            Ok(object) => self.use_object(&object),
            Err(code) => self.count(code),
        }
        match taken {
            Shared::Once(_) => {}
            taken if self.dice.roll(3) == 0 => self.shared().push(taken),
            taken => self.give_up(taken),
        }
    }

    /// Calls an object that may be anywhere.
    fn use_object(&mut self, object: &ILoad) {
        let mut sum = 0;
        // SAFETY: live interfaces and writable places.
        unsafe {
            match self.dice.roll(6) {
                0..=2 => {
                    let code = object.Add(3, &mut sum);
                    assert!(code != S_OK || sum == 4);
                    self.count(code);
                }
                3 | 4 => {
                    let own = Load::object();
                    let code = object.CallBack(own.as_raw(), 3, &mut sum);
                    assert!(code != S_OK || sum == 3, "{sum}");
                    self.count(code);
                }
                _ => {
                    let mut made = core::ptr::null_mut();
                    let code = object.Make(&mut made);
                    if code == S_OK {
                        let made = ILoad::from_raw(made);
                        self.count(made.Add(1, &mut sum));
                    }
                    self.count(code);
                }
            }
        }
    }

    /// Makes an object by its class, in its apartment.
    fn create(&mut self) {
        let clsid = if self.dice.roll(2) == 0 { &CLSID_BOTH } else { &CLSID_NEUTRAL };
        let object: ILoad = partywall::com::create_instance(clsid).unwrap();
        self.use_object(&object);
    }

    /// Steps in one apartment, until it is left.
    fn live(&mut self, is_sta: bool) {
        let steps = self.dice.roll(STEPS) + 1;
        for _ in 0..steps {
            if self.run.stop.load(Ordering::Relaxed) {
                return;
            }
            if self.dice.roll(4) == 0 {
                in_neutral(|| self.step()).unwrap();
            } else {
                self.step();
            }
            if is_sta {
                call::pause(Duration::from_micros(200));
            }
        }
        self.run.lives.fetch_add(1, Ordering::Relaxed);
    }

    /// A thread that is an STA, again and again.
    fn sta(mut self) {
        loop {
            let entered = Entered::single_threaded().unwrap();
            self.live(true);
            if self.run.stop.load(Ordering::Relaxed) {
                self.run.busy.fetch_sub(1, Ordering::SeqCst);
                // Others may still call what is here.
                apartment::serve_until(|| self.run.busy.load(Ordering::SeqCst) == 0);
                drop(entered);
                return;
            }
            drop(entered);
        }
    }

    /// A thread of the MTA, explicitly or by its mere existence.
    fn mta(mut self, victim: Option<usize>) {
        if let Some(at) = victim {
            cancel::enable();
            self.run.victims[at].store(tid(), Ordering::Relaxed);
        }
        while !self.run.stop.load(Ordering::Relaxed) {
            if self.dice.roll(2) == 0 {
                let entered = Entered::multithreaded().unwrap();
                self.live(false);
                drop(entered);
            } else {
                let cookie = increment_mta_usage();
                self.live(false);
                decrement_mta_usage(cookie).unwrap();
            }
        }
        if let Some(at) = victim {
            self.run.victims[at].store(0, Ordering::Relaxed);
            cancel::disable().unwrap();
        }
        self.run.busy.fetch_sub(1, Ordering::SeqCst);
    }

    /// Cancels calls of others now and then.
    fn cancel(mut self) {
        while !self.run.stop.load(Ordering::Relaxed) {
            let at = self.dice.roll(self.run.victims.len() as u64) as usize;
            let patience = Duration::from_millis(self.dice.roll(3));
            let _ = cancel::cancel(self.run.victims[at].load(Ordering::Relaxed), patience);
            std::thread::sleep(Duration::from_micros(300));
        }
    }
}

fn begin(seed: u64) -> (Arc<Run>, Vec<std::thread::JoinHandle<()>>) {
    let run = Arc::new(Run {
        shared: Mutex::default(),
        steps: AtomicU64::new(0),
        calls: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        cancelled: AtomicU64::new(0),
        lives: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        busy: AtomicUsize::new(STAS + OTHERS),
        victims: Default::default(),
    });
    let victims = run.victims.len();
    let start = |at: usize| {
        let walker = Walker { run: Arc::clone(&run), dice: Dice(seed ^ ((at as u64) << 32)) };
        thread(move || match at {
            _ if at < STAS => walker.sta(),
            _ if at < STAS + OTHERS => walker.mta(Some(at - STAS).filter(|at| *at < victims)),
            _ => walker.cancel(),
        })
    };
    let threads = (0..=STAS + OTHERS).map(start).collect();
    (run, threads)
}

/// What the run left on its way, given up in the MTA.
fn sweep(run: &Arc<Run>) {
    let mut walker = Walker { run: Arc::clone(run), dice: Dice(0) };
    thread(move || {
        let _entered = Entered::multithreaded().unwrap();
        let left = std::mem::take(&mut *walker.shared());
        left.into_iter().for_each(|shared| walker.give_up(shared));
    })
    .join()
    .unwrap();
}

/// Nothing is left in the process.
fn check_end() {
    // The last workers are on their way out.
    let end = Instant::now() + Duration::from_secs(5);
    while crate::host::workers() > 0 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    let left = [
        ("objects", load::alive()),
        ("stubs", crate::stub::known()),
        ("managers of proxies", crate::proxy::managers_known()),
        ("packets", crate::marshal::standard::valid_packets()),
        ("entries of the global table", global_table::entries()),
        ("apartments", crate::teardown::alive()),
        ("workers", crate::host::workers()),
        ("threads that may be cancelled", cancel::threads_known()),
        ("waits", observe::wait::list().len()),
        ("blocks", usize::try_from(crate::memory::blocks()).unwrap_or(usize::MAX)),
    ];
    assert!(left.iter().all(|(_, count)| *count == 0), "left: {left:?}");
    assert!(apartment::current().is_err(), "nobody keeps the MTA");
}

fn stress() {
    partywall::com::describe::<ILoad>().unwrap();
    load::register();
    let seconds = setting("PARTYWALL_STRESS_SECONDS", SECONDS);
    let seed = setting("PARTYWALL_STRESS_SEED", SEED);
    println!("PARTYWALL_STRESS_SEED={seed} PARTYWALL_STRESS_SECONDS={seconds}");
    let (run, threads) = begin(seed);
    let watched = Arc::clone(&run);
    let watchdog = watchdog::watch(move || watched.steps.load(Ordering::Relaxed));
    std::thread::sleep(Duration::from_secs(seconds));
    run.stop.store(true, Ordering::SeqCst);
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    sweep(&run);
    watchdog.end();
    let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    println!(
        "{} steps a second: {} calls, {} refused, {} cancelled, {} lives of apartments",
        of(&run.steps) / seconds.max(1),
        of(&run.calls),
        of(&run.refused),
        of(&run.cancelled),
        of(&run.lives),
    );
    check_end();
    assert!(of(&run.calls) > 0 && of(&run.lives) > 0);
}

alone! {
    fn apartments_come_and_go_under_load_and_leave_nothing() {
        stress();
    }
}

#[test]
fn the_dice_are_the_same_for_the_same_seed() {
    let mut one = Dice(SEED);
    let mut two = Dice(SEED);
    let rolls: Vec<u64> = (0..8).map(|_| one.roll(100)).collect();
    assert_eq!(rolls, (0..8).map(|_| two.roll(100)).collect::<Vec<_>>());
    assert!(rolls.iter().any(|roll| *roll != rolls[0]));
}
