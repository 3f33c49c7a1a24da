//! Calls: in the same apartment, into the neutral one, from the MTA into an STA
//! and back.

mod ffi;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;

use benches::ffi::{Plain, Word};
use benches::{Rounds, nanoseconds, print_times};
use partywall::com::Apartment;
use partywall::{Parcel, create_instance};

use ffi::{IAdder, NeutralAdder, add, adder};

/// Stack of the threads, in bytes.
const STACK: usize = 256 << 10;
/// How often both sides get new threads.
const TRIALS: usize = 10;
/// Rounds of each side with the same threads.
const ROUNDS_A_TRIAL: usize = 5;
/// Ends the peer's thread.
const END: u32 = u32::MAX;

fn main() -> Result<(), String> {
    let failed = |code: com_abi::HRESULT| format!("the runtime answered {:#010x}", code.0);
    // One of the three by name, for a profiler.
    let only = std::env::args().nth(1);
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if wanted("same") {
        same_apartment().map_err(failed)?;
    }
    if wanted("neutral") {
        neutral().map_err(failed)?;
    }
    if wanted("other") {
        other_apartment()?;
    }
    Ok(())
}

fn same_apartment() -> Result<(), com_abi::HRESULT> {
    let _apartment = Apartment::single_threaded()?;
    let object = adder()?;
    let plain = Plain::default();
    let ours = || assert_eq!(add(&object, 20, 22), 42);
    let peer = || assert_eq!(plain.call(20, 22), 42);
    print_times("call in the same apartment", nanoseconds(ours, peer), "plain vtable call", 1.05);
    Ok(())
}

fn neutral() -> Result<(), com_abi::HRESULT> {
    let _apartment = Apartment::single_threaded()?;
    com::register_builtin::<NeutralAdder>();
    let object: IAdder = create_instance(&ffi::CLSID_NEUTRAL_ADDER)?;
    let plain = Plain::default();
    let ours = || assert_eq!(add(&object, 20, 22), 42);
    let peer = || assert_eq!(plain.call(20, 22), 42);
    print_times(
        "call into the neutral apartment",
        nanoseconds(ours, peer),
        "plain vtable call",
        25.0,
    );
    Ok(())
}

/// Two threads that wake each other.
struct PingPong {
    there: Word,
    back: Word,
}

fn other_apartment() -> Result<(), String> {
    let mut rounds = Rounds::default();
    for _ in 0..TRIALS {
        trial(&mut rounds)?;
    }
    let bench = "call from the MTA into an STA and back";
    print_times(bench, rounds.lower_quartile(), "futex ping-pong", 1.3);
    Ok(())
}

/// Both sides with threads of their own, which the system places anew.
fn trial(rounds: &mut Rounds) -> Result<(), String> {
    let failed = |code: com_abi::HRESULT| format!("the runtime answered {:#010x}", code.0);
    let over = Arc::new(AtomicBool::new(false));
    let (pack, packed) = channel();
    let is_over = Arc::clone(&over);
    let home = move || {
        let apartment = Apartment::single_threaded()?;
        let object = adder()?;
        let here = com::apartment::current()?;
        let _ = pack.send((Parcel::pack(&object)?, here));
        drop(object);
        com::apartment::serve_until(|| is_over.load(Ordering::Acquire));
        drop(apartment);
        Ok::<_, com_abi::HRESULT>(())
    };
    let home = security::spawner::spawn("home", STACK, home).map_err(|error| error.to_string())?;
    let (parcel, apartment) = packed.recv().map_err(|error| error.to_string())?;
    let words = Arc::new(PingPong { there: Word::default(), back: Word::default() });
    let others = Arc::clone(&words);
    let pong = move || {
        let mut last = 0;
        while last != END {
            last = others.there.wait_for_other_than(last);
            others.back.post(last);
        }
    };
    let pong = security::spawner::spawn("peer", STACK, pong).map_err(|error| error.to_string())?;
    {
        let _apartment = Apartment::multithreaded().map_err(failed)?;
        let object = parcel.open().map_err(failed)?;
        let ours = || assert_eq!(add(&object, 20, 22), 42);
        let mut at = 0;
        let peer = || {
            words.there.post(at + 1);
            at = words.back.wait_for_other_than(at);
        };
        rounds.add(ROUNDS_A_TRIAL, ours, peer);
        words.there.post(END);
    }
    pong.join().map_err(|_| "the peer panicked".to_owned())?;
    over.store(true, Ordering::Release);
    apartment.wake();
    let ended = home.join().map_err(|_| "the apartment panicked".to_owned())?;
    ended.map_err(failed)
}
