/* The interfaces of memory, streams, names and the running object table.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_OBJIDL_H
#define PARTYWALL_OBJIDL_H

#include "unknwn.h"

typedef WCHAR OLECHAR;
typedef OLECHAR *LPOLESTR;
typedef const OLECHAR *LPCOLESTR;

typedef struct _FILETIME {
    DWORD dwLowDateTime;
    DWORD dwHighDateTime;
} FILETIME;

typedef union _ULARGE_INTEGER {
    __extension__ struct {
        DWORD LowPart;
        DWORD HighPart;
    };
    struct {
        DWORD LowPart;
        DWORD HighPart;
    } u;
    ULONGLONG QuadPart;
} ULARGE_INTEGER;

DEFINE_OLEGUID(IID_IMalloc, 0x00000002, 0, 0);
DEFINE_OLEGUID(IID_IStream, 0x0000000C, 0, 0);
DEFINE_OLEGUID(IID_IBindCtx, 0x0000000E, 0, 0);
DEFINE_OLEGUID(IID_IMoniker, 0x0000000F, 0, 0);
DEFINE_OLEGUID(IID_IRunningObjectTable, 0x00000010, 0, 0);
DEFINE_OLEGUID(IID_IMallocSpy, 0x0000001D, 0, 0);
DEFINE_OLEGUID(IID_IEnumString, 0x00000101, 0, 0);
DEFINE_OLEGUID(IID_IEnumMoniker, 0x00000102, 0, 0);
DEFINE_OLEGUID(IID_IPersistStream, 0x00000109, 0, 0);
DEFINE_OLEGUID(IID_IPersistFile, 0x0000010B, 0, 0);
DEFINE_OLEGUID(IID_IPersist, 0x0000010C, 0, 0);
DEFINE_OLEGUID(IID_IParseDisplayName, 0x0000011A, 0, 0);
DEFINE_OLEGUID(IID_IOleContainer, 0x0000011B, 0, 0);
DEFINE_OLEGUID(IID_IOleItemContainer, 0x0000011C, 0, 0);
DEFINE_GUID(IID_ISequentialStream, 0x0C733A30, 0x2A1C, 0x11CE, 0xAD, 0xE5, 0x00, 0xAA, 0x00, 0x44,
            0x77, 0x3D);
DEFINE_GUID(IID_IROTData, 0xF29F6BC0, 0x5021, 0x11CE, 0xAA, 0x15, 0x00, 0x00, 0x69, 0x01, 0x29,
            0x3F);
DEFINE_OLEGUID(CLSID_FileMoniker, 0x00000303, 0, 0);
DEFINE_OLEGUID(CLSID_ItemMoniker, 0x00000304, 0, 0);
DEFINE_OLEGUID(CLSID_AntiMoniker, 0x00000305, 0, 0);
DEFINE_OLEGUID(CLSID_CompositeMoniker, 0x00000309, 0, 0);
DEFINE_OLEGUID(CLSID_ClassMoniker, 0x0000031A, 0, 0);

typedef struct IMalloc IMalloc, *LPMALLOC;
typedef struct IMallocSpy IMallocSpy, *LPMALLOCSPY;
typedef struct ISequentialStream ISequentialStream;
typedef struct IStream IStream, *LPSTREAM;
typedef struct IPersist IPersist;
typedef struct IPersistStream IPersistStream;
typedef struct IPersistFile IPersistFile;
typedef struct IEnumString IEnumString;
typedef struct IEnumMoniker IEnumMoniker;
typedef struct IMoniker IMoniker, *LPMONIKER;
typedef struct IBindCtx IBindCtx, *LPBC;
typedef struct IRunningObjectTable IRunningObjectTable;
typedef struct IParseDisplayName IParseDisplayName;
typedef struct IOleContainer IOleContainer;
typedef struct IOleItemContainer IOleItemContainer;
typedef struct IROTData IROTData;

#undef INTERFACE
#define INTERFACE IMalloc
DECLARE_INTERFACE_(IMalloc, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD_(void *, Alloc)(THIS_ SIZE_T size) PURE;
    STDMETHOD_(void *, Realloc)(THIS_ void *block, SIZE_T size) PURE;
    STDMETHOD_(void, Free)(THIS_ void *block) PURE;
    STDMETHOD_(SIZE_T, GetSize)(THIS_ void *block) PURE;
    STDMETHOD_(int, DidAlloc)(THIS_ void *block) PURE;
    STDMETHOD_(void, HeapMinimize)(THIS) PURE;
};

#undef INTERFACE
#define INTERFACE IMallocSpy
DECLARE_INTERFACE_(IMallocSpy, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD_(SIZE_T, PreAlloc)(THIS_ SIZE_T request) PURE;
    STDMETHOD_(void *, PostAlloc)(THIS_ void *actual) PURE;
    STDMETHOD_(void *, PreFree)(THIS_ void *request, BOOL spied) PURE;
    STDMETHOD_(void, PostFree)(THIS_ BOOL spied) PURE;
    STDMETHOD_(SIZE_T, PreRealloc)
    (THIS_ void *request, SIZE_T size, void **fresh, BOOL spied) PURE;
    STDMETHOD_(void *, PostRealloc)(THIS_ void *actual, BOOL spied) PURE;
    STDMETHOD_(void *, PreGetSize)(THIS_ void *request, BOOL spied) PURE;
    STDMETHOD_(SIZE_T, PostGetSize)(THIS_ SIZE_T actual, BOOL spied) PURE;
    STDMETHOD_(void *, PreDidAlloc)(THIS_ void *request, BOOL spied) PURE;
    STDMETHOD_(int, PostDidAlloc)(THIS_ void *request, BOOL spied, int actual) PURE;
    STDMETHOD_(void, PreHeapMinimize)(THIS) PURE;
    STDMETHOD_(void, PostHeapMinimize)(THIS) PURE;
};

#define SEQUENTIAL_STREAM_METHODS                                                                  \
    STDMETHOD(Read)(THIS_ void *bytes, ULONG size, ULONG *read) PURE;                              \
    STDMETHOD(Write)(THIS_ const void *bytes, ULONG size, ULONG *written) PURE;

#undef INTERFACE
#define INTERFACE ISequentialStream
DECLARE_INTERFACE_(ISequentialStream, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    SEQUENTIAL_STREAM_METHODS
};

#undef INTERFACE
#define INTERFACE IStream
DECLARE_INTERFACE_(IStream, ISequentialStream)
{
    BASE_METHODS(UNKNOWN_METHODS SEQUENTIAL_STREAM_METHODS)
    STDMETHOD(Seek)(THIS_ LARGE_INTEGER by, DWORD origin, ULARGE_INTEGER * position) PURE;
    STDMETHOD(SetSize)(THIS_ ULARGE_INTEGER size) PURE;
    STDMETHOD(CopyTo)
    (THIS_ IStream * to, ULARGE_INTEGER size, ULARGE_INTEGER * read, ULARGE_INTEGER * written) PURE;
    STDMETHOD(Commit)(THIS_ DWORD flags) PURE;
    STDMETHOD(Revert)(THIS) PURE;
    STDMETHOD(LockRegion)(THIS_ ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind) PURE;
    STDMETHOD(UnlockRegion)(THIS_ ULARGE_INTEGER offset, ULARGE_INTEGER size, DWORD kind) PURE;
    STDMETHOD(Stat)(THIS_ void *stat, DWORD flags) PURE;
    STDMETHOD(Clone)(THIS_ IStream * *stream) PURE;
};

#define PERSIST_METHODS STDMETHOD(GetClassID)(THIS_ CLSID * clsid) PURE;
#define PERSIST_STREAM_METHODS                                                                     \
    STDMETHOD(IsDirty)(THIS) PURE;                                                                 \
    STDMETHOD(Load)(THIS_ IStream * stream) PURE;                                                  \
    STDMETHOD(Save)(THIS_ IStream * stream, BOOL clear) PURE;                                      \
    STDMETHOD(GetSizeMax)(THIS_ ULARGE_INTEGER * size) PURE;

#undef INTERFACE
#define INTERFACE IPersist
DECLARE_INTERFACE_(IPersist, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    PERSIST_METHODS
};

#undef INTERFACE
#define INTERFACE IPersistStream
DECLARE_INTERFACE_(IPersistStream, IPersist)
{
    BASE_METHODS(UNKNOWN_METHODS PERSIST_METHODS)
    PERSIST_STREAM_METHODS
};

#undef INTERFACE
#define INTERFACE IPersistFile
DECLARE_INTERFACE_(IPersistFile, IPersist)
{
    BASE_METHODS(UNKNOWN_METHODS PERSIST_METHODS)
    STDMETHOD(IsDirty)(THIS) PURE;
    STDMETHOD(Load)(THIS_ LPCOLESTR file, DWORD mode) PURE;
    STDMETHOD(Save)(THIS_ LPCOLESTR file, BOOL remember) PURE;
    STDMETHOD(SaveCompleted)(THIS_ LPCOLESTR file) PURE;
    STDMETHOD(GetCurFile)(THIS_ LPOLESTR * file) PURE;
};

#undef INTERFACE
#define INTERFACE IEnumString
DECLARE_INTERFACE_(IEnumString, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Next)(THIS_ ULONG count, LPOLESTR * texts, ULONG * fetched) PURE;
    STDMETHOD(Skip)(THIS_ ULONG count) PURE;
    STDMETHOD(Reset)(THIS) PURE;
    STDMETHOD(Clone)(THIS_ IEnumString * *copy) PURE;
};

#undef INTERFACE
#define INTERFACE IEnumMoniker
DECLARE_INTERFACE_(IEnumMoniker, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Next)(THIS_ ULONG count, IMoniker * *monikers, ULONG * fetched) PURE;
    STDMETHOD(Skip)(THIS_ ULONG count) PURE;
    STDMETHOD(Reset)(THIS) PURE;
    STDMETHOD(Clone)(THIS_ IEnumMoniker * *copy) PURE;
};

#undef INTERFACE
#define INTERFACE IMoniker
DECLARE_INTERFACE_(IMoniker, IPersistStream)
{
    BASE_METHODS(UNKNOWN_METHODS PERSIST_METHODS PERSIST_STREAM_METHODS)
    STDMETHOD(BindToObject)
    (THIS_ IBindCtx * context, IMoniker * left, REFIID iid, void **object) PURE;
    STDMETHOD(BindToStorage)
    (THIS_ IBindCtx * context, IMoniker * left, REFIID iid, void **object) PURE;
    STDMETHOD(Reduce)
    (THIS_ IBindCtx * context, DWORD how, IMoniker * *left, IMoniker * *reduced) PURE;
    STDMETHOD(ComposeWith)(THIS_ IMoniker * right, BOOL not_generic, IMoniker * *composite) PURE;
    STDMETHOD(Enum)(THIS_ BOOL forward, IEnumMoniker * *components) PURE;
    STDMETHOD(IsEqual)(THIS_ IMoniker * other) PURE;
    STDMETHOD(Hash)(THIS_ DWORD * hash) PURE;
    STDMETHOD(IsRunning)(THIS_ IBindCtx * context, IMoniker * left, IMoniker * newly) PURE;
    STDMETHOD(GetTimeOfLastChange)(THIS_ IBindCtx * context, IMoniker * left, FILETIME * time) PURE;
    STDMETHOD(Inverse)(THIS_ IMoniker * *inverse) PURE;
    STDMETHOD(CommonPrefixWith)(THIS_ IMoniker * other, IMoniker * *prefix) PURE;
    STDMETHOD(RelativePathTo)(THIS_ IMoniker * other, IMoniker * *path) PURE;
    STDMETHOD(GetDisplayName)(THIS_ IBindCtx * context, IMoniker * left, LPOLESTR * name) PURE;
    STDMETHOD(ParseDisplayName)
    (THIS_ IBindCtx * context, IMoniker * left, LPOLESTR name, ULONG * eaten, IMoniker * *moniker)
        PURE;
    STDMETHOD(IsSystemMoniker)(THIS_ DWORD * kind) PURE;
};

typedef enum tagMKSYS {
    MKSYS_NONE = 0,
    MKSYS_GENERICCOMPOSITE = 1,
    MKSYS_FILEMONIKER = 2,
    MKSYS_ANTIMONIKER = 3,
    MKSYS_ITEMMONIKER = 4,
    MKSYS_POINTERMONIKER = 5,
    MKSYS_CLASSMONIKER = 7
} MKSYS;

#undef INTERFACE
#define INTERFACE IROTData
DECLARE_INTERFACE_(IROTData, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(GetComparisonData)(THIS_ BYTE * data, ULONG size, ULONG * needed) PURE;
};

typedef struct tagBIND_OPTS {
    DWORD cbStruct;
    DWORD grfFlags;
    DWORD grfMode;
    DWORD dwTickCountDeadline;
} BIND_OPTS, *LPBIND_OPTS;

#undef INTERFACE
#define INTERFACE IBindCtx
DECLARE_INTERFACE_(IBindCtx, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(RegisterObjectBound)(THIS_ IUnknown * object) PURE;
    STDMETHOD(RevokeObjectBound)(THIS_ IUnknown * object) PURE;
    STDMETHOD(ReleaseBoundObjects)(THIS) PURE;
    STDMETHOD(SetBindOptions)(THIS_ BIND_OPTS * options) PURE;
    STDMETHOD(GetBindOptions)(THIS_ BIND_OPTS * options) PURE;
    STDMETHOD(GetRunningObjectTable)(THIS_ IRunningObjectTable * *table) PURE;
    STDMETHOD(RegisterObjectParam)(THIS_ LPOLESTR key, IUnknown * object) PURE;
    STDMETHOD(GetObjectParam)(THIS_ LPOLESTR key, IUnknown * *object) PURE;
    STDMETHOD(EnumObjectParam)(THIS_ IEnumString * *keys) PURE;
    STDMETHOD(RevokeObjectParam)(THIS_ LPOLESTR key) PURE;
};

enum { ROTFLAGS_REGISTRATIONKEEPSALIVE = 1, ROTFLAGS_ALLOWANYCLIENT = 2 };

#undef INTERFACE
#define INTERFACE IRunningObjectTable
DECLARE_INTERFACE_(IRunningObjectTable, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    STDMETHOD(Register)
    (THIS_ DWORD flags, IUnknown * object, IMoniker * name, DWORD * registration) PURE;
    STDMETHOD(Revoke)(THIS_ DWORD registration) PURE;
    STDMETHOD(IsRunning)(THIS_ IMoniker * name) PURE;
    STDMETHOD(GetObject)(THIS_ IMoniker * name, IUnknown * *object) PURE;
    STDMETHOD(NoteChangeTime)(THIS_ DWORD registration, FILETIME * time) PURE;
    STDMETHOD(GetTimeOfLastChange)(THIS_ IMoniker * name, FILETIME * time) PURE;
    STDMETHOD(EnumRunning)(THIS_ IEnumMoniker * *names) PURE;
};

#define PARSE_METHODS                                                                              \
    STDMETHOD(ParseDisplayName)                                                                    \
    (THIS_ IBindCtx * context, LPOLESTR name, ULONG * eaten, IMoniker * *moniker) PURE;
#define CONTAINER_METHODS                                                                          \
    STDMETHOD(EnumObjects)(THIS_ DWORD flags, void **objects) PURE;                                \
    STDMETHOD(LockContainer)(THIS_ BOOL lock) PURE;

#undef INTERFACE
#define INTERFACE IParseDisplayName
DECLARE_INTERFACE_(IParseDisplayName, IUnknown)
{
    BASE_METHODS(UNKNOWN_METHODS)
    PARSE_METHODS
};

#undef INTERFACE
#define INTERFACE IOleContainer
DECLARE_INTERFACE_(IOleContainer, IParseDisplayName)
{
    BASE_METHODS(UNKNOWN_METHODS PARSE_METHODS)
    CONTAINER_METHODS
};

#undef INTERFACE
#define INTERFACE IOleItemContainer
DECLARE_INTERFACE_(IOleItemContainer, IOleContainer)
{
    BASE_METHODS(UNKNOWN_METHODS PARSE_METHODS CONTAINER_METHODS)
    STDMETHOD(GetObject)
    (THIS_ LPOLESTR item, DWORD speed, IBindCtx * context, REFIID iid, void **object) PURE;
    STDMETHOD(GetObjectStorage)
    (THIS_ LPOLESTR item, IBindCtx * context, REFIID iid, void **storage) PURE;
    STDMETHOD(IsRunning)(THIS_ LPOLESTR item) PURE;
};

#endif
