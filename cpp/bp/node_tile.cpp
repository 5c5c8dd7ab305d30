#include "bp/node_tile.hpp"

#include <algorithm>

#include "core/exponent.hpp"

namespace retrodict {

NodeTile::NodeTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves,
                   std::size_t T, SimdLevel level)
    : tree_(tree), channels_(channels), schedule_(schedule), leaves_(leaves), q_(channels.n_states()), T_(T),
      level_(level), exponent_(T), wide_(T), ignored_(T) {
  const std::size_t n = tree.n_nodes();
  for (std::size_t v = 0; v < n; ++v) least_.push_back(least_exponent(v == 0 ? channels.prior() : channels.above(v)));
  for (Messages* messages : {&L_, &M_, &D_}) *messages = {std::vector<double>(n * q_ * T), std::vector<int>(n)};
  pair_ = {std::vector<double>(2 * q_ * T), std::vector<int>(2)};
}

void NodeTile::run(std::size_t begin, std::size_t end) {
  std::ranges::fill(exponent_, 0);
  std::ranges::fill(wide_, 0);
  vectorised(level_, [&]<int W>() {
    up<W>(begin, end);
    down<W>();
  });
}

template <int W> void NodeTile::normalise(const Message& message, const kernels::Samples& samples) const {
  *message.least = kernels::normalise<W>(message.at, q_, T_, safe_exponent, samples);
}

template <int W> void NodeTile::copy(const Message& from, const Message& to) const {
  std::copy_n(from.at, q_ * T_, to.at);
  *to.least = *from.least;
}

template <int W>
void NodeTile::multiply(const Message& into, const Message& by, const kernels::Samples& samples) const {
  for (std::size_t k = 0; k < q_ * T_; k += W)
    simd::store(into.at + k, simd::load<W>(into.at + k) * simd::load<W>(by.at + k));
  *into.least += *by.least;
  if (*into.least < safe_exponent) normalise<W>(into, samples);
}

template <int W>
void NodeTile::through(const kernels::Matrix& matrix, int least, const Message& from, const Message& to,
                       const kernels::Samples& samples) const {
  kernels::through_any<W>(matrix, from.at, q_, T_, to.at);
  *to.least = *from.least + least;
  if (*to.least < safe_exponent) normalise<W>(to, samples);
}

template <int W> void NodeTile::up(std::size_t begin, std::size_t end) {
  const kernels::Samples samples{exponent_.data(), wide_.data()};
  for (std::size_t v = tree_.n_nodes(); v-- > 0;) {
    const Message L = of(L_, v);
    if (tree_.leaf_index(v) >= 0) {
      leaves_.likelihoods(begin, end, static_cast<std::size_t>(tree_.leaf_index(v)), T_, {L.at, q_ * T_});
      normalise<W>(L, samples);
    } else {
      const auto children = schedule_.children(v);
      copy<W>(of(M_, static_cast<std::size_t>(children[0])), L);
      for (const auto child : children.subspan(1)) multiply<W>(L, of(M_, static_cast<std::size_t>(child)), samples);
    }
    if (v > 0) through<W>({channels_.above(v).data(), q_, 1}, least_[v], L, of(M_, v), samples);
  }
}

// At first the messages D of the children of v are what the children past each of them say; then, one child after the
// other, D. When nothing more needs the D of v it becomes the posterior law of v.
template <int W> void NodeTile::down() {
  const kernels::Samples samples{ignored_.data(), wide_.data()}; // laws are normalised, evidence has come up
  for (std::size_t i = 0; i < q_; ++i) std::fill_n(D_.entries.data() + i * T_, T_, channels_.prior()[i]);
  D_.least[0] = least_[0];
  const Message before = of(pair_, 0), rest = of(pair_, 1);
  for (std::size_t v = 0; v < tree_.n_nodes(); ++v) {
    if (tree_.leaf_index(v) >= 0) continue;
    const auto children = schedule_.children(v);
    const auto child = [&](std::size_t k) { return static_cast<std::size_t>(children[k]); };
    const Message last = of(D_, child(children.size() - 1));
    std::fill_n(last.at, q_ * T_, 1.0);
    *last.least = 0;
    for (std::size_t k = children.size() - 1; k-- > 0;) {
      copy<W>(of(D_, child(k + 1)), of(D_, child(k)));
      multiply<W>(of(D_, child(k)), of(M_, child(k + 1)), samples);
    }
    copy<W>(of(D_, v), before);
    for (std::size_t k = 0; k < children.size(); ++k) {
      const Message D = of(D_, child(k));
      multiply<W>(D, before, samples);
      if (tree_.leaf_index(child(k)) < 0) {
        copy<W>(D, rest);
        through<W>({channels_.above(child(k)).data(), 1, q_}, least_[child(k)], rest, D, samples);
        normalise<W>(D, samples); // columns of a channel may sum to q
      }
      multiply<W>(before, of(M_, child(k)), samples);
    }
    double* const law = D_.entries.data() + v * q_ * T_;
    const double* const L = L_.entries.data() + v * q_ * T_;
    for (std::size_t s = 0; s < T_; s += W) {
      auto z = simd::load<W>(law + s) * simd::load<W>(L + s);
      for (std::size_t i = 1; i < q_; ++i)
        z = simd::fma<W>(simd::load<W>(law + i * T_ + s), simd::load<W>(L + i * T_ + s), z);
      for (std::size_t i = 0; i < q_; ++i)
        simd::store(law + i * T_ + s, simd::load<W>(law + i * T_ + s) * simd::load<W>(L + i * T_ + s) / z);
    }
  }
}

} // namespace retrodict
