#include "tests/fuzz/frame_fields.h"

#include <algorithm>

namespace dualsim::testing {
namespace {

constexpr size_t kEthernet = 14;
constexpr size_t kIpv6 = 40;
constexpr uint8_t kIcmpv4 = 1, kTcp = 6, kUdp = 17, kIcmpv6 = 58;

size_t Word(ByteView bytes, size_t at) {
  return static_cast<size_t>(bytes[at] << 8 | bytes[at + 1]);
}

class Reader {
 public:
  explicit Reader(ByteView frame) : frame_(frame) {}

  FrameFields Read() {
    Add({6, 6, 2});
    if (Left() == 0 || at_ != kEthernet) return std::move(found_);
    found_.ip = at_;
    const size_t type = Word(frame_, kEthernet - 2);
    if (type == 0x86dd) {
      ReadIpv6(0);
    } else if (type == 0x0800) {
      ReadIpv4();
    } else {
      found_.ip = 0;
      if (type == 0x0806) Add({2, 2, 1, 1, 2, 6, 4, 6, 4});
    }
    return std::move(found_);
  }

 private:
  size_t Left() const { return frame_.size() - at_; }

  // Fields of these sizes, while there are bytes.
  void Add(std::initializer_list<size_t> sizes) {
    for (const size_t size : sizes) {
      if (size == 0 || Left() < size) return;
      found_.fields.push_back({at_, size});
      at_ += size;
    }
  }

  void ReadIpv6(int depth) {
    if (Left() < kIpv6) return;
    uint8_t next = frame_[at_ + 6];
    Add({1, 1, 2, 2, 1, 1, 16, 16});
    for (int i = 0; i < 12 && Left() >= 8; ++i) {
      if (next != 0 && next != 43 && next != 44 && next != 60) break;
      const size_t size = next == 44 ? 8 : std::min<size_t>((frame_[at_ + 1] + 1u) * 8, Left());
      found_.pieces.push_back({at_, size});
      const size_t end = at_ + size;
      const uint8_t following = frame_[at_];
      if (next == 44) {
        Add({1, 1, 2, 4});
      } else if (next == 43) {
        Add({1, 1, 1, 1, 4});
      } else {
        Add({1, 1});
        ReadOptions(end, /*unit=*/1, /*header=*/2);
      }
      at_ = end;
      next = following;
    }
    ReadTransport(next, depth);
  }

  void ReadIpv4() {
    if (Left() < 20) return;
    found_.is_ipv4 = true;
    const size_t begin = at_;
    const uint8_t protocol = frame_[at_ + 9];
    Add({1, 1, 2, 2, 2, 1, 1, 2, 4, 4});
    at_ = std::min(begin + std::max<size_t>((frame_[begin] & 15) * 4u, 20), frame_.size());
    ReadTransport(protocol, 0);
  }

  // Options with a type and a length, in units of `unit` bytes that count `header` less.
  void ReadOptions(size_t end, size_t unit, size_t header) {
    while (at_ + 2 <= end && end <= frame_.size()) {
      const size_t stated = frame_[at_ + 1] * unit + (unit == 1 ? header : 0);
      const size_t size = std::clamp<size_t>(stated, 2, end - at_);
      found_.pieces.push_back({at_, size});
      const size_t next = at_ + size;
      Add({1, 1});
      while (at_ < next) Add({std::min<size_t>(next - at_, next - at_ == 30 ? 1 : 4)});
      at_ = next;
    }
  }

  void ReadTransport(uint8_t protocol, int depth) {
    if (Left() == 0) return;
    if (depth == 0) {
      found_.transport = at_;
      found_.protocol = protocol;
    }
    if (protocol == kIcmpv6) {
      ReadIcmpv6(depth);
    } else if (protocol == kUdp) {
      Add({2, 2, 2, 2, 1, 1, 2, 4});
    } else if (protocol == kTcp) {
      Add({2, 2, 4, 4, 1, 1, 2, 2, 2});
      while (Left() >= 1 && found_.fields.size() < 60) Add({1});
    } else {
      Add({1, 1, 2, 2, 2, 4, 4});
    }
  }

  void ReadIcmpv6(int depth) {
    const uint8_t type = frame_[at_];
    Add({1, 1, 2, 4});
    if (type < 128 && depth == 0) {
      ReadIpv6(depth + 1);
    } else if (type == 133) {
      ReadOptions(frame_.size(), 8, 0);
    } else if (type == 134) {
      Add({4, 4});
      ReadOptions(frame_.size(), 8, 0);
    } else if (type == 135 || type == 136) {
      Add({16});
      ReadOptions(frame_.size(), 8, 0);
    } else if (type == 137) {
      Add({16, 16});
      ReadOptions(frame_.size(), 8, 0);
    } else if (type == 143) {
      while (Left() >= 20 && found_.fields.size() < 60) Add({1, 1, 2, 16});
    } else {
      Add({16, 1, 1, 2, 16, 16});
    }
  }

  ByteView frame_;
  size_t at_ = 0;
  FrameFields found_;
};

uint32_t Sum(ByteView bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); ++i) sum += i % 2 == 0 ? bytes[i] * 256u : bytes[i];
  return sum;
}

uint16_t Folded(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

void SetWord(std::vector<uint8_t>* frame, size_t at, size_t value) {
  if (at + 2 > frame->size()) return;
  (*frame)[at] = static_cast<uint8_t>(value >> 8);
  (*frame)[at + 1] = static_cast<uint8_t>(value);
}

// Where the transport's checksum lies.
std::optional<size_t> ChecksumPlace(const FrameFields& fields, size_t size) {
  if (!fields.transport) return std::nullopt;
  const uint8_t p = fields.protocol;
  const size_t offset = p == kTcp ? 16 : p == kUdp ? 6 : p == kIcmpv6 || p == kIcmpv4 ? 2 : 0;
  const size_t at = *fields.transport + offset;
  if (offset == 0 || at + 2 > size) return std::nullopt;
  return at;
}

uint16_t TransportChecksum(ByteView frame, const FrameFields& fields, size_t place) {
  const ByteView segment = frame.subspan(*fields.transport);
  uint32_t sum = Sum(segment) - static_cast<uint32_t>(Word(frame, place));
  if (fields.protocol != kIcmpv4) {
    const ByteView addresses =
        fields.is_ipv4 ? frame.subspan(fields.ip + 12, 8) : frame.subspan(fields.ip + 8, 32);
    sum += Sum(addresses) + static_cast<uint32_t>(segment.size()) + fields.protocol;
  }
  const uint16_t checksum = Folded(sum);
  return checksum == 0 && fields.protocol == kUdp ? 0xffff : checksum;
}

}  // namespace

FrameFields ReadFields(ByteView frame) { return Reader(frame).Read(); }

void MendLengths(std::vector<uint8_t>* frame) {
  const FrameFields fields = ReadFields(*frame);
  if (fields.ip == 0) return;
  if (fields.is_ipv4) {
    SetWord(frame, fields.ip + 2, frame->size() - fields.ip);
  } else if (frame->size() >= fields.ip + kIpv6) {
    SetWord(frame, fields.ip + 4, frame->size() - fields.ip - kIpv6);
  }
  if (fields.transport && fields.protocol == kUdp) {
    SetWord(frame, *fields.transport + 4, frame->size() - *fields.transport);
  }
}

void MendChecksums(std::vector<uint8_t>* frame) {
  const FrameFields fields = ReadFields(*frame);
  if (fields.is_ipv4) {
    SetWord(frame, fields.ip + 10, 0);
    const size_t size =
        std::min<size_t>(((*frame)[fields.ip] & 15) * 4u, frame->size() - fields.ip);
    SetWord(frame, fields.ip + 10, Folded(Sum(ByteView(*frame).subspan(fields.ip, size))));
  }
  if (const auto place = ChecksumPlace(fields, frame->size())) {
    SetWord(frame, *place, TransportChecksum(*frame, fields, *place));
  }
}

bool HasGoodChecksum(ByteView frame) {
  const FrameFields fields = ReadFields(frame);
  const auto place = ChecksumPlace(fields, frame.size());
  return place && Word(frame, *place) == TransportChecksum(frame, fields, *place);
}

}  // namespace dualsim::testing
