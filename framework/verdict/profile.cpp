// SPDX-License-Identifier: MIT
#include "framework/verdict/profile.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

namespace pedigree::verdict {
namespace {

using io::Error;
using nlohmann::json;

/// Reads the section key by key and keeps the first problem.
class Reader {
 public:
  explicit Reader(Profile& profile) : profile_(profile) {}

  using Field = std::function<void(const json&, const std::string&)>;
  using Fields = std::map<std::string, Field>;

  void object(const json& value, const std::string& place, const Fields& fields) {
    if (!value.is_object()) return fail(place, "expected a map");
    for (const auto& [key, item] : value.items()) {
      const auto found = fields.find(key);
      if (found == fields.end()) return fail(place + "/" + key, "unknown key; allowed here: " + names(fields));
      found->second(item, place + "/" + key);
    }
  }

  Field number(double& target, double low, double high) {
    return [this, &target, low, high](const json& value, const std::string& place) {
      const double read = value.is_number() ? value.get<double>() : std::nan("");
      if (!(read >= low && read <= high)) {
        return fail(place, "expected a number from " + json(low).dump() + " to " + json(high).dump() + ", found " +
                               show(value));
      }
      target = read;
    };
  }

  Field weight(double& target) {
    return [this, &target](const json& value, const std::string& place) {
      if (!value.is_string()) return number(target, 0, 10)(value, place);
      const auto word = reliability(value.get<std::string>());
      if (!word)
        return fail(place, "expected very_high, high, medium, low or a number from 0 to 10, found " + show(value));
      target = *word;
    };
  }

  Field combine(Combine& target) {
    return [this, &target](const json& value, const std::string& place) {
      if (value == "strongest")
        target = Combine::strongest;
      else if (value == "average")
        target = Combine::average;
      else
        fail(place, "expected strongest or average, found " + show(value));
    };
  }

  Field strings(std::vector<std::string>& target) {
    return [this, &target](const json& value, const std::string& place) {
      std::vector<std::string> read;
      if (!value.is_array()) return fail(place, "expected a list");
      for (const auto& item : value) {
        if (!item.is_string()) return fail(place, "expected a list of names, found " + show(item));
        read.push_back(item.get<std::string>());
      }
      target = std::move(read);
    };
  }

  void families(const json& value, const std::string& place, const std::function<Field(Family)>& field) {
    Fields fields;
    for (const Family family : kFamilies) fields[to_string(family)] = field(family);
    object(value, place, fields);
  }

  void section(const json& value);
  const std::optional<Error>& problem() const { return problem_; }

 private:
  void fail(const std::string& place, const std::string& message) {
    if (!problem_) problem_ = Error{"PED-V001", "", "/verdict" + place, message, "see docs/reference/verdict.md"};
  }
  static std::string show(const json& value) {
    return value.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 80);
  }
  static std::string names(const Fields& fields) {
    std::string out;
    for (const auto& [name, field] : fields) out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  void caps(const json& value, const std::string& place);
  void decisive(const json& value, const std::string& place);
  void criteria(const json& value, const std::string& place);
  CriterionBand band(const json& value, const std::string& place);
  Fields tables();
  Fields thresholds();

  Profile& profile_;
  std::optional<Error> problem_;
};

void Reader::caps(const json& value, const std::string& place) {
  Fields fields;
  for (const Family family : kFamilies) fields[to_string(family)] = number(profile_.cap[family], 0, 50);
  fields["weight_exact"] = number(profile_.cap_exact, 0, 50);
  fields["signals"] = [this](const json& signals, const std::string& at) {
    if (!signals.is_object()) return fail(at, "expected a map of signal to cap");
    for (const auto& [signal, cap] : signals.items())
      number(profile_.signal_cap[signal], 0, 50)(cap, at + "/" + signal);
  };
  object(value, place, fields);
}

void Reader::decisive(const json& value, const std::string& place) {
  std::vector<std::string> names;
  object(value, place,
         {{"log10_p", number(profile_.decisive_log10_p, -1e6, -2)},
          {"log10_odds", number(profile_.decisive_log10_odds, 2, 50)},
          {"families", strings(names)}});
  if (!value.is_object() || !value.contains("families")) return;
  profile_.decisive_families.clear();
  for (const auto& name : names) {
    const auto family = family_from(name);
    if (!family) return fail(place + "/families", "unknown family " + show(name));
    profile_.decisive_families.push_back(*family);
  }
}

CriterionBand Reader::band(const json& value, const std::string& place) {
  CriterionBand band;
  const auto text = [this](std::string& target) {
    return [this, &target](const json& item, const std::string& at) {
      if (!item.is_string()) return fail(at, "expected text, found " + show(item));
      target = item.get<std::string>();
    };
  };
  const auto bound = [this, &band](bool inclusive) {
    return [this, &band, inclusive](const json& item, const std::string& at) {
      band.inclusive = inclusive;
      number(band.bound, -1e12, 1e12)(item, at);
    };
  };
  object(
      value, place,
      {{"above", bound(false)}, {"at_least", bound(true)}, {"key", text(band.key)}, {"suggests", text(band.suggests)}});
  static const std::vector<std::string> kSuggestions{"derived", "partial_reuse", "suspected",
                                                     "similar", "independent",   "none"};
  if (std::find(kSuggestions.begin(), kSuggestions.end(), band.suggests) == kSuggestions.end())
    fail(place + "/suggests", "expected derived, partial_reuse, suspected, similar, independent or none");
  if (band.key.empty()) fail(place + "/key", "expected a message key");
  if (value.is_object() && value.contains("above") == value.contains("at_least"))
    fail(place, "expected exactly one of above and at_least");
  return band;
}

void Reader::criteria(const json& value, const std::string& place) {
  if (!value.is_object()) return fail(place, "expected a map of signal to rows");
  for (const auto& [signal, rows] : value.items()) {
    if (!rows.is_array()) return fail(place + "/" + signal, "expected a list of rows");
    std::vector<CriterionBand> bands;
    for (const auto& row : rows) bands.push_back(band(row, place + "/" + signal + "/" + std::to_string(bands.size())));
    profile_.criteria[signal] = std::move(bands);
  }
}

Reader::Fields Reader::tables() {
  return {{"weights",
           [this](const json& value, const std::string& place) {
             families(value, place, [this](Family family) { return weight(profile_.weight[family]); });
           }},
          {"combine",
           [this](const json& value, const std::string& place) {
             families(value, place, [this](Family family) { return combine(profile_.combine[family]); });
           }},
          {"caps", [this](const json& value, const std::string& place) { caps(value, place); }},
          {"decisive", [this](const json& value, const std::string& place) { decisive(value, place); }},
          {"criteria", [this](const json& value, const std::string& place) { criteria(value, place); }},
          {"link_signals", strings(profile_.link_signals)},
          {"prior",
           [this](const json& value, const std::string& place) {
             object(value, place,
                    {{"derived", number(profile_.prior, 0.001, 0.999)}, {"unseen", number(profile_.unseen, 0, 0.999)}});
           }},
          {"method", [this](const json& value, const std::string& place) {
             if (value == "calibrated")
               profile_.method = Method::calibrated;
             else if (value == "source-criteria")
               profile_.method = Method::source_criteria;
             else
               fail(place, "expected calibrated or source-criteria, found " + show(value));
           }}};
}

Reader::Fields Reader::thresholds() {
  return {{"bands",
           [this](const json& value, const std::string& place) {
             object(value, place,
                    {{"derived", number(profile_.band_derived, 0.5, 1)},
                     {"clean", number(profile_.band_clean, 0, 0.5)},
                     {"from_scratch", number(profile_.band_from_scratch, 0, 0.5)}});
           }},
          {"weights_needed", number(profile_.weights_needed, 0, 50)},
          {"cleared", number(profile_.cleared, -50, 0)},
          {"suspicious_behavior", number(profile_.suspicious_behavior, 0, 50)},
          {"control_alarm", number(profile_.control_alarm, 0, 50)},
          {"min_coverage", number(profile_.min_coverage, 0, 1)},
          {"scanned_share", number(profile_.scanned_share, 0, 1)},
          {"declared_p", number(profile_.declared_p, 0.5, 0.999999)},
          {"reuse_p", number(profile_.reuse_p, 0.5, 0.999999)},
          {"confidence_ceiling", [this](const json& value, const std::string& place) {
             if (!value.is_array() || value.size() != profile_.confidence_ceiling.size())
               return fail(place, "expected five numbers, one for each assurance from 0 to 4");
             for (std::size_t i = 0; i < value.size(); ++i)
               number(profile_.confidence_ceiling[i], 0, 1)(value[i], place + "/" + std::to_string(i));
           }}};
}

void Reader::section(const json& value) {
  Fields fields = tables();
  fields.merge(thresholds());
  object(value, "", fields);
}

}  // namespace

std::optional<double> reliability(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, double>, 4> kWords{
      {{"very_high", 1.0}, {"high", 0.8}, {"medium", 0.5}, {"low", 0.2}}};
  for (const auto& [name, weight] : kWords)
    if (name == word) return weight;
  return std::nullopt;
}

Profile Profile::defaults() {
  Profile profile;
  profile.signal_cap = {{"behavior.training-order", 6.0}, {"training_log.step0-link", 4.0}, {"weight.norm-gains", 0.5}};
  return profile;
}

io::Result<Profile> Profile::from_json(const nlohmann::json& section) {
  Profile profile = defaults();
  if (section.is_null()) return profile;
  Reader reader(profile);
  reader.section(section);
  if (reader.problem()) return *reader.problem();
  return profile;
}

}  // namespace pedigree::verdict
