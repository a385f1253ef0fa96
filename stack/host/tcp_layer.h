#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/device.h"
#include "stack/host/stack.h"
#include "stack/tcp/endpoint.h"
#include "stack/wire/drop_reason.h"

namespace dualsim::host {

// What a node's path to itself carries: no link limits it.
inline constexpr uint32_t kLoopbackMtu = 65535;

// What TCP asks of the IP layers of its stack.
class TcpCarrier {
 public:
  // A segment, whole and with its checksum, from flow.local to flow.remote. `ect`:
  // the IP header says ECT(0). The reason where it did not leave.
  virtual std::optional<DropReason> SendTcp(Time now, const tcp::Flow& flow, bool ect,
                                            Packet segment) = 0;
  // Whether packets to the address, in that zone, stay on this node.
  virtual bool IsOwnAddress(const IpAddress& address, uint16_t zone) const = 0;
  virtual uint32_t TcpPathMtu(const tcp::Flow& flow) = 0;
  // Of the first link of that path.
  virtual uint32_t TcpLinkMtu(const tcp::Flow& flow) = 0;
  // RFC 4861 §7.3.1: the next hop passes packets on, for data arrive.
  virtual void ConfirmNextHop(Time now, const tcp::Flow& flow) = 0;

 protected:
  ~TcpCarrier() = default;
};

// TCP of a node: its endpoint, between the IP layers below and the facts above.
//
// What comes from IP while the endpoint works (segments of the node to itself,
// errors about what it just sent) waits until the next Advance(), which is due at
// once: the endpoint is never entered twice.
class TcpLayer final : private tcp::Network, private tcp::ConnectionObserver {
 public:
  // All outlive the layer.
  // `tells_paths`: whether the observer hears of round trips and windows.
  TcpLayer(const tcp::EndpointConfig& config, bool tells_paths, TcpCarrier& carrier,
           PacketPool& packets, Observer& observer, const RandomSource& random);

  tcp::Endpoint& endpoint() { return endpoint_; }
  const tcp::Endpoint& endpoint() const { return endpoint_; }

  // An IP packet that carries a segment, of either family.
  struct Arrival {
    InterfaceId interface {};
    IpAddress source;
    IpAddress destination;
    bool ce = false;    // RFC 3168: Congestion Experienced.
    ByteView segment;   // The IP payload.
    ByteView packet{};  // The whole packet, for the report where it is dropped.
  };
  void OnSegment(Time now, const Arrival& arrival);

  // ICMP about a segment of this node's, RFC 5461 and 5927.
  enum class ErrorKind : uint8_t { kSoft, kHard, kTooBig };
  struct IcmpError {
    ErrorKind kind{};
    InterfaceId interface {};
    IpAddress local;
    IpAddress remote;
    ByteView quoted;   // From the TCP header on, as much as there is.
    uint32_t mtu = 0;  // kTooBig.
  };
  void OnIcmpError(const IcmpError& error);
  // The path's MTU is to be looked up anew: what was learnt of it has expired, or
  // the link's changed.
  void OnPathMtuChange(const IpAddress& remote);
  void OnAddressGone(Time now, const IpAddress& local, uint16_t zone = 0) {
    endpoint_.OnAddressGone(now, local, zone);
  }

  void Advance(Time now);
  // Never later than anything is due.
  Time deadline() const { return pending_.empty() ? endpoint_.deadline() : Time(); }

 private:
  // Beyond them segments to the node itself, and errors, are lost, as they may be.
  static constexpr size_t kMaxPending = 4096;

  struct Pending {
    enum class Kind : uint8_t { kSegment, kUnreachable, kTooBig, kPathMtu };
    Kind kind{};
    bool flag = false;  // CE of a segment; whether an error is a hard one.
    tcp::Flow flow;
    SeqNum sequence;
    uint32_t mtu = 0;
    Packet segment;
  };
  void Take(Time now, Pending& pending);

  // tcp::Network.
  void Send(Time now, const tcp::OutgoingSegment& segment) override;
  uint32_t PathMtu(const tcp::Flow& flow) override;
  uint32_t LinkMtu(const tcp::Flow& flow) override;
  void OnForwardProgress(Time now, const tcp::Flow& flow) override;

  // tcp::ConnectionObserver.
  void OnState(Time now, const tcp::Flow& flow, const StateFact& fact) override;
  void OnRetransmission(Time now, const tcp::Flow& flow, const RetransmissionFact& fact) override;
  void OnRtt(Time now, const tcp::Flow& flow, const RttFact& fact) override;
  void OnCongestionWindow(Time now, const tcp::Flow& flow,
                          const tcp::CongestionWindow& window) override;
  void OnDrop(Time now, const tcp::Flow& flow, DropReason reason) override;

  TcpCarrier& carrier_;
  PacketPool& packets_;
  Observer& observer_;
  bool tells_paths_;
  tcp::Endpoint endpoint_;
  std::vector<Pending> pending_;
  const Arrival* arrival_ = nullptr;  // While it is taken in.
};

}  // namespace dualsim::host
