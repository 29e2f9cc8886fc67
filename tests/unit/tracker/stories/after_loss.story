# Facts were lost. The tables are looked up again, and what differs is put right, without a duration: nobody saw when.
tier exact
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
1 listen #2 0.0.0.0:9503 q=2:0/2/0 by=51/other asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#2 0.0.0.0:9503 [51/other] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
2 walked
# one that is accepted, one that waits, one that is half open
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv called=10.15 fd=5 q=1:0/2/0
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=50ms completed_before_accept=true accept_queue=0 backlog=2
11 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=101 server_isn=201 accept_queue=0 backlog=2 syn_queue=1
11.1 enqueue #8 sk=80 q=1:1/2/0
11.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=101 server_isn=201 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=102/202 q=1:1/2/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=syn client_isn=102 server_isn=202 accept_queue=1 backlog=2 syn_queue=1
20 lost count=9 of=0
    lost count=9 lost_at=ringbuf total=9
# the first is in CLOSE_WAIT, the second has gone, the third is established, a fourth was never seen, and the other listener has gone
22 existing #7 10.0.0.1:9502<10.0.0.2:4000 state=CLOSE_WAIT +again
    verify server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] difference="corrected after a loss: ESTABLISHED to CLOSE_WAIT"
22 existing #8 10.0.0.1:9502<10.0.0.2:4001 state=CLOSE +again
    verify server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] difference="corrected after a loss: ESTABLISHED to CLOSE"
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=unknown client_isn=101 server_isn=201 handshake_ns=100ms states_ns={SYN_RECV:100ms}
22 existing #9 10.0.0.1:9502<10.0.0.2:4002 state=ESTABLISHED +again
    verify server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] difference="corrected after a loss: SYN_RECV to ESTABLISHED"
22 existing #10 10.0.0.1:9502<10.0.0.2:4003 state=ESTABLISHED +again
    verify server#10@1 10.0.0.1:9502<10.0.0.2:4003 role_basis=listener difference="corrected after a loss: it is in ESTABLISHED, and was not known"
22 existing 10.0.0.1:9502<10.0.0.2:4005 state=SYN_RECV +again
22 existing #2 0.0.0.0:9503 state=CLOSE +again
    state LISTEN->CLOSE listener#2 0.0.0.0:9503 [51/other] accept_queue=0 backlog=2 syn_queue=0
# a difference that --verify has told, without a loss, needs no second line
22.5 existing #13 10.0.0.1:9502<10.0.0.2:4006 state=ESTABLISHED +again
    verify server#13@1 10.0.0.1:9502<10.0.0.2:4006 role_basis=listener difference="corrected after a loss: it is in ESTABLISHED, and was not known"
22.6 existing #13 10.0.0.1:9502<10.0.0.2:4006 state=FIN_WAIT1 +again +told
# what nobody knows is gone already
22 existing #11 10.0.0.1:9502<10.0.0.2:4004 state=CLOSE +again
# from here on they are followed
30 state #7 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4000
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv]
30.1 closed #7 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_passive client_isn=100 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true states_ns={SYN_RECV:100ms LAST_ACK:100ms} bytes_in=0 bytes_out=0 retrans=0
31 state #10 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4003
    state ESTABLISHED->CLOSE_WAIT server#10@1 10.0.0.1:9502<10.0.0.2:4003 role_basis=listener
32 closed #9 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4002 err=ECONNRESET
    state ESTABLISHED->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] errno=ECONNRESET reason=rst_received
    close server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=102 server_isn=202 bytes_in=0 bytes_out=0 retrans=0
32.1 enqueue #12 sk=120 q=1:1/2/0
32.1 est #12 sk=120 10.0.0.1:9502<10.0.0.2:4005 isn=5/6 copy=0/2
    state SYN_RECV->ESTABLISHED server#12@1 10.0.0.1:9502<10.0.0.2:4005 [50/srv] client_isn=5 server_isn=6 synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
33 end
    summary accepts=1 stuck_close_wait=1 stuck_close_wait_ns=2000ms connections=3 preexisting_connections=0 connections_doubtful=3 never_accepted=0 still_queued=1 drops_by_reason={} lost=9
        #1 port=9502 completed=3 accepted=1 drops=0 handshake=2:100ms/100ms/100ms/100ms accept_wait=1:100ms/100ms/100ms/100ms
