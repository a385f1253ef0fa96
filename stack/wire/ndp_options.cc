#include "stack/wire/ndp_options.h"

#include <algorithm>
#include <cstring>

namespace dualsim::wire {
namespace {

constexpr size_t kUnit = 8;  // Options count in 8 bytes.
constexpr size_t kHeaderSize = 2;
constexpr size_t kLinkLayerAddressSize = kHeaderSize + MacAddress::kSize;
constexpr size_t kMtuSize = 8;
constexpr size_t kNonceSize = kHeaderSize + NdpNonce::kSize;
constexpr size_t kRedirectedHeaderSize = 8;

constexpr size_t RoundUp(size_t size) { return (size + kUnit - 1) / kUnit * kUnit; }

// RFC 4861 §4.6.2: all ones stands for infinity.
constexpr uint32_t kInfinity = 0xffffffff;

Duration LoadLifetime(const uint8_t* p) {
  const uint32_t seconds = LoadBig32(p);
  return seconds == kInfinity ? Duration::Infinite() : Seconds(seconds);
}

void StoreLifetime(uint8_t* p, Duration lifetime) {
  const int64_t seconds = std::max<int64_t>(0, (lifetime / Seconds(1).nanoseconds()).nanoseconds());
  const bool fits = !lifetime.is_infinite() && seconds < kInfinity;
  StoreBig32(p, fits ? static_cast<uint32_t>(seconds) : kInfinity);
}

void StoreHeader(uint8_t* out, NdpOptionType type, size_t size) {
  out[0] = static_cast<uint8_t>(type);
  out[1] = static_cast<uint8_t>(size / kUnit);
}

// The first `size` bytes of an address, the rest zero.
Ipv6Address LoadLeading(const uint8_t* p, size_t size) {
  std::array<uint8_t, Ipv6Address::kSize> bytes{};
  std::copy_n(p, size, bytes.begin());
  return Ipv6Address(bytes);
}

// Prefix lengths by their code, RFC 8781 §4.
constexpr int kPref64Lengths[] = {96, 64, 56, 48, 40, 32};
constexpr size_t kPref64PrefixSize = 12;
constexpr int64_t kPref64LifetimeUnit = 8;
constexpr int64_t kPref64LifetimeMaximum = 0x1fff;

// Names as RFC 1035 §3.1 encodes them: labels with their lengths in front, and
// an empty label at the end.
constexpr size_t kMaximumLabel = 63;
constexpr size_t kMaximumNameText = 253;

// A label that text can hold.
bool IsPlainLabel(ByteView label) {
  return std::all_of(label.begin(), label.end(),
                     [](uint8_t c) { return c > 0x20 && c < 0x7f && c != '.'; });
}

// Takes one name off the front; nullopt where it is malformed. An empty name
// (a zero byte) is padding.
std::optional<std::string> TakeName(ByteView& rest) {
  std::string name;
  for (;;) {
    if (rest.empty()) return std::nullopt;
    const size_t length = rest[0];
    if (length > kMaximumLabel || rest.size() - 1 < length) return std::nullopt;
    const ByteView label = rest.subspan(1, length);
    rest = rest.subspan(1 + length);
    if (length == 0) return name;
    if (!IsPlainLabel(label)) return std::nullopt;
    if (!name.empty()) name += '.';
    name.append(label.begin(), label.end());
    if (name.size() > kMaximumNameText) return std::nullopt;
  }
}

// Writes a name and returns where it ends.
uint8_t* StoreName(std::string_view name, uint8_t* out) {
  while (!name.empty()) {
    const size_t length = std::min(name.find('.'), name.size());
    *out++ = static_cast<uint8_t>(length);
    out = std::copy_n(name.begin(), length, out);
    name.remove_prefix(std::min(length + 1, name.size()));
  }
  *out++ = 0;
  return out;
}

template <typename T>
void AddIfValid(std::optional<T> value, std::vector<T>& list) {
  if (value) list.push_back(*std::move(value));
}

std::optional<MacAddress> ParseLinkLayerAddress(ByteView option) {
  if (option.size() != kLinkLayerAddressSize) return std::nullopt;
  return MacAddress::Load(option.data() + kHeaderSize);
}

std::optional<NdpNonce> ParseNonce(ByteView option) {
  if (option.size() != kNonceSize) return std::nullopt;
  return NdpNonce::FromInteger(uint64_t{LoadBig16(option.data() + 2)} << 32 |
                               LoadBig32(option.data() + 4));
}

void Take(const NdpOption& option, NdpOptions& options) {
  const ByteView bytes = option.bytes;
  switch (option.type) {
    case NdpOptionType::kSourceLinkLayerAddress:
      options.has_source_option = true;
      if (!options.source_link_layer_address) {
        options.source_link_layer_address = ParseLinkLayerAddress(bytes);
      }
      return;
    case NdpOptionType::kTargetLinkLayerAddress:
      if (!options.target_link_layer_address) {
        options.target_link_layer_address = ParseLinkLayerAddress(bytes);
      }
      return;
    case NdpOptionType::kPrefixInformation:
      return AddIfValid(PrefixInformation::Parse(bytes), options.prefixes);
    case NdpOptionType::kRedirectedHeader:
      if (options.redirected.empty()) options.redirected = bytes.subspan(kRedirectedHeaderSize);
      return;
    case NdpOptionType::kMtu:
      if (!options.mtu && bytes.size() == kMtuSize) options.mtu = LoadBig32(bytes.data() + 4);
      return;
    case NdpOptionType::kNonce:
      if (!options.nonce) options.nonce = ParseNonce(bytes);
      return;
    case NdpOptionType::kRouteInformation:
      return AddIfValid(RouteInformation::Parse(bytes), options.routes);
    case NdpOptionType::kRecursiveDnsServer:
      return AddIfValid(RecursiveDnsServers::Parse(bytes), options.dns_servers);
    case NdpOptionType::kDnsSearchList:
      return AddIfValid(DnsSearchList::Parse(bytes), options.dns_search_lists);
    case NdpOptionType::kPref64:
      return AddIfValid(Pref64::Parse(bytes), options.pref64s);
  }
}

// Writes one option and returns where it ends.
uint8_t* StoreLinkLayerAddress(NdpOptionType type, MacAddress address, uint8_t* out) {
  StoreHeader(out, type, kLinkLayerAddressSize);
  address.Store(out + kHeaderSize);
  return out + kLinkLayerAddressSize;
}

uint8_t* StoreNonce(const NdpNonce& nonce, uint8_t* out) {
  StoreHeader(out, NdpOptionType::kNonce, kNonceSize);
  std::copy(nonce.bytes().begin(), nonce.bytes().end(), out + kHeaderSize);
  return out + kNonceSize;
}

uint8_t* StoreMtu(uint32_t mtu, uint8_t* out) {
  StoreHeader(out, NdpOptionType::kMtu, kMtuSize);
  StoreBig16(out + 2, 0);
  StoreBig32(out + 4, mtu);
  return out + kMtuSize;
}

uint8_t* StoreRedirected(ByteView redirected, uint8_t* out) {
  const size_t size = kRedirectedHeaderSize + RoundUp(redirected.size());
  std::memset(out, 0, size);
  StoreHeader(out, NdpOptionType::kRedirectedHeader, size);
  std::copy(redirected.begin(), redirected.end(), out + kRedirectedHeaderSize);
  return out + size;
}

template <typename T>
size_t SizeOfAll(const std::vector<T>& list) {
  size_t size = 0;
  for (const T& option : list) size += option.size();
  return size;
}

template <typename T>
uint8_t* StoreAll(const std::vector<T>& list, uint8_t* out) {
  for (const T& option : list) {
    option.Store(out);
    out += option.size();
  }
  return out;
}

}  // namespace

std::optional<NdpOption> NdpOptionReader::Next() {
  if (rest_.empty()) return std::nullopt;
  if (rest_.size() < kHeaderSize) {
    error_ = DropReason::NDP_OPTION_TRUNCATED;
  } else if (rest_[1] == 0) {
    error_ = DropReason::NDP_OPTION_LENGTH_ZERO;
  } else if (rest_.size() < rest_[1] * kUnit) {
    error_ = DropReason::NDP_OPTION_TRUNCATED;
  }
  if (error_) {
    rest_ = {};
    return std::nullopt;
  }
  const NdpOption option{static_cast<NdpOptionType>(rest_[0]), rest_.first(rest_[1] * kUnit)};
  rest_ = rest_.subspan(option.bytes.size());
  return option;
}

std::optional<PrefixInformation> PrefixInformation::Parse(ByteView option) {
  if (option.size() != 32) return std::nullopt;
  const uint8_t* p = option.data();
  PrefixInformation information;
  information.prefix_length = p[2];
  information.on_link = (p[3] & 0x80) != 0;
  information.autonomous = (p[3] & 0x40) != 0;
  information.router_address = (p[3] & 0x20) != 0;
  information.valid_lifetime = LoadLifetime(p + 4);
  information.preferred_lifetime = LoadLifetime(p + 8);
  information.prefix = Ipv6Address::Load(p + 16);
  return information;
}

void PrefixInformation::Store(uint8_t* out) const {
  StoreHeader(out, NdpOptionType::kPrefixInformation, size());
  out[2] = prefix_length;
  out[3] = static_cast<uint8_t>((on_link ? 0x80 : 0) | (autonomous ? 0x40 : 0) |
                                (router_address ? 0x20 : 0));
  StoreLifetime(out + 4, valid_lifetime);
  StoreLifetime(out + 8, preferred_lifetime);
  StoreBig32(out + 12, 0);
  prefix.Store(out + 16);
}

std::optional<RouteInformation> RouteInformation::Parse(ByteView option) {
  if (option.size() < 8 || option.size() > 24) return std::nullopt;
  const size_t prefix_size = option.size() - 8;
  const int length = option[2];
  if (length > static_cast<int>(prefix_size) * 8) return std::nullopt;
  const int preference = option[3] >> 3 & 3;
  if (preference == 2) return std::nullopt;
  RouteInformation information;
  information.prefix = Ipv6Prefix(LoadLeading(option.data() + 8, prefix_size), length);
  // A two's complement number of two bits.
  information.preference = static_cast<RouterPreference>(preference == 3 ? -1 : preference);
  information.lifetime = LoadLifetime(option.data() + 4);
  return information;
}

size_t RouteInformation::size() const {
  if (prefix.length() == 0) return 8;
  return prefix.length() <= 64 ? 16 : 24;
}

void RouteInformation::Store(uint8_t* out) const {
  StoreHeader(out, NdpOptionType::kRouteInformation, size());
  out[2] = static_cast<uint8_t>(prefix.length());
  out[3] = static_cast<uint8_t>((static_cast<int>(preference) & 3) << 3);
  StoreLifetime(out + 4, lifetime);
  std::copy_n(prefix.address().bytes().begin(), size() - 8, out + 8);
}

std::optional<RecursiveDnsServers> RecursiveDnsServers::Parse(ByteView option) {
  if (option.size() < 24 || option.size() % 16 != 8) return std::nullopt;
  RecursiveDnsServers servers;
  servers.lifetime = LoadLifetime(option.data() + 4);
  servers.addresses.reserve(option.size() / 16);
  for (size_t at = 8; at < option.size(); at += Ipv6Address::kSize) {
    servers.addresses.push_back(Ipv6Address::Load(option.data() + at));
  }
  return servers;
}

void RecursiveDnsServers::Store(uint8_t* out) const {
  StoreHeader(out, NdpOptionType::kRecursiveDnsServer, size());
  StoreBig16(out + 2, 0);
  StoreLifetime(out + 4, lifetime);
  for (size_t i = 0; i < addresses.size(); ++i) addresses[i].Store(out + 8 + 16 * i);
}

std::optional<DnsSearchList> DnsSearchList::Parse(ByteView option) {
  if (option.size() < 16) return std::nullopt;
  DnsSearchList list;
  list.lifetime = LoadLifetime(option.data() + 4);
  ByteView rest = option.subspan(8);
  while (!rest.empty()) {
    std::optional<std::string> name = TakeName(rest);
    if (!name) return std::nullopt;
    if (!name->empty()) list.names.push_back(*std::move(name));
  }
  if (list.names.empty()) return std::nullopt;
  return list;
}

size_t DnsSearchList::size() const {
  size_t size = 8;
  for (const std::string& name : names) size += name.size() + 2;
  return RoundUp(size);
}

void DnsSearchList::Store(uint8_t* out) const {
  std::memset(out, 0, size());
  StoreHeader(out, NdpOptionType::kDnsSearchList, size());
  StoreLifetime(out + 4, lifetime);
  out += 8;
  for (const std::string& name : names) out = StoreName(name, out);
}

std::optional<Pref64> Pref64::Parse(ByteView option) {
  if (option.size() != 16) return std::nullopt;
  const uint16_t word = LoadBig16(option.data() + 2);
  const size_t code = word & 7;
  if (code >= std::size(kPref64Lengths)) return std::nullopt;
  return Pref64{Ipv6Prefix(LoadLeading(option.data() + 4, kPref64PrefixSize), kPref64Lengths[code]),
                Seconds((word >> 3) * kPref64LifetimeUnit)};
}

void Pref64::Store(uint8_t* out) const {
  StoreHeader(out, NdpOptionType::kPref64, size());
  const int64_t unit = Seconds(kPref64LifetimeUnit).nanoseconds();
  const int64_t whole = lifetime.nanoseconds() / unit;
  const int64_t scaled = whole + (lifetime.nanoseconds() % unit > 0 ? 1 : 0);
  const auto code =
      std::find(std::begin(kPref64Lengths), std::end(kPref64Lengths), prefix.length()) -
      std::begin(kPref64Lengths);
  StoreBig16(out + 2, static_cast<uint16_t>(
                          std::clamp<int64_t>(scaled, 0, kPref64LifetimeMaximum) << 3 | code));
  std::copy_n(prefix.address().bytes().begin(), kPref64PrefixSize, out + 4);
}

Parsed<NdpOptions> NdpOptions::Parse(ByteView options) {
  NdpOptions result;
  NdpOptionReader reader(options);
  while (const std::optional<NdpOption> option = reader.Next()) Take(*option, result);
  if (reader.error()) return *reader.error();
  return result;
}

size_t NdpOptions::size() const {
  size_t size = 0;
  if (source_link_layer_address) size += kLinkLayerAddressSize;
  if (target_link_layer_address) size += kLinkLayerAddressSize;
  if (nonce) size += kNonceSize;
  if (mtu) size += kMtuSize;
  if (!redirected.empty()) size += kRedirectedHeaderSize + RoundUp(redirected.size());
  return size + SizeOfAll(prefixes) + SizeOfAll(routes) + SizeOfAll(dns_servers) +
         SizeOfAll(dns_search_lists) + SizeOfAll(pref64s);
}

void NdpOptions::Store(uint8_t* out) const {
  if (source_link_layer_address) {
    out = StoreLinkLayerAddress(NdpOptionType::kSourceLinkLayerAddress, *source_link_layer_address,
                                out);
  }
  if (target_link_layer_address) {
    out = StoreLinkLayerAddress(NdpOptionType::kTargetLinkLayerAddress, *target_link_layer_address,
                                out);
  }
  if (nonce) out = StoreNonce(*nonce, out);
  if (mtu) out = StoreMtu(*mtu, out);
  if (!redirected.empty()) out = StoreRedirected(redirected, out);
  out = StoreAll(prefixes, out);
  out = StoreAll(routes, out);
  out = StoreAll(dns_servers, out);
  out = StoreAll(dns_search_lists, out);
  StoreAll(pref64s, out);
}

}  // namespace dualsim::wire
