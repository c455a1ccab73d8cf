// SPDX-License-Identifier: MIT
// The other forms of a report. Each is a pure function of the document: same report, same bytes.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace pedigree::report {

/// One self-contained page: no network, no file beside it, inline SVG pictures with a table behind
/// each, a Content-Security-Policy by hash, everything foreign escaped.
std::string to_html(const nlohmann::json& report, const std::string& lang);

/// GitHub-flavoured Markdown with collapsible details.
std::string to_markdown(const nlohmann::json& report, const std::string& lang);

/// CycloneDX 1.6 ML-BOM: the subject as a machine-learning-model with pedigree.ancestors (descent
/// found), pedigree.variants (related, direction unknown), evidence and hashes. The serial number is
/// made from the report's digest. Fields: docs/reference/cyclonedx.md.
nlohmann::json to_cyclonedx(const nlohmann::json& report);

/// SARIF 2.1.0 with one result per piece of evidence and per run that did not end well.
nlohmann::json to_sarif(const nlohmann::json& report);

/// The lineage trees of behaviour evidence, one Newick line each; empty when there is none.
std::string to_newick(const nlohmann::json& report);

/// One `pedigree test` case for to_junit().
struct TestCase {
  std::string name, file;
  double seconds = 0;
  std::vector<std::string> failures;  ///< expectations that do not hold
  std::string error;                  ///< no verdict at all
};
std::string to_junit(const std::vector<TestCase>& cases);

/// What moved between two reports of one model, and why: inputs, plugins, evidence, verdict.
nlohmann::json difference(const nlohmann::json& before, const nlohmann::json& after);
std::string difference_text(const nlohmann::json& difference, const std::string& lang);

}  // namespace pedigree::report
