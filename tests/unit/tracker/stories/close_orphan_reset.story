# The program has closed, and data comes: the timewait socket of the orphan answers by a RST. Where its end cannot be seen
# its connection has been told to its end by then: the line says what it was, without its cookie.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=synack client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 enqueue #7 sk=70 q=1:1/2/0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 state #7 ESTABLISHED>FIN_WAIT1 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->FIN_WAIT1 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
11.1 state #7 FIN_WAIT1>FIN_WAIT2 10.0.0.1:9502<10.0.0.2:4000
    state FIN_WAIT1->FIN_WAIT2 server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
11.1 closed #7 FIN_WAIT2>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state FIN_WAIT2->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=0ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_active client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1100ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms FIN_WAIT1:100ms} bytes_in=0 bytes_out=0 retrans=0
12 reset #7 10.0.0.1:9502<10.0.0.2:4000 state=TIME_WAIT reason=timewait +sent
    reset server@1 10.0.0.1:9502<10.0.0.2:4000 dir=sent reset_reason=timewait kernel_reason=TCP_TIMEWAIT_SOCKET
# A timewait socket of a connection that nobody knows; and a repeated fact of one that has ended.
13 reset #8 10.0.0.1:9502<10.0.0.2:4002 state=TIME_WAIT reason=timewait +sent
    reset 10.0.0.1:9502<10.0.0.2:4002 dir=sent reset_reason=timewait kernel_reason=TCP_TIMEWAIT_SOCKET
14 reset #7 10.0.0.1:9502<10.0.0.2:4000 state=CLOSE +sent
20 end
    summary accepts=1 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=1:100ms/100ms/100ms/100ms
