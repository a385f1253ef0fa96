#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "stack/wire/dns.h"

namespace dualsim::wire {

// Writes a DNS message front to back into a bounded space, names compressed
// (RFC 1035 §4.1.4).
class DnsWriter {
 public:
  explicit DnsWriter(size_t limit) : limit_(limit) {}

  void Put16(uint16_t value);
  void Put32(uint32_t value);
  void PutQuestion(const DnsQuestion& question);
  // False, and nothing is written, where it does not fit.
  [[nodiscard]] bool PutRecord(const DnsRecord& record);

  // Keeps so many bytes at the end free for what comes last.
  void Reserve(size_t size) { reserved_ = size; }
  uint16_t Get16(size_t position) const { return LoadBig16(bytes_.data() + position); }
  void Set16(size_t position, uint16_t value) { StoreBig16(bytes_.data() + position, value); }
  std::vector<uint8_t> Finish() { return std::move(bytes_); }

 private:
  void PutName(DnsName name);
  void PutBytes(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
  void PutData(const DnsRecord& record);

  size_t limit_;
  size_t reserved_ = 0;
  std::vector<uint8_t> bytes_;
  std::map<DnsName, uint16_t> names_;  // Where each was written.
};

}  // namespace dualsim::wire
