#pragma once

#include <string>
#include <string_view>

namespace dualsim::commands {

// Writes to standard output at once. What nobody reads any more is thrown away
// (`| head -1`): false from then on. Throws OutputError where it can't be
// written for another reason.
bool Print(std::string_view text);
// Likewise to standard error, which is never worth a failure.
void PrintError(std::string_view text);

bool OutputIsTerminal();
bool ErrorIsTerminal();

// How a word on standard output stands out; plain where it is no terminal or
// NO_COLOR is set (no-color.org).
enum class Color { kGreen, kRed, kYellow };
class Painted {
 public:
  Painted(Color color, std::string_view word) : color_(color), word_(word) {}
  void AppendTo(std::string& out) const;

 private:
  Color color_;
  std::string_view word_;
};

// From now on Ctrl-C and termination are noted rather than fatal, so that what
// is half written is removed. A second Ctrl-C is fatal. A closed pipe is an
// error of write() rather than a signal.
void CatchSignals();
bool Interrupted();

}  // namespace dualsim::commands
