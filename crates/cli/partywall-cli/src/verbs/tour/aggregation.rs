//! Two objects that are one to their client, and two of which one contains the
//! other.

use super::ffi;
use super::house::House;
use super::station::Station;

/// Aggregation.
pub const AGGREGATION: Station = Station {
    id: "aggregation",
    title: "Two objects, one to their client",
    document: "com",
    quote: "Except for the nondelegating IUnknown, the IUnknown calls of all interfaces must be \
            delegated to the outer object's pUnkOuter.",
    command: "partywall tour --station aggregation",
    visit: aggregation,
};

fn aggregation(_: &mut House) -> Result<String, String> {
    let look = || {
        com::apartment::enter(true)?;
        let seen = ffi::look();
        com::apartment::leave();
        seen
    };
    let thread = security::spawner::spawn("client", 256 << 10, look);
    let joined = thread.map_err(|error| error.to_string())?.join();
    let seen = joined
        .map_err(|_| "the client panicked".to_owned())?
        .map_err(|code| format!("the wall was not built: {:#010x}", code.0))?;
    if !seen.one_identity {
        return Err("the door leads to another IUnknown than the wall".into());
    }
    if !seen.door_alone {
        return Err("the door cannot be used alone".into());
    }
    if seen.references != 1 {
        return Err(format!("the wall counts {} references, held is one", seen.references));
    }
    if seen.contained != (2, true) {
        return Err(format!("a contained door answered {:?}", seen.contained));
    }
    let (bricks, opened) = seen.answers;
    Ok(format!(
        "a wall of {bricks} bricks was asked for its door and opened it ({opened} time); one \
         IUnknown for both;\nthe last pointer to the door alone kept the wall standing; the same \
         door class works alone,\nand contained in a cupboard, which forwards to it: two identities \
         then"
    ))
}
