// SPDX-License-Identifier: MIT
// The trampolines behind PEDIGREE_PLUGIN: descriptor tables and the one exception fence.
#pragma once

#include <array>
#include <deque>
#include <tuple>
#include <type_traits>

#include "pedigree/analyzer.hpp"

namespace pedigree {
inline namespace sdk_v1 {
namespace detail {

struct Box {
  Host host;
  std::unique_ptr<Analyzer> analyzer;
};

template <class F>
pedigree_status guard(const Host& host, F&& body) noexcept {
  try {
    return body();
  } catch (const ConfigError& e) {
    host.set_error(e.what());
    return PEDIGREE_ERR_CONFIG;
  } catch (const InputError& e) {
    host.set_error(e.what());
    return PEDIGREE_ERR_INPUT;
  } catch (const ResourceError& e) {
    host.set_error(e.what());
    return PEDIGREE_ERR_RESOURCE;
  } catch (const std::bad_alloc&) {
    host.set_error("out of memory");
    return PEDIGREE_ERR_RESOURCE;
  } catch (const std::exception& e) {
    host.set_error(e.what());
    return PEDIGREE_ERR_INTERNAL;
  } catch (...) {
    host.set_error("an exception that is no std::exception");
    return PEDIGREE_ERR_INTERNAL;
  }
}

inline pedigree_status run(pedigree_instance* instance, const pedigree_request* request) noexcept {
  auto* box = reinterpret_cast<Box*>(instance);
  return guard(box->host, [&] { return box->analyzer->run(box->host, Request{*request}); });
}

inline void destroy(pedigree_instance* instance) noexcept { delete reinterpret_cast<Box*>(instance); }

/// The C descriptor of one analyzer class, built once and kept for the process's life.
template <class A>
class Table {
  static_assert(std::is_base_of_v<Analyzer, A>, "an analyzer derives from pedigree::Analyzer");
  static_assert(std::is_constructible_v<A, const Options&>,
                "an analyzer has a constructor: explicit A(const pedigree::Options&)");
  static_assert(std::is_same_v<decltype(A::describe()), Descriptor>,
                "an analyzer has: static pedigree::Descriptor describe()");

 public:
  Table() : descriptor_(A::describe()), schema_(options_schema(descriptor_.options)) {
    for (const auto& s : descriptor_.signals)
      signals_.push_back(
          {sizeof(pedigree_signal), 0, to_abi(s.id), to_abi(s.unit), to_abi(s.summary), s.minimum, s.maximum});
    for (auto role : descriptor_.roles) roles_.push_back(to_abi(role));
    raw_ = {sizeof(pedigree_analyzer),
            descriptor_.kind,
            descriptor_.flags,
            static_cast<uint32_t>(signals_.size()),
            static_cast<uint32_t>(roles_.size()),
            0,
            signals_.data(),
            roles_.data(),
            to_abi(descriptor_.id),
            to_abi(descriptor_.summary),
            to_abi(schema_),
            &Table::create,
            &detail::run,
            &detail::destroy};
  }
  const pedigree_analyzer* raw() const { return &raw_; }

 private:
  static pedigree_status create(const pedigree_host* host, pedigree_str config, pedigree_instance** out) noexcept {
    return guard(Host{host}, [&] {
      const Options options{A::describe().options, view(config)};
      auto box = std::make_unique<Box>(Box{Host{host}, std::make_unique<A>(options)});
      *out = reinterpret_cast<pedigree_instance*>(box.release());
      return PEDIGREE_OK;
    });
  }

  Descriptor descriptor_;
  std::string schema_;
  std::vector<pedigree_signal> signals_;
  std::vector<pedigree_str> roles_;
  pedigree_analyzer raw_{};
};

/// The plugin descriptor over all analyzer classes of one PEDIGREE_PLUGIN line.
template <class... A>
class Entry {
 public:
  Entry(std::string_view id, std::string_view version, std::string_view vendor, std::string_view license)
      : analyzers_{std::get<Table<A>>(tables_).raw()...} {
    raw_ = {sizeof(pedigree_plugin), PEDIGREE_ABI_MINOR, to_abi(id),        to_abi(version),  to_abi(vendor),
            to_abi(license),         to_abi({}),         analyzers_.data(), analyzers_.size()};
  }
  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;
  const pedigree_plugin* answer(uint32_t host_abi_minor) const {
    return std::uint64_t{host_abi_minor} + 1 > PEDIGREE_ABI_MINOR ? &raw_
                                                                  : nullptr;  // >=, without a warning at minor 0
  }

 private:
  std::tuple<Table<A>...> tables_;
  std::array<const pedigree_analyzer*, sizeof...(A)> analyzers_;
  pedigree_plugin raw_{};
};

}  // namespace detail
}  // namespace sdk_v1
}  // namespace pedigree
