//! The functions of Simple MAPI, declared. What each answers is a number of
//! `mapi_abi::simple_codes`. A session of 0 logs on for one call: it joins the
//! shared session, or takes the default profile.

use core::ffi::{c_char, c_void};

use com_abi::GUID;

unsafe extern "system" {
    /// Opens a session.
    pub fn MAPILogon(
        window: usize,
        profile: *mut c_char,
        password: *mut c_char,
        flags: u32,
        reserved: u32,
        session: *mut usize,
    ) -> u32;
    /// Ends a session of `MAPILogon`.
    pub fn MAPILogoff(session: usize, window: usize, flags: u32, reserved: u32) -> u32;
    /// Sends a `MapiMessage`. With `MAPI_DIALOG` the session's prompt shows it first.
    pub fn MAPISendMail(
        session: usize,
        window: usize,
        message: *mut c_void,
        flags: u32,
        reserved: u32,
    ) -> u32;
    /// Sends a `MapiMessageW`.
    pub fn MAPISendMailW(
        session: usize,
        window: usize,
        message: *mut c_void,
        flags: u32,
        reserved: u32,
    ) -> u32;
    /// The same, under the name of the helper that chooses between both forms.
    pub fn MAPISendMailHelper(
        session: usize,
        window: usize,
        message: *mut c_void,
        flags: u32,
        reserved: u32,
    ) -> u32;
    /// Sends files; paths and names stand between delimiters. The user is asked.
    pub fn MAPISendDocuments(
        window: usize,
        delimiter: *mut c_char,
        paths: *mut c_char,
        names: *mut c_char,
        reserved: u32,
    ) -> u32;
    /// Writes the identifier of the inbox's first message, or of the one after
    /// `seed`, to a buffer of 64 bytes, with `MAPI_LONG_MSGID` 512.
    pub fn MAPIFindNext(
        session: usize,
        window: usize,
        class: *mut c_char,
        seed: *mut c_char,
        flags: u32,
        reserved: u32,
        id: *mut c_char,
    ) -> u32;
    /// Reads a message to a `MapiMessage` that `MAPIFreeBuffer` frees; its files
    /// are the caller's to remove.
    pub fn MAPIReadMail(
        session: usize,
        window: usize,
        id: *mut c_char,
        flags: u32,
        reserved: u32,
        message: *mut *mut c_void,
    ) -> u32;
    /// Makes a message in the inbox, or replaces the one that `id` names.
    pub fn MAPISaveMail(
        session: usize,
        window: usize,
        message: *mut c_void,
        flags: u32,
        reserved: u32,
        id: *mut c_char,
    ) -> u32;
    /// Deletes a message for good.
    pub fn MAPIDeleteMail(
        session: usize,
        window: usize,
        id: *mut c_char,
        flags: u32,
        reserved: u32,
    ) -> u32;
    /// Asks the user for recipients, in up to four lists of `fields`.
    pub fn MAPIAddress(
        session: usize,
        window: usize,
        caption: *mut c_char,
        fields: u32,
        label: *mut c_char,
        count: u32,
        recipients: *mut c_void,
        flags: u32,
        reserved: u32,
        new_count: *mut u32,
        new_recipients: *mut *mut c_void,
    ) -> u32;
    /// Shows what is known of a recipient.
    pub fn MAPIDetails(
        session: usize,
        window: usize,
        recipient: *mut c_void,
        flags: u32,
        reserved: u32,
    ) -> u32;
    /// Looks a name up in the address books.
    pub fn MAPIResolveName(
        session: usize,
        window: usize,
        name: *mut c_char,
        flags: u32,
        reserved: u32,
        recipient: *mut *mut c_void,
    ) -> u32;
    /// Another `IMAPISession` for a session of `MAPILogon`; the handle stays its
    /// owner.
    pub fn ScMAPIXFromSMAPI(
        session: usize,
        flags: u32,
        iid: *const GUID,
        object: *mut *mut c_void,
    ) -> i32;
}
