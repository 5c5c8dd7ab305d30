// Validation that says what is wrong. The message is put together only when the condition fails.
#pragma once

#include <array>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <string>

namespace retrodict {

template <class... Parts> [[noreturn]] void reject(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  throw std::invalid_argument(text.str());
}

// The shortest decimal that reads back as x: a message must not round the offending value to a legal one.
inline std::string shortest(double x) {
  std::array<char, 32> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), x).ptr;
  return {text.data(), end};
}

template <class... Parts> void require(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    reject(parts...);
}

} // namespace retrodict
