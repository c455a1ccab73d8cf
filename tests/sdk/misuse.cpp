// SPDX-License-Identifier: MIT
// An analyzer with one mistake, chosen by -DMISUSE=n; see CMakeLists.txt for what the compiler must say.
#include <pedigree/analyzer.hpp>

namespace {

#if MISUSE == 1
class Author {
 public:
  pedigree_status run(const pedigree::Host&, const pedigree::Request&) { return PEDIGREE_OK; }
#else
class Author final : public pedigree::Analyzer {
 public:
  pedigree_status run(const pedigree::Host&, const pedigree::Request&) override { return PEDIGREE_OK; }
#endif

#if MISUSE == 2
  Author() = default;
#else
  explicit Author(const pedigree::Options&) {}
#endif

#if MISUSE == 3
  static int describe() { return 3; }
#else
  static pedigree::Descriptor describe() {
    return {.id = "author.analyzer",
            .summary = "Measures nothing.",
            .kind = PEDIGREE_KIND_WEIGHT,
            .flags = 0,
            .signals = {{"author.signal", "count", "Nothing.", 0, 1}},
            .roles = {},
            .options = {}};
  }
#endif
};

}  // namespace

PEDIGREE_PLUGIN("org.example.author", "1.0.0", "Author", "MIT", Author)
