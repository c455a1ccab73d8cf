// SPDX-License-Identifier: MIT
// One vocabulary written in every format by this test: all of them are the same tokenizer.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "pedigree/io/artifact_role.hpp"
#include "plugins/tokenizer/tests/made_files.hpp"
#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {
using testing::Piece;

struct Rule {
  std::string left, right;
};

/// Letters and merges as a trainer would leave them: ranked BPE builds each token from the two parts of its rule.
class MadeBpe {
 public:
  MadeBpe(std::vector<std::string> letters, std::size_t rules, std::uint64_t seed) : letters_(std::move(letters)) {
    std::mt19937_64 random{seed};
    auto tokens = letters_;
    while (rules_.size() < rules) {
      const auto pick = [&] { return tokens[random() % tokens.size()]; };
      const Rule rule{pick(), pick()};
      const auto made = rule.left + rule.right;
      if (made.size() > 14 || ranks_.contains(made) || !builds(rule)) continue;
      ranks_[made] = rules_.size();
      rules_.push_back(rule);
      tokens.push_back(made);
    }
  }
  const std::vector<Rule>& rules() const { return rules_; }
  std::vector<std::string> tokens() const {
    auto out = letters_;
    for (const auto& rule : rules_) out.push_back(rule.left + rule.right);
    return out;
  }
  /// What converters from tiktoken and SentencePiece write: each token's every split into two tokens.
  std::vector<Rule> every_split() const {
    std::vector<Rule> out;
    for (const auto& rule : rules_) {
      const auto made = rule.left + rule.right;
      for (std::size_t at = 1; at < made.size(); ++at)
        if (known(made.substr(0, at)) && known(made.substr(at))) out.push_back({made.substr(0, at), made.substr(at)});
    }
    return out;
  }

 private:
  bool known(const std::string& token) const {
    return ranks_.contains(token) || std::find(letters_.begin(), letters_.end(), token) != letters_.end();
  }
  bool builds(const Rule& rule) const {
    std::vector<std::string> parts;
    for (const char c : rule.left + rule.right) parts.emplace_back(1, c);  // letters of one byte only
    for (;;) {
      std::size_t best = parts.size(), lowest = rules_.size();
      for (std::size_t i = 0; i + 1 < parts.size(); ++i)
        if (const auto it = ranks_.find(parts[i] + parts[i + 1]); it != ranks_.end() && it->second < lowest)
          lowest = it->second, best = i;
      if (best == parts.size()) break;
      parts[best] += parts[best + 1];
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
    return parts == std::vector<std::string>{rule.left, rule.right};
  }
  std::vector<std::string> letters_;
  std::vector<Rule> rules_;
  std::map<std::string, std::size_t> ranks_;
};

void expect_one_tokenizer(const std::vector<std::pair<std::string, io::Result<io::Tokenizer>>>& files) {
  const auto& first = files.front().second;
  ASSERT_TRUE(first.ok()) << first.error().text();
  const Profile reference{*first, testing::signatures()};
  for (const auto& [what, file] : files) {
    ASSERT_TRUE(file.ok()) << what << ": " << file.error().text();
    const Profile subject{*file, testing::signatures()};
    const auto r = relate(subject, reference);
    EXPECT_EQ(r.kinship, Kinship::kIdentical) << what;
    EXPECT_EQ(r.overlap.jaccard(), 1.0) << what;
    EXPECT_EQ(r.ids.longest, r.ids.items) << what;
    EXPECT_EQ(r.common_merges, reference.merges.size()) << what;
    EXPECT_EQ(subject.merges.size(), reference.merges.size()) << what;
  }
}

TEST(Conversions, of_a_byte_level_bpe_are_identical) {
  std::vector<std::string> bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.emplace_back(1, static_cast<char>(byte));
  const MadeBpe made{bytes, 1500, 1};
  const auto tokens = made.tokens();
  std::vector<std::string> letters;
  std::vector<Piece> pieces;
  for (const auto& token : tokens) {
    letters.push_back(testing::byte_letters(token));
    pieces.push_back({letters.back(), 0, 1});
  }
  const auto written = [](const std::vector<Rule>& rules, const auto& form) {
    std::vector<std::string> out;
    for (const auto& rule : rules)
      out.push_back(form(testing::byte_letters(rule.left), testing::byte_letters(rule.right)));
    return out;
  };
  const auto joined = [](const std::vector<std::string>& items, const std::string& between) {
    std::string out;
    for (const auto& item : items) out += (out.empty() ? "" : between) + item;
    return out;
  };
  const auto line = [](const auto& l, const auto& r) { return l + " " + r; };
  const auto text = [&](const auto& l, const auto& r) { return testing::json_string(l + " " + r); };
  const auto pair = [](const auto& l, const auto& r) {
    return "[" + testing::json_string(l) + "," + testing::json_string(r) + "]";
  };
  const auto json = [&](const std::string& merges) {
    return io::read_tokenizer(
        {"tokenizer.json",
         testing::tokenizer_json(letters, R"("type":"BPE","ignore_merges":true,"merges":[)" + merges + "]",
                                 R"("added_tokens":[],"pre_tokenizer":{"type":"Sequence","pretokenizers":[)"
                                 R"({"type":"Split","pattern":{"Regex":"\\p{N}{1,3}"},"behavior":"Isolated"},)"
                                 R"({"type":"ByteLevel","use_regex":false}]},"decoder":{"type":"ByteLevel"})")});
  };
  std::string tekken = R"({"config":{"pattern":"x","default_vocab_size":)" + std::to_string(tokens.size() + 10) +
                       R"(,"default_num_special_tokens":10,"version":"v3"},"vocab":[)";
  for (std::size_t i = 0; i < tokens.size(); ++i)
    tekken += (i == 0 ? "" : ",") + std::string{R"({"rank":)"} + std::to_string(i) + R"(,"token_bytes":")" +
              testing::base64(tokens[i]) + R"(","token_str":null})";
  std::string specials = R"("special_tokens":[)";  // version 7 lists them, 1,000 of them
  for (int i = 0; i < 1000; ++i)
    specials += (i == 0 ? "" : ",") + std::string{R"({"rank":)"} + std::to_string(i) + R"(,"token_str":"<SPECIAL_)" +
                std::to_string(i) + R"(>","is_control":true})";
  specials += "],";
  const auto rules = joined(written(made.rules(), line), "\n");
  const auto vocab = [&] {
    const auto whole = testing::tokenizer_json(letters, R"("type":"BPE")");
    const auto at = whole.find("\"vocab\":") + 8;
    return whole.substr(at, whole.size() - at - 2);
  }();
  const auto with_merges = [&](const std::string& merges) {
    return io::read_vocab_and_merges({"vocab.json", vocab}, {"merges.txt", merges});
  };
  expect_one_tokenizer({
      {"tiktoken", io::read_tokenizer({"a.tiktoken", testing::tiktoken_file(tokens)})},
      {"tiktoken with CRLF", io::read_tokenizer({"a.tiktoken", testing::tiktoken_file(tokens, "\r\n")})},
      {"tiktoken with empty lines", io::read_tokenizer({"a.tiktoken", testing::tiktoken_file(tokens, "\n\n")})},
      {"tokenizer.json, merges as text", json(joined(written(made.rules(), text), ","))},
      {"tokenizer.json, merges as pairs", json(joined(written(made.rules(), pair), ","))},
      {"tokenizer.json, every split", json(joined(written(made.every_split(), pair), ","))},
      {"tekken", io::read_tokenizer({"tekken.json", tekken + "]}"})},
      {"tekken, special tokens first", io::read_tokenizer({"tekken.json", "{" + specials + tekken.substr(1) + "]}"})},
      {"vocab.json and merges.txt", with_merges("#version: 0.2\n" + rules + "\n")},
      {"merges.txt without version", with_merges(rules)},
      {"merges.txt with CRLF", with_merges("#version: 0.2\r\n" + joined(written(made.rules(), line), "\r\n"))},
      {"GGUF", io::read_tokenizer({"a.gguf", testing::gguf_file("gpt2", pieces, written(made.rules(), line))})},
      {"GGUF of a kind to come",
       io::read_tokenizer({"a.gguf", testing::gguf_file("gpt-7", pieces, written(made.rules(), line))})},
  });
}

std::string with_marks(std::string text) {
  for (std::size_t at = 0; (at = text.find(' ', at)) != text.npos; at += 3) text.replace(at, 1, "\xE2\x96\x81");
  return text;
}

TEST(Conversions, of_a_sentencepiece_bpe_are_identical) {
  std::vector<std::string> letters{" "};
  for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
  const MadeBpe made{letters, 1200, 2};
  std::vector<Piece> pieces{{"<unk>", 0, 2}, {"<s>", 0, 3}, {"</s>", 0, 3}};
  constexpr char kHex[] = "0123456789ABCDEF";
  for (int b = 0; b < 256; ++b) pieces.push_back({std::string{"<0x"} + kHex[b >> 4] + kHex[b & 15] + ">", 0, 6});
  float score = 0;
  for (const auto& rule : made.rules()) pieces.push_back({with_marks(rule.left + rule.right), score--, 1});
  for (const auto& letter : letters) pieces.push_back({with_marks(letter), score--, 1});
  pieces.push_back({"<added by hand>", 0, 4});
  std::vector<std::string> texts;
  std::string merges;
  for (const auto& piece : pieces) texts.push_back(piece.text);
  for (const auto& rule : made.every_split())
    merges += (merges.empty() ? "" : ",") + testing::json_string(with_marks(rule.left) + " " + with_marks(rule.right));
  const std::string added =
      R"("added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true},)"
      R"({"id":2,"content":"</s>","special":true},{"id":)" +
      std::to_string(pieces.size() - 1) + R"(,"content":"<added by hand>","special":false}])";
  const auto json = testing::tokenizer_json(
      texts, R"("type":"BPE","byte_fallback":true,"fuse_unk":true,"merges":[)" + merges + "]",
      added + R"(,"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},)"
              R"({"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]})");
  expect_one_tokenizer({
      {"SentencePiece", io::read_tokenizer({"tokenizer.model", testing::sentencepiece_file(pieces, 2)})},
      {"tokenizer.json", io::read_tokenizer({"tokenizer.json", json})},
      {"GGUF", io::read_tokenizer({"a.gguf", testing::gguf_file("llama", pieces, {})})},
  });
}

TEST(Conversions, of_a_unigram_are_identical) {
  std::mt19937_64 random{3};
  std::vector<Piece> pieces{{"<unk>", 0, 2}};
  std::map<std::string, bool> known;
  while (pieces.size() < 1000) {
    std::string word = random() % 2 == 0 ? "\xE2\x96\x81" : "";
    for (std::size_t i = 0, n = 2 + random() % 6; i < n; ++i) word += static_cast<char>('a' + random() % 26);
    if (known.emplace(word, true).second) pieces.push_back({word, -static_cast<float>(pieces.size()) / 100, 1});
  }
  std::string vocab;
  for (const auto& piece : pieces)
    vocab += (vocab.empty() ? "[" : ",[") + testing::json_string(piece.text) + "," + std::to_string(piece.score) + "]";
  const auto json = R"({"added_tokens":[{"id":0,"content":"<unk>","special":true}],"normalizer":null,)"
                    R"("pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always"},)"
                    R"("model":{"type":"Unigram","unk_id":0,"vocab":[)" +
                    vocab + "]}}";
  expect_one_tokenizer({
      {"SentencePiece", io::read_tokenizer({"spiece.model", testing::sentencepiece_file(pieces, 1)})},
      {"tokenizer.json", io::read_tokenizer({"tokenizer.json", json})},
      {"GGUF", io::read_tokenizer({"a.gguf", testing::gguf_file("t5", pieces, {})})},
  });
}

TEST(Conversions, of_a_word_piece_are_identical) {
  std::mt19937_64 random{4};
  std::vector<std::string> tokens{"[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  std::vector<Piece> pieces{{"[PAD]", 0, 3}, {"[unused0]", 0, 5}, {"[UNK]", 0, 2},
                            {"[CLS]", 0, 3}, {"[SEP]", 0, 3},     {"[MASK]", 0, 3}};
  std::map<std::string, bool> known;
  while (tokens.size() < 1000) {
    std::string word;
    for (std::size_t i = 0, n = 2 + random() % 6; i < n; ++i) word += static_cast<char>('a' + random() % 26);
    const bool inner = random() % 3 == 0;
    if (!known.emplace((inner ? "##" : "") + word, true).second) continue;
    tokens.push_back((inner ? "##" : "") + word);
    pieces.push_back({(inner ? "" : "\xE2\x96\x81") + word, 0, 1});  // as llama.cpp converts them
  }
  std::string added;
  for (const std::size_t id : {0u, 2u, 3u, 4u, 5u})
    added += (added.empty() ? "" : ",") + std::string{R"({"id":)"} + std::to_string(id) + R"(,"content":")" +
             tokens[id] + R"(","special":true})";
  const auto json =
      testing::tokenizer_json(tokens, R"("type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##")",
                              "\"added_tokens\":[" + added +
                                  R"(],"normalizer":{"type":"BertNormalizer","lowercase":true},)"
                                  R"("pre_tokenizer":{"type":"BertPreTokenizer"})");
  std::string list;
  for (const auto& token : tokens) list += token + "\n";
  EXPECT_EQ(io::role_of("vocab.txt", list), io::role::kVocab);
  expect_one_tokenizer({{"tokenizer.json", io::read_tokenizer({"tokenizer.json", json})},
                        {"vocab.txt", io::read_tokenizer({"vocab.txt", list})},
                        {"GGUF", io::read_tokenizer({"a.gguf", testing::gguf_file("bert", pieces, {})})}});
}

}  // namespace
}  // namespace pedigree::tokenizer
