//! Search folders, and what is in a folder at all.
//!
//! A search folder that runs is a query: nothing has to be kept up to date. When
//! it is stopped, what it shows then is written down. Associated messages, and
//! messages of other search folders, are never found.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::restriction::Restriction;
use mapi_abi::spi::{ChangeKind, SearchCriteria, SearchState};
use mapi_abi::tags::{PR_CONTENT_COUNT, PR_CONTENT_UNREAD, PropTag};
use mapi_abi::value::{Prop, Row, Value};
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::changes::{Log, Places};
use crate::contents::{condition, too_complex};
use crate::criteria;
use crate::entry::{Kind, Uid, encode};
use crate::failure::of_sqlite;
use crate::folders::{self, SEARCH};

/// Most folders that one search folder looks through, those below them apart.
pub const MAX_SEARCH_FOLDERS: usize = 1000;

/// `SEARCH_RUNNING`.
const RUNNING: u32 = 1;
/// `SEARCH_RECURSIVE`.
const RECURSIVE: u32 = 4;

const SEARCH_WORK: &str = "working on a search folder";

/// The folders of a search; the parameter is the search folder, twice.
const SCOPE: &str = "
m.folder IN (
    WITH RECURSIVE scope(id) AS (
        SELECT folder FROM search_scopes WHERE search = ?
        UNION
        SELECT f.id FROM folders f JOIN scope ON f.parent = scope.id
        WHERE f.kind <> 2 AND (SELECT recursive FROM searches WHERE folder = ?)
    ) SELECT id FROM scope)";

/// What is in a folder, as a condition on messages `m`.
pub(crate) struct Source {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Sql>,
}

/// The messages that a folder shows.
pub(crate) fn source(
    connection: &Connection,
    uid: &Uid,
    folder: i64,
    kind: i32,
    associated: bool,
) -> Result<Source, Failure> {
    if kind != SEARCH || associated {
        return Ok(Source {
            sql: "m.folder = ? AND m.associated = ?".to_owned(),
            parameters: vec![Sql::Integer(folder), Sql::Integer(i64::from(associated))],
        });
    }
    let Some(search) = stored(connection, folder)? else {
        return Ok(Source { sql: "0".to_owned(), parameters: Vec::new() });
    };
    if !search.running {
        return Ok(Source {
            sql: "m.id IN (SELECT message FROM search_results WHERE search = ?)".to_owned(),
            parameters: vec![Sql::Integer(folder)],
        });
    }
    let wanted = condition(Some(&search.restriction), uid)?;
    let mut parameters = vec![Sql::Integer(folder), Sql::Integer(folder)];
    parameters.extend(wanted.parameters);
    Ok(Source { sql: format!("m.associated = 0 AND {SCOPE} AND {}", wanted.sql), parameters })
}

/// Puts what a search folder counts into a row of its properties.
pub(crate) fn fill_counts(
    connection: &Connection,
    uid: &Uid,
    folder: i64,
    columns: &[PropTag],
    row: &mut Row,
) -> Result<(), Failure> {
    for (prop, tag) in row.iter_mut().zip(columns) {
        let more = match *tag {
            PR_CONTENT_COUNT => "",
            PR_CONTENT_UNREAD => " AND m.flags & 1 = 0",
            _ => continue,
        };
        let source = source(connection, uid, folder, SEARCH, false)?;
        let sql = format!("SELECT count(*) FROM messages m WHERE {}{more}", source.sql);
        let count: i64 = connection
            .prepare_cached(&sql)
            .and_then(|mut count| {
                count.query_row(params_from_iter(source.parameters), |row| row.get(0))
            })
            .map_err(of_sqlite(SEARCH_WORK))?;
        let value = Value::Long(i32::try_from(count).unwrap_or(i32::MAX));
        *prop = Prop { tag: *tag, value };
    }
    Ok(())
}

struct Stored {
    restriction: Restriction,
    recursive: bool,
    running: bool,
}

fn stored(connection: &Connection, folder: i64) -> Result<Option<Stored>, Failure> {
    let found = connection
        .prepare_cached("SELECT criteria, recursive, running FROM searches WHERE folder = ?1")
        .and_then(|mut find| {
            find.query_row([folder], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()
        })
        .map_err(of_sqlite(SEARCH_WORK))?;
    let Some((bytes, recursive, running)) = found else { return Ok(None) };
    let restriction = criteria::decode(&bytes).ok_or_else(|| {
        Failure::new(
            Code::CORRUPT_STORE,
            "what a search folder looks for cannot be read: set it anew",
        )
    })?;
    Ok(Some(Stored { restriction, recursive, running }))
}

fn check_kind(connection: &Connection, folder: i64) -> Result<(), Failure> {
    match folders::kind(connection, folder)? {
        Some(SEARCH) => Ok(()),
        Some(_) => Err(Failure::new(Code::NO_SUPPORT, "the folder is no search folder")),
        None => Err(folders::no_such_folder()),
    }
}

/// What a search folder looks for and whether it runs.
pub(crate) fn get(
    connection: &Connection,
    uid: &Uid,
    folder: i64,
) -> Result<(SearchCriteria, SearchState), Failure> {
    check_kind(connection, folder)?;
    let Some(found) = stored(connection, folder)? else {
        let says = "the search folder was not told yet what to look for";
        return Err(Failure::new(Code::NOT_INITIALIZED, says));
    };
    let folders: Vec<i64> = connection
        .prepare_cached("SELECT folder FROM search_scopes WHERE search = ?1 ORDER BY position")
        .and_then(|mut find| find.query_map([folder], |row| row.get(0))?.collect())
        .map_err(of_sqlite(SEARCH_WORK))?;
    let state =
        if found.running { RUNNING } else { 0 } | if found.recursive { RECURSIVE } else { 0 };
    let criteria = SearchCriteria {
        restriction: found.restriction,
        folders: folders.into_iter().map(|row| encode(uid, Kind::Folder, row)).collect(),
        recursive: found.recursive,
    };
    Ok((criteria, SearchState(state)))
}

/// Sets what a search folder looks for, and starts it.
pub(crate) fn set(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    folder: i64,
    wanted: &SearchCriteria,
) -> Result<(), Failure> {
    check_kind(connection, folder)?;
    if condition(Some(&wanted.restriction), uid)?.most.is_some() {
        return Err(too_complex("a search folder has no bound on what it finds"));
    }
    if wanted.folders.len() > MAX_SEARCH_FOLDERS {
        let says = format!("a search folder looks through at most {MAX_SEARCH_FOLDERS} folders");
        return Err(too_complex(says));
    }
    let failed = of_sqlite(SEARCH_WORK);
    connection
        .prepare_cached("DELETE FROM searches WHERE folder = ?1")
        .and_then(|mut delete| delete.execute([folder]))
        .map_err(&failed)?;
    connection
        .prepare_cached("INSERT INTO searches VALUES (?1, ?2, ?3, 1)")
        .and_then(|mut add| {
            add.execute(params![folder, criteria::encode(&wanted.restriction), wanted.recursive])
        })
        .map_err(&failed)?;
    for (position, entry) in (0_i64..).zip(&wanted.folders) {
        let row = folders::row(connection, uid, entry)?;
        if folders::kind(connection, row)? == Some(SEARCH) {
            return Err(too_complex("a search folder does not look through another one"));
        }
        connection
            .prepare_cached("INSERT INTO search_scopes VALUES (?1, ?2, ?3)")
            .and_then(|mut add| add.execute([folder, position, row]))
            .map_err(&failed)?;
    }
    report(connection, log, folder).map_err(failed)
}

/// Stops a search folder: it shows from now on what it shows now, as far as that
/// is not deleted.
pub(crate) fn stop(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    folder: i64,
) -> Result<(), Failure> {
    check_kind(connection, folder)?;
    if !stored(connection, folder)?.is_some_and(|search| search.running) {
        return Ok(());
    }
    let failed = of_sqlite(SEARCH_WORK);
    let source = source(connection, uid, folder, SEARCH, false)?;
    let sql =
        format!("INSERT INTO search_results SELECT ?, m.id FROM messages m WHERE {}", source.sql);
    let parameters = std::iter::once(Sql::Integer(folder)).chain(source.parameters);
    connection
        .prepare_cached(&sql)
        .and_then(|mut keep| keep.execute(params_from_iter(parameters)))
        .map_err(&failed)?;
    connection
        .prepare_cached("UPDATE searches SET running = 0 WHERE folder = ?1")
        .and_then(|mut stop| stop.execute([folder]))
        .map_err(&failed)?;
    report(connection, log, folder).map_err(failed)
}

fn report(connection: &Connection, log: &mut Log, folder: i64) -> rusqlite::Result<()> {
    for kind in [ChangeKind::Modified, ChangeKind::SearchComplete] {
        log.folder(connection, kind, folder, Places::default())?;
    }
    Ok(())
}
