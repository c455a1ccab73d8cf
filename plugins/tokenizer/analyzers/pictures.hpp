// SPDX-License-Identifier: MIT
// Numbers for messages and for the pictures of reports.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "plugins/tokenizer/ancestry/relation.hpp"
#include "plugins/tokenizer/model/scripts.hpp"

namespace pedigree::tokenizer {

/// "cl100k, llama-3"; "-" for none.
std::string names_of(const std::vector<const io::Signature*>& signatures);

nlohmann::json overlap_params(const Relation& relation);
nlohmann::json order_params(const OrderStatistics& order);

/// {"venn": {"subject_only", "common", "reference_only"}, "explained", "remainder", "kinship"}.
nlohmann::json overlap_picture(const Relation& relation);
/// {"scatter": at most 2,000 [reference, subject] places, "shifts": [{"by", "items"}], "longest_block", ...}.
nlohmann::json order_picture(const OrderStatistics& order, std::span<const Places> places);
/// {"scripts": {...}, "lengths": [...], "with_leading_space"}.
nlohmann::json profile_picture(const VocabularyProfile& profile);
nlohmann::json script_counts(const std::array<std::size_t, kScriptCount>& counts);

}  // namespace pedigree::tokenizer
