#include <pybind11/stl.h>

#include "bind/arguments.hpp"
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
}

} // namespace retrodict
