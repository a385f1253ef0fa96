#include "stack/application/arguments.h"

#include <gtest/gtest.h>

#include "stack/application/registry.h"

namespace dualsim::application {
namespace {

using Lines = std::vector<std::string>;

TEST(Arguments, AreReadInEveryForm) {
  Arguments arguments(
      "--port=8080 --size 1.5MB --quiet --name='two words' --wait=50ms first -- --x");
  EXPECT_EQ(arguments.TakePort("port"), Port{8080});
  EXPECT_EQ(arguments.TakeSize("size", 0, 1 << 30), 1'500'000u);
  EXPECT_EQ(arguments.TakeFlag("quiet"), true);
  EXPECT_EQ(arguments.TakeFlag("verbose"), std::nullopt);
  EXPECT_EQ(arguments.TakeString("name"), "two words");
  EXPECT_EQ(arguments.TakeDuration("wait"), Milliseconds(50));
  EXPECT_EQ(arguments.TakePositional(), "first");
  EXPECT_EQ(arguments.TakePositional(), "--x");
  EXPECT_EQ(arguments.TakePositional(), std::nullopt);
  EXPECT_EQ(arguments.Finish(), Lines{});
}

TEST(Arguments, NameWhatIsWrongAndWhatIsAllowed) {
  Arguments arguments("--port=70000 --flag=maybe --size --to=1.2.3.4 --lost stray --flag");
  arguments.TakePort("port");
  arguments.TakeFlag("flag");
  arguments.TakeSize("size", 1, 10);
  arguments.TakeSocketAddress("to");
  arguments.Require("name", "a host name");
  EXPECT_EQ(
      arguments.Finish(),
      (Lines{"--flag is given twice", "--port: '70000' is not a port from 1 to 65535",
             "--flag: 'maybe' is not true or false", "--size needs a value",
             "--to: '1.2.3.4' is not an address and a port: 192.0.2.1:80, [2001:db8::1]:80",
             "--name is missing: a host name", "--lost is not known", "'stray' is not known"}));
}

TEST(Arguments, RefuseWhatIsBeyondItsLimits) {
  Arguments arguments("--a=11 --b=-1 --c=99999999999GB --d=1.5.5s --e='open");
  EXPECT_EQ(arguments.TakeNumber("a", 1, 10), std::nullopt);
  EXPECT_EQ(arguments.TakeNumber("b", 0, 10), std::nullopt);
  EXPECT_EQ(arguments.TakeSize("c", 0, ~uint64_t{0}), std::nullopt);
  EXPECT_EQ(arguments.TakeDuration("d"), std::nullopt);
  arguments.TakeString("e");
  EXPECT_EQ(arguments.Finish().size(), 5u);
}

Task<> Nothing(Network&) { co_return; }

ProgramOrErrors MakeNothing(Arguments& arguments) {
  arguments.TakePort("port");
  return Program(Nothing);
}

const Registration kNothing(
    {.name = "nothing", .summary = "Does nothing.", .usage = "[--port=7]", .make = MakeNothing});

TEST(Registry, MakesProgramsByName) {
  ASSERT_NE(Registry::Find("nothing"), nullptr);
  EXPECT_TRUE(std::holds_alternative<Program>(Registry::Make("nothing", "--port=7")));
  EXPECT_EQ(std::get<ArgumentErrors>(Registry::Make("nothing", "--port=0")),
            Lines{"--port: '0' is not a port from 1 to 65535"});
  EXPECT_EQ(std::get<ArgumentErrors>(Registry::Make("nothin", "")),
            Lines{"no application 'nothin'; there are: nothing"});
}

}  // namespace
}  // namespace dualsim::application
