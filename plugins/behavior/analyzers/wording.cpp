// SPDX-License-Identifier: MIT
#include "plugins/behavior/analyzers/wording.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <random>

#include "plugins/behavior/analyzers/emit.hpp"
#include "plugins/behavior/pairing.hpp"
#include "plugins/behavior/statistics/log_odds.hpp"
#include "plugins/behavior/text/refusal.hpp"
#include "plugins/behavior/text/style.hpp"
#include "plugins/behavior/text/words.hpp"

namespace pedigree::behavior {
namespace {

using nlohmann::json;

constexpr int kPermutations = 999;
constexpr double kWordingLr = 0.3;  // refusals follow shared instruction data as often as shared weights
constexpr double kIdentityLr = 0.3;

struct Profile {
  Counts families;
  std::map<std::string, std::string> by_prompt;  // prompt key -> phrase family, refusals only
  std::size_t refusals = 0, answers = 0;
  double words = 0;  // mean answer length
  StyleFeatures style;
};

Profile profile_of(const ModelAnswers& model) {
  Profile p;
  std::vector<std::string_view> texts;
  for (const auto& [key, answer] : model.by_key) {
    ++p.answers;
    // Length and style of a cut answer are the limit's, not the model's; how it begins to refuse is its own.
    if (!answer->cut) {
      texts.push_back(answer->text);
      p.words += static_cast<double>(words(answer->text, 2000).size());
    }
    if (const auto refusal = find_refusal(answer->text)) {
      ++p.refusals;
      const std::string family{refusal->family};
      p.families[family] += 1;
      p.by_prompt[key] = family;
    }
  }
  p.style = style_features(texts);
  if (!texts.empty()) p.words /= static_cast<double>(texts.size());
  return p;
}

/// One-sided permutation p: the reference's refusals are exchanged, prompt by prompt, with those of a
/// random control on the same prompt; how often is the exchanged profile as close to the subject's?
double exchange_p(const Profile& subject, const Profile& reference, const std::vector<const Profile*>& controls,
                  std::uint64_t seed) {
  const double observed = profile_affinity(subject.families, reference.families);
  std::mt19937_64 random{seed};
  int as_close = 0;
  for (int t = 0; t < kPermutations; ++t) {
    Counts mixed;
    for (const auto& [prompt, family] : reference.by_prompt) {
      const auto& control = *controls[random() % controls.size()];
      const auto found = control.by_prompt.find(prompt);
      const bool take_control = (random() & 1) != 0 && found != control.by_prompt.end();
      mixed[take_control ? found->second : family] += 1;
    }
    as_close += profile_affinity(subject.families, mixed) >= observed - 1e-12 ? 1 : 0;
  }
  return (1.0 + as_close) / (kPermutations + 1.0);
}

void emit_refusals(const Host& host, const Request& request, const std::vector<ModelAnswers>& models,
                   const std::vector<Profile>& profiles, std::size_t minimum) {
  Counts background;
  for (const auto& p : profiles)
    for (const auto& [family, n] : p.families) background[family] += n;
  for (std::size_t r = 1; r < models.size(); ++r) {
    if (profiles[0].refusals < minimum || profiles[r].refusals < minimum) continue;
    std::vector<const Profile*> controls;
    for (std::size_t c = 1; c < models.size(); ++c)
      if (c != r && profiles[c].refusals >= minimum) controls.push_back(&profiles[c]);
    const double affinity = profile_affinity(profiles[0].families, profiles[r].families);
    bool closest = true;
    for (const auto* c : controls) closest &= profile_affinity(profiles[0].families, c->families) < affinity;
    const double p = controls.size() >= 2 ? exchange_p(profiles[0], profiles[r], controls, request.seed() + r) : 1.0;
    const bool alike = closest && p <= 0.01 && affinity >= 0.8;
    auto e = make_evidence("behavior.refusal-wording", models[r].model, affinity,
                           controls.size() < 2 ? "refusal.no_controls"
                           : alike             ? "refusal.alike"
                                               : "refusal.usual",
                           {{"reference", models[r].model},
                            {"affinity", affinity},
                            {"p", p},
                            {"controls", controls.size()},
                            {"subject_refusals", profiles[0].refusals},
                            {"reference_refusals", profiles[r].refusals}},
                           {{"subject", profiles[0].families},
                            {"reference", profiles[r].families},
                            {"log_odds_z", log_odds_z(profiles[0].families, profiles[r].families, background, 50)}});
    if (controls.size() >= 2) e.log10_p = std::log10(p);
    if (alike) {
      e.log10_lr = kWordingLr;
      e.relation = relation::kBehavioralProximity;
    }
    host.emit(e);
  }
}

bool own_name(std::string_view subject_id, const IdentityClaim& claim) {
  const auto plain = [](std::string_view text) {
    std::string out;
    for (const char c : text)
      if (std::isalnum(static_cast<unsigned char>(c)) != 0)
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
  };
  const auto id = plain(subject_id);
  const auto name = plain(claim.name), maker = plain(claim.maker);
  return (!name.empty() && id.find(name) != std::string::npos) ||
         (!maker.empty() && id.find(maker) != std::string::npos);
}

void emit_identity(const Host& host, const Request& request, const ModelAnswers& subject) {
  std::map<std::string, int> foreign;
  std::string example;
  for (const auto& [key, answer] : subject.by_key)
    for (const auto& claim : find_identity_claims(answer->text)) {
      if (own_name(request.subject().id, claim)) continue;
      ++foreign[std::string{claim.maker}];
      if (example.empty()) example = answer->text.substr(0, 160);
    }
  if (foreign.empty()) return;
  const auto most = std::max_element(foreign.begin(), foreign.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  auto e = make_evidence("behavior.identity-leak", "", most->second, "identity.leak",
                         {{"count", most->second}, {"maker", most->first}, {"answers", subject.by_key.size()}},
                         {{"makers", foreign}, {"example", example}});
  e.log10_lr = most->second >= 3 ? kIdentityLr : 0;
  e.relation = relation::kBehavioralProximity;
  host.emit(e);
}

}  // namespace

Descriptor Wording::describe() {
  return {"behavior.wording",
          "Reads how a model refuses and who it says it is.",
          PEDIGREE_KIND_BEHAVIOR,
          PEDIGREE_FLAG_DETERMINISTIC,
          {{"behavior.refusal-wording", "fraction", "Affinity of the refusal-phrase profiles.", 0, 1},
           {"behavior.identity-leak", "count", "Answers in which the model names another maker as its own.", 0, 1e9},
           {"behavior.style", "words", "Mean length of the subject's answers.", 0, 1e6}},
          {"responses"},
          {{"minimum_refusals", std::int64_t{15}, "Fewer refusals than this on either side: abstain.", 1, 1e6}}};
}

Wording::Wording(const Options& options)
    : minimum_refusals_(static_cast<std::size_t>(options.integer("minimum_refusals"))) {}

pedigree_status Wording::run(const Host& host, const Request& request) {
  const auto models = read_all_answers(host, request);
  if (models.front().by_key.empty()) {
    host.set_error("subject: " + models.front().problem);
    return PEDIGREE_NOT_APPLICABLE;
  }
  std::vector<Profile> profiles;
  for (const auto& model : models) profiles.push_back(profile_of(model));
  const auto& own = profiles.front();
  json styles = json::array();
  const Profile* nearest = nullptr;
  std::string nearest_name;
  for (std::size_t r = 1; r < profiles.size(); ++r) {
    if (profiles[r].style.empty() || own.style.empty()) continue;
    styles.push_back({{"reference", models[r].model},
                      {"distance", style_distance(own.style, profiles[r].style)},
                      {"features", profiles[r].style}});
    if (nearest != nullptr && style_distance(own.style, profiles[r].style) >= style_distance(own.style, nearest->style))
      continue;
    nearest = &profiles[r];
    nearest_name = models[r].model;
  }
  host.emit(make_evidence("behavior.style", "", own.words, nearest == nullptr ? "style.summary" : "style.nearest",
                          {{"answers", own.answers},
                           {"words", own.words},
                           {"refusals", own.refusals},
                           {"nearest", nearest_name},
                           {"distance", nearest == nullptr ? 0.0 : style_distance(own.style, nearest->style)}},
                          {{"refusal_families", own.families},
                           {"features", own.style},
                           {"references", styles},
                           {"empty", models.front().dropped.empty},
                           {"failed", models.front().dropped.failed},
                           {"truncated", models.front().dropped.truncated},
                           {"duplicate", models.front().dropped.duplicate}}));
  emit_refusals(host, request, models, profiles, minimum_refusals_);
  emit_identity(host, request, models.front());
  return PEDIGREE_OK;
}

}  // namespace pedigree::behavior
