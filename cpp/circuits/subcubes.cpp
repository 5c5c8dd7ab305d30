// On a subcube where f is constant the least tree is a leaf. On another the root of any tree reads an input that is
// free there (to read a fixed one again gains nothing), and its two subtrees are trees for the halves, so that
//
//     depth = 1 + min over free i of max(depth of half 0, depth of half 1),
//     leaves = min over free i of leaves of half 0 + leaves of half 1.
//
// The two minima are taken each for itself: the shallowest tree need not have the fewest leaves.

#include "circuits/subcubes.hpp"

#include "circuits/subcube_walk.hpp"

namespace retrodict {

namespace {

constexpr std::uint8_t mixed = 2;

// f on every subcube: 0, 1 or mixed.
std::vector<std::uint8_t> values_on(const Subcubes& cubes, const TruthTable& table) {
  std::vector<std::uint8_t> values(cubes.count());
  cubes.ascending([&](std::size_t s, std::uint32_t free, std::uint32_t value) {
    if (free == 0) {
      values[s] = table.values()[value];
      return;
    }
    const std::size_t step = cubes.power(static_cast<unsigned>(std::countr_zero(free)));
    const std::uint8_t low = values[s - 2 * step], high = values[s - step];
    values[s] = low == high ? low : mixed;
  });
  return values;
}

} // namespace

DecisionTree least_decision_trees(const TruthTable& table) {
  struct Least {
    std::uint16_t splits; // leaves - 1, at most 2^16 - 1
    std::uint8_t depth, value;
  };
  const Subcubes cubes(table.n_inputs(), max_subcube_inputs);
  std::vector<Least> least(cubes.count());
  cubes.ascending([&](std::size_t s, std::uint32_t free, std::uint32_t value) {
    if (free == 0) {
      least[s] = {0, 0, table.values()[value]};
      return;
    }
    unsigned splits = ~0u, depth = ~0u;
    for (std::uint32_t left = free; left != 0; left &= left - 1) {
      const std::size_t step = cubes.power(static_cast<unsigned>(std::countr_zero(left)));
      const Least &low = least[s - 2 * step], &high = least[s - step];
      if (left == free && low.value == high.value && low.value != mixed) {
        least[s] = low;
        return;
      }
      splits = std::min(splits, low.splits + high.splits + 1u);
      depth = std::min(depth, std::max(low.depth, high.depth) + 1u);
    }
    least[s] = {static_cast<std::uint16_t>(splits), static_cast<std::uint8_t>(depth), mixed};
  });
  return {least.back().depth, least.back().splits + std::size_t{1}};
}

std::vector<Cube> prime_implicants(const TruthTable& table) {
  const Subcubes cubes(table.n_inputs(), max_subcube_inputs);
  const std::vector<std::uint8_t> values = values_on(cubes, table);
  const std::uint32_t all = (std::uint32_t{1} << table.n_inputs()) - 1;
  std::vector<Cube> primes;
  cubes.ascending([&](std::size_t s, std::uint32_t free, std::uint32_t value) {
    if (values[s] != 1) return;
    for (std::uint32_t left = all & ~free; left != 0; left &= left - 1) {
      const unsigned i = static_cast<unsigned>(std::countr_zero(left));
      if (values[s + (2 - (value >> i & 1)) * cubes.power(i)] == 1) return; // half of a larger one
    }
    primes.push_back({all & ~free, value});
  });
  std::ranges::sort(
      primes, [](const Cube& a, const Cube& b) { return a.mask != b.mask ? a.mask < b.mask : a.value < b.value; });
  return primes;
}

// On a subcube f is a parity of the free inputs, up to the complement, if and only if it is one on both halves along a
// free input, and each is the complement of the other. The entry is then f where the free inputs are 0.
Cube largest_parity(const TruthTable& table) {
  constexpr std::uint8_t none = 2;
  const Subcubes cubes(table.n_inputs(), max_subcube_inputs);
  const std::uint32_t all = (std::uint32_t{1} << table.n_inputs()) - 1;
  std::vector<std::uint8_t> corner(cubes.count());
  Cube best{all, 0};
  cubes.ascending([&](std::size_t s, std::uint32_t free, std::uint32_t value) {
    if (free == 0) {
      corner[s] = table.values()[value];
      return;
    }
    const std::size_t step = cubes.power(static_cast<unsigned>(std::countr_zero(free)));
    const std::uint8_t low = corner[s - 2 * step], high = corner[s - step];
    corner[s] = low + high == 1 ? low : none;
    if (corner[s] != none && std::popcount(free) > std::popcount(all & ~best.mask)) best = {all & ~free, value};
  });
  return best;
}

} // namespace retrodict
