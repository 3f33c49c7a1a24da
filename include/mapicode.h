/* Codes of Extended MAPI.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
#ifndef PARTYWALL_MAPICODE_H
#define PARTYWALL_MAPICODE_H

#include "objbase.h"

#define MAKE_MAPI_E(number) ((HRESULT)(0x80040000u | (number)))
#define MAKE_MAPI_S(number) ((HRESULT)(0x00040000u | (number)))

#ifndef SUCCESS_SUCCESS
#define SUCCESS_SUCCESS 0
#endif

/* Done, but something could not be had */
#define MAPI_W_ERRORS_RETURNED ((HRESULT)0x00040380)
/* Something went wrong that has no better code */
#define MAPI_E_CALL_FAILED ((HRESULT)0x80004005)
/* The object does not have this interface */
#define MAPI_E_INTERFACE_NOT_SUPPORTED ((HRESULT)0x80004002)
/* The caller may not do this */
#define MAPI_E_NO_ACCESS ((HRESULT)0x80070005)
/* Out of memory */
#define MAPI_E_NOT_ENOUGH_MEMORY ((HRESULT)0x8007000E)
/* A parameter makes no sense */
#define MAPI_E_INVALID_PARAMETER ((HRESULT)0x80070057)
/* Not supported here */
#define MAPI_E_NO_SUPPORT ((HRESULT)0x80040102)
/* 8-bit characters, or 16-bit ones, are not understood here */
#define MAPI_E_BAD_CHARWIDTH ((HRESULT)0x80040103)
/* A text is longer than it may be */
#define MAPI_E_STRING_TOO_LONG ((HRESULT)0x80040105)
/* A flag has no meaning for this call */
#define MAPI_E_UNKNOWN_FLAGS ((HRESULT)0x80040106)
/* Not an entry identifier of this provider */
#define MAPI_E_INVALID_ENTRYID ((HRESULT)0x80040107)
/* The object was logged off or closed */
#define MAPI_E_INVALID_OBJECT ((HRESULT)0x80040108)
/* The object was changed by somebody else since it was opened */
#define MAPI_E_OBJECT_CHANGED ((HRESULT)0x80040109)
/* The object was deleted since it was opened */
#define MAPI_E_OBJECT_DELETED ((HRESULT)0x8004010A)
/* The object is being used in a way that excludes this */
#define MAPI_E_BUSY ((HRESULT)0x8004010B)
/* The disk is full */
#define MAPI_E_NOT_ENOUGH_DISK ((HRESULT)0x8004010D)
/* There is not enough of something else than memory */
#define MAPI_E_NOT_ENOUGH_RESOURCES ((HRESULT)0x8004010E)
/* No such thing */
#define MAPI_E_NOT_FOUND ((HRESULT)0x8004010F)
/* The store was written by another version */
#define MAPI_E_VERSION ((HRESULT)0x80040110)
/* The logon was refused */
#define MAPI_E_LOGON_FAILED ((HRESULT)0x80040111)
/* Too many sessions */
#define MAPI_E_SESSION_LIMIT ((HRESULT)0x80040112)
/* The user cancelled */
#define MAPI_E_USER_CANCEL ((HRESULT)0x80040113)
/* It is too late to stop it */
#define MAPI_E_UNABLE_TO_ABORT ((HRESULT)0x80040114)
/* The server cannot be reached */
#define MAPI_E_NETWORK_ERROR ((HRESULT)0x80040115)
/* Reading or writing the disk failed */
#define MAPI_E_DISK_ERROR ((HRESULT)0x80040116)
/* More than this implementation can evaluate */
#define MAPI_E_TOO_COMPLEX ((HRESULT)0x80040117)
/* A column has a type that this table cannot show or sort by */
#define MAPI_E_BAD_COLUMN ((HRESULT)0x80040118)
/* What went wrong is in the words of GetLastError only */
#define MAPI_E_EXTENDED_ERROR ((HRESULT)0x80040119)
/* The property follows from others and cannot be set */
#define MAPI_E_COMPUTED ((HRESULT)0x8004011A)
/* The data is damaged */
#define MAPI_E_CORRUPT_DATA ((HRESULT)0x8004011B)
/* A message service lacks something that it needs to know */
#define MAPI_E_UNCONFIGURED ((HRESULT)0x8004011C)
/* Only this provider of its service cannot work */
#define MAPI_E_FAILONEPROVIDER ((HRESULT)0x8004011D)
/* The code page is not known here */
#define MAPI_E_UNKNOWN_CPID ((HRESULT)0x8004011E)
/* The language is not known here */
#define MAPI_E_UNKNOWN_LCID ((HRESULT)0x8004011F)
/* The password has to be changed first */
#define MAPI_E_PASSWORD_CHANGE_REQUIRED ((HRESULT)0x80040120)
/* The password is too old */
#define MAPI_E_PASSWORD_EXPIRED ((HRESULT)0x80040121)
/* The account may not be used from this machine */
#define MAPI_E_INVALID_WORKSTATION_ACCOUNT ((HRESULT)0x80040122)
/* The account may not be used at this time */
#define MAPI_E_INVALID_ACCESS_TIME ((HRESULT)0x80040123)
/* The account is disabled */
#define MAPI_E_ACCOUNT_DISABLED ((HRESULT)0x80040124)
/* The session has ended */
#define MAPI_E_END_OF_SESSION ((HRESULT)0x80040200)
/* No provider knows this entry identifier */
#define MAPI_E_UNKNOWN_ENTRYID ((HRESULT)0x80040201)
/* A column that is needed is missing */
#define MAPI_E_MISSING_REQUIRED_COLUMN ((HRESULT)0x80040202)
/* Done, but no service answered the question */
#define MAPI_W_NO_SERVICE ((HRESULT)0x00040203)
/* A value makes no sense for its property */
#define MAPI_E_BAD_VALUE ((HRESULT)0x80040301)
/* A value has a type that is not known */
#define MAPI_E_INVALID_TYPE ((HRESULT)0x80040302)
/* A value has a type that is not kept here */
#define MAPI_E_TYPE_NO_SUPPORT ((HRESULT)0x80040303)
/* A value has another type than its property */
#define MAPI_E_UNEXPECTED_TYPE ((HRESULT)0x80040304)
/* It is larger than this implementation takes */
#define MAPI_E_TOO_BIG ((HRESULT)0x80040305)
/* The provider does not want to copy it itself */
#define MAPI_E_DECLINE_COPY ((HRESULT)0x80040306)
/* A property identifier that names cannot have */
#define MAPI_E_UNEXPECTED_ID ((HRESULT)0x80040307)
/* It could not be completed */
#define MAPI_E_UNABLE_TO_COMPLETE ((HRESULT)0x80040400)
/* The wait was longer than its bound */
#define MAPI_E_TIMEOUT ((HRESULT)0x80040401)
/* The table has no rows */
#define MAPI_E_TABLE_EMPTY ((HRESULT)0x80040402)
/* The table has more rows than can be worked on */
#define MAPI_E_TABLE_TOO_BIG ((HRESULT)0x80040403)
/* Not a bookmark of this table */
#define MAPI_E_INVALID_BOOKMARK ((HRESULT)0x80040405)
/* Done, but the row of the bookmark is gone; the next one took its place */
#define MAPI_W_POSITION_CHANGED ((HRESULT)0x00040481)
/* Done, but the number of rows is a guess */
#define MAPI_W_APPROX_COUNT ((HRESULT)0x00040482)
/* Not now */
#define MAPI_E_WAIT ((HRESULT)0x80040500)
/* It was stopped */
#define MAPI_E_CANCEL ((HRESULT)0x80040501)
/* Another transport has to do it */
#define MAPI_E_NOT_ME ((HRESULT)0x80040502)
/* Done, but the message is not sent on */
#define MAPI_W_CANCEL_MESSAGE ((HRESULT)0x00040580)
/* The store is damaged */
#define MAPI_E_CORRUPT_STORE ((HRESULT)0x80040600)
/* The message is not on its way out */
#define MAPI_E_NOT_IN_QUEUE ((HRESULT)0x80040601)
/* A receipt cannot be suppressed */
#define MAPI_E_NO_SUPPRESS ((HRESULT)0x80040602)
/* The name is taken */
#define MAPI_E_COLLISION ((HRESULT)0x80040604)
/* MAPIInitialize was not called */
#define MAPI_E_NOT_INITIALIZED ((HRESULT)0x80040605)
/* The object is of a kind that has no standard */
#define MAPI_E_NON_STANDARD ((HRESULT)0x80040606)
/* The message has no recipients */
#define MAPI_E_NO_RECIPIENTS ((HRESULT)0x80040607)
/* The message was submitted already */
#define MAPI_E_SUBMITTED ((HRESULT)0x80040608)
/* The folder has folders in it */
#define MAPI_E_HAS_FOLDERS ((HRESULT)0x80040609)
/* The folder has messages in it */
#define MAPI_E_HAS_MESSAGES ((HRESULT)0x8004060A)
/* A folder cannot be moved below itself */
#define MAPI_E_FOLDER_CYCLE ((HRESULT)0x8004060B)
/* Done in part */
#define MAPI_W_PARTIAL_COMPLETION ((HRESULT)0x00040680)
/* A name means more than one recipient */
#define MAPI_E_AMBIGUOUS_RECIP ((HRESULT)0x80040700)

#endif
