//! Two slow components, called without waiting for either.

mod ffi;

use std::time::{Duration, Instant};

use partywall::com::Apartment;
use partywall::{Call, Parcel};

use super::callee::{BOUND, Callee, STACK_BYTES, failed};
use super::house::House;
use super::station::Station;
use ffi::{AsyncISlow, ISlow, begin, finish, slow};

/// Asynchronous calls.
pub const ASYNCHRONOUS: Station = Station {
    id: "asynchronous-call",
    title: "Two slow components work at the same time, and their caller works too",
    document: "com",
    quote: "From the synchronous way to the asynchronous way.",
    command: "partywall tour --station asynchronous-call",
    visit: asynchronous,
};

/// How long each component works, in milliseconds.
const WORK_MS: u32 = 400;

fn asynchronous(_: &mut House) -> Result<String, String> {
    let (one, first) = Callee::begin(slow)?;
    let (other, second) = Callee::begin(slow)?;
    let tids = [one.home.tid(), other.home.tid()];
    let caller =
        security::spawner::spawn("caller", STACK_BYTES, move || calls(first, second, tids))
            .map_err(|error| error.to_string())?;
    let seen = caller.join().map_err(|_| "the caller panicked".to_owned())?;
    one.end()?;
    other.end()?;
    seen
}

fn calls(first: Parcel<ISlow>, second: Parcel<ISlow>, tids: [i32; 2]) -> Result<String, String> {
    let _apartment = Apartment::single_threaded().map_err(failed)?;
    let objects = [first.open().map_err(failed)?, second.open().map_err(failed)?];
    let call = |object| Call::<AsyncISlow>::new(object).map_err(failed);
    let calls = [call(&objects[0])?, call(&objects[1])?];
    let begun = Instant::now();
    for call in &calls {
        begin(call, WORK_MS).map_err(failed)?;
    }
    let took = begun.elapsed();
    if took >= Duration::from_millis(WORK_MS.into()) {
        return Err(format!("Begin_Work waited: both took {} ms", took.as_millis()));
    }
    let rounds = meanwhile(&calls)?;
    let served = [finish(&calls[0]).map_err(failed)?, finish(&calls[1]).map_err(failed)?];
    let all = begun.elapsed();
    if served != tids {
        return Err(format!("the calls ran on {served:?} instead of {tids:?}"));
    }
    // One after the other they would have taken twice as long.
    if all >= Duration::from_millis((2 * WORK_MS).into()) {
        return Err(format!("two calls of {WORK_MS} ms took {} ms together", all.as_millis()));
    }
    Ok(format!(
        "two calls of {WORK_MS} ms each, begun after {} ms, on threads {} and {}\n\
         the caller worked {rounds} rounds meanwhile\n\
         both finished after {} ms",
        took.as_millis(),
        served[0],
        served[1],
        all.as_millis()
    ))
}

/// The caller's own work until both calls have ended.
fn meanwhile(calls: &[Call<AsyncISlow>]) -> Result<u32, String> {
    let mut rounds = 0;
    let bound = Instant::now() + BOUND;
    for call in calls {
        while !call.wait(Duration::from_millis(10)).map_err(failed)? {
            rounds += 1;
            if Instant::now() >= bound {
                return Err("a call did not end".to_owned());
            }
        }
    }
    if rounds == 0 {
        return Err("the calls had ended before the caller could work".to_owned());
    }
    Ok(rounds)
}
