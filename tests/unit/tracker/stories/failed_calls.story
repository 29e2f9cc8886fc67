# listen() that fails, and accept() on a socket that does not listen, by the socket's own cookie: at once, then at most once a second.
1 listen #1 10.0.0.1:9502 q=1:0/5/0 by=50/srv asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 10.0.0.1:9502 [50/srv] accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
2 listen #2 10.0.0.1:9502 err=EADDRINUSE by=50:51/srv asked=7
    listen_error listener#2 10.0.0.1:9502 [50:51/srv] state=CLOSE errno=EADDRINUSE count=1 backlog_asked=7
2.1 accept #2 10.0.0.1:9502 state=CLOSE err=EINVAL by=50:51/srv
    accept_error listener#2 10.0.0.1:9502 [50:51/srv] state=CLOSE errno=EINVAL count=1
2.2 accept #2 10.0.0.1:9502 state=CLOSE err=EINVAL by=50:51/srv
2.3 accept #2 10.0.0.1:9502 state=CLOSE err=EINVAL by=50:51/srv
# The listener of that port has no part in it.
2.4 accept err=EMFILE q=1:0/5/0 by=50:51/srv
    accept_error listener#1 10.0.0.1:9502 [50:51/srv] errno=EMFILE count=1 accept_queue=0 backlog=5 syn_queue=0
3.2 tick
    accept_error listener#2 10.0.0.1:9502 [50:51/srv] state=CLOSE errno=EINVAL count=2
    listener listener#1 10.0.0.1:9502 [50/srv] accept_queue=0 backlog=5 accept_queue_limit=6 syn_queue=0 accept_queue_peak=0 drops_total=0 refused=0 completed=0 accepts=0 completed_per_s=0 accepted_per_s=0 handshake_buckets=0 accept_wait_buckets=0 verdict=out_of_fds advice="accept() fails for want of file descriptors: raise RLIMIT_NOFILE or find the descriptors that are never closed"
3.3 accept #2 10.0.0.1:9502 state=CLOSE err=EINVAL by=50:51/srv
4 end
    accept_error listener#2 10.0.0.1:9502 [50:51/srv] state=CLOSE errno=EINVAL count=1
    summary accepts=0 connections=0 preexisting_connections=0 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
        #1 port=9502 completed=0 accepted=0 drops=0 handshake=0 accept_wait=0
