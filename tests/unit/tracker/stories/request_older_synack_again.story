# A request of the tables sends its SYN-ACK again. That is not its begin.
tier tracepoint
5 existing #1 0.0.0.0:9502 q=1:0/2/1 state=LISTEN
    socket listener#1 0.0.0.0:9502 state=LISTEN accept_queue=0 backlog=2 syn_queue=1 drops_total=0 preexisting=true
5 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV of=1
    socket server#7@1 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV role_basis=listener preexisting=true
5 walked
6 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
6 again #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 attempt=3
    retransmit server#7@1 10.0.0.1:9502<10.0.0.2:4000 role_basis=listener what=synack attempt=3 client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
6.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=1.0 retrans=3 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 client_isn=100 server_isn=200 synack_retrans=3 queued=true accept_queue=1 backlog=2 syn_queue=0
6.1 enqueue #7 sk=70 q=1:1/2/0
# this one not even the tables had
7 again #8 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 q=1:1/2/1 attempt=1
    retransmit server#8@1 10.0.0.1:9502<10.0.0.2:4001 what=synack attempt=1 client_isn=100 server_isn=200 accept_queue=1 backlog=2 syn_queue=1
7 end
    summary accepts=0 connections=1 preexisting_connections=1 never_accepted=0 still_queued=1 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=0 drops=0 handshake=0 accept_wait=0
