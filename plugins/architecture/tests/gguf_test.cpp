// SPDX-License-Identifier: MIT
// The shape in the metadata of a GGUF file, written here byte by byte from the format's specification.
#include <gtest/gtest.h>

#include <bit>

#include "plugins/architecture/tests/support.hpp"

namespace pedigree::architecture {
namespace {

/// Writes metadata in the order of the calls; little endian, version 3, no tensors.
class GgufWriter {
 public:
  GgufWriter& text(const std::string& key, const std::string& value) {
    begin(key, 8);
    string(value);
    return *this;
  }
  GgufWriter& whole(const std::string& key, std::uint32_t value) {
    begin(key, 4);
    number(value, 4);
    return *this;
  }
  GgufWriter& real(const std::string& key, float value) {
    begin(key, 6);
    number(std::bit_cast<std::uint32_t>(value), 4);
    return *this;
  }
  std::string take() const {
    GgufWriter head;
    head.bytes_ = "GGUF";
    head.number(3, 4);
    head.number(0, 8);
    head.number(count_, 8);
    auto file = head.bytes_ + bytes_;
    file.resize((file.size() + 31) / 32 * 32, '\0');
    return file;
  }

 private:
  void begin(const std::string& key, std::uint32_t type) {
    ++count_;
    string(key);
    number(type, 4);
  }
  void string(const std::string& value) {
    number(value.size(), 8);
    bytes_ += value;
  }
  void number(std::uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFF);
  }
  std::string bytes_;
  std::uint64_t count_ = 0;
};

GgufWriter llama_3_8b() {
  GgufWriter writer;
  writer.text("general.architecture", "llama")
      .whole("llama.embedding_length", 4096)
      .whole("llama.block_count", 32)
      .whole("llama.feed_forward_length", 14336)
      .whole("llama.attention.head_count", 32)
      .whole("llama.attention.head_count_kv", 8)
      .whole("llama.vocab_size", 128256)
      .whole("llama.context_length", 8192)
      .real("llama.attention.layer_norm_rms_epsilon", 1e-5f)
      .real("llama.rope.freq_base", 500000.0f);
  return writer;
}

testing::Model gguf_model(const std::string& id, const GgufWriter& writer) {
  testing::Model model;
  model.id = id;
  model.memory = {{"gguf", "model.gguf", writer.take()}};
  return model;
}

TEST(gguf, its_metadata_are_a_configuration) {
  const auto result = run({gguf_model("me/mine", llama_3_8b()), card_model("meta-llama/Meta-Llama-3-8B")});
  ASSERT_EQ(result.status, PEDIGREE_OK) << result.error;
  const auto* core = result.find(signal::kCoreMatch, "meta-llama/Meta-Llama-3-8B");
  ASSERT_NE(core, nullptr);
  EXPECT_EQ(core->value, 5);
  // 1e-5 went through a 32-bit float and is 1e-5 again.
  const auto* further = result.find(signal::kConfigSimilarity, "meta-llama/Meta-Llama-3-8B");
  EXPECT_EQ(mark_of(*further, "norm_eps"), "equal");
  EXPECT_EQ(mark_of(*further, "rope_theta"), "equal");
  EXPECT_EQ(mark_of(*further, "vocab_size"), "equal");
  EXPECT_NEAR(result.find(signal::kParameterCount)->value, 8.03e9, 0.01e9);
}

TEST(gguf, declares_its_base_model) {
  auto writer = llama_3_8b();
  writer.whole("general.base_model.count", 1)
      .text("general.base_model.0.name", "Meta Llama 3 8B")
      .text("general.base_model.0.repo_url", "https://huggingface.co/meta-llama/Meta-Llama-3-8B");
  const auto result = run({gguf_model("me/mine", writer), card_model("meta-llama/Meta-Llama-3-8B")});
  const auto* e = result.find(signal::kDeclaredLineage, "meta-llama/Meta-Llama-3-8B");
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->component, "text_decoder");
}

// DeepSeek-V2's head parts: key length 192 = 128 without and 64 with rotary embedding, values 128.
TEST(gguf, latent_attention_is_taken_apart) {
  GgufWriter writer;
  writer.text("general.architecture", "deepseek2")
      .whole("deepseek2.embedding_length", 5120)
      .whole("deepseek2.attention.head_count", 128)
      .whole("deepseek2.attention.q_lora_rank", 1536)
      .whole("deepseek2.attention.kv_lora_rank", 512)
      .whole("deepseek2.attention.key_length", 192)
      .whole("deepseek2.attention.value_length", 128)
      .whole("deepseek2.rope.dimension_count", 64);
  const auto result = run({gguf_model("me/mine", writer)});
  const auto* e = result.find(signal::kAttentionKind);
  ASSERT_NE(e, nullptr);
  const auto facts = details_of(*e)["facts"];
  EXPECT_EQ(details_of(*e)["kind"], "MLA");
  EXPECT_EQ(facts["qk_nope_head_dim"], 128);
  EXPECT_EQ(facts["qk_rope_head_dim"], 64);
  EXPECT_EQ(facts["v_head_dim"], 128);
}

TEST(gguf, a_broken_file_is_bad_input_and_a_config_file_counts_more) {
  testing::Model broken{.id = "me/mine"};
  broken.memory = {{"gguf", "model.gguf", llama_3_8b().take().substr(0, 60)}};
  EXPECT_EQ(run({broken}).status, PEDIGREE_ERR_INPUT);
  auto both = gguf_model("me/mine", llama_3_8b());
  both.memory.push_back(
      {"config", "config.json", R"({"model_type":"llama","hidden_size":64,"num_attention_heads":4})"});
  EXPECT_EQ(details_of(*run({both}).find(signal::kAttentionKind))["kind"], "MHA");
}

}  // namespace
}  // namespace pedigree::architecture
