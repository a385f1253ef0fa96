// Heads of HTTP messages and the lines of chunks.

#include <string_view>

#include "stack/apps/http_message.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::testing::Require;
  using namespace dualsim::apps;  // NOLINT: what is fuzzed
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = HttpHeadSize(text);
  Require(!end || *end <= size, "a head ends within its text");
  for (const HttpKind kind : {HttpKind::kRequest, HttpKind::kResponse}) {
    const auto parsed = ParseHttpHead(kind, text.substr(0, end.value_or(size)));
    const auto* head = std::get_if<HttpHead>(&parsed);
    if (head == nullptr) continue;
    const auto again = ParseHttpHead(kind, head->Encode());
    const auto* same = std::get_if<HttpHead>(&again);
    // What white space stood around values is gone, so that the second is no longer.
    Require(same != nullptr && *same == *head, "what a head encodes is the head");
    static_cast<void>(HttpRequestBody(*head));
    static_cast<void>(HttpResponseBody(*head, "GET"));
  }
  static_cast<void>(ParseHttpChunkSize(text));
  return 0;
}
