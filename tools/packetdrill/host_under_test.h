#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/packet.h"
#include "stack/base/time.h"
#include "stack/facts/facts.h"
#include "stack/host/config.h"
#include "stack/host/device.h"
#include "stack/host/stack.h"
#include "stack/wire/ip_address.h"

namespace dualsim::packetdrill {

// Reads the flags of a run: a host's configuration, with one interface. Errors, one
// line each, in `errors`:
//
//   --local_ip=ADDRESS --gateway_ip=ADDRESS [--remote_ip=ADDRESS] [--mtu=1500]
//   [--sack=BOOL] [--timestamps=BOOL] [--window_scaling=BOOL] [--ecn=off|accept|request]
//   [--congestion=cubic|reno] [--initial_window=10] [--send_buffer=1MiB] [--receive_buffer=1MiB]
//
// --remote_ip is what packetdrill is given too; the host needs no word of it.
host::StackConfig ReadFlags(std::string_view flags, std::vector<std::string>* errors);

// A host whose cable carries IP packets without Ethernet, in virtual time: who stands
// at the far end has every address but the host's.
class HostUnderTest final : private host::Device, private Observer {
 public:
  explicit HostUnderTest(const host::StackConfig& config);

  Time now() const { return now_; }
  // Time passes, and what is due on the way happens when it is due.
  void AdvanceTo(Time time);
  // When something is next due of itself; never before now().
  Time deadline() const { return std::max(now_, stack_.deadline()); }

  // A packet from the cable.
  void Receive(ByteView packet);
  // What the host sent and nobody has taken yet: TCP, UDP and ICMP errors and echoes,
  // not what only the link's machinery needs.
  struct Sent {
    Time time;
    std::vector<uint8_t> packet;
  };
  std::optional<Sent> TakeSent();
  bool has_sent() const { return !sent_.empty(); }

  // Asks `call(endpoint, now)` of the host's TCP.
  template <typename Call>
  auto WithTcp(Call call) {
    const Settler settler(*this);
    return call(*stack_.tcp(now_), now_);
  }
  // Asks `call(stack, now)` of the host.
  template <typename Call>
  auto WithStack(Call call) {
    const Settler settler(*this);
    return call(stack_, now_);
  }
  const IpAddress& address() const { return address_; }
  const tcp::Config& tcp_config() const { return tcp_config_; }

 private:
  // After each call: the neighbour answers what it was asked, and what is due is done.
  class Settler {
   public:
    explicit Settler(HostUnderTest& host) : host_(host) {}
    ~Settler() { host_.Settle(); }

   private:
    HostUnderTest& host_;
  };
  void Settle();
  void OnArp(ByteView packet);
  void OnIpv6(ByteView packet);

  // host::Device.
  void Transmit(InterfaceId interface, Packet frame) override;
  void JoinGroup(InterfaceId, MacAddress) override {}
  void LeaveGroup(InterfaceId, MacAddress) override {}
  void SetAddress(InterfaceId, MacAddress) override {}

  PacketPool packets_;
  IpAddress address_;
  tcp::Config tcp_config_;
  Time now_;
  std::deque<Sent> sent_;
  std::deque<Packet> answers_;  // Frames of the neighbour's.
  host::Stack stack_;
};

}  // namespace dualsim::packetdrill
