/* SPDX-License-Identifier: MIT
 * The public header alone, as a C program sees it. */
#include <pedigree/abi.h>

int covers_details(const pedigree_evidence *evidence);
int covers_details(const pedigree_evidence *evidence) { return PEDIGREE_HAS(evidence, details_json) ? 1 : 0; }
