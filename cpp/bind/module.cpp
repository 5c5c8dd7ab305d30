// The contents page of the compiled module. It is private: shapes, dtypes and meaning are told in
// python/retrodict/<family>.py.
#include <pybind11/pybind11.h>

namespace py = pybind11;

namespace retrodict {
void register_bp(py::module_& m);
void register_circuits(py::module_& m);
void register_circuits_restricted(py::module_& m);
void register_circuits_graph_form(py::module_& m);
void register_circuits_obdd(py::module_& m);
void register_circuits_classes(py::module_& m);
void register_circuits_joint(py::module_& m);
void register_circuits_linear(py::module_& m);
void register_circuits_search(py::module_& m);
void register_encoders(py::module_& m);
void register_density_evolution(py::module_& m);
void register_distances(py::module_& m);
void register_graphs(py::module_& m);
void register_quartets(py::module_& m);
void register_level_by_level(py::module_& m);
void register_population_dynamics(py::module_& m);
void register_topology(py::module_& m);
void register_trees(py::module_& m);
} // namespace retrodict

PYBIND11_MODULE(_core, m) {
  retrodict::register_bp(m);
  retrodict::register_circuits(m);
  retrodict::register_circuits_restricted(m);
  retrodict::register_circuits_graph_form(m);
  retrodict::register_circuits_obdd(m);
  retrodict::register_circuits_classes(m);
  retrodict::register_circuits_joint(m);
  retrodict::register_circuits_linear(m);
  retrodict::register_circuits_search(m);
  retrodict::register_encoders(m);
  retrodict::register_density_evolution(m);
  retrodict::register_distances(m);
  retrodict::register_graphs(m);
  retrodict::register_quartets(m);
  retrodict::register_level_by_level(m);
  retrodict::register_population_dynamics(m);
  retrodict::register_topology(m);
  retrodict::register_trees(m);
}
