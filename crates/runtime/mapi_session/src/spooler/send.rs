//! Sends one submitted message to the transports that are responsible for its
//! recipients.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use mapi_abi::codes::Failure;
use mapi_abi::spi::{
    Envelope, MessageStore, Recipient, RecipientResult, ResourceType, SpecialFolder,
};
use mapi_abi::tags::*;
use mapi_abi::value::{EntryId, FileTime, Prop, Row, Value};
use mapi_profile::Uid;
use message_props::{ATTACHMENT_TAGS, MESSAGE_TAGS, SMTP, outgoing_of, text};

use super::claim::Claim;
use super::report::{self, Undelivered};
use super::rows::{change, entry_of, is_done, move_to, recipient_rows, save};
use super::{DEFAULT_DOMAIN, flags_of, unmark};
use crate::client::Client;
use crate::live::Live;
use crate::store::StoreHandle;

/// The address of a session's user.
pub(super) fn own_address(client: &Client) -> String {
    let session = client.session();
    let said = session.with_services(|services| {
        services.iter().find_map(|service| {
            let own = service.providers.iter().map(|provider| &provider.section);
            own.chain([&service.section])
                .find_map(|section| section.text(PR_PROFILE_ADDRESS).map(str::to_owned))
        })
    });
    match said {
        Some(address) if address.contains('@') => address,
        Some(domain) => format!("{}@{domain}", session.context().user()),
        None => format!("{}@{DEFAULT_DOMAIN}", session.context().user()),
    }
}

/// Says that a message is on its way: its flag, its time, its identifier, its
/// sender.
pub(super) fn mark(store: &StoreHandle, message: &EntryId) -> Result<(), Failure> {
    let held = store.get()?;
    let wanted = [PR_MESSAGE_FLAGS, PR_INTERNET_MESSAGE_ID, PR_SENDER_EMAIL_ADDRESS];
    let props = held.message_props(message, &wanted)?;
    let address = own_address(store.client());
    let now = FileTime::from_system(SystemTime::now());
    let flags = flags_of(&props) | MSGFLAG_SUBMIT | MSGFLAG_UNSENT;
    let mut set = vec![
        Prop::new(PR_MESSAGE_FLAGS, Value::Long(flags)),
        Prop::new(PR_CLIENT_SUBMIT_TIME, Value::SysTime(now)),
        Prop::new(PR_MESSAGE_DELIVERY_TIME, Value::SysTime(now)),
    ];
    if text(&props, PR_INTERNET_MESSAGE_ID).is_none() {
        let id = new_message_id(&address, now);
        set.push(Prop::text(PR_INTERNET_MESSAGE_ID, id));
    }
    if text(&props, PR_SENDER_EMAIL_ADDRESS).is_none() {
        set.push(Prop::text(PR_SENDER_NAME, store.client().session().context().user()));
        set.push(Prop::text(PR_SENDER_ADDRTYPE, SMTP));
        set.push(Prop::text(PR_SENDER_EMAIL_ADDRESS, address));
    }
    save(held, &change(message, set)).map(drop)
}

/// Time, process and number: nothing else makes the same one in this domain.
fn new_message_id(address: &str, now: FileTime) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let domain = address.rsplit_once('@').map_or(DEFAULT_DOMAIN, |(_, domain)| domain);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("<{:x}.{:x}.{number:x}@{domain}>", now.0, std::process::id())
}

/// A recipient that nobody has taken yet, and where it stands in the list.
struct Open {
    at: usize,
    recipient: Recipient,
    result: Option<RecipientResult>,
}

/// Sends a submitted message; whether it is done with.
///
/// # Errors
/// The store's.
pub(super) fn send(store: &StoreHandle, message: &EntryId) -> Result<bool, Failure> {
    let transports = store.client().live(ResourceType::Transport)?;
    if transports.is_empty() {
        return Ok(false);
    }
    let Some(_claim) = Claim::take(store, message)? else { return Ok(false) };
    let held = store.get()?;
    let tags: Vec<PropTag> = MESSAGE_TAGS
        .iter()
        .copied()
        .chain([PR_MESSAGE_FLAGS, PR_SENTMAIL_ENTRYID, PR_DELETE_AFTER_SUBMIT])
        .collect();
    let props = held.message_props(message, &tags)?;
    if flags_of(&props) & MSGFLAG_SUBMIT == 0 {
        // Somebody else sent it, or took it back.
        return Ok(false);
    }
    let mut rows = recipient_rows(held, message)?;
    let attachments = held.attachments(message, ATTACHMENT_TAGS)?;
    let bytes = mime::encode(&outgoing_of(&props, &rows, &attachments, false));
    let mut open = open_recipients(&rows);
    let sender = own_address(store.client());
    let mut all_answered = true;
    for (service, live) in &transports {
        let envelope = Envelope { sender: &sender, recipients: &[], message: &bytes };
        match ask(live, &mut open, &envelope) {
            Ok(()) => keep(held, message, &mut rows, &open)?,
            Err(failure) => {
                failed(store.client(), *service, live, &failure);
                all_answered = false;
            }
        }
    }
    settle(store, message, &props, &mut rows, open, all_answered)
}

/// The recipients that nobody takes care of yet.
fn open_recipients(rows: &[Row]) -> Vec<Open> {
    let open = |(at, row): (usize, &Row)| {
        let address = text(row, PR_EMAIL_ADDRESS).or_else(|| text(row, PR_SMTP_ADDRESS));
        let address = address.unwrap_or_default().to_owned();
        let name = text(row, PR_DISPLAY_NAME).unwrap_or(&address).to_owned();
        let result = address.is_empty().then(|| {
            RecipientResult::Refused("it has no address: resolve the name before sending".into())
        });
        let address_type = text(row, PR_ADDRTYPE).unwrap_or(SMTP).to_owned();
        Open { at, recipient: Recipient { address_type, address, name }, result }
    };
    rows.iter().enumerate().filter(|(_, row)| !is_done(row)).map(open).collect()
}

/// Asks one transport for the recipients of its kinds that nobody has taken.
fn ask(live: &Live, open: &mut [Open], envelope: &Envelope<'_>) -> Result<(), Failure> {
    let Some(transport) = live.transport() else { return Ok(()) };
    let types = live.call(|| Ok(transport.address_types()))?;
    let is_known = |open: &&mut Open| {
        matches!(open.result, None | Some(RecipientResult::NotMine))
            && types.iter().any(|known| known.eq_ignore_ascii_case(&open.recipient.address_type))
    };
    let mut mine: Vec<&mut Open> = open.iter_mut().filter(is_known).collect();
    if mine.is_empty() {
        return Ok(());
    }
    let recipients: Vec<Recipient> = mine.iter().map(|open| open.recipient.clone()).collect();
    let envelope = Envelope { recipients: &recipients, ..envelope.clone() };
    let mut results = live.call(|| transport.submit(&envelope))?.recipients.into_iter();
    for open in &mut mine {
        let missing = || RecipientResult::Later("the transport did not say".into());
        open.result = Some(results.next().unwrap_or_else(missing));
    }
    Ok(())
}

/// A transport that panicked takes its service along.
pub(super) fn failed(client: &Client, service: Uid, live: &Live, failure: &Failure) {
    observe::warn!("mapi", "a transport failed: {failure}");
    if let Some(broken) = live.broken() {
        client.session().disable(service, broken);
    }
}

/// Keeps with the message which recipients are accepted.
fn keep(
    store: &dyn MessageStore,
    message: &EntryId,
    rows: &mut [Row],
    open: &[Open],
) -> Result<(), Failure> {
    let accepted = open.iter().filter(|open| open.result == Some(RecipientResult::Accepted));
    let places: Vec<usize> = accepted.map(|open| open.at).collect();
    take_responsibility(store, message, rows, &places)
}

fn take_responsibility(
    store: &dyn MessageStore,
    message: &EntryId,
    rows: &mut [Row],
    places: &[usize],
) -> Result<(), Failure> {
    let mut is_new = false;
    for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| places.contains(at)) {
        if !is_done(row) {
            row.retain(|prop| prop.tag.id() != PR_RESPONSIBILITY.id());
            row.push(Prop::new(PR_RESPONSIBILITY, Value::Boolean(true)));
            is_new = true;
        }
    }
    if !is_new {
        return Ok(());
    }
    let mut change = change(message, Vec::new());
    change.recipients = Some(rows.to_vec());
    save(store, &change).map(drop)
}

/// Reports what nobody takes, and puts the message away when all is answered.
fn settle(
    store: &StoreHandle,
    message: &EntryId,
    props: &[Prop],
    rows: &mut [Row],
    open: Vec<Open>,
    all_answered: bool,
) -> Result<bool, Failure> {
    let held = store.get()?;
    let mut waits = false;
    let mut undelivered = Vec::new();
    let mut places = Vec::new();
    for open in open {
        let reason = match open.result {
            Some(RecipientResult::Accepted) => continue,
            Some(RecipientResult::Later(_)) => {
                waits = true;
                continue;
            }
            // Whoever failed may be the one who is responsible.
            Some(RecipientResult::NotMine) | None if !all_answered => {
                waits = true;
                continue;
            }
            Some(RecipientResult::Refused(reason)) => reason,
            Some(RecipientResult::NotMine) | None => {
                format!(
                    "no transport of the profile sends to this {} address",
                    open.recipient.address_type
                )
            }
        };
        places.push(open.at);
        undelivered.push(Undelivered { recipient: open.recipient, reason });
    }
    if !undelivered.is_empty() {
        report::tell(store, props, &undelivered)?;
        take_responsibility(held, message, rows, &places)?;
    }
    if !waits {
        put_away(held, message, props)?;
    }
    Ok(!waits)
}

fn put_away(store: &dyn MessageStore, message: &EntryId, props: &[Prop]) -> Result<(), Failure> {
    let leaves_none = props
        .iter()
        .any(|prop| prop.tag == PR_DELETE_AFTER_SUBMIT && prop.value == Value::Boolean(true));
    if leaves_none {
        return store.delete_messages(std::slice::from_ref(message));
    }
    let usual = || store.special_folder(SpecialFolder::SentItems);
    let asked = entry_of(props, PR_SENTMAIL_ENTRYID).map(|folder| move_to(store, message, &folder));
    let moved = match asked {
        Some(Ok(moved)) => moved,
        // The folder that was asked for is not there any more.
        Some(Err(_)) | None => match usual() {
            Some(folder) => move_to(store, message, &folder)?,
            None => message.clone(),
        },
    };
    unmark(store, &moved, 0)
}
