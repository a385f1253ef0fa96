#include "stack/tcp/syn_cookies.h"

#include <iterator>

namespace dualsim::tcp {
namespace {

// Of paths that are met: the IPv4 default, tunnels, PPPoE, Ethernet, jumbo frames.
constexpr uint16_t kMss[] = {216, 536, 1220, 1400, 1440, 1460, 4312, 8940};
constexpr uint32_t kHashBits = 24;
constexpr uint32_t kHashMask = (1u << kHashBits) - 1;
constexpr uint32_t kPeriodMask = 0x1f;

// The low bits of the timestamp: window scale, SACK, ECN.
constexpr uint32_t kOptionBits = 6;
constexpr uint32_t kNoScale = 15;

}  // namespace

uint32_t SynCookies::Hash(const Flow& flow, SeqNum peer_isn, uint32_t period,
                          uint32_t mss_index) const {
  const uint64_t number = uint64_t{peer_isn.value()} << 32 | (period << 3 | mss_index);
  return static_cast<uint32_t>(hash_(flow, number)) & kHashMask;
}

SeqNum SynCookies::Make(const Flow& flow, SeqNum peer_isn, uint16_t mss, Time now) {
  last_made_ = now;
  uint32_t index = 0;
  while (index + 1 < std::size(kMss) && kMss[index + 1] <= mss) ++index;
  const uint32_t period = Period(now);
  return SeqNum((period & kPeriodMask) << (kHashBits + 3) | index << kHashBits |
                Hash(flow, peer_isn, period, index));
}

uint32_t SynCookies::Timestamp(uint32_t value, const wire::TcpOptions& options, bool ecn) {
  const uint32_t bits = options.window_scale.value_or(kNoScale) |
                        (options.sack_permitted ? 1u << 4 : 0) | (ecn ? 1u << 5 : 0);
  const uint32_t with_bits = value >> kOptionBits << kOptionBits | bits;
  return with_bits > value ? with_bits - (1u << kOptionBits) : with_bits;
}

std::optional<SynCookies::Restored> SynCookies::Check(const Flow& flow, const wire::TcpHeader& ack,
                                                      Time now) const {
  if (last_made_.is_never() || now - last_made_ > kPeriod * 2) return std::nullopt;
  const uint32_t cookie = (ack.acknowledgment - 1).value();
  const uint32_t age = (Period(now) - (cookie >> (kHashBits + 3))) & kPeriodMask;
  if (age > 1) return std::nullopt;
  const uint32_t index = cookie >> kHashBits & 7;
  if (Hash(flow, ack.sequence - 1, Period(now) - age, index) != (cookie & kHashMask)) {
    return std::nullopt;
  }
  Restored restored;
  restored.options.mss = kMss[index];
  if (ack.options.timestamps) {
    const uint32_t bits = ack.options.timestamps->echo;
    restored.options.timestamps = ack.options.timestamps;
    if ((bits & 0xf) != kNoScale) restored.options.window_scale = bits & 0xf;
    restored.options.sack_permitted = (bits & 1u << 4) != 0;
    restored.ecn = (bits & 1u << 5) != 0;
  }
  return restored;
}

}  // namespace dualsim::tcp
