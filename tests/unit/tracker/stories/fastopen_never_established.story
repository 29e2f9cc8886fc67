# Fast open: the server closes before the final ACK; and another, whose listener closes first.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 enqueue sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/2/0 +fastopen
10.01 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 state=SYN_RECV q=1:0/2/0 by=50/srv called=9 fd=5
    (at 10000ms) state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn fastopen=true queued=true accept_queue=1 backlog=2
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=SYN_RECV fd=5 call_ns=1010ms completed_before_accept=false fastopen=true accept_queue=0 backlog=2
10.05 closed #7 sk=70 SYN_RECV>CLOSE 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state SYN_RECV->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=50ms
10.05001 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent reason=abort_on_close
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=abort_on_close kernel_reason=TCP_ABORT_ON_CLOSE
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=rst_sent fastopen=true accepted=true life_ns=50ms states_ns={SYN_RECV:50ms} bytes_in=0 bytes_out=0 retrans=0
11 enqueue sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:1/2/0 +fastopen
12 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=11000ms accept_queue=1 backlog=2 syn_queue=0
12.00001 closed #8 sk=80 SYN_RECV>CLOSE 10.0.0.1:9502<10.0.0.2:4001
    (at 11000ms) late state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn fastopen=true queued=true accept_queue=1 backlog=2
    state SYN_RECV->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] reason=listener_closed in_old_ns=1000.01ms
12.00002 reset #8 10.0.0.1:9502<10.0.0.2:4001 +sent reason=state
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] dir=sent reset_reason=listener_closed kernel_reason=TCP_STATE
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] close_reason=never_accepted fastopen=true accepted=false life_ns=1000.01ms states_ns={SYN_RECV:1000.01ms} bytes_in=0 bytes_out=0 retrans=0
13 end
    summary accepts=1 connections=2 preexisting_connections=0 never_accepted=1 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=1 drops=0 handshake=0 accept_wait=0
