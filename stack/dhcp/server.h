#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/time.h"
#include "stack/wire/dhcp.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::dhcp {

// What is leased on one link, and what is told with it.
struct Subnet {
  Ipv4Prefix prefix;
  Ipv4Address first;  // Of the pool; both ends are in it. Unspecified: reservations alone.
  Ipv4Address last;
  std::vector<Ipv4Address> routers;
  std::vector<Ipv4Address> dns_servers;
  std::string domain;
  std::vector<wire::DnsName> search;
  Duration lease_time = Seconds(3600);
  std::optional<Duration> renewal_time;    // T1; default: left to the client.
  std::optional<Duration> rebinding_time;  // T2; likewise.
  std::optional<Duration> ipv6_only_wait;  // Option 108, RFC 8925, to whoever asks for it.
};

// An address that one card alone gets.
struct Reservation {
  MacAddress mac;
  Ipv4Address address;
};

struct ServerConfig {
  std::vector<Subnet> subnets;  // Their prefixes don't overlap.
  std::vector<Reservation> reservations;
  // Refuses requests for addresses of the link that it does not know (§4.3.2), rather
  // than to keep silent because another server may know them.
  bool authoritative = true;
};

// A DHCP server, RFC 2131 §4.3: a pure function of what came before and when. It is
// told each message and the address that its link is known by here, and says what to
// answer. Its state is bounded by its pools: an offer holds its address for a while, a
// lease as long as it lasts, one that a client declined for kDeclinedTime.
class Server {
 public:
  static constexpr Duration kOfferTime = Seconds(120);
  static constexpr Duration kDeclinedTime = Seconds(600);

  explicit Server(ServerConfig config) : config_(std::move(config)) {}

  struct Reply {
    wire::DhcpMessage message;
    // Where it goes: a relay's port 67, or a client's port 68.
    Ipv4Address destination;
    bool to_relay = false;
  };
  // A message to port 67 that came in over an interface that has the address `local`,
  // which is then the server's identifier. nullopt: nothing is to be said.
  std::optional<Reply> OnMessage(Time now, const wire::DhcpMessage& message,
                                 const Ipv4Address& local);

  struct Binding {
    Ipv4Address address;
    std::vector<uint8_t> client;  // By its identifier, or its card's address.
    MacAddress mac;
    Time until;
    bool leased = false;    // Otherwise offered.
    bool declined = false;  // Somebody else has the address.
  };
  // Those that have not ended, in the order of their addresses.
  std::vector<Binding> bindings(Time now) const;

 private:
  using Client = std::vector<uint8_t>;
  static Client ClientOf(const wire::DhcpMessage& message);
  const Subnet* SubnetOf(const Ipv4Address& address) const;
  const Reservation* ReservationOf(const MacAddress& mac, const Subnet& subnet) const;
  bool IsReserved(const Ipv4Address& address) const;
  // Whether the client may have the address, now.
  bool MayHave(Time now, const Client& client, const wire::DhcpMessage& message,
               const Subnet& subnet, const Ipv4Address& address) const;
  std::optional<Ipv4Address> Choose(Time now, const Client& client,
                                    const wire::DhcpMessage& message, const Subnet& subnet);
  void Bind(Time now, const Client& client, const wire::DhcpMessage& message,
            const Ipv4Address& address, Duration time, bool leased);
  void Release(const Client& client);

  std::optional<Reply> OnDiscover(Time now, const wire::DhcpMessage& message, const Subnet& subnet,
                                  const Ipv4Address& local);
  std::optional<Reply> OnRequest(Time now, const wire::DhcpMessage& message, const Subnet& subnet,
                                 const Ipv4Address& local);
  void OnDecline(Time now, const wire::DhcpMessage& message, const Ipv4Address& local);
  Reply Begin(const wire::DhcpMessage& message, wire::DhcpMessageType type,
              const Ipv4Address& local) const;
  Reply Offer(const wire::DhcpMessage& message, wire::DhcpMessageType type, const Subnet& subnet,
              const Ipv4Address& address, const Ipv4Address& local) const;
  Reply Refuse(const wire::DhcpMessage& message, const std::string& why,
               const Ipv4Address& local) const;

  ServerConfig config_;
  std::map<uint32_t, Binding> bindings_;  // By their addresses.
};

}  // namespace dualsim::dhcp
