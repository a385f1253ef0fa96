// Multicast listener discovery, both versions.

#include "stack/wire/mld.h"
#include "tests/fuzz/store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace wire = dualsim::wire;
  using dualsim::testing::RequireRoundTrip;
  const dualsim::ByteView message(data, size);
  RequireRoundTrip<wire::ListenerQuery>(message, wire::ListenerQuery::Parse);
  RequireRoundTrip<wire::ListenerReport>(message, wire::ListenerReport::Parse);
  RequireRoundTrip<wire::ListenerMessageV1>(message, wire::ListenerMessageV1::Parse);
  return 0;
}
