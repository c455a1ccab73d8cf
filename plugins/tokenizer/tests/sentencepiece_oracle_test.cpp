// SPDX-License-Identifier: MIT
// Our bounded protobuf reader against SentencePiece's own library, piece by piece.
#if __has_include(<sentencepiece_processor.h>) && defined(PEDIGREE_HAS_SENTENCEPIECE)
#include <gtest/gtest.h>
#include <sentencepiece_processor.h>

#include "plugins/tokenizer/tests/tokenizer_files.hpp"

namespace pedigree::tokenizer {
namespace {

class Oracle : public ::testing::TestWithParam<const char*> {};

TEST_P(Oracle, sees_the_same_pieces_types_and_scores) {
  PEDIGREE_NEEDS_TOKENIZERS(folder);
  const auto bytes = testing::read_file(folder / GetParam());
  sentencepiece::SentencePieceProcessor oracle;
  ASSERT_TRUE(oracle.LoadFromSerializedProto(bytes).ok());
  const auto ours = io::read_tokenizer({"tokenizer.model", bytes});
  ASSERT_TRUE(ours.ok()) << ours.error().text();
  ASSERT_EQ(ours->size(), static_cast<std::size_t>(oracle.GetPieceSize()));
  for (int id = 0; id < oracle.GetPieceSize(); ++id) {
    const auto i = static_cast<std::size_t>(id);
    const auto kind = ours->kind(i);
    ASSERT_EQ(ours->id(i), static_cast<std::uint32_t>(id));
    ASSERT_EQ(kind == io::TokenKind::kByte, oracle.IsByte(id)) << id;
    ASSERT_EQ(kind == io::TokenKind::kSpecial, oracle.IsControl(id) || oracle.IsUnknown(id)) << id;
    ASSERT_EQ(ours->score(i), oracle.GetScore(id)) << id;
    if (oracle.IsByte(id)) {
      // "<0x41>" is the one byte 0x41.
      ASSERT_EQ(static_cast<unsigned char>(ours->bytes(i).front()),
                std::stoul(oracle.IdToPiece(id).substr(3, 2), nullptr, 16));
      continue;
    }
    std::string piece = oracle.IdToPiece(id);
    for (std::size_t at = piece.find("\xE2\x96\x81"); kind <= io::TokenKind::kAdded && at != std::string::npos;
         at = piece.find("\xE2\x96\x81"))
      piece.replace(at, 3, " ");
    ASSERT_EQ(ours->bytes(i), piece) << id;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Models, Oracle,
    ::testing::Values("meta-llama-2__sp/tokenizer.model", "mistralai-mistral-v1__sp/tokenizer.model.v1",
                      "mistralai-mistral-v3__sp/mistral_instruct_tokenizer_240323.model.v3",
                      "xai-grok-1__sp/tokenizer.model", "baichuan-inc-baichuan2__sp/tokenizer.model",
                      "thudm-chatglm2-6b__sp/tokenizer.model", "chinese-llama-alpaca__sp20000/chinese_sp.model"));

}  // namespace
}  // namespace pedigree::tokenizer
#endif
