//! `IMailUser` and `IDistList`: entries of an address book.

use core::ffi::c_void;

use com_abi::{HRESULT, class};
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::{
    IDistList, IDistList_Impl, IMAPIContainer_Impl, IMAPIProp_Impl, IMailUser, IMailUser_Impl,
};
use mapi_abi::tags::{
    MAPI_ABCONT, MAPI_DISTLIST, MAPI_MAILUSER, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS, PR_ENTRYID,
    PR_INSTANCE_KEY, PR_OBJECT_TYPE, PropTag,
};
use mapi_abi::value::{EntryId, Prop, Row, Value};
use mapi_table::{StaticRows, Table};

use super::container::{container_object, known};
use super::{Books, OneOff, RECIPIENT_TAGS};
use crate::context::{answer, object};
use crate::last_error::guarded;
use crate::prop::{Bag, prop_methods};
use crate::table::table_object;

const MEMBER_TAGS: [PropTag; 4] = [PR_ENTRYID, PR_INSTANCE_KEY, PR_DISPLAY_NAME, PR_EMAIL_ADDRESS];

/// Opens what an identifier names, or the root; its `PR_OBJECT_TYPE` comes along.
pub fn open(books: &Books, entry: Option<EntryId>) -> Result<(i32, *mut c_void), Failure> {
    let Some(entry) = entry else {
        return Ok((MAPI_ABCONT, container_object(books, None)?));
    };
    if let Some(container) = known(books, &entry)? {
        return Ok((MAPI_ABCONT, container_object(books, Some(container))?));
    }
    let object_type = props(books, &entry, &[PR_OBJECT_TYPE])?;
    let is_list = object_type.first().is_some_and(|prop| prop.value == Value::Long(MAPI_DISTLIST));
    let own = Entry { books: books.clone(), entry };
    Ok(if is_list {
        (MAPI_DISTLIST, object::<ListFace, IDistList>(ListFace(own))?)
    } else {
        (MAPI_MAILUSER, object::<UserFace, IMailUser>(UserFace(own))?)
    })
}

/// Values of an entry, whichever book knows it.
pub fn props(books: &Books, entry: &EntryId, tags: &[PropTag]) -> Result<Row, Failure> {
    match OneOff::decode(entry) {
        Some(one_off) => {
            books.0.check()?;
            Ok(one_off.row(tags))
        }
        None => books.first(|book| book.entry_props(entry, tags)),
    }
}

struct Entry {
    books: Books,
    entry: EntryId,
}

impl Entry {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        match OneOff::decode(&self.entry) {
            Some(_) => Ok(RECIPIENT_TAGS.to_vec()),
            None => self.books.first(|book| book.entry_tags(&self.entry)),
        }
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        props(&self.books, &self.entry, tags)
    }
}

#[class(interfaces(IMailUser))]
struct UserFace(Entry);

impl Bag for UserFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        self.0.tags()
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.0.read(tags)
    }
}

impl IMAPIProp_Impl for UserFace {
    prop_methods!();
}

impl IMailUser_Impl for UserFace {}

#[class(interfaces(IDistList))]
struct ListFace(Entry);

impl Bag for ListFace {
    fn tags(&self) -> Result<Vec<PropTag>, Failure> {
        self.0.tags()
    }

    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure> {
        self.0.read(tags)
    }
}

impl IMAPIProp_Impl for ListFace {
    prop_methods!();
}

impl IMAPIContainer_Impl for ListFace {
    unsafe fn GetContentsTable(&self, _flags: u32, place: *mut *mut c_void) -> HRESULT {
        guarded("GetContentsTable", || {
            let (books, list) = (self.0.books.clone(), self.0.entry.clone());
            let members = move |columns: &[PropTag]| -> Result<Vec<Row>, Failure> {
                let members = books.first(|book| book.members(&list))?;
                let row = |member: &EntryId| {
                    // A member that is gone is shown by its identifier.
                    let gone = |tag: &PropTag| match *tag {
                        PR_ENTRYID | PR_INSTANCE_KEY => {
                            Prop::new(*tag, Value::Binary(member.0.clone()))
                        }
                        _ => Prop::error(*tag, Code::NOT_FOUND),
                    };
                    props(&books, member, columns)
                        .unwrap_or_else(|_| columns.iter().map(gone).collect())
                };
                Ok(members.iter().map(row).collect())
            };
            let table = Table::new(Box::new(StaticRows::new(members)), MEMBER_TAGS.to_vec());
            let made = table_object(&self.0.books.0, table, None)?;
            // SAFETY: forwarded from the caller.
            unsafe { answer(place, made) }
        })
    }
}

impl IDistList_Impl for ListFace {}
