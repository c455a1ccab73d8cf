// SPDX-License-Identifier: MIT
#include "plugins/weight/model/adapter.hpp"

#include <algorithm>

namespace pedigree::weight {

bool only_adapter(const io::TensorStore& store) {
  const auto tensors = store.tensors();
  const auto has = [](const io::TensorInfo& t, std::string_view part) {
    return t.name.find(part) != std::string::npos;
  };
  const bool any = std::any_of(tensors.begin(), tensors.end(), [&](auto& t) { return has(t, "lora_"); });
  return any && std::all_of(tensors.begin(), tensors.end(),
                            [&](auto& t) { return has(t, "lora_") || has(t, ".modules_to_save."); });
}

}  // namespace pedigree::weight
