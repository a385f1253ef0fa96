#include "stack/application/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dualsim::application {
namespace {

constexpr size_t kLongestQuote = 80;  // Of a value in an error.

struct Unit {
  std::string_view name;
  uint64_t factor;
};
constexpr std::array<Unit, 6> kDurations = {{{"ns", 1},
                                             {"us", 1'000},
                                             {"ms", 1'000'000},
                                             {"s", 1'000'000'000},
                                             {"min", 60'000'000'000},
                                             {"h", 3'600'000'000'000}}};
constexpr std::array<Unit, 8> kSizes = {{{"", 1},
                                         {"B", 1},
                                         {"kB", 1'000},
                                         {"MB", 1'000'000},
                                         {"GB", 1'000'000'000},
                                         {"KiB", 1 << 10},
                                         {"MiB", 1 << 20},
                                         {"GiB", 1 << 30}}};

// "1.5MB": up to three digits after the point; nullopt over `most`.
template <size_t kCount>
std::optional<uint64_t> ParseWithUnit(std::string_view text, const std::array<Unit, kCount>& units,
                                      uint64_t most) {
  uint64_t whole = 0;
  const char* const end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, whole);
  if (error != std::errc()) return std::nullopt;
  uint64_t thousandths = 0;
  if (stop != end && *stop == '.') {
    uint64_t place = 100;
    const char* digit = stop + 1;
    for (; digit != end && *digit >= '0' && *digit <= '9' && place > 0; ++digit, place /= 10) {
      thousandths += static_cast<uint64_t>(*digit - '0') * place;
    }
    if (digit == stop + 1) return std::nullopt;
    stop = digit;
  }
  const std::string_view name(stop, static_cast<size_t>(end - stop));
  for (const Unit& unit : units) {
    if (unit.name != name) continue;
    if (whole > most / unit.factor) return std::nullopt;
    const uint64_t value = whole * unit.factor + thousandths * unit.factor / 1000;
    return value <= most ? std::optional(value) : std::nullopt;
  }
  return std::nullopt;
}

std::string Quote(std::string_view value) {
  if (value.size() <= kLongestQuote) return "'" + std::string(value) + "'";
  return "'" + std::string(value.substr(0, kLongestQuote)) + "...'";
}

}  // namespace

Arguments::Arguments(std::string_view text, std::vector<Attachment> attachments)
    : attachments_(std::move(attachments)) {
  Split(text);
  bool options = true;
  for (size_t i = 0; i < words_.size(); ++i) {
    std::string_view word = words_[i].text;
    if (options && word == "--") {
      options = false;
      words_[i].option = words_[i].taken = true;
      continue;
    }
    if (!options || !word.starts_with("--")) continue;
    words_[i].option = words_[i].taken = true;
    word.remove_prefix(2);
    Given given{.name = std::string(word), .place = i};
    if (const size_t equals = word.find('='); equals != word.npos) {
      given.name = word.substr(0, equals);
      given.value = word.substr(equals + 1);
    }
    const bool again = std::any_of(given_.begin(), given_.end(),
                                   [&](const Given& other) { return other.name == given.name; });
    if (again) {
      errors_.push_back("--" + given.name + " is given twice");
    } else {
      given_.push_back(std::move(given));
    }
  }
}

void Arguments::Split(std::string_view text) {
  std::string word;
  bool inside = false;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      inside = true;
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (inside) words_.push_back({.text = std::exchange(word, {})});
      inside = false;
    } else {
      word += c;
      inside = true;
    }
  }
  if (quote != 0) errors_.push_back(std::string("a quote (") + quote + ") is not closed");
  if (inside) words_.push_back({.text = std::move(word)});
}

Arguments::Given* Arguments::Find(std::string_view name) {
  for (Given& given : given_) {
    if (given.name != name) continue;
    given.taken = true;
    return &given;
  }
  return nullptr;
}

std::optional<std::string> Arguments::TakeString(std::string_view name) {
  Given* given = Find(name);
  if (given == nullptr) return std::nullopt;
  if (given->value) return given->value;
  const size_t next = given->place + 1;
  if (next < words_.size() && !words_[next].taken) {
    words_[next].taken = true;
    given->value = words_[next].text;
    return given->value;
  }
  errors_.push_back("--" + given->name + " needs a value");
  return std::nullopt;
}

std::optional<uint64_t> Arguments::TakeNumber(std::string_view name, uint64_t least,
                                              uint64_t most) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  uint64_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error == std::errc() && stop == end && value >= least && value <= most) return value;
  Refuse(name, *text, "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<bool> Arguments::TakeFlag(std::string_view name) {
  Given* given = Find(name);
  if (given == nullptr) return std::nullopt;
  if (!given->value || *given->value == "true") return true;
  if (*given->value == "false") return false;
  Refuse(name, *given->value, "true or false");
  return std::nullopt;
}

std::optional<Duration> Arguments::TakeDuration(std::string_view name) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  constexpr uint64_t kYear = 366ull * 86'400 * 1'000'000'000;
  if (const auto value = ParseWithUnit(*text, kDurations, kYear)) {
    return Nanoseconds(static_cast<int64_t>(*value));
  }
  Refuse(name, *text, "a duration up to a year, such as 50ms (ns, us, ms, s, min, h)");
  return std::nullopt;
}

std::optional<Port> Arguments::TakePort(std::string_view name) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  const std::optional<Port> port = ParsePort(*text);
  if (!port) Refuse(name, *text, "a port from 1 to 65535");
  return port;
}

std::optional<IpAddress> Arguments::TakeAddress(std::string_view name) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  const std::optional<IpAddress> address = IpAddress::Parse(*text);
  if (!address) Refuse(name, *text, "an IPv4 or an IPv6 address");
  return address;
}

std::optional<SocketAddress> Arguments::TakeSocketAddress(std::string_view name,
                                                          std::optional<Port> default_port) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  const std::optional<SocketAddress> address = SocketAddress::Parse(*text, default_port);
  if (!address) {
    Refuse(name, *text,
           default_port
               ? "an address, with a port or without: 192.0.2.1, 192.0.2.1:80, [2001:db8::1]:80"
               : "an address and a port: 192.0.2.1:80, [2001:db8::1]:80");
  }
  return address;
}

std::optional<uint64_t> Arguments::TakeSize(std::string_view name, uint64_t least, uint64_t most) {
  const std::optional<std::string> text = TakeString(name);
  if (!text) return std::nullopt;
  const std::optional<uint64_t> value = ParseWithUnit(*text, kSizes, most);
  if (value && *value >= least) return value;
  Refuse(name, *text,
         "bytes from " + std::to_string(least) + " to " + std::to_string(most) +
             ", such as 1500, 64KiB, 1.5MB");
  return std::nullopt;
}

std::optional<std::string> Arguments::TakePositional() {
  for (Word& word : words_) {
    if (word.taken) continue;
    word.taken = true;
    return word.text;
  }
  return std::nullopt;
}

std::vector<Attachment> Arguments::TakeAttachments(std::string_view kind) {
  std::vector<Attachment> taken;
  std::erase_if(attachments_, [&](Attachment& attachment) {
    if (attachment.kind != kind) return false;
    taken.push_back(std::move(attachment));
    return true;
  });
  return taken;
}

void Arguments::Require(std::string_view name, std::string_view allowed) {
  errors_.push_back("--" + std::string(name) + " is missing: " + std::string(allowed));
}

void Arguments::Refuse(std::string_view name, std::string_view value, std::string_view allowed) {
  errors_.push_back("--" + std::string(name) + ": " + Quote(value) + " is not " +
                    std::string(allowed));
}

std::vector<std::string> Arguments::Finish() {
  for (const Given& given : given_) {
    if (!given.taken) errors_.push_back("--" + given.name + " is not known");
  }
  for (const Word& word : words_) {
    if (!word.taken) errors_.push_back(Quote(word.text) + " is not known");
  }
  for (const Attachment& attachment : attachments_) {
    errors_.push_back("it takes no " + attachment.kind);
  }
  return std::move(errors_);
}

}  // namespace dualsim::application
