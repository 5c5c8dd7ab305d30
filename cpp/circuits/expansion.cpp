// With f0 and f1 the halves of f along input x,
//
//     f = (x and f1) or (not x and f0)      2 leaves beside those of f0 and f1,
//     f = f0 or (x and f1)                  1, if f0 <= f1,
//     f = f1 or (not x and f0)              1, if f1 <= f0,
//
// and where f0 = f1 there is nothing to do. A constant has no leaves, so the second and third lines also say what to do
// with a constant half. Expanding until at most four inputs are free, where the least formula is known, and choosing
// the best input at every subcube gives the smallest formula of this kind.
//
// f rises along i on a subcube (f0 <= f1) if and only if it does so on both halves of the subcube along another free
// input, so one bit for each input and subcube says where the shorter lines apply.

#include "circuits/formula.hpp"
#include "circuits/subcube_walk.hpp"

namespace retrodict {

namespace {

class Expansion {
 public:
  explicit Expansion(std::span<const std::uint8_t> values)
      : values_(values), n_(static_cast<unsigned>(std::countr_zero(values.size()))), cubes_(n_, max_expansion_choice),
        known_(formula_table(std::min(n_, max_formula_inputs))), rises_(cubes_.count()), falls_(cubes_.count()),
        leaves_(cubes_.count()) {}

  std::size_t run() {
    cubes_.ascending([&](std::size_t s, std::uint32_t free, std::uint32_t value) {
      if (free != 0) directions(s, free, value);
      const auto inputs = static_cast<unsigned>(std::popcount(free));
      if (inputs == std::min(n_, max_formula_inputs)) leaves_[s] = known_[word(free, value)];
      if (inputs > max_formula_inputs) leaves_[s] = expanded(s, free);
    });
    return leaves_.back();
  }

 private:
  void directions(std::size_t s, std::uint32_t free, std::uint32_t value) {
    const auto first = static_cast<unsigned>(std::countr_zero(free));
    const std::uint32_t others = free & (free - 1);
    if (others == 0) {
      const std::uint8_t low = values_[value], high = values_[value | free];
      rises_[s] = static_cast<std::uint16_t>(low <= high ? free : 0);
      falls_[s] = static_cast<std::uint16_t>(high <= low ? free : 0);
      return;
    }
    const auto on_both = [&](const std::vector<std::uint16_t>& along, unsigned i) {
      return along[s - 2 * cubes_.power(i)] & along[s - cubes_.power(i)];
    };
    const auto second = static_cast<unsigned>(std::countr_zero(others)); // tells of the first
    const std::uint32_t one = free & ~others;
    rises_[s] = static_cast<std::uint16_t>(on_both(rises_, first) | (on_both(rises_, second) & one));
    falls_[s] = static_cast<std::uint16_t>(on_both(falls_, first) | (on_both(falls_, second) & one));
  }

  std::uint32_t expanded(std::size_t s, std::uint32_t free) const {
    std::uint32_t best = ~0u;
    for (std::uint32_t left = free; left != 0; left &= left - 1) {
      const auto i = static_cast<unsigned>(std::countr_zero(left));
      const std::uint32_t low = leaves_[s - 2 * cubes_.power(i)], high = leaves_[s - cubes_.power(i)];
      const bool rises = rises_[s] >> i & 1, falls = falls_[s] >> i & 1;
      if (rises && falls) return low;
      best = std::min(best, low + high + (rises || falls ? 1 : 2));
    }
    return best;
  }

  // The function of the free inputs, in their order.
  std::uint32_t word(std::uint32_t free, std::uint32_t value) const {
    std::uint32_t word = 0, inside = 0;
    for (unsigned x = 0; x < 1u << std::popcount(free); ++x) {
      word |= static_cast<std::uint32_t>(values_[value | inside]) << x;
      inside = (inside - free) & free;
    }
    return word;
  }

  std::span<const std::uint8_t> values_;
  unsigned n_;
  Subcubes cubes_;
  std::vector<std::uint8_t> known_;
  std::vector<std::uint16_t> rises_, falls_; // bit i: along input i
  std::vector<std::uint32_t> leaves_;        // where at least four inputs are free
};

std::size_t by_expansion(std::span<const std::uint8_t> values) {
  if (values.size() <= std::size_t{1} << max_expansion_choice) return Expansion(values).run();
  const auto low = values.first(values.size() / 2), high = values.last(values.size() / 2);
  bool rises = true, falls = true;
  for (std::size_t x = 0; x < low.size(); ++x) {
    rises &= low[x] <= high[x];
    falls &= high[x] <= low[x];
  }
  const std::size_t leaves = by_expansion(low);
  return rises && falls ? leaves : leaves + by_expansion(high) + (rises || falls ? 1 : 2);
}

} // namespace

std::size_t formula_by_expansion(const TruthTable& table) { return by_expansion(table.values()); }

} // namespace retrodict
