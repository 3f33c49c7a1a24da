/* A message service in C that knows nothing but mapispi.h: SAMPLE, with a message
 * store and an address book that are read-only and in memory. It shows what a provider has to have, and it
 * can be told to fail in the ways that providers do.
 *
 * Settings, in the service's section of a profile:
 *   6600001E  a name; without one the service is not configured
 *   66010003  0 works, 1 hangs in the logon, 2 is of another version, 3 has no network,
 *             4 has damaged data, 5 hangs in the first table that is read later
 *
 * Objects are counted and made for each logon; what they show is constant. The only
 * thing that can be changed is whether a message is read, and the store tells of it. */
#include "mapispi.h"

#include <stdlib.h>
#include <unistd.h>

#define PR_SAMPLE_NAME PROP_TAG(PT_UNICODE, 0x6600)
#define PR_SAMPLE_MODE PROP_TAG(PT_LONG, 0x6601)
enum { WORKS, HANGS, VERSION, NO_NETWORK, DAMAGED, HANGS_LATER };

#ifndef SAMPLE_SPI_VERSION
#define SAMPLE_SPI_VERSION CURRENT_SPI_VERSION
#endif

/* ---- What the store shows ---- */

#define TEXT_PROP(tag, text)                                                                       \
    {.ulPropTag = CHANGE_PROP_TYPE(tag, PT_UNICODE), .Value.lpszW = (LPWSTR)(text)}
#define LONG_PROP(tag, number) {.ulPropTag = (tag), .Value.l = (LONG)(number)}
#define BYTES_PROP(tag, bytes)                                                                     \
    {.ulPropTag = (tag), .Value.bin = {sizeof(bytes), (LPBYTE)(bytes)}}
#define COUNT(array) (ULONG)(sizeof(array) / sizeof *(array))

/* An object: its properties, and up to three lists of objects below it. */
typedef struct Item Item;
struct Item {
    ULONG kind;
    const BYTE *entry;
    const SPropValue *props;
    ULONG count;
    const Item *const *folders;
    const Item *const *messages; /* of a folder; attachments of a message */
    const Item *const *recipients;
};

/* Identifiers: four bytes of flags, four that say whose they are, and a number. */
#define ENTRY_BYTES 9
#define ENTRY(name, number) static const BYTE name[ENTRY_BYTES] = {0, 0, 0, 0, 'S', 'A', 'M', 'P', number}
ENTRY(entry_store, 1);
ENTRY(entry_root, 2);
ENTRY(entry_inbox, 3);
ENTRY(entry_archive, 4);
ENTRY(entry_old, 5);
ENTRY(entry_hello, 6);
ENTRY(entry_report, 7);
ENTRY(entry_last, 8);
ENTRY(entry_book, 9);
ENTRY(entry_people, 10);
ENTRY(entry_ada, 11);
ENTRY(entry_adam, 12);

static const BYTE attached[] = "one,two\n1,2\n";
static const SPropValue table_props[] = {
    LONG_PROP(PR_OBJECT_TYPE, MAPI_ATTACH),
    LONG_PROP(PR_ATTACH_NUM, 0),
    LONG_PROP(PR_ATTACH_METHOD, ATTACH_BY_VALUE),
    TEXT_PROP(PR_ATTACH_LONG_FILENAME, u"table.csv"),
    /* Too large for GetProps, as far as anybody can see: it is a stream. */
    BYTES_PROP(PR_ATTACH_DATA_BIN, attached),
};
static const Item table_csv = {MAPI_ATTACH, NULL, table_props, COUNT(table_props), NULL, NULL, NULL};
static const Item *const report_attachments[] = {&table_csv, NULL};

static const SPropValue reader_props[] = {
    LONG_PROP(PR_ROWID, 1),
    LONG_PROP(PR_RECIPIENT_TYPE, MAPI_TO),
    TEXT_PROP(PR_DISPLAY_NAME, u"A reader"),
    TEXT_PROP(PR_ADDRTYPE, u"SMTP"),
    TEXT_PROP(PR_EMAIL_ADDRESS, u"reader@sample.example"),
};
static const Item reader = {MAPI_MAILUSER, NULL, reader_props, COUNT(reader_props), NULL, NULL, NULL};
static const Item *const readers[] = {&reader, NULL};

#define MESSAGE(name, id, parent, subject, body, attachments)                                      \
    static const SPropValue name##_props[] = {                                                     \
        BYTES_PROP(PR_ENTRYID, id), BYTES_PROP(PR_INSTANCE_KEY, id),                               \
        BYTES_PROP(PR_PARENT_ENTRYID, parent), LONG_PROP(PR_OBJECT_TYPE, MAPI_MESSAGE),            \
        TEXT_PROP(PR_MESSAGE_CLASS, u"IPM.Note"), TEXT_PROP(PR_SUBJECT, subject),                  \
        TEXT_PROP(PR_BODY, body), LONG_PROP(PR_MESSAGE_FLAGS, 0),                                  \
    };                                                                                             \
    static const Item name = {MAPI_MESSAGE, id,          name##_props, COUNT(name##_props),        \
                              NULL,         attachments, readers}
MESSAGE(hello, entry_hello, entry_inbox, u"Hello", u"A text of the sample.", NULL);
MESSAGE(report, entry_report, entry_inbox, u"Report", u"With a table.", report_attachments);
MESSAGE(last, entry_last, entry_old, u"Last year", u"Long ago.", NULL);

#define FOLDER(name, id, parent, title, subfolders, contents)                                      \
    static const SPropValue name##_props[] = {                                                     \
        BYTES_PROP(PR_ENTRYID, id), BYTES_PROP(PR_INSTANCE_KEY, id),                               \
        BYTES_PROP(PR_PARENT_ENTRYID, parent), LONG_PROP(PR_OBJECT_TYPE, MAPI_FOLDER),             \
        LONG_PROP(PR_FOLDER_TYPE, FOLDER_GENERIC), TEXT_PROP(PR_DISPLAY_NAME, title),              \
    };                                                                                             \
    static const Item name = {MAPI_FOLDER, id,       name##_props, COUNT(name##_props),            \
                              subfolders,  contents, NULL}
static const Item *const inbox_messages[] = {&hello, &report, NULL};
static const Item *const old_messages[] = {&last, NULL};
FOLDER(inbox, entry_inbox, entry_root, u"Inbox", NULL, inbox_messages);
FOLDER(old, entry_old, entry_archive, u"Last year", NULL, old_messages);
static const Item *const archive_folders[] = {&old, NULL};
FOLDER(archive, entry_archive, entry_root, u"Archive", archive_folders, NULL);
static const Item *const root_folders[] = {&inbox, &archive, NULL};
FOLDER(root, entry_root, entry_root, u"Sample", root_folders, NULL);

static const BYTE record_key[16] = "sample_provider";
static const SPropValue store_props[] = {
    BYTES_PROP(PR_ENTRYID, entry_store),
    BYTES_PROP(PR_RECORD_KEY, record_key),
    BYTES_PROP(PR_IPM_SUBTREE_ENTRYID, entry_root),
    LONG_PROP(PR_OBJECT_TYPE, MAPI_STORE),
    LONG_PROP(PR_STORE_SUPPORT_MASK,
              STORE_ENTRYID_UNIQUE | STORE_READONLY | STORE_NOTIFY_OK | STORE_UNICODE_OK),
    TEXT_PROP(PR_DISPLAY_NAME, u"Sample"),
};
static const Item store = {MAPI_STORE, entry_store, store_props, COUNT(store_props), NULL, NULL, NULL};

/* The address book: a container with two people. */
#define PERSON(name, id, display, address)                                                         \
    static const SPropValue name##_props[] = {                                                     \
        BYTES_PROP(PR_ENTRYID, id), BYTES_PROP(PR_INSTANCE_KEY, id),                               \
        BYTES_PROP(PR_PARENT_ENTRYID, entry_people), LONG_PROP(PR_OBJECT_TYPE, MAPI_MAILUSER),     \
        LONG_PROP(PR_DISPLAY_TYPE, DT_MAILUSER), TEXT_PROP(PR_DISPLAY_NAME, display),              \
        TEXT_PROP(PR_ADDRTYPE, u"SMTP"), TEXT_PROP(PR_EMAIL_ADDRESS, address),                     \
    };                                                                                             \
    static const Item name = {MAPI_MAILUSER, id, name##_props, COUNT(name##_props), NULL, NULL, NULL}
PERSON(ada, entry_ada, u"Ada", u"ada@sample.example");
PERSON(adam, entry_adam, u"Adam", u"adam@sample.example");
static const Item *const everybody[] = {&ada, &adam, NULL};

#define CONTAINER(name, id, display, below, contents)                                              \
    static const SPropValue name##_props[] = {                                                     \
        BYTES_PROP(PR_ENTRYID, id), BYTES_PROP(PR_INSTANCE_KEY, id),                               \
        LONG_PROP(PR_OBJECT_TYPE, MAPI_ABCONT),                                                    \
        LONG_PROP(PR_CONTAINER_FLAGS, AB_RECIPIENTS | AB_UNMODIFIABLE),                            \
        TEXT_PROP(PR_DISPLAY_NAME, display),                                                       \
    };                                                                                             \
    static const Item name = {MAPI_ABCONT, id,       name##_props, COUNT(name##_props),            \
                              below,       contents, NULL}
CONTAINER(people, entry_people, u"Sample people", NULL, everybody);
static const Item *const containers[] = {&people, NULL};
CONTAINER(book, entry_book, u"Sample book", containers, NULL);

/* Everything that can be opened; a message's place is its bit among those read. */
static const Item *const all[] = {&root,   &inbox, &archive, &old, &hello, &report,
                                  &last, &book,  &people,  &ada, &adam};

/* ---- Objects ---- */

/* What a logon has; its objects hold it. */
typedef struct {
    LONG references;
    LONG mode;
    ULONG read; /* bits, by the place in all */
    LPMAPISUP support;
    LPALLOCATEBUFFER allocate;
    LPALLOCATEMORE more;
    LPFREEBUFFER free_buffer;
} Session;

/* Every object begins like this, so that some methods do for all of them. */
typedef struct {
    const void *vtable;
    LONG references;
    Session *session; /* null for the provider and the display table */
    const Item *item;
    /* A table: its rows, its columns and where it is. A stream: where it is. */
    const Item *const *rows;
    SPropTagArray *columns;
    ULONG position;
} Object;

/* Slots of other interfaces take the same function under another type. */
#define AS(function) ((void *)(function))

/* What a read-only store does not do. Arguments are the caller's to take away. */
static HRESULT refuse(void)
{
    return MAPI_E_NO_SUPPORT;
}

static LONG add(LONG *count, LONG change)
{
    return __atomic_add_fetch(count, change, __ATOMIC_ACQ_REL);
}

static void leave(Session *session)
{
    if (session && add(&session->references, -1) == 0) {
        session->support->lpVtbl->Release(session->support);
        free(session);
    }
}

static HRESULT make(const void *vtable, Session *session, const Item *item, void *place)
{
    Object *made;
    if (!place)
        return MAPI_E_INVALID_PARAMETER;
    made = calloc(1, sizeof *made);
    if (!made)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    made->vtable = vtable;
    made->references = 1;
    made->session = session;
    made->item = item;
    if (session)
        add(&session->references, 1);
    *(Object **)place = made;
    return S_OK;
}

static ULONG object_add_ref(Object *self)
{
    return (ULONG)add(&self->references, 1);
}

static ULONG object_release(Object *self)
{
    LONG left = add(&self->references, -1);
    if (left == 0) {
        leave(self->session);
        free(self->columns);
        free(self);
    }
    return (ULONG)left;
}

/* Which interfaces an object has follows from what it is. */
static BOOL has(const Object *self, REFIID iid);

static HRESULT object_query(Object *self, REFIID iid, void **place)
{
    if (!iid || !place)
        return MAPI_E_INVALID_PARAMETER;
    *place = NULL;
    if (!has(self, iid))
        return MAPI_E_INTERFACE_NOT_SUPPORTED;
    object_add_ref(self);
    *place = self;
    return S_OK;
}

#define UNKNOWN_SLOTS                                                                              \
    .QueryInterface = AS(object_query), .AddRef = AS(object_add_ref), .Release = AS(object_release)

/* ---- Properties ---- */

static const SPropValue *find(const Item *item, ULONG tag)
{
    ULONG at;
    for (at = 0; at < item->count; at++)
        if (PROP_ID(item->props[at].ulPropTag) == PROP_ID(tag))
            return &item->props[at];
    return NULL;
}

static LPVOID more(Session *session, ULONG size, LPVOID base)
{
    LPVOID memory = NULL;
    return session->more(size, base, &memory) == S_OK ? memory : NULL;
}

static BOOL is_read(const Object *self, const Item *item)
{
    ULONG at;
    for (at = 0; at < COUNT(all); at++)
        if (all[at] == item)
            return (self->session->read >> at) & 1;
    return FALSE;
}

/* One property in the type that was asked for; what it points to hangs on base. */
static void copy(Object *self, const Item *item, ULONG tag, SPropValue *to, LPVOID base)
{
    const SPropValue *from = find(item, tag);
    ULONG length = 0, at;
    memset(to, 0, sizeof *to);
    to->ulPropTag = CHANGE_PROP_TYPE(tag, PT_ERROR);
    to->Value.err = MAPI_E_NOT_FOUND;
    if (!from)
        return;
    if (PROP_TYPE(from->ulPropTag) == PT_LONG) {
        *to = *from;
        if (from->ulPropTag == PR_MESSAGE_FLAGS && is_read(self, item))
            to->Value.l |= MSGFLAG_READ;
    } else if (from->ulPropTag == PR_ATTACH_DATA_BIN) {
        to->Value.err = MAPI_E_NOT_ENOUGH_MEMORY;
    } else if (PROP_TYPE(from->ulPropTag) == PT_BINARY) {
        LPBYTE bytes = more(self->session, from->Value.bin.cb, base);
        to->Value.err = MAPI_E_NOT_ENOUGH_MEMORY;
        if (!bytes)
            return;
        memcpy(bytes, from->Value.bin.lpb, from->Value.bin.cb);
        *to = *from;
        to->Value.bin.lpb = bytes;
    } else {
        BOOL wide = PROP_TYPE(tag) != PT_STRING8;
        LPVOID text;
        while (from->Value.lpszW[length])
            length++;
        text = more(self->session, (length + 1) * (wide ? 2 : 1), base);
        to->Value.err = MAPI_E_NOT_ENOUGH_MEMORY;
        if (!text)
            return;
        for (at = 0; at <= length; at++)
            if (wide)
                ((LPWSTR)text)[at] = from->Value.lpszW[at];
            else
                ((LPSTR)text)[at] = (char)from->Value.lpszW[at];
        to->ulPropTag = CHANGE_PROP_TYPE(tag, wide ? PT_UNICODE : PT_STRING8);
        to->Value.lpszA = text;
    }
}

static HRESULT get_props(Object *self, SPropTagArray *tags, ULONG flags, ULONG *count,
                         SPropValue **place)
{
    ULONG number = tags ? tags->cValues : self->item->count, at;
    LPVOID base = NULL;
    HRESULT code = S_OK;
    (void)flags;
    if (!count || !place)
        return MAPI_E_INVALID_PARAMETER;
    if (self->session->allocate(number * sizeof(SPropValue), &base) != S_OK)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    for (at = 0; at < number; at++) {
        SPropValue *to = (SPropValue *)base + at;
        ULONG tag = tags ? tags->aulPropTag[at] : self->item->props[at].ulPropTag;
        copy(self, self->item, tag, to, base);
        if (PROP_TYPE(to->ulPropTag) == PT_ERROR)
            code = MAPI_W_ERRORS_RETURNED;
    }
    *count = number;
    *place = base;
    return code;
}

static HRESULT get_prop_list(Object *self, ULONG flags, SPropTagArray **place)
{
    ULONG at;
    LPVOID base = NULL;
    (void)flags;
    if (!place)
        return MAPI_E_INVALID_PARAMETER;
    if (self->session->allocate(CbNewSPropTagArray(self->item->count), &base) != S_OK)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    *place = base;
    (*place)->cValues = self->item->count;
    for (at = 0; at < self->item->count; at++)
        (*place)->aulPropTag[at] = self->item->props[at].ulPropTag;
    return S_OK;
}

/* ---- A stream over an attachment's bytes ---- */

static HRESULT stream_read(Object *self, void *bytes, ULONG size, ULONG *read)
{
    const SBinary *data = &find(self->item, PR_ATTACH_DATA_BIN)->Value.bin;
    ULONG left = data->cb - self->position;
    if (size > left)
        size = left;
    /* In pieces, so that readers have to ask again. */
    if (size > 5)
        size = 5;
    if (size)
        memcpy(bytes, data->lpb + self->position, size);
    self->position += size;
    if (read)
        *read = size;
    return S_OK;
}

static const IStreamVtbl stream = {
    UNKNOWN_SLOTS, .Read = AS(stream_read), .Write = AS(refuse), .Seek = AS(refuse),
    .SetSize = AS(refuse), .CopyTo = AS(refuse), .Commit = AS(refuse), .Revert = AS(refuse),
    .LockRegion = AS(refuse), .UnlockRegion = AS(refuse), .Stat = AS(refuse), .Clone = AS(refuse),
};

static HRESULT open_property(Object *self, ULONG tag, LPCIID iid, ULONG options, ULONG flags,
                             LPUNKNOWN *place)
{
    (void)options;
    (void)flags;
    if (self->item->kind != MAPI_ATTACH || tag != PR_ATTACH_DATA_BIN)
        return MAPI_E_NOT_FOUND;
    if (!iid || !IsEqualIID(iid, &IID_IStream))
        return MAPI_E_INTERFACE_NOT_SUPPORTED;
    return make(&stream, self->session, self->item, place);
}

#define PROP_SLOTS                                                                                 \
    UNKNOWN_SLOTS, .GetLastError = AS(refuse), .SaveChanges = AS(refuse),                          \
        .GetProps = AS(get_props), .GetPropList = AS(get_prop_list),                               \
        .OpenProperty = AS(open_property), .SetProps = AS(refuse), .DeleteProps = AS(refuse),      \
        .CopyTo = AS(refuse), .CopyProps = AS(refuse), .GetNamesFromIDs = AS(refuse),              \
        .GetIDsFromNames = AS(refuse)

/* ---- Tables: columns, a position, rows. Neither restricted nor sorted. ---- */

static ULONG rows_of(const Object *self)
{
    ULONG count = 0;
    while (self->rows && self->rows[count])
        count++;
    return count;
}

static HRESULT set_columns(Object *self, SPropTagArray *tags, ULONG flags)
{
    SPropTagArray *own;
    (void)flags;
    if (!tags || !tags->cValues)
        return MAPI_E_INVALID_PARAMETER;
    own = malloc(CbSPropTagArray(tags));
    if (!own)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    memcpy(own, tags, CbSPropTagArray(tags));
    free(self->columns);
    self->columns = own;
    return S_OK;
}

static HRESULT get_row_count(Object *self, ULONG flags, ULONG *count)
{
    (void)flags;
    *count = rows_of(self);
    return S_OK;
}

static HRESULT seek_row(Object *self, BOOKMARK from, LONG rows, LONG *moved)
{
    LONG start = from == BOOKMARK_BEGINNING ? 0 : (LONG)self->position;
    LONG wanted = from == BOOKMARK_END ? (LONG)rows_of(self) + rows : start + rows;
    if (wanted < 0)
        wanted = 0;
    if (wanted > (LONG)rows_of(self))
        wanted = (LONG)rows_of(self);
    self->position = (ULONG)wanted;
    if (moved)
        *moved = wanted - start;
    return S_OK;
}

static HRESULT restrict_rows(Object *self, LPSRestriction restriction, ULONG flags)
{
    (void)self;
    (void)flags;
    return restriction ? MAPI_E_TOO_COMPLEX : S_OK;
}

static HRESULT query_rows(Object *self, LONG rows, ULONG flags, SRowSet **place)
{
    Session *session = self->session;
    ULONG left = rows_of(self) - self->position, at, column;
    LPVOID base = NULL;
    SRowSet *set;
    if (!place || rows < 0 || !self->columns)
        return MAPI_E_INVALID_PARAMETER;
    while (session->mode == HANGS_LATER)
        pause();
    if (left > (ULONG)rows)
        left = (ULONG)rows;
    if (session->allocate(CbNewSRowSet(left), &base) != S_OK)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    set = base;
    set->cRows = left;
    /* Each row is a buffer of its own, as whoever asked frees them. */
    for (at = 0; at < left; at++) {
        const Item *item = self->rows[self->position + at];
        LPVOID row = NULL;
        set->aRow[at].ulAdrEntryPad = 0;
        set->aRow[at].cValues = 0;
        set->aRow[at].lpProps = NULL;
        if (session->allocate(self->columns->cValues * sizeof(SPropValue), &row) != S_OK)
            continue;
        set->aRow[at].cValues = self->columns->cValues;
        set->aRow[at].lpProps = row;
        for (column = 0; column < self->columns->cValues; column++)
            copy(self, item, self->columns->aulPropTag[column], &set->aRow[at].lpProps[column], row);
    }
    if (!(flags & TBL_NOADVANCE))
        self->position += left;
    *place = set;
    return S_OK;
}

static const IMAPITableVtbl table = {
    UNKNOWN_SLOTS, .GetLastError = AS(refuse), .Advise = AS(refuse), .Unadvise = AS(refuse),
    .GetStatus = AS(refuse), .SetColumns = AS(set_columns), .QueryColumns = AS(refuse),
    .GetRowCount = AS(get_row_count), .SeekRow = AS(seek_row), .SeekRowApprox = AS(refuse),
    .QueryPosition = AS(refuse), .FindRow = AS(refuse), .Restrict = AS(restrict_rows),
    .CreateBookmark = AS(refuse), .FreeBookmark = AS(refuse), .SortTable = AS(refuse),
    .QuerySortOrder = AS(refuse), .QueryRows = AS(query_rows), .Abort = AS(refuse),
    .ExpandRow = AS(refuse), .CollapseRow = AS(refuse), .WaitForCompletion = AS(refuse),
    .GetCollapseState = AS(refuse), .SetCollapseState = AS(refuse),
};

static HRESULT make_table(Session *session, const Item *const *rows, LPMAPITABLE *place)
{
    HRESULT code = make(&table, session, NULL, place);
    if (code == S_OK)
        (*(Object **)place)->rows = rows;
    return code;
}

/* ---- Messages and attachments ---- */

static HRESULT attachment_table(Object *self, ULONG flags, LPMAPITABLE *place)
{
    (void)flags;
    return make_table(self->session, self->item->messages, place);
}

static HRESULT recipient_table(Object *self, ULONG flags, LPMAPITABLE *place)
{
    (void)flags;
    return make_table(self->session, self->item->recipients, place);
}

static const IAttachVtbl attachment = {PROP_SLOTS};

static HRESULT open_attach(Object *self, ULONG number, LPCIID iid, ULONG flags, LPATTACH *place)
{
    (void)iid;
    (void)flags;
    if (number != 0 || !self->item->messages)
        return MAPI_E_NOT_FOUND;
    return make(&attachment, self->session, self->item->messages[0], place);
}

/* Subscriptions are by logon: the key is where it is. */
static void key_of(Session *session, void *place)
{
    SizedNOTIFKEY(sizeof session, key);
    key.cb = sizeof session;
    memcpy(key.ab, &session, sizeof session);
    memcpy(place, &key, sizeof key);
}

static HRESULT set_read_flag(Object *self, ULONG flags)
{
    Session *session = self->session;
    SizedNOTIFKEY(sizeof session, key);
    NOTIFICATION event;
    ULONG at, unused = 0;
    for (at = 0; at < COUNT(all); at++)
        if (all[at] == self->item) {
            if (flags & CLEAR_READ_FLAG)
                session->read &= ~(1u << at);
            else
                session->read |= 1u << at;
        }
    memset(&event, 0, sizeof event);
    event.ulEventType = fnevObjectModified;
    event.info.obj.cbEntryID = ENTRY_BYTES;
    event.info.obj.lpEntryID = (LPENTRYID)self->item->entry;
    event.info.obj.ulObjType = MAPI_MESSAGE;
    key_of(session, &key);
    return session->support->lpVtbl->Notify(session->support, (LPNOTIFKEY)&key, 1, &event, &unused);
}

static const IMessageVtbl message = {
    PROP_SLOTS, .GetAttachmentTable = AS(attachment_table), .OpenAttach = AS(open_attach),
    .CreateAttach = AS(refuse), .DeleteAttach = AS(refuse),
    .GetRecipientTable = AS(recipient_table), .ModifyRecipients = AS(refuse),
    .SubmitMessage = AS(refuse), .SetReadFlag = AS(set_read_flag),
};

/* ---- Folders and the store ---- */

static HRESULT contents_table(Object *self, ULONG flags, LPMAPITABLE *place)
{
    return make_table(self->session, flags & MAPI_ASSOCIATED ? NULL : self->item->messages, place);
}

static HRESULT hierarchy_table(Object *self, ULONG flags, LPMAPITABLE *place)
{
    (void)flags;
    return make_table(self->session, self->item->folders, place);
}

/* No identifier is the root. */
static HRESULT open_entry(Object *self, ULONG size, const BYTE *entry, LPCIID iid, ULONG flags,
                          ULONG *kind, LPUNKNOWN *place);

static const IMAPIFolderVtbl folder = {
    PROP_SLOTS, .GetContentsTable = AS(contents_table), .GetHierarchyTable = AS(hierarchy_table),
    .OpenEntry = AS(open_entry), .SetSearchCriteria = AS(refuse), .GetSearchCriteria = AS(refuse),
    .CreateMessage = AS(refuse), .CopyMessages = AS(refuse), .DeleteMessages = AS(refuse),
    .CreateFolder = AS(refuse), .CopyFolder = AS(refuse), .DeleteFolder = AS(refuse),
    .SetReadFlags = AS(refuse), .GetMessageStatus = AS(refuse), .SetMessageStatus = AS(refuse),
    .SaveContentsSort = AS(refuse), .EmptyFolder = AS(refuse),
};

static const IABContainerVtbl container = {
    PROP_SLOTS, .GetContentsTable = AS(contents_table), .GetHierarchyTable = AS(hierarchy_table),
    .OpenEntry = AS(open_entry), .SetSearchCriteria = AS(refuse), .GetSearchCriteria = AS(refuse),
    .CreateEntry = AS(refuse), .CopyEntries = AS(refuse), .DeleteEntries = AS(refuse),
    .ResolveNames = AS(refuse),
};

static const IMailUserVtbl mail_user = {PROP_SLOTS};

static const void *vtable_of(const Item *item)
{
    switch (item->kind) {
    case MAPI_FOLDER:
        return &folder;
    case MAPI_MESSAGE:
        return &message;
    case MAPI_ABCONT:
        return &container;
    default:
        return &mail_user;
    }
}

static HRESULT open_entry(Object *self, ULONG size, const BYTE *entry, LPCIID iid, ULONG flags,
                          ULONG *kind, LPUNKNOWN *place)
{
    const Item *top = self->item->kind == MAPI_ADDRBOOK ? &book : &root;
    const Item *found = size ? NULL : top;
    ULONG at;
    (void)iid;
    (void)flags;
    for (at = 0; size == ENTRY_BYTES && at < COUNT(all); at++)
        if (memcmp(all[at]->entry, entry, ENTRY_BYTES) == 0)
            found = all[at];
    if (!found)
        return MAPI_E_NOT_FOUND;
    if (kind)
        *kind = found->kind;
    return make(vtable_of(found), self->session, found, place);
}

static HRESULT advise(Object *self, ULONG size, LPENTRYID entry, ULONG mask, LPMAPIADVISESINK sink,
                      ULONG_PTR *connection)
{
    Session *session = self->session;
    SizedNOTIFKEY(sizeof session, key);
    (void)entry;
    if (size)
        return MAPI_E_NO_SUPPORT;
    key_of(session, &key);
    return session->support->lpVtbl->Subscribe(session->support, (LPNOTIFKEY)&key, mask, 0, sink,
                                               connection);
}

static HRESULT unadvise(Object *self, ULONG_PTR connection)
{
    LPMAPISUP support = self->session->support;
    return support->lpVtbl->Unsubscribe(support, connection);
}

static HRESULT receive_folder(Object *self, LPTSTR name, ULONG flags, ULONG *size, LPENTRYID *entry,
                              LPTSTR *explicit_class)
{
    LPVOID copied = NULL;
    (void)name;
    (void)flags;
    if (explicit_class)
        *explicit_class = NULL;
    if (self->session->allocate(ENTRY_BYTES, &copied) != S_OK)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    memcpy(copied, entry_inbox, ENTRY_BYTES);
    *entry = copied;
    *size = ENTRY_BYTES;
    return S_OK;
}

static HRESULT log_off(Object *self, ULONG *flags)
{
    (void)self;
    (void)flags;
    return S_OK;
}

static const IMsgStoreVtbl message_store = {
    PROP_SLOTS, .Advise = AS(advise), .Unadvise = AS(unadvise), .CompareEntryIDs = AS(refuse),
    .OpenEntry = AS(open_entry), .SetReceiveFolder = AS(refuse),
    .GetReceiveFolder = AS(receive_folder), .GetReceiveFolderTable = AS(refuse),
    .StoreLogoff = AS(log_off), .AbortSubmit = AS(refuse), .GetOutgoingQueue = AS(refuse),
    .SetLockState = AS(refuse), .FinishedMsg = AS(refuse), .NotifyNewMail = AS(refuse),
};

static const IMSLogonVtbl store_logon = {
    UNKNOWN_SLOTS, .GetLastError = AS(refuse), .Logoff = AS(log_off), .OpenEntry = AS(open_entry),
    .CompareEntryIDs = AS(refuse), .Advise = AS(advise), .Unadvise = AS(unadvise),
    .OpenStatusEntry = AS(refuse),
};

/* ---- The provider: logon ---- */

/* A sentence in a buffer, with what hangs on it, for whoever asked. */
static void explain(LPALLOCATEBUFFER allocate, LPALLOCATEMORE allocate_more, ULONG flags,
                    const char *says, LPMAPIERROR *place)
{
    ULONG length = (ULONG)strlen(says), at;
    LPVOID base = NULL, text = NULL;
    if (!place || allocate(sizeof(MAPIERROR), &base) != S_OK)
        return;
    memset(base, 0, sizeof(MAPIERROR));
    *place = base;
    if (allocate_more((length + 1) * 2, base, &text) != S_OK)
        return;
    for (at = 0; at <= length; at++)
        if (flags & MAPI_UNICODE)
            ((LPWSTR)text)[at] = (WCHAR)says[at];
        else
            ((LPSTR)text)[at] = says[at];
    (*place)->lpszError = text;
}

/* Reads the settings; whether there is a name. */
static BOOL settings(Session *session, LONG *mode)
{
    SizedSPropTagArray(2, tags) = {2, {PR_SAMPLE_NAME, PR_SAMPLE_MODE}};
    LPPROFSECT section = NULL;
    LPSPropValue props = NULL;
    ULONG count = 0;
    BOOL is_named = FALSE;
    *mode = WORKS;
    if (FAILED(session->support->lpVtbl->OpenProfileSection(session->support, NULL, 0, &section)))
        return FALSE;
    if (SUCCEEDED(section->lpVtbl->GetProps(section, (LPSPropTagArray)&tags, 0, &count, &props))) {
        is_named = props[0].ulPropTag == PR_SAMPLE_NAME && props[0].Value.lpszW[0];
        if (props[1].ulPropTag == PR_SAMPLE_MODE)
            *mode = props[1].Value.l;
        session->free_buffer(props);
    }
    section->lpVtbl->Release(section);
    return is_named;
}

static HRESULT check(Session *session, ULONG flags, LPMAPIERROR *error)
{
    const char *says = NULL;
    HRESULT code = S_OK;
    if (!settings(session, &session->mode)) {
        code = MAPI_E_UNCONFIGURED;
        says = "the sample has no name";
    }
    switch (code == S_OK ? session->mode : WORKS) {
    case HANGS:
        for (;;)
            pause();
    case VERSION:
        code = MAPI_E_VERSION;
        says = "the sample needs another version";
        break;
    case NO_NETWORK:
        code = MAPI_E_NETWORK_ERROR;
        says = "the sample's server does not answer";
        break;
    case DAMAGED:
        code = MAPI_E_CORRUPT_DATA;
        says = "the sample's data are damaged";
        break;
    default:
        break;
    }
    if (says)
        explain(session->allocate, session->more, flags, says, error);
    return code;
}

static Session *begin(LPMAPISUP support)
{
    Session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->references = 1;
    session->support = support;
    support->lpVtbl->AddRef(support);
    support->lpVtbl->GetMemAllocRoutines(support, &session->allocate, &session->more,
                                         &session->free_buffer);
    return session;
}

static HRESULT provider_logon(Object *self, LPMAPISUP support, ULONG_PTR window, LPTSTR profile,
                              ULONG size, LPENTRYID entry, ULONG flags, LPCIID iid,
                              ULONG *security_size, LPBYTE *security, LPMAPIERROR *error,
                              LPMSLOGON *logon, LPMDB *place)
{
    Session *session = begin(support);
    HRESULT code;
    (void)self, (void)window, (void)profile, (void)size, (void)entry, (void)iid;
    if (!session)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    if (security_size && security) {
        *security_size = 0;
        *security = NULL;
    }
    code = check(session, flags, error);
    if (code == S_OK)
        code = make(&store_logon, session, &store, logon);
    if (code == S_OK) {
        code = make(&message_store, session, &store, place);
        if (code != S_OK)
            (*logon)->lpVtbl->Release(*logon);
    }
    leave(session);
    return code;
}

static const IMSProviderVtbl provider = {UNKNOWN_SLOTS, .Shutdown = AS(log_off),
                                         .Logon = AS(provider_logon), .SpoolerLogon = AS(refuse),
                                         .CompareStoreIDs = AS(refuse)};

/* ---- The address book's side ---- */

static HRESULT book_log_off(Object *self, ULONG flags)
{
    (void)self;
    (void)flags;
    return S_OK;
}

static const IABLogonVtbl book_logon = {
    UNKNOWN_SLOTS, .GetLastError = AS(refuse), .Logoff = AS(book_log_off),
    .OpenEntry = AS(open_entry), .CompareEntryIDs = AS(refuse), .Advise = AS(refuse),
    .Unadvise = AS(refuse), .OpenStatusEntry = AS(refuse), .OpenTemplateID = AS(refuse),
    .GetOneOffTable = AS(refuse), .PrepareRecips = AS(refuse),
};

/* What a logon to the address book is; nobody reads its properties. */
static const Item address_book = {MAPI_ADDRBOOK, NULL, NULL, 0, NULL, NULL, NULL};

static HRESULT book_provider_logon(Object *self, LPMAPISUP support, ULONG_PTR window,
                                   LPTSTR profile, ULONG flags, ULONG *security_size,
                                   LPBYTE *security, LPMAPIERROR *error, LPABLOGON *logon)
{
    Session *session = begin(support);
    HRESULT code;
    (void)self, (void)window, (void)profile, (void)security_size, (void)security;
    if (!session)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    code = check(session, flags, error);
    if (code == S_OK)
        code = make(&book_logon, session, &address_book, logon);
    leave(session);
    return code;
}

static const IABProviderVtbl book_provider = {UNKNOWN_SLOTS, .Shutdown = AS(log_off),
                                              .Logon = AS(book_provider_logon)};

static BOOL has(const Object *self, REFIID iid)
{
    const void *vtable = self->vtable;
    if (IsEqualIID(iid, &IID_IUnknown))
        return TRUE;
    if (vtable == &table)
        return IsEqualIID(iid, &IID_IMAPITable);
    if (vtable == &stream)
        return IsEqualIID(iid, &IID_IStream);
    if (vtable == &provider)
        return IsEqualIID(iid, &IID_IMSProvider);
    if (vtable == &store_logon)
        return IsEqualIID(iid, &IID_IMSLogon);
    if (vtable == &book_provider)
        return IsEqualIID(iid, &IID_IABProvider);
    if (vtable == &book_logon)
        return IsEqualIID(iid, &IID_IABLogon);
    if (IsEqualIID(iid, &IID_IMAPIProp))
        return TRUE;
    if (vtable == &folder)
        return IsEqualIID(iid, &IID_IMAPIFolder) || IsEqualIID(iid, &IID_IMAPIContainer);
    if (vtable == &container)
        return IsEqualIID(iid, &IID_IABContainer) || IsEqualIID(iid, &IID_IMAPIContainer);
    if (vtable == &mail_user)
        return IsEqualIID(iid, &IID_IMailUser);
    if (vtable == &message)
        return IsEqualIID(iid, &IID_IMessage);
    return IsEqualIID(iid, vtable == &attachment ? &IID_IAttach : &IID_IMsgStore);
}

HRESULT MSProviderInit(HINSTANCE library, LPMALLOC allocator, LPALLOCATEBUFFER allocate,
                       LPALLOCATEMORE allocate_more, LPFREEBUFFER free_buffer, ULONG flags,
                       ULONG version, ULONG *provider_version, LPMSPROVIDER *place)
{
    (void)library, (void)allocator, (void)allocate, (void)allocate_more, (void)free_buffer;
    (void)flags;
    if (version < CURRENT_SPI_VERSION)
        return MAPI_E_VERSION;
    *provider_version = SAMPLE_SPI_VERSION;
    return make(&provider, NULL, NULL, place);
}

HRESULT ABProviderInit(HINSTANCE library, LPMALLOC allocator, LPALLOCATEBUFFER allocate,
                       LPALLOCATEMORE allocate_more, LPFREEBUFFER free_buffer, ULONG flags,
                       ULONG version, ULONG *provider_version, LPABPROVIDER *place)
{
    (void)library, (void)allocator, (void)allocate, (void)allocate_more, (void)free_buffer;
    (void)flags;
    if (version < CURRENT_SPI_VERSION)
        return MAPI_E_VERSION;
    *provider_version = SAMPLE_SPI_VERSION;
    return make(&book_provider, NULL, NULL, place);
}

/* ---- The service: configuration ---- */

/* The sheet: a label and an edit. Their structures stand at the beginning of the bytes. */
static const struct {
    DTBLLABEL label;
    char text[8];
} label = {{sizeof(DTBLLABEL), 0}, "&Name:"};
static const struct {
    DTBLEDIT edit;
    char allowed[4];
} edit = {{sizeof(DTBLEDIT), 0, 64, PR_SAMPLE_NAME}, "*"};
static const SPropValue label_props[] = {
    LONG_PROP(PR_CONTROL_TYPE, DTCT_LABEL),
    LONG_PROP(PR_CONTROL_FLAGS, 0),
    {.ulPropTag = PR_CONTROL_STRUCTURE, .Value.bin = {sizeof label, (LPBYTE)&label}},
};
static const SPropValue edit_props[] = {
    LONG_PROP(PR_CONTROL_TYPE, DTCT_EDIT),
    LONG_PROP(PR_CONTROL_FLAGS, DT_EDITABLE | DT_REQUIRED),
    {.ulPropTag = PR_CONTROL_STRUCTURE, .Value.bin = {sizeof edit, (LPBYTE)&edit}},
};
static const Item label_control = {0, NULL, label_props, COUNT(label_props), NULL, NULL, NULL};
static const Item edit_control = {0, NULL, edit_props, COUNT(edit_props), NULL, NULL, NULL};
static const Item *const sheet[] = {&label_control, &edit_control, NULL};

static HRESULT ask(LPMAPISUP support, LPPROVIDERADMIN admin, ULONG_PTR window)
{
    LPPROFSECT section = NULL;
    LPMAPITABLE display = NULL;
    Session *session = begin(support);
    HRESULT code;
    if (!session)
        return MAPI_E_NOT_ENOUGH_MEMORY;
    code = make_table(session, sheet, &display);
    if (code == S_OK)
        code = admin->lpVtbl->OpenProfileSection(admin, NULL, NULL, MAPI_MODIFY, &section);
    if (code == S_OK) {
        code = support->lpVtbl->DoConfigPropsheet(support, window, 0, (LPTSTR) "The sample",
                                                  display, (LPMAPIPROP)section, 0);
        section->lpVtbl->Release(section);
    }
    if (display)
        display->lpVtbl->Release(display);
    leave(session);
    return code;
}

MSGSERVICEENTRY ServiceEntry;
HRESULT ServiceEntry(HINSTANCE library, LPMALLOC allocator, LPMAPISUP support, ULONG_PTR window,
                     ULONG flags, ULONG context, ULONG count, LPSPropValue props,
                     LPPROVIDERADMIN admin, LPMAPIERROR *error)
{
    LPALLOCATEBUFFER allocate;
    LPALLOCATEMORE allocate_more;
    LPFREEBUFFER free_buffer;
    BOOL is_named = FALSE;
    ULONG at;
    (void)library, (void)allocator;
    if (context != MSG_SERVICE_CREATE && context != MSG_SERVICE_CONFIGURE)
        return S_OK;
    for (at = 0; at < count; at++)
        if (props[at].ulPropTag == PR_SAMPLE_NAME && props[at].Value.lpszW[0])
            is_named = TRUE;
    if (flags & SERVICE_UI_ALWAYS || (!is_named && flags & SERVICE_UI_ALLOWED))
        return ask(support, admin, window);
    if (is_named)
        return S_OK;
    support->lpVtbl->GetMemAllocRoutines(support, &allocate, &allocate_more, &free_buffer);
    explain(allocate, allocate_more, flags, "the sample has no name", error);
    return MAPI_E_UNCONFIGURED;
}
