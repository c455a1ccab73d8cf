// SPDX-License-Identifier: MIT
// Korean particles: 을 or 를 depends on the sound before it, which a template cannot know.
#pragma once

#include <string>

namespace pedigree::report {

/// "파일을(를)" -> "파일을", "3이(가)" -> "3이", "보류(으)로" -> "보류로". Quotes and brackets before the particle are
/// looked through. After anything whose sound is not written (Latin letters, signs) both forms stay.
std::string with_particles(const std::string& korean);

}  // namespace pedigree::report
