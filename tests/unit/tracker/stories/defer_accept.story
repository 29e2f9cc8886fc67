# TCP_DEFER_ACCEPT: the handshake may last until the client sends data, and the line says that the listener defers.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack +defers
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.7 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.7 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=700ms basis=synack client_isn=100 server_isn=200 handshake_ns=700ms synack_retrans=0 defer_accept=true queued=true accept_queue=1 backlog=2 syn_queue=0
# the option is taken off: of the next connection nothing is said
11 syn 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 q=1:1/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=synack client_isn=101 server_isn=201 accept_queue=1 backlog=2 syn_queue=1
11.7 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 srtt=0.7 copy=1/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=700ms basis=synack client_isn=101 server_isn=201 handshake_ns=700ms synack_retrans=0 queued=true accept_queue=2 backlog=2 syn_queue=0
