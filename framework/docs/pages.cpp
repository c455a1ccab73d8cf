// SPDX-License-Identifier: MIT
#include "framework/docs/pages.hpp"

#include <algorithm>
#include <map>

#include "framework/docs/facts.hpp"

namespace pedigree::docs {
namespace {

using nlohmann::json;

struct Method {
  const char *page, *family;
};
constexpr Method kMethods[] = {{"tokenizer", "tokenizer"},
                               {"architecture", "architecture"},
                               {"weight", "weight"},
                               {"behavior", "behavior"},
                               {"training-log", "training_log"}};

void tell(Diagnostics& problems, const char* code, const std::string& file, std::string message, std::string hint) {
  Diagnostic problem;
  problem.code = code;
  problem.file = file;
  problem.message = std::move(message);
  problem.suggestion = std::move(hint);
  problems.push_back(std::move(problem));
}

Facts facts_of(const Page& page, const std::vector<Run>& runs) {
  switch (page.kind) {
    case Kind::overview:
      return overview_facts(runs, page.lang == "ko");
    case Kind::method:
      return method_facts(runs, page.family);
    case Kind::model:
      return model_facts(runs[page.report]);
    case Kind::tutorial:
      return tutorial_facts(runs);
  }
  return {};
}

/// Every fact of a page has its marker there, and no marker asks for another one.
void check_names(const std::vector<Region>& regions, const Facts& facts, const std::string& file,
                 Diagnostics& problems) {
  std::vector<std::string> known;
  for (const auto& [name, fact] : facts) {
    known.push_back(name);
    const bool there =
        std::any_of(regions.begin(), regions.end(), [&, &wanted = name](const Region& r) { return r.name == wanted; });
    if (!there)
      tell(problems, "PED-D001", file, "the marker '" + name + "' is missing",
           "add <!-- pedigree:begin " + name + " --><!-- pedigree:end " + name + " --> where it belongs");
  }
  for (const auto& region : regions) {
    if (facts.count(region.name) != 0) continue;
    tell(problems, "PED-D003", file, "no fact of this page is called '" + region.name + "'",
         did_you_mean(region.name, known));
    problems.back().line = region.line;
    for (const auto& name : known) problems.back().allowed += (problems.back().allowed.empty() ? "" : ", ") + name;
  }
}

}  // namespace

std::vector<Page> pages_of(const std::vector<json>& reports, const std::vector<std::string>& names,
                           Diagnostics& problems) {
  std::vector<Page> pages;
  std::map<std::string, std::size_t> taken;
  if (reports.empty()) tell(problems, "PED-D004", "", "there is no run to write of", "name at least one run folder");
  for (const std::string lang : {"en", "ko"}) {
    const std::string end = lang == "ko" ? ".ko.md" : ".md";
    for (const auto& method : kMethods) {
      const auto path = "methods/" + std::string{method.page} + end;
      pages.push_back({Kind::method, path, path, lang, method.family, 0});
    }
    pages.push_back({Kind::overview, "models/README" + end, "models/README" + end, lang, "", 0});
    pages.push_back({Kind::tutorial, "tutorial/README" + end, "tutorial/README" + end, lang, "", 0});
    for (std::size_t i = 0; i < reports.size(); ++i)
      pages.push_back({Kind::model, "models/" + page_name(reports[i]) + end, "templates/model" + end, lang, "", i});
  }
  for (std::size_t i = 0; i < reports.size(); ++i) {
    const auto name = page_name(reports[i]);
    const auto [first, added] = taken.emplace(name, i);
    if (!added)
      tell(problems, "PED-D004", names[i],
           "its page would be models/" + name + ".md, as that of " + names[first->second],
           "name one of the two runs only");
    else if (name == "README")
      tell(problems, "PED-D004", names[i], "models/README.md is the overview, no model's page", "rename the pipeline");
  }
  std::sort(pages.begin(), pages.end(), [](const Page& a, const Page& b) { return a.path < b.path; });
  return pages;
}

std::optional<std::string> fill_page(const Page& page, std::string_view text, const std::string& file,
                                     const std::vector<json>& reports, Diagnostics& problems) {
  Diagnostics own;
  const auto regions = find_regions(text, file, own);
  std::vector<Run> runs;
  for (const auto& report : reports) runs.emplace_back(report, page.lang);
  const auto facts = facts_of(page, runs);
  if (own.empty()) check_names(regions, facts, file, own);  // a broken marker would be told twice
  problems.insert(problems.end(), own.begin(), own.end());
  if (!own.empty()) return std::nullopt;
  return replace_regions(text, regions, [&](const std::string& name) { return facts.at(name)(); });
}

}  // namespace pedigree::docs
