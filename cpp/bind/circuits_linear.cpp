#include <pybind11/stl.h>

#include "bind/arguments.hpp"
#include "circuits/linear.hpp"

namespace retrodict {

void register_circuits_linear(py::module_& m) {
  m.def("circuits_xor_cost_table", [](const py::object& n_inputs) {
    const auto n = word(n_inputs, "n_inputs");
    auto costs = without_gil([&] { return xor_cost_table(n); });
    const auto entries = static_cast<py::ssize_t>(costs.size());
    return give(std::move(costs), {entries});
  });
  m.def("circuits_xor_cost", [](const Array<std::int64_t>& matrix, const py::object& max_visits) {
    require(matrix.ndim() == 2, "matrix has shape ", shape_of(matrix), ": it must have two dimensions");
    const LinearMap map(static_cast<std::size_t>(matrix.shape(0)), static_cast<std::size_t>(matrix.shape(1)),
                        view(matrix));
    const auto most = word(max_visits, "max_visits");
    const XorCost found = without_gil([&] { return xor_cost(map, most); });
    return py::make_tuple(found.lower, found.program, found.visits, found.complete);
  });
}

} // namespace retrodict
