#include "bp/tables.hpp"

#include <algorithm>

#include "bp/kernels.hpp"
#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

Tables::Tables(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves,
               SimdLevel level)
    : tree_(tree), channels_(channels), schedule_(schedule), leaves_(leaves), q_(channels.n_states()),
      rows_(tree.n_nodes()), least_(tree.n_nodes()), messages_(tree.n_nodes()) {
  std::size_t most_rows = tuning::table_rows(q_, leaves.n_samples());
  while (!tuning::fit(choose(most_rows))) most_rows /= 2;
  for (std::size_t v = tree.n_nodes(); v-- > 0;)
    if (!leaf(v) && rows_[v] > 0) messages_[v] = inner_message(v, level);
}

std::size_t Tables::radix(std::size_t v) const {
  if (leaves_.bits() > 0) return std::size_t{1} << leaves_.bits();
  return q_ + (leaves_.missing(static_cast<std::size_t>(tree_.leaf_index(v))) ? 1 : 0);
}

std::vector<double> Tables::message(std::size_t v) const { return leaf(v) ? leaf_message(v) : messages_[v]; }

// Tables have at most `most_rows`, except those of single leaves. Returns how many entries those of inner nodes have.
std::size_t Tables::choose(std::size_t most_rows) {
  std::size_t entries = 0;
  for (std::size_t v = tree_.n_nodes(); v-- > 0;) {
    least_[v] = v == 0 ? 0 : least_exponent(channels_.above(v));
    rows_[v] = leaf(v) ? radix(v) : v == 0 ? 0 : 1;
    for (const auto child : schedule_.children(v)) {
      rows_[v] *= rows_[static_cast<std::size_t>(child)];
      least_[v] += least_[static_cast<std::size_t>(child)];
      if (rows_[v] > most_rows || least_[v] < safe_exponent) rows_[v] = 0;
      least_[v] = std::max(least_[v], safe_exponent - 1); // no further: sums over many children would overflow
    }
    if (!leaf(v)) entries += rows_[v] * q_;
  }
  return entries;
}

std::vector<double> Tables::leaf_message(std::size_t v) const {
  const std::size_t pitch = simd::padded(rows_[v]);
  std::vector<double> message(q_ * pitch);
  for (std::size_t i = 0; i < q_; ++i) {
    const auto row = std::span(message).subspan(i * pitch, pitch);
    if (v == 0)
      row[i] = 1;
    else
      std::ranges::copy(channels_.above(v).subspan(i * q_, q_), row.begin());
    if (rows_[v] > q_) {
      row[q_] = row[0];
      for (std::size_t j = 1; j < q_; ++j) row[q_] += row[j];
    }
  }
  return message;
}

std::vector<double> Tables::inner_message(std::size_t v, SimdLevel level) {
  std::size_t rows = 1, pitch = 1;
  std::vector<double> product(q_, 1.0);
  for (const auto child : schedule_.children(v)) {
    const auto c = static_cast<std::size_t>(child);
    const auto factor = message(c);
    messages_[c].clear();
    const std::size_t wide = simd::padded(rows * rows_[c]), from = simd::padded(rows_[c]);
    std::vector<double> next(q_ * wide);
    for (std::size_t i = 0; i < q_; ++i)
      for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t k = 0; k < rows_[c]; ++k)
          next[i * wide + r * rows_[c] + k] = product[i * pitch + r] * factor[i * from + k];
    product = std::move(next);
    rows *= rows_[c];
    pitch = wide;
  }
  std::vector<double> message(product.size());
  vectorised(level, [&]<int W>() {
    kernels::through_any<W>({channels_.above(v).data(), q_, 1}, product.data(), q_, pitch, message.data());
  });
  return message;
}

} // namespace retrodict
