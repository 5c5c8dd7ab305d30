// Branch and bound with weights on the rows (Lagrange multipliers; Beasley, European J. Operational Research 31, 1987).
//
// The bound. Let w >= 0 be weights of the rows and C a cover. Every row is in some column of C, so the rows weigh at
// most sum over c in C of w(c) = |C| + sum over c in C of (w(c) - 1) <= |C| + sum over all c of max(0, w(c) - 1). All
// of it is in integers, multiples of 1 / weight_unit, so no rounding enters. Steps of a subgradient only choose the
// weights; that choice decides how good the bound is, not whether it is true.
//
// Why nothing is missed. A node of the search is a set of columns taken and a set of columns barred, and stands for the
// covers that contain the former, none of the latter, and are smaller than the best cover known. A node is left when
// it stands for none: a row has no column left, or the number taken plus the bound for the rows and columns left is no
// smaller than the best. Let B be that sum before rounding up, and d = w(c) - 1. A cover with c, d < 0, has at least
// B - d columns, and one without c, d > 0, at least B + d: so c is barred or taken where that is not smaller than the
// best. A row with one column left has it taken. Else the node is divided: a column is taken, or barred. Hence when no
// node is left the best cover known is a smallest one.

#include "circuits/cover.hpp"

#include <algorithm>
#include <numeric>
#include <queue>

#include "core/parallel.hpp"
#include "core/require.hpp"

namespace retrodict {

namespace {

using Weights = std::vector<std::int64_t>;

struct Node {
  std::vector<std::uint32_t> taken;
  std::vector<std::uint8_t> covered, barred; // rows, columns; a taken column is barred too
  Weights weights;
};

class Search {
 public:
  explicit Search(const CoverProblem& problem)
      : problem_(problem), columns_of_(problem.rows), load_(problem.columns.size()) {
    for (std::uint32_t c = 0; c < problem.columns.size(); ++c)
      for (const std::uint32_t row : problem.columns[c]) {
        require(row < problem.rows, "columns[", c, "] has row ", row, ": there are ", problem.rows);
        columns_of_[row].push_back(c);
        ++entries_;
      }
    for (std::size_t row = 0; row < problem.rows; ++row)
      require(!columns_of_[row].empty(), "row ", row, " is in no column: there is no cover");
  }

  Cover run(std::size_t nodes) {
    Node root{{}, std::vector<std::uint8_t>(problem_.rows), std::vector<std::uint8_t>(problem_.columns.size()), {}};
    // At first a row weighs what it weighs if the largest column that it is in is shared evenly.
    for (std::size_t row = 0; row < problem_.rows; ++row) {
      std::size_t most = 1;
      for (const std::uint32_t c : columns_of_[row]) most = std::max(most, problem_.columns[c].size());
      root.weights.push_back(weight_unit / static_cast<std::int64_t>(most));
    }
    best_ = greedy(root);
    improve(root, root_steps);
    best_weights_ = root.weights;
    open_.push_back(std::move(root));
    // for_blocks looks for Ctrl-C between its blocks.
    for_blocks(nodes, 1, 1, [&](std::size_t, std::size_t, std::size_t) {
      if (!open_.empty()) visit();
    });
    std::ranges::sort(best_);
    return {best_, best_weights_, open_.empty()};
  }

 private:
  static constexpr unsigned root_steps = 400, steps = 40;
  static constexpr std::size_t most_work = std::size_t{1} << 26; // entries read by the steps of one node

  // The weight of the rows left in each column that is left; the bound for them, in units.
  std::int64_t price(const Node& node, const Weights& weights) {
    std::int64_t bound = 0;
    for (std::size_t row = 0; row < problem_.rows; ++row)
      if (!node.covered[row]) bound += weights[row];
    for (std::size_t c = 0; c < load_.size(); ++c) {
      if (node.barred[c]) continue;
      load_[c] = 0;
      for (const std::uint32_t row : problem_.columns[c])
        if (!node.covered[row]) load_[c] += weights[row];
      bound -= std::max<std::int64_t>(0, load_[c] - weight_unit);
    }
    return bound;
  }

  // Moves the weights of a node to where they bound best, and returns that bound; `load_` is left to match.
  std::int64_t improve(Node& node, unsigned most_steps) {
    const auto affordable = static_cast<unsigned>(most_work / (entries_ + 1));
    Weights now = node.weights;
    std::int64_t best = price(node, node.weights);
    double rate = 1;
    for (unsigned step = 0, idle = 0; step < std::min(most_steps, affordable) && !hopeless(node, best); ++step) {
      const std::int64_t bound = step == 0 ? best : price(node, now);
      if (bound > best) {
        best = bound;
        node.weights = now;
        idle = 0;
      } else if (++idle % 8 == 0) {
        rate /= 2;
        now = node.weights;
        price(node, now);
      }
      if (most_steps == root_steps && step % 50 == 49) offer(greedy(node));
      move(node, now, rate * static_cast<double>(target(node) + weight_unit - bound));
    }
    return price(node, node.weights);
  }

  // A row that no heavy column has gains weight, and one that several have loses.
  void move(const Node& node, Weights& weights, double distance) {
    std::vector<std::int64_t> miss(problem_.rows, 1);
    for (std::size_t c = 0; c < load_.size(); ++c)
      if (!node.barred[c] && load_[c] > weight_unit)
        for (const std::uint32_t row : problem_.columns[c]) --miss[row];
    std::int64_t norm = 0;
    for (std::size_t row = 0; row < problem_.rows; ++row)
      if (!node.covered[row]) norm += miss[row] * miss[row];
    if (norm == 0) return;
    for (std::size_t row = 0; row < problem_.rows; ++row)
      if (!node.covered[row]) {
        const double by = distance * static_cast<double>(miss[row]) / static_cast<double>(norm);
        weights[row] = std::clamp<std::int64_t>(weights[row] + static_cast<std::int64_t>(by), 0, weight_unit);
      }
  }

  // What the bound of a node must exceed, in units, to be left.
  std::int64_t target(const Node& node) const {
    return (static_cast<std::int64_t>(best_.size()) - static_cast<std::int64_t>(node.taken.size()) - 1) * weight_unit;
  }
  bool hopeless(const Node& node, std::int64_t bound) const { return bound > target(node); }

  void offer(std::vector<std::uint32_t> cover) {
    if (cover.size() < best_.size()) best_ = std::move(cover);
  }

  // A cover that contains what the node has taken: always the column of the most weight not yet covered, then without
  // those that are not needed. Weights only fall as rows are covered, so that the head of the queue, when its weight is
  // up to date, is the largest.
  std::vector<std::uint32_t> greedy(const Node& node) {
    std::vector<std::uint8_t> covered = node.covered;
    std::size_t open = static_cast<std::size_t>(std::ranges::count(covered, 0));
    std::vector<std::uint32_t> cover;
    const auto weight = [&](std::uint32_t c) {
      std::int64_t sum = 0;
      for (const std::uint32_t row : problem_.columns[c])
        if (!covered[row]) sum += node.weights[row] + 1; // a row without weight counts too
      return sum;
    };
    std::priority_queue<std::pair<std::int64_t, std::uint32_t>> queue;
    for (std::uint32_t c = 0; c < problem_.columns.size(); ++c)
      if (!node.barred[c]) queue.emplace(weight(c), c);
    while (open > 0 && !queue.empty()) {
      const auto [stored, c] = queue.top();
      queue.pop();
      const std::int64_t now = weight(c);
      if (now < stored) {
        if (now > 0) queue.emplace(now, c);
        continue;
      }
      cover.push_back(c);
      for (const std::uint32_t row : problem_.columns[c]) {
        open -= !covered[row];
        covered[row] = 1;
      }
    }
    std::vector<std::uint32_t> times(problem_.rows);
    cover.insert(cover.begin(), node.taken.begin(), node.taken.end());
    for (const std::uint32_t c : cover)
      for (const std::uint32_t row : problem_.columns[c]) ++times[row];
    if (std::ranges::count(times, 0u) > 0) return best_.empty() ? cover : best_; // what is left does not suffice
    std::erase_if(cover, [&](std::uint32_t c) {
      const auto& rows = problem_.columns[c];
      if (!std::ranges::all_of(rows, [&](std::uint32_t row) { return times[row] > 1; })) return false;
      for (const std::uint32_t row : rows) --times[row];
      return true;
    });
    return cover;
  }

  void take(Node& node, std::uint32_t c) {
    node.taken.push_back(c);
    node.barred[c] = 1;
    for (const std::uint32_t row : problem_.columns[c]) node.covered[row] = 1;
  }

  // Takes the columns that a row needs; the row left with the fewest columns; false if a row has none.
  bool forced(Node& node, std::uint32_t& row) {
    for (bool again = true; again;) {
      again = false;
      row = static_cast<std::uint32_t>(problem_.rows);
      std::size_t fewest = ~std::size_t{0};
      for (std::uint32_t r = 0; r < problem_.rows && !again; ++r) {
        if (node.covered[r]) continue;
        std::uint32_t last = 0;
        std::size_t columns = 0;
        for (const std::uint32_t c : columns_of_[r])
          if (!node.barred[c]) ++columns, last = c;
        if (columns == 0) return false;
        if (columns == 1) take(node, last), again = true;
        if (columns < fewest) fewest = columns, row = r;
      }
    }
    return true;
  }

  void visit() {
    Node node = std::move(open_.back());
    open_.pop_back();
    std::uint32_t row = 0;
    for (bool changed = true; changed;) {
      changed = false;
      if (!forced(node, row)) return;
      if (row == problem_.rows) return offer(node.taken);
      const std::int64_t bound = improve(node, steps), most = target(node);
      if (hopeless(node, bound)) return;
      for (std::uint32_t c = 0; c < load_.size(); ++c) {
        if (node.barred[c]) continue;
        const std::int64_t gain = load_[c] - weight_unit;
        if (bound - std::min<std::int64_t>(gain, 0) > most)
          node.barred[c] = 1, changed = true;
        else if (bound + gain > most && gain > 0) {
          take(node, c);
          changed = true;
          break; // the loads have changed
        }
      }
    }
    offer(greedy(node));
    std::uint32_t heaviest = 0;
    std::int64_t most = -1;
    for (const std::uint32_t c : columns_of_[row])
      if (!node.barred[c] && load_[c] > most) most = load_[c], heaviest = c;
    Node without = node;
    without.barred[heaviest] = 1;
    open_.push_back(std::move(without));
    take(node, heaviest);
    open_.push_back(std::move(node));
  }

  const CoverProblem& problem_;
  std::vector<std::vector<std::uint32_t>> columns_of_;
  std::size_t entries_ = 0;
  Weights load_, best_weights_;
  std::vector<std::uint32_t> best_;
  std::vector<Node> open_;
};

} // namespace

std::size_t cover_bound(const CoverProblem& problem, const std::vector<std::int64_t>& weights) {
  require(weights.size() == problem.rows, "weights has ", weights.size(), " entries: there are ", problem.rows,
          " rows");
  std::int64_t bound = 0;
  for (std::size_t row = 0; row < problem.rows; ++row) {
    require(weights[row] >= 0 && weights[row] <= weight_unit, "weights[", row, "] = ", weights[row],
            ": a weight lies in 0 ... ", weight_unit);
    bound += weights[row];
  }
  for (const auto& column : problem.columns) {
    std::int64_t load = 0;
    for (const std::uint32_t row : column) load += weights[row];
    bound -= std::max<std::int64_t>(0, load - weight_unit);
  }
  return static_cast<std::size_t>(std::max<std::int64_t>(0, (bound + weight_unit - 1) / weight_unit));
}

Cover smallest_cover(const CoverProblem& problem, std::size_t nodes) { return Search(problem).run(nodes); }

} // namespace retrodict
