// The wire formats of IPv4's family: round trips, and what is refused.

#include <gtest/gtest.h>

#include <vector>

#include "stack/wire/arp.h"
#include "stack/wire/icmpv4.h"
#include "stack/wire/igmp.h"
#include "stack/wire/ipv4.h"

namespace dualsim::wire {
namespace {

using Bytes = std::vector<uint8_t>;

const Ipv4Address kA = *Ipv4Address::Parse("192.0.2.1");
const Ipv4Address kB = *Ipv4Address::Parse("198.51.100.2");

template <typename Message>
Bytes Stored(const Message& message) {
  Bytes bytes(message.size(), 0xa5);
  message.Store(bytes.data());
  return bytes;
}

Bytes Packet(const Ipv4Header& header, size_t payload) {
  Bytes packet(header.size() + payload, 0x11);
  header.Store(packet.data());
  return packet;
}

Ipv4Header Header(size_t payload, ByteView options = {}) {
  Ipv4Header header{.type_of_service = 0xb8,
                    .identification = 0x1234,
                    .ttl = 7,
                    .protocol = NextHeader::kUdp,
                    .source = kA,
                    .destination = kB,
                    .options = options};
  header.total_length = static_cast<uint16_t>(header.size() + payload);
  return header;
}

TEST(Ipv4Header, WhatIsStoredIsParsed) {
  Ipv4Header header = Header(24);
  header.more_fragments = true;
  header.fragment_offset = 8 * 185;
  const auto parsed = Ipv4Header::Parse(Packet(header, 24));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->type_of_service, 0xb8);
  EXPECT_EQ(parsed->identification, 0x1234);
  EXPECT_TRUE(parsed->more_fragments);
  EXPECT_FALSE(parsed->dont_fragment);
  EXPECT_EQ(parsed->fragment_offset, 1480);
  EXPECT_EQ(parsed->ttl, 7);
  EXPECT_EQ(parsed->source, kA);
  EXPECT_EQ(parsed->destination, kB);
}

TEST(Ipv4Header, BytesBehindTheTotalLengthDoNoHarm) {
  Bytes packet = Packet(Header(4), 4);
  packet.resize(46, 0);
  const auto parsed = Ipv4Header::Parse(packet);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->total_length, 24);
}

TEST(Ipv4Header, EachMistakeHasItsReason) {
  const Bytes good = Packet(Header(4), 4);
  const auto reason = [&](auto spoil) {
    Bytes packet = good;
    spoil(packet);
    const auto parsed = Ipv4Header::Parse(packet);
    return parsed ? DropReason::kCount : parsed.reason();
  };
  const auto sum = [](Bytes& p) { StoreIpv4Checksum(MutableByteView(p).first(20)); };
  EXPECT_EQ(reason([](Bytes& p) { p.resize(19); }), DropReason::IPV4_HEADER_TRUNCATED);
  EXPECT_EQ(reason([](Bytes& p) { p[0] = 0x65; }), DropReason::IPV4_BAD_VERSION);
  EXPECT_EQ(reason([](Bytes& p) { p[0] = 0x44; }), DropReason::IPV4_HEADER_LENGTH);
  EXPECT_EQ(reason([](Bytes& p) { p[0] = 0x4f; }), DropReason::IPV4_HEADER_TRUNCATED);
  EXPECT_EQ(reason([](Bytes& p) { p[8] ^= 1; }), DropReason::IPV4_BAD_CHECKSUM);
  EXPECT_EQ(reason([&](Bytes& p) { p[3] = 19, sum(p); }), DropReason::IPV4_HEADER_LENGTH);
  EXPECT_EQ(reason([&](Bytes& p) { p[3] = 25, sum(p); }), DropReason::IPV4_TRUNCATED);
}

TEST(Ipv4OptionReader, GoesThroughOptionsAndStopsAtTheEndOfTheList) {
  const Bytes options = {1, 148, 4, 0, 0, 7, 3, 4, 0, 99, 99, 99};
  Ipv4OptionReader reader(options);
  const auto alert = reader.Next();
  ASSERT_TRUE(alert);
  EXPECT_EQ(alert->type, Ipv4OptionType::kRouterAlert);
  EXPECT_EQ(alert->offset, 21u);
  EXPECT_TRUE(alert->copied());
  const auto record = reader.Next();
  ASSERT_TRUE(record);
  EXPECT_FALSE(record->copied());
  EXPECT_FALSE(reader.Next());
  EXPECT_FALSE(reader.malformed());
}

TEST(Ipv4OptionReader, AnImpossibleLengthIsNamedWithItsPlace) {
  for (const Bytes& options : {Bytes{1, 7, 1, 0}, Bytes{1, 7, 9, 0}, Bytes{1, 1, 1, 7}}) {
    Ipv4OptionReader reader(options);
    EXPECT_FALSE(reader.Next());
    EXPECT_TRUE(reader.malformed());
  }
}

TEST(ArpPacket, WhatIsStoredIsParsed) {
  const ArpPacket packet{.operation = ArpOperation::kReply,
                         .sender_mac = MacAddress({2, 0, 0, 0, 0, 1}),
                         .sender = kA,
                         .target_mac = MacAddress({2, 0, 0, 0, 0, 2}),
                         .target = kB};
  Bytes bytes(ArpPacket::kSize);
  packet.Store(bytes.data());
  const auto parsed = ArpPacket::Parse(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->operation, ArpOperation::kReply);
  EXPECT_EQ(parsed->sender_mac, packet.sender_mac);
  EXPECT_EQ(parsed->sender, kA);
  EXPECT_EQ(parsed->target, kB);
  bytes[1] = 6;
  EXPECT_EQ(ArpPacket::Parse(bytes).reason(), DropReason::ARP_UNKNOWN_FORMAT);
  bytes[1] = 1;
  bytes[7] = 8;
  EXPECT_EQ(ArpPacket::Parse(bytes).reason(), DropReason::ARP_UNKNOWN_OPERATION);
  bytes.resize(27);
  EXPECT_EQ(ArpPacket::Parse(bytes).reason(), DropReason::ARP_TRUNCATED);
}

TEST(Icmpv4, ErrorsKeepWhatTheirTypeTells) {
  const Bytes quote(28, 0x45);
  const auto again = [&](Icmpv4Error error) {
    error.invoking = quote;
    return *Icmpv4Error::Parse(Stored(error));
  };
  EXPECT_EQ(again({.type = Icmpv4Type::kDestinationUnreachable, .code = 4, .mtu = 1400}).mtu, 1400);
  EXPECT_EQ(again({.type = Icmpv4Type::kDestinationUnreachable, .code = 3, .mtu = 1400}).mtu, 0);
  EXPECT_EQ(again({.type = Icmpv4Type::kParameterProblem, .pointer = 20}).pointer, 20);
  EXPECT_EQ(again({.type = Icmpv4Type::kRedirect, .code = 1, .gateway = kB}).gateway, kB);
}

TEST(Icmpv4, TheChecksumCoversTheMessageAlone) {
  Bytes message = Stored(Icmpv4Echo{.identifier = 1, .sequence = 2, .data = Bytes(9, 3)});
  StoreIcmpv4Checksum(message);
  EXPECT_TRUE(Icmpv4Header::Parse(message));
  message[5] ^= 4;
  EXPECT_EQ(Icmpv4Header::Parse(message).reason(), DropReason::ICMPV4_BAD_CHECKSUM);
}

TEST(Igmp, AQuerysVersionFollowsFromItsLengthAndItsTime) {
  const auto again = [](const IgmpQuery& query) { return *IgmpQuery::Parse(Stored(query)); };
  EXPECT_EQ(again({.version = 1}).version, 1);
  EXPECT_EQ(again({.version = 1}).maximum_response_time, Seconds(10));
  EXPECT_EQ(again({.version = 2, .maximum_response_time = Seconds(5)}).version, 2);
  const IgmpQuery third = again({.version = 3,
                                 .maximum_response_time = Milliseconds(12'800),
                                 .group = *Ipv4Address::Parse("233.252.0.1"),
                                 .robustness_variable = 2,
                                 .query_interval = Seconds(125),
                                 .sources = {kA, kB}});
  EXPECT_EQ(third.version, 3);
  EXPECT_EQ(third.maximum_response_time, Milliseconds(12'800));
  EXPECT_EQ(third.query_interval, Seconds(125));
  EXPECT_EQ(third.sources, (std::vector<Ipv4Address>{kA, kB}));
}

TEST(Igmp, AReportIsParsedAsItWasStored) {
  const IgmpReport report{
      .records = {
          {.type = ListenerRecordType::kChangeToExclude, .group = kA},
          {.type = ListenerRecordType::kAllowNewSources, .group = kB, .sources = {kA, kB}}}};
  const Bytes bytes = Stored(report);
  EXPECT_EQ(ParseIgmpType(bytes).ok(), true);
  const auto parsed = IgmpReport::Parse(bytes);
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->records.size(), 2u);
  EXPECT_EQ(parsed->records[1].sources, (std::vector<Ipv4Address>{kA, kB}));
  EXPECT_EQ(IgmpReport::Parse(ByteView(bytes).first(bytes.size() - 1)).reason(),
            DropReason::IGMP_TRUNCATED);
}

}  // namespace
}  // namespace dualsim::wire
