#include "stack/ipv6/reassembly.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "stack/base/random_stream.h"
#include "stack/wire/ipv6_extension.h"
#include "tests/stack/ipv6/fragments_for_test.h"

namespace dualsim::ipv6 {
namespace {

using wire::FragmentHeader;
using wire::Icmpv6Type;
using wire::NextHeader;

constexpr Time kStart = Time() + Seconds(9);
constexpr size_t kHeaders = wire::Ipv6Header::kSize;

class Notes : public ReassemblyOutput {
 public:
  void DropFragment(DropReason reason, ByteView, InterfaceId) override { drops.push_back(reason); }
  void SendError(const wire::Icmpv6Error& error, const ip::FragmentArrival& arrival) override {
    errors.push_back({error.type, error.code, error.parameter,
                      Bytes(error.invoking.begin(), error.invoking.end()), arrival});
  }
  struct Error {
    Icmpv6Type type;
    int code;
    uint32_t parameter;
    Bytes invoking;
    ip::FragmentArrival arrival;
  };
  std::vector<DropReason> drops;
  std::vector<Error> errors;
};

class ReassemblerTest : public testing::Test {
 protected:
  // The bytes [begin, end) of `payload_` as a fragment.
  Bytes Fragment(size_t begin, size_t end, bool more, uint32_t identification = 7) const {
    Bytes payload(FragmentHeader::kSize);
    FragmentHeader{.next_header = NextHeader::kUdp,
                   .offset = static_cast<uint16_t>(begin),
                   .more = more,
                   .identification = identification}
        .Store(payload.data());
    payload.insert(payload.end(), payload_.begin() + static_cast<std::ptrdiff_t>(begin),
                   payload_.begin() + static_cast<std::ptrdiff_t>(end));
    return MakePacket(NextHeader::kFragment, payload);
  }
  Bytes Fragment(size_t begin, size_t end) const {
    return Fragment(begin, end, end < payload_.size());
  }
  Packet Add(const Bytes& packet, Time now = kStart) {
    return reassembler_.Add(now, pool_.Copy(packet), kHeaders, {}, pool_, notes_);
  }
  void ExpectWhole(const Packet& packet) const {
    ASSERT_TRUE(packet);
    const Bytes whole(packet.bytes().begin(), packet.bytes().end());
    EXPECT_EQ(whole, MakePacket(NextHeader::kUdp, payload_));
  }
  using Drops = std::vector<DropReason>;

  PacketPool pool_;
  Notes notes_;
  Reassembler reassembler_;
  Bytes payload_ = Pattern(100);
};

TEST_F(ReassemblerTest, EveryOrderOfTwoToFivePiecesGivesThePacket) {
  for (size_t count = 2; count <= 5; ++count) {
    std::vector<size_t> order;
    for (size_t i = 0; i < count; ++i) order.push_back(i);
    do {
      Packet whole;
      for (size_t i = 0; i < count; ++i) {
        ASSERT_FALSE(whole) << "not before the last piece";
        whole = Add(Fragment(order[i] * 16, order[i] + 1 == count ? 100 : order[i] * 16 + 16));
      }
      ExpectWhole(whole);
      ASSERT_EQ(reassembler_.deadline(), Time::Never());
    } while (std::next_permutation(order.begin(), order.end()));
  }
  EXPECT_TRUE(notes_.drops.empty());
}

TEST_F(ReassemblerTest, AHoleKeepsThePacketBack) {
  EXPECT_FALSE(Add(Fragment(0, 32)));
  EXPECT_FALSE(Add(Fragment(64, 100)));
  ExpectWhole(Add(Fragment(32, 64)));
}

TEST_F(ReassemblerTest, FragmentsOfDifferentPacketsStayApart) {  // RFC 8200 §4.5
  EXPECT_FALSE(Add(Fragment(0, 48, true, 7)));
  EXPECT_FALSE(Add(Fragment(48, 100, false, 8)));
  Bytes other_source = Fragment(48, 100, false, 7);
  other_source[8 + 15] = 0x77;
  EXPECT_FALSE(Add(other_source));
  ExpectWhole(Add(Fragment(48, 100, false, 7)));
}

TEST_F(ReassemblerTest, ThePacketIsStillTakenOneNanosecondBeforeTheTimeout) {
  Add(Fragment(0, 48));
  EXPECT_EQ(reassembler_.deadline(), kStart + Seconds(60));
  ExpectWhole(Add(Fragment(48, 100), kStart + Seconds(60) - Nanoseconds(1)));
}

TEST_F(ReassemblerTest, AtTheTimeoutTheSenderOfTheFirstFragmentIsTold) {
  const Bytes first = Fragment(0, 48);
  Add(Fragment(64, 100));
  Add(first, kStart + Seconds(59));
  reassembler_.Advance(kStart + Seconds(60) - Nanoseconds(1), notes_);
  EXPECT_TRUE(notes_.drops.empty());
  EXPECT_FALSE(Add(Fragment(48, 64), kStart + Seconds(60))) << "too late: it starts a new one";
  EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_REASSEMBLY_TIMEOUT));
  ASSERT_EQ(notes_.errors.size(), 1u);
  EXPECT_EQ(notes_.errors[0].type, Icmpv6Type::kTimeExceeded);
  EXPECT_EQ(notes_.errors[0].code, 1);
  EXPECT_EQ(notes_.errors[0].invoking, first);
  EXPECT_EQ(reassembler_.deadline(), kStart + Seconds(120));
}

TEST_F(ReassemblerTest, ATimeoutWithoutTheFirstFragmentIsSilent) {
  Add(Fragment(48, 100));
  reassembler_.Advance(reassembler_.deadline(), notes_);
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_REASSEMBLY_TIMEOUT});
  EXPECT_TRUE(notes_.errors.empty());
}

TEST_F(ReassemblerTest, AnOverlapGivesUpWhatCameAndWhatFollows) {  // RFC 5722 §4
  Add(Fragment(0, 48));
  Add(Fragment(40, 64, true));
  Add(Fragment(48, 100));
  Add(Fragment(0, 48));
  EXPECT_EQ(notes_.drops, Drops(4, DropReason::IPV6_FRAGMENT_OVERLAP));
  reassembler_.Advance(kStart + Seconds(60), notes_);
  EXPECT_TRUE(notes_.errors.empty()) << "no ICMP error, RFC 8200 §4.5";
  Add(Fragment(0, 48), kStart + Seconds(60));
  ExpectWhole(Add(Fragment(48, 100), kStart + Seconds(60)));
}

TEST_F(ReassemblerTest, OverlapsAreFoundOnEverySide) {
  struct Case {
    size_t begin, end;
  };
  for (const Case& c : {Case{24, 40}, Case{56, 72}, Case{40, 48}, Case{24, 80}, Case{32, 40}}) {
    reassembler_.Clear();
    notes_.drops.clear();
    Add(Fragment(32, 64));
    Add(Fragment(c.begin, c.end));
    EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_FRAGMENT_OVERLAP)) << c.begin;
  }
}

TEST_F(ReassemblerTest, TwoEndsContradictEachOther) {
  Add(Fragment(64, 72, false));
  Add(Fragment(80, 96, true));
  EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_FRAGMENT_OVERLAP));
  reassembler_.Clear();
  Add(Fragment(64, 100, false));
  Add(Fragment(32, 40, false));
  EXPECT_EQ(notes_.drops, Drops(4, DropReason::IPV6_FRAGMENT_OVERLAP));
}

TEST_F(ReassemblerTest, AnExactDuplicateIsDroppedAlone) {  // RFC 8200 §4.5
  Add(Fragment(0, 48));
  Add(Fragment(0, 48));
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_FRAGMENT_DUPLICATE});
  ExpectWhole(Add(Fragment(48, 100)));
}

TEST_F(ReassemblerTest, ADuplicateWithOtherBytesIsAnOverlap) {
  Add(Fragment(0, 48));
  Bytes forged = Fragment(0, 48);
  forged.back() ^= 1;
  Add(forged);
  EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_FRAGMENT_OVERLAP));
}

TEST_F(ReassemblerTest, AnAtomicFragmentMeetsNoOther) {  // RFC 6946 §4
  Add(Fragment(0, 48));
  ExpectWhole(Add(Fragment(0, 100, false)));
  EXPECT_TRUE(notes_.drops.empty());
  ExpectWhole(Add(Fragment(48, 100)));
}

TEST_F(ReassemblerTest, ALengthThatIsNoMultipleOf8IsReported) {  // RFC 8200 §4.5
  Add(Fragment(0, 47, true));
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_FRAGMENT_LENGTH});
  ASSERT_EQ(notes_.errors.size(), 1u);
  EXPECT_EQ(notes_.errors[0].type, Icmpv6Type::kParameterProblem);
  EXPECT_EQ(notes_.errors[0].code, 0);
  EXPECT_EQ(notes_.errors[0].parameter, 4u) << "Payload Length";
  EXPECT_EQ(reassembler_.deadline(), Time::Never());
}

TEST_F(ReassemblerTest, APacketOverTheLargestIsReported) {  // RFC 8200 §4.5
  Bytes fragment = Fragment(0, 16, false);
  StoreBig16(fragment.data() + kHeaders + 2, 0xfff8);  // Ends at 65,528 + 16.
  Add(fragment);
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_FRAGMENT_TOO_LARGE});
  ASSERT_EQ(notes_.errors.size(), 1u);
  EXPECT_EQ(notes_.errors[0].parameter, kHeaders + 2) << "Fragment Offset";
}

TEST_F(ReassemblerTest, AFirstFragmentWithoutTheHeaderChainIsReported) {  // RFC 7112 §5
  Bytes fragment = Fragment(0, 16, true);
  fragment[kHeaders] = static_cast<uint8_t>(NextHeader::kTcp);  // Its header takes 20 bytes.
  Add(fragment);
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_FRAGMENT_HEADERS_INCOMPLETE});
  ASSERT_EQ(notes_.errors.size(), 1u);
  EXPECT_EQ(notes_.errors[0].code, 3);
  EXPECT_EQ(notes_.errors[0].parameter, 0u);

  payload_[0] = static_cast<uint8_t>(NextHeader::kUdp);
  payload_[1] = 5;  // A Destination Options header of 48 bytes.
  fragment = Fragment(0, 48, true);
  fragment[kHeaders] = static_cast<uint8_t>(NextHeader::kDestinationOptions);
  Add(fragment);
  EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_FRAGMENT_HEADERS_INCOMPLETE));
}

TEST_F(ReassemblerTest, TheOptionsOfTcpBelongToTheHeaderChain) {  // RFC 7112 §3
  payload_[12] = 0xa0;                                            // A header of 40 bytes.
  for (const size_t size : {32u, 40u}) {
    Bytes fragment = Fragment(0, size, true);
    fragment[kHeaders] = static_cast<uint8_t>(NextHeader::kTcp);
    Add(fragment);
  }
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_FRAGMENT_HEADERS_INCOMPLETE}) << "of 32 bytes";
}

TEST_F(ReassemblerTest, NoFragmentHeaderLeadsToHopByHopOptions) {  // RFC 8200 §4
  for (const bool more : {false, true}) {
    Bytes fragment = Fragment(0, 16, more);
    fragment[kHeaders] = static_cast<uint8_t>(NextHeader::kHopByHop);
    EXPECT_FALSE(Add(fragment));
  }
  EXPECT_EQ(notes_.drops, Drops(2, DropReason::IPV6_HOP_BY_HOP_MISPLACED));
  ASSERT_EQ(notes_.errors.size(), 2u);
  EXPECT_EQ(notes_.errors[1].code, 1);
  EXPECT_EQ(notes_.errors[1].parameter, kHeaders) << "the Fragment header's Next Header";
}

TEST_F(ReassemblerTest, OneLinkLocalSenderOfTwoLinksIsTwo) {  // RFC 4007 §6
  Bytes first = Fragment(0, 48);
  Bytes last = Fragment(48, 100);
  const auto add = [&](const Bytes& fragment, uint16_t link) {
    return reassembler_.Add(kStart, pool_.Copy(fragment), kHeaders,
                            {.interface = InterfaceId{link}}, pool_, notes_);
  };
  EXPECT_FALSE(add(first, 1));
  ExpectWhole(add(last, 2));
  for (Bytes* fragment : {&first, &last}) {
    Ipv6Address::Parse("fe80::1")->Store(fragment->data() + 8);
  }
  EXPECT_FALSE(add(first, 1));
  EXPECT_FALSE(add(last, 2));
  EXPECT_TRUE(add(last, 1));
  reassembler_.Advance(kStart + Seconds(60), notes_);
  EXPECT_TRUE(notes_.errors.empty()) << "of the second link there was no first fragment";
}

TEST_F(ReassemblerTest, AnErrorKnowsWhereTheFirstFragmentCameFrom) {
  const ip::FragmentArrival here{.interface = InterfaceId{3}, .link_layer_group = true};
  reassembler_.Add(kStart, pool_.Copy(Fragment(0, 48)), kHeaders, here, pool_, notes_);
  reassembler_.Add(kStart, pool_.Copy(Fragment(56, 100)), kHeaders, {}, pool_, notes_);
  reassembler_.Advance(kStart + Seconds(60), notes_);
  ASSERT_EQ(notes_.errors.size(), 1u);
  EXPECT_EQ(notes_.errors[0].arrival.interface, InterfaceId{3});
  EXPECT_TRUE(notes_.errors[0].arrival.link_layer_group);
}

TEST_F(ReassemblerTest, PaddingOfTheFrameIsNotTheFragments) {
  Bytes first = Fragment(0, 48);
  first.resize(first.size() + 13, 0xee);
  Bytes last = Fragment(48, 100);
  last.resize(last.size() + 13, 0xee);
  Add(first);
  ExpectWhole(Add(last));
}

TEST_F(ReassemblerTest, HeadersBeforeTheFragmentHeaderComeFromTheFirst) {
  Bytes hop_by_hop = {static_cast<uint8_t>(NextHeader::kFragment), 0, 1, 4, 0, 0, 0, 0};
  Bytes first = Fragment(0, 48);
  first.insert(first.begin() + kHeaders, hop_by_hop.begin(), hop_by_hop.end());
  first[6] = static_cast<uint8_t>(NextHeader::kHopByHop);
  StoreBig16(first.data() + 4, static_cast<uint16_t>(first.size() - kHeaders));
  EXPECT_FALSE(reassembler_.Add(kStart, pool_.Copy(first), kHeaders + 8, {}, pool_, notes_));
  const Packet whole = Add(Fragment(48, 100));
  ASSERT_TRUE(whole);
  Bytes payload = hop_by_hop;
  payload[0] = static_cast<uint8_t>(NextHeader::kUdp);
  payload.insert(payload.end(), payload_.begin(), payload_.end());
  EXPECT_EQ(Bytes(whole.bytes().begin(), whole.bytes().end()),
            MakePacket(NextHeader::kHopByHop, payload));
}

TEST_F(ReassemblerTest, ACongestionMarkOnOneFragmentMarksThePacket) {  // RFC 3168 §5.3
  Bytes first = Fragment(0, 48);
  first[1] |= 0x20;  // ECT(0)
  Bytes last = Fragment(48, 100);
  last[1] |= 0x30;  // CE
  Add(first);
  const Packet whole = Add(last);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole.bytes()[1] & 0x30, 0x30);
}

TEST_F(ReassemblerTest, TooManyPacketsGiveUpTheOldest) {
  reassembler_ = Reassembler({.packets = 3});
  for (uint32_t id = 1; id <= 4; ++id) Add(Fragment(0, 48, true, id));
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_REASSEMBLY_LIMIT});
  EXPECT_FALSE(Add(Fragment(48, 100, false, 1))) << "the oldest is gone, and 2 goes for it";
  ExpectWhole(Add(Fragment(48, 100, false, 4)));
}

TEST_F(ReassemblerTest, WhoFloodsPacketsGivesUpItsOwn) {
  Add(Fragment(0, 48, true, 1));
  for (uint32_t id = 1; id <= 30; ++id) {
    Bytes other_source = Fragment(0, 48, true, id);
    other_source[8 + 15] = 0x77;
    Add(other_source);
  }
  EXPECT_EQ(notes_.drops, Drops(15, DropReason::IPV6_REASSEMBLY_LIMIT));
  ExpectWhole(Add(Fragment(48, 100, false, 1)));
}

TEST_F(ReassemblerTest, WhoFloodsBytesGivesUpItsOwn) {
  reassembler_ = Reassembler({.bytes = 200});
  Add(Fragment(0, 48, true, 1));
  for (uint32_t id = 1; id <= 9; ++id) {
    Bytes other_source = Fragment(0, 96, true, id);
    other_source[8 + 15] = 0x77;
    Add(other_source);
  }
  EXPECT_EQ(notes_.drops, Drops(8, DropReason::IPV6_REASSEMBLY_LIMIT));
  ExpectWhole(Add(Fragment(48, 100, false, 1)));
}

TEST_F(ReassemblerTest, AFragmentLargerThanTheLimitIsDroppedAlone) {
  reassembler_ = Reassembler({.bytes = 40});
  Add(Fragment(0, 48));
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_REASSEMBLY_LIMIT});
}

TEST_F(ReassemblerTest, TooManyBytesGiveUpTheOldest) {
  reassembler_ = Reassembler({.bytes = 100});
  Add(Fragment(0, 48, true, 1));
  Add(Fragment(0, 48, true, 2));
  Add(Fragment(48, 64, true, 2));
  EXPECT_EQ(notes_.drops, Drops{DropReason::IPV6_REASSEMBLY_LIMIT});
  Add(Fragment(48, 100, false, 1));
  EXPECT_EQ(notes_.drops.size(), 2u) << "what follows of it is dropped too";
  ExpectWhole(Add(Fragment(64, 100, false, 2)));
}

TEST_F(ReassemblerTest, APacketOf1500BytesMayComeInTheSmallestPieces) {  // RFC 8200 §5
  payload_ = Pattern(1460);
  for (size_t at = 1456; at > 0; at -= 8)
    EXPECT_FALSE(Add(Fragment(at, std::min(at + 8, size_t{1460}))));
  ExpectWhole(Add(Fragment(0, 8)));
}

TEST_F(ReassemblerTest, TooManyFragmentsGiveUpTheirPacket) {
  reassembler_ = Reassembler({.fragments_per_packet = 3});
  for (size_t i = 0; i < 4; ++i) Add(Fragment(16 * i, 16 * i + 16));
  EXPECT_EQ(notes_.drops, Drops(4, DropReason::IPV6_REASSEMBLY_LIMIT));
  EXPECT_FALSE(Add(Fragment(64, 100)));
}

TEST_F(ReassemblerTest, AnyBytesAfterTheHeaderAreSurvived) {
  Bytes fragment = Fragment(0, 48);
  for (size_t length = kHeaders; length < kHeaders + 10; ++length) {
    Bytes cut(fragment.begin(), fragment.begin() + static_cast<std::ptrdiff_t>(length));
    StoreBig16(cut.data() + 4, static_cast<uint16_t>(length - kHeaders));
    EXPECT_FALSE(Add(cut));
  }
  EXPECT_EQ(notes_.drops[0], DropReason::IPV6_EXTENSION_TRUNCATED);
}

TEST_F(ReassemblerTest, WhateverComesTheLimitsHoldAndPacketsAreWhole) {
  const ip::ReassemblyLimits limits{.packets = 4, .bytes = 400, .fragments_per_packet = 6};
  reassembler_ = Reassembler(limits);
  RandomStream random(1, "reassembly", "fragments");
  Time now = kStart;
  size_t whole = 0;
  for (int i = 0; i < 50'000; ++i) {
    const size_t begin = random.Below(8) * 8;
    const size_t end = begin + random.Below(100 - begin + 1);
    Bytes fragment = Fragment(begin, random.Chance(500'000'000) ? begin + 8 : end,
                              random.Chance(700'000'000), static_cast<uint32_t>(random.Below(8)));
    if (random.Chance(50'000'000)) {
      fragment[kHeaders + random.Below(fragment.size() - kHeaders)] ^=
          static_cast<uint8_t>(1u << random.Below(8));
    }
    now = now + random.Between(Duration(), Seconds(2));
    if (const Packet packet = Add(fragment, now)) {
      ++whole;
      ASSERT_EQ(packet.size(), kHeaders + LoadBig16(packet.bytes().data() + 4));
    }
    ASSERT_LE(pool_.in_use(), limits.packets * limits.fragments_per_packet);
    ASSERT_GT(reassembler_.deadline(), now);
  }
  EXPECT_GT(whole, 100u) << "the random fragments fit together at times";
  reassembler_.Advance(now + Reassembler::kTimeout, notes_);
  EXPECT_EQ(pool_.in_use(), 0u);
}

}  // namespace
}  // namespace dualsim::ipv6
