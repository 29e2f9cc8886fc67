# IPv6; a v4-mapped peer of a dual-stack listener is IPv4.
1 listen #1 [::]:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 [::]:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 syn #7 [2001:db8::1]:9502<[2001:db8::2]:4000 isn=1/2 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 [2001:db8::1]:9502<[2001:db8::2]:4000 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
2.1 enqueue #7 sk=70 q=1:1/2/0
2.1 est #7 sk=70 [2001:db8::1]:9502<[2001:db8::2]:4000 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 [2001:db8::1]:9502<[2001:db8::2]:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
3 syn #8 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
3.1 enqueue #8 sk=80 q=1:2/2/0
3.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=1/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
