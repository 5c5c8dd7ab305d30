#include "bp/tree_bp.hpp"

#include <limits>
#include <variant>

#include "bind/arguments.hpp"
#include "bind/channels.hpp"
#include "core/simd.hpp"

namespace retrodict {

namespace {

using LeafArray = std::variant<Array<std::uint8_t>, Array<std::uint16_t>, Array<double>>;
using PriorArray = std::optional<Array<double>>;
using Threads = py::object;

// The arguments that all functions here share, checked.
struct Problem {
  Problem(const Tree& tree, const Array<double>& channels, const LeafArray& leaves, const PriorArray& prior,
          const Threads& threads)
      : tree(tree), threads(threads_of(threads)), channels(channels_of(tree, channels, prior)),
        leaves(std::visit([&](const auto& array) { return leaves_of(array); }, leaves)) {}

  const Tree& tree;
  std::size_t threads;
  Channels channels;
  Leaves leaves;

  py::ssize_t n_samples() const { return static_cast<py::ssize_t>(leaves.n_samples()); }
  py::ssize_t n_nodes() const { return static_cast<py::ssize_t>(tree.n_nodes()); }
  py::ssize_t n_internal() const { return static_cast<py::ssize_t>(tree.n_nodes() - tree.n_leaves()); }
  py::ssize_t q() const { return static_cast<py::ssize_t>(channels.n_states()); }

 private:
  template <class T> Leaves leaves_of(const Array<T>& array) const {
    constexpr bool likelihoods = std::is_same_v<T, double>;
    require(array.ndim() == (likelihoods ? 3 : 2) && array.shape(1) == static_cast<py::ssize_t>(tree.n_leaves()) &&
                (!likelihoods || array.shape(2) == q()),
            "leaves has shape ", shape_of(array), ": for this tree it must be (n, ", tree.n_leaves(),
            likelihoods ? ", " + std::to_string(q()) : "", ")");
    return Leaves::unread(view(array), static_cast<std::size_t>(array.shape(0)), tree.n_leaves(), channels.n_states());
  }
};

template <class T> std::span<T> span_of(std::vector<T>& vector) { return vector; }

py::array_t<double> log_evidence(const Tree& tree, const Array<double>& channels, const LeafArray& leaves,
                                 const PriorArray& prior, const std::string& precision, const Threads& threads) {
  const Problem problem(tree, channels, leaves, prior, threads);
  require(precision == "double" || precision == "single", "precision = '", precision,
          "': it must be 'double' or 'single'");
  std::vector<double> out(problem.leaves.n_samples());
  without_gil([&] {
    if (precision == "single") return log_evidence_single(tree, problem.channels, problem.leaves, problem.threads, out);
    marginals(tree, problem.channels, problem.leaves, problem.threads, {out, {}, {}});
  });
  return give(std::move(out), {problem.n_samples()});
}

py::tuple marginals_of(const Tree& tree, const Array<double>& channels, const LeafArray& leaves,
                       const PriorArray& prior, bool nodes, const std::optional<Array<double>>& out,
                       const Threads& threads) {
  const Problem problem(tree, channels, leaves, prior, threads);
  const std::vector<py::ssize_t> shape{problem.n_samples(), problem.n_internal(), problem.q()};
  require(!out || std::vector<py::ssize_t>(out->shape(), out->shape() + out->ndim()) == shape, "out has shape ",
          out ? shape_of(*out) : "", ": it must be (", shape[0], ", ", shape[1], ", ", shape[2], ")");
  require(!out || out->writeable(), "out is read-only: it must be writeable");
  std::vector<double> evidence(problem.leaves.n_samples()), root(evidence.size() * problem.channels.n_states());
  std::optional<Array<double>> all = out;
  if (nodes && !out) all = Array<double>(shape);
  std::span<double> all_nodes;
  if (all) all_nodes = {all->mutable_data(), static_cast<std::size_t>(all->size())};
  without_gil([&] { marginals(tree, problem.channels, problem.leaves, problem.threads, {evidence, root, all_nodes}); });
  return py::make_tuple(give(std::move(evidence), {problem.n_samples()}),
                        give(std::move(root), {problem.n_samples(), problem.q()}), all);
}

template <class State> py::array_t<State> sample_of(const Problem& problem, std::uint64_t seed, std::uint64_t first) {
  std::vector<State> states(problem.leaves.n_samples() * problem.tree.n_nodes());
  without_gil(
      [&] { sample(problem.tree, problem.channels, problem.leaves, seed, first, problem.threads, span_of(states)); });
  return give(std::move(states), {problem.n_samples(), problem.n_nodes()});
}

template <class State> py::tuple max_product_of(const Problem& problem) {
  std::vector<State> states(problem.leaves.n_samples() * problem.tree.n_nodes());
  std::vector<double> score(problem.leaves.n_samples());
  without_gil(
      [&] { max_product(problem.tree, problem.channels, problem.leaves, problem.threads, span_of(states), score); });
  return py::make_tuple(give(std::move(states), {problem.n_samples(), problem.n_nodes()}),
                        give(std::move(score), {problem.n_samples()}));
}

// States are bytes as long as one value of a byte is left over to say "none".
bool fits_bytes(const Problem& problem) { return problem.channels.n_states() <= Leaves::unobserved<std::uint8_t>; }

} // namespace

void register_bp(py::module_& m) {
  m.def("simd_level", [] { return name_of(simd_level()); });
  m.def("bp_log_evidence", &log_evidence);
  m.def("bp_marginals", &marginals_of);
  m.def("bp_sample",
        [](const Tree& tree, const Array<double>& channels, const LeafArray& leaves, const PriorArray& prior,
           const py::object& seed, const py::object& first, const Threads& threads) {
          const Problem problem(tree, channels, leaves, prior, threads);
          const auto key = word(seed, "seed"), replica = word(first, "first");
          return fits_bytes(problem) ? py::object(sample_of<std::uint8_t>(problem, key, replica))
                                     : py::object(sample_of<std::uint16_t>(problem, key, replica));
        });
  m.def("bp_max_product", [](const Tree& tree, const Array<double>& channels, const LeafArray& leaves,
                             const PriorArray& prior, const Threads& threads) {
    const Problem problem(tree, channels, leaves, prior, threads);
    return fits_bytes(problem) ? max_product_of<std::uint8_t>(problem) : max_product_of<std::uint16_t>(problem);
  });
}

} // namespace retrodict
