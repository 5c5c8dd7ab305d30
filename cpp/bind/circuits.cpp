#include <pybind11/stl.h>

#include "bind/arguments.hpp"
#include "circuits/bdd_order.hpp"
#include "circuits/enumeration.hpp"

namespace retrodict {

void register_circuits(py::module_& m) {
  m.def("circuits_cost_table", [](const py::object& n_inputs, unsigned basis) {
    const auto n = word(n_inputs, "n_inputs");
    auto costs = without_gil([&] { return cost_table(n, basis); });
    const auto entries = static_cast<py::ssize_t>(costs.size());
    return give(std::move(costs), {entries});
  });
  m.def("circuits_table_index", [](const Array<std::int64_t>& table) {
    const TruthTable function(view(table));
    return py::make_tuple(function.n_inputs(), table_index(function));
  });
  m.def("circuits_obdd_size", [](const Array<std::int64_t>& table, const py::object& threads) {
    const TruthTable function(view(table));
    const auto workers = threads_of(threads);
    const ObddOrder best = without_gil([&] { return minimum_obdd(function, workers); });
    return py::make_tuple(best.nodes, py::tuple(py::cast(best.order)));
  });
  m.def("circuits_obdd_size_of_order", [](const Array<std::int64_t>& table, const Array<std::int64_t>& order) {
    const TruthTable function(view(table));
    const auto inputs = view(order);
    return without_gil([&] { return obdd_size(function, inputs); });
  });
}

} // namespace retrodict
