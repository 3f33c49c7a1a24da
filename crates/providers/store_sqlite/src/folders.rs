//! Folders: reading the tree, making, changing, moving and deleting them.
//!
//! Names are compared code point by code point. Special folders and the root stay
//! where they are, as they are called.

use mapi_abi::codes::{Code, Failure};
use mapi_abi::spi::{ChangeKind, FolderDeletion, FolderKind, NewFolder, PropChange, StoreChange};
use mapi_abi::tags::PR_DISPLAY_NAME;
use mapi_abi::value::{EntryId, FileTime, Value};
use rusqlite::{Connection, OptionalExtension, params};

use crate::apply::apply;
use crate::changes::{Log, Places};
use crate::columns::Table;
use crate::entry::{Kind, Uid, row_of};
use crate::failure::of_sqlite;
use crate::schema::{MAX_FOLDER_DEPTH, MAX_FOLDER_NAME_CHARS, ROOT_ROW};

/// `PR_FOLDER_TYPE` of a search folder (`FOLDER_SEARCH`).
pub(crate) const SEARCH: i32 = 2;

const FOLDERS: &str = "working on folders";

pub(crate) fn no_such_folder() -> Failure {
    Failure::new(Code::NOT_FOUND, "the folder does not exist any more")
}

/// `PR_FOLDER_TYPE` of a folder, if there is such a folder.
pub(crate) fn kind(connection: &Connection, folder: i64) -> Result<Option<i32>, Failure> {
    connection
        .prepare_cached("SELECT kind FROM folders WHERE id = ?1")
        .and_then(|mut find| find.query_row([folder], |row| row.get(0)).optional())
        .map_err(of_sqlite(FOLDERS))
}

/// The row of a folder that exists.
pub(crate) fn row(connection: &Connection, uid: &Uid, folder: &EntryId) -> Result<i64, Failure> {
    let row = row_of(uid, Kind::Folder, folder)?;
    kind(connection, row)?.map(|_| row).ok_or_else(no_such_folder)
}

/// A folder with its place in the tree.
pub(crate) struct Placed {
    pub(crate) row: i64,
    pub(crate) depth: i32,
    pub(crate) kind: i32,
}

/// The folders below `top`, each after its parent.
pub(crate) fn below(connection: &Connection, top: i64) -> rusqlite::Result<Vec<Placed>> {
    // The last term makes the recursion depth first, siblings by their number.
    let sql = format!(
        "WITH RECURSIVE below(id, depth, kind) AS (
             SELECT id, 1, kind FROM folders WHERE parent = ?1
             UNION ALL
             SELECT f.id, depth + 1, f.kind FROM folders f JOIN below ON f.parent = below.id
             WHERE depth < {MAX_FOLDER_DEPTH}
             ORDER BY 2 DESC, 1
         ) SELECT id, depth, kind FROM below"
    );
    connection
        .prepare_cached(&sql)?
        .query_map([top], |row| {
            Ok(Placed { row: row.get(0)?, depth: row.get(1)?, kind: row.get(2)? })
        })?
        .collect()
}

/// Whether a name can be a folder's.
pub(crate) fn check_name(name: &str) -> Result<(), Failure> {
    if name.is_empty()
        || name.chars().count() > MAX_FOLDER_NAME_CHARS
        || name.chars().any(char::is_control)
    {
        let says = format!(
            "{name:?} is no folder name: 1 to {MAX_FOLDER_NAME_CHARS} printable characters"
        );
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    Ok(())
}

fn parent(connection: &Connection, folder: i64) -> Result<Option<i64>, Failure> {
    connection
        .prepare_cached("SELECT parent FROM folders WHERE id = ?1")
        .and_then(|mut find| find.query_row([folder], |row| row.get(0)).optional())
        .map_err(of_sqlite(FOLDERS))?
        .ok_or_else(no_such_folder)
}

fn child(connection: &Connection, parent: i64, name: &str) -> Result<Option<(i64, i32)>, Failure> {
    connection
        .prepare_cached("SELECT id, kind FROM folders WHERE parent = ?1 AND name = ?2")
        .and_then(|mut find| {
            find.query_row(params![parent, name], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(of_sqlite(FOLDERS))
}

fn collision(name: &str) -> Failure {
    Failure::new(
        Code::COLLISION,
        format!("there is a folder {name:?} already: choose another name"),
    )
}

fn is_special(connection: &Connection, folder: i64) -> Result<bool, Failure> {
    let found = connection
        .prepare_cached("SELECT 1 FROM special_folders WHERE folder = ?1")
        .and_then(|mut find| find.exists([folder]))
        .map_err(of_sqlite(FOLDERS))?;
    Ok(found || folder == ROOT_ROW)
}

fn check_not_special(connection: &Connection, folder: i64) -> Result<(), Failure> {
    if is_special(connection, folder)? {
        let says = "the folder has a part to play in the store: it stays as it is";
        return Err(Failure::new(Code::NO_ACCESS, says));
    }
    Ok(())
}

/// How many folders are above and including `folder`, the root apart.
fn depth(connection: &Connection, folder: i64) -> Result<usize, Failure> {
    let mut depth = 0;
    let mut at = folder;
    while let Some(above) = parent(connection, at)? {
        depth += 1;
        at = above;
        if depth > MAX_FOLDER_DEPTH {
            break;
        }
    }
    Ok(depth)
}

fn check_depth(depth: usize) -> Result<(), Failure> {
    if depth > MAX_FOLDER_DEPTH {
        let says = format!("folders would be nested deeper than {MAX_FOLDER_DEPTH}");
        return Err(Failure::new(Code::INVALID_PARAMETER, says));
    }
    Ok(())
}

fn check_holds_folders(connection: &Connection, folder: i64) -> Result<(), Failure> {
    if kind(connection, folder)? == Some(SEARCH) {
        return Err(Failure::new(Code::NO_ACCESS, "a search folder has no folders below it"));
    }
    Ok(())
}

/// Makes a folder; answers its row.
pub(crate) fn create(
    connection: &Connection,
    log: &mut Log,
    uid: &Uid,
    folder: &NewFolder<'_>,
    now: FileTime,
) -> Result<i64, Failure> {
    check_name(folder.name)?;
    let parent = row(connection, uid, folder.parent)?;
    check_holds_folders(connection, parent)?;
    let wanted = match folder.kind {
        FolderKind::Generic => 1,
        FolderKind::Search => SEARCH,
    };
    if let Some((row, kind)) = child(connection, parent, folder.name)? {
        let is_same = folder.open_if_exists && kind == wanted;
        return if is_same { Ok(row) } else { Err(collision(folder.name)) };
    }
    check_depth(depth(connection, parent)? + 1)?;
    insert(connection, log, parent, folder.name, wanted, folder.comment, now)
        .map_err(of_sqlite(FOLDERS))
}

/// Adds a folder's row.
pub(crate) fn insert(
    connection: &Connection,
    log: &mut Log,
    parent: i64,
    name: &str,
    kind: i32,
    comment: &str,
    now: FileTime,
) -> rusqlite::Result<i64> {
    let row = connection
        .prepare_cached(
            "INSERT INTO folders (parent, name, kind, comment, created, modified)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )?
        .insert(params![parent, name, kind, comment, now.0])?;
    let places = Places { parent: Some(parent), old_parent: None };
    log.folder(connection, ChangeKind::Created, row, places)?;
    Ok(row)
}

/// Changes a folder's properties.
pub(crate) fn change(
    connection: &Connection,
    log: &mut Log,
    folder: i64,
    change: &PropChange,
    now: FileTime,
) -> Result<StoreChange, Failure> {
    let above = parent(connection, folder)?;
    let mut refused = StoreChange::new();
    let mut allowed = change.clone();
    let is_special = is_special(connection, folder)?;
    for prop in &change.set {
        let (PR_DISPLAY_NAME, Value::Unicode(name)) = (prop.tag, &prop.value) else { continue };
        if is_special {
            refused.push((prop.tag, Code::NO_ACCESS));
        } else if check_name(name).is_err() {
            refused.push((prop.tag, Code::INVALID_PARAMETER));
        } else if let Some(above) = above {
            let taken = child(connection, above, name)?.filter(|(row, _)| *row != folder);
            if taken.is_some() {
                return Err(collision(name));
            }
        }
    }
    allowed.delete.retain(|tag| tag.id() != PR_DISPLAY_NAME.id());
    for tag in change.delete.iter().filter(|tag| tag.id() == PR_DISPLAY_NAME.id()) {
        refused.push((*tag, Code::NO_ACCESS));
    }
    allowed.set.retain(|prop| !refused.iter().any(|(tag, _)| *tag == prop.tag));
    refused.extend(apply(connection, Table::Folder, folder, &allowed)?);
    connection
        .prepare_cached("UPDATE folders SET modified = max(?2, modified + 1) WHERE id = ?1")
        .and_then(|mut touch| touch.execute(params![folder, now.0]))
        .map_err(of_sqlite(FOLDERS))?;
    let places = Places { parent: above, old_parent: None };
    log.folder(connection, ChangeKind::Modified, folder, places).map_err(of_sqlite(FOLDERS))?;
    Ok(refused)
}

/// Deletes a folder with what may go with it.
pub(crate) fn delete(
    connection: &Connection,
    log: &mut Log,
    folder: i64,
    also: FolderDeletion,
) -> Result<(), Failure> {
    let failed = of_sqlite(FOLDERS);
    let top_parent = parent(connection, folder)?;
    let mut doomed = below(connection, folder).map_err(&failed)?;
    if !doomed.is_empty() && !also.folders {
        return Err(Failure::new(Code::HAS_FOLDERS, "there are folders below the folder"));
    }
    doomed.insert(0, Placed { row: folder, depth: 0, kind: 0 });
    for one in &doomed {
        check_not_special(connection, one.row)?;
        let has_messages = connection
            .prepare_cached("SELECT 1 FROM messages WHERE folder = ?1 AND associated = 0")
            .and_then(|mut find| find.exists([one.row]))
            .map_err(&failed)?;
        if has_messages && !also.messages {
            return Err(Failure::new(Code::HAS_MESSAGES, "there are messages in the folder"));
        }
    }
    for one in doomed.iter().rev() {
        let above = parent(connection, one.row)?;
        delete_contents(connection, log, one.row).map_err(&failed)?;
        connection
            .prepare_cached("DELETE FROM folders WHERE id = ?1")
            .and_then(|mut delete| delete.execute([one.row]))
            .map_err(&failed)?;
        let places = Places { parent: above.or(top_parent), old_parent: None };
        log.folder(connection, ChangeKind::Deleted, one.row, places).map_err(&failed)?;
    }
    Ok(())
}

fn delete_contents(connection: &Connection, log: &mut Log, folder: i64) -> rusqlite::Result<()> {
    let messages: Vec<i64> = connection
        .prepare_cached("SELECT id FROM messages WHERE folder = ?1")?
        .query_map([folder], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    connection.prepare_cached("DELETE FROM messages WHERE folder = ?1")?.execute([folder])?;
    let places = Places { parent: Some(folder), old_parent: None };
    for message in messages {
        log.message(connection, ChangeKind::Deleted, message, places)?;
    }
    Ok(())
}

/// Moves a folder with all that is in it.
pub(crate) fn shift(
    connection: &Connection,
    log: &mut Log,
    folder: i64,
    target: i64,
    name: Option<&str>,
) -> Result<(), Failure> {
    let failed = of_sqlite(FOLDERS);
    check_not_special(connection, folder)?;
    check_holds_folders(connection, target)?;
    let old_parent = parent(connection, folder)?;
    let inside = below(connection, folder).map_err(&failed)?;
    if folder == target || inside.iter().any(|one| one.row == target) {
        return Err(Failure::new(Code::FOLDER_CYCLE, "a folder cannot be moved below itself"));
    }
    let name = match name {
        Some(name) => name.to_owned(),
        None => connection
            .prepare_cached("SELECT name FROM folders WHERE id = ?1")
            .and_then(|mut find| find.query_row([folder], |row| row.get(0)))
            .map_err(&failed)?,
    };
    check_name(&name)?;
    if child(connection, target, &name)?.is_some_and(|(row, _)| row != folder) {
        return Err(collision(&name));
    }
    let height = inside.iter().map(|one| one.depth).max().unwrap_or(0);
    let height = usize::try_from(height).unwrap_or(usize::MAX);
    check_depth((depth(connection, target)? + 1).saturating_add(height))?;
    connection
        .prepare_cached("UPDATE folders SET parent = ?2, name = ?3 WHERE id = ?1")
        .and_then(|mut update| update.execute(params![folder, target, name]))
        .map_err(&failed)?;
    let places = Places { parent: Some(target), old_parent };
    log.folder(connection, ChangeKind::Moved, folder, places).map_err(&failed)
}
