#include "bp/single.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

// Where the largest entry is at least 1/2, those that are not 0 are at least 2^least_message; behind a channel they are
// at least 2^(least_message + least_channel). Both kinds multiplied are at least 2^least_normal still.
constexpr int least_message = -40, least_channel = -40, least_normal = -126;

// Vectors of samples that are computed together: there are so many registers.
template <int W> constexpr std::size_t vectors = W == 8 ? 4 : 2;
template <int W> constexpr std::size_t lanes = 2 * W;
template <int W> constexpr std::size_t piece = vectors<W> * lanes<W>;
constexpr std::size_t widest_piece = 64, widest_vector = 16;

} // namespace

bool SingleTile::possible(const Tree& tree, const Channels& channels) {
  constexpr std::size_t most_nodes = 1 << 22; // or exponents might pass 2^31
  int least = least_exponent(channels.prior());
  for (std::size_t v = tree.n_nodes(); v-- > 1;) least = std::min(least, least_exponent(channels.above(v)));
  return least >= least_channel && tree.n_nodes() <= most_nodes;
}

std::size_t SingleTile::samples(const Tree& tree, std::size_t q) {
  return tuning::tile((q + 1) / 2, tree.n_leaves() * sizeof(std::uint16_t), widest_piece);
}

SingleTile::SingleTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves,
                       std::size_t T, SimdLevel level)
    : leaves_(leaves), q_(channels.n_states()), T_(T), pitch_((q_ + widest_vector - 1) / widest_vector * widest_vector),
      level_(level), turned_(level == SimdLevel::v4 && q_ < simd::floats_in_registers),
      leaf_size_(turned_ ? q_ * simd::floats_in_registers : (q_ + 1) * pitch_), rows_(tree.n_leaves() * leaf_size_),
      piece_(q_ * widest_piece), digits_(tree.n_leaves() * T), exponent_(T), wide_(T) {
  // Children before parents, and of a node's children first those that hold most.
  std::vector<std::size_t> order, open{0};
  while (!open.empty()) {
    const std::size_t v = open.back();
    open.pop_back();
    order.push_back(v);
    for (const auto child : schedule.children(v)) open.push_back(static_cast<std::size_t>(child));
  }
  std::vector<Factor> factors(tree.n_nodes());
  std::vector<std::size_t> free;
  std::size_t n_slots = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const std::size_t v = order[order.size() - 1 - k];
    const bool is_leaf = tree.leaf_index(v) >= 0;
    if (is_leaf && v > 0) {
      const auto leaf = static_cast<std::size_t>(tree.leaf_index(v));
      float* const rows = rows_.data() + leaf * leaf_size_;
      const auto entry = [&](std::size_t i, std::size_t shown) -> float& {
        return rows[turned_ ? i * simd::floats_in_registers + shown : shown * pitch_ + i];
      };
      for (std::size_t i = 0; i < q_; ++i) {
        double sum = 0;
        for (std::size_t j = 0; j < q_; ++j) {
          const double p = channels.above(v)[i * q_ + j];
          sum += p;
          entry(i, j) = static_cast<float>(p);
        }
        entry(i, q_) = static_cast<float>(sum);
      }
      factors[v] = {true, leaf};
      continue;
    }
    Step step{{}, v, 0};
    if (is_leaf) { // the root alone
      const std::size_t state = turned_ ? simd::floats_in_registers : 1, shown = turned_ ? 1 : pitch_;
      for (std::size_t i = 0; i < q_; ++i) rows_[i * state + i * shown] = rows_[i * state + q_ * shown] = 1;
      step.factors.push_back({true, 0});
    }
    for (const auto child : schedule.children(v)) step.factors.push_back(factors[static_cast<std::size_t>(child)]);
    for (const Factor& factor : step.factors)
      if (!factor.leaf) free.push_back(factor.index);
    if (free.empty()) free.push_back(n_slots++);
    step.out = free.back();
    free.pop_back();
    factors[v] = {false, step.out};
    steps_.push_back(step);
  }
  for (const Step& step : steps_)
    if (step.node > 0)
      for (const double p : channels.above(step.node)) channels_.push_back(static_cast<float>(p));
  slots_.resize(n_slots * q_ * T);
}

void SingleTile::upward(std::size_t begin, std::size_t end) {
  std::ranges::fill(exponent_, 0);
  std::ranges::fill(wide_, 0);
  std::visit(
      [&]<class State>(std::span<const State> data) {
        if constexpr (!std::is_same_v<State, double>) read(data, begin, end);
      },
      leaves_.entries());
  vectorised(level_, [&]<int W>() { walk<W>(); });
}

// In squares, so that the rows of a square stay in cache for all its leaves.
template <class State> void SingleTile::read(std::span<const State> data, std::size_t begin, std::size_t end) {
  const std::size_t n = leaves_.n_leaves();
  for (std::size_t first = 0; first < n; first += tuning::columns)
    for (std::size_t s = 0; s < T_; ++s) {
      const State* const row = data.data() + std::min(begin + s, end - 1) * n;
      for (std::size_t k = first; k < std::min(first + tuning::columns, n); ++k)
        digits_[k * T_ + s] = static_cast<std::uint16_t>(std::min<std::size_t>(row[k], q_));
    }
}

// The exponent of a bound on a factor's entries that are not 0.
int SingleTile::bound(const Factor& factor) { return factor.leaf ? least_channel : least_message + least_channel; }

template <int W> void SingleTile::walk() {
  const float* channel = channels_.data();
  for (std::size_t k = 0; k < steps_.size(); ++k) {
    const Step& step = steps_[k];
    if (k + 1 < steps_.size()) { // from beyond the second cache, where there are many states
      tuning::fetch(channel + q_ * q_, q_ * q_);
      for (const Factor& factor : steps_[k + 1].factors)
        if (factor.leaf) tuning::fetch(rows_.data() + factor.index * leaf_size_, leaf_size_);
    }
    float* const out = slots_.data() + step.out * q_ * T_;
    for (std::size_t s = 0; s < T_; s += piece<W>) {
      multiply<W, false>(step.factors[0], s);
      int least = bound(step.factors[0]);
      for (std::size_t f = 1; f < step.factors.size(); ++f) {
        if (least + bound(step.factors[f]) < least_normal) {
          normalise<W>(s);
          least = least_message;
        }
        multiply<W, true>(step.factors[f], s);
        least += bound(step.factors[f]);
      }
      normalise<W>(s);
      std::size_t row = 0;
      if (step.node == 0) {
        for (; row < q_; ++row) std::copy_n(piece_.data() + row * piece<W>, piece<W>, out + row * T_ + s);
        continue;
      }
      for (; row + 4 <= q_; row += 4) through<W, 4>(channel, row, out + s);
      for (; row < q_; ++row) through<W, 1>(channel, row, out + s);
    }
    channel += q_ * q_;
  }
}

// The piece of samples from s on becomes the factor, or is multiplied by it.
template <int W, bool Times> void SingleTile::multiply(const Factor& factor, std::size_t s) {
  using Vector = simd::Floats<W>;
  const auto put = [&](std::size_t i, std::size_t at, const Vector& x) {
    float* const to = piece_.data() + i * piece<W> + at;
    simd::store(to, Times ? simd::load_floats<W>(to) * x : x);
  };
  if (!factor.leaf) {
    const float* const from = slots_.data() + factor.index * q_ * T_ + s;
    for (std::size_t i = 0; i < q_; ++i)
      for (std::size_t at = 0; at < piece<W>; at += lanes<W>) put(i, at, simd::load_floats<W>(from + i * T_ + at));
    return;
  }
  const float* const rows = rows_.data() + factor.index * leaf_size_;
  const std::uint16_t* const digits = digits_.data() + factor.index * T_ + s;
  if (turned_) {
    for (std::size_t at = 0; at < piece<W>; at += lanes<W>) {
      const auto index = simd::load_half_indices<W>(digits + at);
      for (std::size_t i = 0; i < q_; ++i)
        put(i, at, simd::lookup_floats<W>(rows + i * simd::floats_in_registers, index));
    }
    return;
  }
  for (std::size_t at = 0; at < piece<W>; at += lanes<W>)
    for (std::size_t i = 0; i < q_; i += lanes<W>) {
      Vector x[lanes<W>];
      for (std::size_t l = 0; l < lanes<W>; ++l) x[l] = simd::load_floats<W>(rows + digits[at + l] * pitch_ + i);
      simd::transpose_floats<W>(x);
      for (std::size_t k = 0; k < lanes<W> && i + k < q_; ++k) put(i + k, at, x[k]);
    }
}

// Scales each sample by the power of two that brings its largest entry into [1/2, 1). One with an entry other than 0
// below 2^least_message is wide; what becomes of it does not matter.
template <int W> void SingleTile::normalise(std::size_t s) {
  using Vector = simd::Floats<W>;
  using Words = simd::HalfWords<W>;
  for (std::size_t at = 0; at < piece<W>; at += lanes<W>) {
    float* const x = piece_.data() + at;
    // The bits less 1 of numbers that are not negative are ordered as the numbers are; those of 0 become no number.
    Vector most{}, before = simd::splat_floats<W>(0x1p100f);
    for (std::size_t i = 0; i < q_; ++i) {
      const Vector y = simd::load_floats<W>(x + i * piece<W>);
      most = simd::larger_floats<W>(y, most);
      before = simd::smaller_floats<W>(reinterpret_cast<Vector>(reinterpret_cast<Words>(y) - 1), before);
    }
    const Words exponent = (reinterpret_cast<Words>(most) >> 23) - 126;
    const Vector scale = reinterpret_cast<Vector>((127 - exponent) << 23);
    const Vector least = reinterpret_cast<Vector>(reinterpret_cast<Words>(before) + 1) * scale; // of 0 alone, infinite
    const Words low = reinterpret_cast<Words>(simd::splat_floats<W>(static_cast<float>(simd::exp2(least_message))));
    // 1 where least < 2^least_message
    const auto wide = reinterpret_cast<Words>(
        reinterpret_cast<simd::UnsignedHalfWords<W>>(reinterpret_cast<Words>(least) - low) >> 31);
    for (std::size_t i = 0; i < q_; ++i) {
      float* const to = x + i * piece<W>;
      simd::store(to, simd::load_floats<W>(to) * scale);
    }
    std::int32_t* const exponents = exponent_.data() + s + at;
    std::int32_t* const widths = wide_.data() + s + at;
    simd::store(exponents, simd::load_half_words<W>(exponents) + exponent);
    simd::store(widths, simd::load_half_words<W>(widths) | wide);
  }
}

// out(i) = sum_j channel(i, j) piece(j) for i = first, ..., first + R - 1.
template <int W, int R> void SingleTile::through(const float* channel, std::size_t first, float* out) const {
  simd::Floats<W> sums[R][vectors<W>] = {};
  for (std::size_t j = 0; j < q_; ++j) {
    simd::Floats<W> y[vectors<W>];
    for (std::size_t v = 0; v < vectors<W>; ++v)
      y[v] = simd::load_floats<W>(piece_.data() + j * piece<W> + v * lanes<W>);
    for (std::size_t r = 0; r < R; ++r) {
      const auto p = simd::splat_floats<W>(channel[(first + r) * q_ + j]);
      for (std::size_t v = 0; v < vectors<W>; ++v) sums[r][v] = simd::fma_floats<W>(p, y[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < R; ++r)
    for (std::size_t v = 0; v < vectors<W>; ++v) simd::store(out + (first + r) * T_ + v * lanes<W>, sums[r][v]);
}

} // namespace retrodict
