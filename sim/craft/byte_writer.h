#pragma once

#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::craft {

// Appends to a vector of bytes, in network order; numbers lose the bits that
// their field has no place for.
class ByteWriter {
 public:
  ByteWriter& Put8(uint64_t v) {
    bytes_.push_back(static_cast<uint8_t>(v));
    return *this;
  }
  ByteWriter& Put16(uint64_t v) { return Put8(v >> 8).Put8(v); }
  ByteWriter& Put32(uint64_t v) { return Put16(v >> 16).Put16(v); }
  ByteWriter& Put(ByteView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  ByteWriter& Put(const Ipv6Address& address) { return Put(ByteView(address.bytes())); }
  ByteWriter& Put(const MacAddress& mac) { return Put(ByteView(mac.bytes())); }
  ByteWriter& Zeros(size_t count) {
    bytes_.insert(bytes_.end(), count, 0);
    return *this;
  }
  // Zeros up to the next multiple.
  ByteWriter& Fill(size_t multiple) {
    return Zeros((multiple - bytes_.size() % multiple) % multiple);
  }

  size_t size() const { return bytes_.size(); }
  uint8_t& operator[](size_t i) { return bytes_[i]; }
  uint8_t* at(size_t i) { return bytes_.data() + i; }
  std::vector<uint8_t> Take() { return std::move(bytes_); }

 private:
  std::vector<uint8_t> bytes_;
};

}  // namespace dualsim::craft
