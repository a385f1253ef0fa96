#pragma once

#include "stack/ip/routing_table.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::ipv6 {

using Route = ip::Route<Ipv6Prefix, Ipv6Address>;
using RoutingTable = ip::RoutingTable<Ipv6Prefix, Ipv6Address>;

}  // namespace dualsim::ipv6
