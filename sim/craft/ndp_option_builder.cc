#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "sim/craft/byte_writer.h"
#include "sim/craft/icmpv6_builder.h"

namespace dualsim::craft {
namespace {

constexpr uint64_t kDefaultValidLifetime = 2'592'000;  // RFC 4861 §6.2.1
constexpr uint64_t kDefaultPreferredLifetime = 604'800;
constexpr uint64_t kDefaultLifetime = 1800;
// What lets a Redirect with both of its options fit 1280 bytes (RFC 4861 §4.5).
constexpr size_t kQuotedInRedirect = 1184;
constexpr size_t kMaximumOption = 255 * 8;

// The prefix' bytes that an option of `length` times 8 bytes has room for.
void PutPrefix(const Ipv6Address& prefix, uint64_t length, ByteWriter& out) {
  const size_t room = length < 1 ? 0 : std::min<size_t>((length - 1) * 8, Ipv6Address::kSize);
  out.Put(ByteView(prefix.bytes()).first(room));
}

// RFC 1035 §3.1.
void PutName(std::string_view name, ByteWriter& out) {
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    out.Put8(label.size());
    for (char c : label) out.Put8(static_cast<uint8_t>(c));
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  out.Put8(0);
}

// Writes what comes after the type and the length of an option.
struct BodyWriter {
  ByteWriter& out;
  BuildContext& context;
  const Number& length;

  void operator()(const RawNdpOption& option) {
    if (option.data) out.Put(*option.data);
  }
  void operator()(const LinkLayerAddressOption& option) { out.Put(context.Find(option.address)); }
  void operator()(const PrefixInformationOption& option) {
    out.Put8(option.prefix_length.value_or(64));
    const uint64_t on_link = option.on_link.value_or(true) ? 0x80 : 0;
    const uint64_t autonomous = option.autonomous.value_or(true) ? 0x40 : 0;
    const uint64_t router = option.router_address.value_or(false) ? 0x20 : 0;
    out.Put8(on_link | autonomous | router | (option.reserved1.value_or(0) & 0x1f));
    out.Put32(option.valid_lifetime.value_or(kDefaultValidLifetime));
    out.Put32(option.preferred_lifetime.value_or(kDefaultPreferredLifetime));
    out.Put32(option.reserved2.value_or(0));
    out.Put(context.Find(option.prefix));
  }
  void operator()(const RedirectedHeaderOption& option) {
    const uint64_t reserved = option.reserved.value_or(0);
    out.Put16(reserved >> 32).Put32(reserved);
    std::vector<uint8_t> quoted = context.Quoted(option.quote, kQuotedInRedirect);
    quoted.resize(std::min(quoted.size(), kMaximumOption - 8));
    out.Put(quoted);
  }
  void operator()(const MtuOption& option) { out.Put16(0).Put32(option.mtu.value_or(1500)); }
  void operator()(const NonceOption& option) {
    if (option.nonce) out.Put(*option.nonce);
  }
  void operator()(const RouteInformationOption& option) {
    const uint64_t prefix_length = option.prefix_length.value_or(64);
    const uint64_t reserved = option.reserved.value_or(0) & 0xe7;
    out.Put8(prefix_length).Put8((option.preference.value_or(0) & 3) << 3 | reserved);
    out.Put32(option.lifetime.value_or(kDefaultLifetime));
    const uint64_t least = prefix_length == 0 ? 1 : prefix_length <= 64 ? 2 : 3;
    PutPrefix(context.Find(option.prefix), length.value_or(least), out);
  }
  void operator()(const RecursiveDnsServerOption& option) {
    out.Put16(0).Put32(option.lifetime.value_or(kDefaultLifetime));
    for (const AddressTerm& address : option.addresses) out.Put(context.Find(address));
  }
  void operator()(const DnsSearchListOption& option) {
    out.Put16(0).Put32(option.lifetime.value_or(kDefaultLifetime));
    for (const std::string& domain : option.domains) PutName(domain, out);
  }
  void operator()(const Pref64Option& option) {
    const uint64_t scaled = option.lifetime.value_or(kDefaultLifetime) / 8;
    out.Put16(scaled << 3 | (option.prefix_length_code.value_or(0) & 7));
    out.Put(ByteView(context.Find(option.prefix).bytes()).first(12));
  }
};

}  // namespace

std::vector<uint8_t> BuildNdpOption(const NdpOptionSpec& option, BuildContext& context) {
  ByteWriter out;
  out.Put8(option.type).Put8(0);
  std::visit(BodyWriter{out, context, option.length}, option.body);
  out.Fill(8);
  out[1] = static_cast<uint8_t>(option.length.value_or(out.size() / 8));
  return out.Take();
}

}  // namespace dualsim::craft
