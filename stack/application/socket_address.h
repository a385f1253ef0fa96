#pragma once

#include <compare>
#include <optional>
#include <string>

#include "stack/facts/facts.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/port.h"

namespace dualsim::application {

// Where a program sends to, or hears from.
struct SocketAddress {
  IpAddress address;
  Port port{};
  // The link of a link-local address or group (RFC 4007 §6), where the host has
  // several; unset for others.
  std::optional<InterfaceId> interface {};

  // "192.0.2.1:80", "[2001:db8::1]:80".
  std::string ToString() const;
  // The same text; the port may be left out where a default is given.
  static std::optional<SocketAddress> Parse(std::string_view text,
                                            std::optional<Port> default_port = std::nullopt);
  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace dualsim::application
