#include "core/rng_tile.hpp"

#include "core/rng.hpp"
#include "core/simd.hpp"

namespace retrodict {

RETRODICT_MULTIVERSION
void StreamTile::refill() {
  const std::uint64_t block = drawn_ / 2;
  for (std::size_t k = 0; k < size; ++k) {
    const std::uint64_t replica = first_ + k;
    const PhiloxBlock words = philox({static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(block >> 32),
                                      static_cast<std::uint32_t>(replica), static_cast<std::uint32_t>(replica >> 32)},
                                     {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    words_[0][k] = words[0] | static_cast<std::uint64_t>(words[1]) << 32;
    words_[1][k] = words[2] | static_cast<std::uint64_t>(words[3]) << 32;
  }
}

} // namespace retrodict
