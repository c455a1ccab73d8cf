// SPDX-License-Identifier: MIT
// LINK: pedigree_docs
// Whatever a page holds: no crash; a page without problems keeps every byte outside its regions, and filling it again
// changes nothing. Phrases are matched against the same text.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "framework/docs/regions.hpp"
#include "framework/report/messages.hpp"
#include "framework/report/phrases.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pedigree;
  const std::string page(reinterpret_cast<const char*>(data), size);
  static const nlohmann::json kMessages = report::framework_messages();
  (void)report::translate(page, "phrase.", "ko", kMessages);
  Diagnostics problems;
  const auto regions = docs::find_regions(page, "page.md", problems);
  if (!problems.empty()) return 0;
  const auto fact = [](const std::string& name) { return docs::Fact{name, name.size() % 2 == 0}; };
  const auto filled = docs::replace_regions(page, regions, fact);
  const auto again = docs::find_regions(filled, "page.md", problems);
  if (!problems.empty() || again.size() != regions.size()) std::abort();
  if (docs::replace_regions(filled, again, fact) != filled) std::abort();
  std::size_t before = 0, after = 0;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    if (page.substr(before, regions[i].begin - before) != filled.substr(after, again[i].begin - after)) std::abort();
    before = regions[i].end;
    after = again[i].end;
  }
  if (page.substr(before) != filled.substr(after)) std::abort();
  return 0;
}
