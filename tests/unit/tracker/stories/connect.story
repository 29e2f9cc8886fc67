# Refused, then the same socket connects again, and again before the first has got its close line.
1 connect #7 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#7 10.0.0.1<10.0.0.3:80 [60/cl]
1.01 closed #7 SYN_SENT>CLOSE 10.0.0.1:5000<10.0.0.3:80 err=ECONNREFUSED
    state SYN_SENT->CLOSE client#7 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=ECONNREFUSED reason=rst_received in_old_ns=10ms
    close client#7 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=ECONNREFUSED close_reason=refused life_ns=10ms states_ns={SYN_SENT:10ms} bytes_in=0 bytes_out=0 retrans=0
2 connect #7 10.0.0.1:0<10.0.0.3:81 by=60/cl
    state CLOSE->SYN_SENT client#7 10.0.0.1<10.0.0.3:81 [60/cl]
2.1 est #7 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:81 isn=1/2
    state SYN_SENT->ESTABLISHED client#7 10.0.0.1:5000<10.0.0.3:81 [60/cl] in_old_ns=100ms client_isn=1 server_isn=2 connect_ns=100ms
3 closed #7 ESTABLISHED>CLOSE 10.0.0.1:5000<10.0.0.3:81 +owned pid=60
    state ESTABLISHED->CLOSE client#7 10.0.0.1:5000<10.0.0.3:81 [60/cl] in_old_ns=900ms
3.01 connect #7 10.0.0.1:0<10.0.0.3:82 by=60/cl
    close client#7 10.0.0.1:5000<10.0.0.3:81 [60/cl] close_reason=unknown client_isn=1 server_isn=2 connect_ns=100ms life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_SENT:100ms} bytes_in=0 bytes_out=0 retrans=0
    state CLOSE->SYN_SENT client#7 10.0.0.1<10.0.0.3:82 [60/cl]
3.02 closed #7 SYN_SENT>CLOSE 10.0.0.1:5000<10.0.0.3:82 err=ECONNREFUSED
    state SYN_SENT->CLOSE client#7 10.0.0.1:5000<10.0.0.3:82 [60/cl] errno=ECONNREFUSED reason=rst_received in_old_ns=10ms
    close client#7 10.0.0.1:5000<10.0.0.3:82 [60/cl] errno=ECONNREFUSED close_reason=refused life_ns=10ms states_ns={SYN_SENT:10ms} bytes_in=0 bytes_out=0 retrans=0
# simultaneous open: both send a SYN
4 connect #8 10.0.0.1:5001<10.0.0.3:5002 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1:5001<10.0.0.3:5002 [60/cl]
4.1 state #8 SYN_SENT>SYN_RECV 10.0.0.1:5001<10.0.0.3:5002
    state SYN_SENT->SYN_RECV client#8 10.0.0.1:5001<10.0.0.3:5002 [60/cl] in_old_ns=100ms
4.2 est #8 SYN_RECV>ESTABLISHED 10.0.0.1:5001<10.0.0.3:5002 isn=2/1
    state SYN_RECV->ESTABLISHED client#8 10.0.0.1:5001<10.0.0.3:5002 [60/cl] in_old_ns=100ms client_isn=1 server_isn=2 connect_ns=200ms
4.200001 est #8 SYN_RECV>ESTABLISHED 10.0.0.1:5001<10.0.0.3:5002 isn=2/1 +recovered
# older than us
5 est #9 SYN_SENT>ESTABLISHED 10.0.0.1:5003<10.0.0.3:83 isn=1/2
    state SYN_SENT->ESTABLISHED client#9 10.0.0.1:5003<10.0.0.3:83 client_isn=1 server_isn=2
6 end
    summary accepts=0 connections=4 preexisting_connections=1 never_established=2 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
