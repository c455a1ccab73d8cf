// SPDX-License-Identifier: MIT
// The real program on real models, and its page in a real browser: the pictures get what they need from the plugins.
#include <gtest/gtest.h>

#include "tests/browser/browser.hpp"
#include "tests/cli/program.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::browser_test {
namespace {

/// The page that `pedigree compare` writes, with the titles of its pictures.
std::string titles_of(Browser& browser, const std::vector<std::string>& words, int width) {
  cli_test::Program program;
  const auto ended = program.run(words);
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_LT(ended.out.size(), std::size_t{5} << 20);
  View view;
  view.width = width;
  browser.open(ended.out, view);
  EXPECT_EQ(browser.console(), std::vector<std::string>{});
  EXPECT_EQ(browser.requests(), std::vector<std::string>{});
  EXPECT_LE(browser.run("return document.documentElement.scrollWidth").get<int>(), width);
  std::string titles;
  for (const auto& title : browser.run("return [...document.querySelectorAll('figcaption b')].map(b => b.textContent)"))
    titles += title.get<std::string>() + "\n";
  return titles;
}

TEST(RealModels, a_fine_tune_of_the_zoo_shows_what_it_inherited) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  PEDIGREE_NEEDS_BROWSER(browser);
  const auto models = unpacked / "zoo" / "models";
  const auto titles = titles_of(browser,
                                {"compare", models / "ft_light_b1", models / "b1", models / "b2", models / "b5",
                                 models / "b6", "--format", "html", "--no-cache"},
                                1200);
  for (const char* picture : {"Inheritance map: b1", "Similarity by layer: b1", "The norm trap: b1", "Vocabularies: b1",
                              "Order of merge rules: b1", "Configuration: text decoder", "Lineage tree", "Loss curve",
                              "Weight of the evidence: text decoder"})
    EXPECT_NE(titles.find(picture), std::string::npos) << picture << " is not among\n" << titles;
  EXPECT_EQ(titles.find("Inheritance map: b2"), std::string::npos) << "nothing came from b2";
}

TEST(RealModels, a_catalog_model_fits_a_phone_in_korean) {
  PEDIGREE_NEEDS_BROWSER(browser);
  const auto titles =
      titles_of(browser, {"verify", "hyperclovax-seed-think-32b", "--format", "html", "--lang", "ko"}, 390);
  EXPECT_NE(titles.find("\xec\x84\xa4\xec\xa0\x95: "), std::string::npos) << titles;  // "설정: "
}

TEST(RealModels, tokenizers_show_their_ancestors) {
  PEDIGREE_NEEDS_SHARED(unpacked, testing::unpacked_folder());
  PEDIGREE_NEEDS_BROWSER(browser);
  const auto files = unpacked / "tokenizers";
  const auto titles = titles_of(
      browser,
      {"compare", files / "qwen-qwen2__hf", files / "openai-cl100k__tiktoken", "--format", "html", "--no-cache"}, 1200);
  for (const char* picture : {"Known vocabularies inside this one", "Vocabularies: ", "Order of merge rules: "})
    EXPECT_NE(titles.find(picture), std::string::npos) << picture << " is not among\n" << titles;
}

}  // namespace
}  // namespace pedigree::browser_test
