# Where the owner runs stands on each line that names it, and on no other process's.
tier tracepoint
0.9 place pid=50 part=0:cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope
0.9 place pid=50 part=1:kubepods-pod8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b.slice
0.9 place pid=50 host=2:web-0
1 listen #1 0.0.0.0:9502 q=1:0/5/0 by=50/master asked=5 somaxconn=4096
    state CLOSE->LISTEN listener#1 0.0.0.0:9502 [50/master] cgroup=/kubepods-pod8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b.slice/cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope unit=cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope container_id=4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8 pod_uid=8e7f1c2a-1b3d-4e5f-8a9b-0c1d2e3f4a5b hostname=web-0 accept_queue=0 backlog=5 backlog_asked=5 somaxconn=4096 syn_queue=0
1.1 walked
2 existing #1 0.0.0.0:9502 q=1:0/6/0 state=LISTEN by=50/master fd=3 inode=9
    listener listener#1 0.0.0.0:9502 [50/master] cgroup=/kubepods-pod8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b.slice/cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope unit=cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope container_id=4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8 pod_uid=8e7f1c2a-1b3d-4e5f-8a9b-0c1d2e3f4a5b hostname=web-0 accept_queue=0 backlog=6 accept_queue_limit=7 syn_queue=0 accept_queue_peak=0 drops_total=0 refused=0 completed=0 accepts=0 verdict=ok
# A worker accepts: its place has not come, so it is not told; then the walk meets it.
3 syn #7 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 q=1:0/6/1
    state LISTEN->SYN_RECV server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/master] cgroup=/kubepods-pod8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b.slice/cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope unit=cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope container_id=4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8 pod_uid=8e7f1c2a-1b3d-4e5f-8a9b-0c1d2e3f4a5b hostname=web-0 basis=syn client_isn=7 server_isn=200 accept_queue=0 backlog=6 syn_queue=1
3.1 enqueue #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 q=1:1/6/0
3.1 est #7 sk=70 10.0.0.1:9502<10.0.0.2:4000 isn=7/200 copy=0/6
    state SYN_RECV->ESTABLISHED server#7@1 10.0.0.1:9502<10.0.0.2:4000 [50/master] cgroup=/kubepods-pod8e7f1c2a_1b3d_4e5f_8a9b_0c1d2e3f4a5b.slice/cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope unit=cri-containerd-4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8.scope container_id=4f0b9c3a1d2e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8 pod_uid=8e7f1c2a-1b3d-4e5f-8a9b-0c1d2e3f4a5b hostname=web-0 in_old_ns=100ms basis=syn client_isn=7 server_isn=200 handshake_ns=100ms synack_retrans=0 queued=true accept_queue=1 backlog=6 syn_queue=0
3.2 accept #7 10.0.0.1:9502<10.0.0.2:4000 q=1:0/6/0 by=60/worker called=3 fd=5
    accept server#7@1 10.0.0.1:9502<10.0.0.2:4000 [60:60/worker] state=ESTABLISHED fd=5 accept_wait_ns=100ms call_ns=200ms completed_before_accept=false accept_queue=0 backlog=6
3.3 listen #1 0.0.0.0:9502 q=1:0/7/0 by=60/worker asked=7 somaxconn=4096 +again
    listener listener#1 0.0.0.0:9502 [60/worker] accept_queue=0 backlog=7 accept_queue_limit=8 backlog_asked=7 somaxconn=4096 syn_queue=0 accept_queue_peak=1 drops_total=0 refused=0 completed=1 accepts=1 verdict=ok
3.4 place pid=60 part=0:web.service
3.4 place pid=60 host=1:web-0
3.5 closed #1 0.0.0.0:9502 LISTEN>CLOSE
    state LISTEN->CLOSE listener#1 0.0.0.0:9502 [60/worker] cgroup=/web.service unit=web.service hostname=web-0 in_old_ns=2500ms accept_queue=0 backlog=7 syn_queue=0
