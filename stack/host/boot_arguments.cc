#include "stack/host/boot_arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace dualsim::host {
namespace {

constexpr Duration kLongest = Seconds(366 * 86'400);
constexpr size_t kLongestQuote = 80;  // Of a value in an error.

// Reads a value into its field; false where it is malformed.
using Setter = bool (*)(std::string_view value, BootArguments& arguments);

struct Argument {
  std::string_view name;
  bool is_flag;  // May stand bare.
  std::string_view allowed;
  Setter set;
};

template <auto Field>
bool SetFlag(std::string_view value, BootArguments& arguments) {
  arguments.*Field = value == "true";
  return value == "true" || value == "false";
}

// An address that a host can have, or have as its neighbour.
template <typename Address>
bool IsUnicast(const Address& address) {
  return !address.is_multicast();
}
template <>
bool IsUnicast(const Ipv4Address& address) {
  return !address.is_multicast() && !address.is_broadcast();
}

template <typename Cidr, auto Field>
bool SetCidr(std::string_view value, BootArguments& arguments) {
  const std::optional<Cidr> cidr = Cidr::Parse(value);
  arguments.*Field = cidr;
  return cidr && IsUnicast(cidr->address);
}

template <typename Address, auto Field>
bool SetGateway(std::string_view value, BootArguments& arguments) {
  const std::optional<Address> address = Address::Parse(value);
  arguments.*Field = address;
  return address && IsUnicast(*address) && !address->is_unspecified();
}

std::optional<uint64_t> ParseNumber(std::string_view& text) {
  uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  return value;
}

// "50ms"; a bare number counts in `bare`.
std::optional<Duration> ParseDuration(std::string_view text, Duration bare) {
  const std::optional<uint64_t> number = ParseNumber(text);
  if (!number) return std::nullopt;
  static constexpr std::array<std::pair<std::string_view, Duration>, 6> kUnits = {
      {{"ns", Nanoseconds(1)},
       {"us", Microseconds(1)},
       {"ms", Milliseconds(1)},
       {"s", Seconds(1)},
       {"min", Seconds(60)},
       {"h", Seconds(3600)}}};
  Duration unit = bare;
  if (!text.empty()) {
    const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const auto& entry) { return entry.first == text; });
    if (found == kUnits.end()) return std::nullopt;
    unit = found->second;
  }
  if (*number > static_cast<uint64_t>(kLongest.nanoseconds())) return std::nullopt;
  const Duration duration = unit * static_cast<int64_t>(*number);
  return duration <= kLongest ? std::optional(duration) : std::nullopt;
}

template <auto Field>
bool SetDuration(std::string_view value, BootArguments& arguments) {
  const std::optional<Duration> duration = ParseDuration(value, Nanoseconds(1));
  arguments.*Field = duration;
  return duration.has_value();
}

bool SetDelay(std::string_view value, BootArguments& arguments) {
  const std::optional<Duration> duration = ParseDuration(value, Seconds(1));
  arguments.delay = duration.value_or(Duration());
  return duration.has_value();
}

template <auto Field>
bool SetCount(std::string_view value, BootArguments& arguments) {
  const std::optional<uint64_t> number = ParseNumber(value);
  if (!number || !value.empty() || *number > 1'000'000) return false;
  arguments.*Field = static_cast<uint32_t>(*number);
  return true;
}

template <auto Field>
bool SetText(std::string_view value, BootArguments& arguments) {
  arguments.*Field = std::string(value);
  return !value.empty();
}

bool SetHostName(std::string_view value, BootArguments& arguments) {
  arguments.name = std::string(value);
  // RFC 1123 §2.1.
  const bool letters = std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
  return letters && !value.empty() && value.size() <= 253 && value.front() != '-' &&
         value.front() != '.' && value.back() != '-';
}

bool SetDnsServers(std::string_view value, BootArguments& arguments) {
  for (size_t begin = 0; begin <= value.size();) {
    const size_t end = std::min(value.find(',', begin), value.size());
    const std::string_view one = value.substr(begin, end - begin);
    if (const auto ipv4 = Ipv4Address::Parse(one); ipv4 && IsUnicast(*ipv4)) {
      arguments.dns_servers.emplace_back(*ipv4);
    } else if (const auto ipv6 = Ipv6Address::Parse(one); ipv6 && IsUnicast(*ipv6)) {
      arguments.dns_servers.emplace_back(*ipv6);
    } else {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

bool AddApplication(std::string_view value, BootArguments& arguments) {
  arguments.applications.emplace_back(value);
  return !value.empty() && value.front() != '=';
}

constexpr std::string_view kApplication = "app";
constexpr std::string_view kInterface = "interface";
constexpr std::string_view kBoolean = "true or false";
constexpr std::string_view kDuration = "a duration up to a year, as 50ms";
constexpr std::string_view kCount = "a number from 0 to 1000000";

using A = BootArguments;
constexpr Argument kArguments[] = {
    {"ipv4", false, "an IPv4 address with its prefix length, as 192.0.2.42/24",
     SetCidr<Ipv4Cidr, &A::ipv4>},
    {"ipv4-gateway", false, "an IPv4 address, as 192.0.2.1",
     SetGateway<Ipv4Address, &A::ipv4_gateway>},
    {"ipv4-only", true, kBoolean, SetFlag<&A::ipv4_only>},
    {"ipv6", false, "an IPv6 address with its prefix length, as 2001:db8::42/64",
     SetCidr<Ipv6Cidr, &A::ipv6>},
    {"ipv6-gateway", false, "an IPv6 address, as fe80::1",
     SetGateway<Ipv6Address, &A::ipv6_gateway>},
    {"ipv6-only", true, kBoolean, SetFlag<&A::ipv6_only>},
    {"accept-router-advertisements", true, kBoolean, SetFlag<&A::accept_router_advertisements>},
    {"dhcp", true, kBoolean, SetFlag<&A::dhcp>},
    {"dns-servers", false, "IP addresses with commas between", SetDnsServers},
    {"dns-timeout", false, kDuration, SetDuration<&A::dns_timeout>},
    {"dns-cache-size", false, kCount, SetCount<&A::dns_cache_size>},
    {"he-aaaa-timeout", false, kDuration, SetDuration<&A::he_aaaa_timeout>},
    {"he-connect-delay", false, kDuration, SetDuration<&A::he_connect_delay>},
    {"he-connect-timeout", false, kDuration, SetDuration<&A::he_connect_timeout>},
    {"he-resolve-timeout", false, kDuration, SetDuration<&A::he_resolve_timeout>},
    {"he-resolve-retries", false, kCount, SetCount<&A::he_resolve_retries>},
    {"he-timer-interval", false, kDuration, SetDuration<&A::he_timer_interval>},
    {"name", false, "a host name of letters, digits, '-' and '.'", SetHostName},
    {kInterface, false, "the name of a device", SetText<&A::interface>},
    {"delay", false, "a duration up to a year, as 3s, or whole seconds", SetDelay},
    {kApplication, false, "the name of a program, and its arguments, as echo=--port=8",
     AddApplication},
};

// What MirageOS's release notes call an argument, and what the program does.
std::string_view Canonical(std::string_view name) {
  return name == "accept-router-advertisement" ? "accept-router-advertisements" : name;
}

// Text from outside, fit for one line.
std::string Quote(std::string_view text) {
  std::string quoted(text.substr(0, kLongestQuote));
  for (char& c : quoted) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text.size() > kLongestQuote ? quoted + "..." : quoted;
}

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// Splits at white space outside of quotes, which go. False: a quote stays open.
bool SplitWords(std::string_view text, std::vector<std::string>& words) {
  char quote = 0;
  bool in_word = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == 0 && space) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else {
      words.back() += c;
    }
  }
  return quote == 0;
}

class Parser {
 public:
  explicit Parser(std::span<const std::string> groups) : groups_(groups) {
    result_.stacks.resize(groups.size());
  }

  ParsedBootArguments Parse(std::string_view text) {
    std::vector<std::string> words;
    if (!SplitWords(text, words)) Fail("a quote has no end");
    for (size_t i = 0; i < words.size(); ++i) {
      const std::string_view word = words[i];
      const size_t equals = word.find('=');
      const std::string_view full_name = word.substr(0, equals);
      const auto [group, argument] = Find(full_name);
      if (argument == nullptr) {
        FailUnknown(full_name);
      } else if (equals != std::string_view::npos) {
        Set(group, *argument, full_name, word.substr(equals + 1));
      } else if (argument->is_flag) {
        Set(group, *argument, full_name, "true");
      } else if (i + 1 < words.size() && !words[i + 1].starts_with("--")) {
        Set(group, *argument, full_name, words[++i]);
      } else {
        Fail(std::string(full_name) + ": a value is missing; allowed is " +
             std::string(argument->allowed));
      }
    }
    for (size_t group = 0; group < groups_.size(); ++group) CheckConflicts(group);
    return std::move(result_);
  }

 private:
  void Fail(std::string error) { result_.errors.push_back(std::move(error)); }

  std::string Dashed(size_t group, std::string_view name) const {
    return "--" + groups_[group] + (groups_[group].empty() ? "" : "-") + std::string(name);
  }

  // The group and the argument that a word names; nullptr where it names none.
  std::pair<size_t, const Argument*> Find(std::string_view full_name) const {
    for (size_t group = 0; group < groups_.size(); ++group) {
      const std::string prefix = Dashed(group, "");
      if (!full_name.starts_with(prefix)) continue;
      const std::string_view name = Canonical(full_name.substr(prefix.size()));
      for (const Argument& argument : kArguments) {
        if (argument.name == name) return {group, &argument};
      }
    }
    return {0, nullptr};
  }

  void FailUnknown(std::string_view full_name) {
    std::string near;
    size_t least = full_name.size() / 3 + 1;
    for (size_t group = 0; group < groups_.size() && full_name.size() < kLongestQuote; ++group) {
      for (const Argument& argument : kArguments) {
        const std::string candidate = Dashed(group, argument.name);
        const size_t distance = EditDistance(full_name, candidate);
        if (distance >= least) continue;
        least = distance;
        near = candidate;
      }
    }
    Fail(Quote(full_name) + ": there is no such argument" +
         (near.empty() ? "" : "; did you mean " + near + "?"));
  }

  void Set(size_t group, const Argument& argument, std::string_view full_name,
           std::string_view value) {
    BootArguments& arguments = result_.stacks[group];
    if (arguments.IsGiven(argument.name) && argument.name != kApplication) {
      Fail(std::string(full_name) + "=" + Quote(value) + ": the argument is given twice");
      return;
    }
    arguments.given.emplace_back(argument.name);
    if (!argument.set(value, arguments)) {
      Fail(std::string(full_name) + "=" + Quote(value) + ": allowed is " +
           std::string(argument.allowed));
    }
  }

  void CheckConflicts(size_t group) {
    const BootArguments& arguments = result_.stacks[group];
    if (arguments.ipv4_only && arguments.ipv6_only) {
      Fail(Dashed(group, "ipv4-only") + " and " + Dashed(group, "ipv6-only") +
           " leave no protocol: allowed is one of them");
    }
    if (arguments.ipv4_gateway && !arguments.IsGiven("ipv4")) {
      Fail(Dashed(group, "ipv4-gateway") + "=" + arguments.ipv4_gateway->ToString() +
           ": a gateway needs an address; give " + Dashed(group, "ipv4") + " too");
    }
    if (!groups_[group].empty() && !arguments.applications.empty()) {
      Fail(Dashed(group, kApplication) + ": programs are of the whole host; give --app");
    }
  }

  std::span<const std::string> groups_;
  ParsedBootArguments result_;
};

}  // namespace

bool BootArguments::IsGiven(std::string_view argument) const {
  return std::find(given.begin(), given.end(), argument) != given.end();
}

ParsedBootArguments ParseBootArguments(std::string_view text, std::span<const std::string> groups) {
  return Parser(groups).Parse(text);
}

std::vector<std::string> GroupsOfBootArguments(std::string_view text) {
  std::vector<std::string> groups = {""};
  std::vector<std::string> words;
  SplitWords(text, words);
  for (std::string_view word : words) {
    word = word.substr(0, word.find('='));
    const std::string end = "-" + std::string(kInterface);
    if (!word.starts_with("--") || !word.ends_with(end)) continue;
    word.remove_prefix(2);
    if (word.size() <= end.size()) continue;
    const std::string_view name = word.substr(0, word.size() - end.size());
    const bool fit = std::all_of(name.begin(), name.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    if (!fit || name.front() == '-' || name.size() > kLongestQuote) continue;
    if (std::find(groups.begin(), groups.end(), name) == groups.end()) groups.emplace_back(name);
  }
  return groups;
}

ParsedBootArguments ParseBootArguments(std::string_view text) {
  const std::string no_group;
  return ParseBootArguments(text, {&no_group, 1});
}

}  // namespace dualsim::host
