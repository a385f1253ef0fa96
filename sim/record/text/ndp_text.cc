#include "sim/record/text/ndp_text.h"

#include <optional>
#include <string_view>

#include "sim/record/text/append.h"
#include "stack/wire/icmpv6.h"
#include "stack/wire/ndp.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::sim::text {
namespace {

using wire::Icmpv6Type;
using wire::NdpOption;
using wire::NdpOptionType;

uint32_t LifetimeField(const NdpOption& option) { return LoadBig32(option.bytes.data() + 4); }

std::string_view PreferenceName(int bits) {
  constexpr std::string_view kNames[] = {"medium", "high", "reserved", "low"};
  return kNames[bits & 3];
}

void AppendUnknown(std::string& out, const NdpOption& option) {
  Append(out, "option ", static_cast<int>(option.type), " ", HexBytes{option.bytes.subspan(2)});
}

// The functions below write one option whose type is known. False: its length or
// form is not that of its type.

bool AppendLinkLayerAddress(std::string& out, std::string_view name, const NdpOption& option) {
  if (option.bytes.size() != 8) return false;
  Append(out, name, " link-layer ", MacAddress::Load(option.bytes.data() + 2));
  return true;
}

bool AppendPrefix(std::string& out, const NdpOption& option) {
  const auto prefix = wire::PrefixInformation::Parse(option.bytes);
  if (!prefix) return false;
  Append(out, "prefix ", prefix->prefix, "/", prefix->prefix_length);
  if (prefix->on_link) Append(out, " on-link");
  if (prefix->autonomous) Append(out, " autonomous");
  if (prefix->router_address) Append(out, " router-address");
  Append(out, " valid ");
  AppendLifetime(out, LifetimeField(option));
  Append(out, " preferred ");
  AppendLifetime(out, LoadBig32(option.bytes.data() + 8));
  return true;
}

bool AppendRedirected(std::string& out, const IpPacket& ip, const NdpOption& option) {
  Append(out, "redirected ");
  AppendQuoted(out, option.bytes.subspan(8), ip);
  return true;
}

bool AppendMtu(std::string& out, const NdpOption& option) {
  if (option.bytes.size() != 8) return false;
  Append(out, "MTU ", LoadBig32(option.bytes.data() + 4));
  return true;
}

bool AppendNonce(std::string& out, const NdpOption& option) {
  Append(out, "nonce ", HexBytes{option.bytes.subspan(2)});
  return true;
}

bool AppendRoute(std::string& out, const NdpOption& option) {
  const auto route = wire::RouteInformation::Parse(option.bytes);
  if (!route) return false;
  Append(out, "route ", route->prefix.address(), "/", route->prefix.length(), " preference ",
         PreferenceName(static_cast<int>(route->preference)), " lifetime ");
  AppendLifetime(out, LifetimeField(option));
  return true;
}

bool AppendDnsServers(std::string& out, const NdpOption& option) {
  const auto servers = wire::RecursiveDnsServers::Parse(option.bytes);
  if (!servers) return false;
  Append(out, "recursive DNS server");
  for (const Ipv6Address& address : servers->addresses) Append(out, " ", address);
  Append(out, " lifetime ");
  AppendLifetime(out, LifetimeField(option));
  return true;
}

bool AppendDnsSearchList(std::string& out, const NdpOption& option) {
  const auto list = wire::DnsSearchList::Parse(option.bytes);
  if (!list) return false;
  Append(out, "DNS search list");
  for (const std::string& name : list->names) Append(out, " ", name);
  Append(out, " lifetime ");
  AppendLifetime(out, LifetimeField(option));
  return true;
}

bool AppendPref64(std::string& out, const NdpOption& option) {
  const auto pref64 = wire::Pref64::Parse(option.bytes);
  if (!pref64) return false;
  Append(out, "PREF64 ", pref64->prefix.address(), "/", pref64->prefix.length(), " lifetime ",
         (LoadBig16(option.bytes.data() + 2) >> 3) * 8, " s");
  return true;
}

bool AppendKnown(std::string& out, const IpPacket& ip, const NdpOption& option) {
  switch (option.type) {
    case NdpOptionType::kSourceLinkLayerAddress:
      return AppendLinkLayerAddress(out, "source", option);
    case NdpOptionType::kTargetLinkLayerAddress:
      return AppendLinkLayerAddress(out, "target", option);
    case NdpOptionType::kPrefixInformation:
      return AppendPrefix(out, option);
    case NdpOptionType::kRedirectedHeader:
      return AppendRedirected(out, ip, option);
    case NdpOptionType::kMtu:
      return AppendMtu(out, option);
    case NdpOptionType::kNonce:
      return AppendNonce(out, option);
    case NdpOptionType::kRouteInformation:
      return AppendRoute(out, option);
    case NdpOptionType::kRecursiveDnsServer:
      return AppendDnsServers(out, option);
    case NdpOptionType::kDnsSearchList:
      return AppendDnsSearchList(out, option);
    case NdpOptionType::kPref64:
      return AppendPref64(out, option);
  }
  return false;
}

void AppendOptions(std::string& out, const IpPacket& ip, ByteView options) {
  wire::NdpOptionReader reader(options);
  while (const std::optional<NdpOption> option = reader.Next()) {
    Append(out, ", ");
    if (!AppendKnown(out, ip, *option)) AppendUnknown(out, *option);
  }
}

void AppendRouterAdvertisement(std::string& out, const uint8_t* p) {
  Append(out, "Router Advertisement Cur Hop Limit ", p[4]);
  const int flags = p[5];
  if ((flags & 0x80) != 0) Append(out, ", managed");
  if ((flags & 0x40) != 0) Append(out, ", other");
  if ((flags & 0x20) != 0) Append(out, ", home agent");
  const int preference = flags >> 3 & 3;
  if (preference != 0) Append(out, ", preference ", PreferenceName(preference));
  if ((flags & 0x07) != 0) Append(out, ", flags ", Hex{static_cast<uint64_t>(flags & 0x07), 2});
  Append(out, ", router lifetime ", LoadBig16(p + 6), " s, reachable time ", LoadBig32(p + 8),
         " ms, retrans timer ", LoadBig32(p + 12), " ms");
}

void AppendNeighborAdvertisement(std::string& out, const uint8_t* p) {
  Append(out, "Neighbor Advertisement of ", Ipv6Address::Load(p + 8));
  if ((p[4] & 0x80) != 0) Append(out, ", router");
  if ((p[4] & 0x40) != 0) Append(out, ", solicited");
  if ((p[4] & 0x20) != 0) Append(out, ", override");
}

// The bytes of a message in front of its options.
size_t HeaderSize(Icmpv6Type type) {
  switch (type) {
    case Icmpv6Type::kRouterSolicitation:
      return 8;
    case Icmpv6Type::kRouterAdvertisement:
      return 16;
    case Icmpv6Type::kRedirect:
      return 40;
    default:
      return 24;
  }
}

std::string_view Name(Icmpv6Type type) {
  switch (type) {
    case Icmpv6Type::kRouterSolicitation:
      return "Router Solicitation";
    case Icmpv6Type::kRouterAdvertisement:
      return "Router Advertisement";
    case Icmpv6Type::kNeighborSolicitation:
      return "Neighbor Solicitation";
    case Icmpv6Type::kNeighborAdvertisement:
      return "Neighbor Advertisement";
    default:
      return "Redirect";
  }
}

void AppendHeader(std::string& out, Icmpv6Type type, const uint8_t* p) {
  switch (type) {
    case Icmpv6Type::kRouterAdvertisement:
      return AppendRouterAdvertisement(out, p);
    case Icmpv6Type::kNeighborSolicitation:
      return Append(out, "Neighbor Solicitation who has ", Ipv6Address::Load(p + 8));
    case Icmpv6Type::kNeighborAdvertisement:
      return AppendNeighborAdvertisement(out, p);
    case Icmpv6Type::kRedirect:
      return Append(out, "Redirect of ", Ipv6Address::Load(p + 24), " to ",
                    Ipv6Address::Load(p + 8));
    default:
      return Append(out, Name(type));
  }
}

template <typename Message>
std::optional<DropReason> ReasonAgainst(ByteView message, const wire::NdpContext& context) {
  const Parsed<Message> parsed = Message::Parse(message, context);
  if (parsed) return std::nullopt;
  return parsed.reason();
}

std::optional<DropReason> ReasonAgainst(Icmpv6Type type, ByteView message, const IpPacket& ip) {
  const wire::NdpContext context{ip.source, ip.destination, ip.hop_limit};
  switch (type) {
    case Icmpv6Type::kRouterSolicitation:
      return ReasonAgainst<wire::RouterSolicitation>(message, context);
    case Icmpv6Type::kRouterAdvertisement:
      return ReasonAgainst<wire::RouterAdvertisement>(message, context);
    case Icmpv6Type::kNeighborSolicitation:
      return ReasonAgainst<wire::NeighborSolicitation>(message, context);
    case Icmpv6Type::kNeighborAdvertisement:
      return ReasonAgainst<wire::NeighborAdvertisement>(message, context);
    default:
      return ReasonAgainst<wire::Redirect>(message, context);
  }
}

}  // namespace

void AppendNdp(std::string& out, const IpPacket& ip, ByteView message) {
  const auto type = static_cast<Icmpv6Type>(message[0]);
  const size_t header = HeaderSize(type);
  if (message.size() < header) {
    Append(out, Name(type), ", ", message.size(), " bytes");
  } else {
    AppendHeader(out, type, message.data());
    if (message[1] != 0) Append(out, ", code ", message[1]);
    AppendOptions(out, ip, message.subspan(header));
  }
  if (ip.quoted) return;
  if (ip.fragmented) {
    Append(out, ", invalid: ", DropReasonText(DropReason::NDP_FRAGMENTED));
    return;
  }
  if (!ip.whole) return;
  if (const auto reason = ReasonAgainst(type, message, ip)) {
    Append(out, ", invalid: ", DropReasonText(*reason));
  }
}

}  // namespace dualsim::sim::text
