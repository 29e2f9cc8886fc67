/* SPDX-License-Identifier: BSD-2-Clause */
/* list_gold.h - the text that list_test.c expects. */
#ifndef SOCKSTATE_TEST_LIST_GOLD_H
#define SOCKSTATE_TEST_LIST_GOLD_H

/* clang-format off */
static const char gold_whole[] =
	"STATE              FOR    IDLE UNREAD UNACKED QUEUE LOCAL                                         PEER                                           OWNER                    FD COOKIE\n"
	"QUEUED          2.34 s  2.34 s   18 B       0   2/1 10.0.0.1:9502                                 10.0.0.9:33818                                 server[4711]                    10\n"
	"CLOSE_WAIT   >= 8.00 s  9.00 s      0       0       10.0.0.1:9502                                 10.0.0.9:33820                                 server[4711]             12     11\n"
	"ESTABLISHED >= 20h 00m 20h 00m      0       0       [2001:db8:1234:5678:9abc:def0:1234:5678]:8443 [2001:db8:ffff:5678:9abc:def0:1234:ffff]:51324 a-long-name-her[12345] 1024     13\n"
	"ESTABLISHED >= 8.00 ms 4.00 ms      0       0       10.0.0.1:9502                                 10.0.0.9:33822                                 server[4711]             13     12\n"
	"LISTEN                                          2/1 0.0.0.0:9502                                                                                 server[4711]              3     9a\n"
	"1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED · 1 LISTEN · 1 TIME_WAIT not listed (--state TIME_WAIT)\n";

static const char gold_80[] =
	"STATE              FOR UNREAD QUEUE PORT PEER                  OWNER\n"
	"QUEUED          2.34 s   18 B   2/1 9502 10.0.0.9:33818        server[4711]\n"
	"CLOSE_WAIT   >= 8.00 s      0       9502 10.0.0.9:33820        server[4711]\n"
	"ESTABLISHED >= 20h 00m      0       8443 [2001:db8:f…ff]:51324 a-long-na…[12345]\n"
	"ESTABLISHED >= 8.00 ms      0       9502 10.0.0.9:33822        server[4711]\n"
	"LISTEN                          2/1 9502                       server[4711]\n"
	"1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED · 1 LISTEN\n"
	"1 TIME_WAIT not listed (--state TIME_WAIT)\n";

static const char gold_120[] =
	"STATE              FOR    IDLE UNREAD QUEUE PORT PEER                                           OWNER\n"
	"QUEUED          2.34 s  2.34 s   18 B   2/1 9502 10.0.0.9:33818                                 server[4711]\n"
	"CLOSE_WAIT   >= 8.00 s  9.00 s      0       9502 10.0.0.9:33820                                 server[4711]\n"
	"ESTABLISHED >= 20h 00m 20h 00m      0       8443 [2001:db8:ffff:5678:9abc:def0:1234:ffff]:51324 a-long-name-her[12345]\n"
	"ESTABLISHED >= 8.00 ms 4.00 ms      0       9502 10.0.0.9:33822                                 server[4711]\n"
	"LISTEN                                  2/1 9502                                                server[4711]\n"
	"1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED · 1 LISTEN · 1 TIME_WAIT not listed (--state TIME_WAIT)\n";

static const char gold_rows[] =
	"STATE              FOR UNREAD QUEUE PORT PEER                  OWNER\n"
	"QUEUED          2.34 s   18 B   2/1 9502 10.0.0.9:33818        server[4711]\n"
	"CLOSE_WAIT   >= 8.00 s      0       9502 10.0.0.9:33820        server[4711]\n"
	"ESTABLISHED >= 20h 00m      0       8443 [2001:db8:f…ff]:51324 a-long-na…[12345]\n"
	"2 more rows (--rows 0 for all) · 1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED\n"
	"1 LISTEN · 1 TIME_WAIT not listed (--state TIME_WAIT)\n";

static const char gold_color[] =
	"\033[2mSTATE\033[0m            \033[2mFOR\033[0m   \033[2mIDLE\033[0m \033[2mUNREAD\033[0m \033[2mQUEUE\033[0m \033[2mPORT\033[0m \033[2mPEER\033[0m           \033[2mOWNER\033[0m\n"
	"\033[33mQUEUED\033[0m        \033[33m2.34 s\033[0m 2.34 s   18 B   \033[31m2/1\033[0m 9502 10.0.0.9:33818 server[4711]\n"
	"\033[33mCLOSE_WAIT\033[0m >= 8.00 s 9.00 s      0       9502 10.0.0.9:33820 server[4711]\n"
	"3 more rows (--rows 0 for all) · 1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED\n"
	"1 LISTEN · 1 TIME_WAIT not listed (--state TIME_WAIT)\n";

static const char gold_plain[] =
	"QUEUED          2.34 s   18 B   2/1 9502 10.0.0.9:33818        server[4711]\n"
	"CLOSE_WAIT   >= 8.00 s      0       9502 10.0.0.9:33820        server[4711]\n"
	"ESTABLISHED >= 20h 00m      0       8443 [2001:db8:f.ff]:51324 a-long-na.[12345]\n"
	"ESTABLISHED >= 8.00 ms      0       9502 10.0.0.9:33822        server[4711]\n"
	"LISTEN                          2/1 9502                       server[4711]\n";

static const char gold_netns[] =
	"STATE            FOR UNREAD QUEUE         NS PORT PEER           OWNER\n"
	"QUEUED        2.34 s   18 B   2/1 4026532281 9502 10.0.0.9:33818 server[4711]\n"
	"CLOSE_WAIT >= 8.00 s      0       4026531840 9502 10.0.0.9:33820 server[4711]\n"
	"3 more rows (--rows 0 for all) · 1 QUEUED · 1 CLOSE_WAIT · 2 ESTABLISHED\n"
	"1 LISTEN · 1 TIME_WAIT not listed (--state TIME_WAIT)\n";

/* clang-format on */

#endif
