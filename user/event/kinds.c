// SPDX-License-Identifier: BSD-2-Clause
#include "event/kinds.h"

/* JSON and SQL are written as one reads them there; the formatter knows neither. */
/* clang-format off */

const struct shared_schema shared_schemas[] = {
	{"count",
		"{\"type\":\"integer\",\"minimum\":0}"},
	{"integer",
		"{\"type\":\"integer\"}"},
	{"port",
		"{\"type\":\"integer\",\"minimum\":0,\"maximum\":65535}"},
	{"text",
		"{\"type\":\"string\"}"},
	{"time",
		"{\"type\":\"string\",\"format\":\"date-time\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9"
		"]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\\\.[0-9]{9}Z$\"}"},
	{"quantiles",
		"{\"type\":\"object\",\"properties\":{\"count\":{\"$ref\":\"#/$defs/count\"},\"p50_ns\""
		":{\"$ref\":\"#/$defs/count\"},\"p90_ns\":{\"$ref\":\"#/$defs/count\"},\"p99_ns\":{\"$"
		"ref\":\"#/$defs/count\"},\"max_ns\":{\"$ref\":\"#/$defs/count\"}},\"additionalProp"
		"erties\":false,\"required\":[\"count\",\"p50_ns\",\"p90_ns\",\"p99_ns\",\"max_ns\"]}"},
};
const size_t shared_schema_count = sizeof(shared_schemas) / sizeof(shared_schemas[0]);

const struct kind_info kind_infos[] = {
	[KIND_U64] = {"integer",
		"{\"$ref\":\"#/$defs/count\"}",
		{"Nullable(UInt64)", "UBIGINT"}},
	[KIND_I64] = {"integer",
		"{\"$ref\":\"#/$defs/integer\"}",
		{"Nullable(Int64)", "BIGINT"}},
	[KIND_BOOL] = {"true or false",
		"{\"type\":\"boolean\"}",
		{"Nullable(Bool)", "BOOLEAN"}},
	[KIND_ENUM] = {"word",
		NULL,
		{"LowCardinality(Nullable(String))", "VARCHAR"}},
	[KIND_STATE] = {"state",
		"{\"$ref\":\"#/$defs/state\"}",
		{"LowCardinality(Nullable(String))", "VARCHAR"}},
	[KIND_TIME] = {"time",
		"{\"$ref\":\"#/$defs/time\"}",
		{"Nullable(DateTime64(9, 'UTC'))", "TIMESTAMP_NS"}},
	[KIND_TEXT] = {"text",
		"{\"$ref\":\"#/$defs/text\"}",
		{"Nullable(String)", "VARCHAR"}},
	[KIND_ADDR] = {"address",
		"{\"$ref\":\"#/$defs/text\"}",
		{"Nullable(String)", "VARCHAR"}},
	[KIND_END] = {"object",
		"{\"type\":\"object\",\"properties\":{\"addr\":{\"$ref\":\"#/$defs/text\"},\"po"
		"rt\":{\"$ref\":\"#/$defs/port\"}},\"additionalProperties\":false,\"required\":[\""
		"addr\",\"port\"]}",
		{"Map(String, String)", "STRUCT(addr VARCHAR, port UBIGINT)"}},
	[KIND_STATES] = {"object",
		"{\"type\":\"object\",\"propertyNames\":{\"$ref\":\"#/$defs/state\"},\"additionalPro"
		"perties\":{\"$ref\":\"#/$defs/count\"}}",
		{"Map(String, UInt64)", "MAP(VARCHAR, UBIGINT)"}},
	[KIND_FACTS] = {"object",
		"{\"type\":\"object\",\"additionalProperties\":{\"type\":\"object\",\"properties\":{\""
		"is\":{\"enum\":[\"exact\",\"derived\",\"absent\"]},\"why\":{\"$ref\":\"#/$defs/text\"}}"
		",\"additionalProperties\":false,\"required\":[\"is\"]}}",
		{"Map(String, Map(String, String))", "MAP(VARCHAR, STRUCT(\"is\" VARCHAR, why VARCHAR))"}},
	[KIND_FILTER] = {"object",
		"{\"type\":\"object\",\"properties\":{\"ports\":{\"type\":\"array\",\"items\":{"
		"\"$ref\":\"#/$defs/text\"}},\"side\":{\"enum\":[\"both\",\"server\",\"client\""
		"]},\"family\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/family\"}},\"n"
		"etns\":{\"$ref\":\"#/$defs/count\"},\"lports\":{\"type\":\"array\",\"items\":{"
		"\"$ref\":\"#/$defs/text\"}},\"rports\":{\"type\":\"array\",\"items\":{\"$ref\""
		":\"#/$defs/text\"}},\"laddrs\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$de"
		"fs/text\"}},\"hosts\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/text\""
		"}},\"owner\":{\"type\":\"object\",\"properties\":{\"applied\":{\"const\":\"tra"
		"cker\"},\"pids\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/count\"}},\""
		"comms\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/text\"}},\"cgroup\":"
		"{\"$ref\":\"#/$defs/text\"}},\"additionalProperties\":false,\"required\":[\"ap"
		"plied\",\"pids\",\"comms\"]}},\"additionalProperties\":false,\"required\":[\"p"
		"orts\",\"side\",\"family\"]}",
		{"String", "JSON"}},
	[KIND_ARGV] = {"array",
		"{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/text\"}}",
		{"Array(String)", "VARCHAR[]"}},
	[KIND_DROPS] = {"object",
		"{\"type\":\"object\",\"propertyNames\":{\"$ref\":\"#/$defs/drop_reason\"},\"additio"
		"nalProperties\":{\"$ref\":\"#/$defs/count\"}}",
		{"Map(String, UInt64)", "MAP(VARCHAR, UBIGINT)"}},
	[KIND_QUANTILES] = {"object",
		"{\"$ref\":\"#/$defs/quantiles\"}",
		{"Map(String, UInt64)", "MAP(VARCHAR, UBIGINT)"}},
	[KIND_SPREAD] = {"object",
		"{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/count\"}}",
		{"Map(String, UInt64)", "MAP(VARCHAR, UBIGINT)"}},
	[KIND_LISTENERS] = {"array",
		"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"cookie\":{\"$ref\":"
		"\"#/$defs/count\"},\"netns\":{\"$ref\":\"#/$defs/count\"},\"family\":{\"$ref\":\"#/$d"
		"efs/family\"},\"laddr\":{\"$ref\":\"#/$defs/text\"},\"ifname\":{\"$ref\":\"#/$defs/text\"},"
		"\"lport\":{\"$ref\":\"#/$defs/port\"},\"pid\":{\"$ref\":\"#/$defs/count\"},\"comm\":{\"$ref\":\"#/$defs/text\"},"
		"\"completed\":{\"$ref\":\"#/$defs/count\"},\"accepts\":{\"$ref\":\"#/$defs/cou"
		"nt\"},"
		"\"accepts_unseen\":{\"$ref\":\"#/$defs/count\"},"
		"\"accepts_departed\":{\"$ref\":\"#/$defs/count\"},"
		"\"syncookies_sent\":{\"$ref\":\"#/$defs/count\"},"
		"\"stuck_close_wait\":{\"$ref\":\"#/$defs/count\"},"
		"\"stuck_close_wait_ns\":{\"$ref\":\"#/$defs/count\"},"
		"\"stuck_close_wait_pid\":{\"$ref\":\"#/$defs/count\"},"
		"\"drops\":{\"$ref\":\"#/$defs/count\"},\"handshake\":{\"$ref\":\"#/$defs/quant"
		"iles\"},\"accept_wait\":{\"$ref\":\"#/$defs/quantiles\"}},\"additionalProperties"
		"\":false,\"required\":[\"lport\",\"completed\",\"drops\"]}}",
		{"String", "JSON"}},
	[KIND_DIAGNOSES] = {"array",
		"{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/diagnosis\"}}",
		{"Array(String)", "VARCHAR[]"}},
	[KIND_HOLDERS] = {"array",
		"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"pid\":{\"$ref\":\"#/"
		"$defs/count\"},\"comm\":{\"$ref\":\"#/$defs/text\"},\"fd\":{\"$ref\":\"#/$defs/integ"
		"er\"},\"listened\":{\"type\":\"boolean\"},\"accepts\":{\"$ref\":\"#/$defs/count\"}},\""
		"additionalProperties\":false,\"required\":[\"fd\"]}}",
		{"String", "JSON"}},
	[KIND_WATCHERS] = {"array",
		"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\""
		"accept\",\"epoll\",\"poll\",\"io_uring\"]},\"wake\":{\"$ref\":\"#/$defs/text\"},\"pid\""
		":{\"$ref\":\"#/$defs/count\"},\"comm\":{\"$ref\":\"#/$defs/text\"},\"tid\":{\"$ref\":\""
		"#/$defs/count\"},\"fd\":{\"$ref\":\"#/$defs/integer\"},\"mode\":{\"enum\":[\"level\","
		"\"edge\"]},\"oneshot\":{\"type\":\"boolean\"},\"exclusive\":{\"type\":\"boolean\"},\"ar"
		"med\":{\"type\":\"boolean\"},\"ready\":{\"type\":\"boolean\"},\"sleeping\":{\"$ref\":\"#"
		"/$defs/count\"}},\"additionalProperties\":false}}",
		{"String", "JSON"}},
	[KIND_THREADS] = {"array",
		"{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"pid\":{\"$ref\":\"#/"
		"$defs/count\"},\"tid\":{\"$ref\":\"#/$defs/count\"},\"comm\":{\"$ref\":\"#/$defs/tex"
		"t\"},\"process\":{\"$ref\":\"#/$defs/text\"},\"thread_state\":{\"$ref\":\"#/$defs/te"
		"xt\"},\"syscall\":{\"$ref\":\"#/$defs/text\"},\"fd\":{\"$ref\":\"#/$defs/integer\"},\""
		"on\":{\"type\":\"object\",\"properties\":{\"kind\":{\"$ref\":\"#/$defs/text\"},\"laddr"
		"\":{\"$ref\":\"#/$defs/text\"},\"lport\":{\"$ref\":\"#/$defs/port\"},\"raddr\":{\"$ref"
		"\":\"#/$defs/text\"},\"rport\":{\"$ref\":\"#/$defs/port\"},\"state\":{\"$ref\":\"#/$de"
		"fs/state\"},\"peer_pid\":{\"$ref\":\"#/$defs/count\"},\"peer_comm\":{\"$ref\":\"#/$d"
		"efs/text\"},\"path\":{\"$ref\":\"#/$defs/text\"}},\"additionalProperties\":false,"
		"\"required\":[\"kind\"]},\"watches\":{\"type\":\"boolean\"},\"since_ns\":{\"$ref\":\"#/"
		"$defs/count\"},\"cpu_share\":{\"type\":\"number\",\"minimum\":0},\"run_delay_ns\":{"
		"\"$ref\":\"#/$defs/count\"},\"tracer_pid\":{\"$ref\":\"#/$defs/count\"},"
		"\"tracer_comm\":{\"$ref\":\"#/$defs/text\"},\"nice\":{\"$"
		"ref\":\"#/$defs/integer\"},\"cpus_allowed\":{\"$ref\":\"#/$defs/count\"},"
		"\"cpus_allowed_list\":{\"$ref\":\"#/$defs/text\"},\"stack\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs"
		"/text\"}}},\"additionalProperties\":false,\"required\":[\"pid\",\"tid\",\"watches\""
		",\"nice\"]}}",
		{"String", "JSON"}},
};

const struct common_key common_keys[] = {
	{"type", "text",
		NULL,
		{"LowCardinality(String)", "VARCHAR NOT NULL"}, true, false,
		"one of the types above"},
	{"ts", "time",
		"{\"$ref\":\"#/$defs/time\"}",
		{"DateTime64(9, 'UTC')", "TIMESTAMP_NS NOT NULL"}, true, false,
		"when it happened: RFC 3339, UTC, nanoseconds"},
	{"t_ns", "integer",
		"{\"$ref\":\"#/$defs/count\"}",
		{"UInt64", "UBIGINT NOT NULL"}, true, false,
		"when it happened: CLOCK_MONOTONIC of the kernel, stamped at the fact itself"},
	{"seq", "integer",
		"{\"$ref\":\"#/$defs/count\"}",
		{"UInt64", "UBIGINT NOT NULL"}, true, false,
		"number of the line, from 0"},
	{"labels", "object",
		"{\"type\":\"object\",\"additionalProperties\":{\"$ref\":\"#/$defs/text\"}}",
		{"Map(String, String)", "MAP(VARCHAR, VARCHAR)"}, false, true,
		"what `--label` said, behind all fields"},
	{"late", "true or false",
		"{\"type\":\"boolean\"}",
		{"Nullable(Bool)", "BOOLEAN"}, false, true,
		"last on the line: one with a later `t_ns` had been printed before"},
};
const size_t common_key_count = sizeof(common_keys) / sizeof(common_keys[0]);
