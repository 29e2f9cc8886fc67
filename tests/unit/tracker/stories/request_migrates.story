# net.ipv4.tcp_migrate_req: the listener of the SYN closes, another of the group takes the request over.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 syn_queue=0
1 listen #2 0.0.0.0:9502 q=2:0/2/0 by=51/srv
    state CLOSE->LISTEN listener#2 0.0.0.0:9502 [51/srv] accept_queue=0 backlog=2 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.05 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=9050ms accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 enqueue #7 sk=70 q=2:1/2/0
12 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=2:0/2/0 by=51/srv called=11.5 fd=5
    accept server#7@2 10.0.0.1:9502<10.0.0.2:4000 [51:51/srv] state=ESTABLISHED fd=5 accept_wait_ns=1900ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
# with fentry the enqueue comes first
20 syn #8 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#8@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
20.1 enqueue #8 sk=80 q=2:1/2/0
20.1 est #8 sk=80 10.0.0.1:9502<10.0.0.2:4001 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#8@2 10.0.0.1:9502<10.0.0.2:4001 [51/srv] in_old_ns=100ms basis=syn client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
# one that waits at a listener that closes migrates with the rest: what it ends of later is not the listener's end
30 listen #3 0.0.0.0:9502 q=3:0/2/0 by=51/srv
    state CLOSE->LISTEN listener#3 0.0.0.0:9502 [51/srv] accept_queue=0 backlog=2 syn_queue=0
31 closed #2 LISTEN>CLOSE 0.0.0.0:9502
    state LISTEN->CLOSE listener#2 0.0.0.0:9502 [51/srv] in_old_ns=30000ms accept_queue=1 backlog=2 syn_queue=0
32 accept #8 10.0.0.1:9502<10.0.0.2:4001 q=3:0/2/0 by=51/srv called=31.5 fd=6
    accept server#8@3 10.0.0.1:9502<10.0.0.2:4001 [51:51/srv] state=ESTABLISHED fd=6 accept_wait_ns=11900ms call_ns=500ms completed_before_accept=true accept_queue=0 backlog=2
33 state #8 ESTABLISHED>CLOSE_WAIT 10.0.0.1:9502<10.0.0.2:4001
    state ESTABLISHED->CLOSE_WAIT server#8@3 10.0.0.1:9502<10.0.0.2:4001 [51/srv] in_old_ns=12900ms
34 state #8 CLOSE_WAIT>LAST_ACK 10.0.0.1:9502<10.0.0.2:4001
    state CLOSE_WAIT->LAST_ACK server#8@3 10.0.0.1:9502<10.0.0.2:4001 [51/srv] in_old_ns=1000ms
35 closed #8 LAST_ACK>CLOSE 10.0.0.1:9502<10.0.0.2:4001
    state LAST_ACK->CLOSE server#8@3 10.0.0.1:9502<10.0.0.2:4001 [51/srv] in_old_ns=1000ms
    close server#8@3 10.0.0.1:9502<10.0.0.2:4001 [51/srv] close_reason=fin_passive client_isn=100 server_isn=200 handshake_ns=100ms accept_wait_ns=11900ms accepted=true life_ns=15000ms states_ns={ESTABLISHED:12900ms SYN_RECV:100ms CLOSE_WAIT:1000ms LAST_ACK:1000ms} bytes_in=0 bytes_out=0 retrans=0
36 end
    summary accepts=2 connections=2 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=0
        #2 port=9502 completed=2 accepted=1 drops=0 handshake=1:100ms/100ms/100ms/100ms accept_wait=1:1900ms/1900ms/1900ms/1900ms
        #3 port=9502 completed=0 accepted=1 drops=0 handshake=0 accept_wait=1:11900ms/11900ms/11900ms/11900ms
