#include "sim/craft/build_context.h"

#include <algorithm>
#include <string>

#include "sim/craft/packet_builder.h"
#include "stack/base/checksum.h"
#include "stack/wire/ipv6.h"

namespace dualsim::craft {

Ipv6Address BuildContext::Find(const AddressTerm& term) {
  const Resolution<Ipv6Address> found = Resolve(term, surroundings_);
  if (!found.value) Fail(found.error);
  return found.value.value_or(Ipv6Address());
}

Ipv6Address BuildContext::Find(const Address& term, const Ipv6Address& otherwise) {
  return term ? Find(*term) : otherwise;
}

MacAddress BuildContext::Find(const Mac& term, const MacAddress& otherwise) {
  if (!term) return otherwise;
  const Resolution<MacAddress> found = Resolve(*term, surroundings_);
  if (!found.value) Fail(found.error);
  return found.value.value_or(MacAddress());
}

std::vector<uint8_t> BuildContext::Quoted(const std::optional<Quote>& quote, size_t most) {
  std::vector<uint8_t> bytes;
  if (!quote) return bytes;
  if (quote->frame != nullptr) {
    BuiltPacket packet = BuildPacket(*quote->frame, surroundings_, depth_ + 1);
    if (!packet.error.empty()) Fail(packet.error);
    bytes = std::move(packet.bytes);
  } else if (quote->hex) {
    bytes = *quote->hex;
  } else if (!quote->packet.empty()) {
    const std::optional<ByteView> packet = surroundings_.FindPacket(quote->packet);
    if (packet) {
      bytes.assign(packet->begin(), packet->end());
    } else {
      Fail("there was no packet '" + quote->packet + "' yet");
    }
  }
  bytes.resize(std::min<size_t>(bytes.size(), quote->size.value_or(most)));
  return bytes;
}

uint16_t BuildContext::Checksum(ByteView message, uint8_t protocol, const Number& given,
                                const Flag& bad) const {
  if (given) return static_cast<uint16_t>(*given);
  InternetChecksum sum;
  if (ipv4) {
    sum.AddBig32(ipv4_source.ToInteger())
        .AddBig32(ipv4_destination.ToInteger())
        .AddBig16(protocol)
        .AddBig16(static_cast<uint16_t>(message.size()));
  } else {
    sum = wire::PseudoHeader(source, destination, static_cast<wire::NextHeader>(protocol),
                             message.size());
  }
  return ChecksumOrBad(sum.Add(message).Value(), bad);
}

}  // namespace dualsim::craft
