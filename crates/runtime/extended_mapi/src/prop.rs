//! `IMAPIProp` of every object: an object says what its properties are ([`Bag`]),
//! the methods are the same for all ([`prop_methods`]).

use core::ffi::c_void;

use com_abi::{GUID, HRESULT, IUnknown, Interface};
use mapi_abi::build;
use mapi_abi::codes::{Code, Failure};
use mapi_abi::interfaces::IMAPIProp;
use mapi_abi::read;
use mapi_abi::spi::{MessageStore, Name, PropChange, StoreChange};
use mapi_abi::structs::{
    MAPI_CREATE, MAPI_MODIFY, MAPI_MOVE, MAPI_NO_IDS, MAPI_NO_STRINGS, MAPI_NOREPLACE, MAPINAMEID,
    SPropProblemArray, SPropTagArray, SPropValue,
};
use mapi_abi::tags::PropTag;
use mapi_abi::tags::types::{MV_FLAG, PT_BINARY, PT_ERROR, PT_NULL, PT_OBJECT, PT_UNICODE};
use mapi_abi::value::{Prop, Row, Value};

use crate::answer;
use crate::buffer::{buffer, more};
use crate::context::{answer as put, invalid, refused};
use crate::last_error::{completed, guarded};
use crate::text::{answered, asked, received};

/// An object's properties.
pub trait Bag {
    /// All tags that have values.
    ///
    /// # Errors
    /// The object's.
    fn tags(&self) -> Result<Vec<PropTag>, Failure>;

    /// Values in the order of the tags; a missing one is an error value.
    ///
    /// # Errors
    /// The object's.
    fn read(&self, tags: &[PropTag]) -> Result<Row, Failure>;

    /// Sets and removes properties; answers those that were refused.
    ///
    /// # Errors
    /// `NO_ACCESS` for all that cannot be changed.
    fn change(&self, _change: PropChange) -> Result<StoreChange, Failure> {
        Err(Failure::new(Code::NO_ACCESS, "the object cannot be changed"))
    }

    /// Makes changes last.
    ///
    /// # Errors
    /// The object's.
    fn save(&self, _flags: u32) -> Result<(), Failure> {
        Ok(())
    }

    /// The store whose named properties the object has.
    ///
    /// # Errors
    /// `NO_SUPPORT` it has none.
    fn names(&self) -> Result<&dyn MessageStore, Failure> {
        Err(Failure::new(Code::NO_SUPPORT, "the object has no named properties"))
    }

    /// Opens a property as a stream, or as what else it is.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INTERFACE_NOT_SUPPORTED`; `NO_ACCESS`.
    fn open(&self, _tag: PropTag, _iid: &GUID, _flags: u32) -> Result<*mut c_void, Failure> {
        Err(Failure::new(Code::NO_SUPPORT, "the object has no properties that can be opened"))
    }

    /// Copies what is not a property: recipients, attachments.
    ///
    /// # Errors
    /// The target's.
    fn copy_parts(
        &self,
        _target: &IUnknown,
        _tags: &dyn Fn(PropTag) -> bool,
    ) -> Result<(), Failure> {
        Ok(())
    }
}

/// The methods of `IMAPIProp` for a type that is a [`Bag`].
macro_rules! prop_methods {
    () => {
        unsafe fn GetLastError(
            &self,
            result: com_abi::HRESULT,
            flags: u32,
            error: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::last_error::get_last_error(result, flags, error.cast()) }
        }

        unsafe fn SaveChanges(&self, flags: u32) -> com_abi::HRESULT {
            $crate::last_error::guarded("SaveChanges", || $crate::prop::Bag::save(self, flags))
        }

        unsafe fn GetProps(
            &self,
            tags: *const mapi_abi::structs::SPropTagArray,
            flags: u32,
            count: *mut u32,
            place: *mut *mut mapi_abi::structs::SPropValue,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::get_props(self, tags, flags, count, place) }
        }

        unsafe fn GetPropList(
            &self,
            _flags: u32,
            place: *mut *mut mapi_abi::structs::SPropTagArray,
        ) -> com_abi::HRESULT {
            $crate::last_error::guarded("GetPropList", || {
                let built = $crate::answer::tags(&$crate::prop::Bag::tags(self)?)?;
                // SAFETY: forwarded from the caller.
                unsafe { $crate::context::answer(place, built) }
            })
        }

        unsafe fn OpenProperty(
            &self,
            tag: u32,
            iid: *const com_abi::GUID,
            _options: u32,
            flags: u32,
            place: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::open_property(self, tag, iid, flags, place) }
        }

        unsafe fn SetProps(
            &self,
            count: u32,
            props: *const mapi_abi::structs::SPropValue,
            problems: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::set_props(self, count, props, problems.cast()) }
        }

        unsafe fn DeleteProps(
            &self,
            tags: *const mapi_abi::structs::SPropTagArray,
            problems: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::delete_props(self, tags, problems.cast()) }
        }

        unsafe fn CopyTo(
            &self,
            _excluded: u32,
            _iids: *const com_abi::GUID,
            tags: *const mapi_abi::structs::SPropTagArray,
            _window: usize,
            _progress: *mut core::ffi::c_void,
            _iid: *const com_abi::GUID,
            target: *mut core::ffi::c_void,
            flags: u32,
            problems: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::copy(self, false, tags, target, flags, problems.cast()) }
        }

        unsafe fn CopyProps(
            &self,
            tags: *const mapi_abi::structs::SPropTagArray,
            _window: usize,
            _progress: *mut core::ffi::c_void,
            _iid: *const com_abi::GUID,
            target: *mut core::ffi::c_void,
            flags: u32,
            problems: *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::copy(self, true, tags, target, flags, problems.cast()) }
        }

        unsafe fn GetNamesFromIDs(
            &self,
            tags: *mut *mut mapi_abi::structs::SPropTagArray,
            set: *const com_abi::GUID,
            flags: u32,
            count: *mut u32,
            names: *mut *mut *mut core::ffi::c_void,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::names_from_ids(self, tags, set, flags, count, names.cast()) }
        }

        unsafe fn GetIDsFromNames(
            &self,
            count: u32,
            names: *const *const core::ffi::c_void,
            flags: u32,
            tags: *mut *mut mapi_abi::structs::SPropTagArray,
        ) -> com_abi::HRESULT {
            // SAFETY: forwarded from the caller.
            unsafe { $crate::prop::ids_from_names(self, count, names.cast(), flags, tags) }
        }
    };
}

pub(crate) use prop_methods;

/// Values of tags, or of all, in the types that the client asked for.
fn values(bag: &dyn Bag, tags: Option<Vec<PropTag>>, flags: u32) -> Result<Row, Failure> {
    let all = |bag: &dyn Bag| bag.tags();
    let Some(tags) = tags else {
        // All of them, each with its own type; texts as the call wants them.
        let tags = all(bag)?;
        let mut row = bag.read(&tags)?;
        let loose: Vec<PropTag> = tags
            .iter()
            .map(|tag| match tag.prop_type() {
                PT_UNICODE => tag.with_type(0),
                _ => *tag,
            })
            .collect();
        answered(&mut row, &loose, flags);
        return Ok(row);
    };
    let known = if tags.iter().any(|tag| tag.prop_type() == 0) { all(bag)? } else { Vec::new() };
    let wanted = asked(&tags, |id| known.iter().copied().find(|tag| tag.id() == id));
    let mut row = bag.read(&wanted)?;
    answered(&mut row, &tags, flags);
    Ok(row)
}

/// `GetProps`.
///
/// # Safety
/// `tags` is null or a valid structure; the places are null or writable.
pub unsafe fn get_props(
    bag: &dyn Bag,
    tags: *const SPropTagArray,
    flags: u32,
    count: *mut u32,
    place: *mut *mut SPropValue,
) -> HRESULT {
    completed("GetProps", || {
        if count.is_null() || place.is_null() {
            return Err(invalid("the place for the answer is null"));
        }
        // SAFETY: forwarded from the caller.
        let tags = unsafe { read::tags(tags) }.map_err(refused("too many tags"))?;
        let row = values(bag, tags, flags)?;
        let built = answer::props(&row)?;
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            count.write(row.len() as u32);
            place.write(built);
        }
        Ok(answer::completeness(&row))
    })
}

/// `OpenProperty`.
///
/// # Safety
/// `iid` is null or readable; `place` is null or writable.
pub unsafe fn open_property(
    bag: &dyn Bag,
    tag: u32,
    iid: *const GUID,
    flags: u32,
    place: *mut *mut c_void,
) -> HRESULT {
    guarded("OpenProperty", || {
        // SAFETY: forwarded from the caller.
        let iid = unsafe { iid.as_ref() }
            .ok_or_else(|| invalid("the interface of the property is not said"))?;
        let [tag] = asked(&[PropTag(tag)], |_| None)[..] else {
            return Err(invalid("no tag"));
        };
        let opened = bag.open(tag, iid, flags)?;
        // SAFETY: forwarded from the caller.
        unsafe { put(place, opened) }
    })
}

/// `SetProps`: what has no value, or an error for one, is passed over.
///
/// # Safety
/// `props` is null or `count` valid structures; `place` is null or writable.
pub unsafe fn set_props(
    bag: &dyn Bag,
    count: u32,
    props: *const SPropValue,
    place: *mut *mut SPropProblemArray,
) -> HRESULT {
    guarded("SetProps", || {
        // SAFETY: forwarded from the caller.
        let given = unsafe { read::props(props, count) }
            .map_err(refused("the properties cannot be read"))?;
        let is_empty = |value: &Value| match value {
            Value::MvBinary(list) => list.is_empty(),
            Value::MvDouble(list) => list.is_empty(),
            Value::MvGuid(list) => list.is_empty(),
            Value::MvI2(list) => list.is_empty(),
            Value::MvI8(list) => list.is_empty(),
            Value::MvLong(list) => list.is_empty(),
            Value::MvString8(list) => list.is_empty(),
            Value::MvSysTime(list) => list.is_empty(),
            Value::MvUnicode(list) => list.is_empty(),
            _ => false,
        };
        let wrong = |prop: &Prop| prop.tag.prop_type() == PT_OBJECT || is_empty(&prop.value);
        if given.iter().any(wrong) {
            let says = "an object is no value, and several values are at least one";
            return Err(invalid(says));
        }
        let tags: Vec<PropTag> = given.iter().map(|prop| prop.tag).collect();
        let counts = |prop: &Prop| !matches!(prop.tag.prop_type(), PT_NULL | PT_ERROR);
        let set = given.into_iter().filter(counts).map(received).collect();
        let refused = bag.change(PropChange { set, delete: Vec::new() })?;
        // SAFETY: forwarded from the caller.
        unsafe { answer_problems(&tags, &refused, place) }
    })
}

/// `DeleteProps`.
///
/// # Safety
/// `tags` is null or a valid structure; `place` is null or writable.
pub unsafe fn delete_props(
    bag: &dyn Bag,
    tags: *const SPropTagArray,
    place: *mut *mut SPropProblemArray,
) -> HRESULT {
    guarded("DeleteProps", || {
        // SAFETY: forwarded from the caller.
        let tags = unsafe { read::tags(tags) }.map_err(refused("too many tags"))?;
        let tags = tags.filter(|tags| !tags.is_empty()).ok_or_else(|| invalid("no tags"))?;
        let delete = asked(&tags, |_| None);
        let refused = bag.change(PropChange { set: Vec::new(), delete })?;
        // SAFETY: forwarded from the caller.
        unsafe { answer_problems(&tags, &refused, place) }
    })
}

/// Writes which of the tags were refused, if the client wants to know; null when
/// none was.
///
/// # Safety
/// `place` is null or writable.
unsafe fn answer_problems(
    tags: &[PropTag],
    refused: &StoreChange,
    place: *mut *mut SPropProblemArray,
) -> Result<(), Failure> {
    if place.is_null() {
        return Ok(());
    }
    let at = |tag: PropTag| tags.iter().position(|known| known.id() == tag.id()).unwrap_or(0);
    let problems: Vec<(u32, PropTag, Code)> =
        refused.iter().map(|(tag, code)| (at(*tag) as u32, tags[at(*tag)], *code)).collect();
    let built = if problems.is_empty() {
        core::ptr::null_mut()
    } else {
        linked(|allocator| build::problems(&problems, allocator))?
    };
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(built) };
    Ok(())
}

/// A structure in one buffer that its parts hang on.
pub fn linked<T>(
    build: impl FnOnce(build::Allocator<'_>) -> Option<*mut T>,
) -> Result<*mut T, Failure> {
    let mut base = core::ptr::null_mut::<u8>();
    let built = build(&mut |size| {
        if base.is_null() {
            base = buffer(size);
            base
        } else {
            // SAFETY: `base` is live and ours alone.
            unsafe { more(size, base) }
        }
    });
    built.ok_or_else(|| {
        // SAFETY: nobody else knows the buffer; null is allowed.
        unsafe { crate::buffer::free(base) };
        Failure::new(Code::NOT_ENOUGH_MEMORY, "there is no memory for the answer")
    })
}

/// `CopyTo` (`only` is false: all but these tags) and `CopyProps`.
///
/// # Safety
/// `tags` is null or a valid structure, `target` null or an interface, `place`
/// null or writable.
pub unsafe fn copy(
    bag: &dyn Bag,
    only: bool,
    tags: *const SPropTagArray,
    target: *mut c_void,
    flags: u32,
    place: *mut *mut SPropProblemArray,
) -> HRESULT {
    guarded("CopyTo", || {
        // SAFETY: forwarded from the caller.
        let (listed, target) = unsafe {
            let listed = read::tags(tags).map_err(refused("too many tags"))?;
            (listed.unwrap_or_default(), IUnknown::from_raw_borrowed(&target))
        };
        let target = target.ok_or_else(|| invalid("there is no target"))?;
        let object = target.cast::<IMAPIProp>().map_err(|_| {
            Failure::new(Code::INTERFACE_NOT_SUPPORTED, "the target has no properties")
        })?;
        let is_listed = |tag: PropTag| listed.iter().any(|known| known.id() == tag.id());
        let is_wanted = |tag: PropTag| is_listed(tag) == only;
        let mut wanted = bag.tags()?;
        wanted.retain(|tag| is_wanted(*tag) && tag.prop_type() != PT_OBJECT);
        if flags & MAPI_NOREPLACE != 0 {
            let there = tags_of(&object)?;
            wanted.retain(|tag| !there.iter().any(|known| known.id() == tag.id()));
        }
        let row = bag.read(&wanted)?;
        let values: Row = row.into_iter().filter(|prop| prop.tag.prop_type() != PT_ERROR).collect();
        let mut arguments = build::Arguments::new();
        let built = arguments.props(&values);
        let mut problems = core::ptr::null_mut();
        // SAFETY: the structures live as long as `arguments`; a writable place.
        let code = unsafe { object.SetProps(values.len() as u32, built, &mut problems) };
        if code.is_err() {
            return Err(Failure::new(Code(code.0), "the target refused the properties"));
        }
        // SAFETY: the problems are ours, to be handed on or freed.
        unsafe {
            if place.is_null() {
                crate::buffer::free(problems.cast());
            } else {
                place.write(problems.cast());
            }
        }
        bag.copy_parts(target, &is_wanted)?;
        if flags & MAPI_MOVE != 0 {
            bag.change(PropChange { set: Vec::new(), delete: wanted })?;
        }
        Ok(())
    })
}

/// The tags of another object.
fn tags_of(object: &IMAPIProp) -> Result<Vec<PropTag>, Failure> {
    let mut list = core::ptr::null_mut();
    // SAFETY: a writable place; the answer is ours to free.
    unsafe {
        let code = object.GetPropList(0, &mut list);
        if code.is_err() {
            return Err(Failure::new(Code(code.0), "the target does not say what it has"));
        }
        let tags = read::tags(list).map_err(refused("too many tags"));
        crate::buffer::free(list.cast());
        Ok(tags?.unwrap_or_default())
    }
}

/// `GetIDsFromNames`.
///
/// # Safety
/// `names` is null or leads to `count` valid structures; `place` is null or
/// writable.
pub unsafe fn ids_from_names(
    bag: &dyn Bag,
    count: u32,
    names: *const *const MAPINAMEID,
    flags: u32,
    place: *mut *mut SPropTagArray,
) -> HRESULT {
    completed("GetIDsFromNames", || {
        let store = bag.names()?;
        let tags: Vec<Option<u16>> = if names.is_null() || count == 0 {
            store.all_names()?.into_iter().map(|(id, _)| Some(id)).collect()
        } else {
            // SAFETY: forwarded from the caller.
            let names = unsafe { read::names(names, count) }
                .map_err(refused("the names cannot be read"))?;
            store.ids_from_names(&names, flags & MAPI_CREATE != 0)?
        };
        let is_complete = tags.iter().all(Option::is_some);
        // No type is known of a name; of a missing one it is an error.
        let tags: Vec<PropTag> = tags
            .into_iter()
            .map(|id| id.map_or(PropTag(u32::from(PT_ERROR)), |id| PropTag(u32::from(id) << 16)))
            .collect();
        let built = answer::tags(&tags)?;
        // SAFETY: forwarded from the caller.
        unsafe { put(place, built) }?;
        Ok(if is_complete { Code::OK } else { Code::ERRORS_RETURNED })
    })
}

/// `GetNamesFromIDs`.
///
/// # Safety
/// `tags` is null or leads to null or a valid structure; `set` is null or
/// readable; the places are null or writable.
pub unsafe fn names_from_ids(
    bag: &dyn Bag,
    tags: *mut *mut SPropTagArray,
    set: *const GUID,
    flags: u32,
    count: *mut u32,
    place: *mut *mut *mut MAPINAMEID,
) -> HRESULT {
    completed("GetNamesFromIDs", || {
        if tags.is_null() || count.is_null() || place.is_null() {
            return Err(invalid("the place for the answer is null"));
        }
        let store = bag.names()?;
        // SAFETY: checked for null; forwarded from the caller.
        let (given, set) = unsafe {
            let given = read::tags(*tags).map_err(refused("too many tags"))?;
            (given, set.as_ref().map(|set| set.to_u128()))
        };
        let is_wanted = |name: &Name| {
            let (own, is_text) = match name {
                Name::Id { set, .. } => (set, false),
                Name::Text { set, .. } => (set, true),
            };
            let in_set = set.is_none_or(|set| guid_number(own) == set);
            in_set && flags & if is_text { MAPI_NO_STRINGS } else { MAPI_NO_IDS } == 0
        };
        let names: Vec<Option<Name>> = match given {
            Some(given) => {
                let ids: Vec<u16> = given.iter().map(|tag| tag.id()).collect();
                let found = store.names_from_ids(&ids)?;
                found.into_iter().map(|name| name.filter(is_wanted)).collect()
            }
            None => {
                let all = store.all_names()?;
                let all: Vec<_> = all.into_iter().filter(|(_, name)| is_wanted(name)).collect();
                let list: Vec<PropTag> =
                    all.iter().map(|(id, _)| PropTag(u32::from(*id) << 16)).collect();
                let built = answer::tags(&list)?;
                // SAFETY: checked for null; the caller passes a writable place.
                unsafe { tags.write(built) };
                all.into_iter().map(|(_, name)| Some(name)).collect()
            }
        };
        let is_complete = names.iter().all(Option::is_some);
        let built = linked(|allocator| build::names(&names, allocator))?;
        // SAFETY: checked for null; the caller passes writable places.
        unsafe {
            count.write(names.len() as u32);
            place.write(built);
        }
        Ok(if is_complete { Code::OK } else { Code::ERRORS_RETURNED })
    })
}

/// A GUID's number from its bytes in memory.
fn guid_number(bytes: &[u8; 16]) -> u128 {
    // SAFETY: any sixteen bytes are a GUID.
    unsafe { core::mem::transmute::<[u8; 16], GUID>(*bytes) }.to_u128()
}

/// Whether a tag can be opened as a stream of bytes.
pub const fn is_streamable(tag: PropTag) -> bool {
    matches!(tag.prop_type(), PT_BINARY | PT_UNICODE) && tag.prop_type() & MV_FLAG == 0
}

/// Whether a property may be changed through an opened stream.
pub const fn wants_to_write(flags: u32) -> bool {
    flags & (MAPI_MODIFY | MAPI_CREATE) != 0
}
