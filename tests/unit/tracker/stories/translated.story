# NAT between both ends, which are on this machine: the server's port 9502 is published as 80. One connection, found by its numbers.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
9.999 connect #6 10.0.0.2:0<10.0.0.9:80 by=60/cl
    state CLOSE->SYN_SENT client#6 10.0.0.2<10.0.0.9:80 [60/cl]
10 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=syn client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.0001 est #6 SYN_SENT>ESTABLISHED 10.0.0.2:4000<10.0.0.9:80 isn=100/200 +owned pid=60
    state SYN_SENT->ESTABLISHED client#6 10.0.0.2:4000<10.0.0.9:80 [60/cl] in_old_ns=1.1ms client_isn=100 server_isn=200 connect_ns=1.1ms translated=10.0.0.1:9502
10.0002 enqueue #7 sk=70 q=1:1/2/0
10.0002 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2 pid=60
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=0.2ms basis=syn client_isn=100 server_isn=200 handshake_ns=0.2ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/2/0 by=50/srv called=10.05 fd=6
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=6 accept_wait_ns=99.8ms call_ns=50ms completed_before_accept=true translated=10.0.0.9:80 accept_queue=0 backlog=2
# the client's address is translated
20 syn #9 10.0.0.1:9502<10.0.0.8:5000 isn=300/400 q=1:0/2/1
    state LISTEN->SYN_RECV server#9@1 10.0.0.1:9502<10.0.0.8:5000 [50/srv] basis=syn client_isn=300 server_isn=400 accept_queue=0 backlog=2 syn_queue=1
20.0001 est #8 SYN_SENT>ESTABLISHED 10.0.0.2:4001<10.0.0.1:9502 isn=300/400 +owned pid=60
    state SYN_SENT->ESTABLISHED client#8 10.0.0.2:4001<10.0.0.1:9502 [60/cl] client_isn=300 server_isn=400 translated=10.0.0.8:5000
# the same number of one end alone is no pair
30 syn #11 10.0.0.1:9502<10.0.0.8:5001 isn=500/600 q=1:0/2/2
    state LISTEN->SYN_RECV server#11@1 10.0.0.1:9502<10.0.0.8:5001 [50/srv] basis=syn client_isn=500 server_isn=600 accept_queue=0 backlog=2 syn_queue=2
30.0001 est #10 SYN_SENT>ESTABLISHED 10.0.0.2:4002<10.0.0.9:80 isn=500/601 +owned pid=60
    state SYN_SENT->ESTABLISHED client#10 10.0.0.2:4002<10.0.0.9:80 [60/cl] client_isn=500 server_isn=601
31 closed #6 ESTABLISHED>CLOSE 10.0.0.2:4000<10.0.0.9:80 err=ECONNRESET
    state ESTABLISHED->CLOSE client#6 10.0.0.2:4000<10.0.0.9:80 [60/cl] errno=ECONNRESET reason=rst_received in_old_ns=20999.9ms
    close client#6 10.0.0.2:4000<10.0.0.9:80 [60/cl] errno=ECONNRESET close_reason=rst_received client_isn=100 server_isn=200 connect_ns=1.1ms translated=10.0.0.1:9502 life_ns=21001ms states_ns={ESTABLISHED:20999.9ms SYN_SENT:1.1ms} bytes_in=0 bytes_out=0 retrans=0
31 closed #7 ESTABLISHED>CLOSE 10.0.0.1:9502<10.0.0.2:4000 err=ECONNRESET
    state ESTABLISHED->CLOSE server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET reason=rst_received in_old_ns=20999.8ms
    close server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] errno=ECONNRESET close_reason=rst_received client_isn=100 server_isn=200 handshake_ns=0.2ms accept_wait_ns=99.8ms translated=10.0.0.9:80 accepted=true life_ns=21000ms states_ns={ESTABLISHED:20999.8ms SYN_RECV:0.2ms} bytes_in=0 bytes_out=0 retrans=0
32 end
    summary accepts=1 connections=3 preexisting_connections=1 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=1 accepted=1 drops=0 handshake=1:0.2ms/0.2ms/0.2ms/0.2ms accept_wait=1:99.8ms/99.8ms/99.8ms/99.8ms
