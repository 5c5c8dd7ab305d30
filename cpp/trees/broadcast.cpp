#include "trees/broadcast.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/parallel.hpp"
#include "core/rng_tile.hpp"

namespace retrodict {

namespace {

// Inverse distribution functions in fixed point: a table of rows of `width - 1` ascending thresholds, in units of
// 2^-62, and the state of a uniform word u is the number of thresholds <= u. The last state that is possible has no
// threshold above it, so that rounding never makes an impossible state possible. Rows are padded with thresholds that
// no word reaches up to a width that is a power of two, so that a search takes the same steps for every word.
class InverseLaws {
 public:
  explicit InverseLaws(std::size_t n_states) : width_(std::bit_ceil(n_states)) {}

  void add(std::span<const double> law) {
    std::size_t last = law.size() - 1;
    while (law[last] == 0) --last;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i + 1 < width_; ++i)
      thresholds_.push_back(i < last ? sum += static_cast<std::int64_t>(std::nearbyint(std::ldexp(law[i], bits)))
                                     : std::numeric_limits<std::int64_t>::max());
  }

  // Entry k of `states` is drawn from row `row(k)`.
  template <class Row, class State> void draw(const StreamTile::Words& words, const Row& row, State* states) const {
    for (std::size_t k = 0; k < StreamTile::size; ++k) {
      const auto u = static_cast<std::int64_t>(words[k] >> (64 - bits));
      const std::int64_t* const thresholds = thresholds_.data() + row(k) * (width_ - 1);
      std::size_t below = 0;
      for (std::size_t step = width_ / 2; step > 0; step /= 2) below += thresholds[below + step - 1] <= u ? step : 0;
      states[k] = static_cast<State>(below);
    }
  }

 private:
  // A row may sum to a little more than 1, and 2^62 (1 + tolerance) still fits.
  static constexpr int bits = 62;

  std::size_t width_;
  std::vector<std::int64_t> thresholds_;
};

} // namespace

template <class State>
void broadcast(const Tree& tree, const Channels& channels, std::uint64_t seed, std::uint64_t first, bool leaves_only,
               std::size_t threads, std::span<State> states) {
  const std::size_t n_nodes = tree.n_nodes(), q = channels.n_states(), tile = StreamTile::size;
  InverseLaws prior(q), edges(q);
  prior.add(channels.prior());
  for (std::size_t v = 1; v < (channels.shared() ? std::min<std::size_t>(n_nodes, 2) : n_nodes); ++v)
    for (std::size_t i = 0; i < q; ++i) edges.add(channels.above(v).subspan(i * q, q));

  std::vector<std::int32_t> columns(tree.leaves().begin(), tree.leaves().end());
  if (!leaves_only) {
    columns.resize(n_nodes);
    std::iota(columns.begin(), columns.end(), 0);
  }

  const std::size_t n = states.size() / columns.size();
  std::vector<std::vector<State>> scratch(worker_count(n, tile, threads), std::vector<State>(n_nodes * tile));
  for_blocks(n, tile, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    State* const tiles = scratch[worker].data(); // n_nodes rows, one column a sample
    StreamTile streams(seed, first + begin);
    prior.draw(streams.next_u64(), [](std::size_t) { return 0; }, tiles);
    for (std::size_t v = 1; v < n_nodes; ++v) {
      const State* const parent = tiles + static_cast<std::size_t>(tree.parent()[v]) * tile;
      const std::size_t base = channels.shared() ? 0 : (v - 1) * q;
      edges.draw(streams.next_u64(), [=](std::size_t k) { return base + parent[k]; }, tiles + v * tile);
    }
    for (std::size_t i = begin; i < end; ++i)
      for (std::size_t c = 0; c < columns.size(); ++c)
        states[i * columns.size() + c] = tiles[static_cast<std::size_t>(columns[c]) * tile + (i - begin)];
  });
}

template void broadcast(const Tree&, const Channels&, std::uint64_t, std::uint64_t, bool, std::size_t,
                        std::span<std::uint8_t>);
template void broadcast(const Tree&, const Channels&, std::uint64_t, std::uint64_t, bool, std::size_t,
                        std::span<std::uint16_t>);

} // namespace retrodict
