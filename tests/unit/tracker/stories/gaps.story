# Transitions are missing, or impossible: that is reported, and the times around them are left out.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4000
    verify server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] difference="a transition is missing: ESTABLISHED to CLOSE_WAIT"
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv]
12 closed #7 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=1000ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_passive client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true states_ns={SYN_RECV:100ms LAST_ACK:1000ms} bytes_in=0 bytes_out=0 retrans=0
20 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
20.1 enqueue #8 sk=80 q=1:1/2/0
20.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
21 state #8 ESTABLISHED>TIME_WAIT 10.0.0.1:9502<10.0.0.2:4001
    verify server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] difference="not a legal transition: ESTABLISHED to TIME_WAIT"
    state ESTABLISHED->TIME_WAIT server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=900ms
# a fact out of order
20.5 state #8 TIME_WAIT>CLOSING 10.0.0.1:9502<10.0.0.2:4001
    late verify server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] difference="not a legal transition: TIME_WAIT to CLOSING"
    late state TIME_WAIT->CLOSING server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv]
# FIN_WAIT1 to FIN_WAIT1 changes nothing
22 state #8 CLOSING>CLOSING 10.0.0.1:9502<10.0.0.2:4001
# of no family of facts that we know: a child that came to nothing
23 closed #99 SYN_RECV>CLOSE 10.0.0.1:9502<0.0.0.0:0
# a simultaneous open whose SYN_RECV was lost: how long connect() took is not known
30 connect #10 10.0.0.1:5001<10.0.0.3:5002 by=60/cl
    state CLOSE->SYN_SENT client#10 10.0.0.1:5001<10.0.0.3:5002 [60/cl]
30.2 est #10 SYN_RECV>ESTABLISHED 10.0.0.1:5001<10.0.0.3:5002 isn=2/1
    verify client#10 10.0.0.1:5001<10.0.0.3:5002 [60/cl] difference="a transition is missing: SYN_SENT to SYN_RECV"
    state SYN_RECV->ESTABLISHED client#10 10.0.0.1:5001<10.0.0.3:5002 [60/cl] client_isn=1 server_isn=2
