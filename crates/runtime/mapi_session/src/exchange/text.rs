//! What programs that share a session tell each other of it: TOML, which only
//! they read.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::Section;
use mapi_profile::{Uid, tag_from_text, tag_to_text, value_from_text, value_to_text};
use toml::{Table, Value as Toml};

use crate::link::SharedSession;

fn damaged() -> Failure {
    Failure::new(Code::CORRUPT_DATA, "what the broker knows of the session is damaged")
}

/// As bytes.
///
/// # Errors
/// `TYPE_NO_SUPPORT` a section has a value that is not kept.
pub fn write(session: &SharedSession) -> Result<Vec<u8>, Failure> {
    let mut sections = Table::new();
    for (uid, section) in &session.sections {
        let mut properties = Table::new();
        for prop in section.iter() {
            let value = value_to_text(&prop.value).ok_or_else(|| {
                Failure::new(Code::TYPE_NO_SUPPORT, "a value that programs cannot share")
            })?;
            properties.insert(tag_to_text(prop.tag), value);
        }
        sections.insert(uid.to_string(), Toml::Table(properties));
    }
    let mut disabled = Table::new();
    for (uid, why) in &session.disabled {
        let why = vec![Toml::Integer(i64::from(why.code.0)), Toml::String(why.says.clone())];
        disabled.insert(uid.to_string(), Toml::Array(why));
    }
    let mut table = Table::new();
    table.insert("profile".into(), session.profile.clone().into());
    table.insert("sections".into(), Toml::Table(sections));
    table.insert("disabled".into(), Toml::Table(disabled));
    Ok(table.to_string().into_bytes())
}

/// From bytes.
///
/// # Errors
/// `CORRUPT_DATA`.
pub fn read(bytes: &[u8]) -> Result<SharedSession, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
    let table: Table = text.parse().map_err(|_| damaged())?;
    let part = |name: &str| table.get(name).and_then(Toml::as_table).ok_or_else(damaged);
    let mut session = SharedSession {
        profile: table.get("profile").and_then(Toml::as_str).ok_or_else(damaged)?.to_owned(),
        ..SharedSession::default()
    };
    for (uid, properties) in part("sections")? {
        let uid = Uid::parse(uid).ok_or_else(damaged)?;
        let mut section = Section::new();
        for (tag, value) in properties.as_table().ok_or_else(damaged)? {
            let tag = tag_from_text(tag).ok_or_else(damaged)?;
            section.set(tag, value_from_text(tag, value).ok_or_else(damaged)?);
        }
        session.sections.push((uid, section));
    }
    for (uid, why) in part("disabled")? {
        let uid = Uid::parse(uid).ok_or_else(damaged)?;
        let Some([code, says]) = why.as_array().map(Vec::as_slice) else { return Err(damaged()) };
        let code = code.as_integer().and_then(|code| i32::try_from(code).ok());
        let code = Code(code.ok_or_else(damaged)?);
        session.disabled.push((uid, Failure::new(code, says.as_str().ok_or_else(damaged)?)));
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use mapi_abi::tags::{PR_PROFILE_PASSWORD, PR_PROFILE_PATH};
    use mapi_abi::value::Value;

    use super::*;

    #[test]
    fn a_session_survives_and_damage_is_noticed() {
        let mut section = Section::new();
        section.set(PR_PROFILE_PASSWORD, Value::Unicode("geheim \"=\n".into()));
        section.set(PR_PROFILE_PATH, Value::Unicode("/x".into()));
        let session = SharedSession {
            profile: "Größe".into(),
            sections: vec![(Uid([1; 16]), section), (Uid([2; 16]), Section::new())],
            disabled: vec![(Uid([2; 16]), Failure::new(Code::VERSION, "too old"))],
        };
        let bytes = write(&session).unwrap();
        assert_eq!(read(&bytes).unwrap(), session);
        for end in 0..bytes.len() {
            // A part is damaged or, by luck, a whole one; it never panics.
            let _ = read(&bytes[..end]);
        }
        assert_eq!(read(b"profile = 1").unwrap_err().code, Code::CORRUPT_DATA);
        assert_eq!(read(&[0xFF]).unwrap_err().code, Code::CORRUPT_DATA);
    }
}
