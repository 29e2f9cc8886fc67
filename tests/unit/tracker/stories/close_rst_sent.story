# SO_LINGER 0: CLOSE first, the RST follows; and unread data at close(). The RST of a third is not seen: its close line waits.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.2 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
11 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=900ms
11.00001 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent reason=abort_on_linger
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=abort_on_linger kernel_reason=TCP_ABORT_ON_LINGER
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_sent client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
12 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
12.1 enqueue #8 sk=80 q=1:1/2/0
12.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12.2 accept #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:0/2/0 by=50/srv called=12.2 fd=5
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
13 state #8 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4001 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=900ms
13.1 closed #8 CLOSE_WAIT>CLOSE 10.0.0.1:9502<10.0.0.2:4001 +peer_fin +owned pid=50 in=5
    state CLOSE_WAIT->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms
13.10001 reset #8 10.0.0.1:9502<10.0.0.2:4001 +sent reason=abort_on_close
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] dir=sent reset_reason=abort_on_close kernel_reason=TCP_ABORT_ON_CLOSE
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=rst_sent client_isn=8 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1100ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms CLOSE_WAIT:100ms} bytes_in=5 bytes_out=0 retrans=0
14 syn #9 10.0.0.1:9502<10.0.0.2:4002 isn=9/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=syn client_isn=9 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
14.1 enqueue #9 sk=90 q=1:1/2/0
14.1 est #9 sk=90 10.0.0.1:9502<10.0.0.2:4002 isn=9/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=100ms basis=syn client_isn=9 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
14.2 accept #9 sk=90 10.0.0.1:9502<10.0.0.2:4002 q=1:0/2/0 by=50/srv called=14.2 fd=5
    accept server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=2
15 closed #9 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4002 +owned pid=50
    state ESTABLISHED->CLOSE server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=900ms
15.05 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=3 accepts=3 completed_per_s=0 accepted_per_s=0 handshake=3:100ms/100ms accept_wait=3:100ms/100ms handshake_buckets=3 accept_wait_buckets=3 verdict=app_slow advice="connections wait 100 ms for accept(): the program calls it too late, a longer queue only hides it"
15.11 tick
    close server#9@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] close_reason=unknown client_isn=9 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=1000ms states_ns={ESTABLISHED:900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
# emitted once
15.3 tick
16 end
    summary accepts=3 connections=3 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=3 accepted=3 drops=0 handshake=3:100ms/100ms/100ms/100ms accept_wait=3:100ms/100ms/100ms/100ms
