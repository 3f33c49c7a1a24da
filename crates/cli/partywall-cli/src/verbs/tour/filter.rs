//! A busy component, and what its caller can do about it.

mod ffi;

use std::sync::Arc;
use std::time::{Duration, Instant};

use com::apartment::Apartment as Home;
use com_abi::HRESULT;
use com_abi::codes::{
    RPC_E_CALL_CANCELED, RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, S_OK, name,
};
use com_abi::message::{SERVERCALL_REJECTED, SERVERCALL_RETRYLATER};
use partywall::Parcel;
use partywall::com::Apartment;
use prompt::Script;

use super::callee::{BOUND, Callee, STACK_BYTES, failed};
use super::house::House;
use super::station::Station;
use ffi::{ISlow, cancel, cancellable, listed, register, slow, work};

/// The message filter.
pub const FILTER: Station = Station {
    id: "message-filter",
    title: "A busy component refuses calls, and its caller decides what then",
    document: "com",
    quote: "RetryRejectedCall returns -1 to cancel the call, otherwise a time in milliseconds; \
            after that time COM calls the server object again.",
    command: "partywall tour --station message-filter",
    visit: filter,
};

/// The caller asks again after this time, in milliseconds.
const RETRY_MS: u32 = 120;
/// How long the call takes that is cancelled, in milliseconds.
const SLOW_MS: u32 = 3000;
/// How long it runs before.
const LET_BEGIN: Duration = Duration::from_millis(100);

/// Lets the callee refuse the next calls, the last entry first.
fn refuse(callee: &Arc<Home>, answers: &[u32]) -> Result<(), String> {
    let set = com::call::run(callee, "a station of the tour", || listed(answers, &[]));
    set.and_then(|set| set).map_err(failed)
}

/// Checks a result and writes it down.
fn expect(
    seen: &mut Vec<String>,
    what: &str,
    code: HRESULT,
    wanted: HRESULT,
) -> Result<(), String> {
    let shown = |code: HRESULT| name(code).map_or(format!("{:#010x}", code.0), str::to_owned);
    if code != wanted {
        return Err(format!("{what}: {} instead of {}", shown(code), shown(wanted)));
    }
    seen.push(format!("{what}: {}", shown(code)));
    Ok(())
}

fn filter(_: &mut House) -> Result<String, String> {
    let (callee, parcel) = Callee::begin(slow)?;
    let home = Arc::clone(&callee.home);
    let caller = security::spawner::spawn("caller", STACK_BYTES, move || calls(parcel, &home))
        .map_err(|error| error.to_string())?;
    let seen = caller.join().map_err(|_| "the caller panicked".to_owned())?;
    callee.end()?;
    seen.map(|seen| seen.join("\n"))
}

fn calls(parcel: Parcel<ISlow>, callee: &Arc<Home>) -> Result<Vec<String>, String> {
    let _apartment = Apartment::single_threaded().map_err(failed)?;
    let object = parcel.open().map_err(failed)?;
    let mut seen = Vec::new();
    refuse(callee, &[SERVERCALL_RETRYLATER, SERVERCALL_REJECTED])?;
    expect(&mut seen, "refused, no filter", work(&object, 0), RPC_E_CALL_REJECTED)?;
    let later = "asked to come later, no filter";
    expect(&mut seen, later, work(&object, 0), RPC_E_SERVERCALL_RETRYLATER)?;

    refuse(callee, &[SERVERCALL_RETRYLATER, SERVERCALL_REJECTED])?;
    listed(&[], &[RETRY_MS, RETRY_MS]).map_err(failed)?;
    let begun = Instant::now();
    let code = work(&object, 0);
    let took = begun.elapsed().as_millis();
    if took < u128::from(2 * RETRY_MS) {
        return Err(format!("called again after {took} ms, before the filter said"));
    }
    let twice = format!("refused twice, a filter that says {RETRY_MS} ms, after {took} ms");
    expect(&mut seen, &twice, code, S_OK)?;

    busy_prompt(&object, callee, &mut seen)?;
    register(None).map_err(failed)?;
    cancelled(&object, &mut seen)?;
    Ok(seen)
}

/// A person who is asked, played by a script.
fn busy_prompt(object: &ISlow, callee: &Arc<Home>, seen: &mut Vec<String>) -> Result<(), String> {
    let script = Script::new("retry\ncancel\n").map_err(|error| error.to_string())?;
    let filter = com::busy::BusyFilter::object(Arc::new(script), Duration::ZERO);
    register(Some(&filter.map_err(failed)?)).map_err(failed)?;
    refuse(callee, &[SERVERCALL_RETRYLATER])?;
    expect(seen, "“Server busy”, the person tries again", work(object, 0), S_OK)?;
    refuse(callee, &[SERVERCALL_RETRYLATER])?;
    let gave_up = "“Server busy”, the person gives up";
    expect(seen, gave_up, work(object, 0), RPC_E_CALL_REJECTED)
}

/// A call that is cancelled from another thread while it runs.
fn cancelled(object: &ISlow, seen: &mut Vec<String>) -> Result<(), String> {
    let own = observe::thread::tid();
    expect(seen, "cancellation allowed", cancellable(true), S_OK)?;
    let canceller = move || {
        std::thread::sleep(LET_BEGIN);
        let bound = Instant::now() + BOUND;
        while cancel(own).is_err() && Instant::now() < bound {
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let canceller = security::spawner::spawn("canceller", STACK_BYTES, canceller)
        .map_err(|error| error.to_string())?;
    let begun = Instant::now();
    let code = work(object, SLOW_MS);
    let took = begun.elapsed().as_millis();
    canceller.join().map_err(|_| "the canceller panicked".to_owned())?;
    expect(seen, "cancellation ended", cancellable(false), S_OK)?;
    if took >= u128::from(SLOW_MS) {
        return Err(format!("the caller waited {took} ms for a call that was cancelled"));
    }
    let what = format!("a call of {SLOW_MS} ms, cancelled, after {took} ms");
    expect(seen, &what, code, RPC_E_CALL_CANCELED)
}
