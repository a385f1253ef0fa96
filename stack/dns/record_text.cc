#include "stack/dns/record_text.h"

namespace dualsim::dns {
namespace {

struct Writer {
  std::string operator()(const wire::DnsOpaque& opaque) const {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text = "\\# " + std::to_string(opaque.bytes.size());
    if (!opaque.bytes.empty()) text += ' ';
    for (const uint8_t byte : opaque.bytes) {
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    }
    return text;
  }
  std::string operator()(const Ipv4Address& address) const { return address.ToString(); }
  std::string operator()(const Ipv6Address& address) const { return address.ToString(); }
  std::string operator()(const wire::DnsName& name) const { return name.ToString(); }
  std::string operator()(const wire::DnsSoa& soa) const {
    std::string text = soa.primary.ToString() + " " + soa.mailbox.ToString();
    for (const uint32_t number : {soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum}) {
      text += " " + std::to_string(number);
    }
    return text;
  }
  std::string operator()(const wire::DnsMx& mx) const {
    return std::to_string(mx.preference) + " " + mx.exchange.ToString();
  }
  std::string operator()(const wire::DnsSrv& srv) const {
    return std::to_string(srv.priority) + " " + std::to_string(srv.weight) + " " +
           std::to_string(srv.port) + " " + srv.target.ToString();
  }
  std::string operator()(const wire::DnsTexts& texts) const {
    std::string text;
    for (const std::string& one : texts.texts) {
      text += text.empty() ? "\"" : " \"";
      for (const char c : one) {
        const bool printable = c >= ' ' && c <= '~' && c != '"' && c != '\\';
        const auto byte = static_cast<uint8_t>(c);
        if (printable) {
          text += c;
        } else {
          text += '\\';
          text += std::to_string(1000 + byte).substr(1);
        }
      }
      text += '"';
    }
    return text;
  }
};

}  // namespace

std::string RecordDataText(const wire::DnsRecord& record) {
  return std::visit(Writer(), record.data);
}

}  // namespace dualsim::dns
