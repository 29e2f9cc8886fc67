#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# What is generated from the tables of options is in the repository as it would be made now; the
# completions of bash and fish answer as they should. No root.
# shellcheck source-path=SCRIPTDIR source=tap.sh
. "$(dirname "$0")/tap.sh"

generate=${SOCKSTATE_GENERATE:-$root/build/generate}

fresh() # file, command that prints it...
{
	local file=$1
	shift
	if "$@" >"$work/fresh" 2>"$work/err" && diff "$root/$file" "$work/fresh" >"$work/diff"; then
		ok 0 "$file is up to date"
	else
		ok 1 "$file is up to date: run make generate"
		head -20 "$work/diff" | sed 's/^/# /'
	fi
}

if [ -x "$generate" ]; then
	for program in sockstate sockstate-lab; do
		fresh completions/$program.bash "$generate" bash $program
		fresh completions/_$program "$generate" zsh $program
		fresh completions/$program.fish "$generate" fish $program
		fresh docs/$program.8 "$generate" manual $program "$root/docs/$program.8"
	done
else
	skip "generated files" "$generate is not built"
fi
fresh docs/fields.md "$sockstate" fields
fresh docs/sockstate.schema.json "$sockstate" fields --json-schema

# --help names every option of the manual, and the other way round.
mapfile -t commands < <("$sockstate" --help | sed -n '/^Commands/,/^$/s/^  \([a-z]*\) .*/\1/p')
for command in "" "${commands[@]}"; do
	# shellcheck disable=SC2086
	"$sockstate" $command --help
done | sed -nE 's/^  ( {4}|(-.), )(--[a-z0-9-]+).*/\2\n\3/p' | grep . | sort -u >"$work/help"
sed -n '/^\.SH OPTIONS/,/^\.SH EXIT/p' "$root/docs/sockstate.8" | grep -A1 '^\.TP' | sed 's/\\f.//g; s/\\-/-/g' |
	grep -oE -- '(^|, )--?[A-Za-z0-9][a-z0-9-]*' | sed 's/^, //' | sort -u >"$work/man"
ok "$(test "$(wc -l <"$work/help")" -gt 30; echo $?)" "--help names more than 30 spellings"
is "$(diff "$work/help" "$work/man")" "" "the manual names the same"
for command in "${commands[@]}"; do
	ok "$(grep -q "^\.B $command$" "$root/docs/sockstate.8"; echo $?)" "the manual has $command"
done

# What bash offers behind these words; ss(8) is ours.
bash_offers() # words...
{
	bash -c '. "$1"; shift
		ss() { printf "LISTEN 0 1 %s 0.0.0.0:*\n" 127.0.0.1:9502 "[::]:80"; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_sockstate sockstate "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		echo "${COMPREPLY[@]}"' - "$root/completions/sockstate.bash" sockstate "$@"
}
is "$(bash -c '. "$1"; COMP_WORDS=(sockstate-lab client --clo) COMP_CWORD=2; _sockstate_lab sockstate-lab --clo client; echo "${COMPREPLY[@]}"' \
	- "$root/completions/sockstate-lab.bash")" "--close" "bash: an option of the lab's client, none of its server"
is "$(bash_offers '')" "${commands[*]}" "bash: commands"
is "$(bash_offers doctor --q)" "--quiet" "bash: an option of the command"
is "$(bash_offers doctor --rec)" "" "bash: none of another command"
is "$(bash_offers --rec)" "--record" "bash: an option without a command"
is "$(bash_offers --side s)" "server" "bash: a choice"
is "$(bash_offers --side = s)" "server" "bash: a choice behind ="
is "$(bash_offers -P '')" "80 9502" "bash: listening ports"
is "$(bash_offers --port 80,9)" "80,9502" "bash: in a list"
is "$(bash_offers --netns se)" "self" "bash: network namespaces"
is "$(bash_offers doctor --force-absent fen)" "fentry" "bash: hooks"
is "$(bash_offers --only accept,re)" "accept,retransmit accept,reset" "bash: types of lines"
is "$(bash_offers list --state LISTEN,Q)" "LISTEN,QUEUED" "bash: states"
is "$(bash_offers check --no-verdict app_)" "app_stuck app_slow" "bash: verdicts"
is "$(bash_offers --record doctor --rep)" "--replay" "bash: the value of an option is no command"

if command -v fish >/dev/null; then
	fish_offers() # line
	{
		HOME=$work fish -c '
			function ss; printf "LISTEN 0 1 %s 0.0.0.0:*\n" 127.0.0.1:9502 "[::]:80"; end
			source $argv[1]; complete -C $argv[2]' "$root/completions/sockstate.fish" "sockstate $1" |
			cut -f1 | sort | tr '\n' ' ' | sed 's/ $//'
	}
	is "$(fish_offers '')" "$(printf '%s\n' "${commands[@]}" | sort | tr '\n' ' ' | sed 's/ $//')" "fish: commands"
	is "$(fish_offers 'doctor --q')" "--quiet" "fish: an option of the command"
	is "$(fish_offers 'doctor --rec')" "" "fish: none of another command"
	is "$(fish_offers '--side s')" "server" "fish: a choice"
	is "$(fish_offers '-P ')" "80 9502" "fish: listening ports"
	is "$(fish_offers '--port 80,9')" "80,9502" "fish: in a list"
	is "$(fish_offers '--netns se')" "self" "fish: network namespaces"
	is "$(fish_offers '--only accept,dr')" "accept,drop" "fish: types of lines"
	is "$(fish_offers 'list --state LISTEN,Q')" "LISTEN,QUEUED" "fish: states"
	is "$(fish_offers 'check --no-verdict app_')" "app_slow app_stuck" "fish: verdicts"
	is "$(fish_offers 'doctor --force-absent fen')" "fentry" "fish: hooks"
else
	skip "completions of fish" "fish is not installed"
fi
for program in sockstate sockstate-lab; do
	if command -v zsh >/dev/null; then
		ok "$(zsh -n "$root/completions/_$program"; echo $?)" "zsh reads the completion of $program"
	else
		skip "zsh reads the completion of $program" "zsh is not installed"
	fi
	if command -v man >/dev/null; then
		is "$(LC_ALL=C.UTF-8 man --warnings -l "$root/docs/$program.8" 2>&1 >/dev/null)" "" "the manual of $program has no warnings"
	else
		skip "the manual of $program has no warnings" "man is not installed"
	fi
done
done_testing
