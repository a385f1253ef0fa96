#include "stack/wire/dhcp.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace dualsim::wire {
namespace {

constexpr uint32_t kMagicCookie = 0x63825363;
constexpr uint8_t kEthernet = 1;
constexpr uint8_t kBroadcastFlag = 0x80;
constexpr size_t kSnameOffset = 44;
constexpr size_t kFileOffset = 108;
constexpr size_t kCookieOffset = 236;
constexpr uint32_t kForever = 0xffffffff;

// The bytes of every option, put together.
using Options = std::array<std::vector<uint8_t>, 256>;

// False where an option runs past the end.
bool CollectOptions(ByteView bytes, Options& options) {
  while (!bytes.empty()) {
    const auto code = static_cast<DhcpOption>(bytes[0]);
    if (code == DhcpOption::kEnd) return true;
    if (code == DhcpOption::kPad) {
      bytes = bytes.subspan(1);
      continue;
    }
    if (bytes.size() < 2 || bytes.size() - 2 < bytes[1]) return false;
    const ByteView data = bytes.subspan(2, bytes[1]);
    std::vector<uint8_t>& option = options[bytes[0]];
    option.insert(option.end(), data.begin(), data.end());
    bytes = bytes.subspan(2 + data.size());
  }
  return true;
}

class OptionReader {
 public:
  explicit OptionReader(const Options& options) : options_(options) {}

  ByteView Bytes(DhcpOption code) const { return options_[static_cast<size_t>(code)]; }
  std::vector<uint8_t> Copy(DhcpOption code) const { return options_[static_cast<size_t>(code)]; }
  // RFC 2132 §2: zeros at the end do not count. One within ends the text.
  std::string Text(DhcpOption code) const {
    const ByteView bytes = Bytes(code);
    return {bytes.begin(), std::find(bytes.begin(), bytes.end(), 0)};
  }
  std::vector<Ipv4Address> Addresses(DhcpOption code) const {
    std::vector<Ipv4Address> addresses;
    ByteView bytes = Bytes(code);
    if (bytes.size() % Ipv4Address::kSize != 0) return addresses;
    for (; !bytes.empty() && addresses.size() < DhcpMessage::kMaximumAddresses;
         bytes = bytes.subspan(Ipv4Address::kSize)) {
      addresses.push_back(Ipv4Address::Load(bytes.data()));
    }
    return addresses;
  }
  std::optional<Ipv4Address> Address(DhcpOption code) const {
    const ByteView bytes = Bytes(code);
    if (bytes.size() != Ipv4Address::kSize) return std::nullopt;
    return Ipv4Address::Load(bytes.data());
  }
  std::optional<Duration> Time(DhcpOption code) const {
    const ByteView bytes = Bytes(code);
    if (bytes.size() != 4) return std::nullopt;
    const uint32_t seconds = LoadBig32(bytes.data());
    return seconds == kForever ? Duration::Infinite() : Seconds(seconds);
  }

 private:
  const Options& options_;
};

std::vector<DnsName> ReadSearchList(ByteView bytes) {
  std::vector<DnsName> names;
  for (size_t at = 0; at < bytes.size() && names.size() < DhcpMessage::kMaximumSearchDomains;) {
    std::optional<DnsName> name = DnsName::Read(bytes, &at);
    if (!name) return {};
    if (!name->is_root()) names.push_back(*std::move(name));
  }
  return names;
}

std::vector<DhcpRoute> ReadRoutes(ByteView bytes) {
  std::vector<DhcpRoute> routes;
  while (!bytes.empty() && routes.size() < DhcpMessage::kMaximumAddresses) {
    const int length = bytes[0];
    const size_t significant = static_cast<size_t>(length + 7) / 8;
    if (length > 32 || bytes.size() < 1 + significant + Ipv4Address::kSize) return {};
    std::array<uint8_t, Ipv4Address::kSize> address{};
    std::copy_n(bytes.begin() + 1, significant, address.begin());
    Ipv4Cidr destination{Ipv4Address(address), length};
    destination.address = destination.network();
    routes.push_back({destination, Ipv4Address::Load(bytes.data() + 1 + significant)});
    bytes = bytes.subspan(1 + significant + Ipv4Address::kSize);
  }
  return routes;
}

class OptionWriter {
 public:
  explicit OptionWriter(std::vector<uint8_t>& out) : out_(out) {}

  // RFC 3396 §5: what is longer than an option can be continues in the next one.
  void Put(DhcpOption code, ByteView data) {
    while (!data.empty()) {
      const ByteView part = data.first(std::min<size_t>(data.size(), 255));
      out_.push_back(static_cast<uint8_t>(code));
      out_.push_back(static_cast<uint8_t>(part.size()));
      out_.insert(out_.end(), part.begin(), part.end());
      data = data.subspan(part.size());
    }
  }
  void Put(DhcpOption code, const std::string& text) {
    Put(code, ByteView(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
  }
  void Put(DhcpOption code, const std::vector<Ipv4Address>& addresses) {
    std::vector<uint8_t> bytes(addresses.size() * Ipv4Address::kSize);
    for (size_t i = 0; i < addresses.size(); ++i) addresses[i].Store(&bytes[i * 4]);
    Put(code, ByteView(bytes));
  }
  void Put(DhcpOption code, const std::optional<Ipv4Address>& address) {
    if (address) Put(code, ByteView(address->bytes()));
  }
  void Put(DhcpOption code, const std::optional<Duration>& time) {
    if (!time) return;
    const int64_t seconds = time->nanoseconds() / Seconds(1).nanoseconds();
    uint8_t bytes[4];
    StoreBig32(bytes, time->is_infinite()
                          ? kForever
                          : static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, kForever - 1)));
    Put(code, ByteView(bytes));
  }

 private:
  std::vector<uint8_t>& out_;
};

std::vector<uint8_t> SearchListBytes(const std::vector<DnsName>& names) {
  std::vector<uint8_t> bytes;
  for (const DnsName& name : names) {
    bytes.resize(bytes.size() + name.size());
    name.Store(bytes.data() + bytes.size() - name.size());
  }
  return bytes;
}

std::vector<uint8_t> RouteBytes(const std::vector<DhcpRoute>& routes) {
  std::vector<uint8_t> bytes;
  for (const DhcpRoute& route : routes) {
    const auto& address = route.destination.address.bytes();
    bytes.push_back(static_cast<uint8_t>(route.destination.prefix_length));
    bytes.insert(bytes.end(), address.begin(),
                 address.begin() + (route.destination.prefix_length + 7) / 8);
    bytes.insert(bytes.end(), route.router.bytes().begin(), route.router.bytes().end());
  }
  return bytes;
}

}  // namespace

Parsed<DhcpMessage> DhcpMessage::Parse(ByteView bytes) {
  if (bytes.size() < kFixedSize) return DropReason::DHCP_TRUNCATED;
  const uint8_t* p = bytes.data();
  if (LoadBig32(p + kCookieOffset) != kMagicCookie) return DropReason::DHCP_NO_COOKIE;
  if (p[1] != kEthernet || p[2] != MacAddress::kSize) return DropReason::DHCP_HARDWARE;
  Options options;
  if (!CollectOptions(bytes.subspan(kFixedSize), options)) return DropReason::DHCP_OPTION_TRUNCATED;
  const OptionReader reader(options);
  // RFC 2132 §9.3; `file` comes first (RFC 3396 §5).
  const ByteView overload = reader.Bytes(DhcpOption::kOverload);
  const int also = overload.size() == 1 ? overload[0] : 0;
  if ((also & 1) != 0 && !CollectOptions(bytes.subspan(kFileOffset, 128), options)) {
    return DropReason::DHCP_OPTION_TRUNCATED;
  }
  if ((also & 2) != 0 && !CollectOptions(bytes.subspan(kSnameOffset, 64), options)) {
    return DropReason::DHCP_OPTION_TRUNCATED;
  }
  const ByteView type = reader.Bytes(DhcpOption::kMessageType);
  if (type.size() != 1 || type[0] == 0) return DropReason::DHCP_NO_TYPE;
  DhcpMessage message{.reply = p[0] == 2,
                      .hops = p[3],
                      .xid = LoadBig32(p + 4),
                      .seconds = LoadBig16(p + 8),
                      .broadcast = (p[10] & kBroadcastFlag) != 0,
                      .ciaddr = Ipv4Address::Load(p + 12),
                      .yiaddr = Ipv4Address::Load(p + 16),
                      .siaddr = Ipv4Address::Load(p + 20),
                      .giaddr = Ipv4Address::Load(p + 24),
                      .chaddr = MacAddress::Load(p + 28),
                      .type = static_cast<DhcpMessageType>(type[0])};
  message.subnet_mask = reader.Address(DhcpOption::kSubnetMask);
  message.routers = reader.Addresses(DhcpOption::kRouter);
  message.dns_servers = reader.Addresses(DhcpOption::kDnsServer);
  message.host_name = reader.Text(DhcpOption::kHostName);
  message.domain_name = reader.Text(DhcpOption::kDomainName);
  message.broadcast_address = reader.Address(DhcpOption::kBroadcastAddress);
  message.requested_address = reader.Address(DhcpOption::kRequestedAddress);
  message.lease_time = reader.Time(DhcpOption::kLeaseTime);
  message.server = reader.Address(DhcpOption::kServerIdentifier);
  message.parameter_requests = reader.Copy(DhcpOption::kParameterRequestList);
  message.message = reader.Text(DhcpOption::kMessage);
  const ByteView size = reader.Bytes(DhcpOption::kMaximumMessageSize);
  if (size.size() == 2) message.maximum_message_size = LoadBig16(size.data());
  message.renewal_time = reader.Time(DhcpOption::kRenewalTime);
  message.rebinding_time = reader.Time(DhcpOption::kRebindingTime);
  message.client_identifier = reader.Copy(DhcpOption::kClientIdentifier);
  message.ipv6_only_wait = reader.Time(DhcpOption::kIpv6OnlyPreferred);
  message.domain_search = ReadSearchList(reader.Bytes(DhcpOption::kDomainSearch));
  message.classless_routes = ReadRoutes(reader.Bytes(DhcpOption::kClasslessRoutes));
  message.relay_agent_information = reader.Copy(DhcpOption::kRelayAgentInformation);
  return message;
}

std::vector<uint8_t> DhcpMessage::Encode() const {
  std::vector<uint8_t> bytes(kFixedSize);
  uint8_t* p = bytes.data();
  p[0] = reply ? 2 : 1;
  p[1] = kEthernet;
  p[2] = MacAddress::kSize;
  p[3] = hops;
  StoreBig32(p + 4, xid);
  StoreBig16(p + 8, seconds);
  p[10] = broadcast ? kBroadcastFlag : 0;
  ciaddr.Store(p + 12);
  yiaddr.Store(p + 16);
  siaddr.Store(p + 20);
  giaddr.Store(p + 24);
  chaddr.Store(p + 28);
  StoreBig32(p + kCookieOffset, kMagicCookie);
  OptionWriter writer(bytes);
  const auto type_byte = static_cast<uint8_t>(type);
  writer.Put(DhcpOption::kMessageType, ByteView(&type_byte, 1));
  writer.Put(DhcpOption::kServerIdentifier, server);
  writer.Put(DhcpOption::kClientIdentifier, ByteView(client_identifier));
  writer.Put(DhcpOption::kRequestedAddress, requested_address);
  writer.Put(DhcpOption::kLeaseTime, lease_time);
  writer.Put(DhcpOption::kRenewalTime, renewal_time);
  writer.Put(DhcpOption::kRebindingTime, rebinding_time);
  writer.Put(DhcpOption::kSubnetMask, subnet_mask);
  writer.Put(DhcpOption::kBroadcastAddress, broadcast_address);
  // RFC 3442: before the routers, so that a client which reads in order sees them.
  writer.Put(DhcpOption::kClasslessRoutes, ByteView(RouteBytes(classless_routes)));
  writer.Put(DhcpOption::kRouter, routers);
  writer.Put(DhcpOption::kDnsServer, dns_servers);
  writer.Put(DhcpOption::kHostName, host_name);
  writer.Put(DhcpOption::kDomainName, domain_name);
  writer.Put(DhcpOption::kDomainSearch, ByteView(SearchListBytes(domain_search)));
  writer.Put(DhcpOption::kIpv6OnlyPreferred, ipv6_only_wait);
  if (maximum_message_size) {
    uint8_t size[2];
    StoreBig16(size, *maximum_message_size);
    writer.Put(DhcpOption::kMaximumMessageSize, ByteView(size));
  }
  writer.Put(DhcpOption::kParameterRequestList, ByteView(parameter_requests));
  writer.Put(DhcpOption::kMessage, message);
  // RFC 3046 §2.1: the last option.
  writer.Put(DhcpOption::kRelayAgentInformation, ByteView(relay_agent_information));
  bytes.push_back(static_cast<uint8_t>(DhcpOption::kEnd));
  if (bytes.size() < kSmallestSent) bytes.resize(kSmallestSent);
  return bytes;
}

bool DhcpMessage::Requests(DhcpOption option) const {
  return std::find(parameter_requests.begin(), parameter_requests.end(),
                   static_cast<uint8_t>(option)) != parameter_requests.end();
}

std::string DhcpMessageTypeName(DhcpMessageType type) {
  constexpr const char* kNames[] = {"Discover", "Offer", "Request", "Decline",
                                    "Ack",      "Nak",   "Release", "Inform"};
  const auto number = static_cast<size_t>(type);
  return number >= 1 && number <= std::size(kNames) ? kNames[number - 1]
                                                    : "message of unknown type";
}

}  // namespace dualsim::wire
