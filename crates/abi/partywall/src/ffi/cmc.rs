//! The functions of CMC, declared. What each answers is a number of
//! `mapi_abi::cmc_codes`.

use core::ffi::{c_char, c_void};

unsafe extern "system" {
    /// Opens a session; `user` names a profile.
    pub fn cmc_logon(
        service: *mut c_char,
        user: *mut c_char,
        password: *mut c_char,
        character_set: *mut c_char,
        window: u32,
        version: u16,
        flags: u32,
        session: *mut u32,
        extensions: *mut c_void,
    ) -> u32;
    /// Ends a session of `cmc_logon`.
    pub fn cmc_logoff(session: u32, window: u32, flags: u32, extensions: *mut c_void) -> u32;
    /// Sends a `CMC_message`.
    pub fn cmc_send(
        session: u32,
        message: *mut c_void,
        flags: u32,
        window: u32,
        extensions: *mut c_void,
    ) -> u32;
    /// Sends files; recipients, paths and titles stand between delimiters.
    pub fn cmc_send_documents(
        recipients: *mut c_char,
        subject: *mut c_char,
        note: *mut c_char,
        flags: u32,
        paths: *mut c_char,
        titles: *mut c_char,
        delimiter: *mut c_char,
        window: u32,
    ) -> u32;
    /// Deletes a message.
    pub fn cmc_act_on(
        session: u32,
        message: *mut c_void,
        operation: i32,
        flags: u32,
        window: u32,
        extensions: *mut c_void,
    ) -> u32;
    /// Lists the inbox from behind `seed`, at most `count` messages unless that is 0.
    pub fn cmc_list(
        session: u32,
        message_type: *mut c_char,
        flags: u32,
        seed: *mut c_void,
        count: *mut u32,
        window: u32,
        result: *mut *mut c_void,
        extensions: *mut c_void,
    ) -> u32;
    /// Reads a message, or the first one, to a `CMC_message`.
    pub fn cmc_read(
        session: u32,
        message: *mut c_void,
        flags: u32,
        place: *mut *mut c_void,
        window: u32,
        extensions: *mut c_void,
    ) -> u32;
    /// Looks names up, or says who the user is.
    pub fn cmc_look_up(
        session: u32,
        recipient_in: *mut c_void,
        flags: u32,
        window: u32,
        count: *mut u32,
        recipient_out: *mut *mut c_void,
        extensions: *mut c_void,
    ) -> u32;
    /// Frees what one of these functions answered; null is allowed.
    pub fn cmc_free(memory: *mut c_void) -> u32;
    /// Writes an item of the configuration to a place of its type.
    pub fn cmc_query_configuration(
        session: u32,
        item: i32,
        place: *mut c_void,
        extensions: *mut c_void,
    ) -> u32;
}
