#include "graphs/tree.hpp"

#include <limits>

#include "core/require.hpp"

namespace retrodict {

Tree::Tree(std::vector<std::int32_t> parent) : parent_(std::move(parent)) {
  const std::size_t n = parent_.size();
  require(n > 0, "parent is empty: a tree has at least its root");
  require(n <= static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()), "parent has ", n,
          " entries: at most 2^31 - 1 nodes");
  require(parent_[0] == -1, "parent[0] = ", parent_[0], ": node 0 is the root and its parent is -1");
  for (std::size_t v = 1; v < n; ++v) {
    require(parent_[v] >= 0, "parent[", v, "] = ", parent_[v], ": only the root, node 0, has no parent");
    require(static_cast<std::size_t>(parent_[v]) < v, "parent[", v, "] = ", parent_[v],
            ": a parent must come before its child");
  }
  first_child_.assign(n + 1, 0);
  for (std::size_t v = 1; v < n; ++v) ++first_child_[static_cast<std::size_t>(parent_[v]) + 1];
  for (std::size_t v = 0; v < n; ++v) first_child_[v + 1] += first_child_[v];
  children_.resize(n - 1);
  std::vector<std::size_t> next(first_child_.begin(), first_child_.end() - 1);
  for (std::size_t v = 1; v < n; ++v)
    children_[next[static_cast<std::size_t>(parent_[v])]++] = static_cast<std::int32_t>(v);
  leaf_index_.assign(n, -1);
  for (std::size_t v = 0; v < n; ++v) {
    if (first_child_[v] != first_child_[v + 1]) continue;
    leaf_index_[v] = static_cast<std::int32_t>(leaves_.size());
    leaves_.push_back(static_cast<std::int32_t>(v));
  }
}

} // namespace retrodict
