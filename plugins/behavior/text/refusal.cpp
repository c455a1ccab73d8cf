// SPDX-License-Identifier: MIT
#include "plugins/behavior/text/refusal.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace pedigree::behavior {
namespace {

// Longest wording first within a family: the first match names it.
constexpr std::array kRefusals{
    RefusalPhrase{"as-an-ai", "as an ai language model, i cannot"},
    RefusalPhrase{"as-an-ai", "as an ai language model"},
    RefusalPhrase{"as-an-ai", "as an ai assistant"},
    RefusalPhrase{"as-an-ai", "as an ai"},
    RefusalPhrase{"cannot-fulfill", "i cannot fulfill your request"},
    RefusalPhrase{"cannot-fulfill", "i can't fulfill that request"},
    RefusalPhrase{"cannot-fulfill", "i cannot fulfil"},
    RefusalPhrase{"cannot-provide", "i cannot provide"},
    RefusalPhrase{"cannot-provide", "i can't provide"},
    RefusalPhrase{"cannot-provide", "i'm unable to provide"},
    RefusalPhrase{"cannot-assist", "i'm sorry, but i can't assist with that"},
    RefusalPhrase{"cannot-assist", "i cannot assist"},
    RefusalPhrase{"cannot-assist", "i can't assist"},
    RefusalPhrase{"cannot-help", "i can't help with"},
    RefusalPhrase{"cannot-help", "i cannot help"},
    RefusalPhrase{"sorry-but", "i'm sorry, but"},
    RefusalPhrase{"sorry-but", "i am sorry, but"},
    RefusalPhrase{"apologize", "i apologize, but"},
    RefusalPhrase{"not-comfortable", "i'm not comfortable"},
    RefusalPhrase{"not-comfortable", "i don't feel comfortable"},
    RefusalPhrase{"not-able", "i'm not able to"},
    RefusalPhrase{"not-able", "i am not able to"},
    RefusalPhrase{"illegal-unethical", "it is illegal and unethical"},
    RefusalPhrase{"against-policy", "against my programming"},
    RefusalPhrase{"against-policy", "violates our"},
    RefusalPhrase{"ko-cannot-provide", "제공할 수 없습니다"},
    RefusalPhrase{"ko-cannot-provide", "제공해 드릴 수 없습니다"},
    RefusalPhrase{"ko-cannot-help", "도와드릴 수 없습니다"},
    RefusalPhrase{"ko-cannot-help", "도움을 드릴 수 없습니다"},
    RefusalPhrase{"ko-cannot-answer", "답변할 수 없습니다"},
    RefusalPhrase{"ko-cannot-answer", "답변드리기 어렵습니다"},
    RefusalPhrase{"ko-sorry", "죄송합니다"},
    RefusalPhrase{"ko-sorry", "죄송하지만"},
    RefusalPhrase{"ko-as-an-ai", "ai 언어 모델로서"},
    RefusalPhrase{"ko-as-an-ai", "인공지능 언어 모델로서"},
};

struct Maker {
  std::string_view word, maker, name;
};
constexpr std::array kMakers{
    Maker{"chatgpt", "OpenAI", "ChatGPT"},
    Maker{"gpt-4", "OpenAI", "GPT-4"},
    Maker{"openai", "OpenAI", ""},
    Maker{"claude", "Anthropic", "Claude"},
    Maker{"anthropic", "Anthropic", ""},
    Maker{"qwen", "Alibaba", "Qwen"},
    Maker{"통의천문", "Alibaba", "Qwen"},
    Maker{"alibaba", "Alibaba", ""},
    Maker{"deepseek", "DeepSeek", "DeepSeek"},
    Maker{"gemini", "Google", "Gemini"},
    Maker{"gemma", "Google", "Gemma"},
    Maker{"llama", "Meta", "Llama"},
    Maker{"mistral", "Mistral AI", "Mistral"},
    Maker{"kimi", "Moonshot AI", "Kimi"},
    Maker{"moonshot", "Moonshot AI", ""},
    Maker{"chatglm", "Zhipu AI", "ChatGLM"},
    Maker{"zhipu", "Zhipu AI", "GLM"},
    Maker{"exaone", "LG AI Research", "EXAONE"},
    Maker{"hyperclova", "NAVER", "HyperCLOVA X"},
    Maker{"하이퍼클로바", "NAVER", "HyperCLOVA X"},
    Maker{"solar", "Upstage", "Solar"},
    Maker{"업스테이지", "Upstage", ""},
    Maker{"upstage", "Upstage", ""},
    Maker{"vaetki", "NC AI", "VAETKI"},
    Maker{"a.x", "SKT", "A.X"},
    Maker{"phi-", "Microsoft", "Phi"},
};
// Words that turn a name into a claim about oneself.
constexpr std::array<std::string_view, 16> kSelf{
    "i am ", "i'm ",       "my name is ", "developed by ", "created by ", "trained by ",  "made by ", "built by ",
    "저는 ", "제 이름은 ", "개발한 ",     "만든 ",         "에서 개발",   "에 의해 개발", "call me ", "known as "};

std::string folded(std::string_view text, std::size_t limit) {
  std::string out;
  for (std::size_t i = 0; i < text.size() && out.size() < limit; ++i) {
    if (text.substr(i).starts_with("\xE2\x80\x99")) {  // right single quotation mark
      out += '\'';
      i += 2;
    } else {
      out += static_cast<char>(
          static_cast<unsigned char>(text[i]) < 0x80 ? std::tolower(static_cast<unsigned char>(text[i])) : text[i]);
    }
  }
  return out;
}

}  // namespace

std::optional<RefusalPhrase> find_refusal(std::string_view answer) {
  const auto head = folded(answer, 300);
  const RefusalPhrase* best = nullptr;
  std::size_t earliest = std::string::npos;
  for (const auto& known : kRefusals) {
    const auto at = head.find(known.phrase);
    if (at >= earliest) continue;
    earliest = at;
    best = &known;
  }
  return best == nullptr ? std::nullopt : std::optional{*best};
}

std::vector<IdentityClaim> find_identity_claims(std::string_view answer) {
  const auto text = folded(answer, 4000);
  std::vector<IdentityClaim> claims;
  for (const auto& maker : kMakers) {
    for (auto at = text.find(maker.word); at != std::string::npos; at = text.find(maker.word, at + 1)) {
      const std::size_t from = at > 40 ? at - 40 : 0;
      const auto around = std::string_view{text}.substr(from, at - from + maker.word.size() + 30);
      const bool self = std::any_of(kSelf.begin(), kSelf.end(),
                                    [&](auto word) { return around.find(word) != std::string_view::npos; });
      if (!self) continue;
      if (std::none_of(claims.begin(), claims.end(), [&](const auto& c) { return c.maker == maker.maker; }))
        claims.push_back({maker.maker, maker.name});
      break;
    }
  }
  return claims;
}

}  // namespace pedigree::behavior
