#include "bind/arguments.hpp"
#include "circuits/joint.hpp"

namespace retrodict {

void register_circuits_joint(py::module_& m) {
  m.def("circuits_joint_classes", [](const py::object& n_inputs, const py::object& cost, const py::object& threads) {
    const auto n = word(n_inputs, "n_inputs"), most = word(cost, "cost");
    const auto workers = threads_of(threads);
    auto levels = without_gil([&] { return joint_classes(n, most, workers); });
    py::list arrays;
    for (auto& level : levels) {
      const auto classes = static_cast<py::ssize_t>(level.size());
      arrays.append(give(std::move(level), {classes}));
    }
    return py::tuple(arrays);
  });
}

} // namespace retrodict
