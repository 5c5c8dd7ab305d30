#include "bp/schedule.hpp"

#include <algorithm>

namespace retrodict {

Schedule::Schedule(const Tree& tree) : first_{0} {
  const std::size_t n = tree.n_nodes();
  for (std::size_t v = 0; v < n; ++v) {
    children_.insert(children_.end(), tree.children(v).begin(), tree.children(v).end());
    first_.push_back(children_.size());
  }
  // Messages held while v's is made: those of its first child, or one product and those of a later child.
  std::vector<int> held(n, 0);
  for (std::size_t v = n; v-- > 0;) {
    const auto begin = children_.begin() + static_cast<std::ptrdiff_t>(first_[v]);
    const auto end = children_.begin() + static_cast<std::ptrdiff_t>(first_[v + 1]);
    std::stable_sort(begin, end, [&](auto a, auto b) {
      return held[static_cast<std::size_t>(a)] > held[static_cast<std::size_t>(b)];
    });
    for (auto child = begin; child != end; ++child)
      held[v] = std::max(held[v], held[static_cast<std::size_t>(*child)] + (child == begin ? 0 : 1));
    held[v] = std::max(held[v], 1);
  }
}

} // namespace retrodict
