// SPDX-License-Identifier: MIT
// The hard case: answers of the same weights under another system prompt (two pairs in XSTest, whose prompts
// invite refusals).
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "plugins/behavior/analyzers/agreement.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::behavior {
namespace {

namespace fs = std::filesystem;
using pedigree::testing::Model;

TEST(XsTest, only_the_same_weights_are_ever_called_close) {
  PEDIGREE_NEEDS_SHARED(unpacked, pedigree::testing::unpacked_folder());
  const std::vector<std::string> names{"gpt4", "llama2new", "llama2orig", "mistralguard", "mistralinstruct"};
  const auto same = [](const std::string& a, const std::string& b) {
    return a != b && a.substr(0, 6) == b.substr(0, 6);  // llama2*, mistra*
  };
  int found = 0, pairs = 0, false_alarms = 0;
  for (const auto& subject : names) {
    std::vector<Model> models;
    const auto add = [&](const std::string& name) {
      std::ifstream in{unpacked / ("responses/xstest/xstest_v2_completions_" + name + ".csv"), std::ios::binary};
      models.push_back({name, {}, {{"responses", name + ".csv", std::string{std::istreambuf_iterator<char>{in}, {}}}}});
    };
    add(subject);
    for (const auto& name : names)
      if (name != subject) add(name);
    const auto result = pedigree::testing::run_analyzer<Agreement>(models);
    for (const auto& e : result.evidence) {
      if (e.signal != "behavior.agreement") continue;
      const bool close = e.relation == "behavioral_proximity";
      std::printf("%s / %s: %.2f words, %s%s\n", subject.c_str(), e.reference.c_str(), e.value, e.summary_key.c_str(),
                  same(subject, e.reference) ? " (same weights)" : "");
      if (same(subject, e.reference)) {
        ++pairs;
        found += close ? 1 : 0;
      } else {
        false_alarms += close ? 1 : 0;
      }
    }
  }
  std::printf("XSTest: same weights under another system prompt found %d of %d; false alarms %d\n", found, pairs,
              false_alarms);
  EXPECT_EQ(false_alarms, 0);
}

}  // namespace
}  // namespace pedigree::behavior
