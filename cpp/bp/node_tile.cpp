#include "bp/node_tile.hpp"

#include <algorithm>

#include "core/exponent.hpp"
#include "core/tuning.hpp"

namespace retrodict {

namespace {

// States whose tables are looked up in one vector, "unobserved" included.
constexpr std::size_t few = 7;

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
    if (v > 0) edges_[v] = least_exponent(channels.above(v));
    if (!leaf(v) || !shown) place_[v] = places++;
    const auto inner = [&](auto child) { return !leaf(static_cast<std::size_t>(child)); };
    most_inner = std::max(most_inner, static_cast<std::size_t>(std::ranges::count_if(tree.children(v), inner)));
  }
  // Subtree after subtree, children first: what a node's children say is near when the node is reached.
  std::vector<std::size_t> open{0};
  while (!open.empty()) {
    const std::size_t v = open.back();
    open.pop_back();
    if (!leaf(v) || !shown) order_.push_back(v);
    for (const auto child : schedule.children(v)) open.push_back(static_cast<std::size_t>(child));
  }
  std::ranges::reverse(order_);
  store_ = Aligned<double>(places * q_ * T);
  store_least_.resize(places);
  scratch_ = Aligned<double>((after + most_inner) * q_ * T);
  scratch_least_.resize(after + most_inner);
  for (std::size_t i = 0; i < q_; ++i) std::fill_n(scratch(prior).at + i * T, T, channels.prior()[i]);
  *scratch(prior).least = least_exponent(channels.prior());
  if (!shown) return;
  codes_.resize(leaves.n_leaves() * T);
  read_tables();
}

// What a leaf that shows state c says is column c of its channel, and one that shows nothing the sums of the rows. In
// tables for few states, entry i of that is at [i * pitch + c]; for many at [c * pitch + i].
void NodeTile::read_tables() {
  std::vector<double> tables;
  for (const auto id : tree_.leaves()) {
    const auto v = static_cast<std::size_t>(id), k = static_cast<std::size_t>(tree_.leaf_index(v));
    const auto channel = channels_.above(v);
    const std::size_t codes = q_ + (leaves_.missing(k) ? 1 : 0);
    table_[k] = tables.size();
    pitch_[k] = q_ <= few ? codes : (q_ + 7) / 8 * 8;
    tables.resize(tables.size() + (q_ <= few ? q_ : codes) * pitch_[k]);
    for (std::size_t i = 0; i < q_; ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < codes; ++c) {
        const double entry = c < q_ ? channel[i * q_ + c] : sum;
        tables[table_[k] + (q_ <= few ? i * pitch_[k] + c : c * pitch_[k] + i)] = entry;
        sum += entry;
      }
    }
  }
  tables_ = Aligned<double>(tables.size() + 8); // a lookup reads past the end
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

// What node v says of its parent's state; of a leaf that shows a state, in the given place.
template <int W> NodeTile::Message NodeTile::message(std::size_t v, Scratch place) {
  if (!shown(v)) return stored(v);
  const Message M = scratch(place);
  *M.least = edges_[v];
  auto operand = look_up<W, 1>(v);
  if (q_ > few) {
    kernels::rows_of<W>(operand.table, operand.pitch, operand.codes, q_, T_, M.at);
  } else {
    for (std::size_t i = 0; i < q_; ++i, operand.table += operand.pitch)
      kernels::copy<W, 1>(operand, T_, M.at + i * T_);
  }
  return M;
}

template <int W> void NodeTile::normalise(const Message& message, const kernels::Samples& samples) const {
  *message.least = kernels::normalise<W>(message.at, q_, T_, safe_exponent, samples);
}

void NodeTile::copy(const Message& from, const Message& to) const {
  std::copy_n(from.at, q_ * T_, to.at);
  *to.least = *from.least;
}

template <int W>
void NodeTile::multiply(const Message& into, const Message& by, const kernels::Samples& samples) const {
  kernels::multiply<W>(into.at, by.at, q_ * T_, into.at);
  *into.least += *by.least;
  if (*into.least < safe_exponent) normalise<W>(into, samples);
}

// Notes the bound of a message behind an edge, and brings the message within bounds.
template <int W> void NodeTile::settle(const Message& message, int least, const kernels::Samples& samples) const {
  *message.least = least;
  if (least < safe_exponent) normalise<W>(message, samples);
}

// What leaf v will say is scattered over its table.
void NodeTile::fetch_shown(std::size_t v) const {
  if (q_ <= few) return;
  const auto leaf = look_up<8, 0>(v);
  for (std::size_t s = 0; s < T_; ++s) tuning::fetch(leaf.table + leaf.codes[s] * leaf.pitch, q_);
}

// What a node's turn will need, while the one before has its turn: of the children of the next node on the way up only
// what is not in the cache because they just had theirs.
void NodeTile::fetch_for_up(std::size_t v) const {
  if (v > 0) tuning::fetch(channels_.above(v).data(), q_ * q_);
  for (const auto child : tree_.children(v))
    if (shown(static_cast<std::size_t>(child))) fetch_shown(static_cast<std::size_t>(child));
}
void NodeTile::fetch_for_down(std::size_t v) {
  if (leaf(v)) return;
  tuning::fetch(stored(v).at, q_ * T_);
  for (const auto id : tree_.children(v)) {
    const auto child = static_cast<std::size_t>(id);
    if (shown(child)) {
      fetch_shown(child);
    } else {
      tuning::fetch(stored(child).at, q_ * T_);
      tuning::fetch(channels_.above(child).data(), q_ * q_);
    }
  }
}

template <int W, int Q> void NodeTile::up(std::size_t begin, std::size_t end) {
  const kernels::Samples samples{exponent_.data(), wide_.data()};
  const Message L = scratch(product);
  for (std::size_t k = 0; k < order_.size(); ++k) {
    const std::size_t v = order_[k];
    if (Q == 0 && k + 1 < order_.size()) fetch_for_up(order_[k + 1]);
    if (up_pair<W, Q>(v, samples)) continue;
    if (leaf(v)) {
      leaves_.likelihoods(begin, end, static_cast<std::size_t>(tree_.leaf_index(v)), T_, {L.at, q_ * T_});
      normalise<W>(L, samples);
    } else {
      const auto children = schedule_.children(v);
      copy(message<W>(static_cast<std::size_t>(children[0]), expanded), L);
      for (const auto child : children.subspan(1))
        multiply<W>(L, message<W>(static_cast<std::size_t>(child), expanded), samples);
    }
    const Message M = stored(v);
    if (v == 0) {
      copy(L, M);
    } else {
      kernels::all_rows<W>({channels_.above(v).data(), q_, 1}, L.at, q_, T_, M.at);
      settle<W>(M, *L.least + edges_[v], samples);
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
  const double* const channel = channels_.above(v).data();
  if constexpr (Q > 0) {
    with_operand<W, Q>(a, [&]<class A>(const A& x) {
      with_operand<W, Q>(b, [&]<class B>(const B& y) {
        kernels::through<W, Q>(channel, kernels::Product<W, Q, A, B>{x, y}, T_, M.at);
      });
    });
  } else {
    const Message x = message<W>(a, expanded), y = message<W>(b, expanded_too), L = scratch(product);
    kernels::multiply<W>(x.at, y.at, q_ * T_, L.at);
    kernels::all_rows<W>({channel, q_, 1}, L.at, q_, T_, M.at);
  }
  settle<W>(M, least + edges_[v], samples);
  return true;
}

template <int W, int Q> void NodeTile::down() {
  const kernels::Samples samples{ignored_.data(), wide_.data()}; // laws are normalised, evidence has come up
  for (std::size_t v = 0; v < tree_.n_nodes(); ++v) {
    if (leaf(v)) continue;
    if (Q == 0 && v + 1 < tree_.n_nodes()) fetch_for_down(v + 1);
    const Message D = v == 0 ? scratch(prior) : stored(v);
    double* const law = rows_.next<W>();
    if (!down_pair<W, Q>(v, D, law, samples)) down_any<W>(v, D, law, samples);
  }
}

// The law of a node with two children, and D of the children, in one go; false where that cannot be.
template <int W, int Q>
bool NodeTile::down_pair(std::size_t v, const Message& D, double* law, const kernels::Samples& samples) {
  const auto children = schedule_.children(v);
  if (children.size() != 2) return false;
  const auto a = static_cast<std::size_t>(children[0]), b = static_cast<std::size_t>(children[1]);
  const int of_a = least_said(a), of_b = least_said(b), of_D = *D.least;
  if (std::min({of_a + of_b, of_D + of_a, of_D + of_b}) < safe_exponent) return false;
  const auto edge = [&](std::size_t c) {
    return kernels::Edge{channels_.above(c).data(), leaf(c) ? nullptr : stored(c).at};
  };
  if constexpr (Q > 0) {
    with_operand<W, Q>(a, [&](const auto& x) {
      with_operand<W, Q>(b, [&](const auto& y) { kernels::down_pair<W, Q>(D.at, x, y, edge(a), edge(b), T_, law); });
    });
  } else {
    const Message x = message<W>(a, expanded), y = message<W>(b, expanded_too);
    kernels::down_pair_any<W>(D.at, x.at, y.at, edge(a), edge(b), q_, T_, scratch(product).at, scratch(rest).at, law);
  }
  if (!leaf(a)) settle<W>(stored(a), of_D + of_b + edges_[a], samples);
  if (!leaf(b)) settle<W>(stored(b), of_D + of_a + edges_[b], samples);
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
  *others.least = 0;
  for (std::size_t k = children.size(); k-- > 0;) {
    if (!leaf(child(k))) copy(others, scratch(after + kept++));
    if (k > 0) multiply<W>(others, message<W>(child(k), expanded), samples);
  }
  copy(D, until);
  for (std::size_t k = 0; k < children.size(); ++k) {
    const std::size_t c = child(k);
    const Message M = message<W>(c, expanded);
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
    settle<W>(M, *others.least + edges_[c], samples);
  }
  kernels::posterior<W>(D.at, L.at, q_, T_, law);
}

} // namespace retrodict
