# A passive open; the program calls accept() two seconds after the handshake was complete.
# The client's process (60/decoy) runs while the kernel works for the server: it must never be named.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 enqueue #7 sk=70 q=1:1/2/0
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 srtt=0.1 copy=0/2 pid=60
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
12.1001 accept #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50:51/srv called=12.1 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:51/srv] state=ESTABLISHED fd=5 accept_wait_ns=2000.1ms call_ns=0.1ms completed_before_accept=true accept_queue=0 backlog=2
13 state #7 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4000 +peer_fin
    state ESTABLISHED->CLOSE_WAIT server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=2900ms
14 state #7 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4000 +owned pid=50
    state CLOSE_WAIT->LAST_ACK server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=1000ms
14.1 closed #7 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4000 in=10 out=20 retrans=1 srtt=0.1 +fin_sent
    state LAST_ACK->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] close_reason=fin_passive client_isn=100 server_isn=200 handshake_ns=100ms accept_wait_ns=2000.1ms accepted=true life_ns=4100ms states_ns={ESTABLISHED:2900ms SYN_RECV:100ms CLOSE_WAIT:1000ms LAST_ACK:100ms} bytes_in=10 bytes_out=20 retrans=1 srtt_ns=100ms
15 end
    summary accepts=1 connections=1 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=1:2000.1ms/2000.1ms/2000.1ms/2000.1ms
