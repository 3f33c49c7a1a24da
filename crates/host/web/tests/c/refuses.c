#include "isapi.h"

BOOL GetExtensionVersion(HSE_VERSION_INFO *info)
{
    (void)info;
    return 0;
}

DWORD HttpExtensionProc(ECB *e)
{
    page(e, "never");
    return 1;
}
