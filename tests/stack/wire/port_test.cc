#include "stack/wire/port.h"

#include <gtest/gtest.h>

namespace dualsim {
namespace {

TEST(Port, ReadsDecimalFrom1To65535) {
  EXPECT_EQ(ParsePort("1"), Port{1});
  EXPECT_EQ(ParsePort("8080"), Port{8080});
  EXPECT_EQ(Number(*ParsePort("65535")), 65535);
  for (const char* text : {"", "0", "65536", "-1", "80 ", " 80", "0x50", "http", "99999999999"}) {
    EXPECT_FALSE(ParsePort(text)) << text;
  }
}

}  // namespace
}  // namespace dualsim
