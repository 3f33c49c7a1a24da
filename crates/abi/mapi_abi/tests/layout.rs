//! The layouts, slots and identifiers of Rust beside those that a C compiler finds in
//! the headers of `include/`.
#![allow(missing_docs)]

mod compiler;

use std::mem::{offset_of, size_of};

use com_abi::Interface;
use mapi_abi::interfaces::*;
use mapi_abi::structs::*;

use compiler::{Claims, EXTENDED, compare};

/// Size and members of structures that end where they end.
macro_rules! whole {
    ($claims:ident: $($name:ident { $($member:ident),* })+) => {$(
        $claims.push((concat!("sizeof(", stringify!($name), ")").into(), size_of::<$name>() as u64));
        members!($claims: $name { $($member),* });
    )+};
}

/// Members of structures; of those with an array at their end the size is not told.
macro_rules! members {
    ($claims:ident: $($name:ident { $($member:ident),* })+) => {$($(
        $claims.push((
            concat!("offsetof(", stringify!($name), ", ", stringify!($member), ")").into(),
            offset_of!($name, $member) as u64,
        ));
    )*)+};
}

/// Members whose names in Rust stand for those of several structures in C.
macro_rules! alike {
    ($claims:ident: $($rust:ident = $($c:ident)|+ { $($member:ident = $($named:ident)|+),+ })+) => {$(
        let structures = [$(stringify!($c)),+];
        for c in structures {
            $claims.push((format!("sizeof({c})"), size_of::<$rust>() as u64));
        }
        $(
            let members = [$(stringify!($named)),+];
            for (c, named) in structures.iter().zip(members.iter().cycle()) {
                let at = offset_of!($rust, $member) as u64;
                $claims.push((format!("offsetof({c}, {named})"), at));
            }
        )+
    )+};
}

/// Identifier, number of slots, and the slot of each own method.
macro_rules! slots {
    ($claims:ident: $($name:ident { $($method:ident),* $(,)? })+) => {$(
        let (table, slot) = (concat!(stringify!($name), "Vtbl"), size_of::<usize>());
        let slots = size_of::<<$name as Interface>::Vtable>() / slot;
        $claims.push((format!("sizeof({table}) / sizeof(void *)"), slots as u64));
        $claims.push((
            format!("IID_{}.Data1", stringify!($name)),
            u64::from(<$name as Interface>::IID.data1),
        ));
        $({
            let at = offset_of!(<$name as Interface>::Vtable, $method) / slot;
            let method = stringify!($method);
            $claims.push((format!("offsetof({table}, {method}) / sizeof(void *)"), at as u64));
        })*
    )+};
}

fn structures() -> Claims {
    let mut claims = Claims::new();
    whole! { claims:
        SBinary { cb, lpb }
        SPropValue { ulPropTag, dwAlignPad, Value }
        SPropProblem { ulIndex, ulPropTag, scode }
        SBinaryArray { cValues, lpbin }
        ENTRYLIST { cValues, lpbin }
        MAPIUID { ab }
        SRow { ulAdrEntryPad, cValues, lpProps }
        ADRENTRY { ulReserved1, cValues, rgPropVals }
        SSortOrder { ulPropTag, ulOrder }
        SNotRestriction { ulReserved, lpRes }
        SBitMaskRestriction { relBMR, ulPropTag, ulMask }
        SExistRestriction { ulReserved1, ulPropTag, ulReserved2 }
        SComparePropsRestriction { relop, ulPropTag1, ulPropTag2 }
        SSizeRestriction { relop, ulPropTag, cb }
        SCommentRestriction { cValues, lpRes, lpProp }
        SRestriction { rt, res }
        MAPINAMEID { lpguid, ulKind, Kind }
        MAPIERROR { ulVersion, lpszError, lpszComponent, ulLowLevelError, ulContext }
        MAPIINIT_0 { ulVersion, ulFlags }
        ERROR_NOTIFICATION { cbEntryID, lpEntryID, scode, ulFlags, lpMAPIError }
        NEWMAIL_NOTIFICATION {
            cbEntryID, lpEntryID, cbParentID, lpParentID, ulFlags, lpszMessageClass, ulMessageFlags
        }
        OBJECT_NOTIFICATION {
            cbEntryID, lpEntryID, ulObjType, cbParentID, lpParentID, cbOldID, lpOldID,
            cbOldParentID, lpOldParentID, lpPropTagArray
        }
        TABLE_NOTIFICATION { ulTableEvent, hResult, propIndex, propPrior, row, ulPad }
        EXTENDED_NOTIFICATION { ulEvent, cb, pbEventParameters }
        STATUS_OBJECT_NOTIFICATION { cbEntryID, lpEntryID, cValues, lpPropVals }
        NOTIFICATION { ulEventType, ulAlignPad, info }
        OPTIONDATA {
            ulFlags, lpRecipGUID, lpszAdrType, lpszDLLName, ulOrdinal, cbOptionsData,
            lpbOptionsData, cOptionsProps, lpOptionsProps
        }
        ADRPARM {
            cbABContEntryID, lpABContEntryID, ulFlags, lpReserved, ulHelpContext,
            lpszHelpFileName, lpfnABSDI, lpfnDismiss, lpvDismissContext, lpszCaption,
            lpszNewEntryTitle, lpszDestWellsTitle, cDestFields, nDestFieldFocus,
            lppszDestTitles, lpulDestComps, lpContRestriction, lpHierRestriction
        }
    }
    members! { claims:
        SPropTagArray { cValues, aulPropTag }
        SPropProblemArray { cProblem, aProblem }
        SRowSet { cRows, aRow }
        ADRLIST { cEntries, aEntries }
        SSortOrderSet { cSorts, cCategories, cExpanded, aSort }
        ENTRYID { abFlags, ab }
        FLATENTRY { cb, abEntry }
        FLATENTRYLIST { cEntries, cbEntries, abEntries }
        FlagList { cFlags, ulFlag }
        NOTIFKEY { cb, ab }
    }
    alike! { claims:
        SArray = SShortArray | SGuidArray | SRealArray | SLongArray | SLargeIntegerArray
            | SDateTimeArray | SAppTimeArray | SCurrencyArray | SDoubleArray | SWStringArray
            | SLPSTRArray {
            cValues = cValues,
            values = lpi | lpguid | lpflt | lpl | lpli | lpft | lpat | lpcur | lpdbl | lppszW
                | lppszA
        }
        SListRestriction = SAndRestriction | SOrRestriction { cRes = cRes, lpRes = lpRes }
        SValueRestriction = SContentRestriction | SPropertyRestriction {
            how = ulFuzzyLevel | relop, ulPropTag = ulPropTag, lpProp = lpProp
        }
        SSubRestriction = SSubRestriction | SCountRestriction {
            number = ulSubObject | ulCount, lpRes = lpRes
        }
    }
    claims
}

fn simple_structures() -> Claims {
    let mut claims = Claims::new();
    whole! { claims:
        MapiFileDesc { ulReserved, flFlags, nPosition, lpszPathName, lpszFileName, lpFileType }
        MapiFileDescW { ulReserved, flFlags, nPosition, lpszPathName, lpszFileName, lpFileType }
        MapiFileTagExt { ulReserved, cbTag, lpTag, cbEncoding, lpEncoding }
        MapiRecipDesc { ulReserved, ulRecipClass, lpszName, lpszAddress, ulEIDSize, lpEntryID }
        MapiRecipDescW { ulReserved, ulRecipClass, lpszName, lpszAddress, ulEIDSize, lpEntryID }
        MapiMessage {
            ulReserved, lpszSubject, lpszNoteText, lpszMessageType, lpszDateReceived,
            lpszConversationID, flFlags, lpOriginator, nRecipCount, lpRecips, nFileCount, lpFiles
        }
        MapiMessageW {
            ulReserved, lpszSubject, lpszNoteText, lpszMessageType, lpszDateReceived,
            lpszConversationID, flFlags, lpOriginator, nRecipCount, lpRecips, nFileCount, lpFiles
        }
        LHANDLE {}
    }
    claims
}

fn cmc_structures() -> Claims {
    let mut claims = Claims::new();
    whole! { claims:
        CMC_time { second, minute, hour, day, month, year, isdst, unused1, tmzone, unused2 }
        CMC_extension { item_code, item_data, item_reference, extension_flags }
        CMC_attachment {
            attach_title, attach_type, attach_filename, attach_flags, attach_extensions
        }
        CMC_recipient { name, name_type, address, role, recip_flags, recip_extensions }
        CMC_message {
            message_reference, message_type, subject, time_sent, text_note, recipients,
            attachments, message_flags, message_extensions
        }
        CMC_message_summary {
            message_reference, message_type, subject, time_sent, byte_length, originator,
            summary_flags, message_summary_extensions
        }
        CMC_session_id {}
        CMC_return_code {}
        CMC_enum {}
        CMC_boolean {}
        CMC_ui_id {}
    }
    members! { claims: CMC_counted_string { length, string } }
    claims
}

fn interfaces() -> Claims {
    let mut claims = Claims::new();
    slots! { claims:
        IMAPIProp {
            GetLastError, SaveChanges, GetProps, GetPropList, OpenProperty, SetProps, DeleteProps,
            CopyTo, CopyProps, GetNamesFromIDs, GetIDsFromNames,
        }
        IProfSect {}
        IMailUser {}
        IAttach {}
        IMAPITable {
            GetLastError, Advise, Unadvise, GetStatus, SetColumns, QueryColumns, GetRowCount, SeekRow,
            SeekRowApprox, QueryPosition, FindRow, Restrict, CreateBookmark, FreeBookmark, SortTable,
            QuerySortOrder, QueryRows, Abort, ExpandRow, CollapseRow, WaitForCompletion,
            GetCollapseState, SetCollapseState,
        }
        IMAPIStatus { ValidateState, SettingsDialog, ChangePassword, FlushQueues }
        IMAPIContainer {
            GetContentsTable, GetHierarchyTable, OpenEntry, SetSearchCriteria, GetSearchCriteria,
        }
        IABContainer { CreateEntry, CopyEntries, DeleteEntries, ResolveNames }
        IDistList { CreateEntry, CopyEntries, DeleteEntries, ResolveNames }
        IMAPIFolder {
            CreateMessage, CopyMessages, DeleteMessages, CreateFolder, CopyFolder, DeleteFolder,
            SetReadFlags, GetMessageStatus, SetMessageStatus, SaveContentsSort, EmptyFolder,
        }
        IMsgStore {
            Advise, Unadvise, CompareEntryIDs, OpenEntry, SetReceiveFolder, GetReceiveFolder,
            GetReceiveFolderTable, StoreLogoff, AbortSubmit, GetOutgoingQueue, SetLockState,
            FinishedMsg, NotifyNewMail,
        }
        IMessage {
            GetAttachmentTable, OpenAttach, CreateAttach, DeleteAttach, GetRecipientTable,
            ModifyRecipients, SubmitMessage, SetReadFlag,
        }
        IMAPIAdviseSink { OnNotify }
        IMAPIProgress { Progress, GetFlags, GetMax, GetMin, SetLimits }
        IMAPIControl { GetLastError, Activate, GetState }
        IMAPIClientShutdown { QueryFastShutdown, NotifyProcessShutdown, DoFastShutdown }
        IMAPIProviderShutdown { QueryFastShutdown, NotifyProcessShutdown, DoFastShutdown }
        IProviderAdmin {
            GetLastError, GetProviderTable, CreateProvider, DeleteProvider, OpenProfileSection,
        }
        IMAPISession {
            GetLastError, GetMsgStoresTable, OpenMsgStore, OpenAddressBook, OpenProfileSection,
            GetStatusTable, OpenEntry, CompareEntryIDs, Advise, Unadvise, MessageOptions,
            QueryDefaultMessageOpt, EnumAdrTypes, QueryIdentity, Logoff, SetDefaultStore,
            AdminServices, ShowForm, PrepareForm,
        }
        IAddrBook {
            OpenEntry, CompareEntryIDs, Advise, Unadvise, CreateOneOff, NewEntry, ResolveName,
            Address, Details, RecipOptions, QueryDefaultRecipOpt, GetPAB, SetPAB, GetDefaultDir,
            SetDefaultDir, GetSearchPath, SetSearchPath, PrepareRecips,
        }
        IProfAdmin {
            GetLastError, GetProfileTable, CreateProfile, DeleteProfile, ChangeProfilePassword,
            CopyProfile, RenameProfile, SetDefaultProfile, AdminServices,
        }
        IMsgServiceAdmin {
            GetLastError, GetMsgServiceTable, CreateMsgService, DeleteMsgService, CopyMsgService,
            RenameMsgService, ConfigureMsgService, OpenProfileSection, MsgServiceTransportOrder,
            AdminProviders, SetPrimaryIdentity, GetProviderTable,
        }
        IMsgServiceAdmin2 { CreateMsgServiceEx }
        IMAPISupport {
            GetLastError, GetMemAllocRoutines, Subscribe, Unsubscribe, Notify, ModifyStatusRow,
            OpenProfileSection, RegisterPreprocessor, NewUID, MakeInvalid, SpoolerYield,
            SpoolerNotify, CreateOneOff, SetProviderUID, CompareEntryIDs, OpenTemplateID, OpenEntry,
            GetOneOffTable, Address, Details, NewEntry, DoConfigPropsheet, CopyMessages, CopyFolder,
            DoCopyTo, DoCopyProps, DoProgressDialog, ReadReceipt, PrepareSubmit, ExpandRecips,
            UpdatePAB, DoSentMail, OpenAddressBook, Preprocess, CompleteMsg, StoreLogoffTransports,
            StatusRecips, WrapStoreEntryID, ModifyProfile, IStorageFromStream, GetSvcConfigSupportObj,
        }
        IMSProvider { Shutdown, Logon, SpoolerLogon, CompareStoreIDs }
        IMSLogon { GetLastError, Logoff, OpenEntry, CompareEntryIDs, Advise, Unadvise, OpenStatusEntry }
        IABProvider { Shutdown, Logon }
        IABLogon {
            GetLastError, Logoff, OpenEntry, CompareEntryIDs, Advise, Unadvise, OpenStatusEntry,
            OpenTemplateID, GetOneOffTable, PrepareRecips,
        }
        IXPProvider { Shutdown, TransportLogon }
        IXPLogon {
            AddressTypes, RegisterOptions, TransportNotify, Idle, TransportLogoff, SubmitMessage,
            EndMessage, Poll, StartMessage, OpenStatusEntry, ValidateState, FlushQueues,
        }
    }
    claims
}

#[test]
fn structures_of_extended_mapi_have_the_same_layout_in_c() {
    compare("structures", EXTENDED, &structures());
}

#[test]
fn structures_of_simple_mapi_and_cmc_have_the_same_layout_in_c() {
    compare("simple", &["mapi.h"], &simple_structures());
    compare("cmc", &["xcmc.h"], &cmc_structures());
}

#[test]
fn every_method_has_the_same_slot_in_c() {
    compare("interfaces", EXTENDED, &interfaces());
}
