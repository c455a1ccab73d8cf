// SPDX-License-Identifier: MIT
// A sentence that arises in English (decision 0101) is found in Korean by its words. Whoever changes the words must
// change the catalogue's entry too: every sentence of the readers and the host is looked for there, piece by piece.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "framework/report/messages.hpp"

namespace pedigree::report {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Literal {
  std::string text;
  std::set<std::string> calls;  ///< names of the calls it stands in: set_error("...")
};

/// String literals of C++ source, neighbours joined; comments, characters, #include lines and raw strings left out.
class Reader {
 public:
  explicit Reader(const std::string& source) : source_(source) {}

  std::vector<Literal> read() {
    while (at_ < source_.size()) step();
    return std::move(found_);
  }

 private:
  bool here(std::string_view what) const { return source_.compare(at_, what.size(), what) == 0; }
  void skip_past(std::string_view end) {
    const auto found = source_.find(end, at_);
    at_ = found == std::string::npos ? source_.size() : found + end.size();
  }

  void step() {
    const char c = source_[at_];
    if (here("//") || here("#include")) return skip_past("\n");
    if (here("/*")) return skip_past("*/");
    if (here("R\"")) {
      const auto open = source_.find('(', at_);
      return skip_past(")" + source_.substr(at_ + 2, open - at_ - 2) + "\"");
    }
    if (c == '"') return literal();
    if (c == '\'') {  // a character; between digits it only groups them
      if (std::isdigit(static_cast<unsigned char>(at_ > 0 ? source_[at_ - 1] : ' ')) != 0) return void(++at_);
      at_ += source_[at_ + 1] == '\\' ? 3 : 2;
      return skip_past("'");
    }
    if (std::isspace(static_cast<unsigned char>(c)) != 0) return void(++at_);
    joined_ = false;
    if (std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word_.clear();
      while (at_ < source_.size() &&
             (std::isalnum(static_cast<unsigned char>(source_[at_])) != 0 || source_[at_] == '_'))
        word_ += source_[at_++];
      return;
    }
    if (c == '(' || c == '{') open_.push_back(word_);
    if ((c == ')' || c == '}') && !open_.empty()) open_.pop_back();
    word_.clear();
    ++at_;
  }

  void literal() {
    std::string text;
    for (++at_; at_ < source_.size() && source_[at_] != '"'; ++at_) {
      if (source_[at_] != '\\') {
        text += source_[at_];
        continue;
      }
      const char escaped = source_[++at_];
      text += escaped == 'n' ? '\n' : escaped;
    }
    ++at_;
    if (joined_)
      found_.back().text += text;
    else
      found_.push_back({text, {open_.begin(), open_.end()}});
    joined_ = true;
  }

  const std::string& source_;
  std::size_t at_ = 0;
  bool joined_ = false;
  std::string word_;
  std::vector<std::string> open_;
  std::vector<Literal> found_;
};

/// Two words of lower case side by side: what a person reads. Command lines are the same in every language.
bool is_sentence(const std::string& text) {
  if (text.starts_with("pedigree ") || text.starts_with("usage: ")) return false;
  if (text.find("%.") != std::string::npos) return false;  // figures of the progress line
  for (auto space = text.find(' '); space != std::string::npos; space = text.find(' ', space + 1)) {
    const auto lower = [&](std::size_t i) { return i < text.size() && text[i] >= 'a' && text[i] <= 'z'; };
    if (space >= 2 && lower(space - 1) && lower(space - 2) && lower(space + 1) && lower(space + 2)) return true;
  }
  return false;
}

/// The English of the catalogue, as it reads.
std::string all_english() {
  std::string all;
  const auto messages = framework_messages();
  for (const auto& [key, entry] : messages.items()) {
    auto text = entry["en"].get<std::string>();
    for (const char* doubled : {"{{", "}}"})
      for (auto at = text.find(doubled); at != std::string::npos; at = text.find(doubled, at + 1)) text.erase(at, 1);
    all += text + "\n";
  }
  return all;
}

/// Tables of names, patterns and descriptions for machines, and the report's own texts, which are looked up by key.
const std::set<std::string> kNoSentences{"vocabulary.cpp",      "schema.cpp",     "codes.cpp",
                                         "reference_page.cpp",  "log_fields.cpp", "text_remarks.cpp",
                                         "config_defaults.cpp", "sandbox.cpp",    "manifest_schema.cpp",
                                         "worker_main.cpp",     "fixtures.cpp"};  // names of made-up files
/// Literals that no reader sees by themselves: compared with, or parts of a sentence whose entry has a value there.
const std::set<std::string> kParts{"--output described.json 2>described.txt",  // a command line
                                   "version https://git-lfs.github.com/spec/",
                                   "version https://git-lfs",
                                   "syntax error",     // of nlohmann and yaml-cpp,
                                   "number overflow",  // whose words are looked for
                                   "illegal map value",
                                   "unknown token",
                                   "unknown option '--",  // "unknown option '{option}'"
                                   "(did you mean '--",
                                   "schema pipeline|report|manifest",
                                   "docs update RUN...",
                                   "plugin new|check|lock|verify",
                                   "--> where it belongs",       // "add {markers} where it belongs"
                                   "its page would be models/",  // "its page would be {page}, ..."
                                   ".md, as that of",
                                   "close it: <!-- pedigree:end",  // "close it: {marker}"
                                   "open it: <!-- pedigree:begin",
                                   "# Written by pedigree:",  // a comment of a YAML file
                                   "with its profile, variables and --set filled in.",
                                   "ELF tables are read as they lie in the file",  // of a static_assert
                                   "stored numbers are read in place"};

/// Without the colon behind a name that comes before.
std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \n:");
  return first == std::string::npos ? std::string{} : text.substr(first, text.find_last_not_of(" \n") - first + 1);
}

/// Lines of the sources that no entry of the catalogue holds.
std::vector<std::string> unknown_in(const fs::path& folder, const std::set<std::string>& calls,
                                    const std::string& english, std::size_t& seen) {
  std::vector<std::string> unknown;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path{PEDIGREE_SOURCE_DIR} / folder)) {
    const auto name = entry.path().filename().string(), path = entry.path().string();
    if (entry.path().extension() != ".cpp" || kNoSentences.count(name) != 0) continue;
    if (path.find("/report/") != std::string::npos && calls.empty()) continue;
    if (path.find("/conformance/main.cpp") != std::string::npos) continue;  // its own usage and JUnit
    if (path.find("/tests/") != std::string::npos || path.find("/bench/") != std::string::npos) continue;
    const auto source = text_of(entry.path());
    for (const auto& literal : Reader{source}.read()) {
      const bool told =
          std::any_of(calls.begin(), calls.end(), [&](const auto& c) { return literal.calls.count(c) != 0; });
      if (!calls.empty() && !told) continue;
      std::istringstream lines{literal.text};
      for (std::string line; std::getline(lines, line);) {
        const auto part = trimmed(line);
        if (!is_sentence(part) || kParts.count(part) != 0) continue;
        ++seen;
        if (english.find(part) == std::string::npos) unknown.push_back(path + ": " + part);
      }
    }
  }
  return unknown;
}

TEST(Sentences, of_the_host_and_the_readers_are_in_the_catalogue) {
  const auto english = all_english();
  std::size_t seen = 0;
  for (const char* folder : {"framework", "sdk/io/src", "sdk/conformance"})
    for (const auto& line : unknown_in(folder, {}, english, seen))
      ADD_FAILURE() << "no entry of framework/report/messages/phrases_*.json says\n  " << line;
  EXPECT_GT(seen, 500u);
}

TEST(Sentences, of_plugins_about_what_could_not_be_read_are_in_the_catalogue) {
  const auto english = all_english();
  std::size_t seen = 0;
  for (const auto& line :
       unknown_in("plugins", {"set_error", "warn", "not_applicable", "InputError", "ConfigError"}, english, seen))
    ADD_FAILURE() << "no entry of framework/report/messages/phrases_*.json says\n  " << line;
  EXPECT_GT(seen, 10u);
}

TEST(Sentences, a_changed_word_is_noticed) {
  const std::string source = "fail(\"there is no such \"\n  \"file\", 'x', \"and\"); // \"a comment of words\"\n";
  const auto literals = Reader{source}.read();
  ASSERT_EQ(literals.size(), 2u);
  EXPECT_EQ(literals[0].text, "there is no such file");
  EXPECT_EQ(literals[0].calls.count("fail"), 1u);
  EXPECT_TRUE(is_sentence(literals[0].text));
  EXPECT_FALSE(is_sentence(literals[1].text));
  EXPECT_NE(all_english().find("there is no such file"), std::string::npos);
  EXPECT_EQ(all_english().find("there is no such paper"), std::string::npos);
}

}  // namespace
}  // namespace pedigree::report
