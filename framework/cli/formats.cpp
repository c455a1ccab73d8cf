// SPDX-License-Identifier: MIT
#include "framework/cli/formats.hpp"

#include "framework/cli/arguments.hpp"
#include "framework/report/forms/forms.hpp"
#include "framework/report/report.hpp"
#include "pedigree/io/json.hpp"

namespace pedigree::cli {
namespace {
using nlohmann::json;

std::string to_text_report(const json& report, const RenderContext& context) {
  report::TextStyle style;
  style.width = context.width;
  style.color = context.color;
  style.unicode = context.unicode;
  style.lang = context.lang;
  style.verbose = context.verbose;
  return report::to_terminal(report, style);
}

std::string to_json_report(const json& report, const RenderContext&) {
  return report.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

/// One line per piece: subject, evidence, outcomes, references, components, verdict last.
std::string to_lines(const json& report, const RenderContext&) {
  std::string lines;
  const auto add = [&](const char* type, json line) {
    line["t"] = type;
    lines += io::json_text(line) + "\n";
  };
  add("subject", report.value("subject", json::object()));
  for (const auto& [key, type] : {std::pair{"evidence", "evidence"},
                                  {"outcomes", "outcome"},
                                  {"references", "reference"},
                                  {"components", "component"},
                                  {"next_evidence", "next_evidence"}})
    if (report.contains(key) && report[key].is_array())
      for (const auto& entry : report[key]) add(type, entry.is_object() ? entry : json{{"value", entry}});
  add("provenance", report.value("provenance", json::object()));
  add("verdict", report.value("verdict", json::object()));
  return lines;
}

}  // namespace

const std::vector<Format>& formats() {
  static const std::vector<Format> kFormats{
      {"text", "txt", true, to_text_report},
      {"json", "json", false, to_json_report},
      {"ndjson", "ndjson", false, to_lines},
      {"markdown", "md", true, [](const json& r, const RenderContext& c) { return report::to_markdown(r, c.lang); }},
      {"html", "html", true, [](const json& r, const RenderContext& c) { return report::to_html(r, c.lang); }},
      {"cyclonedx", "cdx.json", false,
       [](const json& r, const RenderContext&) { return report::to_cyclonedx(r).dump(2) + "\n"; }},
      {"sarif", "sarif", false, [](const json& r, const RenderContext&) { return report::to_sarif(r).dump(2) + "\n"; }},
      {"newick", "nwk", false, [](const json& r, const RenderContext&) { return report::to_newick(r); }},
  };
  return kFormats;
}

std::string format_names() {
  std::string names;
  for (const auto& format : formats()) names += (names.empty() ? "" : ", ") + std::string{format.name};
  return names;
}

const Format* find_format(const Session& session, const std::string& verb, const std::string& name) {
  // JUnit is the form of a set of checks, not of a report: `test` writes it, a kept run stays JSON.
  static const Format kJunit{"junit", "json", false, to_json_report};
  std::vector<std::string> names;
  if (verb == "test") {
    if (name == kJunit.name) return &kJunit;
    names.emplace_back(kJunit.name);
  }
  for (const auto& format : formats()) {
    if (name == format.name) return &format;
    names.emplace_back(format.name);
  }
  usage_error(session, verb,
              "unknown format '" + name + "'" + did_you_mean(name, names) + "; known: " + format_names() +
                  (verb == "test" ? "|junit" : ""));
  return nullptr;
}

std::string choose_language(const Session& session, const std::string& wanted, const Format& format) {
  if (!wanted.empty()) return wanted;
  return format.people ? session.console.language() : "en";
}

RenderContext render_context(const Session& session, const std::string& lang, bool verbose) {
  RenderContext context;
  context.lang = lang;
  context.width = session.console.width();
  context.color = session.console.color_out();
  context.unicode = session.console.unicode() || lang == "ko";
  context.verbose = verbose;
  return context;
}

}  // namespace pedigree::cli
