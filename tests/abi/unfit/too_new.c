/* SPDX-License-Identifier: MIT
 * Needs a minor that does not exist yet. */
#include <pedigree/abi.h>

PEDIGREE_EXPORT const pedigree_plugin *pedigree_plugin_v1(uint32_t host_abi_minor) {
  (void)host_abi_minor;
  return NULL;
}
