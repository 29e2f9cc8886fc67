# The same addresses, ports and numbers in two namespaces, cookies not known: never mixed.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/a
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/a] accept_queue=0 backlog=2 syn_queue=0
1 listen #2 0.0.0.0:9502 q=2:0/2/0 by=51/b ns=2
    state CLOSE->LISTEN listener#2 0.0.0.0:9502 ns=2 [51/b] accept_queue=0 backlog=2 syn_queue=0
2 syn 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/a] basis=synack client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
2.1 syn 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 q=2:0/2/1 +synack ns=2
    state LISTEN->SYN_RECV server@2 10.0.0.1:9502<10.0.0.2:4000 ns=2 [51/b] basis=synack client_isn=1 server_isn=2 accept_queue=0 backlog=2 syn_queue=1
2.2 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/2 ns=2
    state SYN_RECV->ESTABLISHED server#8@2 10.0.0.1:9502<10.0.0.2:4000 ns=2 [51/b] in_old_ns=100ms basis=synack client_isn=1 server_isn=2 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
2.3 enqueue #8 sk=80 q=2:1/2/0 ns=2
2.4 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=1/2 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/a] in_old_ns=400ms basis=synack client_isn=1 server_isn=2 handshake_ns=400ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
2.5 enqueue #7 sk=70 q=1:1/2/0
3 drop 10.0.0.1:9502<10.0.0.2:4000 seq=9 reason=accept_queue_full +segment_syn ns=2
    drop server@2 10.0.0.1:9502<10.0.0.2:4000 ns=2 [51/b] count=1 segment=syn drop_reason=accept_queue_full client_isn=9 accept_queue=1 backlog=2 syn_queue=0 drops_total=0
4 accept #8 10.0.0.1:9502<10.0.0.2:4000 by=51/b called=3.9 fd=5 ns=2
    accept server#8@2 10.0.0.1:9502<10.0.0.2:4000 ns=2 [51:51/b] state=ESTABLISHED fd=5 accept_wait_ns=1800ms call_ns=100ms completed_before_accept=true accept_queue=0 backlog=2
