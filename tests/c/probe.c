/* The plug-in of the one-table test in C; tests/probe is the same in Rust. */
#define _GNU_SOURCE
#include "objbase.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

void probe_report(char *text, size_t size)
{
    LONG kind = -9, qualifier = -9;
    HRESULT code = CoGetApartmentType(&kind, &qualifier);
    Dl_info info = {0};
    dladdr(PwRuntime(), &info);
    snprintf(text, size, "runtime=%s address=%p code=%#x kind=%d", info.dli_fname, PwRuntime(),
             (unsigned)code, (int)kind);
}

HRESULT DllRegisterServer(void)
{
    char text[1024];
    const char *path = getenv("PARTYWALL_PROBE");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return E_FAIL;
    probe_report(text, sizeof text);
    fputs(text, file);
    fclose(file);
    return S_OK;
}
