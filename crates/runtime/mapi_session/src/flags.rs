//! The flags of a logon, and which of them contradict each other.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::structs::{
    MAPI_ALLOW_OTHERS, MAPI_APP_PROFILE, MAPI_BG_SESSION, MAPI_EXPLICIT_PROFILE, MAPI_EXTENDED,
    MAPI_FORCE_DOWNLOAD, MAPI_LOGON_UI, MAPI_NEW_SESSION, MAPI_NO_MAIL, MAPI_NT_SERVICE,
    MAPI_PASSWORD_UI, MAPI_SERVICE_UI_ALWAYS, MAPI_TIMEOUT_SHORT, MAPI_UNICODE, MAPI_USE_DEFAULT,
};

const KNOWN: u32 = MAPI_LOGON_UI
    | MAPI_NEW_SESSION
    | MAPI_APP_PROFILE
    | MAPI_ALLOW_OTHERS
    | MAPI_EXPLICIT_PROFILE
    | MAPI_EXTENDED
    | MAPI_USE_DEFAULT
    | MAPI_FORCE_DOWNLOAD
    | MAPI_SERVICE_UI_ALWAYS
    | MAPI_NO_MAIL
    | MAPI_NT_SERVICE
    | MAPI_PASSWORD_UI
    | MAPI_TIMEOUT_SHORT
    | MAPI_BG_SESSION
    | MAPI_UNICODE;

/// Flags that fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogonFlags(u32);

impl LogonFlags {
    /// Checks the flags of a logon in a process that is a service or not.
    ///
    /// # Errors
    /// `UNKNOWN_FLAGS`; `LOGON_FAILED` they contradict each other.
    pub fn new(bits: u32, is_service: bool) -> Result<Self, Failure> {
        if bits & !KNOWN != 0 {
            let says = format!("flags {:#x} have no meaning at logon", bits & !KNOWN);
            return Err(Failure::new(Code::UNKNOWN_FLAGS, says));
        }
        let refuse = |says: &str| Err(Failure::new(Code::LOGON_FAILED, says));
        let ui = bits & (MAPI_LOGON_UI | MAPI_PASSWORD_UI);
        if ui == MAPI_LOGON_UI | MAPI_PASSWORD_UI {
            return refuse("MAPI_LOGON_UI and MAPI_PASSWORD_UI exclude each other");
        }
        if ui != 0 && (is_service || bits & MAPI_NT_SERVICE != 0) {
            return refuse("a service may not show a dialog");
        }
        // A service never meets the spooler.
        let service = if bits & MAPI_NT_SERVICE != 0 { MAPI_NO_MAIL } else { 0 };
        Ok(Self(bits | service))
    }

    const fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }

    /// Whether anything may be asked.
    pub const fn may_ask(self) -> bool {
        self.has(MAPI_LOGON_UI | MAPI_PASSWORD_UI)
    }

    /// Whether the logon dialog may be shown.
    pub const fn logon_ui(self) -> bool {
        self.has(MAPI_LOGON_UI)
    }

    /// Whether a session of one's own is wanted.
    pub const fn new_session(self) -> bool {
        self.has(MAPI_NEW_SESSION)
    }

    /// Whether others may join.
    pub const fn allow_others(self) -> bool {
        self.has(MAPI_ALLOW_OTHERS)
    }

    /// Whether the default profile is never preselected.
    pub const fn explicit_profile(self) -> bool {
        self.has(MAPI_EXPLICIT_PROFILE)
    }

    /// Whether no name means the default profile.
    pub const fn use_default(self) -> bool {
        self.has(MAPI_USE_DEFAULT)
    }

    /// Whether new mail is fetched before the logon returns.
    pub const fn force_download(self) -> bool {
        self.has(MAPI_FORCE_DOWNLOAD) && !self.no_mail()
    }

    /// Whether every service shows its sheet first.
    pub const fn service_ui_always(self) -> bool {
        self.has(MAPI_SERVICE_UI_ALWAYS)
    }

    /// Whether the client sends and receives nothing.
    pub const fn no_mail(self) -> bool {
        self.has(MAPI_NO_MAIL)
    }

    /// Whether the client does not want to wait for other logons for long.
    pub const fn timeout_short(self) -> bool {
        self.has(MAPI_TIMEOUT_SHORT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_and_unknown_bits_are_refused() {
        for (bits, is_service, code) in [
            (1 << 30, false, Code::UNKNOWN_FLAGS),
            (MAPI_LOGON_UI | MAPI_PASSWORD_UI, false, Code::LOGON_FAILED),
            (MAPI_LOGON_UI | MAPI_NT_SERVICE, false, Code::LOGON_FAILED),
            (MAPI_PASSWORD_UI, true, Code::LOGON_FAILED),
        ] {
            assert_eq!(LogonFlags::new(bits, is_service).unwrap_err().code, code, "{bits:#x}");
        }
    }

    #[test]
    fn a_service_sends_no_mail_and_needs_no_download() {
        let flags = LogonFlags::new(MAPI_NT_SERVICE | MAPI_FORCE_DOWNLOAD, true).unwrap();
        assert!(flags.no_mail() && !flags.force_download() && !flags.may_ask());
        let usual = LogonFlags::new(0x3B, false).unwrap();
        assert!(usual.logon_ui() && usual.new_session() && usual.allow_others());
        assert!(usual.explicit_profile() && !usual.use_default());
    }
}
