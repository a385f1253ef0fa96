#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "sim/filter/packet_filter.h"
#include "sim/record/capture_reader.h"
#include "sim/record/packet_text.h"
#include "sim/record/time_text.h"
#include "tools/commands/command_line.h"
#include "tools/commands/exit_code.h"
#include "tools/commands/terminal.h"

namespace dualsim::commands {
namespace {

int Complain(const std::string& what) {
  PrintError("dualsim: " + what + "\n");
  return kRefused;
}

// The text of trace.txt, but for what a capture does not tell: the sender.
void AppendLine(const sim::CapturePacket& packet, std::string& out) {
  sim::AppendTime(packet.time, out);
  out += ' ';
  if (!packet.interface_name.empty()) out.append(packet.interface_name).append(" ");
  sim::AppendPacketText(packet.link_type, packet.bytes, out);
  if (packet.original_size > packet.bytes.size()) {
    out += " (the first " + std::to_string(packet.bytes.size()) + " of " +
           std::to_string(packet.original_size) + " bytes)";
  }
  for (size_t i = 0; i < packet.comments.size(); ++i) {
    out.append(i == 0 ? " [" : "; ");
    // Others' comments may have several lines.
    for (const char c : packet.comments[i]) out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  out += packet.comments.empty() ? "\n" : "]\n";
}

// Collects lines, so that a long capture does not cost a system call for each; a
// person at a terminal sees every line at once.
class Lines {
 public:
  // False once nobody reads any more.
  bool Add(const sim::CapturePacket& packet) {
    AppendLine(packet, text_);
    constexpr size_t kEnough = 1 << 16;
    return text_.size() < kEnough && !terminal_ ? true : Flush();
  }
  bool Flush() {
    const bool read = Print(text_);
    text_.clear();
    return read;
  }

 private:
  const bool terminal_ = OutputIsTerminal();
  std::string text_;
};

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

// nullptr, and errno, where it can't be read.
File Open(const std::string& path) {
  if (path == "-") return File(stdin);
  File file(std::fopen(path.c_str(), "rb"));
  struct stat status {};
  if (file && ::fstat(::fileno(file.get()), &status) == 0 && S_ISDIR(status.st_mode)) {
    file.reset();
    errno = EISDIR;
  }
  return file;
}

}  // namespace

int Inspect(const InspectCommand& command) {
  sim::PacketFilter filter;
  if (const std::string wrong = sim::PacketFilter::Compile(command.filter, &filter);
      !wrong.empty()) {
    return Complain("the filter '" + command.filter + "': " + wrong);
  }
  const File file = Open(command.capture);
  if (!file) return Complain(command.capture + ": " + std::generic_category().message(errno));

  sim::CaptureReader reader(file.get());
  Lines lines;
  while (const sim::CapturePacket* packet = reader.Next()) {
    if (Interrupted()) return kInterrupted;
    if (!command.filter.empty() && packet->link_type != sim::LinkType::kEthernet) {
      lines.Flush();
      return Complain(command.capture + ": packet " + std::to_string(packet->number) +
                      " is not of Ethernet, and only Ethernet can be filtered");
    }
    if (filter.Matches(packet->bytes) && !lines.Add(*packet)) return kAllHeld;
  }
  lines.Flush();
  if (reader.error()) return Complain(command.capture + ": " + reader.error()->ToString());
  return kAllHeld;
}

}  // namespace dualsim::commands
