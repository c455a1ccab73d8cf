// SPDX-License-Identifier: MIT
#include "framework/artifact/model.hpp"

#include <algorithm>

namespace pedigree::artifact {

const char* to_string(Origin origin) {
  switch (origin) {
    case Origin::none:
      return "none";
    case Origin::artifacts:
      return "artifacts";
    case Origin::folder:
      return "folder";
    case Origin::file:
      return "file";
    case Origin::hub_cache:
      return "hub-cache";
    case Origin::catalog:
      return "catalog";
  }
  return "none";
}

bool ResolvedModel::has(std::string_view file_role) const {
  return std::any_of(files.begin(), files.end(), [&](const File& file) { return file.role == file_role; });
}

}  // namespace pedigree::artifact
