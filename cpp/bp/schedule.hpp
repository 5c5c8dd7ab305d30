// The order in which messages are multiplied: a function of the tree alone, so that products round alike everywhere.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "graphs/tree.hpp"

namespace retrodict {

class Schedule {
 public:
  explicit Schedule(const Tree& tree);

  // The children of v, the one first whose subtree needs most messages held at a time (Sethi and Ullman 1970): a walk
  // in this order holds at most log2(number of leaves) + 1 of them.
  std::span<const std::int32_t> children(std::size_t v) const {
    return {children_.data() + first_[v], children_.data() + first_[v + 1]};
  }

 private:
  std::vector<std::int32_t> children_;
  std::vector<std::size_t> first_;
};

} // namespace retrodict
