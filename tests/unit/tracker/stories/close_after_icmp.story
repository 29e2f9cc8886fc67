# An ICMP error that was got over still stands in sk_err (IP_RECVERR) when both FINs have passed: no reason for the end.
tier tracepoint
1 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80 [60/cl]
1.1 est #8 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=5/6
    state SYN_SENT->ESTABLISHED client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms client_isn=5 server_isn=6 connect_ns=100ms
4 state #8 ESTABLISHED>FIN_WAIT1 10.0.0.1:5000<10.0.0.3:80
    state ESTABLISHED->FIN_WAIT1 client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=2900ms
4.1 state #8 FIN_WAIT1>FIN_WAIT2 10.0.0.1:5000<10.0.0.3:80
    state FIN_WAIT1->FIN_WAIT2 client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms
4.2 closed #8 FIN_WAIT2>CLOSE 10.0.0.1:5000<10.0.0.3:80 err=EHOSTUNREACH out=10 +peer_fin +fin_sent
    state FIN_WAIT2->TIME_WAIT client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms
    close client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] close_reason=fin_active client_isn=5 server_isn=6 connect_ns=100ms life_ns=3200ms states_ns={ESTABLISHED:2900ms SYN_SENT:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms} bytes_in=0 bytes_out=10 retrans=0
5 end
    summary accepts=0 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
