# io_uring. Where only its tracepoint is there, any number that it returns may look like an accepted descriptor:
# the tracker knows which sockets wait to be accepted.
tier tracepoint
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 syn 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] basis=synack client_isn=100 server_isn=200 accept_queue=0 backlog=2 syn_queue=1
10.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=100/200 copy=0/2
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/srv] in_old_ns=100ms basis=synack client_isn=100 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.1 enqueue #7 sk=70 q=1:1/2/0
10.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv fd=5 +io_uring
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50:50/srv] state=ESTABLISHED fd=5 accept_wait_ns=100ms accept_queue=0 backlog=2 via=io_uring
# read() returned 5, and 5 is that connection
10.3 accept #7 10.0.0.1:9502<10.0.0.2:4000 by=50/srv fd=5 +io_uring
# A single accept is called when it is submitted: before this handshake was complete, and after that one.
10.4 syn 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] basis=synack client_isn=101 server_isn=201 accept_queue=0 backlog=2 syn_queue=1
10.5 est #17 sk=71 10.0.0.1:9502<10.0.0.2:4001 isn=101/201 copy=0/2
    state SYN_RECV->ESTABLISHED server#17@1 10.0.0.1:9502<10.0.0.2:4001 [50/srv] in_old_ns=100ms basis=synack client_isn=101 server_isn=201 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.5 enqueue #17 sk=71 q=1:1/2/0
10.6 accept #17 10.0.0.1:9502<10.0.0.2:4001 by=50/srv called=10.3 fd=9 +io_uring
    accept server#17@1 10.0.0.1:9502<10.0.0.2:4001 [50:50/srv] state=ESTABLISHED fd=9 accept_wait_ns=100ms call_ns=300ms completed_before_accept=false accept_queue=0 backlog=2 via=io_uring
10.6 syn 10.0.0.1:9502<10.0.0.2:4002 isn=102/202 q=1:0/2/1 +synack
    state LISTEN->SYN_RECV server@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] basis=synack client_isn=102 server_isn=202 accept_queue=0 backlog=2 syn_queue=1
10.7 est #18 sk=72 10.0.0.1:9502<10.0.0.2:4002 isn=102/202 copy=0/2
    state SYN_RECV->ESTABLISHED server#18@1 10.0.0.1:9502<10.0.0.2:4002 [50/srv] in_old_ns=100ms basis=synack client_isn=102 server_isn=202 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=2 syn_queue=0
10.7 enqueue #18 sk=72 q=1:1/2/0
10.9 accept #18 10.0.0.1:9502<10.0.0.2:4002 by=50/srv called=10.8 fd=10 +io_uring
    accept server#18@1 10.0.0.1:9502<10.0.0.2:4002 [50:50/srv] state=ESTABLISHED fd=10 accept_wait_ns=200ms call_ns=100ms completed_before_accept=true accept_queue=0 backlog=2 via=io_uring
# send() returned 6, and 6 is a connection that we made
11 connect #8 10.0.0.1:5000<10.0.0.3:80 by=50/srv
    state CLOSE->SYN_SENT client#8 10.0.0.1:5000<10.0.0.3:80 [50/srv]
11.1 est #8 SYN_SENT>ESTABLISHED 10.0.0.1:5000<10.0.0.3:80 isn=1/2
    state SYN_SENT->ESTABLISHED client#8 10.0.0.1:5000<10.0.0.3:80 [50/srv] in_old_ns=100ms client_isn=1 server_isn=2 connect_ns=100ms
11.2 accept #8 10.0.0.1:5000<10.0.0.3:80 by=50/srv fd=6 +io_uring
# ... or one that is older than us
11.3 accept #9 10.0.0.1:5001<10.0.0.3:80 by=50/srv fd=7 +io_uring
11.4 accept #10 10.0.0.1:9502<10.0.0.3:99 by=50/srv fd=8 +io_uring
