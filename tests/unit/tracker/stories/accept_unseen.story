# An accept() that no hook sees (a 32-bit program, the kernel itself, a lost fact): the length of the queue and who holds the socket show it.
1 listen #1 0.0.0.0:9502 q=1:0/9/0 by=50/srv asked=9 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=9 backlog_asked=9 somaxconn=4096 syn_queue=0
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/9/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=9 syn_queue=1
2.1 enqueue #7 sk=70 q=1:1/9/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/9
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=9 syn_queue=0
2.2 existing #1 0.0.0.0:9502 q=1:0/9/0 state=LISTEN by=50/srv fd=3 inode=9
3 tick
3.2 existing #1 0.0.0.0:9502 q=1:0/9/0 state=LISTEN by=50/srv fd=3 inode=9
4.3 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=9 accept_queue_limit=10 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=1 accepts=1 accepts_unseen=1 completed_per_s=0 accepted_per_s=0 handshake=1:100ms/100ms handshake_buckets=1 accept_wait_buckets=0 verdict=ok
5 state #7 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=2900ms
5.5 state #7 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4000
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=500ms
6 closed #7 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4000
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=500ms
7 tick
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_passive client_isn=7 server_isn=200 handshake_ns=100ms life_ns=4000ms states_ns={ESTABLISHED:2900ms SYN_RECV:100ms CLOSE_WAIT:500ms LAST_ACK:500ms} bytes_in=0 bytes_out=0 retrans=0
8 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/300 q=1:0/9/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=300 accept_queue=0 backlog=9 syn_queue=1
8.1 enqueue #8 sk=80 q=1:1/9/0
8.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/300 copy=0/9
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=300 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=9 syn_queue=0
9 closed #8 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4001 +socket
    state ESTABLISHED->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=900ms
9.2 tick
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=unknown client_isn=8 server_isn=300 handshake_ns=100ms life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
9.3 tick
10 end
    summary accepts=2 accepts_unseen=2 connections=2 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=2 accepted=2 drops=0 handshake=2:100ms/100ms/100ms/100ms accept_wait=0
