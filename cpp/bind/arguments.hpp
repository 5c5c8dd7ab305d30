// Arguments from Python: the exact value or a message that names the argument, never a silent conversion.
#pragma once

#include <optional>
#include <string>

#include "bind/numpy.hpp"
#include "core/require.hpp"

namespace retrodict {

// As Python prints it.
inline std::string shape_of(const py::array& array) { return py::str(array.attr("shape")); }

// `value` as a 64-bit word.
inline std::uint64_t word(const py::handle& value, const char* name, std::uint64_t least = 0) {
  const auto index = py::reinterpret_steal<py::object>(PyNumber_Index(value.ptr()));
  if (!index) {
    PyErr_Clear();
    throw py::type_error(std::string(name) + " = " + py::repr(value).cast<std::string>() + ": it must be an integer");
  }
  const auto result = PyLong_AsUnsignedLongLong(index.ptr());
  const bool outside = PyErr_Occurred() != nullptr;
  PyErr_Clear();
  require(!outside && result >= least, name, " = ", py::str(index).cast<std::string>(), ": it must be at least ", least,
          outside ? " and below 2^64" : "");
  return result;
}

// None is every processor that the process may use, for which kernels read 0.
inline std::size_t threads_of(const py::handle& threads) {
  return threads.is_none() ? 0 : static_cast<std::size_t>(word(threads, "threads", 1));
}

} // namespace retrodict
