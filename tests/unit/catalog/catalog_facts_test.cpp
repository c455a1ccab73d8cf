// SPDX-License-Identifier: MIT
// The shipped cards: the format of pipelines/catalog/README.md, and the facts of the dispute (spec.md 3).
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>

#include "framework/catalog/catalog.hpp"
#include "pedigree/io/config.hpp"
#include "pedigree/io/json.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::catalog {
namespace {
using nlohmann::json;

const Catalog& shipped() {
  static const Catalog catalog = Catalog::load(testing::source_path("pipelines/catalog"));
  return catalog;
}

const json& facts_of(const std::string& id) {
  const auto* card = shipped().find(id);
  EXPECT_NE(card, nullptr) << id;
  static const json kNothing = json::object();
  return card == nullptr ? kNothing : card->facts;
}

bool has_group(const json& card, const std::string& group) {
  const auto& groups = card["groups"];
  return std::find(groups.begin(), groups.end(), group) != groups.end();
}

/// "Qwen2.5-VL" -> "qwen2.5-vl", as group names are written.
std::string slug(const std::string& text) {
  std::string out;
  for (char c : text) {
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '.';
    if (plain)
      out += low;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

TEST(catalog_facts, there_are_enough_models_and_families) {
  EXPECT_TRUE(shipped().problems().empty());
  std::set<std::string> families;
  for (const auto& card : shipped().cards()) families.insert(card.family);
  EXPECT_GE(shipped().cards().size(), 150u);
  EXPECT_GE(families.size(), 40u);
}

TEST(catalog_facts, every_card_keeps_the_format) {
  const std::set<std::string> known{
      "schema",   "id",        "aliases",  "organisation",     "country",           "family",
      "released", "kind",      "modality", "parameters",       "active_parameters", "training_tokens",
      "config",   "tokenizer", "lineage",  "knowledge_cutoff", "provenance",        "conflicts",
      "groups"};
  const std::regex date{"\\d{4}-\\d{2}(-\\d{2})?"}, country{"[A-Z]{2}"};
  for (const auto& card : shipped().cards()) {
    const auto& f = card.facts;
    SCOPED_TRACE(card.id);
    for (const auto& [key, value] : f.items()) EXPECT_TRUE(known.contains(key)) << key;
    EXPECT_EQ(f["schema"], "pedigree/card/v1");
    EXPECT_TRUE(std::regex_match(f["country"].get<std::string>(), country));
    EXPECT_TRUE(f["released"].is_null() || std::regex_match(f["released"].get<std::string>(), date));
    EXPECT_TRUE(f["kind"] == "dense" || f["kind"] == "moe");
    EXPECT_TRUE(f["parameters"].is_null() || f["parameters"].get<std::int64_t>() > 1'000'000);
    EXPECT_TRUE(f["config"].is_object() && !f["config"].empty());
    EXPECT_TRUE(f["lineage"]["declared"] == "base" || f["lineage"]["declared"] == "derived");
    for (const char* fact : {"config", "lineage", "parameters", "released", "organisation"})
      EXPECT_TRUE(f["provenance"].contains(fact)) << fact;
    EXPECT_TRUE(f["tokenizer"].size() <= 1 || f["provenance"].contains("tokenizer"));
    EXPECT_TRUE(f["knowledge_cutoff"].is_null() || f["provenance"].contains("knowledge_cutoff"));
  }
}

TEST(catalog_facts, groups_agree_with_the_fields) {
  for (const auto& card : shipped().cards()) {
    const auto& f = card.facts;
    SCOPED_TRACE(card.id);
    EXPECT_TRUE(has_group(f, "family-" + slug(card.family))) << slug(card.family);
    EXPECT_TRUE(has_group(f, "kind-" + card.kind));
    EXPECT_TRUE(has_group(f, "country-" + slug(card.country)));
    if (!card.released.empty()) {
      EXPECT_TRUE(has_group(f, "year-" + card.released.substr(0, 4)));
    }
    const auto config = io::interpret_config(f["config"]);
    const auto* decoder = config.find("text_decoder");
    const bool latent = decoder != nullptr && decoder->find(io::fact::kKeyValueRank) != nullptr;
    EXPECT_EQ(has_group(f, "attention-mla"), latent);
    const bool experts = decoder != nullptr && decoder->integer_or(io::fact::kExperts, 0) > 1;
    EXPECT_EQ(card.kind == "moe", experts);
  }
}

TEST(catalog_facts, every_config_is_read_without_a_refused_value) {
  for (const auto& card : shipped().cards()) {
    const auto config = io::read_config(io::json_text(card.facts["config"]), card.id);
    ASSERT_TRUE(config.ok()) << config.error().text();
    for (const auto& problem : config->problems) ADD_FAILURE() << card.id << problem.path << problem.message;
  }
}

TEST(catalog_facts, parents_are_cards_or_full_hub_ids_and_nobody_is_its_own_ancestor) {
  for (const auto& card : shipped().cards()) {
    SCOPED_TRACE(card.id);
    const bool derived = card.facts["lineage"]["declared"] == "derived";
    const auto& parents = card.facts["lineage"]["parents"];
    EXPECT_TRUE(!derived || !parents.empty());
    for (const auto& parent : parents) {
      const auto id = parent["id"].get<std::string>();
      EXPECT_TRUE(shipped().find(id) != nullptr || std::count(id.begin(), id.end(), '/') == 1) << id;
      for (const char* key : {"component", "relation", "how", "basis"}) EXPECT_TRUE(parent.contains(key)) << key;
    }
    std::string at = card.id;
    for (int steps = 0; !at.empty(); ++steps) {
      ASSERT_LT(steps, 10) << "a circle of ancestors";
      const auto* next = shipped().find(at);
      if (next == nullptr || next->facts["lineage"]["parents"].empty()) break;
      at = next->facts["lineage"]["parents"][0]["id"];
    }
  }
}

TEST(catalog_facts, the_references_the_study_names_are_there_by_their_short_names) {
  for (const char* name : {"Mixtral-8x7B", "deepseek-ai/DeepSeek-V2", "deepseek-ai/DeepSeek-V3", "Kimi-K2",
                           "Qwen/Qwen2-57B-A14B", "Qwen/Qwen2.5-72B", "Llama-3-70B", "GLM-4.5-Air", "Phi-3.5-MoE",
                           "INTELLECT-3", "Qwen/Qwen2.5-VL-7B-Instruct", "Trillion-7B", "meta-llama/Llama-3.1-8B",
                           "LGAI-EXAONE/EXAONE-3.0-7.8B-Instruct", "SOLAR-10.7B", "Nemotron-4-340B"})
    EXPECT_NE(shipped().find(name), nullptr) << name;
  EXPECT_EQ(shipped().group("korean-national-2026").size(), 5u);
  for (const char* group :
       {"study-references", "attention-mla", "base", "well-known-bases", "same-shape-traps", "korean",
        "vision-encoders", "kind-moe", "kind-dense", "country-kr", "year-2024", "family-qwen2.5"})
    EXPECT_GE(shipped().group(group).size(), 3u) << group;
}

struct Subject {
  const char* id;
  std::int64_t parameters, hidden, layers, heads, intermediate, vocabulary;
  double theta;
};

// The table of spec.md 3.
TEST(catalog_facts, the_five_subjects_are_as_published) {
  const Subject subjects[] = {
      {"upstage/Solar-Open-100B", 102'600'000'000, 4096, 48, 64, 10240, 196608, 1e6},
      {"naver-hyperclovax/HyperCLOVAX-SEED-Think-32B", 32'000'000'000, 5120, 72, 40, 24192, 128256, 5e7},
      {"skt/A.X-K1", 519'000'000'000, 7168, 61, 64, 18432, 163840, 1e4},
      {"NC-AI-consortium-VAETKI/VAETKI", 112'000'000'000, 3072, 48, 24, 18432, 137216, 1e4},
      {"LGAI-EXAONE/K-EXAONE-236B-A23B", 236'000'000'000, 6144, 48, 64, 18432, 153600, 1e6}};
  for (const auto& s : subjects) {
    SCOPED_TRACE(s.id);
    const auto& f = facts_of(s.id);
    EXPECT_EQ(f["parameters"], s.parameters);
    const auto config = io::interpret_config(f["config"]);
    const auto* decoder = config.find("text_decoder");
    ASSERT_NE(decoder, nullptr);
    EXPECT_EQ(decoder->integer(io::fact::kHiddenSize), s.hidden);
    EXPECT_EQ(decoder->integer(io::fact::kLayers), s.layers);
    EXPECT_EQ(decoder->integer(io::fact::kHeads), s.heads);
    EXPECT_EQ(decoder->integer(io::fact::kIntermediateSize), s.intermediate);
    EXPECT_EQ(decoder->integer(io::fact::kVocabularySize), s.vocabulary);
    EXPECT_EQ(decoder->number(io::fact::kRopeTheta), s.theta);
  }
  EXPECT_EQ(facts_of("naver-hyperclovax/HyperCLOVAX-SEED-Think-32B")["tokenizer"]["file_vocab_size"], 110524);
  EXPECT_EQ(facts_of("naver-hyperclovax/HyperCLOVAX-SEED-Think-32B")["knowledge_cutoff"], "2025-05");
  EXPECT_EQ(facts_of("upstage/Solar-Open-100B")["training_tokens"], 19'700'000'000'000);
}

TEST(catalog_facts, sources_that_disagree_are_recorded) {
  const auto taken = [](const std::string& id, const std::string& fact) {
    for (const auto& conflict : facts_of(id)["conflicts"])
      if (conflict["fact"] == fact) return conflict;
    return json{};
  };
  const auto width = taken("skt/A.X-K1", "config.moe_intermediate_size");
  ASSERT_TRUE(width.is_object());
  EXPECT_EQ(width["taken"], 2048);
  EXPECT_EQ(width["values"].size(), 2u);
  EXPECT_TRUE(taken("skt/A.X-K1", "active_parameters").is_object());
  EXPECT_EQ(taken("Qwen/Qwen2.5-72B", "config.hidden_size")["taken"], 8192);
}

TEST(catalog_facts, hyperclovax_declares_the_vision_encoder_and_only_encoders) {
  const auto& lineage = facts_of("naver-hyperclovax/HyperCLOVAX-SEED-Think-32B")["lineage"];
  EXPECT_EQ(lineage["declared"], "base");
  std::set<std::string> components;
  for (const auto& parent : lineage["parents"]) components.insert(parent["component"]);
  EXPECT_EQ(components, (std::set<std::string>{"vision_encoder", "audio_encoder"}));
}

}  // namespace
}  // namespace pedigree::catalog
