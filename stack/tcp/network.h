#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/base/bytes.h"
#include "stack/base/time.h"
#include "stack/tcp/byte_ring.h"
#include "stack/tcp/flow.h"
#include "stack/wire/tcp.h"

namespace dualsim::tcp {

// A segment on its way out. Views hold during the call that hands it over.
struct OutgoingSegment {
  const Flow& flow;
  wire::TcpHeader header;
  Pieces payload;
  bool ect = false;  // The IP header says ECT(0), RFC 3168 §5.

  size_t size() const { return header.size() + payload.size(); }
  // Writes size() bytes: header, payload and checksum.
  void Store(uint8_t* out) const;
};

// What TCP needs of the layers below.
class Network {
 public:
  virtual ~Network() = default;
  virtual void Send(Time now, const OutgoingSegment& segment) = 0;
  // The largest IP packet that reaches the remote address, as far as is known;
  // the interface's MTU to begin with.
  virtual uint32_t PathMtu(const Flow& flow) = 0;
  // The largest IP packet that may come from there: what the MSS option tells is
  // independent of the path from here (RFC 8201 §5.4, RFC 8200 §8.3, RFC 1191 §3.1).
  virtual uint32_t LinkMtu(const Flow& flow) { return PathMtu(flow); }
  // Advice for the neighbour cache and the routes: data arrive there (RFC 4861
  // §7.3.1), or seem not to (RFC 9293 §3.8.3, R1).
  virtual void OnForwardProgress(Time, const Flow&) {}
  virtual void OnSuspect(Time, const Flow&) {}
};

}  // namespace dualsim::tcp
