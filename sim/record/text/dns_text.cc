#include "sim/record/text/dns_text.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "sim/record/text/append.h"

namespace dualsim::sim::text {
namespace {

constexpr size_t kHeaderSize = 12;
constexpr size_t kMaximumName = 255;  // RFC 1035 §2.3.4
constexpr int kMaximumPointers = 32;
constexpr size_t kShownOfASection = 16;

enum class Type : uint16_t {
  kA = 1,
  kNs = 2,
  kCname = 5,
  kSoa = 6,
  kPtr = 12,
  kMx = 15,
  kTxt = 16,
  kAaaa = 28,
  kSrv = 33,
  kOpt = 41,
  kAny = 255,
};

void AppendType(std::string& out, Type type) {
  switch (type) {
    case Type::kA:
      return Append(out, "A");
    case Type::kNs:
      return Append(out, "NS");
    case Type::kCname:
      return Append(out, "CNAME");
    case Type::kSoa:
      return Append(out, "SOA");
    case Type::kPtr:
      return Append(out, "PTR");
    case Type::kMx:
      return Append(out, "MX");
    case Type::kTxt:
      return Append(out, "TXT");
    case Type::kAaaa:
      return Append(out, "AAAA");
    case Type::kSrv:
      return Append(out, "SRV");
    case Type::kOpt:
      return Append(out, "OPT");
    case Type::kAny:
      return Append(out, "ANY");
  }
  Append(out, "TYPE", static_cast<int>(type));
}

// A place in a message that reading moves forward.
class Reader {
 public:
  explicit Reader(ByteView message) : message_(message) {}

  bool ok() const { return ok_; }
  size_t position() const { return position_; }
  void MoveTo(size_t position) { position_ = position; }

  // Nothing where the message ends before; ok() is false then and stays so.
  ByteView Take(size_t size) {
    if (!ok_ || message_.size() - position_ < size) {
      ok_ = false;
      return {};
    }
    position_ += size;
    return message_.subspan(position_ - size, size);
  }
  uint16_t Take16() {
    const ByteView bytes = Take(2);
    return bytes.empty() ? 0 : LoadBig16(bytes.data());
  }
  uint32_t Take32() {
    const ByteView bytes = Take(4);
    return bytes.empty() ? 0 : LoadBig32(bytes.data());
  }

  // Writes a name, RFC 1035 §3.1 and §4.1.4: compressed or not, bounded in
  // length and in the pointers that it follows.
  void AppendName(std::string& out) {
    std::optional<size_t> back;
    size_t length = 0;
    for (int pointers = 0; ok_;) {
      const ByteView first = Take(1);
      if (first.empty()) break;
      const size_t count = first[0];
      if (count == 0) break;
      if (count >= 0xc0) {
        const ByteView second = Take(1);
        if (second.empty() || ++pointers > kMaximumPointers) {
          ok_ = false;
          break;
        }
        if (!back) back = position_;
        position_ = std::min((count & 0x3f) << 8 | second[0], message_.size());
        continue;
      }
      const ByteView label = count > 63 ? ByteView() : Take(count);
      length += count + 1;
      if (label.empty() || length > kMaximumName) {
        ok_ = false;
        break;
      }
      Append(out, length > count + 1 ? "." : "", Printable{label});
    }
    if (length == 0) Append(out, ".");
    if (back) position_ = *back;
  }

 private:
  ByteView message_;
  size_t position_ = 0;
  bool ok_ = true;
};

void AppendTexts(std::string& out, ByteView data) {
  while (!data.empty()) {
    const size_t size = std::min<size_t>(data[0], data.size() - 1);
    Append(out, " \"", Printable{data.subspan(1, size)}, "\"");
    data = data.subspan(1 + size);
  }
}

void AppendData(std::string& out, Reader& reader, Type type, ByteView data) {
  switch (type) {
    case Type::kA:
      if (data.size() == 4) return Append(out, " ", Ipv4{LoadBig32(data.data())});
      break;
    case Type::kAaaa:
      if (data.size() == 16) return Append(out, " ", Ipv6Address::Load(data.data()));
      break;
    case Type::kNs:
    case Type::kCname:
    case Type::kPtr:
      Append(out, " ");
      return reader.AppendName(out);
    case Type::kMx:
      Append(out, " ", reader.Take16(), " ");
      return reader.AppendName(out);
    case Type::kSrv: {
      const uint16_t priority = reader.Take16();
      const uint16_t weight = reader.Take16();
      Append(out, " ", priority, " ", weight, " ", reader.Take16(), " ");
      return reader.AppendName(out);
    }
    case Type::kTxt:
      return AppendTexts(out, data);
    default:
      break;
  }
  if (!data.empty()) Append(out, " ", HexBytes{data});
}

void AppendQuestion(std::string& out, Reader& reader) {
  reader.AppendName(out);
  const auto type = static_cast<Type>(reader.Take16());
  reader.Take16();  // The class: of the Internet.
  Append(out, " ");
  AppendType(out, type);
}

void AppendRecord(std::string& out, Reader& reader) {
  reader.AppendName(out);
  const auto type = static_cast<Type>(reader.Take16());
  const uint16_t record_class = reader.Take16();
  const uint32_t ttl = reader.Take32();
  const size_t size = reader.Take16();
  const size_t begin = reader.position();
  const ByteView data = reader.Take(size);
  if (!reader.ok()) return;
  Append(out, " ");
  AppendType(out, type);
  reader.MoveTo(begin);
  AppendData(out, reader, type, data);
  reader.MoveTo(begin + size);
  if (type == Type::kOpt) {
    Append(out, " size ", record_class);  // RFC 6891 §6.1.2
  } else {
    Append(out, " ttl ", ttl, " s");
  }
}

void AppendSection(std::string& out, Reader& reader, std::string_view name, size_t count,
                   bool questions) {
  for (size_t i = 0; i < count && reader.ok(); ++i) {
    if (i == kShownOfASection) {
      // Those that are not shown are not read either: what follows is not known.
      Append(out, " and ", count - i, " more");
      reader.Take(~size_t{0});
      return;
    }
    Append(out, i == 0 ? name : std::string_view(", "));
    questions ? AppendQuestion(out, reader) : AppendRecord(out, reader);
  }
}

void AppendResponseCode(std::string& out, int code) {
  constexpr std::string_view kNames[] = {"NOERROR",  "FORMERR", "SERVFAIL",
                                         "NXDOMAIN", "NOTIMP",  "REFUSED"};
  if (code < static_cast<int>(std::size(kNames))) {
    Append(out, " ", kNames[code]);
  } else {
    Append(out, " RCODE ", code);
  }
}

}  // namespace

void AppendDns(std::string& out, ByteView message) {
  if (message.size() < kHeaderSize) return Append(out, "DNS, malformed");
  const uint8_t* p = message.data();
  const uint16_t flags = LoadBig16(p + 2);
  const bool response = (flags & 0x8000) != 0;
  Append(out, response ? "DNS response id " : "DNS query id ", LoadBig16(p));
  const int opcode = flags >> 11 & 0xf;
  if (opcode != 0) Append(out, " opcode ", opcode);
  if (response) AppendResponseCode(out, flags & 0xf);
  if ((flags & 0x0400) != 0) Append(out, " authoritative");
  if ((flags & 0x0200) != 0) Append(out, " truncated");
  Reader reader(message);
  reader.Take(kHeaderSize);
  AppendSection(out, reader, " question ", LoadBig16(p + 4), true);
  AppendSection(out, reader, " answer ", LoadBig16(p + 6), false);
  AppendSection(out, reader, " authority ", LoadBig16(p + 8), false);
  AppendSection(out, reader, " additional ", LoadBig16(p + 10), false);
  if (!reader.ok()) Append(out, " (not read to its end)");
}

}  // namespace dualsim::sim::text
