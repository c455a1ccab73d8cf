// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "plugins/behavior/analyzers/agreement.hpp"
#include "plugins/behavior/analyzers/cutoff.hpp"
#include "plugins/behavior/analyzers/lineage_tree.hpp"
#include "plugins/behavior/analyzers/palimpsest.hpp"
#include "plugins/behavior/analyzers/wording.hpp"
#include "plugins/behavior/probes/probes.hpp"
#include "plugins/behavior/text/style.hpp"
#include "tests/support/run_analyzer.hpp"
#include "tests/support/shared_data.hpp"

namespace pedigree::behavior {
namespace {

namespace fs = std::filesystem;
using pedigree::testing::Model;
using pedigree::testing::run_analyzer;

/// Answers made of random words; `kept` of them are copied from `parent` in their first words.
std::string answers(unsigned seed, const std::string& parent_seeded = {}, double kept = 0, std::size_t prompts = 200) {
  std::mt19937_64 random{seed}, parent{parent_seeded.empty() ? seed : std::stoul(parent_seeded)}, coin{seed + 1000};
  std::string lines;
  for (std::size_t p = 0; p < prompts; ++p) {
    std::string own, inherited;
    for (int w = 0; w < 12; ++w) {
      own += "w" + std::to_string(random() % 50) + " ";
      inherited += "w" + std::to_string(parent() % 50) + " ";
    }
    const bool copy = std::uniform_real_distribution<>{}(coin) < kept;
    lines += R"({"prompt_id": ")" + std::to_string(p) + R"(", "prompt": "q)" + std::to_string(p) +
             R"(", "response": ")" + (copy ? inherited : own) + "\"}\n";
  }
  return lines;
}

Model model(const std::string& id, const std::string& lines) {
  return {id, {}, {{"responses", "responses.jsonl", lines}}};
}

std::string first_lines(const fs::path& file, int count) {
  std::ifstream in{file};
  std::string lines;
  for (std::string line; count-- > 0 && std::getline(in, line);) lines += line + "\n";
  return lines;
}

TEST(Agreement, a_relative_is_named_and_strangers_are_not) {
  const auto result = run_analyzer<Agreement>({model("subject", answers(1, "9", 0.5)), model("parent", answers(9)),
                                               model("x", answers(2)), model("y", answers(3)), model("z", answers(4))});
  const auto* parent = result.find("behavior.agreement", "parent");
  ASSERT_NE(parent, nullptr) << result.error;
  EXPECT_EQ(parent->relation, "behavioral_proximity");
  EXPECT_LE(*parent->log10_p, -6);
  EXPECT_LE(parent->log10_lr, 1.0);
  for (const char* stranger : {"x", "y", "z"}) EXPECT_EQ(result.find("behavior.agreement", stranger)->relation, "none");
}

TEST(Agreement, independent_models_are_never_called_close_in_300_trials) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    const auto result = run_analyzer<Agreement>(
        {model("subject", answers(seed * 5, {}, 0, 60)), model("a", answers(seed * 5 + 1, {}, 0, 60)),
         model("b", answers(seed * 5 + 2, {}, 0, 60)), model("c", answers(seed * 5 + 3, {}, 0, 60))});
    for (const auto& e : result.evidence) EXPECT_NE(e.relation, "behavioral_proximity") << "seed " << seed;
  }
}

TEST(Agreement, empty_answers_never_count_as_agreement) {
  // Two models that answer nothing: the collapse that gave distance zero in the source study.
  std::string empty;
  for (int p = 0; p < 200; ++p)
    empty += R"({"prompt": "q)" + std::to_string(p) + R"(", "response": ""})" + std::string("\n");
  const auto result =
      run_analyzer<Agreement>({model("subject", empty), model("also-empty", empty), model("x", answers(2))});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);
  EXPECT_TRUE(result.evidence.empty());
}

TEST(Agreement, without_controls_it_shows_the_number_and_says_nothing) {
  const auto result = run_analyzer<Agreement>({model("subject", answers(1, "9", 0.5)), model("parent", answers(9))});
  const auto* e = result.find("behavior.agreement", "parent");
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->log10_lr, 0);
  EXPECT_FALSE(e->log10_p.has_value());
}

TEST(Wording, refusals_are_compared_with_controls_and_identity_leaks_are_counted) {
  const auto refusing = [](const std::string& phrase) {
    std::string lines;
    for (int p = 0; p < 60; ++p)
      lines += R"({"prompt": "q)" + std::to_string(p) + R"(", "response": ")" + phrase + R"( number )" +
               std::to_string(p) + "\"}\n";
    return lines;
  };
  const auto result = run_analyzer<Wording>({model("subject", refusing("I cannot fulfill your request")),
                                             model("same", refusing("I cannot fulfill your request")),
                                             model("other", refusing("As an AI language model, I cannot")),
                                             model("third", refusing("I'm sorry, but"))});
  EXPECT_EQ(result.find("behavior.refusal-wording", "same")->relation, "behavioral_proximity");
  EXPECT_EQ(result.find("behavior.refusal-wording", "other")->relation, "none");
  const auto leak = run_analyzer<Wording>({model("acme/one", refusing("I am Qwen, created by Alibaba Cloud."))});
  EXPECT_EQ(leak.find("behavior.identity-leak")->value, 60);
  EXPECT_EQ(run_analyzer<Wording>({model("Qwen/Qwen2", refusing("I am Qwen, created by Alibaba Cloud."))})
                .find("behavior.identity-leak"),
            nullptr);
}

TEST(Cutoff, reads_graded_answers_to_the_shipped_probes) {
  const auto knows_until = [](int month) {
    std::string lines;
    for (const auto& probe : all_probes())
      if (probe.month >= 0)
        lines += R"({"prompt_id": ")" + probe.id + R"(", "response": ")" +
                 (probe.month <= month ? probe.accept.front() : "I do not know.") + "\"}\n";
    return lines;
  };
  const int end = (2023 - 2000) * 12 + 8;  // 2023-09
  const auto result = run_analyzer<Cutoff>(
      {model("subject", knows_until(end)), model("same", knows_until(end)), model("later", knows_until(end + 14))});
  const auto* found = result.find("behavior.knowledge-cutoff");
  ASSERT_NE(found, nullptr) << result.error;
  EXPECT_EQ(found->value, end);
  EXPECT_EQ(result.find("behavior.same-cutoff", "same")->relation, "behavioral_proximity");
  EXPECT_EQ(result.find("behavior.same-cutoff", "later")->relation, "none");
}

TEST(Probes, cover_every_month_from_2019_to_mid_2025_in_english) {
  std::set<int> months;
  for (const auto& probe : all_probes())
    if (probe.kind == "event" && probe.language == "en") months.insert(probe.month);
  for (int month = (2019 - 2000) * 12; month <= (2025 - 2000) * 12 + 5; ++month)
    EXPECT_EQ(months.count(month), 1u) << month_text(month);
  std::set<std::string> ids;
  for (const auto& probe : all_probes()) EXPECT_TRUE(ids.insert(probe.id).second) << probe.id;
}

TEST(Palimpsest, an_order_that_is_remembered_is_found_and_a_random_one_is_not) {
  const auto rows = [](double memory) {
    std::mt19937_64 random{5};
    std::normal_distribution<double> noise;
    std::string lines;
    for (int i = 0; i < 3000; ++i) {
      const double loss = 3 + noise(random) - memory * i / 3000.0;
      lines += R"({"id": )" + std::to_string(i) + R"(, "train_index": )" + std::to_string(i) + R"(, "loss_target": )" +
               std::to_string(loss) + R"(, "loss_ref": 3.0})" + std::string("\n");
    }
    return lines;
  };
  const auto found = run_analyzer<Palimpsest>({model("subject", rows(1.0))});
  ASSERT_NE(found.find("behavior.training-order"), nullptr) << found.error;
  EXPECT_EQ(found.find("behavior.training-order")->relation, "supports_from_scratch");
  EXPECT_LE(*found.find("behavior.training-order")->log10_p, -12);
  EXPECT_EQ(run_analyzer<Palimpsest>({model("subject", rows(0.0))}).find("behavior.training-order")->relation, "none");
}

TEST(LineageTree, puts_relatives_together_and_leaves_collapsed_models_out) {
  std::string constant;
  for (int p = 0; p < 200; ++p)
    constant +=
        R"({"prompt": "q)" + std::to_string(p) + R"(", "response": "I cannot answer that."})" + std::string("\n");
  const auto result =
      run_analyzer<LineageTree>({model("child", answers(1, "9", 0.7)), model("parent", answers(9)),
                                 model("x", answers(2)), model("y", answers(3)), model("silent", constant)});
  const auto* tree = result.find("behavior.tree");
  ASSERT_NE(tree, nullptr) << result.error;
  EXPECT_EQ(tree->value, 4);
  EXPECT_NE(tree->details_json.find("silent"), std::string::npos);
  const bool together = tree->details_json.find("(child:") != std::string::npos ||
                        tree->details_json.find(",child:") != std::string::npos;
  EXPECT_TRUE(together);
}

TEST(LineageTree, several_samples_per_prompt_enter_as_shares) {
  // Two prompts answered "a b" and "c d" by halves against always "a b": per gene P.Q = 1/2, P.P = 1/2, Q.Q = 1,
  // so S = (1/2 g) / sqrt(1/2 g x g) = 0.7071 and D = 0.3466 = ln(2) / 2. One greedy answer would give 0 or more.
  const auto lines = [](const std::vector<std::string>& answers) {
    std::string out;
    for (int p = 0; p < 40; ++p)
      for (const auto& answer : answers)
        out += R"({"prompt": "q)" + std::to_string(p) + R"(", "response": ")" + answer + std::to_string(p) + "\"}\n";
    return out;
  };
  const auto result =
      run_analyzer<LineageTree>({model("halves", lines({"alpha x", "beta y"})), model("one", lines({"alpha x"})),
                                 model("other", lines({"gamma z"})), model("far", lines({"delta w"}))});
  const auto* tree = result.find("behavior.tree");
  ASSERT_NE(tree, nullptr) << result.error;
  EXPECT_NE(tree->details_json.find("0.3465"), std::string::npos) << tree->details_json;
}

TEST(Agreement, refusals_are_dropped_pairwise_and_counted) {
  std::string refusing;
  for (int p = 0; p < 200; ++p)
    refusing +=
        R"({"prompt": "q)" + std::to_string(p) + R"(", "response": "I'm sorry, but I can't help with that."})" + "\n";
  const auto result = run_analyzer<Agreement>(
      {model("subject", refusing), model("same", refusing), model("x", answers(2)), model("y", answers(3))});
  EXPECT_EQ(result.status, PEDIGREE_NOT_APPLICABLE);  // nothing is left to compare
  const auto mixed = run_analyzer<Agreement>({model("subject", answers(1) + refusing), model("p", answers(2)),
                                              model("y", answers(3)), model("z", answers(4))});
  ASSERT_NE(mixed.find("behavior.agreement"), nullptr) << mixed.error;
}

/// 100 prompts, all graded wrong; the answers are the seed's, but for `kept` of them the parent's.
std::string wrong_answers(unsigned seed, unsigned parent, double kept) {
  std::mt19937_64 own{seed}, other{parent}, coin{seed + 7};
  std::string lines;
  for (int p = 0; p < 100; ++p) {
    const auto a = own() % 10, b = other() % 10;
    const bool copy = std::uniform_real_distribution<>{}(coin) < kept;
    lines += R"({"doc_id": )" + std::to_string(p) + R"(, "prompt": "q)" + std::to_string(p) +
             R"(", "acc": 0.0, "filtered_resps": ["option )" + std::to_string(copy ? b : a) + "\"]}\n";
  }
  return lines;
}

TEST(SharedErrors, wrong_answers_in_common_are_counted_against_controls) {
  const auto result = run_analyzer<Agreement>(
      {model("subject", wrong_answers(1, 9, 0.8)), model("parent", wrong_answers(9, 9, 0)),
       model("x", wrong_answers(2, 2, 0)), model("y", wrong_answers(3, 3, 0)), model("z", wrong_answers(4, 4, 0))});
  const auto* parent = result.find("behavior.shared-errors", "parent");
  ASSERT_NE(parent, nullptr) << result.error;
  EXPECT_EQ(parent->summary_key, "shared_errors.alike");
  EXPECT_GT(parent->value, 0.7);  // 80 % copied and a tenth of the rest by chance
  EXPECT_EQ(result.find("behavior.shared-errors", "x")->summary_key, "shared_errors.usual");
  EXPECT_NEAR(result.find("behavior.shared-errors", "x")->value, 0.1, 0.12);
}

TEST(SharedErrors, independent_models_are_never_called_alike_in_200_trials) {
  int alarms = 0;
  for (unsigned t = 0; t < 200; ++t) {
    const auto result = run_analyzer<Agreement>(
        {model("subject", wrong_answers(t * 5 + 1, 0, 0)), model("a", wrong_answers(t * 5 + 2, 0, 0)),
         model("b", wrong_answers(t * 5 + 3, 0, 0)), model("c", wrong_answers(t * 5 + 4, 0, 0))});
    for (const auto& e : result.evidence) alarms += e.signal == "behavior.shared-errors" && e.log10_lr > 0 ? 1 : 0;
  }
  EXPECT_EQ(alarms, 0);  // threshold 10^-3 after Holm: 0.2 expected at most
}

TEST(Style, features_are_shares_of_answers) {
  const auto f = style_features({"Sure! Here is a list:\n- one\n- two", "No.",
                                 "\xEB\xAC\xBC\xEB\xA1\xA0 \xF0\x9F\x98\x80?", "# Head\n**bold** ```code```"});
  EXPECT_EQ(f.at("list"), 0.25);
  EXPECT_EQ(f.at("courtesy"), 0.5);
  EXPECT_EQ(f.at("hangul"), 0.25);
  EXPECT_EQ(f.at("emoji"), 0.25);
  EXPECT_EQ(f.at("closing_question"), 0.25);
  EXPECT_EQ(f.at("heading"), 0.25);
  EXPECT_EQ(style_distance(f, f), 0);
}

TEST(RealAnswers, alpaca_eval_relatives_are_found_and_nobody_else_is) {
  PEDIGREE_NEEDS_SHARED(unpacked, pedigree::testing::unpacked_folder());
  // Families by the models' own cards. The Llama-2 chat pair and the vicunas share their instruction data.
  const std::map<std::string, std::string> family{{"Llama-3-Instruct-8B-SimPO", "llama3"},
                                                  {"SPPO-Llama-3-Instruct-8B-PairRM", "llama3"},
                                                  {"Meta-Llama-3-8B-Instruct", "llama3"},
                                                  {"Qwen1.5-7B-Chat", "qwen"},
                                                  {"Qwen1.5-14B-Chat", "qwen"},
                                                  {"gemma-2-9b-it-DPO", "gemma2"},
                                                  {"gemma-2-9b-it-SimPO", "gemma2"},
                                                  {"llama-2-7b-chat-hf", "llama2chat"},
                                                  {"llama-2-13b-chat-hf", "llama2chat"},
                                                  {"zephyr-7b-alpha", "zephyr"},
                                                  {"zephyr-7b-beta", "zephyr"},
                                                  {"phi-2", "phi2"},
                                                  {"phi-2-dpo", "phi2"},
                                                  {"vicuna-7b", "vicuna"},
                                                  {"vicuna-7b-v1.3", "vicuna"},
                                                  {"vicuna-7b-v1.5", "vicuna"},
                                                  {"vicuna-13b-v1.3", "vicuna"}};
  // The first 400 of 805 prompts: enough for the pairs below, and quick under sanitizers.
  std::vector<Model> all;
  for (const auto& entry : fs::directory_iterator(unpacked / "responses/alpaca_eval"))
    if (entry.path().stem() != "prompts") all.push_back(model(entry.path().stem(), first_lines(entry.path(), 400)));
  int found = 0, related = 0, false_alarms = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    std::vector<Model> models{all[s]};
    for (std::size_t r = 0; r < all.size(); ++r)
      if (r != s) models.push_back(all[r]);
    const auto result = run_analyzer<Agreement>(models);
    for (const auto& e : result.evidence) {
      if (e.signal != "behavior.agreement") continue;
      const auto a = family.find(all[s].id), b = family.find(e.reference);
      const bool relatives = a != family.end() && b != family.end() && a->second == b->second;
      related += relatives ? 1 : 0;
      found += relatives && e.relation == "behavioral_proximity" ? 1 : 0;
      false_alarms += !relatives && e.relation == "behavioral_proximity" ? 1 : 0;
    }
  }
  std::printf("AlpacaEval: %d of %d related ordered pairs found, %d false alarms in %zu\n", found, related,
              false_alarms, all.size() * (all.size() - 1));
  EXPECT_EQ(false_alarms, 0);
  EXPECT_GE(found, 8);  // the Llama-3 three (six ordered pairs) and the Gemma-2 two, at least
}

TEST(RealAnswers, zoo_has_no_false_alarm_over_all_pairs) {
  PEDIGREE_NEEDS_SHARED(unpacked, pedigree::testing::unpacked_folder());
  std::vector<Model> all;
  for (const auto& entry : fs::directory_iterator(unpacked / "zoo/models"))
    all.push_back({entry.path().filename(), entry.path() / "responses.jsonl"});
  // Every model's line of descent is in its name: ..._b1, merges and upcycling included.
  const auto roots = [](const std::string& name) {
    std::set<std::string> found;
    for (const char* root : {"b1", "b2", "b3", "b4", "b5", "b6", "g1", "g2", "m1", "m2"})
      if (name == root || name.find(std::string("_") + root) != std::string::npos || name.ends_with(root))
        found.insert(root);
    return found;
  };
  int false_alarms = 0, hits = 0;
  for (std::size_t s = 0; s < all.size(); ++s) {
    std::vector<Model> models{all[s]};
    for (std::size_t r = 0; r < all.size(); ++r)
      if (r != s) models.push_back(all[r]);
    for (const auto& e : run_analyzer<Agreement>(models).evidence) {
      if (e.relation != "behavioral_proximity") continue;
      bool shared = false;
      for (const auto& root : roots(all[s].id)) shared |= roots(e.reference).count(root) != 0;
      (shared ? hits : false_alarms) += 1;
    }
  }
  std::printf(
      "zoo behaviour: %d related ordered pairs found, %d false alarms over all %zu ordered pairs (40 greedy answers "
      "each)\n",
      hits, false_alarms, all.size() * (all.size() - 1));
  EXPECT_EQ(false_alarms, 0);
}

}  // namespace
}  // namespace pedigree::behavior
