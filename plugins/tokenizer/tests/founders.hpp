// SPDX-License-Identifier: MIT
// The independent vocabularies among the shared files.
#pragma once

namespace pedigree::tokenizer::testing {

/// One file for each vocabulary that nobody else's is built on, so that every pair is independent.
inline constexpr const char* kFounders[] = {
    "openai-gpt2__hf/vocab.json",
    "openai-cl100k__tiktoken/cl100k_base.tiktoken",
    "openai-o200k__tiktoken/o200k_base.tiktoken",
    "meta-llama-2__sp/tokenizer.model",
    "mistralai-mistral-v1__sp/tokenizer.model.v1",
    "eleutherai-gpt-neox-20b__hf/20B_tokenizer.json",
    "tiiuae-falcon__hf/tokenizer.json",
    "xai-grok-1__sp/tokenizer.model",
    "thudm-chatglm2-6b__sp/tokenizer.model",
    "baichuan-inc-baichuan__gguf/ggml-vocab-baichuan.gguf",
    "deepseek-ai-deepseek-llm__gguf/ggml-vocab-deepseek-llm.gguf",
    "bigcode-starcoder__gguf/ggml-vocab-starcoder.gguf",
    "lgai-exaone-4.0__hf/vocab.json",
    "google-t5-small__hf/tokenizer.json",
    "openai-whisper-large-v3__hf/tokenizer.json",
    "openai-clip__hf/tokenizer.json",
    "baai-bge__gguf/ggml-vocab-bert-bge.gguf",
    "chinese-llama-alpaca__sp20000/chinese_sp.model",
};

}  // namespace pedigree::tokenizer::testing
