// The same as extended_mapi_client.c in C++, and the profiles of the user.
// SPDX-License-Identifier: MIT OR Apache-2.0
#include <cstdio>
#include <stdexcept>

#include "mapix.h"
#include "mapiutil.h"

namespace {

void check(const char *step, HRESULT code)
{
    if (FAILED(code)) {
        std::fprintf(stderr, "%s: 0x%08lx\n", step, static_cast<unsigned long>(ULONG(code)));
        throw std::runtime_error(step);
    }
}

// A reference that is given back at the end.
template <class T> class Held {
  public:
    Held() = default;
    Held(const Held &) = delete;
    Held &operator=(const Held &) = delete;
    ~Held()
    {
        if (object_)
            object_->Release();
    }
    T *operator->() const { return object_; }
    T *get() const { return object_; }
    T **place() { return &object_; }

  private:
    T *object_ = nullptr;
};

// The use of the subsystem by this thread.
struct Subsystem {
    Subsystem() { check("MAPIInitialize", MAPIInitialize(nullptr)); }
    ~Subsystem() { MAPIUninitialize(); }
};

void print(IMAPITable *table, const char *what, ULONG tag)
{
    SizedSPropTagArray(1, columns) = {1, {tag}};
    LPSRowSet rows = nullptr;
    check(what, HrQueryAllRows(table, reinterpret_cast<LPSPropTagArray>(&columns), nullptr,
                               nullptr, 0, &rows));
    for (ULONG at = 0; at < rows->cRows; at++)
        std::printf("%s %s\n", what, rows->aRow[at].lpProps[0].Value.lpszA);
    FreeProws(rows);
}

void run()
{
    Subsystem subsystem;
    Held<IProfAdmin> admin;
    check("MAPIAdminProfiles", MAPIAdminProfiles(0, admin.place()));
    Held<IMAPITable> profiles;
    check("GetProfileTable", admin->GetProfileTable(0, profiles.place()));
    print(profiles.get(), "profile", PR_DISPLAY_NAME_A);

    Held<IMAPISession> session;
    const ULONG flags = MAPI_EXTENDED | MAPI_NEW_SESSION | MAPI_USE_DEFAULT;
    check("MAPILogonEx", MAPILogonEx(0, nullptr, nullptr, flags, session.place()));
    Held<IMsgStore> store;
    check("OpenMsgStore", session->OpenMsgStore(0, 0, nullptr, nullptr, 0, store.place()));
    ULONG size = 0, kind = 0;
    LPENTRYID entry = nullptr;
    check("GetReceiveFolder", store->GetReceiveFolder(nullptr, 0, &size, &entry, nullptr));
    Held<IMAPIFolder> inbox;
    const HRESULT opened = store->OpenEntry(size, entry, nullptr, 0, &kind,
                                            reinterpret_cast<LPUNKNOWN *>(inbox.place()));
    MAPIFreeBuffer(entry);
    check("OpenEntry", opened);
    Held<IMAPITable> table;
    check("GetContentsTable", inbox->GetContentsTable(0, table.place()));
    print(table.get(), "subject", PR_SUBJECT_A);
    check("Logoff", session->Logoff(0, 0, 0));
    if (store->StoreLogoff(nullptr) == S_OK && session->Logoff(0, 0, 0) != MAPI_E_INVALID_OBJECT)
        throw std::runtime_error("a session that was logged off still works");
}

} // namespace

int main()
{
    try {
        run();
    } catch (const std::exception &) {
        return 1;
    }
    return 0;
}
