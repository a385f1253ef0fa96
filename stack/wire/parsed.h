#pragma once

#include <optional>
#include <utility>

#include "stack/wire/drop_reason.h"

namespace dualsim {

// What a parser makes of bytes from outside: a value, or the reason for which
// the message is dropped.
template <typename T>
class [[nodiscard]] Parsed {
 public:
  Parsed(T value) : value_(std::move(value)) {}  // NOLINT: meant to be implicit
  Parsed(DropReason reason) : value_(std::nullopt), reason_(reason) {}  // NOLINT: likewise

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  // Requires !ok().
  DropReason reason() const { return reason_; }
  // Require ok().
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  const T* operator->() const { return &*value_; }

 private:
  std::optional<T> value_;
  DropReason reason_{};
};

}  // namespace dualsim
