// SPDX-License-Identifier: MIT
// The road to assurance 4, with the real program: a model trained in the test, its log and its checkpoints.
#include <gtest/gtest.h>

#include "plugins/weight/tests/tiny_run.hpp"
#include "tests/cli/program.hpp"

namespace pedigree::cli_test {
namespace {

using weight::testing::tiny_file;
using weight::testing::tiny_start;
using weight::testing::tiny_train;
using weight::testing::TinyRun;

const TinyRun& honest_run() {
  static const TinyRun run = tiny_train(tiny_start(1), 100, 600, {0, 30, 100, 250, 450});
  return run;
}
const TinyRun& other_run() {
  static const TinyRun run = tiny_train(tiny_start(2), 200, 600, {0, 30, 100, 250, 450});
  return run;
}

const char* const kConfig = R"({"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 48,
  "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 96, "hidden_act": "silu", "vocab_size": 192})";

void put(const Program& program, const std::string& folder, const TinyRun& run, const std::string& log) {
  program.write(folder + "/config.json", kConfig);
  program.write(folder + "/train.log", log);
  for (const auto& [step, weights] : run.checkpoints)
    program.write(folder + (step == 600 ? "" : "/checkpoint-" + std::to_string(step)) + "/model.safetensors",
                  tiny_file(weights));
}

nlohmann::json verdict_of(const Program& program, const std::vector<std::string>& arguments) {
  const auto ended = program.run(arguments);
  EXPECT_EQ(ended.code, 0) << ended.err;
  return ended.json()["verdict"];
}

TEST(TrainingRecord, a_whole_record_makes_from_scratch_with_assurance_4) {
  const Program program;
  put(program, "m", honest_run(), honest_run().log());
  const auto verdict = verdict_of(program, {"inspect", "m", "--format", "json"});
  EXPECT_EQ(verdict["label"], "from_scratch") << verdict.dump(2);
  EXPECT_EQ(verdict["assurance"], 4);
  // A reference of the same shape that was trained independently changes nothing.
  put(program, "stranger", other_run(), other_run().log());
  const auto compared = verdict_of(program, {"compare", "m", "stranger", "--format", "json"});
  EXPECT_EQ(compared["label"], "from_scratch") << compared.dump(2);
}

TEST(TrainingRecord, a_pipeline_names_checkpoints_by_folder_or_pattern_and_its_claim_is_checked) {
  const Program program;
  put(program, "m", honest_run(), honest_run().log());
  const auto pipeline = [&](const std::string& checkpoints, const std::string& tokens) {
    return std::string{
               "schema: pedigree/pipeline/v1\nname: claimed\nsubject:\n  id: m\n  artifacts:\n    weights: "
               "m/model.safetensors\n    config: m/config.json\n    training-log: m/train.log\n    checkpoint: "} +
           checkpoints + "\nclaim:\n  tokens: " + tokens +
           "\n  training: { steps: 600, batch_tokens: 256, schedule: cosine, peak_learning_rate: 0.003 }\n";
  };
  program.write("folder.yaml", pipeline("[m/checkpoint-0, m/checkpoint-100, m/checkpoint-450]", "153600"));
  program.write("glob.yaml", pipeline("\"m/checkpoint-*/*.safetensors\"", "153600"));
  for (const char* name : {"folder.yaml", "glob.yaml"}) {
    const auto verdict = verdict_of(program, {"verify", name, "--format", "json"});
    EXPECT_EQ(verdict["label"], "from_scratch") << name << verdict.dump(2);
    EXPECT_EQ(verdict["assurance"], 4) << name;
  }
  // 600 steps of 256 tokens are 153,600: a claim of ten times as many contradicts the record.
  program.write("lie.yaml", pipeline("\"m/checkpoint-*/*.safetensors\"", "1536000"));
  const auto ended = program.run({"verify", "lie.yaml", "--format", "json"});
  EXPECT_NE(ended.json()["verdict"]["label"], "from_scratch");
  EXPECT_NE(ended.out.find("tokens.contradiction"), std::string::npos);
}

TEST(TrainingRecord, no_forgery_of_it_does) {
  const auto refused = [](const char* what, const TinyRun& run, const std::string& log) {
    const Program program;
    put(program, "m", run, log);
    const auto verdict = verdict_of(program, {"inspect", "m", "--format", "json"});
    EXPECT_NE(verdict["label"], "from_scratch") << what << verdict.dump(2);
    EXPECT_NE(verdict["assurance"], 4) << what;
  };
  auto run = honest_run();
  run.checkpoints[250] = other_run().checkpoints.at(250);
  refused("a checkpoint of another run", run, run.log());
  run = honest_run();
  std::swap(run.checkpoints[30], run.checkpoints[450]);
  refused("checkpoints exchanged", run, run.log());
  run = tiny_train(other_run().last(), 300, 600, {0, 30, 250, 450});
  refused("a step 0 that was trained", run, honest_run().log());
  run = honest_run();
  run.checkpoints[0] = tiny_start(9);
  refused("somebody else's step 0", run, run.log());
  // The log goes on as if the run had become 1.8 nat better at step 300 (batch noise is 0.12).
  run = honest_run();
  for (std::size_t i = 300; i < run.loss.size(); ++i) run.loss[i] -= 1.8;
  refused("a spliced log", honest_run(), run.log());
}

}  // namespace
}  // namespace pedigree::cli_test
