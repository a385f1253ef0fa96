#include "stack/wire/dns.h"

#include <iterator>

#include "stack/wire/dns_writer.h"

namespace dualsim::wire {
namespace {

constexpr uint16_t kResponse = 0x8000;
constexpr uint16_t kAuthoritative = 0x0400;
constexpr uint16_t kTruncated = 0x0200;
constexpr uint16_t kRecursionDesired = 0x0100;
constexpr uint16_t kRecursionAvailable = 0x0080;
constexpr uint32_t kDnssecOk = 0x8000;  // Of OPT's TTL field, RFC 6891 §6.1.3.
// A name, the type, the class, the TTL and the length.
constexpr size_t kSmallestRecord = 11;
constexpr size_t kSmallestQuestion = 5;

// A place in a message that reading moves forward.
class Reader {
 public:
  explicit Reader(ByteView message) : message_(message) {}

  bool ok() const { return ok_; }
  size_t position() const { return position_; }
  size_t left() const { return message_.size() - position_; }
  // Reads no further than `end` from now on, and no name goes on behind it.
  void Limit(size_t end) { message_ = message_.first(end); }

  ByteView Take(size_t size) {
    if (!ok_ || left() < size) {
      ok_ = false;
      return {};
    }
    position_ += size;
    return message_.subspan(position_ - size, size);
  }
  uint16_t Take16() {
    const ByteView bytes = Take(2);
    return ok_ ? LoadBig16(bytes.data()) : 0;
  }
  uint32_t Take32() {
    const ByteView bytes = Take(4);
    return ok_ ? LoadBig32(bytes.data()) : 0;
  }
  DnsName TakeName() {
    std::optional<DnsName> name;
    if (ok_) name = DnsName::Read(message_, &position_);
    if (!name) {
      ok_ = false;
      position_ = message_.size();
    }
    return name.value_or(DnsName());
  }

 private:
  ByteView message_;
  size_t position_ = 0;
  bool ok_ = true;
};

DnsTexts ReadTexts(Reader& reader) {
  DnsTexts texts;
  while (reader.ok() && reader.left() > 0) {
    const ByteView text = reader.Take(reader.Take(1)[0]);
    texts.texts.emplace_back(text.begin(), text.end());
  }
  return texts;
}

// The record's data, which fill the rest of what `reader` holds.
void ReadData(Reader& reader, DnsRecord& record) {
  if (record.record_class == kDnsClassInternet) {
    switch (record.type) {
      case DnsType::kA: {
        const ByteView address = reader.Take(Ipv4Address::kSize);
        if (reader.ok()) record.data = Ipv4Address::Load(address.data());
        return;
      }
      case DnsType::kAaaa: {
        const ByteView address = reader.Take(Ipv6Address::kSize);
        if (reader.ok()) record.data = Ipv6Address::Load(address.data());
        return;
      }
      case DnsType::kNs:
      case DnsType::kCname:
      case DnsType::kPtr:
        record.data = reader.TakeName();
        return;
      case DnsType::kSoa: {
        DnsSoa soa{.primary = reader.TakeName(), .mailbox = reader.TakeName()};
        for (uint32_t DnsSoa::*field : {&DnsSoa::serial, &DnsSoa::refresh, &DnsSoa::retry,
                                        &DnsSoa::expire, &DnsSoa::minimum}) {
          soa.*field = reader.Take32();
        }
        record.data = std::move(soa);
        return;
      }
      case DnsType::kMx: {
        const uint16_t preference = reader.Take16();
        record.data = DnsMx{preference, reader.TakeName()};
        return;
      }
      case DnsType::kSrv: {
        DnsSrv srv{.priority = reader.Take16(), .weight = reader.Take16(), .port = reader.Take16()};
        srv.target = reader.TakeName();
        record.data = std::move(srv);
        return;
      }
      case DnsType::kTxt:
        record.data = ReadTexts(reader);
        return;
      default:
        break;
    }
  }
  const ByteView bytes = reader.Take(reader.left());
  record.data = DnsOpaque{{bytes.begin(), bytes.end()}};
}

// nullopt, or why the record can't be read.
std::optional<DropReason> ReadRecord(ByteView message, Reader& reader, DnsRecord& record) {
  record.name = reader.TakeName();
  if (!reader.ok()) return DropReason::DNS_BAD_NAME;
  record.type = static_cast<DnsType>(reader.Take16());
  record.record_class = reader.Take16();
  record.ttl = reader.Take32();
  const size_t size = reader.Take16();
  const size_t begin = reader.position();
  reader.Take(size);
  if (!reader.ok()) return DropReason::DNS_TRUNCATED;
  Reader data(message.first(begin + size));
  data.Take(begin);
  ReadData(data, record);
  // Data that end before the record does are as wrong as those that run past it.
  if (!data.ok() || data.left() > 0) return DropReason::DNS_BAD_RECORD;
  return std::nullopt;
}

// Takes an OPT record into the message; false where it may not be there.
bool TakeEdns(DnsMessage& message, const DnsRecord& record) {
  if (message.edns || !record.name.is_root()) return false;
  const auto* options = std::get_if<DnsOpaque>(&record.data);
  message.edns = DnsEdns{.udp_size = record.record_class,
                         .version = static_cast<uint8_t>(record.ttl >> 16),
                         .dnssec_ok = (record.ttl & kDnssecOk) != 0,
                         .options = options->bytes};
  message.code =
      static_cast<DnsResponseCode>((record.ttl >> 24) << 4 | static_cast<uint32_t>(message.code));
  return true;
}

std::optional<DropReason> ReadSection(ByteView message, Reader& reader, size_t count,
                                      bool additional, DnsMessage& into,
                                      std::vector<DnsRecord>& section) {
  if (count * kSmallestRecord > reader.left()) return DropReason::DNS_TRUNCATED;
  for (size_t i = 0; i < count; ++i) {
    DnsRecord record;
    if (const auto reason = ReadRecord(message, reader, record)) return reason;
    if (record.type == DnsType::kOpt) {
      if (!additional || !TakeEdns(into, record)) return DropReason::DNS_BAD_RECORD;
      continue;
    }
    if ((record.ttl & 0x80000000) != 0) record.ttl = 0;
    section.push_back(std::move(record));
  }
  return std::nullopt;
}

}  // namespace

Parsed<DnsMessage> DnsMessage::Parse(ByteView bytes) {
  if (bytes.size() < kHeaderSize) return DropReason::DNS_TRUNCATED;
  const uint8_t* p = bytes.data();
  const uint16_t flags = LoadBig16(p + 2);
  DnsMessage message{.id = LoadBig16(p),
                     .response = (flags & kResponse) != 0,
                     .opcode = static_cast<uint8_t>(flags >> 11 & 0xf),
                     .authoritative = (flags & kAuthoritative) != 0,
                     .truncated = (flags & kTruncated) != 0,
                     .recursion_desired = (flags & kRecursionDesired) != 0,
                     .recursion_available = (flags & kRecursionAvailable) != 0,
                     .code = static_cast<DnsResponseCode>(flags & 0xf)};
  const size_t questions = LoadBig16(p + 4);
  const size_t counts[] = {LoadBig16(p + 6), LoadBig16(p + 8), LoadBig16(p + 10)};
  if (questions > kMaximumQuestions || counts[0] + counts[1] + counts[2] > kMaximumRecords) {
    return DropReason::DNS_LIMIT;
  }
  Reader reader(bytes);
  reader.Take(kHeaderSize);
  if (questions * kSmallestQuestion > reader.left()) return DropReason::DNS_TRUNCATED;
  for (size_t i = 0; i < questions; ++i) {
    DnsQuestion question{.name = reader.TakeName()};
    if (!reader.ok()) return DropReason::DNS_BAD_NAME;
    question.type = static_cast<DnsType>(reader.Take16());
    question.record_class = reader.Take16();
    if (!reader.ok()) return DropReason::DNS_TRUNCATED;
    message.questions.push_back(std::move(question));
  }
  std::vector<DnsRecord>* const sections[] = {&message.answers, &message.authorities,
                                              &message.additionals};
  for (size_t i = 0; i < std::size(sections); ++i) {
    const auto reason = ReadSection(bytes, reader, counts[i], i == 2, message, *sections[i]);
    if (reason) return *reason;
  }
  return message;
}

std::vector<uint8_t> DnsMessage::Encode(size_t limit) const {
  DnsWriter writer(limit);
  const auto number = static_cast<uint16_t>(code);
  writer.Put16(id);
  writer.Put16(static_cast<uint16_t>(
      (response ? kResponse : 0) | (opcode & 0xf) << 11 | (authoritative ? kAuthoritative : 0) |
      (truncated ? kTruncated : 0) | (recursion_desired ? kRecursionDesired : 0) |
      (recursion_available ? kRecursionAvailable : 0) | (number & 0xf)));
  writer.Put16(static_cast<uint16_t>(questions.size()));
  for (int i = 0; i < 3; ++i) writer.Put16(0);  // The counts, filled in below.
  for (const DnsQuestion& question : questions) writer.PutQuestion(question);
  DnsRecord opt{.type = DnsType::kOpt};
  if (edns) {
    opt.record_class = edns->udp_size;
    opt.ttl = static_cast<uint32_t>(number >> 4 << 24 | edns->version << 16) |
              (edns->dnssec_ok ? kDnssecOk : 0);
    opt.data = DnsOpaque{edns->options};
    writer.Reserve(kSmallestRecord + edns->options.size());
  }
  const std::vector<DnsRecord>* const sections[] = {&answers, &authorities, &additionals};
  size_t counts[3] = {};
  bool full = false;
  for (size_t i = 0; i < 3 && !full; ++i) {
    for (const DnsRecord& record : *sections[i]) {
      full = !writer.PutRecord(record);
      if (full) break;
      ++counts[i];
    }
    if (full && i < 2) writer.Set16(2, static_cast<uint16_t>(writer.Get16(2) | kTruncated));
  }
  writer.Reserve(0);
  if (edns && writer.PutRecord(opt)) ++counts[2];
  for (size_t i = 0; i < 3; ++i) writer.Set16(6 + 2 * i, static_cast<uint16_t>(counts[i]));
  return writer.Finish();
}

std::string DnsTypeName(DnsType type) {
  switch (type) {
    case DnsType::kA:
      return "A";
    case DnsType::kNs:
      return "NS";
    case DnsType::kCname:
      return "CNAME";
    case DnsType::kSoa:
      return "SOA";
    case DnsType::kPtr:
      return "PTR";
    case DnsType::kMx:
      return "MX";
    case DnsType::kTxt:
      return "TXT";
    case DnsType::kAaaa:
      return "AAAA";
    case DnsType::kSrv:
      return "SRV";
    case DnsType::kOpt:
      return "OPT";
    case DnsType::kAny:
      return "ANY";
  }
  return "TYPE" + std::to_string(static_cast<int>(type));
}

std::string DnsResponseCodeName(DnsResponseCode code) {
  switch (code) {
    case DnsResponseCode::kNoError:
      return "NOERROR";
    case DnsResponseCode::kFormatError:
      return "FORMERR";
    case DnsResponseCode::kServerFailure:
      return "SERVFAIL";
    case DnsResponseCode::kNameError:
      return "NXDOMAIN";
    case DnsResponseCode::kNotImplemented:
      return "NOTIMP";
    case DnsResponseCode::kRefused:
      return "REFUSED";
    case DnsResponseCode::kBadVersion:
      return "BADVERS";
  }
  return "RCODE " + std::to_string(static_cast<int>(code));
}

}  // namespace dualsim::wire
