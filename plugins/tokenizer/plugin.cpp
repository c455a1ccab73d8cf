// SPDX-License-Identifier: MIT
#include "pedigree/analyzer.hpp"
#include "plugins/tokenizer/analyzers/ancestry_analyzer.hpp"
#include "plugins/tokenizer/analyzers/conventions.hpp"
#include "plugins/tokenizer/analyzers/embedding_link.hpp"
#include "plugins/tokenizer/analyzers/merges.hpp"
#include "plugins/tokenizer/analyzers/vocabulary.hpp"

using pedigree::tokenizer::AncestryAnalyzer;
using pedigree::tokenizer::ConventionsAnalyzer;
using pedigree::tokenizer::EmbeddingLinkAnalyzer;
using pedigree::tokenizer::MergesAnalyzer;
using pedigree::tokenizer::VocabularyAnalyzer;

PEDIGREE_PLUGIN("org.pedigree.tokenizer", "0.1.0", "the pedigree authors", "MIT", VocabularyAnalyzer, MergesAnalyzer,
                ConventionsAnalyzer, AncestryAnalyzer, EmbeddingLinkAnalyzer)
