// Validation that says what is wrong. The message is put together only when the condition fails.
#pragma once

#include <sstream>
#include <stdexcept>

namespace retrodict {

template <class... Parts> [[noreturn]] void reject(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw std::invalid_argument(text.str());
}

template <class... Parts> void require(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    reject(parts...);
}

} // namespace retrodict
