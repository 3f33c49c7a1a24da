//! `IAttach`: an attachment of an open message. What a client changes goes into
//! the message when it is saved, and with the message into the store.

use core::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use com_abi::{GUID, Interface, class};
use mapi_abi::build::Arguments;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{IAttach, IAttach_Impl, IMAPIProp_Impl, IMessage};
use mapi_abi::spi::{MessageStore, PropChange, StoreChange};
use mapi_abi::tags::types::{PT_ERROR, PT_OBJECT};
use mapi_abi::tags::{PR_ATTACH_NUM, PropTag};
use mapi_abi::value::{Prop, Row};

use crate::context::object;
use crate::draft::PropDraft;
use crate::message::{OpenMessage, open_value};
use crate::prop::{Bag, prop_methods};

struct Open {
    message: Arc<OpenMessage>,
    number: u32,
    draft: Mutex<PropDraft>,
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, PropDraft> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        let draft = self.lock().clone();
        draft.over(tags, |tags| self.message.attachment(self.number, tags))
    }
}

#[class(interfaces(IAttach))]
struct AttachmentFace(Arc<Open>);

/// The object of an attachment, with a reference.
pub fn attachment_object(message: Arc<OpenMessage>, number: u32) -> Result<*mut c_void, Failure> {
    let open = Open { message, number, draft: Mutex::default() };
    object::<AttachmentFace, IAttach>(AttachmentFace(Arc::new(open)))
}

impl Bag for AttachmentFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        let stored = self.0.message.attachment_tags(self.0.number)?;
        Ok(self.0.lock().tags(stored))
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.0.read(tags)
    }

    fn change(&self, mut change: PropChange) -> Result<StoreChange, Failure> {
        self.0.message.context().writable()?;
        let is_number = |tag: PropTag| tag.id() == PR_ATTACH_NUM.id();
        let refused = change
            .set
            .iter()
            .map(|prop| prop.tag)
            .chain(change.delete.iter().copied())
            .filter(|tag| is_number(*tag))
            .map(|tag| (tag, Code::COMPUTED))
            .collect();
        change.set.retain(|prop| !is_number(prop.tag));
        change.delete.retain(|tag| !is_number(*tag));
        self.0.lock().add(change);
        Ok(refused)
    }

    fn save(&self, _flags: u32) -> Result<(), Failure> {
        self.0.message.context().writable()?;
        let change = std::mem::take(&mut *self.0.lock()).change();
        self.0.message.with_draft(|draft, _| {
            let own = draft
                .attachments
                .entry(self.0.number)
                .or_insert_with(|| Some(PropDraft::default()));
            match own {
                Some(own) => {
                    own.add(change);
                    Ok(())
                }
                None => Err(Failure::new(Code::OBJECT_DELETED, "the attachment was deleted")),
            }
        })
    }

    fn names(&self) -> Result<&dyn MessageStore, Failure> {
        self.0.message.store()
    }

    fn open(&self, tag: PropTag, iid: &GUID, flags: u32) -> Result<*mut c_void, Failure> {
        let found = self.0.read(&[tag])?.pop();
        let open = Arc::clone(&self.0);
        open_value(tag, iid, flags, found, move |prop: Prop| {
            open.message.context().writable()?;
            open.lock().add(PropChange { set: vec![prop], delete: Vec::new() });
            Ok(())
        })
    }
}

impl IMAPIProp_Impl for AttachmentFace {
    prop_methods!();
}

impl IAttach_Impl for AttachmentFace {}

/// Copies an attachment into another message.
///
/// # Errors
/// The target's.
pub fn copy_to(message: &Arc<OpenMessage>, number: u32, target: &IMessage) -> Result<(), Failure> {
    let mut tags = message.attachment_tags(number)?;
    tags.retain(|tag| *tag != PR_ATTACH_NUM && tag.prop_type() != PT_OBJECT);
    let row = message.attachment(number, &tags)?;
    let values: Row = row.into_iter().filter(|prop| prop.tag.prop_type() != PT_ERROR).collect();
    let mut arguments = Arguments::new();
    let built = arguments.props(&values);
    let (mut made, mut raw) = (0, core::ptr::null_mut());
    // SAFETY: writable places; the answer is an attachment with a reference; the
    // structures live as long as `arguments`.
    let code = unsafe {
        let code = target.CreateAttach(core::ptr::null(), 0, &mut made, &mut raw);
        if code.is_ok() && !raw.is_null() {
            let attachment = IAttach::from_raw(raw);
            let set = attachment.SetProps(values.len() as u32, built, core::ptr::null_mut());
            if set.is_ok() { attachment.SaveChanges(0) } else { set }
        } else {
            code
        }
    };
    if code.is_err() {
        return Err(Failure::new(Code(code.0), "the target refused an attachment"));
    }
    Ok(())
}
