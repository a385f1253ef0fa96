#pragma once

#include <cstddef>
#include <span>

#include "stack/group/source_filter.h"
#include "stack/wire/ipv6_address.h"
#include "stack/wire/mac_address.h"
#include "stack/wire/mld.h"

namespace dualsim::group {

// Where the messages of a MulticastListener leave, and its card's filter is set.
// Called during the listener's methods; must not call it back.
class MulticastListenerOutput {
 public:
  virtual ~MulticastListenerOutput() = default;
  // A report, to ff02::16 (RFC 3810 §5.2.14). The sender picks the source: the
  // link-local address, or :: while there is none that is valid (§5.2.13).
  virtual void SendReport(const wire::ListenerReport& report) = 0;
  // A message of version 1: a Report goes to its group, a Done to ff02::2
  // (RFC 2710 §5); the source likewise.
  virtual void SendMessageV1(const wire::ListenerMessageV1& message) = 0;
  virtual void JoinCardGroup(const MacAddress& group) = 0;
  virtual void LeaveCardGroup(const MacAddress& group) = 0;
};

// Packs records into as few reports as their size allows, RFC 3810 §5.2.15.
class ListenerReportBuilder {
 public:
  // No message is longer than `maximum_size`, which has room for one source.
  ListenerReportBuilder(size_t maximum_size, MulticastListenerOutput& output)
      : maximum_size_(maximum_size), output_(output) {}

  // Splits the sources over several records where they don't fit into one
  // message; those of an EXCLUDE mode can't be split, and the rest is left out.
  void Add(wire::ListenerRecordType type, const Ipv6Address& group,
           std::span<const Ipv6Address> sources);
  // Sends what was added and not yet sent.
  void Flush();

 private:
  size_t room() const { return maximum_size_ - size_; }

  static constexpr size_t kReportHeader = 8;
  static constexpr size_t kRecordHeader = 20;

  size_t maximum_size_;
  size_t size_ = kReportHeader;
  MulticastListenerOutput& output_;
  wire::ListenerReport report_;
};

}  // namespace dualsim::group
