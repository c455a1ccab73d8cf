// SPDX-License-Identifier: MIT
// SentencePiece .model: sentencepiece_model.proto's ModelProto.
#include <cstdio>

#include "spelling.hpp"
#include "wire_reader.hpp"

namespace pedigree::io {
namespace {

// Field numbers of sentencepiece_model.proto.
enum ModelField : std::uint64_t { kPieces = 1, kTrainerSpec = 2, kNormalizerSpec = 3 };
enum PieceType : std::uint64_t { kUnknown = 2, kControl = 3, kUserDefined = 4, kUnusedPiece = 5, kBytePiece = 6 };

TokenKind kind_of(std::uint64_t type) {
  switch (type) {
    case kUnknown:
    case kControl:
      return TokenKind::kSpecial;
    case kUserDefined:
      return TokenKind::kAdded;
    case kUnusedPiece:
      return TokenKind::kUnused;
    case kBytePiece:
      return TokenKind::kByte;
    default:
      return TokenKind::kOrdinary;
  }
}

class SentencePieceReader {
 public:
  SentencePieceReader(std::string_view file, std::string_view bytes, const TokenizerLimits& limits)
      : bytes_(bytes), limits_(limits) {
    parts_.file = file;
    parts_.format = TokenizerFormat::kSentencePiece;
    parts_.spelling = Spelling::kMetaspace;
    parts_.kinds_are_declared = true;
    parts_.conventions.describes_text = true;
  }

  Result<Tokenizer> run() {
    WireReader model{parts_.file, bytes_, 0};
    while (model.next()) {
      if (!model.is_text()) continue;
      Status status = Done{};
      if (model.field() == kPieces) status = read_piece(model);
      if (model.field() == kTrainerSpec) status = read_trainer(model);
      if (model.field() == kNormalizerSpec) status = read_normalizer(model);
      if (!status) return status.error();
    }
    if (model.failed()) return model.error();
    if (parts_.tokens.empty())
      return tokenizer_error("PB_NO_PIECES", parts_.file, "", "a protobuf message without SentencePiece pieces",
                             "this is not a SentencePiece model");
    parts_.model = model_type_ == 2   ? TokenizerModel::kBpe
                   : model_type_ == 1 ? TokenizerModel::kUnigram
                                      : TokenizerModel::kWordLevel;
    if (parts_.model == TokenizerModel::kBpe) parts_.ranks = RankSource::kScore;
    return assemble(std::move(parts_), limits_);
  }

 private:
  Status read_piece(const WireReader& model) {
    if (parts_.tokens.size() >= limits_.tokens)
      return tokenizer_error("TOK_TOO_MANY", parts_.file, "byte " + std::to_string(model.text_offset()),
                             "more than " + std::to_string(limits_.tokens) + " pieces");
    RawToken token;
    token.id = static_cast<std::uint32_t>(parts_.tokens.size());
    std::uint64_t type = 1;
    WireReader piece{parts_.file, model.text(), model.text_offset()};
    while (piece.next()) {
      if (piece.field() == 1 && piece.is_text()) token.text = piece.text();
      if (piece.field() == 2 && piece.is_float()) token.score = piece.number();
      if (piece.field() == 3 && piece.is_integer()) type = piece.integer();
    }
    if (piece.failed()) return piece.error();
    if (first_not_utf8(token.text) < token.text.size())
      return tokenizer_error("TOK_ENCODING", parts_.file, "byte " + std::to_string(model.text_offset()),
                             "piece " + std::to_string(token.id) + " is not UTF-8, which SentencePiece writes",
                             "the file was damaged by a conversion; fetch it again");
    token.kind = kind_of(type);
    parts_.tokens.push_back(token);
    return Done{};
  }

  Status read_trainer(const WireReader& model) {
    constexpr std::size_t kMostInputs = 64;
    auto& c = parts_.conventions;
    WireReader spec{parts_.file, model.text(), model.text_offset()};
    while (spec.next()) {
      if (spec.field() == 1 && spec.is_text() && c.training_inputs.size() < kMostInputs)
        c.training_inputs.emplace_back(spec.text().substr(0, 512));
      if (!spec.is_integer()) continue;
      if (spec.field() == 3) model_type_ = spec.integer();
      if (spec.field() == 25) c.split_digits = spec.integer() != 0;
      if (spec.field() == 35) c.byte_fallback = spec.integer() != 0;
    }
    return spec.failed() ? Status{spec.error()} : Status{Done{}};
  }

  Status read_normalizer(const WireReader& model) {
    auto& c = parts_.conventions;
    WireReader spec{parts_.file, model.text(), model.text_offset()};
    bool dummy_prefix = true, strip_spaces = true;
    std::string charsmap;
    while (spec.next()) {
      if (spec.field() == 1 && spec.is_text()) c.preset = spec.text().substr(0, 256);
      if (spec.field() == 2 && spec.is_text() && !spec.text().empty()) {
        char digest[32];
        std::snprintf(digest, sizeof digest, "charsmap:%016llx",
                      static_cast<unsigned long long>(token_hash(spec.text())));
        charsmap = digest;
      }
      if (spec.field() == 3 && spec.is_integer()) dummy_prefix = spec.integer() != 0;
      if (spec.field() == 4 && spec.is_integer()) strip_spaces = spec.integer() != 0;
    }
    if (spec.failed()) return spec.error();
    c.prefix_space = dummy_prefix;
    if (!c.preset.empty() && c.preset != "identity")
      c.normalizer.push_back({c.preset, charsmap, strip_spaces ? "remove_extra_whitespaces=true" : ""});
    return Done{};
  }

  std::string_view bytes_;
  const TokenizerLimits& limits_;
  TokenizerParts parts_;
  std::uint64_t model_type_ = 1;
};

}  // namespace

Result<Tokenizer> read_sentencepiece(std::string_view file, std::string_view bytes, const TokenizerLimits& limits) {
  return SentencePieceReader{file, bytes, limits}.run();
}

}  // namespace pedigree::io
