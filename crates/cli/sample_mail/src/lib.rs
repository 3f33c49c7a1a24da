#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod clock;
mod compose;
mod encode;
mod files;
mod letters;
mod pages;
mod parts;
mod people;

#[cfg(test)]
mod tests;

/// A message and where its owner keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Names from the top, such as `House`, `Bills`.
    pub folder: Vec<&'static str>,
    /// RFC 5322; lines end with CRLF.
    pub bytes: Vec<u8>,
    /// The owner has read it.
    pub read: bool,
    /// It was not sent yet.
    pub draft: bool,
    /// The owner marked it.
    pub flagged: bool,
    /// When it arrived or was written, in seconds since 1970-01-01 UTC.
    pub received: i64,
}

/// The mail of `owner`, `alice` or `bob`, the oldest first; nobody else has any.
///
/// `now` is in seconds since 1970-01-01 UTC: the newest message is minutes older,
/// the oldest about two years. The same arguments give the same bytes.
pub fn messages(owner: &str, now: i64) -> Vec<Sample> {
    let letters = letters::all();
    let composer = compose::Composer { letters: &letters, now };
    let mut samples: Vec<Sample> = letters
        .iter()
        .filter_map(|letter| {
            let place = letter.place(owner)?;
            let is_arrival = place.is_arrival();
            let transit = if is_arrival { compose::TRANSIT_SECONDS } else { 0 };
            Some(Sample {
                bytes: composer.message(letter, is_arrival),
                read: !place.unread,
                draft: place.is("Drafts"),
                flagged: place.flagged,
                received: now - letter.age_seconds() + transit,
                folder: place.folder,
            })
        })
        .collect();
    samples.sort_by_key(|sample| sample.received);
    samples
}

/// The subject of the newest message in the inbox of `owner`, which stands in
/// nobody else's mail; empty for anybody but `alice` and `bob`.
pub fn secret_of(owner: &str) -> String {
    let letters = letters::all();
    letters
        .iter()
        .filter(|letter| letter.place(owner).is_some_and(|place| place.is("Inbox")))
        .min_by_key(|letter| letter.age_seconds())
        .and_then(|letter| letter.field("Subject"))
        .unwrap_or_default()
        .to_owned()
}
