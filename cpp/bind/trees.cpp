#include "trees/broadcast.hpp"

#include "bind/arguments.hpp"
#include "bind/channels.hpp"
#include "trees/estimators.hpp"

namespace retrodict {

namespace {

template <class State>
py::array sample(const Tree& tree, const Channels& channels, std::uint64_t n, std::uint64_t seed, std::uint64_t first,
                 bool leaves_only, std::size_t threads) {
  const auto columns = leaves_only ? tree.n_leaves() : tree.n_nodes();
  py::array_t<State> states({static_cast<py::ssize_t>(n), static_cast<py::ssize_t>(columns)});
  const std::span<State> out{states.mutable_data(), static_cast<std::size_t>(states.size())};
  without_gil([&] { broadcast(tree, channels, seed, first, leaves_only, threads, out); });
  return states;
}

template <class State> std::span<const State> leaf_data(const Array<State>& leaves) {
  require(leaves.ndim() == 2, "leaves has shape ", shape_of(leaves), ": it must be (n, n_leaves)");
  return view(leaves);
}

template <class State> void register_estimators(py::module_& m) {
  m.def(
      "trees_census",
      [](const Array<State>& leaves, const py::object& q, const py::object& threads) {
        const auto data = leaf_data(leaves);
        const auto n = static_cast<std::size_t>(leaves.shape(0));
        const auto states = word(q, "q", 1), workers = threads_of(threads);
        auto counts = without_gil([&] { return census(data, n, states, workers); });
        return give(std::move(counts), {leaves.shape(0), static_cast<py::ssize_t>(states)});
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("threads"));
  m.def(
      "trees_recursive_majority",
      [](const Tree& tree, const Array<State>& leaves, const py::object& seed, const py::object& first,
         const py::object& threads) {
        const auto data = leaf_data(leaves);
        require(leaves.shape(1) == static_cast<py::ssize_t>(tree.n_leaves()), "leaves has ", leaves.shape(1),
                " columns: the tree has ", tree.n_leaves(), " leaves");
        const auto key = seed.is_none() ? std::nullopt : std::optional(word(seed, "seed"));
        const auto replica = word(first, "first"), workers = threads_of(threads);
        auto root = without_gil([&] { return recursive_majority(tree, data, key, replica, workers); });
        return give(std::move(root), {leaves.shape(0)});
      },
      py::arg("tree"), py::arg("leaves").noconvert(), py::arg("seed"), py::arg("first"), py::arg("threads"));
}

} // namespace

void register_trees(py::module_& m) {
  m.def("trees_broadcast", [](const Tree& tree, const Array<double>& channels, const py::object& n,
                              const py::object& seed, const std::optional<Array<double>>& prior,
                              const py::object& first, bool leaves_only, const py::object& threads) {
    const Channels law = channels_of(tree, channels, prior);
    const auto kernel = law.n_states() <= unobserved<std::uint8_t> ? sample<std::uint8_t> : sample<std::uint16_t>;
    return kernel(tree, law, word(n, "n"), word(seed, "seed"), word(first, "first"), leaves_only, threads_of(threads));
  });
  register_estimators<std::uint8_t>(m);
  register_estimators<std::uint16_t>(m);
}

} // namespace retrodict
