#include "trees/distances.hpp"
#include "bind/arguments.hpp"

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

template <class State> void register_states(py::module_& m) {
  m.def(
      "distances_correlations",
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
      "distances_correlation_distances",
      [](const Array<State>& leaves, const py::object& q, double cap, const py::object& threads) {
        return distances<State>(leaves, q, cap, threads, correlation_distances<State>);
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("cap"), py::arg("threads"));
  m.def(
      "distances_log_det_distances",
      [](const Array<State>& leaves, const py::object& q, double cap, const py::object& threads) {
        return distances<State>(leaves, q, cap, threads, log_det_distances<State>);
      },
      py::arg("leaves").noconvert(), py::arg("q"), py::arg("cap"), py::arg("threads"));
}

} // namespace

void register_distances(py::module_& m) {
  register_states<std::uint8_t>(m);
  register_states<std::uint16_t>(m);
}

} // namespace retrodict
