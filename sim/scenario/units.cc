#include "sim/scenario/units.h"

#include <limits>
#include <span>

namespace dualsim::sim {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;  // In the smallest unit of its kind.
};

constexpr Unit kDurationUnits[] = {
    {"d", 86'400'000'000'000},
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
};
constexpr Unit kRateUnits[] = {
    {"Tbps", 1'000'000'000'000},
    {"Gbps", 1'000'000'000},
    {"Mbps", 1'000'000},
    {"kbps", 1'000},
    {"bps", 1},
};
constexpr Unit kSizeUnits[] = {
    {"GiB", 1 << 30},  {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"GB", 1'000'000'000},
    {"MB", 1'000'000}, {"kB", 1'000},    {"B", 1},
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Long input would make a message unreadable.
std::string Quoted(std::string_view text) {
  constexpr size_t kShown = 40;
  if (text.size() <= kShown) return "'" + std::string(text) + "'";
  return "'" + std::string(text.substr(0, kShown)) + "...'";
}

enum class Amount : uint8_t { kExact, kTooLarge, kTooFine };

// `digits`[.`fraction`] * factor, if that is a whole number that fits.
Amount Multiply(std::string_view digits, std::string_view fraction, uint64_t factor,
                uint64_t* result) {
  using Wide = unsigned __int128;
  constexpr Wide kMaximum = std::numeric_limits<int64_t>::max();
  Wide whole = 0;
  for (char c : digits) {
    whole = whole * 10 + static_cast<Wide>(c - '0');
    if (whole > kMaximum) return Amount::kTooLarge;
  }
  whole *= factor;
  while (!fraction.empty() && fraction.back() == '0') fraction.remove_suffix(1);
  // Longer ones are of no use, and 10^20 times the largest factor fits 128 bits.
  if (fraction.size() > 20) return Amount::kTooFine;
  Wide numerator = 0;
  Wide denominator = 1;
  for (char c : fraction) {
    numerator = numerator * 10 + static_cast<Wide>(c - '0');
    denominator *= 10;
  }
  const Wide part = numerator * factor;
  if (part % denominator != 0) return Amount::kTooFine;
  whole += part / denominator;
  if (whole > kMaximum) return Amount::kTooLarge;
  *result = static_cast<uint64_t>(whole);
  return Amount::kExact;
}

// A number at the front of `text`: its digits and its fraction, both taken off.
struct Number {
  std::string_view digits;
  std::string_view fraction;
};
std::optional<Number> TakeNumber(std::string_view* text) {
  size_t i = 0;
  while (i < text->size() && IsDigit((*text)[i])) ++i;
  if (i == 0) return std::nullopt;
  Number number{text->substr(0, i), {}};
  if (i < text->size() && (*text)[i] == '.') {
    const size_t start = ++i;
    while (i < text->size() && IsDigit((*text)[i])) ++i;
    if (i == start) return std::nullopt;
    number.fraction = text->substr(start, i - start);
  }
  text->remove_prefix(i);
  return number;
}

std::string_view TakeLetters(std::string_view* text) {
  size_t i = 0;
  while (i < text->size() && IsLetter((*text)[i])) ++i;
  const std::string_view letters = text->substr(0, i);
  text->remove_prefix(i);
  return letters;
}

struct Kind {
  std::span<const Unit> units;
  std::string_view noun;      // "a duration"
  std::string_view examples;  // "'10s' or '1.5ms'"
  std::string_view smallest;  // "a nanosecond"
  bool compound;              // "1m30s"
};

constexpr Kind kDuration{kDurationUnits, "a duration", "'10s' or '1.5ms'", "a nanosecond", true};
constexpr Kind kRate{kRateUnits, "a rate", "'1Gbps' or '100Mbps'", "a bit per second", false};
constexpr Kind kSize{kSizeUnits, "a size", "'1500B' or '1MB'", "a byte", false};

std::string UnitNames(std::span<const Unit> units) {
  std::string names;
  for (const Unit& unit : units) {
    if (!names.empty()) names += ", ";
    names += unit.name;
  }
  return names;
}

Reading<uint64_t> ReadAmount(std::string_view text, const Kind& kind) {
  const std::string noun(kind.noun);
  const std::string examples(kind.examples);
  const auto error = [](std::string message) {
    return Reading<uint64_t>{std::nullopt, std::move(message)};
  };
  if (text.empty()) return error("is empty; write " + noun + " such as " + examples);
  if (text == "0") return {0, ""};
  std::string_view rest = text;
  if (rest.front() == '-') return error(Quoted(text) + " is negative");

  uint64_t total = 0;
  size_t smallest_so_far = 0;  // Index of the next unit that may follow.
  while (!rest.empty()) {
    const std::optional<Number> number = TakeNumber(&rest);
    if (!number) {
      return error(Quoted(text) + " is not " + noun + "; write a number and a unit, such as " +
                   examples);
    }
    const std::string_view name = TakeLetters(&rest);
    if (name.empty() && rest.empty()) {
      return error(Quoted(text) + " lacks a unit; write " + noun + " such as " + examples);
    }
    size_t i = 0;
    while (i < kind.units.size() && kind.units[i].name != name) ++i;
    if (i == kind.units.size()) {
      return error(Quoted(text) + " has no unit of " + noun + "; units are " +
                   UnitNames(kind.units));
    }
    if (i < smallest_so_far) {
      return error(Quoted(text) + " must go from larger to smaller units, each once");
    }
    smallest_so_far = i + 1;
    uint64_t amount = 0;
    switch (Multiply(number->digits, number->fraction, kind.units[i].factor, &amount)) {
      case Amount::kExact:
        break;
      case Amount::kTooLarge:
        return error(Quoted(text) + " is too large");
      case Amount::kTooFine:
        return error(Quoted(text) + " is finer than " + std::string(kind.smallest));
    }
    total += amount;  // Each is below 2^63.
    if (total > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
      return error(Quoted(text) + " is too large");
    }
    if (!kind.compound && !rest.empty()) {
      return error(Quoted(text) + " is not " + noun + "; write one number and one unit, such as " +
                   examples);
    }
  }
  return {total, ""};
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Reading<Duration> ReadDuration(std::string_view text) {
  Reading<uint64_t> ns = ReadAmount(text, kDuration);
  if (!ns.value) return {std::nullopt, std::move(ns.error)};
  const Duration duration = Nanoseconds(static_cast<int64_t>(*ns.value));
  if (duration.is_infinite()) return {std::nullopt, Quoted(text) + " is too large"};
  return {duration, ""};
}

Reading<std::optional<uint64_t>> ReadRate(std::string_view text) {
  if (text == "unlimited") return {std::optional<uint64_t>(), ""};
  Reading<uint64_t> rate = ReadAmount(text, kRate);
  if (!rate.value) return {std::nullopt, std::move(rate.error)};
  if (*rate.value == 0) {
    return {std::nullopt, Quoted(text) + " would carry nothing; take the link down instead"};
  }
  return {rate.value, ""};
}

Reading<uint64_t> ReadSize(std::string_view text) { return ReadAmount(text, kSize); }

Reading<PartsPerBillion> ReadProbability(std::string_view text) {
  const auto error = [text](std::string_view message) {
    return Reading<PartsPerBillion>{std::nullopt, Quoted(text) + std::string(message)};
  };
  std::string_view rest = text;
  const std::optional<Number> number = TakeNumber(&rest);
  if (!number || (!rest.empty() && rest != "%")) {
    return error(" is not a probability; write '1%' or '0.01'");
  }
  constexpr uint64_t kOne = 1'000'000'000;
  uint64_t parts = 0;
  const uint64_t factor = rest == "%" ? kOne / 100 : kOne;
  switch (Multiply(number->digits, number->fraction, factor, &parts)) {
    case Amount::kExact:
      break;
    case Amount::kTooLarge:
      return error(" is more than certain; 100% is the most");
    case Amount::kTooFine:
      return error(" is finer than one part in a billion");
  }
  if (parts > kOne) return error(" is more than certain; 100% is the most");
  return {static_cast<PartsPerBillion>(parts), ""};
}

Reading<std::vector<uint8_t>> ReadHex(std::string_view text) {
  std::vector<uint8_t> bytes;
  int half = -1;
  for (char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == ':') continue;
    const int digit = HexDigit(c);
    if (digit < 0) {
      return {std::nullopt, "holds '" + std::string(1, c) + "', which is no hexadecimal digit"};
    }
    if (half < 0) {
      half = digit;
    } else {
      bytes.push_back(static_cast<uint8_t>(half << 4 | digit));
      half = -1;
    }
  }
  if (half >= 0) return {std::nullopt, "has an odd number of hexadecimal digits"};
  return {std::move(bytes), ""};
}

std::string DurationText(Duration duration) {
  if (duration.is_infinite()) return "infinite";
  const int64_t ns = duration.nanoseconds();
  if (ns < 0) return "-" + DurationText(Nanoseconds(-ns));
  if (ns == 0) return "0s";
  uint64_t factor = 1;
  std::string_view name = "ns";
  for (const Unit& unit : kDurationUnits) {
    // From minutes on only whole ones read well.
    const bool whole_only = unit.factor > 1'000'000'000;
    const uint64_t n = static_cast<uint64_t>(ns);
    if (n >= unit.factor && (!whole_only || n % unit.factor == 0)) {
      factor = unit.factor;
      name = unit.name;
      break;
    }
  }
  const uint64_t n = static_cast<uint64_t>(ns);
  std::string text = std::to_string(n / factor);
  if (uint64_t rest = n % factor; rest != 0) {
    std::string fraction = std::to_string(factor + rest).substr(1);
    while (fraction.back() == '0') fraction.pop_back();
    text += "." + fraction;
  }
  return text + std::string(name);
}

}  // namespace dualsim::sim
