#pragma once

#include <optional>
#include <utility>

#include "stack/application/error.h"

namespace dualsim::application {

// A value, or why there is none.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}                 // NOLINT: meant to be implicit
  Result(Error error) : value_(std::nullopt), error_(error) {}  // NOLINT: likewise

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  // Requires !ok().
  Error error() const { return error_; }
  // Require ok().
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  Error error_{};
};

// Of what gives nothing back: nullopt, or why it was not done.
using Status = std::optional<Error>;

}  // namespace dualsim::application
