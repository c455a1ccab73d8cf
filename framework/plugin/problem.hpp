// SPDX-License-Identifier: MIT
// Failures around plugins as diagnostics with a documented code (docs/errors/PED-G001.md and following).
#pragma once

#include "framework/core/diagnostic.hpp"

namespace pedigree::plugin {

/// PED-G001 untrusted · G002 folder · G003 manifest · G004 library · G005 duplicate · G006 not as locked ·
/// G007 lock file · G008 not in the lock.
Diagnostic problem(const io::Error& error, Severity severity = Severity::error);

}  // namespace pedigree::plugin
