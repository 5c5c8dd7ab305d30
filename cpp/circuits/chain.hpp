// A chain that grows and shrinks like a stack, and the list of all functions that one more gate makes. The terms are
// those of search.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "circuits/search.hpp"

namespace retrodict {

using Members = std::uint64_t;  // a bit for each input, then for each function of the chain in its order
using Position = std::uint16_t; // in the list, which is shorter than 5 (64 choose 2)

// A function of the chain and the two members that its gate reads.
struct ChainStep {
  std::uint64_t function;
  Members reads;
};

inline bool at_most_two(Members m) {
  m &= m - 1;
  return (m & (m - 1)) == 0;
}

template <class Word> class Chain {
 public:
  static constexpr Position none = 0xFFFF;

  struct Mark {
    std::size_t members, list;
  };

  Chain(unsigned n_inputs, bool with_xor) : n_inputs_(n_inputs), with_xor_(with_xor) {
    heads_.fill(none);
    list(0, 0);
    for (unsigned i = 0; i < n_inputs; ++i) list(static_cast<Word>(input_word(i, n_inputs)), 0);
    for (unsigned i = 0; i < n_inputs; ++i) join(1 + i);
  }

  // Inputs, then the chain.
  const std::vector<Word>& members() const { return members_; }
  // 0, the inputs, then what gates make, members of the chain among it.
  const std::vector<Word>& listed() const { return list_; }
  std::size_t first_made() const { return 1 + n_inputs_; }
  // One way to make a listed function.
  Members reads(std::size_t i) const { return reads_[i]; }
  bool is_member(std::size_t i) const { return is_member_[i]; }

  Position find(Word f) const {
    Position i = heads_[slot(f)];
    while (i != none && list_[i] != f) i = next_[i];
    return i;
  }

  // Makes a listed function a member and lists what it newly makes.
  void join(std::size_t i) {
    const Word g = list_[i];
    const Members self = Members{1} << members_.size();
    for (std::size_t k = 0; k < members_.size(); ++k) {
      const Word c = members_[k];
      const Members reads = self | Members{1} << k;
      list(c & g, reads);
      list(c & ~g, reads);
      list(g & ~c, reads);
      list(c | g, reads);
      if (with_xor_) list(c ^ g, reads);
    }
    is_member_[i] = true;
    members_.push_back(g);
  }

  Mark mark() const { return {members_.size(), list_.size()}; }

  void shrink(const Mark& mark) {
    for (; members_.size() > mark.members; members_.pop_back()) is_member_[find(members_.back())] = false;
    while (list_.size() > mark.list) {
      heads_[slot(list_.back())] = next_.back();
      list_.pop_back(), next_.pop_back(), reads_.pop_back(), is_member_.pop_back();
    }
  }

  std::vector<ChainStep> steps() const {
    std::vector<ChainStep> steps;
    for (std::size_t k = n_inputs_; k < members_.size(); ++k) steps.push_back({members_[k], reads_[find(members_[k])]});
    return steps;
  }

 private:
  static std::size_t slot(Word f) { return f * std::uint64_t{0x9E3779B97F4A7C15} >> 52; }

  void list(Word f, Members reads) {
    if (find(f) != none) return;
    next_.push_back(std::exchange(heads_[slot(f)], static_cast<Position>(list_.size())));
    list_.push_back(f), reads_.push_back(reads), is_member_.push_back(false);
  }

  unsigned n_inputs_;
  bool with_xor_;
  std::vector<Word> members_, list_;
  std::vector<Members> reads_;
  std::vector<std::uint8_t> is_member_;
  std::vector<Position> next_;       // listed with the same hash
  std::array<Position, 4096> heads_; // the last one listed with each hash
};

} // namespace retrodict
