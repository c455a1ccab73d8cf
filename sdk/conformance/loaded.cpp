// SPDX-License-Identifier: MIT
#include "sdk/conformance/loaded.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstring>

namespace pedigree::conformance {
namespace {

/// Number of symbols, from the GNU hash table: the longest chain ends at the last symbol.
std::uint32_t symbol_count(const std::uint32_t* table) {
  const std::uint32_t buckets = table[0], first = table[1], bloom_words = table[2];
  const auto* bucket = table + 4 + bloom_words * 2;
  const auto* chain = bucket + buckets;
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < buckets; ++i) last = std::max(last, bucket[i]);
  if (last < first) return first;
  while ((chain[last - first] & 1u) == 0) ++last;
  return last + 1;
}

/// The tables of a loaded library, at the addresses the loader gave them.
struct Tables {
  const Elf64_Sym* symbols = nullptr;
  const char* strings = nullptr;
  const std::uint32_t* hash = nullptr;
};

Tables tables_of(const link_map& map) {
  Tables tables;
  for (const auto* entry = map.l_ld; entry->d_tag != DT_NULL; ++entry) {
    const auto address = entry->d_un.d_ptr;
    if (entry->d_tag == DT_SYMTAB) tables.symbols = reinterpret_cast<const Elf64_Sym*>(address);
    if (entry->d_tag == DT_STRTAB) tables.strings = reinterpret_cast<const char*>(address);
    if (entry->d_tag == DT_GNU_HASH) tables.hash = reinterpret_cast<const std::uint32_t*>(address);
  }
  return tables;
}

int note_relro(dl_phdr_info* info, std::size_t, void* data) {
  auto* wanted = static_cast<std::pair<ElfW(Addr), bool>*>(data);
  if (info->dlpi_addr != wanted->first) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) wanted->second |= info->dlpi_phdr[i].p_type == PT_GNU_RELRO;
  return 1;
}

void split(std::string_view paths, std::vector<std::string>& out) {
  for (std::size_t at = 0; at <= paths.size();) {
    const auto end = std::min(paths.find(':', at), paths.size());
    out.emplace_back(paths.substr(at, end - at));
    at = end + 1;
  }
}

}  // namespace

Loaded::Loaded(const Subject& subject) : handle_(::dlopen(subject.library.c_str(), RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) throw CannotLoad(std::string("does not load: ") + ::dlerror());
}

const pedigree_plugin* Loaded::ask(std::uint32_t host_minor) const {
  const auto entry = reinterpret_cast<pedigree_plugin_v1_fn>(::dlsym(handle_, "pedigree_plugin_v1"));
  if (entry == nullptr) throw CannotLoad("does not export pedigree_plugin_v1");
  return entry(host_minor);
}

const pedigree_plugin& Loaded::plugin() const {
  const auto* plugin = ask(PEDIGREE_ABI_MINOR);
  if (plugin == nullptr) throw CannotLoad("needs a newer host than 1." + std::to_string(PEDIGREE_ABI_MINOR));
  return *plugin;
}

std::vector<const pedigree_analyzer*> Loaded::analyzers() const {
  const auto& all = plugin();
  return {all.analyzers, all.analyzers + all.analyzer_count};
}

DynamicFacts Loaded::facts() const {
  link_map* map = nullptr;
  if (::dlinfo(handle_, RTLD_DI_LINKMAP, &map) != 0) throw CannotLoad("has no link map");
  const Tables tables = tables_of(*map);
  if (tables.symbols == nullptr || tables.strings == nullptr || tables.hash == nullptr)
    throw CannotLoad("has no GNU symbol hash; link with --hash-style=gnu");
  DynamicFacts facts;
  for (const auto* entry = map->l_ld; entry->d_tag != DT_NULL; ++entry) {
    const auto value = entry->d_un.d_val;
    if (entry->d_tag == DT_RPATH || entry->d_tag == DT_RUNPATH) split(tables.strings + value, facts.search_paths);
    facts.bind_now |= entry->d_tag == DT_BIND_NOW || (entry->d_tag == DT_FLAGS && (value & DF_BIND_NOW) != 0) ||
                      (entry->d_tag == DT_FLAGS_1 && (value & DF_1_NOW) != 0);
  }
  for (std::uint32_t i = 0, count = symbol_count(tables.hash); i < count; ++i) {
    const auto& symbol = tables.symbols[i];
    const auto binding = ELF64_ST_BIND(symbol.st_info);
    if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || binding == STB_LOCAL) continue;
    facts.exports.emplace_back(tables.strings + symbol.st_name);
    if (binding == STB_GNU_UNIQUE) facts.unique.push_back(facts.exports.back());
  }
  std::pair<ElfW(Addr), bool> relro{map->l_addr, false};
  ::dl_iterate_phdr(note_relro, &relro);
  facts.relro = relro.second;
  return facts;
}

}  // namespace pedigree::conformance
