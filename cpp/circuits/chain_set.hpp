// A valid set of functions, and what one more gate makes of it: a node of the search that cpp/circuits/enumeration.cpp
// describes and proves complete.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/require.hpp"

namespace retrodict {

constexpr unsigned max_joint_inputs = 4;

// The members are the inputs, then gates in the order of their addition, which is a chain. The list has, each once, the
// functions that some gate makes of members; one that is left again by remove() is listed as before its addition.
class ChainSet {
 public:
  using Function = std::uint16_t;

  // A function with one of the ways to make it: the gates that it reads, as bits.
  struct Made {
    Function function;
    std::uint64_t reads;
  };

  explicit ChainSet(unsigned n_inputs) : n_inputs_(n_inputs), listed_(std::size_t{1} << (1u << n_inputs)) {
    listed_[0] = true;
    for (unsigned i = 0; i < n_inputs; ++i) {
      members_.push_back(input(i));
      listed_[input(i)] = true;
    }
    for (const bool is_xor : {false, true}) {
      if (is_xor) first_xor_ = list_.size();
      for (unsigned i = 0; i < n_inputs; ++i)
        for (unsigned j = 0; j < i; ++j) {
          const Function a = input(j), b = input(i);
          if (is_xor)
            enlist({static_cast<Function>(a ^ b), 0});
          else
            made_by_and(a, b, [&](Function f) { enlist({f, 0}); });
        }
    }
  }

  unsigned n_inputs() const { return n_inputs_; }
  Function all() const { return static_cast<Function>((1u << (1u << n_inputs_)) - 1); }
  Function input(unsigned i) const {
    return std::array<Function, max_joint_inputs>{0xAAAA, 0xCCCC, 0xF0F0, 0xFF00}[i] & all();
  }
  const std::vector<Function>& members() const { return members_; }
  const std::vector<Made>& list() const { return list_; }
  std::size_t gates() const { return members_.size() - n_inputs_; }
  bool listed(Function f) const { return listed_[f]; } // also of members, inputs and 0

  // The first functions of the list are those of two inputs: of AND type up to this place, then their sums.
  std::size_t first_xor() const { return first_xor_; }

  // Gates are told apart up to 64 of them.
  static std::uint64_t gate_bit(std::size_t gate) { return std::uint64_t{1} << (gate & 63); }

  // What gates make of g and members; g is the last of them or about to be.
  template <class Use> void each_made(Function g, Use&& use) const {
    const std::uint64_t last = gate_bit(gates());
    for (std::size_t i = 0; i < members_.size(); ++i) {
      const Function a = members_[i];
      const std::uint64_t reads = last | (i < n_inputs_ ? 0 : gate_bit(i - n_inputs_));
      made_by_and(a, g, [&](Function f) { use(Made{f, reads}); });
      use(Made{static_cast<Function>(a ^ g), reads});
    }
  }

  void add(Function g) {
    ends_.push_back(list_.size());
    each_made(g, [&](Made made) { enlist(made); });
    members_.push_back(g);
  }

  void remove() {
    members_.pop_back();
    for (; list_.size() > ends_.back(); list_.pop_back()) listed_[list_.back().function] = false;
    ends_.pop_back();
  }

 private:
  template <class Use> static void made_by_and(Function a, Function b, Use&& use) {
    use(static_cast<Function>(a & b));
    use(static_cast<Function>(a & ~b));
    use(static_cast<Function>(b & ~a));
    use(static_cast<Function>(a | b));
  }

  void enlist(Made made) {
    if (listed_[made.function]) return;
    listed_[made.function] = true;
    list_.push_back(made);
  }

  unsigned n_inputs_;
  std::size_t first_xor_ = 0;
  std::vector<std::uint8_t> listed_;
  std::vector<Function> members_;
  std::vector<Made> list_;
  std::vector<std::size_t> ends_;
};

} // namespace retrodict
