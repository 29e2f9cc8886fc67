# An ICMP error ends a request; another one ends a connection that gave up sending. Neither was reset by anybody.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
13 expired #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/0 attempt=1 +unreachable
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] reason=client_unreachable in_old_ns=3000ms
    drop server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] count=1 drop_reason=client_unreachable client_isn=100 server_isn=200 synack_retrans=0 accept_queue=0 backlog=2 syn_queue=0
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=unreachable client_isn=100 server_isn=200 accepted=false life_ns=3000ms states_ns={SYN_RECV:3000ms}
20 connect #8 10.0.0.1:0<10.0.0.3:80 by=60/cl
    state CLOSE->SYN_SENT client#8 10.0.0.1<10.0.0.3:80 [60/cl]
20.1 est #8 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=5/6
    state SYN_SENT->ESTABLISHED client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] in_old_ns=100ms client_isn=5 server_isn=6 connect_ns=100ms
40 closed #8 ESTABLISHED>CLOSE 10.0.0.1:5000<10.0.0.3:80 err=EHOSTUNREACH out=10 retrans=4
    state ESTABLISHED->CLOSE client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=EHOSTUNREACH reason=unreachable in_old_ns=19900ms
    close client#8 10.0.0.1:5000<10.0.0.3:80 [60/cl] errno=EHOSTUNREACH close_reason=unreachable client_isn=5 server_isn=6 connect_ns=100ms life_ns=20000ms states_ns={ESTABLISHED:19900ms SYN_SENT:100ms} bytes_in=0 bytes_out=10 retrans=4
41 end
    summary accepts=0 connections=2 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={client_unreachable:1} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
