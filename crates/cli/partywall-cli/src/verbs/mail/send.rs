//! `partywall mail send`: a message through the sender's own session.

use std::io::Read;

use mapi_abi::codes::Code;
use mapi_abi::spi::{AttachmentChange, MessageChange, MessageStore, PropChange, SpecialFolder};
use mapi_abi::structs::{MAPI_EXTENDED, MAPI_NEW_SESSION, MAPI_USE_DEFAULT};
use mapi_abi::tags::{
    ATTACH_BY_VALUE, MAPI_CC, MAPI_TO, MSGFLAG_UNSENT, PR_ADDRTYPE, PR_ATTACH_DATA_BIN,
    PR_ATTACH_LONG_FILENAME, PR_ATTACH_METHOD, PR_BODY, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS,
    PR_MESSAGE_CLASS, PR_MESSAGE_FLAGS, PR_RECIPIENT_TYPE, PR_ROWID, PR_SUBJECT,
};
use mapi_abi::value::{Prop, Row, Value};
use mapi_session::{Request, StoreHandle};
use security::impersonation;

use crate::args::MailSend;
use crate::output::{Failure, line};
use crate::verbs::user::accounts;

/// Largest attachment, in bytes.
const MAX_ATTACHMENT: u64 = 64 << 20;
/// Longest text, in bytes.
const MAX_TEXT: u64 = 16 << 20;

/// See the module.
pub fn run(send: &MailSend) -> Result<(), Failure> {
    let token = accounts()?.token(&send.user)?;
    let change = message(send)?;
    mapi_session::initialize(0, 0)?;
    let client = {
        let _identity = impersonation::impersonate(&token)
            .map_err(|error| Failure::new(format!("cannot work as {}: {error}", send.user)))?;
        let flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT;
        mapi_session::logon(&Request { flags, ..Request::default() })?
    };
    let store = client.default_store()?;
    let outbox = store.special_folder(SpecialFolder::Outbox).ok_or_else(|| {
        Failure::with_code("the mailbox has no outbox", Code::NO_SUPPORT.0 as u32)
    })?;
    let made = store.save_message(&MessageChange { folder: &outbox, ..change })?;
    mapi_session::submit(&store, &made)?;
    let waiting = still_there(&store, &made);
    client.leave()?;
    if waiting {
        line("the message waits in the outbox: no transport could take it yet")
    } else {
        line("sent")
    }
}

/// Whether a message is still in the outbox.
fn still_there(store: &StoreHandle, message: &mapi_abi::value::EntryId) -> bool {
    let Some(outbox) = store.special_folder(SpecialFolder::Outbox) else { return false };
    let parent = store.message_props(message, &[mapi_abi::tags::PR_PARENT_ENTRYID]);
    parent.is_ok_and(|row| row.iter().any(|prop| prop.value == Value::Binary(outbox.0.clone())))
}

fn message(send: &MailSend) -> Result<MessageChange<'static>, Failure> {
    let mut text = String::new();
    match &send.text {
        Some(given) => text.push_str(given),
        None => {
            std::io::stdin()
                .take(MAX_TEXT)
                .read_to_string(&mut text)
                .map_err(|error| Failure::new(format!("cannot read the text: {error}")))?;
        }
    }
    let all = send.to.iter().map(|to| (to, MAPI_TO)).chain(send.cc.iter().map(|cc| (cc, MAPI_CC)));
    let recipients: Vec<Row> =
        all.enumerate().map(|(at, (address, kind))| recipient(at, address, kind)).collect();
    // The folder is the outbox, which is found later.
    const NOWHERE: &mapi_abi::value::EntryId = &mapi_abi::value::EntryId(Vec::new());
    Ok(MessageChange {
        message: None,
        folder: NOWHERE,
        associated: false,
        props: PropChange {
            set: vec![
                Prop::text(PR_MESSAGE_CLASS, "IPM.Note"),
                Prop::text(PR_SUBJECT, &*send.subject),
                Prop::text(PR_BODY, text),
                Prop::new(PR_MESSAGE_FLAGS, Value::Long(MSGFLAG_UNSENT)),
            ],
            delete: Vec::new(),
        },
        recipients: Some(recipients),
        attachments: attachments(send)?,
        expected: None,
        original: None,
    })
}

fn recipient(at: usize, address: &str, kind: i32) -> Row {
    vec![
        Prop::new(PR_ROWID, Value::Long(at as i32)),
        Prop::new(PR_RECIPIENT_TYPE, Value::Long(kind)),
        Prop::text(PR_DISPLAY_NAME, address),
        Prop::text(PR_ADDRTYPE, "SMTP"),
        Prop::text(PR_EMAIL_ADDRESS, address),
    ]
}

fn attachments(send: &MailSend) -> Result<Vec<AttachmentChange>, Failure> {
    let each = send.attach.iter().enumerate().map(|(number, file)| {
        let failed = |says: String| Failure::new(format!("{}: {says}", file.display()));
        let size = std::fs::metadata(file).map_err(|error| failed(error.to_string()))?.len();
        if size > MAX_ATTACHMENT {
            return Err(failed(format!("an attachment has at most {MAX_ATTACHMENT} bytes")));
        }
        let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
        Ok(AttachmentChange {
            number: number as u32,
            delete: false,
            props: PropChange {
                set: vec![
                    Prop::new(PR_ATTACH_METHOD, Value::Long(ATTACH_BY_VALUE)),
                    Prop::text(PR_ATTACH_LONG_FILENAME, name.unwrap_or_default()),
                    Prop::new(PR_ATTACH_DATA_BIN, Value::Binary(bytes)),
                ],
                delete: Vec::new(),
            },
        })
    });
    each.collect()
}
