// SPDX-License-Identifier: MIT
// The forms a report can take: one table, one line per form.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/cli/session.hpp"

namespace pedigree::cli {

struct RenderContext {
  std::string lang = "en";
  int width = 80;
  bool color = false, unicode = true, verbose = false;
};

/// One form: report document to text. `extension` names the copy kept in the run folder. `people`
/// is true for forms that are read by people: they follow the system's language.
struct Format {
  const char* name;
  const char* extension;
  bool people;
  std::string (*render)(const nlohmann::json& report, const RenderContext& context);
};
const std::vector<Format>& formats();

/// nullptr, after telling on stderr what was meant, for an unknown name.
const Format* find_format(const Session& session, const std::string& verb, const std::string& name);
std::string format_names();  ///< "text, json, ..."

/// The language of --lang, or the system's for forms people read; English for machines.
std::string choose_language(const Session& session, const std::string& wanted, const Format& format);
RenderContext render_context(const Session& session, const std::string& lang, bool verbose);

}  // namespace pedigree::cli
