// Any text is a zone, or says where it is none; what was read can be asked for.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "stack/dns/authority.h"
#include "stack/dns/zone.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using dualsim::testing::Require;
  namespace dns = dualsim::dns;
  namespace wire = dualsim::wire;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto origin = wire::DnsName::Parse("example.com").value();
  const dns::ParsedZone zone = dns::ParseZone(text, origin);
  const dns::ParsedZone again = dns::ParseZone(text, origin);
  Require(zone.errors == again.errors && zone.zone.size() == again.zone.size(),
          "a zone is what its text says");
  for (const dns::ZoneError& error : zone.errors) {
    Require(error.line >= 1 && error.column >= 1 && !error.text.empty(), "an error says where");
  }
  const dns::Authority authority({zone.zone});
  for (const char* name : {"example.com", "www.example.com", "a.b.c.example.com"}) {
    const wire::DnsMessage query{
        .questions = {{.name = wire::DnsName::Parse(name).value(), .type = wire::DnsType::kAny}}};
    const wire::DnsMessage response = authority.Answer(query);
    const std::vector<uint8_t> bytes = response.Encode(dns::kMaximumUdpResponse);
    Require(bytes.size() <= dns::kMaximumUdpResponse, "a response has its limit");
    Require(wire::DnsMessage::Parse(bytes).ok(), "a response parses");
  }
  return 0;
}
