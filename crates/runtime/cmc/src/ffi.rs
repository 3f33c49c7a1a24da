//! The C functions of CMC. All are documented in `partywall::ffi`.

use core::ffi::{c_char, c_void};

use extended_mapi::free;
use mapi_abi::cmc_codes::CmcCode;
use mapi_abi::structs::{
    CMC_ACT_ON_DELETE, CMC_ACT_ON_EXTENDED, CMC_CONFIG_CHARACTER_SET, CMC_CONFIG_DEFAULT_SERVICE,
    CMC_CONFIG_DEFAULT_USER, CMC_CONFIG_LINE_TERM, CMC_CONFIG_REQ_PASSWORD, CMC_CONFIG_REQ_SERVICE,
    CMC_CONFIG_REQ_USER, CMC_CONFIG_SUP_COUNTED_STR, CMC_CONFIG_SUP_NOMKMSGREAD,
    CMC_CONFIG_UI_AVAIL, CMC_CONFIG_VER_IMPLEM, CMC_CONFIG_VER_SPEC, CMC_DO_NOT_MARK_AS_READ,
    CMC_FIRST_ATTACH_AS_TEXT_NOTE, CMC_LINE_TERM_LF, CMC_LIST_COUNT_ONLY, CMC_LIST_MSG_REFS_ONLY,
    CMC_LIST_UNREAD_ONLY, CMC_LOGOFF_UI_ALLOWED, CMC_LOOKUP_ADDRESSING_UI, CMC_LOOKUP_DETAILS_UI,
    CMC_LOOKUP_RESOLVE_IDENTITY, CMC_LOOKUP_RESOLVE_PREFIX_SEARCH, CMC_LOOKUP_RESOLVE_UI,
    CMC_MSG_AND_ATT_HDRS_ONLY, CMC_READ_FIRST_UNREAD_MESSAGE, CMC_REQUIRED_NO, CMC_REQUIRED_OPT,
    CMC_SEND_UI_REQUESTED, CMC_VERSION, CMC_extension, CMC_message, CMC_message_reference,
    CMC_message_summary, CMC_recipient,
};
use mapi_abi::tags::{MAPI_BCC, MAPI_CC, MAPI_TO};
use mapi_mail::{Letter, Person};
use mapi_session::UserContext;
use mapi_session::path::Path;

use crate::refusal::{Refusal, guarded};
use crate::{call, input, mail, output, people};

/// The character set, as an identifier of the public register of texts.
const CHARACTER_SET: &str = "-//IETF/CHARSET/NONSGML UTF-8//EN";

fn invalid(says: &str) -> Refusal {
    Refusal::new(CmcCode::INVALID_PARAMETER, says)
}

/// Writes an answer.
unsafe fn answer<T>(place: *mut T, value: T) -> Result<(), Refusal> {
    if place.is_null() {
        return Err(invalid("the place for the answer is null"));
    }
    // SAFETY: checked for null; the caller passes a writable place.
    unsafe { place.write(value) };
    Ok(())
}

unsafe fn check_function(extensions: *const CMC_extension) -> Result<(), Refusal> {
    // SAFETY: forwarded from the caller.
    unsafe { input::check_extensions(extensions, CmcCode::UNSUPPORTED_FUNCTION_EXT) }
}

/// The text of a reference; null or empty is none.
unsafe fn reference(given: *const CMC_message_reference) -> Result<Option<String>, Refusal> {
    if given.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller passes a valid structure.
    let text = unsafe { input::counted_text(given) }?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// See `partywall::ffi`.
///
/// # Safety
/// The texts are null or as the flags say, the array has a last element, `session`
/// is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_logon(
    _service: *mut c_char,
    user: *mut c_char,
    password: *mut c_char,
    character_set: *mut c_char,
    window: u32,
    version: u16,
    flags: u32,
    session: *mut u32,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_logon", || {
        // SAFETY: forwarded from the caller.
        unsafe {
            answer(session, 0)?;
            if version != CMC_VERSION {
                let says = format!("version {version} is not {CMC_VERSION}");
                return Err(Refusal::new(CmcCode::UNSUPPORTED_VERSION, says));
            }
            call::check_flags(flags, 0)?;
            check_function(extensions)?;
            let counted = call::is_counted(0, flags);
            let characters = input::text(character_set, counted)?;
            if !characters.is_empty() && characters != CHARACTER_SET {
                let says = format!("texts are in UTF-8 here, not in {characters}");
                return Err(Refusal::new(CmcCode::UNSUPPORTED_CHARACTER_SET, says));
            }
            let (user, password) = (input::text(user, counted)?, input::text(password, counted)?);
            answer(session, call::logon(user, password, window, flags)?)
        }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// The array has a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_logoff(
    session: u32,
    _window: u32,
    flags: u32,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_logoff", || {
        call::check_flags(flags, CMC_LOGOFF_UI_ALLOWED)?;
        // SAFETY: forwarded from the caller.
        unsafe { check_function(extensions) }?;
        call::logoff(session)
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `message` is null or as documented, and arrays have a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_send(
    session: u32,
    message: *mut CMC_message,
    flags: u32,
    window: u32,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_send", || {
        call::check_flags(flags, CMC_SEND_UI_REQUESTED | CMC_FIRST_ATTACH_AS_TEXT_NOTE)?;
        // SAFETY: forwarded from the caller.
        let letter = unsafe {
            check_function(extensions)?;
            input::letter(message, flags, call::is_counted(session, flags))?
        };
        call::with(session, window, flags, |session| mail::send_message(session, letter, flags))
    })
}

/// A recipient of a list of texts; `cc:` and the like may stand before it.
fn listed(text: &str) -> Person {
    let text = text.trim();
    let kinds = [("to:", MAPI_TO), ("cc:", MAPI_CC), ("bcc:", MAPI_BCC)];
    let said = kinds.iter().find_map(|(front, kind)| {
        let head = text.get(..front.len())?;
        head.eq_ignore_ascii_case(front).then(|| (text[front.len()..].trim(), *kind))
    });
    let (name, kind) = said.unwrap_or((text, MAPI_TO));
    Person { kind, name: name.to_owned(), ..Person::default() }
}

/// See `partywall::ffi`.
///
/// # Safety
/// The texts are null or as the flags say.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_send_documents(
    recipients: *mut c_char,
    subject: *mut c_char,
    note: *mut c_char,
    flags: u32,
    paths: *mut c_char,
    titles: *mut c_char,
    delimiter: *mut c_char,
    window: u32,
) -> u32 {
    guarded("cmc_send_documents", || {
        call::check_flags(flags, CMC_SEND_UI_REQUESTED | CMC_FIRST_ATTACH_AS_TEXT_NOTE)?;
        let counted = call::is_counted(0, flags);
        // SAFETY: forwarded from the caller.
        let text = |text: *mut c_char| unsafe { input::text(text, counted) };
        let delimiter = text(delimiter)?.chars().next().unwrap_or(';');
        let (recipients, paths, titles) = (text(recipients)?, text(paths)?, text(titles)?);
        let paths = paths.split(delimiter).filter(|path| !path.is_empty());
        let titles = titles.split(delimiter).chain(std::iter::repeat(""));
        let files = paths.zip(titles).map(|(path, title)| input::file_of(path, title));
        let mut letter = Letter {
            subject: text(subject)?,
            body: text(note)?,
            attachments: files.collect::<Result<_, _>>()?,
            ..Letter::default()
        };
        let names = recipients.split(delimiter).filter(|name| !name.trim().is_empty());
        letter.recipients = names.map(listed).collect();
        if flags & CMC_FIRST_ATTACH_AS_TEXT_NOTE != 0 && !letter.attachments.is_empty() {
            let first = letter.attachments.remove(0);
            letter.body = String::from_utf8_lossy(&first.data).into_owned();
        }
        call::with(0, window, flags, |session| mail::send_message(session, letter, flags))
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// The reference is null or valid, the array has a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_act_on(
    session: u32,
    message: *mut CMC_message_reference,
    operation: i32,
    flags: u32,
    window: u32,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_act_on", || {
        call::check_flags(flags, 0)?;
        // SAFETY: forwarded from the caller.
        let reference = unsafe {
            check_function(extensions)?;
            reference(message)?
        };
        match operation {
            CMC_ACT_ON_DELETE => {}
            CMC_ACT_ON_EXTENDED => {
                let says = "what the extensions ask for is not known here";
                return Err(Refusal::new(CmcCode::UNSUPPORTED_ACTION, says));
            }
            _ => return Err(Refusal::new(CmcCode::INVALID_ENUM, "there is no such operation")),
        }
        let missing =
            || Refusal::new(CmcCode::INVALID_MESSAGE_REFERENCE, "the message reference is missing");
        let reference = reference.ok_or_else(missing)?;
        call::with(session, window, flags, |session| mail::delete(session, &reference))
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// Pointers are null or as documented, arrays have a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_list(
    session: u32,
    message_type: *mut c_char,
    flags: u32,
    seed: *mut CMC_message_reference,
    count: *mut u32,
    window: u32,
    result: *mut *mut CMC_message_summary,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_list", || {
        let own = CMC_LIST_UNREAD_ONLY | CMC_LIST_MSG_REFS_ONLY | CMC_LIST_COUNT_ONLY;
        call::check_flags(flags, own)?;
        let counts_only = flags & CMC_LIST_COUNT_ONLY != 0;
        let counted = call::is_counted(session, flags);
        // SAFETY: forwarded from the caller.
        let (most, class, seed) = unsafe {
            if !counts_only {
                answer(result, core::ptr::null_mut())?;
            }
            check_function(extensions)?;
            let most = *count.as_ref().ok_or_else(|| invalid("the count is null"))?;
            (most, input::class(&input::text(message_type, counted)?)?, reference(seed)?)
        };
        let seed = seed.map(|seed| mail::message_id(&seed)).transpose()?;
        let list = call::with(session, window, flags, |session| {
            mail::list(session, &class, flags, seed.as_ref(), most)
        })?;
        // SAFETY: as above.
        unsafe {
            if !counts_only {
                answer(result, output::summaries(&list, counted)?)?;
            }
            answer(count, list.len() as u32)
        }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// Pointers are null or as documented, the array has a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_read(
    session: u32,
    message: *mut CMC_message_reference,
    flags: u32,
    place: *mut *mut CMC_message,
    window: u32,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_read", || {
        let own =
            CMC_DO_NOT_MARK_AS_READ | CMC_MSG_AND_ATT_HDRS_ONLY | CMC_READ_FIRST_UNREAD_MESSAGE;
        call::check_flags(flags, own)?;
        // SAFETY: forwarded from the caller.
        let reference = unsafe {
            answer(place, core::ptr::null_mut())?;
            check_function(extensions)?;
            reference(message)?
        };
        let counted = call::is_counted(session, flags);
        let reading = call::with(session, window, flags, |session| {
            mail::read_message(session, reference.as_deref(), flags)
        })?;
        let made = output::message(&reading.entry, &reading.letter, &reading.paths, counted)?;
        reading.files.keep();
        // SAFETY: as above.
        unsafe { answer(place, made) }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// Pointers are null or as documented, arrays have a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_look_up(
    session: u32,
    recipient_in: *mut CMC_recipient,
    flags: u32,
    window: u32,
    count: *mut u32,
    recipient_out: *mut *mut CMC_recipient,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_look_up", || {
        let own = CMC_LOOKUP_RESOLVE_PREFIX_SEARCH
            | CMC_LOOKUP_RESOLVE_IDENTITY
            | CMC_LOOKUP_RESOLVE_UI
            | CMC_LOOKUP_DETAILS_UI
            | CMC_LOOKUP_ADDRESSING_UI;
        call::check_flags(flags, own)?;
        let counted = call::is_counted(session, flags);
        // SAFETY: forwarded from the caller.
        let (most, given) = unsafe {
            answer(recipient_out, core::ptr::null_mut())?;
            check_function(extensions)?;
            let most = *count.as_ref().ok_or_else(|| invalid("the count is null"))?;
            (most as usize, input::people(recipient_in, counted)?)
        };
        let needs_none = CMC_LOOKUP_RESOLVE_IDENTITY | CMC_LOOKUP_ADDRESSING_UI;
        if given.is_empty() && flags & needs_none == 0 {
            return Err(invalid("there is no recipient to look up"));
        }
        let look = |session: &_| people::look_up(session, &given, flags);
        let mut found = call::with(session, window, flags, look)?;
        if most != 0 {
            found.truncate(most);
        }
        let list = output::people(&found, counted)?;
        // SAFETY: as above; both places were checked.
        unsafe {
            answer(recipient_out, list)?;
            answer(count, found.len() as u32)
        }
    })
}

/// See `partywall::ffi`.
///
/// # Safety
/// `memory` is null or a live answer of these functions, not used again.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_free(memory: *mut c_void) -> u32 {
    guarded("cmc_free", || {
        // SAFETY: forwarded from the caller.
        match unsafe { free(memory.cast()) } {
            true => Ok(()),
            false => Err(Refusal::new(CmcCode::INVALID_MEMORY, "this is no answer of CMC")),
        }
    })
}

/// The name of the default profile, if there is one.
fn default_user() -> Result<Option<String>, Refusal> {
    let context = UserContext::capture(&mapi_session::settings(), &mut Path::new());
    let _identity = context.work()?;
    Ok(context.profiles().default_name()?)
}

/// See `partywall::ffi`.
///
/// # Safety
/// `place` is null or has room for the answer, the array has a last element.
#[unsafe(no_mangle)]
pub unsafe extern "system" fn cmc_query_configuration(
    session: u32,
    item: i32,
    place: *mut c_void,
    extensions: *mut CMC_extension,
) -> u32 {
    guarded("cmc_query_configuration", || {
        let counted = call::is_counted(session, 0);
        // SAFETY: forwarded from the caller; the item says what the place is.
        unsafe {
            check_function(extensions)?;
            let text = |text: Option<&str>| -> Result<(), Refusal> {
                answer(place.cast::<*mut c_char>(), core::ptr::null_mut())?;
                match text {
                    None => Ok(()),
                    Some(text) => answer(place.cast(), output::text_alone(text, counted)?),
                }
            };
            let number = |value: i32| answer(place.cast::<i32>(), value);
            let half = |value: u16| answer(place.cast::<u16>(), value);
            match item {
                CMC_CONFIG_CHARACTER_SET => text(Some(CHARACTER_SET)),
                CMC_CONFIG_LINE_TERM => number(CMC_LINE_TERM_LF),
                CMC_CONFIG_DEFAULT_SERVICE => text(None),
                CMC_CONFIG_DEFAULT_USER => text(default_user()?.as_deref()),
                CMC_CONFIG_REQ_SERVICE => number(CMC_REQUIRED_NO),
                CMC_CONFIG_REQ_PASSWORD | CMC_CONFIG_REQ_USER => number(CMC_REQUIRED_OPT),
                CMC_CONFIG_UI_AVAIL | CMC_CONFIG_SUP_NOMKMSGREAD | CMC_CONFIG_SUP_COUNTED_STR => {
                    half(1)
                }
                CMC_CONFIG_VER_IMPLEM | CMC_CONFIG_VER_SPEC => half(CMC_VERSION),
                _ => Err(Refusal::new(CmcCode::INVALID_ENUM, "there is no such item")),
            }
        }
    })
}
