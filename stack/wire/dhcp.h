#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/wire/dns_name.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/parsed.h"

namespace dualsim::wire {

constexpr uint16_t kDhcpServerPort = 67;
constexpr uint16_t kDhcpClientPort = 68;

// RFC 2132 §9.6.
enum class DhcpMessageType : uint8_t {
  kDiscover = 1,
  kOffer = 2,
  kRequest = 3,
  kDecline = 4,
  kAck = 5,
  kNak = 6,
  kRelease = 7,
  kInform = 8,
};

// RFC 2132, where no other is named.
enum class DhcpOption : uint8_t {
  kPad = 0,
  kSubnetMask = 1,
  kRouter = 3,
  kDnsServer = 6,
  kHostName = 12,
  kDomainName = 15,
  kBroadcastAddress = 28,
  kRequestedAddress = 50,
  kLeaseTime = 51,
  kOverload = 52,
  kMessageType = 53,
  kServerIdentifier = 54,
  kParameterRequestList = 55,
  kMessage = 56,
  kMaximumMessageSize = 57,
  kRenewalTime = 58,
  kRebindingTime = 59,
  kClientIdentifier = 61,
  kRelayAgentInformation = 82,  // RFC 3046
  kIpv6OnlyPreferred = 108,     // RFC 8925
  kDomainSearch = 119,          // RFC 3397
  kClasslessRoutes = 121,       // RFC 3442
  kEnd = 255,
};

// RFC 3442: a destination and the router to it, 0.0.0.0 where it is on link.
struct DhcpRoute {
  Ipv4Cidr destination;
  Ipv4Address router;
  friend bool operator==(const DhcpRoute&, const DhcpRoute&) = default;
};

// A DHCP message over Ethernet, RFC 2131 §2. Times are whole seconds, Infinite()
// for all ones. A list that is empty, and a value that is not there, is not sent.
struct DhcpMessage {
  // Without options. Relays and clients may count on messages of 300 bytes (RFC
  // 951), so that Store() fills up to that.
  static constexpr size_t kFixedSize = 240;
  static constexpr size_t kSmallestSent = 300;
  // Of each list that is read; what is beyond is passed over.
  static constexpr size_t kMaximumAddresses = 32;
  static constexpr size_t kMaximumSearchDomains = 16;

  bool reply = false;  // BOOTREPLY; otherwise BOOTREQUEST.
  uint8_t hops = 0;
  uint32_t xid = 0;
  uint16_t seconds = 0;
  bool broadcast = false;
  Ipv4Address ciaddr{};
  Ipv4Address yiaddr{};
  Ipv4Address siaddr{};
  Ipv4Address giaddr{};
  MacAddress chaddr{};

  DhcpMessageType type{};
  std::optional<Ipv4Address> subnet_mask{};
  std::vector<Ipv4Address> routers{};
  std::vector<Ipv4Address> dns_servers{};
  std::string host_name{};
  std::string domain_name{};
  std::optional<Ipv4Address> broadcast_address{};
  std::optional<Ipv4Address> requested_address{};
  std::optional<Duration> lease_time{};
  std::optional<Ipv4Address> server{};
  std::vector<uint8_t> parameter_requests{};
  std::string message{};
  std::optional<uint16_t> maximum_message_size{};
  std::optional<Duration> renewal_time{};
  std::optional<Duration> rebinding_time{};
  std::vector<uint8_t> client_identifier{};
  std::optional<Duration> ipv6_only_wait{};
  std::vector<DnsName> domain_search{};
  std::vector<DhcpRoute> classless_routes{};
  std::vector<uint8_t> relay_agent_information{};

  // Total. An option that is split is put together (RFC 3396), those in `file`
  // and `sname` are read where option 52 says so; one of a length that its code
  // does not have is passed over, as are unknown ones; one that runs past the end
  // voids the message.
  static Parsed<DhcpMessage> Parse(ByteView bytes);
  // The bytes of the message; options over 255 bytes are split. Requires host and
  // domain names without zeros.
  std::vector<uint8_t> Encode() const;

  bool Requests(DhcpOption option) const;
};

// "Discover".
std::string DhcpMessageTypeName(DhcpMessageType type);

}  // namespace dualsim::wire
