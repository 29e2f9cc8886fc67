# We close first: FIN_WAIT1, FIN_WAIT2, TIME_WAIT and its end.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
11.1 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000 +fin_sent
    state FIN_WAIT1->FIN_WAIT2 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
11.2 timewait #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
11.2 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +peer_fin +fin_sent in=1 out=2
    state FIN_WAIT2->TIME_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
71.2 timewait_end #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
    state TIME_WAIT->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=60000ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_active client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=61200ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms TIME_WAIT:60000ms} bytes_in=1 bytes_out=2 retrans=0
71.2 timewait_end #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT
# the next one has not ended when the stream does
80 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
80.1 enqueue #8 sk=80 q=1:1/2/0
80.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
80.2 accept #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:0/2/0 by=50/srv called=80.2 fd=5
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
81 state #8 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4001
    state ESTABLISHED->FIN_WAIT1 server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=900ms
81.1 state #8 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4001
    state FIN_WAIT1->FIN_WAIT2 server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms
81.2 timewait #8 10.0.0.1:9502<10.0.0.2:4001 state=TIME_WAIT
81.2 closed #8 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4001 +peer_fin
    state FIN_WAIT2->TIME_WAIT server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms
# and this one finds no room for a timewait socket
82 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=9/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=syn client_isn=9 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
82.1 enqueue #9 sk=90 q=1:1/2/0
82.1 est #9 sk=90 10.0.0.1:9502<10.0.0.2:4002 isn=9/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=100ms basis=syn client_isn=9 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
82.2 accept #9 sk=90 10.0.0.1:9502<10.0.0.2:4002 q=1:0/2/0 by=50/srv called=82.2 fd=5
    accept server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
83 state #9 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4002
    state ESTABLISHED->FIN_WAIT1 server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=900ms
83.1 state #9 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4002
    state FIN_WAIT1->FIN_WAIT2 server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=100ms
83.2 closed #9 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4002 +peer_fin
    state FIN_WAIT2->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=100ms
    close server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] close_reason=fin_active client_isn=9 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1200ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms} bytes_in=0 bytes_out=0 retrans=0
84 end
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=fin_active client_isn=8 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms FIN_WAIT2:100ms} bytes_in=0 bytes_out=0 retrans=0
    summary accepts=3 connections=3 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=3 accepted=3 drops=0 handshake=3:100ms/100ms/100ms/100ms accept_wait=3:100ms/100ms/100ms/100ms
