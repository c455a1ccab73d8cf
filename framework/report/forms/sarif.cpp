// SPDX-License-Identifier: MIT
// SARIF 2.1.0 (OASIS) for code-scanning views, and JUnit XML for `pedigree test`.
#include <cctype>
#include <set>
#include <string_view>

#include "framework/core/digest.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/html/markup.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/text.hpp"
#include "framework/report/view.hpp"

namespace pedigree::report {
namespace {

using nlohmann::json;

/// What speaks for descent is a finding to review; what speaks against it passed.
const char* kind_of(const json& e) {
  const double lr = number_at(e, "log10_lr");
  if (lr >= 0.1) return "review";
  return lr <= -0.1 ? "pass" : "informational";
}

constexpr std::size_t kMostResults = 25'000;  // what GitHub takes in one run

/// A path as a relative reference (RFC 3986): what is not allowed there is percent-encoded.
std::string as_uri(const std::string& path) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view{"-._~/:@!$&'()*+,;="}.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

json location(const json& report) {
  const auto& inputs = list_at(object_at(report, "provenance"), "inputs");
  std::string path = inputs.empty() ? text_at(object_at(report, "subject"), "id") : text_at(inputs.front(), "path");
  if (path.empty()) path = "model";
  return json::array({{{"physicalLocation", {{"artifactLocation", {{"uri", as_uri(path)}}}}}}});
}

json result_of(const std::string& rule, const char* kind, const char* level, const std::string& text, const json& place,
               const std::string& key) {
  return {{"ruleId", rule},     {"kind", kind},
          {"level", level},     {"message", {{"text", text}}},
          {"locations", place}, {"partialFingerprints", {{"pedigree/v1", sha256_hex(key)}}}};
}

}  // namespace

json to_sarif(const json& report) {
  const Language words{report, "en"};
  const auto place = location(report);
  const auto subject = text_at(object_at(report, "subject"), "id");
  json results = json::array(), rules = json::array();
  std::set<std::string> named;
  const auto rule = [&](const std::string& id, const std::string& about) {
    if (named.insert(id).second) rules.push_back({{"id", id}, {"shortDescription", {{"text", about}}}});
  };
  const auto& v = object_at(report, "verdict");
  const auto label = text_at(v, "label");
  rule("pedigree.verdict", "The verdict on the model");
  const bool bad = label == "derived" || label == "partial_reuse";
  results.push_back(result_of("pedigree.verdict",
                              bad                       ? "fail"
                              : label == "inconclusive" ? "open"
                                                        : "pass",
                              bad ? "warning" : "none",
                              subject + ": " + words.term("label", label) + ". " + words.term("meaning", label), place,
                              subject + "verdict"));
  for (const auto& e : list_at(report, "evidence")) {
    if (results.size() >= kMostResults) break;
    const auto signal = text_at(e, "signal");
    const auto text = harmless(words.summary(e));  // code scanning refuses an empty one
    rule(signal, "Evidence of " + text_at(e, "analyzer"));
    results.push_back(result_of(signal, kind_of(e), "none", text.empty() ? signal : text, place,
                                subject + signal + text_at(e, "reference") + text_at(e, "component")));
  }
  for (const auto& o : list_at(report, "outcomes")) {
    const auto outcome = text_at(o, "outcome");
    if (outcome == "ok" || outcome == "not-applicable" || results.size() >= kMostResults) continue;
    rule("pedigree.outcome", "An analyzer that did not finish");
    results.push_back(result_of("pedigree.outcome", "open", "none",
                                text_at(o, "analyzer") + ": " + outcome + ": " + harmless(text_at(o, "message")), place,
                                subject + text_at(o, "analyzer") + text_at(o, "reference")));
  }
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", json::array({{{"tool",
                                  {{"driver",
                                    {{"name", "pedigree"},
                                     {"semanticVersion", text_at(object_at(report, "provenance"), "pedigree")},
                                     {"rules", std::move(rules)}}}}},
                                 {"results", std::move(results)}}})}};
}

std::string to_junit(const std::vector<TestCase>& cases) {
  std::size_t failures = 0, errors = 0;
  double seconds = 0;
  for (const auto& c : cases) {
    failures += c.failures.empty() ? 0 : 1;
    errors += c.error.empty() ? 0 : 1;
    seconds += c.seconds;
  }
  const auto counts = "tests=\"" + std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failures) +
                      "\" errors=\"" + std::to_string(errors) + "\" time=\"" + fixed(seconds, 3) + "\"";
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites " + counts +
                    ">\n<testsuite name=\"pedigree\" " + counts + ">\n";
  for (const auto& c : cases) {
    out += "<testcase name=\"" + html::escape(c.name) + "\" classname=\"" + html::escape(c.file) + "\" time=\"" +
           fixed(c.seconds, 3) + "\">";
    for (const auto& failure : c.failures) out += "<failure message=\"" + html::escape(failure) + "\"/>";
    if (!c.error.empty()) out += "<error message=\"" + html::escape(c.error) + "\"/>";
    out += "</testcase>\n";
  }
  return out + "</testsuite>\n</testsuites>\n";
}

}  // namespace pedigree::report
