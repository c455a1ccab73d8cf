// SPDX-License-Identifier: MIT
#include "plugins/weight/compare/stored_form.hpp"

#include <cmath>

namespace pedigree::weight {
namespace {

constexpr double kFewPer32 = 0.6;   // 32 levels leave 0.57 of 32 Gaussian values different
constexpr double kFewPerRow = 0.4;  // 512 weights of BF16 leave 0.8 and more different, of 8-bit floats 0.2

/// Equal steps over about 4.5 standard deviations (blocks of 16 to 32): 4.5 / 2^bits / sqrt(12) of one.
double rounding_of_bits(double bits) { return 1.4 * std::exp2(-bits); }

double usual_rounding(const io::DtypeFacts& facts) {
  if (facts.name.starts_with("F8")) return 0.04;  // three bits behind the point, two in E5M2
  if (facts.name.starts_with("F4") || facts.name.find("FP4") != std::string_view::npos) return 0.15;
  return rounding_of_bits(std::floor(8.0 * facts.block_bytes / facts.block_elements));
}

}  // namespace

bool StoredForm::quantised() const {
  return !coarse.empty() || texture.grid.found || texture.distinct_per_32 < kFewPer32 ||
         texture.distinct_per_row < kFewPerRow;
}

double StoredForm::rounding() const {
  if (!quantised()) return 0;
  if (!coarse.empty()) return coarse_rounding;  // steps with an offset may look like a finer grid
  if (texture.grid.found) return texture.grid.rounding;
  const double different = texture.distinct_per_32;
  return different < 0.15        ? rounding_of_bits(2)
         : different < 0.3       ? rounding_of_bits(3)
         : different < kFewPer32 ? rounding_of_bits(4)
                                 : 0.04;
}

StoredForm stored_form(const ModelView& model, const ComponentView& component) {
  StoredForm out;
  if (component.layers.empty()) return out;
  const LayerView& layer = component.layers[component.layers.size() / 2];
  if (layer.mlps.empty()) return out;
  const WeightRef& ref = layer.mlps.front().up.present() ? layer.mlps.front().up : layer.mlps.front().down;
  if (!ref.present()) return out;
  const io::DtypeFacts& facts = io::dtype_facts(ref.tensor->dtype);
  const bool small = facts.block_elements > 0 && facts.block_bytes * 8 < 10 * facts.block_elements;
  if (small || ref.tensor->storage == io::Storage::kScaled) {
    out.coarse = facts.name;
    out.coarse_rounding = usual_rounding(facts);
  }
  out.texture = texture_of(load_rows(model.store(), ref, spread_indices(ref.rows(), 128)));
  return out;
}

}  // namespace pedigree::weight
