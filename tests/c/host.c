/* A foreign host of the one-table test: makes its thread an apartment, loads a
 * plug-in for its own eyes and prints what both see. With LINKED it is linked
 * with libpartywall.so, otherwise it loads the library, for its own eyes too.
 * Arguments: libpartywall.so plug-in */
#define _GNU_SOURCE
#include "objbase.h"
#include <dlfcn.h>
#include <stdio.h>

typedef HRESULT (*initialize)(void *, DWORD);
typedef const void *(*runtime)(void);
typedef void (*report)(char *, size_t);

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, dlerror());
    return 1;
}

int main(int argc, char **argv)
{
    char text[1024];
    if (argc != 3)
        return 2;
#ifdef LINKED
    initialize CoInit = CoInitializeEx;
    runtime Runtime = PwRuntime;
#else
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return fail(argv[1]);
    initialize CoInit = (initialize)dlsym(library, "CoInitializeEx");
    runtime Runtime = (runtime)dlsym(library, "PwRuntime");
#endif
    if (CoInit(NULL, COINIT_APARTMENTTHREADED) != S_OK)
        return 3;
    void *plugin = dlopen(argv[2], RTLD_NOW | RTLD_LOCAL);
    if (!plugin)
        return fail(argv[2]);
    report probe = (report)dlsym(plugin, "probe_report");
    if (!probe)
        return fail("probe_report");
    probe(text, sizeof text);
    printf("host=%p %s\n", Runtime(), text);
    return 0;
}
