# SPDX-License-Identifier: BSD-2-Clause
# Bench.pm - what the benchmarks share: a place of their own, processes, CPU time, the cost of BPF programs.
package Bench;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use IPC::Open2;
use JSON::PP ();
use List::Util qw(sum0);
use POSIX qw(:sys_wait_h uname setsid);
use Time::HiRes qw(time sleep);

our @EXPORT_OK = qw($top $scratch %running begin build build_ref copy have newer run_or_die slurp spawn end_process median spread
	cpu status_mb programs maps with_statistics);

our $top = abs_path(dirname(__FILE__) . '/../..');
our $scratch;
our %running; # pids that end with us
my ($name, $main_pid);

sub have { my $cmd = shift; return grep { -x "$_/$cmd" } split /:/, $ENV{PATH} }
sub newer { my ($file, @of) = @_; return -e $file && !grep { (stat)[9] > (stat $file)[9] } @of }
sub run_or_die { system(@_) == 0 or die "$name: failed: @_\n" }
sub slurp { open my $f, '<', $_[0] or return ''; local $/; return <$f> // '' }

# ---- a place of our own ----

# Runs the script again in namespaces of its own, which go with it: mounts, and those that @more names (options of unshare).
# $before is done outside of them.
sub begin {
	my ($who, $before, @more) = @_;

	$name = $who;
	$| = 1;
	$ENV{PATH} .= ':/usr/sbin:/sbin';
	$ENV{LC_ALL} = 'C';
	die "$name: only root may load programs into the kernel\n" if $>;
	if (!$ENV{SOCKSTATE_BENCH_PLACE}) {
		$before->();
		$ENV{SOCKSTATE_BENCH_PLACE} = $$;
		exec 'unshare', '--mount', '--propagation', 'private', @more, $0, @ARGV or die "$name: unshare: $!\n";
	}
	$main_pid = $$;
	$SIG{$_} = sub { print STDERR "$name: interrupted\n"; exit 130 } for qw(INT TERM HUP PIPE);
	system 'mount -t tracefs nodev /sys/kernel/tracing 2>/dev/null' if !-d '/sys/kernel/tracing/events';
	system 'mount -t debugfs nodev /sys/kernel/debug 2>/dev/null' if !-d '/sys/kernel/debug/tracing/events';
	mkdir $_ for "$top/build", "$top/build/bench";
	my $shm = -w '/dev/shm' ? '/dev/shm' : $ENV{TMPDIR} || '/tmp';
	chomp($scratch = `mktemp -d $shm/sockstate-bench.XXXXXX`);
}

END {
	if ($main_pid && $$ == $main_pid) {
		my $code = $?;

		kill 'KILL', $_ for keys %running;
		waitpid $_, 0 for keys %running;
		system 'rm', '-rf', $scratch if $scratch;
		$? = $code;
	}
}

# ---- build ----

sub build {
	my ($program, @flags) = @_;
	my ($source, $binary) = ("$top/tests/bench/$program.c", "$top/build/bench/$program");
	my $cc = $ENV{CC} || 'cc';

	run_or_die("$cc -std=gnu11 -O2 -Wall -Wextra -D_GNU_SOURCE -pthread -I$top/user -I$top/bpf -o $binary $source @flags")
		if !newer($binary, $source, grep { -e } @flags);
	return $binary;
}

sub build_ref {
	my ($src, $dir) = ("$top/tests/bench", "$top/build/bench");
	my ($clang, $bpftool) = ($ENV{CLANG} || 'clang', $ENV{BPFTOOL} || 'bpftool');

	return "$dir/ref" if newer("$dir/ref", "$src/ref.c", "$src/ref.bpf.c");
	my $arch = { x86_64 => 'x86', aarch64 => 'arm64', ppc64le => 'powerpc', s390x => 's390', riscv64 => 'riscv' }->{ (uname())[4] };
	my $cc = $ENV{CC} || 'cc';
	chomp(my $multiarch = `$cc -print-multiarch`);
	chomp(my $libs = `pkg-config --cflags --libs libbpf 2>/dev/null` || '-lbpf');
	run_or_die("$clang -g -O2 -target bpf -mcpu=v3 -Wall -D__TARGET_ARCH_$arch -I$top/vmlinux -idirafter /usr/include/$multiarch "
		. "-c -o $dir/ref.bpf.o $src/ref.bpf.c");
	run_or_die("$bpftool gen skeleton $dir/ref.bpf.o name ref > $dir/ref.skel.h");
	return build('ref', "-I$dir", $libs, '-lelf', '-lz');
}

# Of sockstate: whoever builds meanwhile must not change what is measured.
sub copy {
	my $sockstate = $ENV{SOCKSTATE} || "$top/sockstate";

	-x $sockstate or die "$name: there is no $sockstate: make it first\n";
	run_or_die('cp', $sockstate, "$scratch/sockstate");
	return "$scratch/sockstate";
}

# ---- processes ----

sub spawn {
	my ($cmd, $stdout, $stderr, $own_group) = @_;
	my $pid = fork // die "$name: fork: $!\n";

	if (!$pid) {
		$main_pid = 0;
		setsid() if $own_group;
		open STDIN, '<', '/dev/null';
		open STDOUT, ref $stdout ? '>&' : '>', $stdout;
		open STDERR, '>', $stderr // '/dev/null';
		{ no warnings; exec { $cmd->[0] } @$cmd }
		POSIX::_exit(127);
	}
	$running{$pid} = 1;
	return $pid;
}

# Asks it to end; false where it had to be killed. A pid below zero: a group.
sub end_process {
	my ($target, $seconds) = (@_, 5);
	my $pid = abs $target;

	return 1 if !$running{$pid};
	kill 'INT', $target;
	for (1 .. $seconds * 100) {
		if (waitpid($pid, WNOHANG) == $pid) { delete $running{$pid}; return 1 }
		sleep 0.01;
	}
	kill 'KILL', $target;
	waitpid $pid, 0;
	delete $running{$pid};
	return 0;
}

# Time on a CPU, seconds, of all threads.
sub cpu { return sum0(map { (split ' ', slurp($_) || 0)[0] // 0 } map { glob "/proc/$_/task/*/schedstat" } @_) / 1e9 }

sub status_mb { my ($pid, $key) = @_; return slurp("/proc/$pid/status") =~ /^$key:\s+(\d+)/m ? $1 / 1024 : undef }

# ---- figures ----

sub median { my @s = sort { $a <=> $b } @_; return @s ? @s % 2 ? $s[$#s / 2] : ($s[@s / 2 - 1] + $s[@s / 2]) / 2 : undef }
sub spread { my @s = sort { $a <=> $b } @_; return { median => median(@s), min => $s[0], max => $s[-1], n => scalar @s } }

# ---- BPF programs ----

my ($watch_in, $watch_out);

sub ask {
	if (!$watch_in) {
		my $pid = open2($watch_out, $watch_in, build_ref(), 'watch');
		$running{$pid} = 1;
	}
	print $watch_in "$_[0]\n";
	my $line = <$watch_out> // die "$name: ref watch has ended\n";
	chomp $line;
	return $line;
}
sub programs { return JSON::PP::decode_json(ask("programs $_[0]")) }
sub maps { return JSON::PP::decode_json(ask("maps $_[0]")) }

# Calls $load while the kernel measures all programs. Returns what those of the process took: name, runs, ns.
sub with_statistics {
	my ($pid, $load) = @_;
	my %before = map { $_->{id} => $_ } @{ programs($pid) };
	my @took;

	ask('on');
	$load->();
	sleep 0.02;
	for my $p (@{ programs($pid) }) {
		my $b = $before{ $p->{id} } || { run_time_ns => 0, run_cnt => 0 };
		my $runs = $p->{run_cnt} - $b->{run_cnt};

		push @took, { name => $p->{name}, runs => $runs, ns => $p->{run_time_ns} - $b->{run_time_ns} } if $runs;
	}
	ask('off');
	return @took;
}

1;
