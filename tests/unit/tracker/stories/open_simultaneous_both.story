# Two sockets of this machine connect to each other: two clients, one connection.
1 connect #8 10.0.0.1:5001<10.0.0.1:5002 by=60/one
    state CLOSE->SYN_SENT client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one]
2 connect #9 10.0.0.1:5002<10.0.0.1:5001 by=61/two
    state CLOSE->SYN_SENT client#9 10.0.0.1:5002<10.0.0.1:5001 [61/two]
2.1 state #8 SYN_SENT>SYN_RECV 10.0.0.1:5001<10.0.0.1:5002
    state SYN_SENT->SYN_RECV client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] in_old_ns=1100ms
2.2 est #9 SYN_SENT>ESTABLISHED 10.0.0.1:5002<10.0.0.1:5001 isn=2/1
    state SYN_SENT->ESTABLISHED client#9 10.0.0.1:5002<10.0.0.1:5001 [61/two] in_old_ns=200ms client_isn=2 server_isn=1 connect_ns=200ms
2.3 est #8 SYN_RECV>ESTABLISHED 10.0.0.1:5001<10.0.0.1:5002 isn=2/1
    state SYN_RECV->ESTABLISHED client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] in_old_ns=200ms client_isn=1 server_isn=2 connect_ns=1300ms
3 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
