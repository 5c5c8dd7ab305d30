#include "trees/quartets.hpp"

#include <numeric>

#include "bind/arguments.hpp"
#include "trees/buneman.hpp"

namespace retrodict {

namespace {

std::vector<std::int32_t> own_columns(const Tree& tree) {
  std::vector<std::int32_t> columns(tree.n_leaves());
  std::iota(columns.begin(), columns.end(), 0);
  return columns;
}

std::size_t taxa_of(const Array<double>& distances) {
  require(distances.ndim() == 2 && distances.shape(0) == distances.shape(1), "distances has shape ",
          shape_of(distances), ": it must be (n, n)");
  return static_cast<std::size_t>(distances.shape(0));
}

py::tuple tuple_of(const QuartetCounts& counts) {
  return py::make_tuple(counts.first, counts.second, counts.alike, counts.different);
}

} // namespace

void register_quartets(py::module_& m) {
  m.def("quartets_four_point",
        [](const Array<double>& distances, const Array<std::int64_t>& quartets, const py::object& threads) {
          const std::size_t n = taxa_of(distances), workers = threads_of(threads);
          require(quartets.ndim() == 2 && quartets.shape(1) == 4, "quartets has shape ", shape_of(quartets),
                  ": it must be (m, 4)");
          const auto data = view(distances);
          const auto taxa = view(quartets);
          py::array_t<std::int8_t> partner(quartets.shape(0));
          py::array_t<double> gap(quartets.shape(0));
          const auto m = static_cast<std::size_t>(quartets.shape(0));
          const FourPoints out{{partner.mutable_data(), m}, {gap.mutable_data(), m}};
          without_gil([&] { four_point(data, n, taxa, workers, out); });
          return py::make_tuple(partner, gap);
        });
  m.def("quartets_compare", [](const Tree& first, const Tree& second, const Array<std::int32_t>& columns,
                               const py::object& threads) {
    const auto there = view(columns);
    const std::size_t workers = threads_of(threads), n = first.n_leaves();
    require(second.n_leaves() == n, "the trees have ", n, " and ", second.n_leaves(), " leaves: they must be the same");
    return tuple_of(without_gil([&] {
      return compare_quartets(edges_between(first, own_columns(first)), edges_between(second, there), n, workers);
    }));
  });
  m.def("quartets_support", [](const Tree& tree, const Array<double>& distances, const py::object& threads) {
    const std::size_t n = taxa_of(distances), workers = threads_of(threads);
    require(tree.n_leaves() == n, "distances is for ", n, " taxa: the tree has ", tree.n_leaves(), " leaves");
    const auto data = view(distances);
    return tuple_of(
        without_gil([&] { return compare_quartets(edges_between(tree, own_columns(tree)), data, n, workers); }));
  });
  m.def("quartets_buneman_tree", [](const Array<double>& distances, const py::object& threads) {
    const std::size_t n = taxa_of(distances), workers = threads_of(threads);
    const auto data = view(distances);
    auto [parent, lengths] = without_gil([&] { return buneman_tree(data, n, workers); });
    const auto nodes = static_cast<py::ssize_t>(parent.size());
    return py::make_tuple(give(std::move(parent), {nodes}), give(std::move(lengths), {nodes}));
  });
}

} // namespace retrodict
