#include "graphs/channels.hpp"

#include <cmath>
#include <string>

#include "core/require.hpp"

namespace retrodict {

namespace {

// Requires that `row` is a probability vector. Names are made only for a message: `entry(j)` is what entry j is called,
// `whole()` what the row is called.
template <class Entry, class Whole>
void require_law(std::span<const double> row, const Entry& entry, const Whole& whole, const char* rule) {
  double sum = 0;
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (!(row[j] >= 0 && row[j] <= 1)) reject(entry(j), " = ", shortest(row[j]), ": a probability is between 0 and 1");
    sum += row[j];
  }
  if (!(std::abs(sum - 1) <= Channels::tolerance))
    reject(whole(), " sums to ", shortest(sum), ": ", rule, " sums to 1 (within ", Channels::tolerance, ")");
}

} // namespace

Channels::Channels(const Tree& tree, std::span<const double> entries, std::size_t n_states, bool shared,
                   std::span<const double> prior)
    : entries_(entries), n_states_(n_states), shared_(shared), prior_(prior.begin(), prior.end()) {
  require(n_states >= 1, "channels has no states: there must be at least one");
  require(n_states <= most_states, "channels has ", n_states, " states: at most ", most_states);
  const std::size_t blocks = shared ? 1 : tree.n_nodes();
  require(entries.size() == blocks * n_states * n_states, "channels has ", entries.size(), " entries: ", blocks, " x ",
          n_states, " x ", n_states, " are needed");
  for (std::size_t v = shared ? 0 : 1; v < blocks; ++v)
    for (std::size_t i = 0; i < n_states; ++i) {
      const auto open = [&] { return "channels[" + (shared ? "" : std::to_string(v) + ", ") + std::to_string(i); };
      require_law(
          above(v).subspan(i * n_states, n_states),
          [&](std::size_t j) { return open() + ", " + std::to_string(j) + "]"; }, [&] { return open() + "]"; },
          "a row of a channel");
    }
  if (prior_.empty()) prior_.assign(n_states, 1.0 / static_cast<double>(n_states));
  require(prior_.size() == n_states, "prior has ", prior_.size(), " entries: the channels have ", n_states, " states");
  require_law(
      prior_, [](std::size_t j) { return "prior[" + std::to_string(j) + "]"; }, [] { return "prior"; }, "a prior");
}

} // namespace retrodict
