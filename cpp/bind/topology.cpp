#include "bind/arguments.hpp"
#include "trees/distances.hpp"
#include "trees/neighbor_joining.hpp"
#include "trees/splits.hpp"

namespace retrodict {

namespace {

template <class State> Features<State> features_of(const Array<State>& leaves, const py::object& q) {
  require(leaves.ndim() == 2, "leaves has shape ", shape_of(leaves), ": it must be (n_features, n_leaves)");
  return {view(leaves), static_cast<std::size_t>(leaves.shape(1)), word(q, "q", 1)};
}

template <class State> using Estimator = void (*)(const Features<State>&, double, std::size_t, DistanceTable);

template <class State>
py::tuple distances(const Array<State>& leaves, const py::object& q, double cap, const py::object& threads,
                    Estimator<State> estimator) {
  const Features<State> features = features_of(leaves, q);
  const std::size_t workers = threads_of(threads);
  const std::vector<py::ssize_t> shape{leaves.shape(1), leaves.shape(1)};
  py::array_t<double> values(shape);
  py::array_t<bool> capped(shape);
  const auto size = static_cast<std::size_t>(values.size());
  const DistanceTable out{{values.mutable_data(), size},
                          {reinterpret_cast<std::uint8_t*>(capped.mutable_data()), size}};
  without_gil([&] { estimator(features, cap, workers, out); });
  return py::make_tuple(values, capped);
}

template <class State> void register_distances(py::module_& m) {
  m.def(
      "topology_correlations",
      [](const Array<State>& leaves, const py::object& q, const py::object& threads) {
        const Features<State> features = features_of(leaves, q);
        const std::size_t workers = threads_of(threads);
        py::array_t<double> values({leaves.shape(1), leaves.shape(1)});
        const std::span<double> out{values.mutable_data(), static_cast<std::size_t>(values.size())};
        without_gil([&] { correlations(features, workers, out); });
        return values;
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("threads"));
  m.def(
      "topology_correlation_distances",
      [](const Array<State>& leaves, const py::object& q, double cap, const py::object& threads) {
        return distances<State>(leaves, q, cap, threads, correlation_distances<State>);
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("cap"), py::arg("threads"));
  m.def(
      "topology_log_det_distances",
      [](const Array<State>& leaves, const py::object& q, double cap, const py::object& threads) {
        return distances<State>(leaves, q, cap, threads, log_det_distances<State>);
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("cap"), py::arg("threads"));
}

} // namespace

void register_topology(py::module_& m) {
  m.def("topology_count_splits", [](const Tree& first, const Tree& second, const Array<std::int32_t>& columns) {
    const SplitCounts counts = count_splits(first, second, view(columns));
    return py::make_tuple(counts.first, counts.second, counts.shared);
  });
  m.def("topology_neighbor_joining", [](const Array<double>& distances, const py::object& threads) {
    require(distances.ndim() == 2 && distances.shape(0) == distances.shape(1), "distances has shape ",
            shape_of(distances), ": it must be (n, n)");
    const auto data = view(distances);
    const auto n = static_cast<std::size_t>(distances.shape(0)), workers = threads_of(threads);
    auto [parent, lengths] = without_gil([&] { return neighbor_joining(data, n, workers); });
    const auto nodes = static_cast<py::ssize_t>(parent.size());
    return py::make_tuple(give(std::move(parent), {nodes}), give(std::move(lengths), {nodes}));
  });
  register_distances<std::uint8_t>(m);
  register_distances<std::uint16_t>(m);
}

} // namespace retrodict
