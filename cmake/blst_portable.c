/* blst as machines without its assembly compile it, on x86-64: the name of the architecture goes
 * once the C library's headers are read, because blst looks at nothing else. */
#include <alloca.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#undef __x86_64__
#define __BLST_NO_ASM__
#include "server.c"
