#include "sim/record/frame_notes.h"

#include <gtest/gtest.h>

#include "tests/sim/record/events.h"

namespace dualsim::sim {
namespace {

constexpr uint8_t kSolicitation = 135;
constexpr uint8_t kAdvertisement = 136;

class FrameNotesTest : public testing::Test {
 protected:
  std::string Note(const FrameEvent& event) const {
    std::string note;
    notes_.Append(event, note);
    return note;
  }
  void Set(NodeId node, AddressState state, int interface = 0) {
    AddressFact fact;
    fact.interface = InterfaceId(static_cast<uint16_t>(interface));
    fact.address = target_;
    fact.state = state;
    notes_.OnAddress(Time(), node, fact);
  }

  const WorldNames names_ = SmallWorld();
  FrameNotes notes_{names_};
  const Ipv6Address target_ = Address("fe80::1");
  const std::vector<uint8_t> probe_ = ClaimFrame(kSolicitation, Ipv6Address(), target_);
  const std::vector<uint8_t> answer_ = ClaimFrame(kAdvertisement, target_, target_);
};

TEST_F(FrameNotesTest, MostFramesHaveNone) {
  EXPECT_EQ(Note(EventOf({1, 2, 3}, kLan, kA)), "");
  const auto resolution = ClaimFrame(kSolicitation, Address("fe80::2"), target_);
  EXPECT_EQ(Note(EventOf(resolution, kLan, kA)), "");
  EXPECT_EQ(Note(EventOf(answer_, kLan, kA)), "");
}

TEST_F(FrameNotesTest, SaysWhatTheLinkDoes) {
  FrameEvent event = EventOf({1, 2, 3}, kLan, kA);
  event.injected = event.dropped = true;
  event.reason = DropReason::LINK_LOSS;
  EXPECT_EQ(Note(event), "injected; lost: LINK_LOSS");
  event.injected = event.dropped = false;
  event.duplicated = event.corrupted = event.reordered = true;
  EXPECT_EQ(Note(event), "duplicated; corrupted; reordered");
}

TEST_F(FrameNotesTest, AProbeIsNamedAndConflictsWithWhoeverHasTheAddress) {
  Set(kA, AddressState::kTentative);
  EXPECT_EQ(Note(EventOf(probe_, kLan, kA)), "DAD probe for fe80::1");
  Set(kB, AddressState::kTentative);
  EXPECT_EQ(Note(EventOf(probe_, kLan, kA)),
            "DAD probe for fe80::1; conflict: b probes this address too");
  Set(kB, AddressState::kPreferred);
  EXPECT_EQ(Note(EventOf(probe_, kLan, kA)), "DAD probe for fe80::1; conflict: b has this address");
}

TEST_F(FrameNotesTest, AnAdvertisementConflictsWithWhoeverProbes) {
  Set(kA, AddressState::kPreferred);
  Set(kB, AddressState::kTentative);
  EXPECT_EQ(Note(EventOf(answer_, kLan, kA)), "conflict: b probes this address");
}

TEST_F(FrameNotesTest, OneAddressOnTwoLinksIsNoConflict) {
  Set(kR, AddressState::kPreferred, 1);
  EXPECT_EQ(Note(EventOf(probe_, kLan, kA)), "DAD probe for fe80::1");
}

TEST_F(FrameNotesTest, AnAddressThatWasGivenUpConflictsNoMore) {
  Set(kA, AddressState::kPreferred);
  Set(kA, AddressState::kRemoved);
  Set(kR, AddressState::kTentative);
  Set(kR, AddressState::kDuplicate);
  EXPECT_EQ(Note(EventOf(probe_, kLan, kB)), "DAD probe for fe80::1");
}

}  // namespace
}  // namespace dualsim::sim
