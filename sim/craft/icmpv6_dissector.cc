#include "sim/craft/icmpv6_dissector.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/wire/icmpv6.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/ndp_options.h"

namespace dualsim::craft {
namespace {

using Type = wire::Icmpv6Type;
using OptionType = wire::NdpOptionType;

std::vector<uint8_t> Copy(ByteView bytes) { return {bytes.begin(), bytes.end()}; }
bool BitOf(uint64_t word, int bit) { return (word >> bit & 1) != 0; }

Ipv6Address LoadPrefix(ByteView bytes) {
  std::array<uint8_t, Ipv6Address::kSize> address{};
  for (size_t i = 0; i < bytes.size() && i < address.size(); ++i) address[i] = bytes[i];
  return Ipv6Address(address);
}

// RFC 1035 §3.1; empty where it is no list of names.
std::vector<std::string> LoadNames(ByteView bytes) {
  std::vector<std::string> names;
  std::string name;
  for (size_t i = 0; i < bytes.size();) {
    const size_t size = bytes[i++];
    if (size == 0) {
      if (!name.empty()) names.push_back(std::exchange(name, {}));
      continue;
    }
    if (size > 63 || size > bytes.size() - i) return {};
    if (!name.empty()) name += '.';
    for (size_t j = 0; j < size; ++j) name += static_cast<char>(bytes[i + j]);
    i += size;
  }
  return names;
}

using OptionBody = decltype(NdpOptionSpec::body);

// `option` is whole: a multiple of 8 bytes, 8 at least. A length that its type
// does not have leaves it raw.
OptionBody DissectOptionBody(ByteView option) {
  const uint8_t* p = option.data();
  const RawNdpOption raw{Copy(option.subspan(2))};
  switch (static_cast<OptionType>(p[0])) {
    case OptionType::kSourceLinkLayerAddress:
    case OptionType::kTargetLinkLayerAddress:
      if (option.size() != 8) return raw;
      return LinkLayerAddressOption{MacAddress::Load(p + 2)};
    case OptionType::kPrefixInformation: {
      if (option.size() != 32) return raw;
      PrefixInformationOption prefix;
      prefix.prefix_length = p[2];
      prefix.on_link = BitOf(p[3], 7);
      prefix.autonomous = BitOf(p[3], 6);
      prefix.router_address = BitOf(p[3], 5);
      prefix.reserved1 = p[3] & 0x1f;
      prefix.valid_lifetime = LoadBig32(p + 4);
      prefix.preferred_lifetime = LoadBig32(p + 8);
      prefix.reserved2 = LoadBig32(p + 12);
      prefix.prefix = Ipv6Address::Load(p + 16);
      return prefix;
    }
    case OptionType::kRedirectedHeader: {
      RedirectedHeaderOption redirected;
      redirected.reserved = uint64_t{LoadBig16(p + 2)} << 32 | LoadBig32(p + 4);
      redirected.quote = Quote{"", nullptr, Copy(option.subspan(8)), option.size() - 8};
      return redirected;
    }
    case OptionType::kMtu:
      if (option.size() != 8) return raw;
      return MtuOption{LoadBig32(p + 4)};
    case OptionType::kNonce:
      return NonceOption{Copy(option.subspan(2))};
    case OptionType::kRouteInformation: {
      if (option.size() > 24) return raw;
      RouteInformationOption route;
      route.prefix_length = p[2];
      route.preference = p[3] >> 3 & 3;
      route.reserved = p[3] & 0xe7;
      route.lifetime = LoadBig32(p + 4);
      route.prefix = LoadPrefix(option.subspan(8));
      return route;
    }
    case OptionType::kRecursiveDnsServer: {
      if (option.size() % 16 != 8) return raw;
      RecursiveDnsServerOption servers;
      servers.lifetime = LoadBig32(p + 4);
      for (size_t i = 8; i < option.size(); i += 16) {
        servers.addresses.emplace_back(Ipv6Address::Load(p + i));
      }
      return servers;
    }
    case OptionType::kDnsSearchList:
      return DnsSearchListOption{LoadBig32(p + 4), LoadNames(option.subspan(8))};
    case OptionType::kPref64: {
      if (option.size() != 16) return raw;
      const uint16_t word = LoadBig16(p + 2);
      return Pref64Option{LoadPrefix(option.subspan(4)), word & 7, word & 0xfff8};
    }
  }
  return raw;
}

std::vector<NdpOptionSpec> DissectOptions(ByteView bytes) {
  std::vector<NdpOptionSpec> options;
  while (bytes.size() >= 2) {
    NdpOptionSpec& option = options.emplace_back();
    option.type = bytes[0];
    option.length = bytes[1];
    const size_t size = size_t{bytes[1]} * 8;
    if (size == 0 || size > bytes.size()) {  // The rest is nothing that can be told apart.
      option.body = RawNdpOption{Copy(bytes.subspan(2))};
      break;
    }
    option.body = DissectOptionBody(bytes.first(size));
    bytes = bytes.subspan(size);
  }
  return options;
}

RouterAdvertisementBody DissectAdvertisement(const uint8_t* p) {
  RouterAdvertisementBody body;
  body.cur_hop_limit = p[4];
  body.managed = BitOf(p[5], 7);
  body.other = BitOf(p[5], 6);
  body.home_agent = BitOf(p[5], 5);
  body.preference = p[5] >> 3 & 3;
  body.proxy = BitOf(p[5], 2);
  body.reserved = p[5] & 3;
  body.router_lifetime = LoadBig16(p + 6);
  body.reachable_time = LoadBig32(p + 8);
  body.retrans_timer = LoadBig32(p + 12);
  return body;
}

NeighborAdvertisementBody DissectNeighborAdvertisement(const uint8_t* p) {
  const uint32_t flags = LoadBig32(p + 4);
  return {BitOf(flags, 31), BitOf(flags, 30), BitOf(flags, 29), flags & 0x1fffffff,
          Ipv6Address::Load(p + 8)};
}

ListenerQueryV2Body DissectQuery(ByteView message) {
  const uint8_t* p = message.data();
  ListenerQueryV2Body body;
  body.maximum_response_code = LoadBig16(p + 4);
  body.reserved = LoadBig16(p + 6);
  body.group = Ipv6Address::Load(p + 8);
  body.reserved2 = p[24] >> 4;
  body.suppress_router_processing = BitOf(p[24], 3);
  body.robustness_variable = p[24] & 7;
  body.query_interval_code = p[25];
  body.number_of_sources = LoadBig16(p + 26);
  for (size_t i = 28; i + 16 <= message.size(); i += 16) {
    body.sources.emplace_back(Ipv6Address::Load(p + i));
  }
  return body;
}

// One record and how many bytes it takes; nullopt where it runs past the end.
std::optional<std::pair<ListenerRecordSpec, size_t>> DissectRecord(ByteView bytes) {
  if (bytes.size() < 20) return std::nullopt;
  const uint8_t* p = bytes.data();
  ListenerRecordSpec record;
  record.type = p[0];
  record.auxiliary_data_length = p[1];
  record.number_of_sources = LoadBig16(p + 2);
  record.group = Ipv6Address::Load(p + 4);
  const size_t sources_end = 20 + 16 * size_t{LoadBig16(p + 2)};
  const size_t end = sources_end + 4 * size_t{p[1]};
  if (end > bytes.size()) return std::nullopt;
  for (size_t i = 20; i < sources_end; i += 16)
    record.sources.emplace_back(Ipv6Address::Load(p + i));
  record.auxiliary_data = Copy(bytes.subspan(sources_end, end - sources_end));
  return std::pair(std::move(record), end);
}

ListenerReportV2Body DissectReport(ByteView message) {
  ListenerReportV2Body body;
  body.reserved = LoadBig16(message.data() + 4);
  body.number_of_records = LoadBig16(message.data() + 6);
  ByteView rest = message.subspan(8);
  while (auto record = DissectRecord(rest)) {
    body.records.push_back(std::move(record->first));
    rest = rest.subspan(record->second);
  }
  return body;
}

EchoBody DissectEcho(ByteView message) {
  return {LoadBig16(message.data() + 4), LoadBig16(message.data() + 6), Copy(message.subspan(8)),
          message.size() - 8};
}

ErrorBody DissectError(ByteView message) {
  const uint32_t word = LoadBig32(message.data() + 4);
  return {word, word, word, Quote{"", nullptr, Copy(message.subspan(8)), message.size() - 8},
          std::nullopt};
}

ListenerBody DissectListenerMessage(const uint8_t* p) {
  return {LoadBig16(p + 4), LoadBig16(p + 6), Ipv6Address::Load(p + 8)};
}

// Of the messages of neighbour discovery: where their options begin, else 0.
size_t OptionsOffset(uint8_t type) {
  switch (static_cast<Type>(type)) {
    case Type::kRouterSolicitation:
      return 8;
    case Type::kRouterAdvertisement:
      return 16;
    case Type::kNeighborSolicitation:
    case Type::kNeighborAdvertisement:
      return 24;
    case Type::kRedirect:
      return 40;
    default:
      return 0;
  }
}

// nullopt where the message is too short for its type, or the type has no form.
std::optional<Icmpv6Body> DissectBody(ByteView message) {
  const uint8_t* p = message.data();
  const size_t size = message.size();
  if (size < 8 || size < OptionsOffset(p[0])) return std::nullopt;
  switch (static_cast<Type>(p[0])) {
    case Type::kDestinationUnreachable:
    case Type::kPacketTooBig:
    case Type::kTimeExceeded:
    case Type::kParameterProblem:
      return DissectError(message);
    case Type::kEchoRequest:
    case Type::kEchoReply:
      return DissectEcho(message);
    case Type::kRouterSolicitation:
      return RouterSolicitationBody{LoadBig32(p + 4)};
    case Type::kRouterAdvertisement:
      return DissectAdvertisement(p);
    case Type::kNeighborSolicitation:
      return NeighborSolicitationBody{LoadBig32(p + 4), Ipv6Address::Load(p + 8)};
    case Type::kNeighborAdvertisement:
      return DissectNeighborAdvertisement(p);
    case Type::kRedirect:
      return RedirectBody{LoadBig32(p + 4), Ipv6Address::Load(p + 8), Ipv6Address::Load(p + 24)};
    case Type::kMulticastListenerQuery:
      if (size >= 28) return DissectQuery(message);  // RFC 3810 §8.1
      [[fallthrough]];
    case Type::kMulticastListenerReportV1:
    case Type::kMulticastListenerDone:
      if (size < 24) return std::nullopt;
      return DissectListenerMessage(p);
    case Type::kMulticastListenerReportV2:
      return DissectReport(message);
  }
  return std::nullopt;
}

}  // namespace

Icmpv6Layer DissectIcmpv6(ByteView message) {
  Icmpv6Layer layer;
  layer.type = message[0];
  layer.code = message[1];
  layer.checksum = LoadBig16(message.data() + 2);
  layer.size = message.size();
  if (auto body = DissectBody(message)) {
    layer.body = std::move(*body);
    const size_t options = OptionsOffset(layer.type);
    if (options != 0) layer.options = DissectOptions(message.subspan(options));
  } else {
    layer.body = RawBody{Copy(message.subspan(4))};
  }
  return layer;
}

}  // namespace dualsim::craft
