#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "stack/application/arguments.h"
#include "stack/application/network.h"
#include "stack/application/task.h"

namespace dualsim::application {

// A program, its arguments read: called once for each host that it starts on.
using Program = std::function<Task<>(Network&)>;
// Why arguments are refused, a line each: names the argument, the value and what
// is allowed.
using ArgumentErrors = std::vector<std::string>;
using ProgramOrErrors = std::variant<Program, ArgumentErrors>;
// Makes a program of its arguments. It is called where a scenario is checked, too,
// and has no effects.
using Factory = ProgramOrErrors (*)(Arguments& arguments);

// A kind of program.
struct Kind {
  std::string name;     // "echo"
  std::string summary;  // One line: what it does.
  std::string usage;    // Its arguments: "[--port=7]".
  Factory make = nullptr;
};

// The kinds of programs that are linked into this binary. Filled before main() and
// never changed afterwards.
class Registry {
 public:
  static const std::vector<Kind>& kinds();  // In the order of their names.
  static const Kind* Find(std::string_view name);
  // Reads the arguments, as a command line has them, and makes the program. Errors
  // too where no such kind is linked in.
  static ProgramOrErrors Make(std::string_view name, std::string_view arguments,
                              std::vector<Attachment> attachments = {});
};

// A definition of one, outside of every function, links a kind of program in:
//
//     static const Registration kEcho({.name = "echo", ...});
//
// The library that holds it says `alwayslink = True`. Stops the binary where two
// have one name.
class Registration {
 public:
  explicit Registration(Kind kind);
};

}  // namespace dualsim::application
