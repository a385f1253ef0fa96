#include "sim/record/database_schema.h"

namespace dualsim::sim {

const char kDatabaseSchema[] = R"sql(
CREATE TABLE run (             -- one row
  scenario TEXT NOT NULL,
  seed     NOT NULL,           -- an integer; from 2^63 on, where SQLite has none, its digits
  end      INTEGER NOT NULL,   -- how far it came; this and all times: nanoseconds since its start
  events   INTEGER NOT NULL,   -- of the simulation
  frames   INTEGER NOT NULL,   -- handed to links
  verdict  TEXT NOT NULL       -- HELD, FAILED or UNDECIDED
);
CREATE TABLE link (
  name TEXT NOT NULL
);
CREATE TABLE node (
  name      TEXT NOT NULL,
  is_router INTEGER NOT NULL   -- this and all flags: 0 or 1
);
CREATE TABLE interface (
  node TEXT NOT NULL,
  name TEXT NOT NULL,
  link TEXT NOT NULL           -- where it is attached
);
CREATE TABLE frame (           -- as it was handed to a link; once, however many receive it
  number    INTEGER PRIMARY KEY,  -- counted from 1, as the packets of the pcapng file
  time      INTEGER NOT NULL,
  link      TEXT NOT NULL,
  sender    TEXT,              -- the node; NULL: the scenario put it on the link
  interface TEXT,              -- the sender's
  size      INTEGER NOT NULL,  -- bytes, from the Ethernet header
  packet    TEXT NOT NULL,     -- what it is, as in trace.txt
  note      TEXT NOT NULL,     -- what else there is to say: "DAD probe for ...; conflict: ..."
  injected  INTEGER NOT NULL,  -- made by the scenario, not by a stack
  lost      TEXT,              -- the reason why nobody gets it, or NULL
  duplicated INTEGER NOT NULL,
  corrupted INTEGER NOT NULL,
  reordered INTEGER NOT NULL
);
CREATE TABLE lifecycle (
  time   INTEGER NOT NULL,
  node   TEXT NOT NULL,
  change TEXT NOT NULL         -- BOOT, SHUT_DOWN or CRASH
);
CREATE TABLE address (         -- a row for each change
  time            INTEGER NOT NULL,
  node            TEXT NOT NULL,
  interface       TEXT NOT NULL,
  address         TEXT NOT NULL,
  prefix_length   INTEGER NOT NULL,
  state           TEXT NOT NULL,    -- TENTATIVE, PREFERRED, DEPRECATED, DUPLICATE, REMOVED or OPTIMISTIC
  origin          TEXT NOT NULL,    -- LINK_LOCAL, STATIC, AUTOCONFIGURED, TEMPORARY or DHCP
  preferred_until INTEGER,          -- NULL: for ever; so in all columns that end in "until"
  valid_until     INTEGER
);
CREATE TABLE neighbor (        -- a row for each change of the neighbor cache
  time      INTEGER NOT NULL,
  node      TEXT NOT NULL,
  interface TEXT NOT NULL,
  address   TEXT NOT NULL,
  state     TEXT NOT NULL,     -- NONE (no entry), INCOMPLETE, REACHABLE, STALE, DELAY or PROBE
  mac       TEXT,              -- NULL where it is not known
  is_router INTEGER NOT NULL
);
CREATE TABLE default_router (  -- a row for each change of the default router list
  time      INTEGER NOT NULL,
  node      TEXT NOT NULL,
  interface TEXT NOT NULL,
  router    TEXT NOT NULL,
  present   INTEGER NOT NULL,
  until     INTEGER
);
CREATE TABLE resolver (        -- a row for each change of what routers advertise for resolvers
  time      INTEGER NOT NULL,
  node      TEXT NOT NULL,
  interface TEXT NOT NULL,
  kind      TEXT NOT NULL,     -- DNS server, search domain or NAT64 prefix
  value     TEXT NOT NULL,
  present   INTEGER NOT NULL,
  until     INTEGER
);
CREATE TABLE prefix (          -- a row for each change of the list of on-link prefixes
  time      INTEGER NOT NULL,
  node      TEXT NOT NULL,
  interface TEXT NOT NULL,
  prefix    TEXT NOT NULL,
  present   INTEGER NOT NULL,
  until     INTEGER
);
CREATE TABLE route (           -- a row for each change
  time      INTEGER NOT NULL,
  node      TEXT NOT NULL,
  interface TEXT NOT NULL,
  prefix    TEXT NOT NULL,
  next_hop  TEXT,              -- NULL: on link
  present   INTEGER NOT NULL
);
CREATE TABLE echo (            -- answers to echo requests
  time       INTEGER NOT NULL,
  node       TEXT NOT NULL,    -- that asked
  identifier INTEGER NOT NULL,
  sequence   INTEGER NOT NULL,
  source     TEXT NOT NULL,    -- of the answer
  error_type INTEGER,          -- of the ICMPv6 error; NULL: a reply
  error_code INTEGER,
  data_size  INTEGER NOT NULL
);
CREATE TABLE "drop" (          -- packets that went no further, by place and reason
  time      INTEGER NOT NULL,
  reason    TEXT NOT NULL,     -- docs/record.md says where the reasons are listed
  link      TEXT,              -- the link that lost it; NULL: a node dropped it
  node      TEXT,              -- the node that dropped it, or missed it; NULL: nobody got it
  interface TEXT,              -- that node's; NULL where a link lost it
  frame     INTEGER,           -- its number, where the link lost it at once
  packet    TEXT NOT NULL
);
CREATE TABLE connection (      -- a row for each state that a TCP connection comes into
  time        INTEGER NOT NULL,
  node        TEXT NOT NULL,
  local       TEXT NOT NULL,   -- its address
  local_port  INTEGER NOT NULL,
  remote      TEXT NOT NULL,
  remote_port INTEGER NOT NULL,
  previous    TEXT NOT NULL,   -- the state before; CLOSED: it begins
  state       TEXT NOT NULL,   -- as RFC 9293 writes it: "SYN-SENT"; CLOSED: it is over
  error       TEXT             -- why, where it ended badly
);
CREATE TABLE retransmission (  -- a row for each segment that was sent again
  time        INTEGER NOT NULL,
  node        TEXT NOT NULL,
  local       TEXT NOT NULL,
  local_port  INTEGER NOT NULL,
  remote      TEXT NOT NULL,
  remote_port INTEGER NOT NULL,
  sequence    INTEGER NOT NULL,  -- number
  size        INTEGER NOT NULL,
  timeouts    INTEGER NOT NULL   -- without an answer so far; 0: sent again before one
);
CREATE TABLE path (            -- what connections learn of their paths, where a node's tcp says
  time        INTEGER NOT NULL,   -- `record_paths: true`
  node        TEXT NOT NULL,
  local       TEXT NOT NULL,
  local_port  INTEGER NOT NULL,
  remote      TEXT NOT NULL,
  remote_port INTEGER NOT NULL,
  rtt         INTEGER,           -- a round trip that was measured, what it makes of the
  srtt        INTEGER,           -- smoothed one, and of the retransmission timeout (RFC 6298);
  rto         INTEGER,           -- or NULL, and
  cwnd        INTEGER,           -- the congestion window and its threshold, in bytes
  ssthresh    INTEGER
);
CREATE TABLE application (     -- programs, as they begin and end
  time    INTEGER NOT NULL,
  node    TEXT NOT NULL,
  name    TEXT NOT NULL,
  running INTEGER NOT NULL
);
CREATE TABLE log (
  time        INTEGER NOT NULL,
  node        TEXT NOT NULL,
  text        TEXT NOT NULL,
  application TEXT             -- whose line it is; NULL: the stack's own
);
CREATE TABLE query (           -- a row for each name that a program had resolved
  time        INTEGER NOT NULL,  -- at which the outcome was known
  node        TEXT NOT NULL,
  application TEXT NOT NULL,   -- that asked
  name        TEXT NOT NULL,   -- with the domain of the search list under which it was asked last
  type        TEXT NOT NULL,   -- "AAAA"
  outcome     TEXT NOT NULL,   -- FOUND, NO_SUCH_NAME, NO_DATA, SERVER_FAILURE, TIMEOUT, NO_SERVER
                               -- or BAD_NAME
  answer      TEXT,            -- with commas between; NULL: none
  cached      INTEGER NOT NULL,  -- no server was asked
  took        INTEGER NOT NULL
);
CREATE TABLE lease (           -- a row for each state that a DHCP client comes into
  time            INTEGER NOT NULL,
  node            TEXT NOT NULL,
  interface       TEXT NOT NULL,
  state           TEXT NOT NULL,  -- as RFC 2131 writes it: "BOUND"; CHECKING: RFC 5227 probes for
                                  -- the address; IPV6-ONLY: RFC 8925
  address         TEXT,        -- this and the following: NULL where there is none
  server          TEXT,
  renewal_until   INTEGER,     -- T1
  rebinding_until INTEGER,     -- T2
  valid_until     INTEGER
);
CREATE TABLE action (          -- what the timeline did
  time INTEGER NOT NULL,
  text TEXT NOT NULL
);
CREATE TABLE expectation (
  number  INTEGER PRIMARY KEY, -- counted from 1, in the order of the scenario
  name    TEXT NOT NULL,       -- '' where it has none
  text    TEXT NOT NULL,
  verdict TEXT NOT NULL,       -- HELD, FAILED or UNDECIDED
  decided INTEGER NOT NULL,    -- when it was known
  seen    TEXT NOT NULL,       -- where it failed: what was true instead,
  since   INTEGER              -- and since when
);
)sql";

const char kDatabaseIndices[] = R"sql(
CREATE INDEX frame_by_link ON frame (link, time);
CREATE INDEX frame_by_sender ON frame (sender, time);
CREATE INDEX address_by_node ON address (node, address, time);
CREATE INDEX neighbor_by_node ON neighbor (node, address, time);
CREATE INDEX default_router_by_node ON default_router (node, time);
CREATE INDEX prefix_by_node ON prefix (node, prefix, time);
CREATE INDEX route_by_node ON route (node, prefix, time);
CREATE INDEX echo_by_node ON echo (node, identifier, sequence);
CREATE INDEX connection_by_node ON connection (node, local_port, time);
CREATE INDEX lease_by_node ON lease (node, time);
CREATE INDEX query_by_node ON query (node, name, time);
CREATE INDEX drop_by_reason ON "drop" (reason, time);
CREATE INDEX drop_by_node ON "drop" (node, time);
)sql";

}  // namespace dualsim::sim
