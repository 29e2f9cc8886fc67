// SPDX-License-Identifier: BSD-2-Clause
#include "cli/exit.h"

const struct exit_text exit_texts[EXIT_CODES] = {
	[EXIT_CLEAN] = {"clean (also after a signal, a closed pipe, --duration, --count)",
			"Clean. Also after SIGINT, SIGTERM or SIGHUP, when the reader of a pipe "
			"has gone, and after --duration or --count."},
	[EXIT_RUNTIME] = {"cannot load, read or write",
			  "Could not load, attach, read or write. With doctor: tracing is not "
			  "possible here."},
	[EXIT_USAGE] = {"wrong usage", "The command line makes no sense."},
	[EXIT_DIFFERENCE] = {"--verify found a difference",
			     "--verify found a difference, and nothing else went wrong."},
	[EXIT_BROKEN] = {"check: a rule is broken; why: trouble",
			 "check: at least one rule is broken. why: a listener has a diagnosis of "
			 "trouble."},
	[EXIT_TOO_LITTLE] =
		{"check: too little was seen; why: no listener",
		 "check: fewer connections were seen than --min-connections asks for; no "
		 "rule is broken. why: no listener matches."},
	[EXIT_UNKNOWN] = {"check: a rule cannot be judged",
			  "check: facts that a rule needs were lost, or this kernel does not show "
			  "them; no rule is broken."},
	[EXIT_LOST] = {"--strict: facts were lost; ship: lines were dropped",
		       "--strict: facts were lost, and nothing else went wrong. ship: lines were "
		       "dropped, as many as it said."},
};
