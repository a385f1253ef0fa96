#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/ipv6_address.h"

namespace dualsim::host {

// The boot arguments of one stack, under MirageOS's names. A field that is not
// set was not given, and the mechanism's own default applies.
struct BootArguments {
  std::optional<Ipv4Cidr> ipv4;
  std::optional<Ipv4Address> ipv4_gateway;
  bool ipv4_only = false;
  std::optional<Ipv6Cidr> ipv6;
  std::optional<Ipv6Address> ipv6_gateway;
  bool ipv6_only = false;
  bool accept_router_advertisements = true;
  bool dhcp = false;

  std::vector<std::variant<Ipv4Address, Ipv6Address>>
      dns_servers;  // --dns-servers, in their order.
  std::optional<Duration> dns_timeout;
  std::optional<uint32_t> dns_cache_size;

  // RFC 8305's, as --he-...
  std::optional<Duration> he_aaaa_timeout;
  std::optional<Duration> he_connect_delay;
  std::optional<Duration> he_connect_timeout;
  std::optional<Duration> he_resolve_timeout;
  std::optional<uint32_t> he_resolve_retries;
  std::optional<Duration> he_timer_interval;

  std::optional<std::string> name;       // The host name that DHCP tells.
  std::optional<std::string> interface;  // Which device.
  Duration delay;                        // A pause before boot.

  // Programs that begin with each boot: "echo" or "echo=--port=8", as often as wanted.
  std::vector<std::string> applications;

  // The names of the arguments given, in their order, without dashes and group:
  // "dns-servers". Who can't honour one refuses it.
  std::vector<std::string> given;

  bool IsGiven(std::string_view argument) const;
  bool runs_ipv4() const { return !ipv6_only; }
  bool runs_ipv6() const { return !ipv4_only; }
  // A static address goes before DHCP.
  bool runs_dhcp() const { return dhcp && runs_ipv4() && !ipv4; }
};

struct ParsedBootArguments {
  std::vector<BootArguments> stacks;  // One per group, in their order.
  std::vector<std::string> errors;    // One line each; where there are any, no stack may boot.
  bool ok() const { return errors.empty(); }
};

// Reads boot arguments as a command line gives them, separated by white space,
// quoted where they hold some: --name=VALUE or --name VALUE; booleans as
// --name=true, --name=false or bare. A duration has a unit ("50ms"), or is, as
// MirageOS has it, a whole number of nanoseconds (of seconds for --delay).
//
// Each error names the argument, the value and what is allowed. Refused are also
// an argument given twice, --ipv4-only with --ipv6-only, and an IPv4 gateway
// without an address. (IPv6 always has its link-local address.)
//
// A host of several stacks gives each a group, which prefixes every name:
// {"private", "management"} read --private-ipv4-only=true. An empty group has no
// prefix. Programs are of the whole host: --app has no prefix ever.
ParsedBootArguments ParseBootArguments(std::string_view text, std::span<const std::string> groups);
// One stack without a group: `stacks` has one element.
ParsedBootArguments ParseBootArguments(std::string_view text);

// The groups of a host that has as many stacks as its boot arguments name: "", then
// those that are given a device of their own, --private-interface=NAME, in their order.
std::vector<std::string> GroupsOfBootArguments(std::string_view text);

}  // namespace dualsim::host
