// The Hungarian method in its form with shortest augmenting paths (after Jonker and Volgenant, 1987, recalled): rows
// are added one by one, with integer potentials u, v such that u_i + v_j <= cost_ij, and equality where i is assigned
// to j. The best permutations are those within the pairs of equality.

#include "trees/alignment.hpp"

#include <algorithm>
#include <limits>

namespace retrodict {

namespace {

class Assignment {
 public:
  Assignment(std::span<const std::int64_t> counts, std::size_t q) : counts_(counts), q_(q), u_(q + 1), v_(q + 1) {
    row_of_.assign(q + 1, q);
    for (std::size_t i = 0; i < q; ++i) add(i);
  }

  std::vector<std::int32_t> first() {
    std::vector<std::size_t> column_of(q_);
    for (std::size_t j = 0; j < q_; ++j) column_of[row_of_[j]] = j;
    for (std::size_t i = 0; i < q_; ++i)
      for (std::size_t j = 0; j < column_of[i]; ++j) {
        // Row i takes j, and the row that had it takes another one, ..., the last one the column of i.
        if (row_of_[j] < i || !tight(i, j)) continue;
        std::vector<std::uint8_t> seen(q_);
        seen[j] = 1;
        const std::size_t free = column_of[i];
        if (!reassign(row_of_[j], i, free, seen, column_of)) continue;
        column_of[i] = j;
        row_of_[j] = i;
        break;
      }
    return {column_of.begin(), column_of.end()};
  }

 private:
  std::int64_t cost(std::size_t i, std::size_t j) const { return -counts_[i * q_ + j]; }
  bool tight(std::size_t i, std::size_t j) const { return u_[i] + v_[j] == cost(i, j); }

  void add(std::size_t row) {
    constexpr auto infinite = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int64_t> slack(q_, infinite);
    std::vector<std::size_t> before(q_, q_); // on the path to a column
    std::vector<std::uint8_t> reached(q_ + 1);
    row_of_[q_] = row; // a column of its own, where paths begin
    std::size_t column = q_;
    while (row_of_[column] != q_) {
      reached[column] = 1;
      const std::size_t i = row_of_[column];
      std::int64_t step = infinite;
      std::size_t next = q_;
      for (std::size_t j = 0; j < q_; ++j) {
        if (reached[j]) continue;
        const std::int64_t reduced = cost(i, j) - u_[i] - v_[j];
        if (reduced < slack[j]) slack[j] = reduced, before[j] = column;
        if (slack[j] < step) step = slack[j], next = j;
      }
      for (std::size_t j = 0; j <= q_; ++j)
        if (reached[j]) {
          u_[row_of_[j]] += step;
          v_[j] -= step;
        } else if (j < q_) {
          slack[j] -= step;
        }
      column = next;
    }
    for (; column != q_; column = before[column]) row_of_[column] = row_of_[before[column]];
    row_of_[q_] = q_;
  }

  // Gives `row` another column by moving rows after `fixed`, of which one gets the free column.
  bool reassign(std::size_t row, std::size_t fixed, std::size_t free, std::vector<std::uint8_t>& seen,
                std::vector<std::size_t>& column_of) {
    for (std::size_t j = 0; j < q_; ++j) {
      if (seen[j] || !tight(row, j) || (j != free && row_of_[j] <= fixed)) continue;
      seen[j] = 1;
      if (j != free && !reassign(row_of_[j], fixed, free, seen, column_of)) continue;
      column_of[row] = j;
      row_of_[j] = row;
      return true;
    }
    return false;
  }

  std::span<const std::int64_t> counts_;
  std::size_t q_;
  std::vector<std::int64_t> u_, v_;
  std::vector<std::size_t> row_of_;
};

} // namespace

std::vector<std::int32_t> best_permutation(std::span<const std::int64_t> counts, std::size_t q) {
  return Assignment(counts, q).first();
}

} // namespace retrodict
