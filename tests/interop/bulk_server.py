"""bulk_server.py ADDRESS: takes what our bulk sends, and answers as our bulk-server does."""

import sys

import kernel_tcp

with kernel_tcp.listen(sys.argv[1], 5001) as listener:
  print('listening', flush=True)
  while True:
    kernel_tcp.serve_bulk(listener)
