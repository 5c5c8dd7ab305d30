// The boundary with NumPy: arrays come in as spans for the length of a call and go out without a copy.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <span>
#include <vector>

#include "core/parallel.hpp"

namespace retrodict {

namespace py = pybind11;

// An argument: C-contiguous, converted by the caller in Python (np.ascontiguousarray with the dtype), never silently
// here.
template <class T> using Array = py::array_t<T, py::array::c_style>;

template <class T> std::span<const T> view(const Array<T>& array) {
  return {array.data(), static_cast<std::size_t>(array.size())};
}

// Hands a vector over to NumPy: the array owns it through a capsule.
template <class T> py::array_t<T> give(std::vector<T>&& data, std::vector<py::ssize_t> shape) {
  auto owner = std::make_unique<std::vector<T>>(std::move(data));
  const T* first = owner->data();
  py::capsule capsule(owner.release(), [](void* p) { delete static_cast<std::vector<T>*>(p); });
  return py::array_t<T>(std::move(shape), first, std::move(capsule));
}

// Releases the GIL around `kernel` and lets Ctrl-C stop it: the poll takes the GIL back for a moment to run Python's
// signal handlers. Take every span before.
template <class Kernel> auto without_gil(Kernel&& kernel) {
  const py::gil_scoped_release release;
  const PollScope scope([](double) {
    const py::gil_scoped_acquire acquire;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  });
  return kernel();
}

} // namespace retrodict
