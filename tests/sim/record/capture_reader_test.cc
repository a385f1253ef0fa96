#include "sim/record/capture_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/record/output_file.h"
#include "sim/record/pcapng_writer.h"

namespace dualsim::sim {
namespace {

using Kind = CaptureError::Kind;

// Writes integers of a capture file in either byte order.
class CaptureBytes {
 public:
  explicit CaptureBytes(bool big_endian) : big_endian_(big_endian) {}

  CaptureBytes& Add(uint64_t value, size_t size) {
    for (size_t i = 0; i < size; ++i) {
      const size_t shift = 8 * (big_endian_ ? size - 1 - i : i);
      bytes_.push_back(static_cast<uint8_t>(value >> shift));
    }
    return *this;
  }
  CaptureBytes& Add16(uint64_t value) { return Add(value, 2); }
  CaptureBytes& Add32(uint64_t value) { return Add(value, 4); }
  CaptureBytes& AddText(std::string_view text) {
    bytes_.insert(bytes_.end(), text.begin(), text.end());
    return *this;
  }
  CaptureBytes& AddPadding() {
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    return *this;
  }
  CaptureBytes& AddOption(uint16_t code, std::string_view value) {
    return Add16(code).Add16(value.size()).AddText(value).AddPadding();
  }
  CaptureBytes& AddBlock(uint32_t type, const CaptureBytes& body) {
    const size_t total = body.bytes_.size() + 12;
    Add32(type).Add32(total);
    bytes_.insert(bytes_.end(), body.bytes_.begin(), body.bytes_.end());
    return Add32(total);
  }
  CaptureBytes Body() const { return CaptureBytes(big_endian_); }

  std::vector<uint8_t>& bytes() { return bytes_; }

 private:
  bool big_endian_;
  std::vector<uint8_t> bytes_;
};

CaptureBytes PcapHeader(bool big_endian, uint32_t magic, uint32_t link_type = 1) {
  CaptureBytes capture(big_endian);
  capture.Add32(magic).Add16(2).Add16(4).Add32(0).Add32(0).Add32(65535).Add32(link_type);
  return capture;
}

CaptureBytes PcapngSection(bool big_endian) {
  CaptureBytes capture(big_endian);
  capture.AddBlock(0x0a0d0d0a,
                   capture.Body().Add32(0x1a2b3c4d).Add16(1).Add16(0).Add(~uint64_t{0}, 8));
  return capture;
}

CaptureBytes InterfaceBody(const CaptureBytes& capture, uint16_t link_type = 1) {
  return capture.Body().Add16(link_type).Add16(0).Add32(0);
}

CaptureBytes PacketBody(const CaptureBytes& capture, uint32_t interface, uint64_t stamp,
                        std::string_view data) {
  return capture.Body()
      .Add32(interface)
      .Add32(stamp >> 32)
      .Add32(stamp & 0xffffffff)
      .Add32(data.size())
      .Add32(data.size() + 10)
      .AddText(data)
      .AddPadding();
}

std::string DataOf(const CapturePacket& packet) {
  return {packet.bytes.begin(), packet.bytes.end()};
}

Kind FirstError(const std::vector<uint8_t>& bytes, uint64_t offset) {
  CaptureReader reader{ByteView(bytes)};
  while (reader.Next() != nullptr) {
  }
  if (!reader.error()) {
    ADD_FAILURE() << "there was no error";
    return {};
  }
  EXPECT_EQ(reader.error()->offset, offset) << reader.error()->ToString();
  EXPECT_EQ(reader.Next(), nullptr) << "an error is final";
  return reader.error()->kind;
}

TEST(CaptureReader, PcapInBothByteOrdersAndResolutions) {
  for (const bool big_endian : {false, true}) {
    for (const bool nanoseconds : {false, true}) {
      CaptureBytes capture = PcapHeader(big_endian, nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4);
      capture.Add32(7).Add32(250).Add32(5).Add32(60).AddText("hello");
      capture.Add32(0xffffffff).Add32(999'999).Add32(0).Add32(0);
      CaptureReader reader{ByteView(capture.bytes())};
      const CapturePacket* packet = reader.Next();
      ASSERT_NE(packet, nullptr);
      EXPECT_EQ(packet->number, 1u);
      EXPECT_EQ(packet->offset, 24u);
      EXPECT_EQ(packet->time,
                Time() + Seconds(7) + (nanoseconds ? Nanoseconds(250) : Microseconds(250)));
      EXPECT_EQ(packet->link_type, LinkType::kEthernet);
      EXPECT_EQ(packet->original_size, 60u);
      EXPECT_EQ(DataOf(*packet), "hello");
      packet = reader.Next();
      ASSERT_NE(packet, nullptr);
      EXPECT_EQ(packet->number, 2u);
      EXPECT_TRUE(packet->bytes.empty());
      EXPECT_EQ(reader.Next(), nullptr);
      EXPECT_FALSE(reader.error());
    }
  }
}

TEST(CaptureReader, PcapsLinkTypeIsTheLowHalf) {
  CaptureBytes capture = PcapHeader(false, 0xa1b2c3d4, 0x24000000 | 101);
  capture.Add32(0).Add32(0).Add32(0).Add32(0);
  EXPECT_EQ(CaptureReader(ByteView(capture.bytes())).Next()->link_type, LinkType::kRawIp);
}

TEST(CaptureReader, PcapngInBothByteOrders) {
  for (const bool big_endian : {false, true}) {
    CaptureBytes capture = PcapngSection(big_endian);
    capture.AddBlock(1, InterfaceBody(capture).AddOption(2, "lan").AddOption(9, "\x09"));
    capture.AddBlock(1, InterfaceBody(capture, 101).AddOption(2, "wan"));
    capture.AddBlock(0x0bad, capture.Body().AddText("nobody knows").AddPadding());
    capture.AddBlock(6, PacketBody(capture, 0, 5'000'000'007, "hello")
                            .AddOption(1, "first")
                            .AddOption(2, "flag")
                            .AddOption(1, "second")
                            .Add32(0));
    capture.AddBlock(6, PacketBody(capture, 1, 5'000'007, "raw"));
    CaptureReader reader{ByteView(capture.bytes())};
    const CapturePacket* packet = reader.Next();
    ASSERT_NE(packet, nullptr) << reader.error()->ToString();
    EXPECT_EQ(packet->time, Time() + Seconds(5) + Nanoseconds(7));
    EXPECT_EQ(packet->interface_name, "lan");
    EXPECT_EQ(packet->original_size, 15u);
    EXPECT_EQ(DataOf(*packet), "hello");
    EXPECT_EQ(packet->comments, (std::vector<std::string_view>{"first", "second"}));
    packet = reader.Next();
    ASSERT_NE(packet, nullptr) << reader.error()->ToString();
    EXPECT_EQ(packet->number, 2u);
    EXPECT_EQ(packet->interface, 1u);
    EXPECT_EQ(packet->interface_name, "wan");
    EXPECT_EQ(packet->link_type, LinkType::kRawIp);
    EXPECT_EQ(packet->time, Time() + Seconds(5) + Microseconds(7)) << "microseconds by default";
    EXPECT_TRUE(packet->comments.empty());
    EXPECT_EQ(reader.Next(), nullptr);
    EXPECT_FALSE(reader.error());
  }
}

TEST(CaptureReader, TimesOfAnyResolution) {
  const auto time_of = [](uint8_t resolution, uint64_t stamp, int64_t offset = 0) {
    CaptureBytes capture = PcapngSection(false);
    CaptureBytes offset_bytes = capture.Body().Add(static_cast<uint64_t>(offset), 8);
    const std::string value(offset_bytes.bytes().begin(), offset_bytes.bytes().end());
    capture.AddBlock(1, InterfaceBody(capture)
                            .AddOption(9, std::string(1, static_cast<char>(resolution)))
                            .AddOption(14, value));
    capture.AddBlock(6, PacketBody(capture, 0, stamp, ""));
    return CaptureReader(ByteView(capture.bytes())).Next()->time;
  };
  EXPECT_EQ(time_of(0, 3), Time() + Seconds(3));
  EXPECT_EQ(time_of(3, 1'500), Time() + Milliseconds(1'500));
  EXPECT_EQ(time_of(12, 1'999), Time() + Nanoseconds(1));
  EXPECT_EQ(time_of(127, ~uint64_t{0}), Time());
  EXPECT_EQ(time_of(0x80 | 1, 3), Time() + Milliseconds(1'500));
  EXPECT_EQ(time_of(0x80 | 32, uint64_t{1} << 32), Time() + Seconds(1));
  EXPECT_EQ(time_of(0x80 | 127, ~uint64_t{0}), Time());
  EXPECT_EQ(time_of(6, 5, 1000), Time() + Seconds(1000) + Microseconds(5));
  EXPECT_EQ(time_of(6, 0, -1), Time() - Seconds(1));
  EXPECT_EQ(time_of(0, ~uint64_t{0}), Time::Never()) << "it saturates";
}

TEST(CaptureReader, SimpleAndObsoletePackets) {
  CaptureBytes capture = PcapngSection(false);
  capture.AddBlock(1, capture.Body().Add16(1).Add16(0).Add32(4));
  capture.AddBlock(3, capture.Body().Add32(9).AddText("abcd"));
  capture.AddBlock(3, capture.Body().Add32(2).AddText("ab").AddPadding());
  capture.AddBlock(2, capture.Body()
                          .Add16(0)
                          .Add16(77)
                          .Add32(0)
                          .Add32(9)
                          .Add32(3)
                          .Add32(3)
                          .AddText("old")
                          .AddPadding());
  CaptureReader reader{ByteView(capture.bytes())};
  const CapturePacket* packet = reader.Next();
  ASSERT_NE(packet, nullptr);
  EXPECT_EQ(DataOf(*packet), "abcd");
  EXPECT_EQ(packet->original_size, 9u);
  EXPECT_EQ(DataOf(*reader.Next()), "ab");
  packet = reader.Next();
  ASSERT_NE(packet, nullptr);
  EXPECT_EQ(DataOf(*packet), "old");
  EXPECT_EQ(packet->time, Time() + Microseconds(9));
}

TEST(CaptureReader, ASectionBeginsAnewInItsOwnByteOrder) {
  CaptureBytes capture = PcapngSection(false);
  capture.AddBlock(1, InterfaceBody(capture).AddOption(2, "lan"));
  capture.AddBlock(6, PacketBody(capture, 0, 1, "one"));
  CaptureBytes second = PcapngSection(true);
  const size_t second_packet = capture.bytes().size() + second.bytes().size();
  second.AddBlock(6, PacketBody(second, 0, 1, "two"));
  capture.bytes().insert(capture.bytes().end(), second.bytes().begin(), second.bytes().end());
  EXPECT_EQ(FirstError(capture.bytes(), second_packet), Kind::kUnknownInterface);
}

TEST(CaptureReader, WhatIsNoCaptureIsRefused) {
  EXPECT_EQ(FirstError({}, 0), Kind::kNotACapture);
  EXPECT_EQ(FirstError({0xa1, 0xb2}, 0), Kind::kNotACapture);
  EXPECT_EQ(FirstError({'h', 'e', 'l', 'l', 'o', '!', '!', '!'}, 0), Kind::kNotACapture);
  CaptureBytes capture = PcapngSection(false);
  capture.bytes()[8] = 0;
  EXPECT_EQ(FirstError(capture.bytes(), 0), Kind::kNotACapture);
  CaptureBytes future = PcapngSection(false);
  future.bytes()[12] = 2;
  EXPECT_EQ(FirstError(future.bytes(), 0), Kind::kUnknownVersion);
  CaptureBytes old = PcapHeader(false, 0xa1b2c3d4);
  old.bytes()[4] = 1;
  EXPECT_EQ(FirstError(old.bytes(), 0), Kind::kUnknownVersion);
}

// Every prefix of a capture ends in whole packets and, but at a boundary, in an error.
void ExpectTruncationsAreTold(CaptureBytes capture, const std::vector<size_t>& boundaries) {
  for (size_t size = 4; size < capture.bytes().size(); ++size) {
    CaptureReader reader{ByteView(capture.bytes()).first(size)};
    while (reader.Next() != nullptr) {
    }
    const bool at_boundary = std::ranges::find(boundaries, size) != boundaries.end();
    ASSERT_EQ(reader.error().has_value(), !at_boundary) << size;
    if (!at_boundary) {
      ASSERT_EQ(reader.error()->kind, Kind::kTruncated) << size;
      ASSERT_LE(reader.error()->offset, size);
    }
  }
}

TEST(CaptureReader, ATruncatedFileIsToldAtEveryLength) {
  CaptureBytes pcap = PcapHeader(true, 0xa1b2c3d4);
  pcap.Add32(7).Add32(250).Add32(5).Add32(60).AddText("hello");
  ExpectTruncationsAreTold(pcap, {24});
  CaptureBytes pcapng = PcapngSection(true);
  std::vector<size_t> boundaries = {pcapng.bytes().size()};
  pcapng.AddBlock(1, InterfaceBody(pcapng).AddOption(2, "lan"));
  boundaries.push_back(pcapng.bytes().size());
  pcapng.AddBlock(0x0bad, pcapng.Body().AddText("nobody knows"));
  boundaries.push_back(pcapng.bytes().size());
  pcapng.AddBlock(6, PacketBody(pcapng, 0, 1, "hello").AddOption(1, "comment"));
  ExpectTruncationsAreTold(pcapng, boundaries);
}

TEST(CaptureReader, ImpossibleBlocksAreRefused) {
  const CaptureBytes section = PcapngSection(false);
  const auto error_after = [&section](const std::function<void(CaptureBytes&)>& add) {
    CaptureBytes capture = section;
    const size_t offset = capture.bytes().size();
    add(capture);
    return FirstError(capture.bytes(), offset);
  };
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(5).Add32(8).Add32(8); }),
            Kind::kBadBlockLength);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(5).Add32(14).Add32(14).Add32(14); }),
            Kind::kBadBlockLength);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(5).Add32(12).Add32(16); }),
            Kind::kBadBlockLength);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(6).Add32(12).Add32(12); }),
            Kind::kBadBlockLength);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(1).Add32(12).Add32(12); }),
            Kind::kBadBlockLength);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(6).Add32(0xfffffffc); }),
            Kind::kBlockTooLarge);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.Add32(7).Add32(0xfffffffc); }), Kind::kTruncated)
      << "a block that is passed over may be of any size";
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.AddBlock(6, PacketBody(c, 0, 0, "x")); }),
            Kind::kUnknownInterface);
  EXPECT_EQ(error_after([](CaptureBytes& c) { c.AddBlock(3, c.Body().Add32(0)); }),
            Kind::kUnknownInterface);
  EXPECT_EQ(error_after([](CaptureBytes& c) {
              c.AddBlock(1, InterfaceBody(c).Add16(2).Add16(5).Add32(0));
            }),
            Kind::kBadOption);
}

TEST(CaptureReader, ImpossiblePacketLengthsAreRefused) {
  CaptureBytes capture = PcapngSection(false);
  capture.AddBlock(1, InterfaceBody(capture));
  const size_t offset = capture.bytes().size();
  CaptureBytes long_packet = capture;
  long_packet.AddBlock(6, capture.Body().Add32(0).Add32(0).Add32(0).Add32(5).Add32(5).Add32(0));
  EXPECT_EQ(FirstError(long_packet.bytes(), offset), Kind::kBadPacketLength);
  capture.AddBlock(6, PacketBody(capture, 0, 0, std::string(262'145, 'x')));
  EXPECT_EQ(FirstError(capture.bytes(), offset), Kind::kPacketTooLarge);
  CaptureBytes pcap = PcapHeader(false, 0xa1b2c3d4);
  pcap.Add32(0).Add32(0).Add32(262'145).Add32(262'145);
  EXPECT_EQ(FirstError(pcap.bytes(), 24), Kind::kPacketTooLarge);
}

TEST(CaptureReader, InterfacesAreLimited) {
  CaptureBytes capture = PcapngSection(false);
  size_t last = 0;
  for (size_t i = 0; i <= CaptureReader::kMaximumInterfaces; ++i) {
    last = capture.bytes().size();
    capture.AddBlock(1, InterfaceBody(capture));
  }
  EXPECT_EQ(FirstError(capture.bytes(), last), Kind::kTooManyInterfaces);
}

TEST(CaptureReader, ALongInterfaceNameIsCut) {
  CaptureBytes capture = PcapngSection(false);
  capture.AddBlock(1, InterfaceBody(capture).AddOption(2, std::string(1000, 'n')));
  capture.AddBlock(6, PacketBody(capture, 0, 0, ""));
  EXPECT_EQ(CaptureReader(ByteView(capture.bytes())).Next()->interface_name.size(), 255u);
}

TEST(CaptureReader, AFileReadsAsItsBytesDo) {
  CaptureBytes capture = PcapngSection(false);
  capture.AddBlock(1, InterfaceBody(capture).AddOption(2, "lan"));
  capture.AddBlock(0x0bad, capture.Body().AddText(std::string(20'000, 'x')));
  capture.AddBlock(6, PacketBody(capture, 0, 1, "hello"));
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  std::fwrite(capture.bytes().data(), 1, capture.bytes().size(), file);
  std::rewind(file);
  CaptureReader reader(file);
  const CapturePacket* packet = reader.Next();
  ASSERT_NE(packet, nullptr);
  EXPECT_EQ(DataOf(*packet), "hello");
  EXPECT_EQ(reader.Next(), nullptr);
  EXPECT_FALSE(reader.error());
  std::fclose(file);
}

TEST(CaptureReader, ReadsWhatARunWrites) {
  const std::string path = ::testing::TempDir() + "/written.pcapng";
  OutputFile out(path);
  PcapngWriter writer(out);
  writer.AddInterface("lan");
  writer.AddInterface("wan");
  const std::vector<uint8_t> frame(61, 7);
  writer.AddPacket(1, Time() + Nanoseconds(1'000'000'001), frame, "lost on the way");
  writer.AddPacket(0, Time() + Seconds(2), frame);
  out.Commit();
  std::FILE* file = std::fopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr);
  CaptureReader reader(file);
  const CapturePacket* packet = reader.Next();
  ASSERT_NE(packet, nullptr) << reader.error()->ToString();
  EXPECT_EQ(packet->time, Time() + Nanoseconds(1'000'000'001));
  EXPECT_EQ(packet->interface_name, "wan");
  EXPECT_EQ(packet->link_type, LinkType::kEthernet);
  EXPECT_EQ(packet->original_size, frame.size());
  EXPECT_TRUE(std::ranges::equal(packet->bytes, frame));
  EXPECT_EQ(packet->comments, std::vector<std::string_view>{"lost on the way"});
  packet = reader.Next();
  ASSERT_NE(packet, nullptr) << reader.error()->ToString();
  EXPECT_EQ(packet->interface_name, "lan");
  EXPECT_TRUE(packet->comments.empty());
  EXPECT_EQ(reader.Next(), nullptr);
  EXPECT_FALSE(reader.error()) << reader.error()->ToString();
  std::fclose(file);
}

TEST(CaptureError, IsOneLineWithItsPlace) {
  EXPECT_EQ((CaptureError{Kind::kTruncated, 24}).ToString(),
            "byte 24: the file ends within a packet or block");
}

}  // namespace
}  // namespace dualsim::sim
