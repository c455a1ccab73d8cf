// SPDX-License-Identifier: MIT
#include "plugins/tokenizer/analyzers/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "plugins/tokenizer/analyzers/comparison_run.hpp"
#include "plugins/tokenizer/analyzers/finding.hpp"
#include "plugins/tokenizer/analyzers/pictures.hpp"
#include "plugins/tokenizer/analyzers/roles.hpp"
#include "plugins/tokenizer/conventions/special_tokens.hpp"
#include "plugins/tokenizer/model/scripts.hpp"

namespace pedigree::tokenizer {
namespace {
using nlohmann::json;

/// Tokens of one side only.
struct OneSided {
  std::size_t tokens = 0, digits = 0;
  std::array<std::size_t, kScriptCount> scripts{};
};

OneSided only_in(const io::Tokenizer& tokenizer, const std::vector<bool>& shared) {
  OneSided out;
  for (std::size_t i = 0; i < tokenizer.size(); ++i) {
    if (!tokenizer.is_core(i) || shared[i]) continue;
    ++out.tokens;
    out.digits += static_cast<std::size_t>(is_digits(tokenizer.bytes(i)));
    ++out.scripts[static_cast<std::size_t>(script_of(tokenizer.bytes(i)))];
  }
  return out;
}

struct Differences {
  OneSided subject, reference;
};

Differences differences(const io::Tokenizer& subject, const io::Tokenizer& reference, const Overlap& overlap) {
  std::vector<bool> in_subject(subject.size()), in_reference(reference.size());
  for (const auto& token : overlap.shared) in_subject[token.subject] = in_reference[token.reference] = true;
  return {only_in(subject, in_subject), only_in(reference, in_reference)};
}

std::string_view share_key(double share, double extended, double fine_tuned) {
  if (share > fine_tuned) return "tokenizer.vocab-share.fine-tuned";
  return share >= extended ? "tokenizer.vocab-share.extended" : "tokenizer.vocab-share.own";
}

/// "tokenizer.kinship.extends"; the digit variant when all removed tokens are digit strings.
std::string kinship_key(const Relation& relation, const Differences& difference) {
  std::string key = "tokenizer.kinship." + std::string{name_of(relation.kinship)};
  const auto& removed = difference.reference;
  if (relation.kinship == Kinship::kExtends && removed.tokens == 0)
    key += "-whole";
  else if (relation.kinship == Kinship::kExtends && removed.digits == removed.tokens)
    key += "-digits";
  return key;
}

json id_order_params(const Relation& r) {
  json params = order_params(r.ids);
  params["sorted"] = r.ids.items - r.spoken.items;
  params["spoken"] = r.spoken.items;
  params["spoken_ratio"] = r.spoken.longest_ratio;
  params["score"] = order_score(r.spoken);
  if (r.listed_by_spelling()) params["strangers"] = longest_ratio_of_strangers(r.spoken.items);
  return params;
}

json size_params(const Model& model) {
  const auto& t = *model.tokenizer;
  const auto real = static_cast<std::int64_t>(real_size(model));
  json params{{"real", real},
              {"core", t.core_count()},
              {"special", t.count(io::TokenKind::kSpecial)},
              {"added", t.count(io::TokenKind::kAdded)},
              {"unused", t.count(io::TokenKind::kUnused)},
              {"declared", real - static_cast<std::int64_t>(t.size())},
              {"format", name_of(t.format())},
              {"model", name_of(t.model())}};
  if (model.companions.config_vocab_size) {
    params["config"] = *model.companions.config_vocab_size;
    params["gap"] = *model.companions.config_vocab_size - real;
  }
  return params;
}

std::size_t emit_size(const Host& host, const Model& model) {
  std::string_view key = "tokenizer.size";
  json params = json::object();
  if (model.tokenizer) {
    params = size_params(model);
    if (!params.contains("config"))
      key = "tokenizer.size.unpadded";
    else if (params["gap"].get<std::int64_t>() < 0)
      key = "tokenizer.size.outside";
  } else if (model.facts && model.facts->file_vocab_size && model.companions.config_vocab_size) {
    params = {{"real", *model.facts->file_vocab_size},
              {"config", *model.companions.config_vocab_size},
              {"gap", *model.companions.config_vocab_size - *model.facts->file_vocab_size}};
    key = "tokenizer.size.published";
  } else {
    return 0;
  }
  const double real = params["real"].get<double>();
  emit(host, {.signal = "tokenizer.size", .reference = "", .value = real, .summary_key = key, .params = params});
  return 1;
}

/// "Latin 66.1 %, Han 16.4 %, ...": the five most frequent.
std::string scripts_in_words(const VocabularyProfile& profile) {
  constexpr std::size_t kMost = 5;
  std::array<std::size_t, kScriptCount> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return profile.scripts[a] > profile.scripts[b]; });
  std::string out;
  for (const auto script : std::span{order}.first(kMost)) {
    if (profile.scripts[script] == 0) break;
    const std::size_t tenths = (profile.scripts[script] * 1000 + profile.ordinary / 2) / profile.ordinary;
    out += (out.empty() ? "" : ", ") + std::string{name_of(static_cast<Script>(script))} + " " +
           std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
  }
  return out.empty() ? "-" : out;
}

std::size_t emit_specials(const Host& host, const Model& model) {
  if (!model.tokenizer) return 0;
  const auto found = special_tokens_of(model);
  std::int64_t first = -1, last = -1;
  std::size_t placed = 0;
  for (const auto& [text, id] : found.tokens) {
    if (id < 0) continue;
    first = first < 0 ? id : std::min(first, id);
    last = std::max(last, id);
    ++placed;
  }
  if (placed == 0 && found.reserved == 0) return 0;
  std::string families, roles;
  for (const auto& family : found.families) families += (families.empty() ? "" : ", ") + family;
  for (const auto& [role, text] : model.companions.roles) roles += (roles.empty() ? "" : ", ") + role + " " + text;
  const auto block = std::to_string(found.first_reserved) + "-" + std::to_string(found.last_reserved);
  emit(host,
       {.signal = "tokenizer.special-layout",
        .reference = "",
        .value = static_cast<double>(placed),
        .summary_key = "tokenizer.special-layout",
        .params = {{"specials", placed},
                   {"first", first},
                   {"last", last},
                   {"after", found.after_core},
                   {"reserved", found.reserved},
                   {"reserved_ids", found.reserved == 0 ? "" : " (" + block + ")"},
                   {"families", families.empty() ? "-" : families},
                   {"roles", roles.empty() ? "-" : roles}},
        .details = {{"families", found.families},
                    {"roles", model.companions.roles},
                    {"reserved",
                     {{"tokens", found.reserved}, {"first", found.first_reserved}, {"last", found.last_reserved}}}}});
  return 1;
}

std::size_t emit_profile(const Host& host, const Loaded& subject) {
  if (!subject.model.tokenizer) return 0;
  const auto profile = profile_of(*subject.model.tokenizer);
  const auto hangul = profile.scripts[static_cast<std::size_t>(Script::kHangul)];
  const double share = profile.ordinary == 0 ? 0 : static_cast<double>(hangul) / static_cast<double>(profile.ordinary);
  emit(host, {.signal = "tokenizer.profile",
              .reference = "",
              .value = share,
              .summary_key = "tokenizer.profile",
              .params = {{"hangul", hangul},
                         {"ordinary", profile.ordinary},
                         {"share", share},
                         {"scripts", scripts_in_words(profile)},
                         {"mean_length", profile.mean_length},
                         {"median", profile.median_length()},
                         {"longest", profile.longest}},
              .details = profile_picture(profile)});
  return 1;
}

}  // namespace

Descriptor VocabularyAnalyzer::describe() {
  return {"tokenizer.vocabulary",
          "Compares vocabularies token by token on bytes, and the order of what they share.",
          PEDIGREE_KIND_TOKENIZER,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"tokenizer.size", "count", "Entries of the tokenizer file, beside the padded size in the config.", 0, 1e9},
           {"tokenizer.profile", "fraction", "Share of tokens written in Hangul; scripts and lengths in the details.",
            0, 1},
           {"tokenizer.special-layout", "count",
            "Special and added tokens with a known id; reserved blocks in the details.", 0, 1e9},
           {"tokenizer.vocab-share", "fraction", "Share of the reference's vocabulary found in the subject.", 0, 1},
           {"tokenizer.overlap", "fraction", "Jaccard index of the two vocabularies.", 0, 1},
           {"tokenizer.id-order", "fraction", "Longest increasing subsequence of ids over shared tokens.", 0, 1}},
          tokenizer_roles(),
          {{"fine_tuned_share", 0.98,
            "Share of the reference's vocabulary above which the source study says fine-tuning is likely.", 0, 1},
           {"extended_share", 0.90,
            "Share above which the source study says continued pre-training or an extended vocabulary.", 0, 1}}};
}

VocabularyAnalyzer::VocabularyAnalyzer(const Options& options)
    : extended_share_(options.number("extended_share")),
      fine_tuned_share_(options.number("fine_tuned_share")),
      signatures_(shipped_signatures()) {
  if (extended_share_ > fine_tuned_share_) throw ConfigError("extended_share must not be above fine_tuned_share");
}

pedigree_status VocabularyAnalyzer::run(const Host& host, const Request& request) {
  ComparisonSteps steps;
  steps.subject = [&](const Loaded& subject) {
    return emit_size(host, subject.model) + emit_profile(host, subject) + emit_specials(host, subject.model);
  };
  steps.pair = [&](const Loaded& subject, const Loaded& reference) -> std::size_t {
    if (!subject.profile || !reference.profile) return 0;
    const Relation r = relate(*subject.profile, *reference.profile);
    const auto &s = *subject.model.tokenizer, &t = *reference.model.tokenizer;
    const auto difference = differences(s, t, r.overlap);
    const std::string_view id = reference.model.id;
    json params = overlap_params(r);
    params["removed"] = difference.reference.tokens;
    params["added"] = difference.subject.tokens;
    params["prefix"] = common_prefix(s, t);
    params["ancestors"] = names_of(r.peeled);
    emit(host, {.signal = "tokenizer.vocab-share",
                .reference = id,
                .value = r.overlap.share_of_reference(),
                .summary_key = share_key(r.overlap.share_of_reference(), extended_share_, fine_tuned_share_),
                .params = params});
    json details = overlap_picture(r);
    details["only_subject_scripts"] = script_counts(difference.subject.scripts);
    details["only_reference_scripts"] = script_counts(difference.reference.scripts);
    details["only_reference_digits"] = difference.reference.digits;
    const double lr = log10_likelihood_ratio(r);
    const auto words = lr > 0 && r.is_reuse() ? relation::kTokenizerReuse : relation::kNone;
    emit(host, {.signal = "tokenizer.overlap",
                .reference = id,
                .value = r.overlap.jaccard(),
                .summary_key = kinship_key(r, difference),
                .params = params,
                .details = details,
                .log10_lr = lr,
                .relation = words});
    emit(host, {.signal = "tokenizer.id-order",
                .reference = id,
                .value = r.ids.longest_ratio,
                .summary_key = r.listed_by_spelling() ? "tokenizer.id-order.sorted" : "tokenizer.id-order",
                .params = id_order_params(r),
                .details = order_picture(r.ids, id_places(s, t, r.overlap)),
                .log10_lr = lr,
                .relation = words});
    return 3;
  };
  return run_comparison(host, request, signatures_, Depth::kProfiles, steps);
}

}  // namespace pedigree::tokenizer
