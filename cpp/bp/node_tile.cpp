#include "bp/node_tile.hpp"

#include <algorithm>
#include <cmath>

#include "core/exponent.hpp"

namespace retrodict {

namespace {

// With messages up to 2^most_exponent laws stay normal numbers: q is below 2^16.
constexpr double most_exponent = 4;

// States whose tables are looked up in one vector, "unobserved" included.
constexpr std::size_t few = 7;

double log2_of_largest_column(std::span<const double> channel, std::size_t q) {
  std::vector<double> sums(q);
  for (std::size_t at = 0; at < channel.size(); ++at) sums[at % q] += channel[at];
  return std::max(0.0, std::log2(*std::ranges::max_element(sums)));
}

} // namespace

NodeTile::NodeTile(const Tree& tree, const Channels& channels, const Schedule& schedule, const Leaves& leaves,
                   std::size_t T, SimdLevel level, bool past_caches)
    : tree_(tree), channels_(channels), schedule_(schedule), leaves_(leaves), q_(channels.n_states()), T_(T),
      level_(level), edges_(tree.n_nodes()), place_(tree.n_nodes()), table_(leaves.n_leaves()),
      pitch_(leaves.n_leaves()), rows_(channels.n_states(), T, past_caches), exponent_(T), wide_(T), ignored_(T) {
  const std::size_t n = tree.n_nodes();
  const bool shown = !std::holds_alternative<std::span<const double>>(leaves.entries());
  std::size_t places = 0, most_inner = 0;
  for (std::size_t v = 0; v < n; ++v) {
    if (v > 0) edges_[v] = {least_exponent(channels.above(v)), log2_of_largest_column(channels.above(v), q_)};
    if (!leaf(v) || !shown) place_[v] = places++;
    const auto inner = [&](auto child) { return !leaf(static_cast<std::size_t>(child)); };
    most_inner = std::max(most_inner, static_cast<std::size_t>(std::ranges::count_if(tree.children(v), inner)));
  }
  store_ = Lines(places * q_ * T);
  store_bounds_.resize(places);
  scratch_ = Lines((after + most_inner) * q_ * T);
  scratch_bounds_.resize(after + most_inner);
  for (std::size_t i = 0; i < q_; ++i) std::fill_n(scratch(prior).at + i * T, T, channels.prior()[i]);
  scratch(prior).bounds->least = least_exponent(channels.prior());
  if (!shown) return;
  codes_.resize(leaves.n_leaves() * T);
  read_tables();
}

// What a leaf that shows state c says is column c of its channel, and one that shows nothing the sums of the rows.
void NodeTile::read_tables() {
  std::vector<double> tables;
  if (q_ > few) unobserved_.resize(leaves_.n_leaves() * q_);
  for (const auto id : tree_.leaves()) {
    const auto v = static_cast<std::size_t>(id), k = static_cast<std::size_t>(tree_.leaf_index(v));
    const auto channel = channels_.above(v);
    table_[k] = tables.size();
    pitch_[k] = q_ + (leaves_.missing(k) ? 1 : 0);
    for (std::size_t i = 0; i < q_; ++i) {
      double sum = channel[i * q_];
      for (std::size_t j = 1; j < q_; ++j) sum += channel[i * q_ + j];
      if (q_ > few) {
        unobserved_[k * q_ + i] = sum;
      } else {
        tables.insert(tables.end(), &channel[i * q_], &channel[i * q_] + q_);
        if (leaves_.missing(k)) tables.push_back(sum);
      }
    }
  }
  tables_ = Lines(tables.size() + 8); // a lookup reads past the end
  std::ranges::copy(tables, tables_.data());
}

void NodeTile::run(std::size_t begin, std::size_t end, std::span<double> laws) {
  std::ranges::fill(exponent_, 0);
  std::ranges::fill(wide_, 0);
  rows_.start(laws, laws.size() / (end - begin));
  vectorised(level_, [&]<int W>() {
    read_codes<W>(begin, end);
    const auto walk = [&]<int Q>() {
      up<W, Q>(begin, end);
      down<W, Q>();
    };
    if (q_ == 2)
      walk.template operator()<2>();
    else if (q_ == 4)
      walk.template operator()<4>();
    else
      walk.template operator()<0>();
    rows_.finish<W>();
  });
}

template <int W> void NodeTile::read_codes(std::size_t begin, std::size_t end) {
  const std::size_t n = leaves_.n_leaves();
  const auto read = [&]<class State>(std::span<const State> data, State* states) {
    constexpr std::size_t rows = 16 / sizeof(State);
    for (std::size_t s = 0; s < T_; s += rows) {
      if (begin + s + rows <= end) {
        simd::transpose<W>(data.data() + (begin + s) * n, n, n, states + s, T_);
      } else { // places past the last sample repeat it
        for (std::size_t r = s; r < s + rows; ++r)
          for (std::size_t k = 0; k < n; ++k) states[k * T_ + r] = data[std::min(begin + r, end - 1) * n + k];
      }
    }
    for (std::size_t at = 0; at < n * T_; ++at)
      codes_[at] = std::min(static_cast<std::uint16_t>(states[at]), static_cast<std::uint16_t>(q_));
  };
  if (const auto* bytes = std::get_if<std::span<const std::uint8_t>>(&leaves_.entries())) {
    bytes_.resize(n * T_);
    read(*bytes, bytes_.data());
  }
  if (const auto* words = std::get_if<std::span<const std::uint16_t>>(&leaves_.entries())) read(*words, codes_.data());
}

template <int W, int Q> kernels::Shown<W, Q> NodeTile::look_up(std::size_t v) const {
  const auto k = static_cast<std::size_t>(tree_.leaf_index(v));
  return {tables_.data() + table_[k], pitch_[k], codes_.data() + k * T_};
}

// What node v says of its parent's state.
template <int W> NodeTile::Message NodeTile::message(std::size_t v) {
  if (!shown(v)) return stored(v);
  const Message M = scratch(expanded);
  *M.bounds = {edges_[v].least, 0};
  if (q_ <= few) {
    auto operand = look_up<W, 1>(v);
    for (std::size_t i = 0; i < q_; ++i, operand.table += operand.pitch)
      kernels::copy<W, 1>(operand, T_, M.at + i * T_);
    return M;
  }
  const auto k = static_cast<std::size_t>(tree_.leaf_index(v));
  for (std::size_t s = 0; s < T_; ++s) {
    const std::size_t code = codes_[k * T_ + s], step = code < q_ ? q_ : 1;
    const double* const column = code < q_ ? channels_.above(v).data() + code : unobserved_.data() + k * q_;
    for (std::size_t i = 0; i < q_; ++i) M.at[i * T_ + s] = column[i * step];
  }
  return M;
}

template <int W> void NodeTile::normalise(const Message& message, const kernels::Samples& samples) const {
  *message.bounds = {kernels::normalise<W>(message.at, q_, T_, safe_exponent, samples), 0};
}

void NodeTile::copy(const Message& from, const Message& to) const {
  std::copy_n(from.at, q_ * T_, to.at);
  *to.bounds = *from.bounds;
}

template <int W>
void NodeTile::multiply(const Message& into, const Message& by, const kernels::Samples& samples) const {
  for (std::size_t k = 0; k < q_ * T_; k += W)
    simd::store(into.at + k, simd::load<W>(into.at + k) * simd::load<W>(by.at + k));
  into.bounds->least += by.bounds->least;
  into.bounds->most += by.bounds->most;
  if (into.bounds->least < safe_exponent) normalise<W>(into, samples);
}

// Brings the bounds of a message behind an edge up to date, and the message within bounds.
template <int W>
void NodeTile::settle(const Message& message, int least, double most, const kernels::Samples& samples) const {
  *message.bounds = {least, most};
  if (least < safe_exponent || most > most_exponent) normalise<W>(message, samples);
}

template <int W, int Q> void NodeTile::up(std::size_t begin, std::size_t end) {
  const kernels::Samples samples{exponent_.data(), wide_.data()};
  const Message L = scratch(product);
  for (std::size_t v = tree_.n_nodes(); v-- > 0;) {
    if (shown(v)) continue;
    if constexpr (Q > 0)
      if (up_pair<W, Q>(v, samples)) continue;
    if (leaf(v)) {
      leaves_.likelihoods(begin, end, static_cast<std::size_t>(tree_.leaf_index(v)), T_, {L.at, q_ * T_});
      normalise<W>(L, samples);
    } else {
      const auto children = schedule_.children(v);
      copy(message<W>(static_cast<std::size_t>(children[0])), L);
      for (const auto child : children.subspan(1)) multiply<W>(L, message<W>(static_cast<std::size_t>(child)), samples);
    }
    const Message M = stored(v);
    if (v == 0) {
      copy(L, M);
    } else {
      kernels::all_rows<W>({channels_.above(v).data(), q_, 1}, L.at, q_, T_, M.at);
      settle<W>(M, L.bounds->least + edges_[v].least, 0, samples);
    }
  }
}

// Calls body(operand) for what node v says, in the form that suits the kernels.
template <int W, int Q, class Body> void NodeTile::with_operand(std::size_t v, const Body& body) {
  if (shown(v))
    body(look_up<W, Q>(v));
  else
    body(kernels::Message<W, Q>{stored(v).at, T_});
}

// M of a node with two children in one go; false where that cannot be.
template <int W, int Q> bool NodeTile::up_pair(std::size_t v, const kernels::Samples& samples) {
  const auto children = schedule_.children(v);
  if (v == 0 || children.size() != 2) return false;
  const auto a = static_cast<std::size_t>(children[0]), b = static_cast<std::size_t>(children[1]);
  const int least = least_said(a) + least_said(b);
  if (least < safe_exponent) return false;
  const Message M = stored(v);
  with_operand<W, Q>(a, [&]<class A>(const A& x) {
    with_operand<W, Q>(b, [&]<class B>(const B& y) {
      kernels::through<W, Q>(channels_.above(v).data(), kernels::Product<W, Q, A, B>{x, y}, T_, M.at);
    });
  });
  settle<W>(M, least + edges_[v].least, 0, samples);
  return true;
}

template <int W, int Q> void NodeTile::down() {
  const kernels::Samples samples{ignored_.data(), wide_.data()}; // laws are normalised, evidence has come up
  for (std::size_t v = 0; v < tree_.n_nodes(); ++v) {
    if (leaf(v)) continue;
    const Message D = v == 0 ? scratch(prior) : stored(v);
    double* const law = rows_.next<W>();
    if constexpr (Q > 0)
      if (down_pair<W, Q>(v, D, law, samples)) continue;
    down_any<W>(v, D, law, samples);
  }
}

// The law of a node with two children, and D of the children, in one go; false where that cannot be.
template <int W, int Q>
bool NodeTile::down_pair(std::size_t v, const Message& D, double* law, const kernels::Samples& samples) {
  const auto children = schedule_.children(v);
  if (children.size() != 2) return false;
  const auto a = static_cast<std::size_t>(children[0]), b = static_cast<std::size_t>(children[1]);
  const int of_a = least_said(a), of_b = least_said(b), of_D = D.bounds->least;
  if (std::min({of_a + of_b, of_D + of_a, of_D + of_b}) < safe_exponent) return false;
  const auto edge = [&](std::size_t c) {
    return kernels::Edge{channels_.above(c).data(), leaf(c) ? nullptr : stored(c).at};
  };
  with_operand<W, Q>(a, [&](const auto& x) {
    with_operand<W, Q>(b, [&](const auto& y) { kernels::down_pair<W, Q>(D.at, x, y, edge(a), edge(b), T_, law); });
  });
  const double most = D.bounds->most;
  if (!leaf(a)) settle<W>(stored(a), of_D + of_b + edges_[a].least, most + edges_[a].most, samples);
  if (!leaf(b)) settle<W>(stored(b), of_D + of_a + edges_[b].least, most + edges_[b].most, samples);
  return true;
}

// The same for any number of children.
template <int W>
void NodeTile::down_any(std::size_t v, const Message& D, double* law, const kernels::Samples& samples) {
  const auto children = schedule_.children(v);
  const auto child = [&](std::size_t k) { return static_cast<std::size_t>(children[k]); };
  const Message L = scratch(product), until = scratch(before), others = scratch(rest);
  // first what the children past each internal one say
  std::size_t kept = 0;
  std::fill_n(others.at, q_ * T_, 1.0);
  *others.bounds = {};
  for (std::size_t k = children.size(); k-- > 0;) {
    if (!leaf(child(k))) copy(others, scratch(after + kept++));
    if (k > 0) multiply<W>(others, message<W>(child(k)), samples);
  }
  copy(D, until);
  for (std::size_t k = 0; k < children.size(); ++k) {
    const std::size_t c = child(k);
    const Message M = message<W>(c);
    if (!leaf(c)) {
      copy(until, others);
      multiply<W>(others, scratch(after + --kept), samples);
    }
    if (k == 0)
      copy(M, L);
    else
      multiply<W>(L, M, samples);
    if (k + 1 < children.size()) multiply<W>(until, M, samples);
    if (leaf(c)) continue;
    kernels::all_rows<W>({channels_.above(c).data(), 1, q_}, others.at, q_, T_, M.at);
    settle<W>(M, others.bounds->least + edges_[c].least, others.bounds->most + edges_[c].most, samples);
  }
  kernels::posterior<W>(D.at, L.at, q_, T_, law);
}

} // namespace retrodict
