"""What can't be the same in every world, and why: a pattern of calls, as they stand in the log, and the reason.

Each has to differ: a reason for what is the same is stale.
"""

DIFFERENCES = [
    (r'host\.mtu/IPv6', 'The loopback\'s MTU is the machine\'s: 65,536 on Linux, 65,535 in our stack.'),
    (r'tcp\.from_listeners_port/IPv[46]', 'Linux gives nobody else the port of a listener, nor its own program.'),
    (r'tcp\.listen_where/IPv[46]',
     'Linux lets nobody listen on one address of a port on which somebody listens on all of them.'),
    (r'udp\.send_to_group/IPv6',
     'Our stack has its link-local address beside that of `--ipv6`, and sends from it to a group of the link '
     '(RFC 6724, rule 2); on sockets `--ipv6` is the one address.'),
]
