#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/application/socket_address.h"
#include "stack/base/time.h"
#include "stack/wire/ip_address.h"
#include "stack/wire/port.h"

namespace dualsim::application {

// Text that a program is given beside its arguments, and does not fetch itself: a zone,
// a certificate.
struct Attachment {
  std::string kind;  // "zone"
  std::string name;
  std::string text;
};

// A program's arguments, read as on a command line: separated by white space,
// quoted ('...' or "...") where they hold some; --name=VALUE or --name VALUE;
// booleans as --name=true, --name=false or bare; "--" ends the options; what is no
// option stands in order.
//
// The program takes each by its name; Finish() then refuses what nobody took. What
// can't be read is noted, with what is allowed, and counts as not given.
class Arguments {
 public:
  explicit Arguments(std::string_view text, std::vector<Attachment> attachments = {});

  std::optional<std::string> TakeString(std::string_view name);
  // Within [least, most].
  std::optional<uint64_t> TakeNumber(std::string_view name, uint64_t least, uint64_t most);
  std::optional<bool> TakeFlag(std::string_view name);
  // "50ms"; units ns, us, ms, s, min, h.
  std::optional<Duration> TakeDuration(std::string_view name);
  std::optional<Port> TakePort(std::string_view name);
  std::optional<IpAddress> TakeAddress(std::string_view name);
  // "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1" where there is a default port.
  std::optional<SocketAddress> TakeSocketAddress(std::string_view name,
                                                 std::optional<Port> default_port = std::nullopt);
  // "1.5MB", "64KiB", "1000": bytes.
  std::optional<uint64_t> TakeSize(std::string_view name, uint64_t least, uint64_t most);
  // The next that is no option.
  std::optional<std::string> TakePositional();

  // All of a kind, in their order.
  std::vector<Attachment> TakeAttachments(std::string_view kind);

  // Notes that the argument is missing.
  void Require(std::string_view name, std::string_view allowed);
  // An error of the program's own about an argument.
  void Refuse(std::string_view name, std::string_view value, std::string_view allowed);
  void Error(std::string line) { errors_.push_back(std::move(line)); }

  // All errors; with those about arguments that were not taken, or were given twice.
  std::vector<std::string> Finish();

 private:
  struct Given {
    std::string name;
    std::optional<std::string> value;  // Set by "=".
    size_t place = 0;                  // Of its word.
    bool taken = false;
  };
  struct Word {
    std::string text;
    bool taken = false;
    bool option = false;
  };
  Given* Find(std::string_view name);
  void Split(std::string_view text);

  std::vector<Word> words_;
  std::vector<Given> given_;
  std::vector<Attachment> attachments_;
  std::vector<std::string> errors_;
};

}  // namespace dualsim::application
