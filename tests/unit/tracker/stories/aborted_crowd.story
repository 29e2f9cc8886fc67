# More than 256 abort at once, and their RSTs are not seen: the first to wait get their close lines first.
repeat 258
1 closed #{1} 10.0.0.1:9502<10.0.0.2:{4001} ESTABLISHED>CLOSE
    257 times state ESTABLISHED->CLOSE ?#{1} 10.0.0.1:9502<10.0.0.2:{4001}
    close ?#1 10.0.0.1:9502<10.0.0.2:4001 close_reason=unknown bytes_in=0 bytes_out=0 retrans=0 preexisting=true
    state ESTABLISHED->CLOSE ?#258 10.0.0.1:9502<10.0.0.2:4258
    close ?#2 10.0.0.1:9502<10.0.0.2:4002 close_reason=unknown bytes_in=0 bytes_out=0 retrans=0 preexisting=true
1.2 tick
    256 times close ?#{3} 10.0.0.1:9502<10.0.0.2:{4003} close_reason=unknown bytes_in=0 bytes_out=0 retrans=0 preexisting=true
2 end
    summary accepts=0 connections=0 preexisting_connections=258 never_accepted=0 still_queued=0 drops_by_reason={} lost=0
