#pragma once

#include <optional>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/icmp/error_limiter.h"
#include "stack/wire/drop_reason.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp.h"

namespace dualsim::ndp {

// The validity of a redirect from `source` beyond its bytes (which wire::Redirect::Parse()
// checks), RFC 4861 §8.1: it comes from `first_hop`, the next hop in use for its
// destination, and a router takes none (§8.2). nullopt: follow it.
std::optional<DropReason> CheckRedirect(const Ipv6Address& source,
                                        const std::optional<Ipv6Address>& first_hop,
                                        bool is_router);

// Whether the target of a redirect is a router: else it is the destination, on
// link (§8.3).
inline bool TargetIsRouter(const wire::Redirect& redirect) {
  return redirect.target != redirect.destination;
}

// A packet that a router forwards, as far as redirecting is concerned.
struct ForwardedPacket {
  ByteView packet;                  // From the IPv6 header on, as it came in.
  bool same_interface = false;      // It leaves where it came in.
  bool source_is_neighbor = false;  // Its source is on that link.
  Ipv6Address next_hop;
  std::optional<MacAddress> next_hop_link_layer_address;  // If known.
};

// A router's part, RFC 4861 §8.2: whom it tells of a better first hop, at a
// limited rate.
class RedirectSender {
 public:
  explicit RedirectSender(const icmp::ErrorLimiterConfig& limit = {}) : limiter_(limit) {}

  // The redirect to send to the packet's source, from our link-local address;
  // nullopt where none is due. It quotes from `forwarded.packet`, which outlives it.
  [[nodiscard]] std::optional<wire::Redirect> OnForward(Time now, const ForwardedPacket& forwarded);

 private:
  icmp::ErrorLimiter limiter_;
};

}  // namespace dualsim::ndp
