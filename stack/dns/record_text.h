#pragma once

#include <string>

#include "stack/wire/dns.h"

namespace dualsim::dns {

// What a record holds, as a master file has it (RFC 1035 §5.1): "2001:db8::1",
// "10 mail.example.com". Of a type that is not read: "\# 4 0a000001" (RFC 3597 §5).
std::string RecordDataText(const wire::DnsRecord& record);

}  // namespace dualsim::dns
