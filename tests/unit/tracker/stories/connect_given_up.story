# connect() is given up by close(); another finds no local port and sends nothing.
1 connect #7 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#7 10.0.0.1<10.0.0.3:80 [60/cl]
4 closed #7 SYN_SENT>CLOSE 10.0.0.1:5000<10.0.0.3:80 +owned pid=60
    state SYN_SENT->CLOSE client#7 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=3000ms
    close client#7 10.0.0.1:5000<10.0.0.3:80 [60/cl] close_reason=closed_connecting life_ns=3000ms states_ns={SYN_SENT:3000ms} bytes_in=0 bytes_out=0 retrans=0
5 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80 [60/cl]
5.00001 closed #8 SYN_SENT>CLOSE 10.0.0.1:0<10.0.0.3:80 +owned pid=60
    state SYN_SENT->CLOSE client#8 10.0.0.1<10.0.0.3:80 [60/cl] errno=EADDRNOTAVAIL reason=no_local_port in_old_ns=0.01ms
    close client#8 10.0.0.1<10.0.0.3:80 [60/cl] errno=EADDRNOTAVAIL close_reason=no_local_port life_ns=0.01ms states_ns={SYN_SENT:0.01ms} bytes_in=0 bytes_out=0 retrans=0
# its port is bound already, and connects to that peer: nothing was sent either
5.1 connect #9 10.0.0.1:5000<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl]
5.10001 closed #9 SYN_SENT>CLOSE 10.0.0.1:5000<10.0.0.3:80 +owned +no_syn pid=60
    state SYN_SENT->CLOSE client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] reason=no_syn_sent in_old_ns=0.01ms
    close client#9 10.0.0.1:5000<10.0.0.3:80 [60/cl] close_reason=no_syn_sent life_ns=0.01ms states_ns={SYN_SENT:0.01ms} bytes_in=0 bytes_out=0 retrans=0
6 end
    summary accepts=0 connections=3 preexisting_connections=0 never_established=3 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
