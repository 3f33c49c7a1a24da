//! What a provider's answer at logon leads to: decisions without effects.
//!
//! # Protocol
//! ```text
//! Pending ── first logon ──> works ─────────────────────────> Live
//!                  │
//!                  ├─ UNCONFIGURED ──> configure ──> second logon
//!                  ├─ another failure ──> ask ──> (configure) ──> second logon
//!                  ├─ FAILONEPROVIDER ──> the provider is off, its service stays
//!                  └─ USER_CANCEL ──> Disabled
//! second logon ──> works ──> Live
//!              └─> fails ──> Disabled: the whole service, for this session
//! ```
//! There is one retry for each provider. Without somebody who may be asked the
//! entry point is still called, since it may know what to do; a logon that failed
//! for another reason than a missing configuration is then tried again only if
//! it changed something.

use mapi_abi::codes::{Code, Failure};

/// A provider's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It works, perhaps with a warning.
    Works,
    /// `UNCONFIGURED`.
    Unconfigured,
    /// `FAILONEPROVIDER`.
    FailOne,
    /// `SESSION_LIMIT`.
    SessionLimit,
    /// `USER_CANCEL`.
    Cancelled,
    /// Any other failure.
    Failed,
}

impl Answer {
    /// The answer that a failure is.
    pub fn of(failure: &Failure) -> Self {
        match failure.code {
            Code::UNCONFIGURED => Self::Unconfigured,
            Code::FAILONEPROVIDER => Self::FailOne,
            Code::SESSION_LIMIT => Self::SessionLimit,
            Code::USER_CANCEL => Self::Cancelled,
            _ => Self::Failed,
        }
    }
}

/// What happens after a provider's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterLogon {
    /// It takes part in the session.
    Live,
    /// It does not, its service does.
    ProviderOff,
    /// Its service's entry point is called; `failed` says that a logon did.
    Configure {
        /// `SERVICE_LOGON_FAILED`.
        failed: bool,
    },
    /// The user is told and may try again or, with `correct`, correct something.
    Ask {
        /// Whether there is something to correct.
        correct: bool,
    },
    /// The whole service is disabled for this session.
    Disable,
}

/// What the user decided when told of a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// As it is.
    Retry,
    /// After a correction.
    Correct,
    /// Not at all; also when nobody answered.
    GiveUp,
}

/// What happens after the user was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterAsking {
    /// The second logon.
    LogOn,
    /// The entry point, with its sheet, then the second logon.
    Configure,
    /// The whole service is disabled for this session.
    Disable,
}

/// What happens after the entry point was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterConfiguring {
    /// The second logon.
    LogOn,
    /// The whole service is disabled for this session.
    Disable,
}

/// After a provider's answer.
pub const fn after_logon(answer: Answer, is_second: bool, may_ask: bool) -> AfterLogon {
    match (answer, is_second, may_ask) {
        (Answer::Works, _, _) => AfterLogon::Live,
        (Answer::FailOne, _, _) => AfterLogon::ProviderOff,
        (_, true, _) | (Answer::Cancelled, _, _) => AfterLogon::Disable,
        (Answer::Unconfigured, false, _) => AfterLogon::Configure { failed: false },
        (Answer::SessionLimit, false, true) => AfterLogon::Ask { correct: false },
        (Answer::SessionLimit, false, false) => AfterLogon::Disable,
        (Answer::Failed, false, true) => AfterLogon::Ask { correct: true },
        (Answer::Failed, false, false) => AfterLogon::Configure { failed: true },
    }
}

/// After the user was told.
pub const fn after_asking(decision: Decision) -> AfterAsking {
    match decision {
        Decision::Retry => AfterAsking::LogOn,
        Decision::Correct => AfterAsking::Configure,
        Decision::GiveUp => AfterAsking::Disable,
    }
}

/// After the entry point: whether it `succeeded`, whether it `changed` the
/// configuration, and whether it was called because a logon had `failed` without
/// anybody being asked.
pub const fn after_configuring(
    succeeded: bool,
    changed: bool,
    failed_silently: bool,
) -> AfterConfiguring {
    if succeeded && (changed || !failed_silently) {
        AfterConfiguring::LogOn
    } else {
        AfterConfiguring::Disable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First answer, whether anybody may be asked, what follows.
    const FIRST: [(Answer, bool, AfterLogon); 12] = [
        (Answer::Works, false, AfterLogon::Live),
        (Answer::Works, true, AfterLogon::Live),
        (Answer::Unconfigured, false, AfterLogon::Configure { failed: false }),
        (Answer::Unconfigured, true, AfterLogon::Configure { failed: false }),
        (Answer::FailOne, false, AfterLogon::ProviderOff),
        (Answer::FailOne, true, AfterLogon::ProviderOff),
        (Answer::SessionLimit, false, AfterLogon::Disable),
        (Answer::SessionLimit, true, AfterLogon::Ask { correct: false }),
        (Answer::Cancelled, false, AfterLogon::Disable),
        (Answer::Cancelled, true, AfterLogon::Disable),
        (Answer::Failed, false, AfterLogon::Configure { failed: true }),
        (Answer::Failed, true, AfterLogon::Ask { correct: true }),
    ];

    #[test]
    fn the_first_answer_leads_where_the_table_says() {
        for (answer, may_ask, wanted) in FIRST {
            assert_eq!(after_logon(answer, false, may_ask), wanted, "{answer:?} {may_ask}");
        }
    }

    #[test]
    fn the_second_failure_disables_whatever_it_is() {
        for (answer, may_ask, _) in FIRST {
            let wanted = match answer {
                Answer::Works => AfterLogon::Live,
                Answer::FailOne => AfterLogon::ProviderOff,
                _ => AfterLogon::Disable,
            };
            assert_eq!(after_logon(answer, true, may_ask), wanted, "{answer:?} {may_ask}");
        }
    }

    #[test]
    fn the_users_answer_counts() {
        assert_eq!(after_asking(Decision::Retry), AfterAsking::LogOn);
        assert_eq!(after_asking(Decision::Correct), AfterAsking::Configure);
        assert_eq!(after_asking(Decision::GiveUp), AfterAsking::Disable);
    }

    #[test]
    fn a_silent_failure_is_tried_again_only_after_a_change() {
        use AfterConfiguring::{Disable, LogOn};
        for (succeeded, changed, failed_silently, wanted) in [
            (true, true, true, LogOn),
            (true, false, true, Disable),
            (true, false, false, LogOn),
            (true, true, false, LogOn),
            (false, true, true, Disable),
            (false, true, false, Disable),
            (false, false, false, Disable),
        ] {
            let found = after_configuring(succeeded, changed, failed_silently);
            assert_eq!(found, wanted, "{succeeded} {changed} {failed_silently}");
        }
    }
}
