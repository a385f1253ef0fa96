#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/wire/dhcp.h"
#include "stack/wire/ipv4_address.h"
#include "stack/wire/mac_address.h"

namespace dualsim::dhcp {

struct ClientConfig {
  MacAddress mac;
  uint32_t iaid = 1;      // Which of the node's interfaces it is, RFC 4361 §6.1.
  std::string host_name;  // "": none is told.
  uint16_t maximum_message_size = 1500;
  // Whether it asks for option 108 and heeds it, RFC 8925.
  bool ipv6_only_preferred = false;
};

// What a server leased.
struct Lease {
  Ipv4Cidr address;
  std::optional<Ipv4Address> gateway;
  std::vector<Ipv4Address> dns_servers;
  std::string domain;
  std::vector<wire::DnsName> search;
  Ipv4Address server;
  Time renewal = Time::Never();    // T1.
  Time rebinding = Time::Never();  // T2.
  Time until = Time::Never();
};

// What a client asks of the interface around it. Called during its own methods; only
// UseAddress() and DropAddress() may call back, and OnAddress() alone.
class ClientOutput {
 public:
  virtual ~ClientOutput() = default;
  // From port 68 to port 67; from 0.0.0.0 where the source is unspecified.
  virtual void SendDhcp(Time now, const Ipv4Address& source, const Ipv4Address& destination,
                        const wire::DhcpMessage& message) = 0;
  // The address is to be probed for (RFC 5227) and used: Client::OnAddress then tells
  // what became of it.
  virtual void UseAddress(Time now, const Lease& lease) = 0;
  // It is used no longer.
  virtual void DropAddress(Time now, const Ipv4Address& address) = 0;
  virtual void OnLeaseState(Time now, LeaseState state, const std::optional<Lease>& lease) = 0;
};

// A DHCP client of one interface: RFC 2131 §4.4, with the identifiers of RFC 4361,
// RFC 6842's check of them, and RFC 8925's wish to do without IPv4.
//
// A pure state machine: it is told what came and what time it is, and sends through
// its output. The lease that it had last outlives Stop(): the next Start() asks for it
// again (INIT-REBOOT, §3.2).
class Client {
 public:
  // §4.1: retransmissions after 4, 8, 16, 32 and then 64 s, each ±1 s.
  static constexpr Duration kFirstTimeout = Seconds(4);
  static constexpr Duration kLongestTimeout = Seconds(64);
  // Up to so long a client waits before it speaks, so that those of a network that
  // comes up do not speak as one. (§4.4.1 would have it wait 1 to 10 s.)
  static constexpr Duration kLongestStart = Seconds(1);
  // Requests for an offer, or for the former address, before it begins anew (§3.1 4).
  static constexpr int kRequests = 4;
  static constexpr int kRebootRequests = 2;
  // §3.1 5, after an address turned out to be taken; and after refusals in a row.
  static constexpr Duration kDeclineWait = Seconds(10);
  // §4.4.5: the least time from one request to renew to the next.
  static constexpr Duration kLeastRenewal = Seconds(60);
  static constexpr Duration kLeastIpv6OnlyWait = Seconds(300);  // RFC 8925 §4.

  Client(const ClientConfig& config, RandomStream random, ClientOutput& output);

  // The interface came up.
  void Start(Time now);
  // It went down: the address is taken to be gone, nothing is sent.
  void Stop();
  // A message that came to port 68.
  void OnMessage(Time now, const wire::DhcpMessage& message);
  // What became of an address that it said to use.
  void OnAddress(Time now, const Ipv4Address& address, AddressState state);

  Time deadline() const { return deadline_; }
  void Advance(Time now);

  LeaseState state() const { return state_; }
  // While it may be used or is being checked.
  const std::optional<Lease>& lease() const { return lease_; }

  // RFC 4361 §6.1: a type, the IAID and a DUID-LL (RFC 8415 §11.4).
  static std::vector<uint8_t> Identifier(const ClientConfig& config);

 private:
  void Enter(Time now, LeaseState state);
  void BeginAnew(Time now, Duration pause);
  void Discover(Time now);
  void Request(Time now);
  void RequestAgain(Time now, LeaseState state);
  void Decline(Time now);
  void Lose(Time now);
  void OnOffer(Time now, const wire::DhcpMessage& message);
  void OnAck(Time now, const wire::DhcpMessage& message);
  void OnNak(Time now, const wire::DhcpMessage& message);
  void GoIpv6Only(Time now, Duration wait);
  std::optional<Lease> LeaseOf(const wire::DhcpMessage& message) const;
  wire::DhcpMessage Message(Time now, wire::DhcpMessageType type) const;
  void ArmRetransmission(Time now);
  void ArmLease();

  ClientConfig config_;
  RandomStream random_;
  ClientOutput& output_;
  std::vector<uint8_t> identifier_;
  LeaseState state_ = LeaseState::kInit;
  Time deadline_ = Time::Never();
  uint32_t xid_ = 0;
  Time begun_;        // `secs` counts from here.
  Time requested_;    // When the request was sent that is being answered.
  Duration timeout_;  // Of the next retransmission.
  int sent_ = 0;      // Of the state.
  int refusals_ = 0;  // In a row.
  std::optional<Lease> lease_;
  std::optional<Lease> former_;  // For INIT-REBOOT.
  Ipv4Address offered_;          // Of kRequesting and kRebooting.
  Ipv4Address server_;           // Of kRequesting.
};

}  // namespace dualsim::dhcp
