# The same before the tables have been read: unknown to us but for its last step.
tier tracepoint
5 tick
5.04 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.1 copy=0/2
5.04 enqueue #7 sk=70 q=1:1/2/0
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 in_old_ns=100ms basis=rtt client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
6 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=5.5 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=960ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
