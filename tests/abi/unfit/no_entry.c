/* SPDX-License-Identifier: MIT
 * A library that is no plugin at all. Its constructor must never run in this host. */
#include <stdlib.h>

__attribute__((constructor)) static void never(void) { abort(); }
__attribute__((visibility("default"))) int answer(void) { return 42; }
