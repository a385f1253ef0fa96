// Reading master files, RFC 1035 §5.1.

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "stack/dns/zone.h"

namespace dualsim::dns {
namespace {

using wire::DnsName;
using wire::DnsRecord;
using wire::DnsType;

// RFC 2181 §8.
constexpr uint32_t kLongestTtl = 0x7fffffff;

struct Token {
  std::string text;
  size_t line = 0;
  size_t column = 0;
  bool quoted = false;
};

// One entry: the tokens up to the end of a line that no parenthesis holds open.
struct Entry {
  std::vector<Token> tokens;
  bool begins_blank = false;  // The owner is that of the entry before.
};

class Lexer {
 public:
  Lexer(std::string_view text, std::vector<ZoneError>& errors) : text_(text), errors_(errors) {}

  // nullopt: the text is over.
  std::optional<Entry> Next() {
    if (position_ >= text_.size()) return std::nullopt;
    Entry entry;
    entry.begins_blank = text_[position_] == ' ' || text_[position_] == '\t';
    size_t depth = 0;
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '\n') {
        Advance();
        if (depth == 0) return entry;
      } else if (c == ' ' || c == '\t' || c == '\r') {
        Advance();
      } else if (c == ';') {
        while (position_ < text_.size() && text_[position_] != '\n') Advance();
      } else if (c == '(') {
        ++depth;
        Advance();
      } else if (c == ')') {
        if (depth == 0) Error("there is no '(' that this ')' closes");
        if (depth > 0) --depth;
        Advance();
      } else {
        entry.tokens.push_back(c == '"' ? Quoted() : Word());
      }
    }
    if (depth > 0) Error("a '(' is not closed");
    return entry;
  }

 private:
  void Advance() {
    if (text_[position_] == '\n') {
      ++line_;
      line_begin_ = position_ + 1;
    }
    ++position_;
  }
  size_t column() const { return position_ - line_begin_ + 1; }
  void Error(std::string text) { errors_.push_back({line_, column(), std::move(text)}); }

  Token Word() {
    Token token{.line = line_, .column = column()};
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ';' || c == '(' || c == ')')
        break;
      token.text += c;
      Advance();
      // What is escaped does not end a word; the name's own reader understands it.
      if (c == '\\' && position_ < text_.size() && text_[position_] != '\n') {
        token.text += text_[position_];
        Advance();
      }
    }
    return token;
  }

  Token Quoted() {
    Token token{.line = line_, .column = column(), .quoted = true};
    Advance();
    while (position_ < text_.size() && text_[position_] != '"') {
      if (text_[position_] == '\n') break;
      if (text_[position_] == '\\') {
        Advance();
        if (position_ == text_.size()) break;
        if (const auto byte = DecimalByte()) {
          token.text += static_cast<char>(*byte);
          continue;
        }
      }
      token.text += text_[position_];
      Advance();
    }
    if (position_ == text_.size() || text_[position_] != '"') {
      errors_.push_back({token.line, token.column, "the quote is not closed on its line"});
    } else {
      Advance();
    }
    return token;
  }

  // "\DDD": the digits after a backslash.
  std::optional<uint8_t> DecimalByte() {
    if (text_.size() - position_ < 3) return std::nullopt;
    unsigned value = 0;
    const char* begin = text_.data() + position_;
    const auto [stop, error] = std::from_chars(begin, begin + 3, value);
    if (error != std::errc() || stop != begin + 3 || value > 255) return std::nullopt;
    for (int i = 0; i < 3; ++i) Advance();
    return static_cast<uint8_t>(value);
  }

  std::string_view text_;
  std::vector<ZoneError>& errors_;
  size_t position_ = 0;
  size_t line_ = 1;
  size_t line_begin_ = 0;
};

// "300", "1h30m"; nullopt where it is neither, or too long.
std::optional<uint32_t> ParseTtl(std::string_view text) {
  uint64_t total = 0;
  bool any = false;
  while (!text.empty()) {
    uint64_t number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > kLongestTtl) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(stop - text.data()));
    uint64_t unit = 1;
    if (!text.empty()) {
      const char c = static_cast<char>(text[0] | 0x20);
      unit = c == 'w' ? 604'800 : c == 'd' ? 86'400 : c == 'h' ? 3600 : c == 'm' ? 60 : 1;
      if (unit == 1 && c != 's') return std::nullopt;
      text.remove_prefix(1);
    } else if (any) {
      return std::nullopt;
    }
    any = true;
    total += number * unit;
    if (total > kLongestTtl) return std::nullopt;
  }
  return any ? std::optional(static_cast<uint32_t>(total)) : std::nullopt;
}

constexpr std::array kTypes = {DnsType::kA,     DnsType::kAaaa, DnsType::kNs,
                               DnsType::kCname, DnsType::kPtr,  DnsType::kMx,
                               DnsType::kTxt,   DnsType::kSrv,  DnsType::kSoa};

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (upper(a[i]) != upper(b[i])) return false;
  }
  return true;
}

std::optional<DnsType> ParseType(std::string_view text) {
  for (const DnsType type : kTypes) {
    if (EqualsIgnoringCase(text, wire::DnsTypeName(type))) return type;
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const DnsName& origin, uint32_t ttl)
      : parsed_{Zone(origin), {}}, origin_(origin), ttl_(ttl) {}

  ParsedZone Read(std::string_view text) {
    Lexer lexer(text, parsed_.errors);
    while (parsed_.errors.size() < kMaximumZoneErrors) {
      std::optional<Entry> entry = lexer.Next();
      if (!entry) break;
      if (entry->tokens.empty()) continue;
      tokens_ = std::move(entry->tokens);
      next_ = 0;
      ReadEntry(entry->begins_blank);
    }
    return std::move(parsed_);
  }

 private:
  // nullptr, and an error, where the entry has no more.
  const Token* Take(std::string_view what) {
    if (next_ < tokens_.size()) return &tokens_[next_++];
    const Token& last = tokens_.back();
    Error(last, "it ends before its " + std::string(what));
    return nullptr;
  }
  void Error(const Token& token, std::string text) {
    parsed_.errors.push_back({token.line, token.column, std::move(text)});
  }
  static std::string Quote(const Token& token) {
    constexpr size_t kShown = 60;
    std::string text = "'";
    for (const char c : token.text.substr(0, kShown)) text += c >= ' ' && c <= '~' ? c : '?';
    return text + (token.text.size() > kShown ? "...'" : "'");
  }

  void ReadEntry(bool begins_blank) {
    const Token& first = tokens_[0];
    if (!first.quoted && first.text.starts_with('$')) return ReadDirective();
    if (!begins_blank) {
      ++next_;
      owner_ = ReadName(first);
    } else if (!owner_) {
      return Error(first, "no name stands before it");
    }
    if (owner_) ReadRecord();
  }

  void ReadDirective() {
    const Token& directive = tokens_[next_++];
    if (EqualsIgnoringCase(directive.text, "$ORIGIN")) {
      const Token* value = Take("name");
      if (value == nullptr) return;
      if (const auto name = ReadName(*value)) origin_ = *name;
    } else if (EqualsIgnoringCase(directive.text, "$TTL")) {
      const Token* value = Take("time");
      if (value == nullptr) return;
      const auto ttl = ParseTtl(value->text);
      if (!ttl) return Error(*value, Quote(*value) + " is no time, as 3600 or 1h");
      ttl_ = *ttl;
    } else {
      return Error(directive, Quote(directive) + " is not known; there are $ORIGIN and $TTL");
    }
    EndEntry();
  }

  // The TTL and the class, in either order, then the type.
  void ReadRecord() {
    DnsRecord record{.name = *owner_, .ttl = ttl_};
    while (true) {
      const Token* token = Take("type");
      if (token == nullptr) return;
      if (EqualsIgnoringCase(token->text, "IN")) continue;
      if (const auto type = ParseType(token->text)) {
        record.type = *type;
        return ReadData(*token, std::move(record));
      }
      const bool digit = !token->text.empty() && token->text[0] >= '0' && token->text[0] <= '9';
      if (!digit) {
        std::string types;
        for (const DnsType type : kTypes) types += (types.empty() ? "" : ", ") + DnsTypeName(type);
        return Error(*token, Quote(*token) + " is no type; there are " + types);
      }
      const auto ttl = ParseTtl(token->text);
      if (!ttl) return Error(*token, Quote(*token) + " is no time, as 3600 or 1h");
      record.ttl = *ttl;
    }
  }

  void ReadData(const Token& at, DnsRecord record) {
    const bool read = ReadDataOf(record);
    if (!read || !EndEntry()) return;
    const std::string refused = parsed_.zone.Add(std::move(record));
    if (!refused.empty()) Error(at, refused);
  }

  bool ReadDataOf(DnsRecord& record) {
    switch (record.type) {
      case DnsType::kA:
        return ReadAddress<Ipv4Address>(record, "an IPv4 address");
      case DnsType::kAaaa:
        return ReadAddress<Ipv6Address>(record, "an IPv6 address");
      case DnsType::kMx: {
        wire::DnsMx mx;
        const bool read =
            ReadNumber("preference", &mx.preference) && ReadName("name", &mx.exchange);
        record.data = std::move(mx);
        return read;
      }
      case DnsType::kSrv: {
        wire::DnsSrv srv;
        const bool read = ReadNumber("priority", &srv.priority) &&
                          ReadNumber("weight", &srv.weight) && ReadNumber("port", &srv.port) &&
                          ReadName("target", &srv.target);
        record.data = std::move(srv);
        return read;
      }
      case DnsType::kSoa: {
        wire::DnsSoa soa;
        const bool read = ReadName("primary server", &soa.primary) &&
                          ReadName("mailbox", &soa.mailbox) && ReadNumber("serial", &soa.serial) &&
                          ReadTime("refresh", &soa.refresh) && ReadTime("retry", &soa.retry) &&
                          ReadTime("expire", &soa.expire) && ReadTime("minimum", &soa.minimum);
        record.data = std::move(soa);
        return read;
      }
      case DnsType::kTxt:
        return ReadTexts(record);
      default: {  // NS, CNAME and PTR.
        DnsName name;
        const bool read = ReadName("name", &name);
        record.data = std::move(name);
        return read;
      }
    }
  }

  template <typename Address>
  bool ReadAddress(DnsRecord& record, const std::string& what) {
    const Token* token = Take("address");
    if (token == nullptr) return false;
    const auto address = Address::Parse(token->text);
    if (address) record.data = *address;
    if (!address) Error(*token, Quote(*token) + " is not " + what);
    return address.has_value();
  }

  bool ReadTexts(DnsRecord& record) {
    constexpr size_t kLongest = 255;
    wire::DnsTexts texts;
    const Token* token = Take("text");
    if (token == nullptr) return false;
    for (--next_; next_ < tokens_.size(); ++next_) {
      if (tokens_[next_].text.size() > kLongest) {
        Error(tokens_[next_], "a text has at most 255 bytes");
        return false;
      }
      texts.texts.push_back(tokens_[next_].text);
    }
    record.data = std::move(texts);
    return true;
  }

  template <typename Number>
  bool ReadNumber(std::string_view what, Number* number) {
    const Token* token = Take(what);
    if (token == nullptr) return false;
    const char* end = token->text.data() + token->text.size();
    const auto [stop, error] = std::from_chars(token->text.data(), end, *number);
    if (error == std::errc() && stop == end) return true;
    Error(*token, Quote(*token) + " is no " + std::string(what) + ": a number up to " +
                      std::to_string(std::numeric_limits<Number>::max()));
    return false;
  }
  bool ReadTime(std::string_view what, uint32_t* time) {
    const Token* token = Take(what);
    if (token == nullptr) return false;
    const auto read = ParseTtl(token->text);
    if (!read) Error(*token, Quote(*token) + " is no time, as 3600 or 1h");
    *time = read.value_or(0);
    return read.has_value();
  }
  bool ReadName(std::string_view what, DnsName* name) {
    const Token* token = Take(what);
    if (token == nullptr) return false;
    const auto read = ReadName(*token);
    if (read) *name = *read;
    return read.has_value();
  }
  // Relative to the origin where no dot ends it.
  std::optional<DnsName> ReadName(const Token& token) {
    if (token.text == "@" && !token.quoted) return origin_;
    const auto name = DnsName::Parse(token.text);
    const bool whole = token.text.ends_with('.') && !token.text.ends_with("\\.");
    auto result = !name ? std::nullopt : whole ? name : name->Append(origin_);
    if (!result) Error(token, Quote(token) + " is no name");
    return result;
  }

  bool EndEntry() {
    if (next_ == tokens_.size()) return true;
    Error(tokens_[next_], Quote(tokens_[next_]) + " is more than belongs here");
    return false;
  }

  ParsedZone parsed_;
  DnsName origin_;
  uint32_t ttl_;
  std::optional<DnsName> owner_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
};

}  // namespace

ParsedZone ParseZone(std::string_view text, const DnsName& origin, uint32_t ttl) {
  return Reader(origin, ttl).Read(text);
}

}  // namespace dualsim::dns
