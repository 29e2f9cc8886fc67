// SPDX-License-Identifier: BSD-2-Clause
#include <linux/bpf.h>
#include <stddef.h>

#include "base/fold.h"
#include "tap.h"

#define MAP   7
#define OTHER 8

static const struct values {
	uint8_t one;
	uint16_t two;
	uint32_t four, large;
	uint64_t eight, huge;
} values = {200, 50000, 1234567, 0xfffffffe, 4096, UINT64_C(1) << 40};

#define AT(field) offsetof(struct values, field)

/* ---- programs ---- */

#define PROGRAM_MAX 16

static struct bpf_insn program[PROGRAM_MAX];
static size_t length;

static void add(struct bpf_insn insn)
{
	program[length++] = insn;
}

static void address(uint8_t reg, int map, int offset)
{
	add((struct bpf_insn){.code = BPF_LD | BPF_IMM | BPF_DW,
			      .dst_reg = reg & 15,
			      .src_reg = BPF_PSEUDO_MAP_VALUE,
			      .imm = map});
	add((struct bpf_insn){.imm = offset});
}

static void load(uint8_t size, uint8_t to, uint8_t from, size_t offset)
{
	add((struct bpf_insn){.code = (uint8_t)(BPF_LDX | BPF_MEM | size),
			      .dst_reg = to & 15,
			      .src_reg = from & 15,
			      .off = (int16_t)offset});
}

static void jump(int16_t by)
{
	add((struct bpf_insn){
		.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 9, .off = by, .imm = 1});
}

static size_t folded(void)
{
	struct fold_data data = {
		.map = MAP, .bytes = (const uint8_t *)&values, .size = sizeof(values)};
	size_t count;

	add((struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
	count = fold_loads(program, length, &data);
	length = 0;
	return count;
}

/* ---- what is loaded ---- */

static bool is_move(size_t at, uint8_t code, uint8_t to, int32_t number)
{
	const struct bpf_insn *i = &program[at];

	return i->code == (code | BPF_MOV | BPF_K) && i->dst_reg == to && i->imm == number &&
	       !i->src_reg && !i->off;
}

static void widths(void)
{
	address(1, MAP, 0);
	load(BPF_B, 2, 1, AT(one));
	load(BPF_H, 3, 1, AT(two));
	load(BPF_W, 4, 1, AT(four));
	load(BPF_W, 5, 1, AT(large));
	load(BPF_DW, 6, 1, AT(eight));
	load(BPF_DW, 7, 1, AT(huge));
	is_u64(folded(), 5, "five of six loads become moves");
	ok(is_move(2, BPF_ALU64, 2, 200), "a byte is not negative");
	ok(is_move(3, BPF_ALU64, 3, 50000), "nor are two");
	ok(is_move(4, BPF_ALU64, 4, 1234567), "four bytes");
	ok(is_move(5, BPF_ALU, 5, -2), "four that 64 bits would make negative move as 32");
	ok(is_move(6, BPF_ALU64, 6, 4096), "eight that fit");
	is_u64(program[7].code, BPF_LDX | BPF_MEM | BPF_DW, "a number of 40 bits stays a load");
}

static void places(void)
{
	address(1, MAP, AT(two));
	load(BPF_H, 2, 1, 0);
	is_u64(folded(), 1, "the address may be that of the value");
	ok(is_move(2, BPF_ALU64, 2, 50000), "  and it is that value");
	address(1, OTHER, 0);
	load(BPF_H, 2, 1, AT(two));
	is_u64(folded(), 0, "another map is left alone");
	address(1, MAP, sizeof(values) - 4);
	load(BPF_DW, 2, 1, 0);
	is_u64(folded(), 0, "what reaches behind the data is left alone");
	address(1, MAP, 0);
	load(BPF_W, 2, 1, (size_t)-4);
	is_u64(folded(), 0, "and what lies before it");
}

/* ---- what a register holds ---- */

/* A load of one byte behind what was added; after it the program is complete. */
static size_t load_behind(void)
{
	load(BPF_B, 2, 1, AT(one));
	return folded();
}

static void registers(void)
{
	address(1, MAP, 0);
	load(BPF_B, 1, 1, AT(one));
	is_u64(load_behind(), 1, "a register that was loaded into holds no address");
	address(1, MAP, 0);
	add((struct bpf_insn){.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 1, .imm = 4});
	is_u64(load_behind(), 0, "nor one that was calculated with");
	address(1, MAP, 0);
	add((struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = 5});
	is_u64(load_behind(), 0, "nor do the first six after a call");
	address(6, MAP, 0);
	add((struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = 5});
	load(BPF_B, 2, 6, AT(one));
	is_u64(folded(), 1, "the others do");
	address(1, MAP, 0);
	add((struct bpf_insn){.code = BPF_STX | BPF_ATOMIC | BPF_DW,
			      .dst_reg = 9,
			      .src_reg = 1,
			      .imm = BPF_XCHG});
	is_u64(load_behind(), 0, "an exchange fetches into its source");
	address(0, MAP, 0);
	add((struct bpf_insn){.code = BPF_STX | BPF_ATOMIC | BPF_DW,
			      .dst_reg = 9,
			      .src_reg = 1,
			      .imm = BPF_CMPXCHG});
	load(BPF_B, 2, 0, AT(one));
	is_u64(folded(), 0, "a comparing one into register 0");
	address(1, MAP, 0);
	add((struct bpf_insn){.code = BPF_STX | BPF_ATOMIC | BPF_DW,
			      .dst_reg = 1,
			      .src_reg = 9,
			      .imm = 0x100 /* BPF_LOAD_ACQ */});
	is_u64(load_behind(), 0, "a load-acquire into its destination");
	address(1, MAP, 0);
	address(1, OTHER, 0);
	is_u64(load_behind(), 0, "another address takes the place of the first");
}

static void blocks(void)
{
	address(1, MAP, 0);
	jump(2);
	add((struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 9});
	add((struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 4, .src_reg = 9});
	is_u64(load_behind(), 0, "behind a jump's target nothing is known");
	jump(2);
	address(1, MAP, 0);
	is_u64(load_behind(), 0, "nor if a jump goes around the address");
	jump(1);
	add((struct bpf_insn){.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 3, .src_reg = 9});
	address(1, MAP, 0);
	is_u64(load_behind(), 1, "the target may be the address itself");
	address(6, MAP, 0);
	add((struct bpf_insn){.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1});
	add((struct bpf_insn){.code = BPF_JMP | BPF_EXIT});
	load(BPF_B, 2, 6, AT(one));
	is_u64(folded(), 0, "a function begins with nothing");
	jump(1000);
	jump(-1000);
	is_u64(load_behind(), 0, "jumps out of the program are no concern of ours");
}

int main(void)
{
	widths();
	places();
	registers();
	blocks();
	return done();
}
