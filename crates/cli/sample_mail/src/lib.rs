//! stub until merge
pub struct Sample {
    pub folder: Vec<&'static str>,
    pub bytes: Vec<u8>,
    pub read: bool,
    pub draft: bool,
    pub flagged: bool,
    pub received: i64,
}
pub fn messages(owner: &str, now: i64) -> Vec<Sample> {
    (0..45)
        .map(|n| Sample {
            folder: vec!["Inbox"],
            bytes: format!(
                "From: x@y.example\r\nSubject: {}\r\n\r\nhi\r\n",
                if n == 0 { secret_of(owner) } else { format!("msg {n}") }
            )
            .into_bytes(),
            read: n % 2 == 0,
            draft: false,
            flagged: n == 3,
            received: now - n * 1000,
        })
        .collect()
}
pub fn secret_of(owner: &str) -> String {
    format!("secret of {owner}")
}
