// SPDX-License-Identifier: MIT
// JSON Schema, drafts 4 to 7, as the published schemas of document formats use it. For tests: a keyword that
// is not understood is a problem of its own, so that nothing passes because nobody looked.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree::testing {

class OfficialSchema {
 public:
  /// `file` and the files beside it that it refers to.
  explicit OfficialSchema(const std::filesystem::path& file);

  /// What does not hold, as "pointer: what"; empty for a valid document.
  std::vector<std::string> check(const nlohmann::json& document) const;

 private:
  const nlohmann::json& resolve(const std::string& reference, std::string& file) const;
  void check(const nlohmann::json& value, const nlohmann::json& schema, std::string file, const std::string& pointer,
             std::vector<std::string>& problems) const;

  std::string main_;
  std::map<std::string, nlohmann::json> files_;
};

}  // namespace pedigree::testing
