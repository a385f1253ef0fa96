#pragma once

#include <optional>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/icmp/error_limiter.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::router {

// A packet that a router forwards, as far as redirecting is concerned.
struct ForwardedPacket {
  ByteView packet;                  // From the IPv6 header on, as it came in.
  bool same_interface = false;      // It leaves where it came in.
  bool source_is_neighbor = false;  // Its source is on that link.
  Ipv6Address next_hop;
  std::optional<MacAddress> next_hop_link_layer_address;  // If known.
};

// Whom a router tells of a better first hop, RFC 4861 §8.2, at a limited rate.
class RedirectSender {
 public:
  explicit RedirectSender(const icmp::ErrorLimiterConfig& limit = {}) : limiter_(limit) {}

  // The redirect to send to the packet's source, from our link-local address;
  // nullopt where none is due. It quotes from `forwarded.packet`, which outlives it.
  [[nodiscard]] std::optional<wire::Redirect> OnForward(Time now, const ForwardedPacket& forwarded);

 private:
  icmp::ErrorLimiter limiter_;
};

}  // namespace dualsim::router
