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
# Until ESTABLISHED, by both lines.
2.5 state #8 10.0.0.1:5001<10.0.0.1:5002 ESTABLISHED>FIN_WAIT1 +owned pid=60
    state ESTABLISHED->FIN_WAIT1 client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] in_old_ns=200ms
2.6 state #8 10.0.0.1:5001<10.0.0.1:5002 FIN_WAIT1>CLOSING
    state FIN_WAIT1->CLOSING client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] in_old_ns=100ms
2.7 closed #8 10.0.0.1:5001<10.0.0.1:5002 CLOSING>CLOSE +peer_fin +fin_sent
    state CLOSING->CLOSE client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] in_old_ns=100ms
    close client#8 10.0.0.1:5001<10.0.0.1:5002 [60/one] close_reason=fin_simultaneous client_isn=1 server_isn=2 connect_ns=1300ms life_ns=1700ms states_ns={ESTABLISHED:200ms SYN_SENT:1100ms SYN_RECV:200ms FIN_WAIT1:100ms CLOSING:100ms} bytes_in=0 bytes_out=0 retrans=0
3 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
