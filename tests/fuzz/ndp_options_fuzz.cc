// The options of neighbour discovery.

#include <string>

#include "stack/wire/ndp_options.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/store.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  namespace wire = dualsim::wire;
  using dualsim::testing::Require;
  const dualsim::ByteView bytes(data, size);
  dualsim::testing::RequireRoundTrip<wire::NdpOptions>(bytes, wire::NdpOptions::Parse);
  const auto options = wire::NdpOptions::Parse(bytes);
  wire::NdpOptionReader reader(bytes);
  size_t sum = 0;
  while (const auto option = reader.Next()) sum += option->bytes.size();
  Require(options.ok() == !reader.error(), "the reader and the parser agree");
  if (!options) return 0;
  Require(sum == size, "options are all of the bytes");
  Require(options->size() <= size, "nothing is made up");
  for (const auto& list : options->dns_search_lists) {
    for (const std::string& name : list.names) {
      Require(!name.empty() && name.size() <= 253, "names keep to RFC 1035");
    }
  }
  return 0;
}
