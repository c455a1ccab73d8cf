// SPDX-License-Identifier: MIT
#include "framework/pipeline/codes.hpp"

#include <algorithm>

namespace pedigree::pipeline {

const std::vector<Code>& codes() {
  static const std::vector<Code> table{
      {"PED-P001", "the file cannot be read"},
      {"PED-P002", "not a regular file"},
      {"PED-P003", "the file is larger than 1 MiB"},
      {"PED-P004", "the file is not UTF-8 text"},
      {"PED-P005", "the file is empty"},
      {"PED-P006", "not YAML"},
      {"PED-P007", "a tab in the indentation"},
      {"PED-P008", "a key stands twice"},
      {"PED-P009", "a merge key"},
      {"PED-P010", "a second document"},
      {"PED-P011", "a tag"},
      {"PED-P012", "an unknown key"},
      {"PED-P013", "a key that is no text"},
      {"PED-P014", "an alias within its own value"},
      {"PED-P015", "too large once read"},
      {"PED-P016", "a required key is missing"},
      {"PED-P017", "a value of the wrong type"},
      {"PED-P018", "a boolean that is not true or false"},
      {"PED-P019", "a number that is not decimal"},
      {"PED-P020", "a number out of range"},
      {"PED-P021", "none of the allowed values"},
      {"PED-P022", "a duration or size without its unit"},
      {"PED-P023", "another version of the language"},
      {"PED-P024", "the parent is not there"},
      {"PED-P025", "a file extends itself"},
      {"PED-P026", "too many parents"},
      {"PED-P027", "a parent from the network"},
      {"PED-P028", "an unknown variable"},
      {"PED-P029", "an environment variable is not set"},
      {"PED-P030", "the environment read outside vars"},
      {"PED-P031", "a malformed ${...}"},
      {"PED-P032", "an unknown analyzer"},
      {"PED-P033", "no installed plugin has the analyzer", true},
      {"PED-P034", "an unknown option of an analyzer"},
      {"PED-P035", "an option's value does not fit"},
      {"PED-P036", "the same entry twice"},
      {"PED-P037", "no analyzer would run"},
      {"PED-P038", "an unknown group of the catalog"},
      {"PED-P039", "a reference the catalog does not know (warning)"},
      {"PED-P040", "the subject as its own reference"},
      {"PED-P041", "nothing to compare with (warning)"},
      {"PED-P042", "an unknown role of an artifact"},
      {"PED-P043", "a file that is not there", true},
      {"PED-P044", "a pattern that matches nothing", true},
      {"PED-P045", "a file that cannot be read", true},
      {"PED-P046", "a pattern that is not understood"},
      {"PED-P047", "a malformed --set"},
      {"PED-P048", "--set of something that is not there"},
      {"PED-P049", "a malformed digest"},
      {"PED-P050", "a pinned plugin is not installed (warning)"},
      {"PED-P051", "an impossible expectation"},
      {"PED-P052", "a control character"},
      {"PED-P053", "the verdict section is not understood"},
      {"PED-P054", "a reference that is a model and a group"},
  };
  return table;
}

bool only_environment(const Diagnostics& diagnostics) {
  const auto is_environment = [](const Diagnostic& diagnostic) {
    if (diagnostic.severity != Severity::error) return true;
    const auto& table = codes();
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const Code& c) { return c.code == diagnostic.code; });
    return found != table.end() && found->environment;
  };
  return has_errors(diagnostics) && std::all_of(diagnostics.begin(), diagnostics.end(), is_environment);
}

}  // namespace pedigree::pipeline
