# ss -K: a process that holds none of them ends connections, and is no owner. One has been accepted, one waits, one connects.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/srv asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
2 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/5/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
2.1 enqueue #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/5/0
2.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/5
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0
2.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/5/0 by=50/srv called=2 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=5
3 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 q=1:0/5/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=8 server_isn=200 accept_queue=0 backlog=5 syn_queue=1
3.1 enqueue #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 q=1:1/5/0
3.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=8/200 copy=0/5
    state SYN_RECV->ESTABLISHED server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=syn client_isn=8 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=5 syn_queue=0
4 connect #9 10.0.0.1:5001<10.0.0.2:5002 by=60/one
    state CLOSE->SYN_SENT client#9 10.0.0.1:5001<10.0.0.2:5002 [60/one]
5 process by=70/ss
5 reset #7 10.0.0.1:9502<10.0.0.2:4000 +sent +owned pid=70 reason=state
    reset server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] dir=sent reset_reason=state kernel_reason=TCP_STATE
5 closed #7 10.0.0.1:9502<10.0.0.2:4000 ESTABLISHED>CLOSE +owned pid=70 err=ECONNABORTED
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNABORTED reason=rst_sent in_old_ns=2900ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNABORTED close_reason=rst_sent client_isn=7 server_isn=200 handshake_ns=100ms accept_wait_ns=100ms accepted=true life_ns=3000ms states_ns={ESTABLISHED:2900ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
5.1 reset #8 10.0.0.1:9502<10.0.0.2:4001 +sent +owned pid=70 reason=state
    reset server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] dir=sent reset_reason=state kernel_reason=TCP_STATE
5.1 closed #8 10.0.0.1:9502<10.0.0.2:4001 ESTABLISHED>CLOSE +owned pid=70 err=ECONNABORTED
    state ESTABLISHED->CLOSE server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNABORTED reason=rst_sent in_old_ns=2000ms
5.2 closed #9 10.0.0.1:5001<10.0.0.2:5002 SYN_SENT>CLOSE +owned pid=70 err=ECONNABORTED
    state SYN_SENT->CLOSE client#9 10.0.0.1:5001<10.0.0.2:5002 [60/one] errno=ECONNABORTED reason=aborted in_old_ns=1200ms
    close client#9 10.0.0.1:5001<10.0.0.2:5002 [60/one] errno=ECONNABORTED close_reason=aborted life_ns=1200ms states_ns={SYN_SENT:1200ms} bytes_in=0 bytes_out=0 retrans=0
6 accept #8 10.0.0.1:9502<10.0.0.2:4001 q=1:0/5/0 by=50/srv called=6 fd=6
    accept server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=CLOSE fd=6 accept_wait_ns=2900ms call_ns=0ms completed_before_accept=true accept_queue=0 backlog=5
    close server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] errno=ECONNABORTED close_reason=rst_sent client_isn=8 server_isn=200 handshake_ns=100ms accept_wait_ns=2900ms accepted=true life_ns=2100ms states_ns={ESTABLISHED:2000ms SYN_RECV:100ms} bytes_in=0 bytes_out=0 retrans=0
