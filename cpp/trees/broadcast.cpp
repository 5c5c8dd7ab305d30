#include "trees/broadcast.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/parallel.hpp"
#include "core/rng_tile.hpp"
#include "core/simd.hpp"
#include "core/transpose.hpp"

namespace retrodict {

namespace {

// Inverse distribution functions in fixed point: a table of rows of `width - 1` ascending thresholds, in units of
// 2^-62, and the state of a uniform word u is the number of thresholds <= u. The last state that is possible has no
// threshold above it, so that rounding never makes an impossible state possible. Rows are padded with thresholds that
// no word reaches up to a width that is a power of two, so that a search takes the same steps for every word.
class InverseLaws {
 public:
  // Of `rows`, which hold one law of n_states probabilities each.
  InverseLaws(std::span<const double> rows, std::size_t n_states) : width_(std::bit_ceil(n_states)) {
    for (; !rows.empty(); rows = rows.subspan(n_states)) {
      std::size_t last = n_states - 1;
      while (rows[last] == 0) --last;
      std::int64_t sum = 0;
      for (std::size_t i = 0; i + 1 < width_; ++i)
        thresholds_.push_back(i < last ? sum += static_cast<std::int64_t>(std::nearbyint(std::ldexp(rows[i], bits)))
                                       : std::numeric_limits<std::int64_t>::max());
    }
  }

  // Entry k of `states` is drawn from row `rows[k]`.
  void draw(const StreamTile::Words& words, const std::uint16_t* rows, std::uint16_t* states) const;

 private:
  // A row may sum to a little more than 1, and 2^62 (1 + tolerance) still fits.
  static constexpr int bits = 62;

  std::size_t width_;
  std::vector<std::int64_t> thresholds_;
};

RETRODICT_MULTIVERSION
void InverseLaws::draw(const StreamTile::Words& words, const std::uint16_t* rows, std::uint16_t* states) const {
  const std::int64_t* const thresholds = thresholds_.data();
  std::array<std::int64_t, StreamTile::size> u, start, at;
  for (std::size_t k = 0; k < StreamTile::size; ++k) {
    u[k] = static_cast<std::int64_t>(words[k] >> (64 - bits));
    start[k] = at[k] = static_cast<std::int64_t>(rows[k] * (width_ - 1));
  }
  for (auto step = static_cast<std::int64_t>(width_ / 2); step > 0; step /= 2)
    for (std::size_t k = 0; k < StreamTile::size; ++k) at[k] += thresholds[at[k] + step - 1] <= u[k] ? step : 0;
  for (std::size_t k = 0; k < StreamTile::size; ++k) states[k] = static_cast<std::uint16_t>(at[k] - start[k]);
}

} // namespace

template <class State>
void broadcast(const Tree& tree, const Channels& channels, std::uint64_t seed, std::uint64_t first, bool leaves_only,
               std::size_t threads, std::span<State> states) {
  const std::size_t n_nodes = tree.n_nodes(), q = channels.n_states(), tile = StreamTile::size;
  const InverseLaws prior(channels.prior(), q);
  std::vector<InverseLaws> edges; // one for all, or one for each node but the root
  for (std::size_t v = 1; v < n_nodes; ++v)
    if (v == 1 || !channels.shared()) edges.emplace_back(channels.above(v), q);

  std::vector<std::int32_t> columns(tree.leaves().begin(), tree.leaves().end());
  if (!leaves_only) {
    columns.resize(n_nodes);
    std::iota(columns.begin(), columns.end(), 0);
  }

  const std::size_t n = states.size() / columns.size();
  std::vector<std::vector<std::uint16_t>> scratch(worker_count(n, tile, threads));
  for_blocks(n, tile, threads, [&](std::size_t begin, std::size_t end, std::size_t worker) {
    scratch[worker].resize(n_nodes * tile);
    std::uint16_t* const tiles = scratch[worker].data(); // n_nodes rows, one column a sample
    constexpr std::array<std::uint16_t, StreamTile::size> first_row{};
    StreamTile streams(seed, first + begin);
    prior.draw(streams.next_u64(), first_row.data(), tiles);
    for (std::size_t v = 1; v < n_nodes; ++v)
      edges[channels.shared() ? 0 : v - 1].draw(
          streams.next_u64(), tiles + static_cast<std::size_t>(tree.parent()[v]) * tile, tiles + v * tile);
    transpose(tiles, tile, columns, end - begin, states.data() + begin * columns.size());
  });
}

template void broadcast(const Tree&, const Channels&, std::uint64_t, std::uint64_t, bool, std::size_t,
                        std::span<std::uint8_t>);
template void broadcast(const Tree&, const Channels&, std::uint64_t, std::uint64_t, bool, std::size_t,
                        std::span<std::uint16_t>);

} // namespace retrodict
