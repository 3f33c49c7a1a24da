/* Simple MAPI. Link with -lpartywall, or be loaded by a program that has the runtime.
 *
 * A session of 0 logs on for one call: it joins the shared session if there is one.
 * Answered structures are freed by MAPIFreeBuffer. Reserved parameters are 0.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPI_H
#define PARTYWALL_MAPI_H

#include "windows.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifndef FAR
#define FAR
#endif

typedef ULONG FLAGS;
typedef ULONG *LPULONG;
typedef ULONG_PTR LHANDLE, *LPLHANDLE;
#define lhSessionNull ((LHANDLE)0)

/* Flags that Extended MAPI has too */
#define MAPI_LOGON_UI ((ULONG)0x00000001)
#define MAPI_NEW_SESSION ((ULONG)0x00000002)
#define MAPI_ALLOW_OTHERS ((ULONG)0x00000008)
#define MAPI_EXPLICIT_PROFILE ((ULONG)0x00000010)
#define MAPI_EXTENDED ((ULONG)0x00000020)
#define MAPI_USE_DEFAULT ((ULONG)0x00000040)
#define MAPI_FORCE_DOWNLOAD ((ULONG)0x00001000)
#define MAPI_PASSWORD_UI ((ULONG)0x00020000)

#define MAPI_DIALOG ((ULONG)0x00000008)
/* MapiRecipDesc.ulRecipClass */
#define MAPI_ORIG ((ULONG)0)
#define MAPI_TO ((ULONG)1)
#define MAPI_CC ((ULONG)2)
#define MAPI_BCC ((ULONG)3)

/* MapiFileDesc::flFlags */
#define MAPI_OLE ((ULONG)0x00000001)
#define MAPI_OLE_STATIC ((ULONG)0x00000002)

/* MapiMessage::flFlags */
#define MAPI_UNREAD ((ULONG)0x00000001)
#define MAPI_RECEIPT_REQUESTED ((ULONG)0x00000002)
#define MAPI_SENT ((ULONG)0x00000004)

/* MAPIFindNext */
#define MAPI_UNREAD_ONLY ((ULONG)0x00000020)
#define MAPI_GUARANTEE_FIFO ((ULONG)0x00000100)
/* The buffer for an identifier has 512 bytes instead of 64 */
#define MAPI_LONG_MSGID ((ULONG)0x00004000)
/* MAPIReadMail */
#define MAPI_ENVELOPE_ONLY ((ULONG)0x00000040)
#define MAPI_PEEK ((ULONG)0x00000080)
#define MAPI_BODY_AS_FILE ((ULONG)0x00000200)
#define MAPI_SUPPRESS_ATTACH ((ULONG)0x00000800)
/* MAPIDetails, MAPIResolveName */
#define MAPI_AB_NOMODIFY ((ULONG)0x00000400)
/* MAPISendMailW: no conversion to bytes */
#define MAPI_FORCE_UNICODE ((ULONG)0x00040000)

/* nPosition is an offset in the text; all bits set: nowhere. lpFileType is null or a
 * MapiFileTagExt. */
typedef struct {
    ULONG ulReserved;
    ULONG flFlags;
    ULONG nPosition;
    LPSTR lpszPathName;
    LPSTR lpszFileName;
    LPVOID lpFileType;
} MapiFileDesc, *lpMapiFileDesc;
typedef struct {
    ULONG ulReserved;
    ULONG flFlags;
    ULONG nPosition;
    LPWSTR lpszPathName;
    LPWSTR lpszFileName;
    LPVOID lpFileType;
} MapiFileDescW, *lpMapiFileDescW;
typedef struct {
    ULONG ulReserved;
    ULONG cbTag;
    LPBYTE lpTag;
    ULONG cbEncoding;
    LPBYTE lpEncoding;
} MapiFileTagExt, *lpMapiFileTagExt;

typedef struct {
    ULONG ulReserved;
    ULONG ulRecipClass;
    LPSTR lpszName;
    LPSTR lpszAddress;
    ULONG ulEIDSize;
    LPVOID lpEntryID;
} MapiRecipDesc, *lpMapiRecipDesc;
typedef struct {
    ULONG ulReserved;
    ULONG ulRecipClass;
    LPWSTR lpszName;
    LPWSTR lpszAddress;
    ULONG ulEIDSize;
    LPVOID lpEntryID;
} MapiRecipDescW, *lpMapiRecipDescW;

/* lpszDateReceived is YYYY/MM/DD HH:MM. */
typedef struct {
    ULONG ulReserved;
    LPSTR lpszSubject;
    LPSTR lpszNoteText;
    LPSTR lpszMessageType;
    LPSTR lpszDateReceived;
    LPSTR lpszConversationID;
    FLAGS flFlags;
    lpMapiRecipDesc lpOriginator;
    ULONG nRecipCount;
    lpMapiRecipDesc lpRecips;
    ULONG nFileCount;
    lpMapiFileDesc lpFiles;
} MapiMessage, *lpMapiMessage;
typedef struct {
    ULONG ulReserved;
    LPWSTR lpszSubject;
    LPWSTR lpszNoteText;
    LPWSTR lpszMessageType;
    LPWSTR lpszDateReceived;
    LPWSTR lpszConversationID;
    FLAGS flFlags;
    lpMapiRecipDescW lpOriginator;
    ULONG nRecipCount;
    lpMapiRecipDescW lpRecips;
    ULONG nFileCount;
    lpMapiFileDescW lpFiles;
} MapiMessageW, *lpMapiMessageW;

PARTYWALL_LAYOUT(sizeof(MapiMessage) == 96 && sizeof(MapiMessageW) == 96);
PARTYWALL_LAYOUT(sizeof(MapiRecipDesc) == 40 && sizeof(MapiRecipDescW) == 40);
PARTYWALL_LAYOUT(sizeof(MapiFileDesc) == 40 && sizeof(MapiFileDescW) == 40);
PARTYWALL_LAYOUT(sizeof(MapiFileTagExt) == 32);

typedef ULONG(WINAPI MAPILOGON)(ULONG_PTR window, LPSTR profile, LPSTR password, FLAGS flags,
                                ULONG reserved, LPLHANDLE session);
typedef MAPILOGON *LPMAPILOGON;
typedef ULONG(WINAPI MAPILOGOFF)(LHANDLE session, ULONG_PTR window, FLAGS flags, ULONG reserved);
typedef MAPILOGOFF *LPMAPILOGOFF;
typedef ULONG(WINAPI MAPISENDMAIL)(LHANDLE session, ULONG_PTR window, lpMapiMessage message,
                                   FLAGS flags, ULONG reserved);
typedef MAPISENDMAIL *LPMAPISENDMAIL;
typedef ULONG(WINAPI MAPISENDMAILW)(LHANDLE session, ULONG_PTR window, lpMapiMessageW message,
                                    FLAGS flags, ULONG reserved);
typedef MAPISENDMAILW *LPMAPISENDMAILW;
typedef ULONG(WINAPI MAPISENDDOCUMENTS)(ULONG_PTR window, LPSTR delimiter, LPSTR paths,
                                        LPSTR names, ULONG reserved);
typedef MAPISENDDOCUMENTS *LPMAPISENDDOCUMENTS;
typedef ULONG(WINAPI MAPIFINDNEXT)(LHANDLE session, ULONG_PTR window, LPSTR type, LPSTR seed,
                                   FLAGS flags, ULONG reserved, LPSTR message_id);
typedef MAPIFINDNEXT *LPMAPIFINDNEXT;
typedef ULONG(WINAPI MAPIREADMAIL)(LHANDLE session, ULONG_PTR window, LPSTR message_id,
                                   FLAGS flags, ULONG reserved, lpMapiMessage *message);
typedef MAPIREADMAIL *LPMAPIREADMAIL;
typedef ULONG(WINAPI MAPISAVEMAIL)(LHANDLE session, ULONG_PTR window, lpMapiMessage message,
                                   FLAGS flags, ULONG reserved, LPSTR message_id);
typedef MAPISAVEMAIL *LPMAPISAVEMAIL;
typedef ULONG(WINAPI MAPIDELETEMAIL)(LHANDLE session, ULONG_PTR window, LPSTR message_id,
                                     FLAGS flags, ULONG reserved);
typedef MAPIDELETEMAIL *LPMAPIDELETEMAIL;
typedef ULONG(WINAPI MAPIADDRESS)(LHANDLE session, ULONG_PTR window, LPSTR caption, ULONG fields,
                                  LPSTR labels, ULONG count, lpMapiRecipDesc recipients,
                                  FLAGS flags, ULONG reserved, LPULONG new_count,
                                  lpMapiRecipDesc *new_recipients);
typedef MAPIADDRESS *LPMAPIADDRESS;
typedef ULONG(WINAPI MAPIDETAILS)(LHANDLE session, ULONG_PTR window, lpMapiRecipDesc recipient,
                                  FLAGS flags, ULONG reserved);
typedef MAPIDETAILS *LPMAPIDETAILS;
typedef ULONG(WINAPI MAPIRESOLVENAME)(LHANDLE session, ULONG_PTR window, LPSTR name, FLAGS flags,
                                      ULONG reserved, lpMapiRecipDesc *recipient);
typedef MAPIRESOLVENAME *LPMAPIRESOLVENAME;
typedef ULONG(WINAPI MAPIFREEBUFFER)(LPVOID buffer);
typedef MAPIFREEBUFFER *LPMAPIFREEBUFFER;

MAPILOGON MAPILogon;
MAPILOGOFF MAPILogoff;
MAPISENDMAIL MAPISendMail;
MAPISENDMAILW MAPISendMailW;
MAPISENDMAILW MAPISendMailHelper;
MAPISENDDOCUMENTS MAPISendDocuments;
MAPIFINDNEXT MAPIFindNext;
MAPIREADMAIL MAPIReadMail;
MAPISAVEMAIL MAPISaveMail;
MAPIDELETEMAIL MAPIDeleteMail;
MAPIADDRESS MAPIAddress;
MAPIDETAILS MAPIDetails;
MAPIRESOLVENAME MAPIResolveName;
MAPIFREEBUFFER MAPIFreeBuffer;

#ifndef SUCCESS_SUCCESS
#define SUCCESS_SUCCESS 0
#endif
/* The user cancelled */
#define MAPI_E_USER_ABORT 1
/* Something went wrong that has no better code */
#define MAPI_E_FAILURE 2
/* There was no default logon, and the user could not log on */
#define MAPI_E_LOGON_FAILURE 3
/* The disk is full */
#define MAPI_E_DISK_FULL 4
/* Out of memory */
#define MAPI_E_INSUFFICIENT_MEMORY 5
/* The caller may not do this */
#define MAPI_E_ACCESS_DENIED 6
/* Too many sessions */
#define MAPI_E_TOO_MANY_SESSIONS 8
/* Too many attachments */
#define MAPI_E_TOO_MANY_FILES 9
/* Too many recipients */
#define MAPI_E_TOO_MANY_RECIPIENTS 10
/* The file of an attachment was not found */
#define MAPI_E_ATTACHMENT_NOT_FOUND 11
/* The file of an attachment could not be opened */
#define MAPI_E_ATTACHMENT_OPEN_FAILURE 12
/* An attachment could not be written to a file */
#define MAPI_E_ATTACHMENT_WRITE_FAILURE 13
/* A recipient is not in the address book */
#define MAPI_E_UNKNOWN_RECIPIENT 14
/* A recipient is neither To, nor Cc, nor Bcc */
#define MAPI_E_BAD_RECIPTYPE 15
/* There is no such message, or no further one */
#define MAPI_E_NO_MESSAGES 16
/* The message identifier means nothing here */
#define MAPI_E_INVALID_MESSAGE 17
/* The text is too long */
#define MAPI_E_TEXT_TOO_LARGE 18
/* Not a session of this process */
#define MAPI_E_INVALID_SESSION 19
/* The message's type is not supported */
#define MAPI_E_TYPE_NOT_SUPPORTED 20
/* A name means more than one recipient */
#define MAPI_E_AMBIGUOUS_RECIPIENT 21
/* Somebody else uses the message */
#define MAPI_E_MESSAGE_IN_USE 22
/* The network failed */
#define MAPI_E_NETWORK_FAILURE 23
/* The number of edit fields is not between 0 and 4 */
#define MAPI_E_INVALID_EDITFIELDS 24
/* A recipient has no address, or a wrong one */
#define MAPI_E_INVALID_RECIPS 25
/* Not supported here */
#define MAPI_E_NOT_SUPPORTED 26
/* The message has characters that 8-bit text cannot hold */
#define MAPI_E_UNICODE_NOT_SUPPORTED 27
/* An attachment is too large */
#define MAPI_E_ATTACHMENT_TOO_LARGE 28
#define MAPI_USER_ABORT MAPI_E_USER_ABORT
#define MAPI_E_LOGIN_FAILURE MAPI_E_LOGON_FAILURE
#define MAPI_E_AMBIG_RECIP MAPI_E_AMBIGUOUS_RECIPIENT

#ifdef __cplusplus
}
#endif
#endif
