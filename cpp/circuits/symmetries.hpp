// Boolean functions of at most five inputs as words, and what permuting and complementing inputs makes of them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <numeric>
#include <vector>

namespace retrodict {

// Bit x is the value at x, and input i is bit i of x.
using Function = std::uint32_t;

// A function is *normal* if it vanishes at 0; of f and its complement one is. The class of f is what permuting inputs,
// complementing inputs and complementing the result make of it.
class Symmetries {
 public:
  explicit Symmetries(unsigned n_inputs) : n_inputs_(n_inputs), all_((std::uint64_t{1} << (1u << n_inputs)) - 1) {
    // Plain changes (Johnson, 1963; Trotter, 1962; English bell-ringers, 17th century): each permutation once, from
    // each to the next by exchanging two neighbours. The largest element that can moves on; those above it turn round.
    std::vector<unsigned> order(n_inputs);
    std::iota(order.begin(), order.end(), 0u);
    std::vector<bool> upwards(n_inputs, false);
    for (unsigned moving = n_inputs; moving-- > 0;) {
      const auto place = static_cast<unsigned>(std::find(order.begin(), order.end(), moving) - order.begin());
      const unsigned other = upwards[moving] ? place + 1 : place - 1; // wraps to a place that does not exist
      if (other >= n_inputs || order[other] > moving) continue;
      exchanges_.push_back(std::max(place, other));
      std::swap(order[place], order[other]);
      for (unsigned above = moving + 1; above < n_inputs; ++above) upwards[above] = !upwards[above];
      moving = n_inputs;
    }
  }

  unsigned n_inputs() const { return n_inputs_; }
  Function all() const { return all_; }
  Function input(unsigned i) const { return pattern[i] & all_; }
  Function normal(Function f) const { return f & 1 ? f ^ all_ : f; }

  // f with input i complemented.
  Function complement(Function f, unsigned i) const {
    const unsigned step = 1u << i;
    return ((f & pattern[i]) >> step | (f & ~pattern[i]) << step) & all_;
  }

  // f with inputs i - 1 and i exchanged.
  Function exchange(Function f, unsigned i) const {
    const Function high = input(i), below = input(i - 1), moved = high & ~below;
    const unsigned by = 1u << (i - 1);
    return (f & ~(high ^ below)) | (f & moved) >> by | (f & below & ~high) << by;
  }

  // Calls use(g) for the 2^n n! images g of f under permuting and complementing inputs: plain changes, and between two
  // of them a Gray code over the complements, which after 2^n steps is back where it began.
  template <class Use> void for_each_image(Function f, Use&& use) const {
    for (std::size_t changes = 0;; ++changes) {
      for (unsigned count = 1; count <= 1u << n_inputs_; ++count) {
        use(f);
        if (n_inputs_ > 0) f = complement(f, std::min<unsigned>(std::countr_zero(count), n_inputs_ - 1));
      }
      if (changes == exchanges_.size()) return;
      f = exchange(f, exchanges_[changes]);
    }
  }

  // The least normal function of the class of f. Two functions of one class have the same normal images, so the same
  // least one; and the least one is in the class. So it is a canonical form.
  Function canonical(Function f) const {
    Function least = normal(f);
    for_each_image(f, [&](Function g) { least = std::min(least, normal(g)); });
    return least;
  }

  static constexpr std::array<Function, 5> pattern{0xAAAAAAAA, 0xCCCCCCCC, 0xF0F0F0F0, 0xFF00FF00, 0xFFFF0000};

 private:
  unsigned n_inputs_;
  Function all_;
  std::vector<unsigned> exchanges_;
};

// Calls use(h) for each normal h that a gate makes of the normal functions a and b and that is not made of one alone.
template <class Use> void join(Function a, Function b, bool with_xor, Use&& use) {
  use(a & b);
  use(a & ~b);
  use(b & ~a);
  use(a | b);
  if (with_xor) use(a ^ b);
}

} // namespace retrodict
