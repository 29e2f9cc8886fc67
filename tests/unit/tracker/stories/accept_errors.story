# Errors of accept() are reported at once, then at most once a second; EAGAIN is none. The rest comes at the end.
1 listen #1 0.0.0.0:9502 q=1:0/2/0 by=50/srv asked=2 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/srv] accept_queue=0 backlog=2 backlog_asked=2 somaxconn=4096 syn_queue=0
10 accept err=EAGAIN q=1:1/2/0 by=50/srv
10 accept err=EMFILE q=1:1/2/0 by=50:51/srv
    accept_error listener#1 0.0.0.0:9502 [50:51/srv] errno=EMFILE count=1 accept_queue=1 backlog=2 syn_queue=0
10.1 accept err=EMFILE q=1:1/2/0 by=50:51/srv
10.2 accept err=ECONNABORTED q=1:1/2/0 by=50:51/srv
10.3 accept err=EMFILE q=1:1/2/0 by=50:51/srv
11.1 tick
    accept_error listener#1 0.0.0.0:9502 [50/srv] errno=EMFILE count=2 accept_queue=1 backlog=2 syn_queue=0
    accept_error listener#1 0.0.0.0:9502 [50/srv] errno=ECONNABORTED count=1 accept_queue=1 backlog=2 syn_queue=0
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=1 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=out_of_fds advice="accept() fails for want of file descriptors: raise RLIMIT_NOFILE or find the descriptors that are never closed"
12.2 tick
    listener listener#1 0.0.0.0:9502 [50/srv] accept_queue=1 backlog=2 accept_queue_limit=3 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=ok
12.3 accept err=EMFILE q=1:1/2/0 by=50:51/srv
12.4 closed #1 LISTEN>CLOSE 0.0.0.0:9502
    accept_error listener#1 0.0.0.0:9502 [50/srv] errno=EMFILE count=1 accept_queue=1 backlog=2 syn_queue=0
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [50/srv] in_old_ns=11400ms accept_queue=1 backlog=2 syn_queue=0
13 listen #2 0.0.0.0:9503 q=2:0/2/0 by=50/srv
    state CLOSE->LISTEN listener#2 0.0.0.0:9503 [50/srv] accept_queue=0 backlog=2 syn_queue=0
13.1 accept err=EMFILE q=2:0/2/0 by=50:51/srv
    accept_error listener#2 0.0.0.0:9503 [50:51/srv] errno=EMFILE count=1 accept_queue=0 backlog=2 syn_queue=0
13.2 accept err=EMFILE q=2:0/2/0 by=50:51/srv
14 end
    accept_error listener#2 0.0.0.0:9503 [50/srv] errno=EMFILE count=1 accept_queue=0 backlog=2 syn_queue=0
    summary accepts=0 connections=0 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #2 port=9503 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
