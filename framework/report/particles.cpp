// SPDX-License-Identifier: MIT
#include "framework/report/particles.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace pedigree::report {
namespace {

struct Particle {
  std::string_view both, closed, open;  ///< after a final consonant, after a vowel
};
constexpr std::array kParticles{Particle{"을(를)", "을", "를"}, Particle{"이(가)", "이", "가"},
                                Particle{"은(는)", "은", "는"}, Particle{"와(과)", "과", "와"},
                                Particle{"과(와)", "과", "와"}, Particle{"(으)로", "으로", "로"}};

enum class Sound { unknown, vowel, rieul, consonant };

/// The sound a text ends with. Hangul syllables have 28 finals, in order; 0 is none, 8 is ㄹ (Unicode 3.12).
Sound last_sound(std::string_view text) {
  while (!text.empty() && std::string_view{"'\"`)]*"}.find(text.back()) != std::string_view::npos)
    text.remove_suffix(1);
  if (text.empty()) return Sound::unknown;
  const char last = text.back();
  if (last >= '0' && last <= '9') {  // read aloud: 영 일 이 삼 사 오 육 칠 팔 구
    if (last == '1' || last == '7' || last == '8') return Sound::rieul;
    return last == '0' || last == '3' || last == '6' ? Sound::consonant : Sound::vowel;
  }
  // A capital behind a number is read by its name, as in 7B and 3T; of other Latin words the sound is not written.
  if (last >= 'A' && last <= 'Z' && text.size() > 1 && text[text.size() - 2] >= '0' && text[text.size() - 2] <= '9')
    return last == 'L' || last == 'R' ? Sound::rieul : last == 'M' || last == 'N' ? Sound::consonant : Sound::vowel;
  if (text.size() < 3) return Sound::unknown;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(text[text.size() - 3 + i]));
  };
  if ((byte(0) & 0xF0) != 0xE0) return Sound::unknown;
  const auto point = ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
  if (point < 0xAC00 || point > 0xD7A3) return Sound::unknown;
  const auto final = (point - 0xAC00) % 28;
  return final == 0 ? Sound::vowel : final == 8 ? Sound::rieul : Sound::consonant;
}

}  // namespace

std::string with_particles(const std::string& korean) {
  std::string out;
  std::size_t copied = 0;
  // Every one of them has a bracket, one syllable (three bytes) in or at its beginning.
  for (auto bracket = korean.find('('); bracket != std::string::npos; bracket = korean.find('(', bracket + 1)) {
    for (const auto& particle : kParticles) {
      const auto inside = particle.both.find('(');
      if (bracket < copied + inside || korean.compare(bracket - inside, particle.both.size(), particle.both) != 0)
        continue;
      const auto at = bracket - inside;
      out.append(korean, copied, at - copied);
      copied = at;
      const auto sound = last_sound(out);
      if (sound == Sound::unknown) break;
      const bool closed = sound == Sound::consonant || (sound == Sound::rieul && particle.open != "로");
      out += closed ? particle.closed : particle.open;
      copied = at + particle.both.size();
      break;
    }
  }
  return out.append(korean, copied);
}

}  // namespace pedigree::report
