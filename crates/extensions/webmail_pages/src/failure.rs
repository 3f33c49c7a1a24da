//! What went wrong, as a status and a sentence that says what to do.

use crate::model::{Failure, Stage};

/// A failure for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Status of the answer.
    pub status: &'static str,
    /// A few words.
    pub heading: &'static str,
    /// What to do.
    pub advice: &'static str,
    /// Something to type; empty when there is nothing.
    pub command: &'static str,
}

const SERVER: &str = "500 Internal Server Error";
const FORBIDDEN: &str = "403 Forbidden";
const NOT_FOUND: &str = "404 Not Found";

/// Explains a code.
pub fn explain(failure: Failure) -> Explanation {
    let explanation =
        |status, heading, advice| Explanation { status, heading, advice, command: "" };
    match (failure.stage, failure.code) {
        (_, 0x8004_0154) | (Stage::Create, 0x8004_0111 | 0x8004_01F8) => Explanation {
            status: SERVER,
            heading: "The mail component is not registered",
            advice: "Register it on the server, then load this page again:",
            command: "partywall register libmailcomponent.so",
        },
        (Stage::Mailbox, 0x8004_0111) => explanation(
            FORBIDDEN,
            "The mail session was refused",
            "Your logon to the server is valid, but no mail profile of yours could be opened. \
             Check that the account has a profile and that its message store can be reached.",
        ),
        (_, 0x8007_0005) => explanation(
            FORBIDDEN,
            "You may not open this",
            "The mail component or the store refused access to this identity.",
        ),
        (Stage::Mailbox, 0x8004_010F | 0x8004_0107 | 0x8004_0201) => explanation(
            NOT_FOUND,
            "This message or folder is not here",
            "It may have been moved or deleted since the list was shown.",
        ),
        (Stage::Mailbox, 0x8004_0112) => explanation(
            "503 Service Unavailable",
            "Too many mail sessions are open",
            "Close a program that uses this mailbox, or try again in a moment.",
        ),
        (Stage::Mailbox, 0x8004_0401) => explanation(
            "504 Gateway Timeout",
            "The mailbox did not answer in time",
            "Try again in a moment. The console names what it waits for.",
        ),
        _ => explanation(
            SERVER,
            "The mailbox could not be read",
            "The mail component failed. Look the code up on the server:",
        ),
    }
}

/// `0x80040111`.
pub fn code_text(failure: Failure) -> String {
    format!("{:#010x}", failure.code).to_uppercase().replacen("0X", "0x", 1)
}

#[cfg(test)]
mod tests {
    use super::{code_text, explain};
    use crate::model::{Failure, Stage};

    fn at(stage: Stage, code: u32) -> &'static str {
        explain(Failure { stage, code }).status
    }

    #[test]
    fn a_code_shared_by_two_facilities_is_told_apart_by_the_call() {
        assert!(at(Stage::Mailbox, 0x8004_0111).starts_with("403"));
        assert!(at(Stage::Create, 0x8004_0111).starts_with("500"));
    }

    #[test]
    fn a_missing_class_says_how_to_register_it() {
        let explanation = explain(Failure { stage: Stage::Create, code: 0x8004_0154 });
        assert_eq!(explanation.command, "partywall register libmailcomponent.so");
    }

    #[test]
    fn what_is_not_there_is_404_and_the_unknown_is_500() {
        assert!(at(Stage::Mailbox, 0x8004_010F).starts_with("404"));
        assert!(at(Stage::Mailbox, 0x8000_4005).starts_with("500"));
    }

    #[test]
    fn codes_are_written_as_people_search_for_them() {
        assert_eq!(code_text(Failure { stage: Stage::Create, code: 0x8004_010f }), "0x8004010F");
        assert_eq!(code_text(Failure { stage: Stage::Create, code: 5 }), "0x00000005");
    }
}
