// SPDX-License-Identifier: MIT
#include "framework/plugin/elf.hpp"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace pedigree::plugin {
namespace {

constexpr std::uint64_t kMaxTable = std::uint64_t{64} << 20;
constexpr std::string_view kEntryPrefix = "pedigree_plugin_v";
constexpr std::string_view kEntry = "pedigree_plugin_v1";
static_assert(std::endian::native == std::endian::little, "ELF tables are read as they lie in the file");

/// Thrown inside this file only.
struct Invalid {
  std::string message;
};

class Reader {
 public:
  explicit Reader(int descriptor) : descriptor_(descriptor) {
    struct stat status {};
    if (::fstat(descriptor, &status) != 0) throw Invalid{std::strerror(errno)};
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t bytes) const {
    if (bytes > kMaxTable || offset > size_ || bytes > size_ - offset) throw Invalid{"a table lies outside the file"};
    std::vector<T> items(bytes / sizeof(T));
    read(reinterpret_cast<char*>(items.data()), items.size() * sizeof(T), offset);
    return items;
  }
  template <class T>
  T one(std::uint64_t offset) const {
    return table<T>(offset, sizeof(T)).front();
  }

 private:
  void read(char* out, std::size_t bytes, std::uint64_t offset) const {
    while (bytes > 0) {
      const ssize_t got = ::pread(descriptor_, out, bytes, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw Invalid{got < 0 ? std::strerror(errno) : "the file became shorter"};
      out += got;
      bytes -= static_cast<std::size_t>(got);
      offset += static_cast<std::uint64_t>(got);
    }
  }
  int descriptor_;
  std::uint64_t size_ = 0;
};

/// The text at `offset` of a string table; empty when outside or without an end.
std::string text_at(const std::vector<char>& strings, std::uint64_t offset) {
  if (offset >= strings.size()) return {};
  const char* begin = strings.data() + offset;
  const void* end = std::memchr(begin, 0, strings.size() - offset);
  return end == nullptr ? std::string{} : std::string(begin, static_cast<const char*>(end));
}

class Library {
 public:
  explicit Library(int descriptor) : reader_(descriptor), header_(reader_.one<Elf64_Ehdr>(0)) {
    if (std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) throw Invalid{"not an ELF file"};
    if (header_.e_ident[EI_CLASS] != ELFCLASS64 || header_.e_ident[EI_DATA] != ELFDATA2LSB)
      throw Invalid{"not a 64-bit little-endian library"};
    if (header_.e_type != ET_DYN) throw Invalid{"not a shared library"};
    if (header_.e_shnum == 0 || header_.e_shentsize != sizeof(Elf64_Shdr)) throw Invalid{"no section table"};
    sections_ = reader_.table<Elf64_Shdr>(header_.e_shoff, std::uint64_t{header_.e_shnum} * sizeof(Elf64_Shdr));
  }

  LibraryFacts facts() const {
    LibraryFacts facts;
    for (const auto& section : sections_) {
      if (section.sh_type == SHT_DYNSYM) add_exports(section, facts);
      if (section.sh_type == SHT_DYNAMIC) add_dynamic(section, facts);
    }
    facts.relro = has_relro();
    return facts;
  }

 private:
  std::vector<char> strings_of(const Elf64_Shdr& section) const {
    if (section.sh_link >= sections_.size()) throw Invalid{"a section without its strings"};
    const auto& strings = sections_[section.sh_link];
    return reader_.table<char>(strings.sh_offset, strings.sh_size);
  }
  void add_exports(const Elf64_Shdr& section, LibraryFacts& facts) const {
    const auto strings = strings_of(section);
    for (const auto& symbol : reader_.table<Elf64_Sym>(section.sh_offset, section.sh_size)) {
      const auto binding = ELF64_ST_BIND(symbol.st_info);
      const auto visibility = ELF64_ST_VISIBILITY(symbol.st_other);
      const bool outside = binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE;
      const bool visible = visibility == STV_DEFAULT || visibility == STV_PROTECTED;
      if (symbol.st_shndx == SHN_UNDEF || !outside || !visible) continue;
      facts.exports.push_back({text_at(strings, symbol.st_name), binding == STB_GNU_UNIQUE});
    }
  }
  void add_dynamic(const Elf64_Shdr& section, LibraryFacts& facts) const {
    const auto strings = strings_of(section);
    for (const auto& entry : reader_.table<Elf64_Dyn>(section.sh_offset, section.sh_size)) {
      if (entry.d_tag == DT_NULL) break;
      if (entry.d_tag == DT_NEEDED) facts.needed.push_back(text_at(strings, entry.d_un.d_val));
      if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH) split(text_at(strings, entry.d_un.d_val), facts);
      facts.bind_now |= entry.d_tag == DT_BIND_NOW || (entry.d_tag == DT_FLAGS && (entry.d_un.d_val & DF_BIND_NOW)) ||
                        (entry.d_tag == DT_FLAGS_1 && (entry.d_un.d_val & DF_1_NOW));
    }
  }
  static void split(const std::string& paths, LibraryFacts& facts) {
    for (std::size_t at = 0; at <= paths.size();) {
      const auto end = std::min(paths.find(':', at), paths.size());
      facts.search_paths.push_back(paths.substr(at, end - at));
      at = end + 1;
    }
  }
  bool has_relro() const {
    if (header_.e_phentsize != sizeof(Elf64_Phdr)) return false;
    const auto segments =
        reader_.table<Elf64_Phdr>(header_.e_phoff, std::uint64_t{header_.e_phnum} * sizeof(Elf64_Phdr));
    for (const auto& segment : segments)
      if (segment.p_type == PT_GNU_RELRO) return true;
    return false;
  }

  Reader reader_;
  Elf64_Ehdr header_;
  std::vector<Elf64_Shdr> sections_;
};

}  // namespace

io::Result<LibraryFacts> read_library(int descriptor, const std::string& name) {
  try {
    return Library{descriptor}.facts();
  } catch (const Invalid& invalid) {
    return io::Error{"ELF_INVALID", name, {}, invalid.message, "expected a shared library for this machine"};
  }
}

io::Status check_entry(const LibraryFacts& facts, const std::string& name) {
  bool found = false;
  std::string other;
  for (const auto& symbol : facts.exports) {
    if (symbol.name == kEntry)
      found = true;
    else if (symbol.name.starts_with(kEntryPrefix))
      other = symbol.name;
  }
  if (found && other.empty()) return io::Done{};
  if (found)
    return io::Error{"ENTRY_AMBIGUOUS",
                     name,
                     {},
                     "exports " + std::string(kEntry) + " and " + other,
                     "a library is a plugin of one major"};
  if (!other.empty())
    return io::Error{"ENTRY_MISSING",
                     name,
                     {},
                     "exports " + other + ", this host speaks v1",
                     "install the pedigree that the plugin was built for, or rebuild it"};
  return io::Error{"ENTRY_MISSING",
                   name,
                   {},
                   "does not export " + std::string(kEntry),
                   "end a source file of the plugin with PEDIGREE_PLUGIN(...)"};
}

}  // namespace pedigree::plugin
