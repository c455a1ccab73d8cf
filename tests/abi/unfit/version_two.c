/* SPDX-License-Identifier: MIT
 * A plugin of the next major. Its constructor must never run in this host. */
#include <stdlib.h>

__attribute__((constructor)) static void never(void) { abort(); }
__attribute__((visibility("default"))) void *pedigree_plugin_v2(unsigned minor) {
  (void)minor;
  return NULL;
}
