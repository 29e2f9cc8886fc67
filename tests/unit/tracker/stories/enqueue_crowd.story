# No more than 16 connections wait for their listener; the next goes without.
tier tracepoint
10 est #1 sk=1 10.0.0.1:9502<10.0.0.2:4001 isn=1/2 copy=0/64
10 est #2 sk=2 10.0.0.1:9502<10.0.0.2:4002 isn=1/2 copy=0/64
10 est #3 sk=3 10.0.0.1:9502<10.0.0.2:4003 isn=1/2 copy=0/64
10 est #4 sk=4 10.0.0.1:9502<10.0.0.2:4004 isn=1/2 copy=0/64
10 est #5 sk=5 10.0.0.1:9502<10.0.0.2:4005 isn=1/2 copy=0/64
10 est #6 sk=6 10.0.0.1:9502<10.0.0.2:4006 isn=1/2 copy=0/64
10 est #7 sk=7 10.0.0.1:9502<10.0.0.2:4007 isn=1/2 copy=0/64
10 est #8 sk=8 10.0.0.1:9502<10.0.0.2:4008 isn=1/2 copy=0/64
10 est #9 sk=9 10.0.0.1:9502<10.0.0.2:4009 isn=1/2 copy=0/64
10 est #10 sk=10 10.0.0.1:9502<10.0.0.2:4010 isn=1/2 copy=0/64
10 est #11 sk=11 10.0.0.1:9502<10.0.0.2:4011 isn=1/2 copy=0/64
10 est #12 sk=12 10.0.0.1:9502<10.0.0.2:4012 isn=1/2 copy=0/64
10 est #13 sk=13 10.0.0.1:9502<10.0.0.2:4013 isn=1/2 copy=0/64
10 est #14 sk=14 10.0.0.1:9502<10.0.0.2:4014 isn=1/2 copy=0/64
10 est #15 sk=15 10.0.0.1:9502<10.0.0.2:4015 isn=1/2 copy=0/64
10 est #16 sk=16 10.0.0.1:9502<10.0.0.2:4016 isn=1/2 copy=0/64
10 est #17 sk=17 10.0.0.1:9502<10.0.0.2:4017 isn=1/2 copy=0/64
    state SYN_RECV->ESTABLISHED server#17 10.0.0.1:9502<10.0.0.2:4017 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
10.00001 enqueue #3 sk=3 q=1:1/64/0
    (at 10000ms) state SYN_RECV->ESTABLISHED server#3@1 10.0.0.1:9502<10.0.0.2:4003 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64 syn_queue=0
10.01 tick
    (at 10000ms) state SYN_RECV->ESTABLISHED server#1 10.0.0.1:9502<10.0.0.2:4001 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#2 10.0.0.1:9502<10.0.0.2:4002 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#4 10.0.0.1:9502<10.0.0.2:4004 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#5 10.0.0.1:9502<10.0.0.2:4005 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#6 10.0.0.1:9502<10.0.0.2:4006 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#7 10.0.0.1:9502<10.0.0.2:4007 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#8 10.0.0.1:9502<10.0.0.2:4008 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#9 10.0.0.1:9502<10.0.0.2:4009 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#10 10.0.0.1:9502<10.0.0.2:4010 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#11 10.0.0.1:9502<10.0.0.2:4011 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#12 10.0.0.1:9502<10.0.0.2:4012 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#13 10.0.0.1:9502<10.0.0.2:4013 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#14 10.0.0.1:9502<10.0.0.2:4014 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#15 10.0.0.1:9502<10.0.0.2:4015 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
    (at 10000ms) state SYN_RECV->ESTABLISHED server#16 10.0.0.1:9502<10.0.0.2:4016 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=64
