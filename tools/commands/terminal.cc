#include "tools/commands/terminal.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "sim/record/output_file.h"

namespace dualsim::commands {
namespace {

// The one thing that a signal handler reaches.
std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free);

// The errno, or 0.
int WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n >= 0) {
      text.remove_prefix(static_cast<size_t>(n));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

bool IsTerminal(int fd) { return ::isatty(fd) != 0; }

}  // namespace

bool Print(std::string_view text) {
  const int error = WriteAll(STDOUT_FILENO, text);
  if (error == 0) return true;
  if (error == EPIPE) return false;
  throw sim::OutputError("standard output: " + std::generic_category().message(error));
}

void PrintError(std::string_view text) { WriteAll(STDERR_FILENO, text); }

bool OutputIsTerminal() { return IsTerminal(STDOUT_FILENO); }
bool ErrorIsTerminal() { return IsTerminal(STDERR_FILENO); }

void Painted::AppendTo(std::string& out) const {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool plain = !OutputIsTerminal() || (no_color != nullptr && *no_color != '\0') ||
                     terminal == nullptr || std::strcmp(terminal, "dumb") == 0;
  if (plain) {
    out += word_;
    return;
  }
  const char* code = color_ == Color::kGreen ? "32" : color_ == Color::kRed ? "31" : "33";
  out.append("\x1b[").append(code).append("m").append(word_).append("\x1b[0m");
}

void CatchSignals() {
  struct sigaction note {};
  note.sa_handler = [](int) { interrupted = true; };
  note.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &note, nullptr);
  ::sigaction(SIGTERM, &note, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

bool Interrupted() { return interrupted; }

}  // namespace dualsim::commands
