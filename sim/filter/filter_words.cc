#include "sim/filter/filter_words.h"

#include <algorithm>
#include <vector>

#include "sim/scenario/near_name.h"

namespace dualsim::sim {
namespace {

// The words of pcap-filter(7) that make sense over Ethernet. Sorted.
constexpr std::string_view kWords[] = {
    "aarp",
    "ah",
    "and",
    "arp",
    "atalk",
    "broadcast",
    "byte",
    "carp",
    "decnet",
    "dst",
    "esp",
    "ether",
    "gateway",
    "geneve",
    "greater",
    "host",
    "icmp",
    "icmp-echo",
    "icmp-echoreply",
    "icmp-ireq",
    "icmp-ireqreply",
    "icmp-maskreply",
    "icmp-maskreq",
    "icmp-paramprob",
    "icmp-redirect",
    "icmp-routeradvert",
    "icmp-routersolicit",
    "icmp-sourcequench",
    "icmp-timxceed",
    "icmp-tstamp",
    "icmp-tstampreply",
    "icmp-unreach",
    "icmp6",
    "icmp6-destinationunreach",
    "icmp6-echo",
    "icmp6-echoreply",
    "icmp6-homeagentdiscoveryreply",
    "icmp6-homeagentdiscoveryrequest",
    "icmp6-inverseneighbordiscadvert",
    "icmp6-inverseneighbordiscsolicit",
    "icmp6-mobileprefixadvert",
    "icmp6-mobileprefixsolicit",
    "icmp6-multicastlistenerdone",
    "icmp6-multicastlistenerquery",
    "icmp6-multicastlistenerreportv1",
    "icmp6-multicastlistenerreportv2",
    "icmp6-multicastrouteradvert",
    "icmp6-multicastrouterterm",
    "icmp6-multicastroutersolicit",
    "icmp6-neighboradvert",
    "icmp6-neighborsolicit",
    "icmp6-nodeinformationquery",
    "icmp6-nodeinformationresponse",
    "icmp6-packettoobig",
    "icmp6-parameterproblem",
    "icmp6-redirect",
    "icmp6-routeradvert",
    "icmp6-routerrenum",
    "icmp6-routersolicit",
    "icmp6-timeexceeded",
    "icmp6code",
    "icmp6type",
    "icmpcode",
    "icmptype",
    "igmp",
    "igrp",
    "ip",
    "ip6",
    "ipx",
    "iso",
    "lat",
    "len",
    "length",
    "less",
    "link",
    "mask",
    "mopdl",
    "moprc",
    "mpls",
    "multicast",
    "net",
    "netbeui",
    "not",
    "or",
    "pim",
    "port",
    "portrange",
    "pppoed",
    "pppoes",
    "proto",
    "protochain",
    "rarp",
    "sca",
    "sctp",
    "src",
    "stp",
    "tcp",
    "tcp-ack",
    "tcp-cwr",
    "tcp-ece",
    "tcp-fin",
    "tcp-push",
    "tcp-rst",
    "tcp-syn",
    "tcp-urg",
    "tcpflags",
    "udp",
    "vlan",
    "vrrp",
};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWordCharacter(char c) {
  return IsLetter(c) || IsDigit(c) || c == '.' || c == ':' || c == '-';
}

bool IsHexDigits(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF.:-") == std::string_view::npos;
}

bool IsKnown(std::string_view word) {
  if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) return true;
  // Numbers, and addresses of all kinds: fe80::1, 02:00:00:00:00:0a, 10.0.0.1.
  const bool has_colon = word.find(':') != std::string_view::npos;
  if (IsDigit(word.front()) && !has_colon) {
    const size_t letters = word.find_first_not_of("0123456789.");
    if (letters == std::string_view::npos) return true;
    return word.substr(0, 2) == "0x" || word.substr(0, 2) == "0X" || word.find('-') < letters + 1;
  }
  return has_colon && IsHexDigits(word);
}

}  // namespace

std::optional<std::string> FindForeignWord(std::string_view filter) {
  size_t i = 0;
  while (i < filter.size()) {
    if (!IsWordCharacter(filter[i]) || filter[i] == '-' || filter[i] == '.') {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < filter.size() && IsWordCharacter(filter[end])) ++end;
    std::string_view word = filter.substr(i, end - i);
    i = end;
    while (!word.empty() && word.back() == '-') word.remove_suffix(1);  // The operator.
    // A lone colon is that of a slice: ip6[6:1].
    if (word.find_first_not_of(':') == std::string_view::npos || IsKnown(word)) continue;
    return std::string(word);
  }
  return std::nullopt;
}

std::string ForeignWordHint(std::string_view word) {
  const std::vector<std::string> words(std::begin(kWords), std::end(kWords));
  const std::string near = DidYouMean(word, words);
  return near.empty() ? "; names are not looked up, so write an address or a number" : near;
}

}  // namespace dualsim::sim
