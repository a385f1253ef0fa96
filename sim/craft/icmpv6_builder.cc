#include "sim/craft/icmpv6_builder.h"

#include <string>
#include <variant>
#include <vector>

#include "sim/craft/byte_writer.h"
#include "sim/craft/packet_spec.h"
#include "stack/base/bytes.h"
#include "stack/wire/icmpv6.h"

namespace dualsim::craft {
namespace {

constexpr uint8_t kIcmpv6 = 58;
constexpr size_t kDefaultEchoData = 8;
// What lets an error fit 1280 bytes behind an IPv6 header, RFC 4443 §2.4 (c).
constexpr size_t kQuotedInError = 1280 - 40 - 8;

uint64_t Bit(const Flag& flag, int bit) { return uint64_t{flag.value_or(false)} << bit; }

// Writes what comes after the checksum, options left out.
struct BodyWriter {
  ByteWriter& out;
  BuildContext& context;
  uint8_t type;

  void operator()(const RawBody& body) {
    if (body.body) out.Put(*body.body);
  }
  void operator()(const EchoBody& body) {
    out.Put16(body.identifier.value_or(1)).Put16(body.sequence.value_or(1));
    out.Put(body.data ? *body.data : PatternBytes(body.data_size.value_or(kDefaultEchoData)));
  }
  void operator()(const ErrorBody& body) {
    const Number& given = body.mtu ? body.mtu : body.pointer ? body.pointer : body.unused;
    out.Put32(given.value_or(0)).Put(context.Quoted(body.quote, kQuotedInError));
    if (body.data) out.Put(*body.data);
  }
  void operator()(const RouterSolicitationBody& body) { out.Put32(body.reserved.value_or(0)); }
  void operator()(const RouterAdvertisementBody& body) {
    out.Put8(body.cur_hop_limit.value_or(64));
    out.Put8(Bit(body.managed, 7) | Bit(body.other, 6) | Bit(body.home_agent, 5) |
             (body.preference.value_or(0) & 3) << 3 | Bit(body.proxy, 2) |
             (body.reserved.value_or(0) & 3));
    out.Put16(body.router_lifetime.value_or(1800));
    out.Put32(body.reachable_time.value_or(0)).Put32(body.retrans_timer.value_or(0));
  }
  void operator()(const NeighborSolicitationBody& body) {
    out.Put32(body.reserved.value_or(0)).Put(context.Find(body.target));
  }
  void operator()(const NeighborAdvertisementBody& body) {
    out.Put32(Bit(body.router, 31) | Bit(body.solicited, 30) | Bit(body.override_flag, 29) |
              (body.reserved.value_or(0) & 0x1fffffff));
    out.Put(context.Find(body.target, context.source));
  }
  void operator()(const RedirectBody& body) {
    out.Put32(body.reserved.value_or(0)).Put(context.Find(body.target));
    out.Put(context.Find(body.redirect_destination));
  }
  void operator()(const ListenerBody& body) {
    const bool query = type == static_cast<uint8_t>(wire::Icmpv6Type::kMulticastListenerQuery);
    out.Put16(body.maximum_response_delay.value_or(query ? 10'000 : 0));
    out.Put16(body.reserved.value_or(0)).Put(context.Find(body.group));
  }
  void operator()(const ListenerQueryV2Body& body) {
    out.Put16(body.maximum_response_code.value_or(10'000)).Put16(body.reserved.value_or(0));
    out.Put(context.Find(body.group));
    out.Put8((body.reserved2.value_or(0) & 15) << 4 | Bit(body.suppress_router_processing, 3) |
             (body.robustness_variable.value_or(2) & 7));
    out.Put8(body.query_interval_code.value_or(125));
    out.Put16(body.number_of_sources.value_or(body.sources.size()));
    for (const AddressTerm& source : body.sources) out.Put(context.Find(source));
  }
  void operator()(const ListenerReportV2Body& body) {
    out.Put16(body.reserved.value_or(0));
    out.Put16(body.number_of_records.value_or(body.records.size()));
    for (const ListenerRecordSpec& record : body.records) PutRecord(record);
  }

  void PutRecord(const ListenerRecordSpec& record) {
    constexpr uint64_t kModeIsExclude = 2;
    ByteWriter auxiliary;
    if (record.auxiliary_data) auxiliary.Put(*record.auxiliary_data).Fill(4);
    out.Put8(record.type.value_or(kModeIsExclude));
    out.Put8(record.auxiliary_data_length.value_or(auxiliary.size() / 4));
    out.Put16(record.number_of_sources.value_or(record.sources.size()));
    out.Put(context.Find(record.group));
    for (const AddressTerm& source : record.sources) out.Put(context.Find(source));
    out.Put(auxiliary.Take());
  }
};

}  // namespace

std::vector<uint8_t> BuildIcmpv6(const Icmpv6Layer& layer, ByteView following,
                                 BuildContext& context) {
  ByteWriter out;
  out.Put8(layer.type).Put8(layer.code.value_or(0)).Put16(0);
  std::visit(BodyWriter{out, context, layer.type}, layer.body);
  for (const NdpOptionSpec& option : layer.options) out.Put(BuildNdpOption(option, context));
  out.Put(following);
  std::vector<uint8_t> message = out.Take();
  if (layer.size) message.resize(*layer.size);
  if (message.size() < wire::Icmpv6Header::kSize) return message;
  StoreBig16(message.data() + 2,
             context.Checksum(message, kIcmpv6, layer.checksum, layer.bad_checksum));
  return message;
}

}  // namespace dualsim::craft
