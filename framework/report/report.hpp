// SPDX-License-Identifier: MIT
// The report: one JSON document (pedigree/report/v1), and pure functions from it to other forms.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "framework/plugin/manifest.hpp"
#include "framework/report/messages.hpp"
#include "framework/verdict/verdict.hpp"

namespace pedigree::report {

struct InputFile {
  std::string path, sha256;
  std::uint64_t bytes = 0;
};

/// What a report says beside the judgement.
struct Provenance {
  std::string subject_revision, subject_digest, resolved_from;  ///< folder | hub-cache | catalog
  std::string profile;
  std::vector<const plugin::Manifest*> plugins;
  std::vector<InputFile> inputs;
  std::vector<std::string> sandbox;
  nlohmann::json facts;  ///< what the catalog says of the subject: organisation, parameters, kind ...; may be null
};

/// The pipeline's name and what it asks; the Korean form may be empty.
struct Asked {
  std::string pipeline, question, question_ko;
};

/// Builds the document of design.md section 7. `messages` are the plugins' catalogues merged with
/// the framework's own (merged_messages()); the framework's alone when null. The report keeps every
/// key, its values and the templates it used in all languages, so that it can be rendered again in
/// another language without the plugins.
nlohmann::json build(const std::string& subject_id, const Asked& asked, const verdict::Case& case_,
                     const verdict::Judgement& judgement, const Provenance& provenance, const nlohmann::json& messages,
                     const std::string& lang);

struct TextStyle {
  int width = 80;
  bool color = false;
  bool unicode = true;
  std::string lang = "en";
  bool verbose = false;  ///< every reference and every piece of evidence, not the first few
};
/// The terminal report, a pure function of the document. Never throws: what a foreign document
/// lacks is left out. Text that came from models or plugins is escaped.
std::string to_terminal(const nlohmann::json& report, const TextStyle& style);

/// JSON Schema (draft 2020-12) of the report.
nlohmann::json report_schema();

}  // namespace pedigree::report
