# Connections whose enqueue has not come yet wait one behind the other, and their lines keep the order of time. Where 256
# facts wait already, the first goes without.
tier tracepoint
repeat 259
10 est #{1} sk={1} 10.0.0.1:9502<10.0.0.2:{4001} isn=1/2 copy=0/512
    state SYN_RECV->ESTABLISHED server#1 10.0.0.1:9502<10.0.0.2:4001 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=512
    state SYN_RECV->ESTABLISHED server#2 10.0.0.1:9502<10.0.0.2:4002 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=512
10.00001 enqueue #3 sk=3 q=1:1/512/0
    (at 10000ms) state SYN_RECV->ESTABLISHED server#3@1 10.0.0.1:9502<10.0.0.2:4003 client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=512 syn_queue=0
10.01 tick
    256 times (at 10000ms) state SYN_RECV->ESTABLISHED server#{4} 10.0.0.1:9502<10.0.0.2:{4004} client_isn=1 server_isn=2 synack_retrans=0 queued=true accept_queue=1 backlog=512
