#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "stack/base/bytes.h"
#include "stack/wire/parsed.h"
#include "tests/fuzz/require.h"

namespace dualsim::testing {

template <typename Message>
std::vector<uint8_t> Stored(const Message& message) {
  std::vector<uint8_t> bytes(message.size(), 0xa5);
  message.Store(bytes.data());
  return bytes;
}

// Where `message` parsed, what it stores must parse to what stores the same:
// nothing that was understood is lost on the way.
template <typename Message, typename Parse>
void RequireRoundTrip(ByteView message, Parse parse) {
  const Parsed<Message> first = parse(message);
  if (!first) return;
  const std::vector<uint8_t> stored = Stored(*first);
  const Parsed<Message> second = parse(stored);
  Require(second.ok(), "what a message stores parses");
  Require(std::ranges::equal(Stored(*second), stored), "parsing and storing again changes nothing");
}

}  // namespace dualsim::testing
