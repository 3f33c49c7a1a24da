//! Advice to programs that impersonate without need, as the document gives it.
//!
//! A program whose threads impersonate one user only, logon after logon, could run
//! as that user, or as one service account with delegated rights; it is told so
//! once, in the log. Nothing else depends on it.

use std::sync::{Mutex, PoisonError};

use security::{Token, impersonation};

/// So many logons of one user by impersonating threads are a habit.
const HABIT: u32 = 64;

#[derive(Default)]
enum Seen {
    /// Nobody impersonated yet.
    #[default]
    Nothing,
    /// This user only, so often.
    One(Token, u32),
    /// Several users, or the advice was given.
    Enough,
}

static SEEN: Mutex<Seen> = Mutex::new(Seen::Nothing);

/// Looks at a logon; the advice, if it is time for it.
pub fn on_logon() -> Option<String> {
    let token = impersonation::current()?;
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    look(&mut seen, token)
}

fn look(seen: &mut Seen, token: Token) -> Option<String> {
    match seen {
        Seen::Nothing => *seen = Seen::One(token, 1),
        Seen::One(user, times) if *user == token => {
            *times += 1;
            if *times == HABIT {
                let says = format!(
                    "all {HABIT} sessions so far are of {}, on threads that impersonate: a \
                     service account whose rights are delegated (`partywall user grant`) needs \
                     no impersonation",
                    token.user()
                );
                *seen = Seen::Enough;
                return Some(says);
            }
        }
        Seen::One(..) => *seen = Seen::Enough,
        Seen::Enough => {}
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_on_impersonating_threads_is_told_once_and_several_never() {
        let token = |name: &str| Token::new(name, None);
        let mut seen = Seen::Nothing;
        let advice: Vec<_> =
            (0..3 * HABIT).filter_map(|_| look(&mut seen, token("service"))).collect();
        assert_eq!(advice.len(), 1);
        assert!(advice[0].contains("service account"));
        let mut seen = Seen::Nothing;
        for number in 0..3 * HABIT {
            let name = if number == 5 { "other" } else { "service" };
            assert_eq!(look(&mut seen, token(name)), None);
        }
    }
}
