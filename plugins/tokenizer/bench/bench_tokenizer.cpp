// SPDX-License-Identifier: MIT
// Loading and comparing two vocabularies of 200,000 tokens beside simdjson's bare parse of the same two
// files and beside plain Python, and naming an ancestor from all shipped signatures.
#include <simdjson.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "pedigree/io/tokenizer_reader.hpp"
#include "plugins/tokenizer/ancestry/relation.hpp"

namespace {
namespace fs = std::filesystem;
using namespace pedigree;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kTokens = 200'000;
constexpr int kRounds = 7;

struct Rule {
  std::string left, right;
};

/// Letters of the ByteLevel alphabet that JSON need not escape.
std::vector<std::string> letters() {
  std::vector<std::string> out;
  for (int c = 0x21; c < 0x7F; ++c)
    if (c != '"' && c != '\\') out.emplace_back(1, static_cast<char>(c));
  for (int c = 0xA1; c < 0x144; ++c)
    if (c != 0xAD) out.push_back({static_cast<char>(0xC0 | (c >> 6)), static_cast<char>(0x80 | (c & 0x3F))});
  return out;
}

/// Grows a vocabulary by random merges, as BPE does; the first `kept` rules come from `base`.
std::vector<Rule> grow(const std::vector<Rule>& base, std::size_t kept, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  std::vector<std::string> tokens = letters();
  std::unordered_set<std::string> known(tokens.begin(), tokens.end());
  std::vector<Rule> rules(base.begin(), base.begin() + static_cast<std::ptrdiff_t>(kept));
  for (const auto& rule : rules) known.insert(tokens.emplace_back(rule.left + rule.right));
  while (tokens.size() < kTokens) {
    const auto pick = [&] { return tokens[random() % std::min<std::size_t>(tokens.size(), 20'000)]; };
    const Rule rule{pick(), pick()};
    const auto made = rule.left + rule.right;
    if (made.size() > 14 || !known.insert(made).second) continue;
    tokens.push_back(made);
    rules.push_back(rule);
  }
  return rules;
}

std::string tokenizer_json(const std::vector<Rule>& rules) {
  std::string out = R"({"version":"1.0","added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel"},)"
                    R"("post_processor":null,"decoder":{"type":"ByteLevel"},"model":{"type":"BPE","vocab":{)";
  std::size_t id = 0;
  for (const auto& letter : letters())
    out += (id == 0 ? "\n      \"" : ",\n      \"") + letter + "\": " + std::to_string(id), ++id;
  for (const auto& rule : rules) out += ",\n      \"" + rule.left + rule.right + "\": " + std::to_string(id++);
  out += "},\"merges\":[";
  for (std::size_t i = 0; i < rules.size(); ++i)
    out += (i == 0 ? "\n      [\"" : ",\n      [\"") + rules[i].left + "\", \"" + rules[i].right + "\"]";
  return out + "]}}";
}

template <class F>
double seconds(F&& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void bare_parse(const std::string& a, const std::string& b) {
  simdjson::dom::parser parser;
  for (const auto* text : {&a, &b}) {
    const simdjson::padded_string padded{*text};
    if (parser.parse(padded).error() != simdjson::SUCCESS) std::abort();
  }
}

/// What the analyzers do with two files when they have two threads.
std::size_t load_and_compare(const std::string& a, const std::string& b) {
  struct Side {
    std::optional<io::Tokenizer> tokenizer;
    std::optional<tokenizer::MergeTable> merges;
  } sides[2];
  const auto load = [](const std::string& text, Side& side) {
    auto read = io::read_tokenizer({"tokenizer.json", text});
    if (!read.ok()) std::abort();
    side.tokenizer = std::move(*read);
    side.merges.emplace(*side.tokenizer);
  };
  {
    const std::jthread helper{[&] { load(b, sides[1]); }};
    load(a, sides[0]);
  }
  const auto overlap = tokenizer::overlap_of(*sides[0].tokenizer, *sides[1].tokenizer);
  const auto ids = tokenizer::order_of(tokenizer::id_places(*sides[0].tokenizer, *sides[1].tokenizer, overlap));
  const auto merges = tokenizer::order_of(tokenizer::merge_places(*sides[0].merges, *sides[1].merges, overlap));
  return ids.longest + merges.longest;
}

/// The comparison a script would make: two json.load, set operations, position-wise merges. Seconds, or
/// a negative number without Python.
double plain_python(const fs::path& a, const fs::path& b) {
  const std::string command =
      "python3 -c \"import json,time;t=time.perf_counter();"
      "a=json.load(open('" +
      a.string() + "'));b=json.load(open('" + b.string() +
      "'));"
      "x=set(a['model']['vocab']);y=set(b['model']['vocab']);c=len(x&y);"
      "m=set(map(tuple,a['model']['merges']))&set(map(tuple,b['model']['merges']));"
      "s=sum(p==q for p,q in zip(a['model']['merges'],b['model']['merges']));"
      "print(time.perf_counter()-t)\" 2>/dev/null";
  FILE* pipe = ::popen(command.c_str(), "r");
  double spent = -1;
  if (pipe == nullptr || std::fscanf(pipe, "%lf", &spent) != 1) spent = -1;
  if (pipe != nullptr) ::pclose(pipe);
  return spent;
}

nlohmann::json entry(const std::string& name, double value, const char* compared_to, double peer) {
  nlohmann::json out{{"name", name}, {"value", value}, {"unit", "s"}, {"compared_to", nullptr}, {"ratio", nullptr}};
  if (peer > 0) {
    out["compared_to"] = compared_to;
    out["ratio"] = value / peer;
  }
  return out;
}

}  // namespace

int main() {
  const auto base = grow({}, 0, 1);
  const std::string a = tokenizer_json(base), derived = tokenizer_json(grow(base, 150'000, 2)),
                    stranger = tokenizer_json(grow({}, 0, 3));
  const auto folder = fs::temp_directory_path() / ("pedigree-bench-" + std::to_string(::getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "a.json") << a;
  std::ofstream(folder / "b.json") << derived;
  std::vector<double> bare, ours, unrelated, python, naming;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(seconds([&] { bare_parse(a, derived); }));
    ours.push_back(seconds([&] { load_and_compare(a, derived); }));
    unrelated.push_back(seconds([&] { load_and_compare(a, stranger); }));
    python.push_back(plain_python(folder / "a.json", folder / "b.json"));
    auto tokenizer = io::read_tokenizer({"tokenizer.json", a});
    if (!tokenizer.ok()) std::abort();
    naming.push_back(seconds([&] { tokenizer::ancestry_of(*tokenizer, tokenizer::shipped_signatures()); }));
  }
  fs::remove_all(folder);
  const nlohmann::json out{
      entry("tokenizer: load and compare two of 200,000 tokens, related", median(ours),
            "simdjson's bare parse of the same two files", median(bare)),
      entry("tokenizer: load and compare two of 200,000 tokens, unrelated", median(unrelated),
            "simdjson's bare parse of two such files", median(bare)),
      entry("tokenizer: load and compare, beside a plain Python script", median(ours), "python3 json and set",
            median(python)),
      entry("tokenizer: one tokenizer against all shipped signatures", median(naming), "100 ms", 0.1)};
  std::puts(out.dump(2).c_str());
  return 0;
}
