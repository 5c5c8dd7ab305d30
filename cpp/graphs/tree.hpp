// A rooted tree, validated once. Every kernel may rely on what the constructor checked.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace retrodict {

class Tree {
 public:
  // parent[0] = -1 and 0 <= parent[v] < v otherwise: the root is node 0 and parents come before their children, so
  // ascending ids walk down and descending ids walk up.
  explicit Tree(std::vector<std::int32_t> parent);

  std::size_t n_nodes() const { return parent_.size(); }
  std::size_t n_leaves() const { return leaves_.size(); }
  std::span<const std::int32_t> parent() const { return parent_; }
  // Ascending node ids without children: the column order of leaf data everywhere.
  std::span<const std::int32_t> leaves() const { return leaves_; }
  // Position of node v among the leaves, or -1.
  std::int32_t leaf_index(std::size_t v) const { return leaf_index_[v]; }
  std::span<const std::int32_t> children(std::size_t v) const {
    return {children_.data() + first_child_[v], children_.data() + first_child_[v + 1]};
  }

 private:
  std::vector<std::int32_t> parent_, leaves_, leaf_index_, children_;
  std::vector<std::size_t> first_child_;
};

} // namespace retrodict
