/* SPDX-License-Identifier: MIT
 * Refers to a function nobody has. */
#include <pedigree/abi.h>

extern int function_that_nobody_has(void);
PEDIGREE_EXPORT const pedigree_plugin *pedigree_plugin_v1(uint32_t host_abi_minor) {
  return function_that_nobody_has() == (int)host_abi_minor ? NULL : NULL;
}
