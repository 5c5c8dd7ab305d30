// The subfunctions of a Boolean function, numbered.
//
// F(J), for a set J of inputs, are the functions of J that arise when the inputs outside J are fixed. The *table* of J
// gives for each assignment to the inputs outside J (packed: their bits in ascending order) the number of its member of
// F(J), counted by first occurrence. A member of F(J) is the pair of its restrictions to x_k = 0 and 1, for any k in J,
// and these are members of F(J - {k}). So the table of J is made from that of J - {k} by numbering pairs, and a member
// depends on k if the two numbers of its pair differ.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace retrodict {

using Set = std::uint32_t; // of inputs

inline Set without(Set set, unsigned k) { return set & ~(Set{1} << k); }

// Assignments `rest` to the inputs outside a set, seen from the set without k: the one with x_k = 0, and the step to
// the one with x_k = 1.
class Branch {
 public:
  Branch(Set outside, unsigned k) : step_(std::size_t{1} << std::popcount(outside & ((Set{1} << k) - 1))) {}
  std::size_t step() const { return step_; }
  std::size_t low(std::size_t rest) const { return rest + (rest & ~(step_ - 1)); }
  std::size_t high(std::size_t rest) const { return low(rest) + step_; }

 private:
  std::size_t step_;
};

// Fills the table of the empty set. Returns the number of values that the function takes.
template <class Number> std::size_t number_values(std::span<const std::uint8_t> values, Number* table) {
  std::size_t members = 1;
  for (std::size_t x = 0; x < values.size(); ++x) {
    table[x] = values[x] != values[0];
    if (table[x] == 1) members = 2;
  }
  return members;
}

// A table that is there already, of J - {k}.
template <class Number> struct Numbered {
  const Number* table;
  std::size_t members;
};

// Makes tables, one at a time, and keeps of the last one an assignment for each member.
class Subfunctions {
 public:
  // For tables of at most `entries`.
  explicit Subfunctions(std::size_t entries)
      : slots_(std::max(2 * std::bit_ceil(entries), std::min(direct_slots, 64 * entries)), unseen), slot_of_(entries),
        pairs_(entries), first_seen_(entries) {}

  // Fills the table of J from that of J - {k}, which has twice as many entries. Returns |F(J)|.
  template <class Number> std::size_t number(Numbered<Number> below, Branch branch, std::span<Number> table) {
    members_ = 0;
    if (below.members == 2 * table.size()) { // no two assignments below agree, so none here do
      members_ = table.size();
      std::iota(table.begin(), table.end(), Number{0});
      std::iota(first_seen_.begin(), first_seen_.begin() + static_cast<std::ptrdiff_t>(members_), 0u);
      return members_;
    }
    if (below.members * below.members <= slots_.size()) {
      fill(below, branch, table, [&](std::size_t low, std::size_t high) { return low * below.members + high; });
    } else {
      const int shift = 64 - std::bit_width(2 * table.size() - 1);
      const std::size_t mask = (std::size_t{1} << (64 - shift)) - 1;
      fill(below, branch, table, [&](std::size_t low, std::size_t high) {
        const std::uint64_t pair = std::uint64_t{low} << 32 | high;
        std::size_t slot = pair * 0x9E3779B97F4A7C15u >> shift;
        while (slots_[slot] != unseen && pairs_[slots_[slot]] != pair) slot = (slot + 1) & mask;
        return slot;
      });
    }
    for (std::size_t member = 0; member < members_; ++member) slots_[slot_of_[member]] = unseen;
    return members_;
  }

  // How many members of the last F(J) depend on k; `below` is the table of J - {k}.
  template <class Number> std::size_t dependent(Numbered<Number> below, Branch branch, std::size_t entries) const {
    if (below.members == 2 * entries) return members_;
    std::size_t nodes = 0;
    for (const std::uint32_t rest : std::span(first_seen_).first(members_))
      nodes += below.table[branch.low(rest)] != below.table[branch.high(rest)];
    return nodes;
  }

 private:
  static constexpr std::uint32_t unseen = 0xFFFFFFFF;
  // A slot for every pair while that is not too many; then a hash table. Slots in use are as many as members, so that
  // they stay in the cache however many there are.
  static constexpr std::size_t direct_slots = std::size_t{1} << 20;

  template <class Number, class SlotOf>
  void fill(Numbered<Number> below, Branch branch, std::span<Number> table, SlotOf slot_of) {
    const std::size_t step = branch.step();
    std::uint32_t members = 0;
    for (std::size_t begin = 0; begin < table.size(); begin += step) {
      const Number *low = below.table + 2 * begin, *high = low + step;
      for (std::size_t i = 0; i < step; ++i) {
        const std::size_t slot = slot_of(low[i], high[i]);
        if (slots_[slot] == unseen) {
          slot_of_[members] = static_cast<std::uint32_t>(slot);
          pairs_[members] = std::uint64_t{low[i]} << 32 | high[i];
          first_seen_[members] = static_cast<std::uint32_t>(begin + i);
          slots_[slot] = members++;
        }
        table[begin + i] = static_cast<Number>(slots_[slot]);
      }
    }
    members_ = members;
  }

  std::vector<std::uint32_t> slots_; // the number of the member whose pair it is
  std::vector<std::uint32_t> slot_of_;
  std::vector<std::uint64_t> pairs_;
  std::vector<std::uint32_t> first_seen_;
  std::size_t members_ = 0;
};

} // namespace retrodict
