//! The spooler: between stores and transports.
//!
//! # Invariants
//! - A submitted message is in the Outbox with `MSGFLAG_SUBMIT`, durably, before
//!   any transport sees it. Which recipients are taken care of is kept with the
//!   message (`PR_RESPONSIBILITY`), so that whoever goes on with it, also after the
//!   process was killed, sends to the others only.
//! - Date and identifier are fixed when a message is submitted: sent twice, its
//!   bytes are the same, and a transport can see that.
//! - A message that arrived is acknowledged to its transport when the store has
//!   it; it carries the transport's name for it, and is not stored twice as long
//!   as it is in the Inbox.
//! - One sender at a time works on a message, in whatever program ([`claim`]).
//!   Nothing else is locked while a transport works.
//!
//! What it does not do: sending in the background. Whoever submits, logs on or
//! flushes waits for the transports, whose own bounds hold.

mod claim;
mod receive;
mod report;
mod rows;
mod send;

use std::sync::Arc;

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{MessageStore, SpecialFolder};
use mapi_abi::tags::{
    MSGFLAG_SUBMIT, MSGFLAG_UNSENT, PR_MESSAGE_FLAGS, PR_PARENT_ENTRYID, PR_SENDER_ENTRYID, support,
};
use mapi_abi::value::{EntryId, Prop, Value};
use message_props::long;

use crate::client::Client;
use crate::store::StoreHandle;
use claim::Claim;
use rows::{change, entry_of, recipient_rows, save, submitted_in};

/// Domain of a user's address when the profile does not say one
/// (`PR_PROFILE_ADDRESS`).
pub const DEFAULT_DOMAIN: &str = "partywall.test";

/// Sends a message, or keeps it in the Outbox until [`flush`].
///
/// # Errors
/// `NO_RECIPIENTS`; `SUBMITTED` it is on its way already; `NO_SUPPORT` the store
/// cannot have messages on their way; the store's.
pub fn submit(store: &StoreHandle, message: &EntryId) -> Result<(), Failure> {
    let held = store.get()?;
    if recipient_rows(held, message)?.is_empty() {
        return Err(Failure::new(Code::NO_RECIPIENTS, "the message has no recipients"));
    }
    let outbox = held
        .special_folder(SpecialFolder::Outbox)
        .filter(|_| held.support_mask() & support::STORE_SUBMIT_OK != 0)
        .ok_or_else(|| Failure::new(Code::NO_SUPPORT, "the store sends no messages"))?;
    let props = held.message_props(message, &[PR_MESSAGE_FLAGS, PR_PARENT_ENTRYID])?;
    if flags_of(&props) & MSGFLAG_SUBMIT != 0 {
        return Err(Failure::new(Code::SUBMITTED, "the message is on its way already"));
    }
    // First there, then on its way: killed between, it is where it can be seen.
    let message = if entry_of(&props, PR_PARENT_ENTRYID).as_ref() == Some(&outbox) {
        message.clone()
    } else {
        rows::move_to(held, message, &outbox)?
    };
    send::mark(store, &message)?;
    let client = store.client();
    if !client.flags().no_mail()
        && let Err(failure) = send::send(store, &message)
    {
        observe::warn!("mapi", "a message stays in the Outbox: {failure}");
    }
    Ok(())
}

/// Tries the messages of the Outbox again; answers how many are sent now. Without
/// a transport they stay.
///
/// # Errors
/// As [`Client::check`]. A store or a transport that fails is passed over and
/// logged.
pub fn flush(client: &Arc<Client>) -> Result<u32, Failure> {
    client.check()?;
    let mut sent = 0;
    if client.flags().no_mail() {
        return Ok(sent);
    }
    for store in client.stores()?.into_iter().filter(|store| store.is_live) {
        let flushed = client.open_store(store.provider).and_then(|store| flush_store(&store));
        match flushed {
            Ok(count) => sent += count,
            Err(failure) => observe::warn!("mapi", "flushing {}: {failure}", store.name),
        }
    }
    Ok(sent)
}

fn flush_store(store: &StoreHandle) -> Result<u32, Failure> {
    let held = store.get()?;
    let mut sent = 0;
    if held.support_mask() & support::STORE_SUBMIT_OK == 0 {
        return Ok(sent);
    }
    if let Some(outbox) = held.special_folder(SpecialFolder::Outbox) {
        for message in submitted_in(held, &outbox)? {
            match send::send(store, &message) {
                Ok(true) => sent += 1,
                Ok(false) => {}
                Err(failure) => observe::warn!("mapi", "a message stays in the Outbox: {failure}"),
            }
        }
    }
    // Of one that was killed after the last step but one.
    if let Some(done) = held.special_folder(SpecialFolder::SentItems) {
        for message in submitted_in(held, &done)? {
            unmark(held, &message, 0)?;
        }
    }
    Ok(sent)
}

/// Fetches new mail into the default store; answers how many messages came.
///
/// # Errors
/// The store's. A transport that fails is passed over and logged.
pub fn download(client: &Arc<Client>) -> Result<u32, Failure> {
    client.check()?;
    if client.flags().no_mail() {
        return Ok(0);
    }
    receive::download(client)
}

/// Takes a submitted message back: it stays in the Outbox as one that is still
/// being written.
///
/// # Errors
/// `NOT_IN_QUEUE` it is not on its way out; `UNABLE_TO_ABORT` it is being sent
/// now, or some recipients have it; the store's.
pub fn abort_submit(store: &StoreHandle, message: &EntryId) -> Result<(), Failure> {
    let held = store.get()?;
    let too_late = |says: &str| Err(Failure::new(Code::UNABLE_TO_ABORT, says));
    let not_there = || Failure::new(Code::NOT_IN_QUEUE, "the message is not on its way out");
    let submitted = |held: &dyn MessageStore| {
        let props = held.message_props(message, &[PR_MESSAGE_FLAGS, PR_SENDER_ENTRYID])?;
        Ok::<_, Failure>(flags_of(&props) & MSGFLAG_SUBMIT != 0)
    };
    if !submitted(held)? {
        return Err(not_there());
    }
    let Some(_claim) = Claim::take(store, message)? else {
        return too_late("the message is being sent now");
    };
    if !submitted(held)? {
        return Err(not_there());
    }
    if recipient_rows(held, message)?.iter().any(rows::is_done) {
        return too_late("some recipients have the message already");
    }
    unmark(held, message, MSGFLAG_UNSENT)
}

/// Says that a message is not on its way any more.
fn unmark(store: &dyn MessageStore, message: &EntryId, flags: i32) -> Result<(), Failure> {
    let set = vec![Prop::new(PR_MESSAGE_FLAGS, Value::Long(flags))];
    save(store, &change(message, set)).map(drop)
}

fn flags_of(props: &[Prop]) -> i32 {
    long(props, PR_MESSAGE_FLAGS).unwrap_or_default()
}
