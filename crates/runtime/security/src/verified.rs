//! Passwords that were checked a moment ago.
//!
//! HTTP Basic sends the password with every request, and hashing it costs tens
//! of milliseconds by design. So a check that succeeded is remembered for a
//! short time, as a keyed digest that is worthless outside this process. The
//! account's generation is part of what is remembered: when the account
//! changes, nothing remembered fits any more.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a check is remembered.
const LIFETIME: Duration = Duration::from_secs(60);
/// Most checks that are remembered.
const MAX_ENTRIES: usize = 4096;

/// Two independently keyed 64-bit digests.
type Digest = [u64; 2];

pub struct Verified {
    keys: [RandomState; 2],
    entries: Mutex<HashMap<Digest, Instant>>,
}

impl Verified {
    pub fn new() -> Self {
        Self { keys: [RandomState::new(), RandomState::new()], entries: Mutex::new(HashMap::new()) }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Instant>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn digest(&self, name: &str, password: &str, generation: i64) -> Digest {
        let name = name.to_ascii_lowercase();
        [0, 1].map(|key| self.keys[key].hash_one((&name, password, generation)))
    }

    pub fn contains(&self, name: &str, password: &str, generation: i64) -> bool {
        let digest = self.digest(name, password, generation);
        self.lock().get(&digest).is_some_and(|at| at.elapsed() < LIFETIME)
    }

    pub fn insert(&self, name: &str, password: &str, generation: i64) {
        let digest = self.digest(name, password, generation);
        let mut entries = self.lock();
        if entries.len() >= MAX_ENTRIES {
            entries.retain(|_, at| at.elapsed() < LIFETIME);
        }
        if entries.len() < MAX_ENTRIES {
            entries.insert(digest, Instant::now());
        }
    }
}
