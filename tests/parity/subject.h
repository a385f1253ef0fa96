#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stack/application/network.h"
#include "stack/application/scope.h"
#include "stack/application/task.h"
#include "stack/application/when_any.h"

namespace dualsim::parity {

// TCP ports of the peer program.
constexpr Port kEcho{7001};    // Sends back what comes.
constexpr Port kReset{7002};   // Resets after the first byte.
constexpr Port kGreet{7003};   // Greets, ends its side, and reads to the end.
constexpr Port kCount{7004};   // Reads to the end, and answers with the number of bytes.
constexpr Port kSilent{7005};  // Reads nothing, writes nothing, ends when its peer does.
// UDP ports.
constexpr Port kUdpEcho{7101};
constexpr Port kUdpTell{7102};   // Answers with what it saw: addresses, ports, TTL.
constexpr Port kUdpGroup{7103};  // Answers to a group, which the question names.
// Nobody's, in both.
constexpr Port kNobody{7999};

// Who makes the calls, on which addresses, and what it saw.
struct Subject {
  application::Network& network;
  std::string call{};  // The one that is being tried: "tcp.refused/IPv4".
  IpAddress own{};
  IpAddress peer{};

  bool ipv4() const { return own.is_ipv4(); }
  application::Scheduler& scheduler() const { return network.scheduler(); }
  // An address of the link that no machine has, and one that no route leads to.
  IpAddress NobodyNear() const { return *IpAddress::Parse(ipv4() ? "192.0.2.99" : "2001:db8::99"); }
  IpAddress Unroutable() const {
    return *IpAddress::Parse(ipv4() ? "203.0.113.1" : "2001:db8:ffff::1");
  }
  IpAddress Group() const { return *IpAddress::Parse(ipv4() ? "239.1.2.3" : "ff15::1:3"); }
  // The other family's.
  IpAddress OtherOwn() const { return *IpAddress::Parse(ipv4() ? "2001:db8::2" : "192.0.2.2"); }
  // The interface that has `own`.
  InterfaceId Link() const {
    for (const auto& one : network.addresses()) {
      if (one.address == own) return one.interface;
    }
    return InterfaceId{0};
  }

  void Note(std::string_view text) { network.Log(call + ": " + std::string(text)); }
  void Note(std::string_view what, const application::Status& status) {
    Note(std::string(what) + ": " + (status ? std::string(ErrorText(*status)) : "done"));
  }
  template <typename T>
  void Note(std::string_view what, const application::Result<T>& result) {
    Note(std::string(what) + ": " + (result ? "done" : std::string(ErrorText(result.error()))));
  }
};

// One call of the interface, or several that belong together.
struct Call {
  std::string_view name;
  application::Task<> (*run)(Subject& subject);
  bool each_family = true;  // Otherwise once.
};
std::span<const Call> HostCalls();
std::span<const Call> TcpCalls();
std::span<const Call> TcpDataCalls();
std::span<const Call> UdpCalls();
std::span<const Call> IcmpCalls();

inline ByteView Bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string Text(ByteView bytes) { return {bytes.begin(), bytes.end()}; }

// Reads to the end, or to an error, which is written behind a "!".
inline application::Task<std::string> ReadToEnd(application::TcpFlow& flow) {
  std::string all;
  std::array<uint8_t, 4096> room;
  while (true) {
    const auto read = co_await flow.Read(room);
    if (read.end()) co_return all;
    if (!read.data()) co_return all + "!" + std::string(read.text());
    all += Text(ByteView(room).first(read.size));
  }
}

}  // namespace dualsim::parity
