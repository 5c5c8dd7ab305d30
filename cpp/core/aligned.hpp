// Vectors that start where a cache line does, so that no load of a whole machine vector takes two.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace retrodict {

template <class T> struct OnCacheLine {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  OnCacheLine() = default;
  template <class U> OnCacheLine(const OnCacheLine<U>&) {}
  T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), line)); }
  void deallocate(T* at, std::size_t) { ::operator delete(at, line); }
  bool operator==(const OnCacheLine&) const = default;
};

template <class T> using Aligned = std::vector<T, OnCacheLine<T>>;

} // namespace retrodict
