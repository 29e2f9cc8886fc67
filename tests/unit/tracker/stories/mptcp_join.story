# A subflow that joins an MPTCP connection is never in the accept queue: no enqueue follows.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/srv +mptcp
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=5 syn_queue=0 mptcp=true
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/5/1 +mptcp
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=5 syn_queue=1 mptcp=true
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/5 +mptcp
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0 mptcp=true
2.1001 enqueue #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/5/0
2.2 syn #8 10.0.0.1:9502<10.0.0.3:4001 isn=8/300 q=1:1/5/1 +mptcp
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.3:4001 [50/srv] basis=syn client_isn=8 server_isn=300 accept_queue=1 backlog=5 syn_queue=1 mptcp=true
2.3 est #8 sk=80 10.0.0.1:9502<10.0.0.3:4001 isn=8/300 copy=1/5 +mptcp
2.5 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/5/0 by=50/srv called=2 fd=5
    (at 2300ms) state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.3:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=300 handshake_ns=100ms synack_retrans=0 accept_queue=1 backlog=5 syn_queue=0 mptcp=true
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=400ms call_ns=500ms completed_before_accept=false accept_queue=0 backlog=5 mptcp=true
