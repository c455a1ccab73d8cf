// SPDX-License-Identifier: MIT
// pedigree docs update, as a user meets it: files made, kept, refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/program.hpp"

namespace pedigree::cli_test {
namespace {
namespace fs = std::filesystem;

using ::testing::HasSubstr;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// One kept run of a catalog model, and pages made from it.
class Docs : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(program_.run({"verify", "solar-open-100b", "-o", "run", "--quiet", "--no-cache"}).code, 0);
    const auto made = update();
    ASSERT_EQ(made.code, 0) << made.err;
  }
  Ended update(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> words{"docs", "update", "run", "--into", "pages"};
    words.insert(words.end(), more.begin(), more.end());
    return program_.run(words);
  }
  fs::path page(const std::string& name) const { return program_.folder() / "pages" / name; }

  Program program_;
};

TEST_F(Docs, makes_every_page_in_both_languages) {
  for (const char* name : {"models/README", "models/solar-open-100b", "tutorial/README", "methods/tokenizer",
                           "methods/architecture", "methods/weight", "methods/behavior", "methods/training-log"})
    for (const char* end : {".md", ".ko.md"})
      EXPECT_TRUE(fs::is_regular_file(page(std::string{name} + end))) << name << end;
  EXPECT_THAT(text_of(page("models/README.md")),
              HasSubstr("| Upstage | [Solar-Open-100B](solar-open-100b.md) | 102.6B (12B active)"));
}

TEST_F(Docs, running_again_touches_no_file) {
  const auto before = fs::last_write_time(page("models/solar-open-100b.md"));
  const auto again = update();
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.out, HasSubstr("16 pages, 0 changed"));
  EXPECT_EQ(fs::last_write_time(page("models/solar-open-100b.md")), before);
  EXPECT_EQ(update({"--check"}).code, 0);
}

TEST_F(Docs, what_a_person_wrote_stays_byte_for_byte) {
  const auto file = page("models/solar-open-100b.md");
  const auto made = text_of(file);
  const auto at = made.find("## Components");
  const std::string own = "My note: 100 % \xEC\x9A\xB0\xEB\xA6\xAC\r\n\t<b>kept</b>   \n\n";
  auto edited = made.substr(0, at) + own + made.substr(at);
  edited.replace(edited.find("80 / 100"), 8, "99 / 100");
  program_.write("pages/models/solar-open-100b.md", edited);
  EXPECT_EQ(update({"--check"}).code, 1);
  EXPECT_EQ(text_of(file), edited) << "--check writes nothing";
  EXPECT_EQ(update().code, 0);
  EXPECT_EQ(text_of(file), made.substr(0, at) + own + made.substr(at));
}

TEST_F(Docs, a_missing_or_doubled_marker_names_file_and_line_and_nothing_is_written) {
  const auto whole = text_of(page("models/README.md"));
  const auto tutorial = text_of(page("tutorial/README.md"));
  const std::string end = "<!-- pedigree:end overview -->";
  auto missing = whole;
  missing.erase(missing.find(end), end.size());
  auto stale = tutorial;
  stale.replace(stale.find("Solar-Open-100B<!--"), 15, "Somebody-Else-1");
  for (const auto& [text, code] : {std::pair{missing, "PED-D001"}, {whole + end + "\n", "PED-D002"}}) {
    program_.write("pages/models/README.md", text);
    program_.write("pages/tutorial/README.md", stale);
    const auto ended = update();
    EXPECT_EQ(ended.code, 2);
    EXPECT_THAT(ended.err, HasSubstr(code));
    EXPECT_THAT(ended.err, ::testing::ContainsRegex("pages/models/README.md:[0-9]+"));
    EXPECT_EQ(text_of(page("models/README.md")), text);
    EXPECT_EQ(text_of(page("tutorial/README.md")), stale) << "no page is written when one is wrong";
  }
}

TEST_F(Docs, a_page_that_is_a_link_or_read_only_is_left_alone) {
  const auto file = page("models/README.md"), elsewhere = program_.folder() / "elsewhere.md";
  auto stale = text_of(file);
  stale.replace(stale.find("Upstage"), 7, "Nobody!");
  program_.write("pages/models/README.md", stale);
  fs::permissions(file, fs::perms::owner_read | fs::perms::group_read);
  auto ended = update();
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, ::testing::AllOf(HasSubstr("PED-D005"), HasSubstr("read-only")));
  EXPECT_EQ(text_of(file), stale);
  EXPECT_EQ(update({"--check"}).code, 1) << "looking is allowed";

  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
  EXPECT_EQ(update().code, 0);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);

  fs::rename(file, elsewhere);
  fs::create_symlink(elsewhere, file);
  const auto kept = text_of(elsewhere);
  ended = update();
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("symbolic link"));
  EXPECT_TRUE(fs::is_symlink(file));
  EXPECT_EQ(text_of(elsewhere), kept);
}

TEST_F(Docs, a_page_of_windows_is_not_stale_and_stays_one) {
  const auto file = page("models/solar-open-100b.md");
  std::string windows;
  for (const char c : text_of(file)) windows += c == '\n' ? std::string{"\r\n"} : std::string{c};
  program_.write("pages/models/solar-open-100b.md", windows);
  EXPECT_EQ(update({"--check"}).code, 0);
  EXPECT_EQ(update().code, 0);
  EXPECT_EQ(text_of(file), windows);
}

TEST_F(Docs, wrong_runs_and_unreadable_pages_are_told) {
  EXPECT_EQ(program_.run({"docs", "update", "run", "run", "--into", "pages"}).code, 2);
  EXPECT_EQ(program_.run({"docs", "update", "nowhere", "--into", "pages"}).code, 4);
  program_.write("pages/tutorial/README.md", "\xFF\xFE");
  const auto ended = update();
  EXPECT_EQ(ended.code, 4);
  EXPECT_THAT(ended.err, HasSubstr("PED-D005"));
}

}  // namespace
}  // namespace pedigree::cli_test
