// SPDX-License-Identifier: BSD-2-Clause
#include "base/fold.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define REGISTERS 11
#define CALL_LOST 6 /* a call leaves nothing in the registers 0 to 5 */

/* What is known of the registers, from the begin of a basic block on. */
struct registers {
	bool known[REGISTERS];	   /* it holds the address of a byte of the data */
	int64_t offset[REGISTERS]; /* of that byte */
};

/* ---- basic blocks ---- */

static bool is_jump(const struct bpf_insn *i)
{
	return BPF_CLASS(i->code) == BPF_JMP || BPF_CLASS(i->code) == BPF_JMP32;
}

/* Where control goes besides to the next instruction; 0: nowhere. */
static size_t target_of(const struct bpf_insn *i, size_t at)
{
	if (i->code == (BPF_LD | BPF_IMM | BPF_DW) && i->src_reg == BPF_PSEUDO_FUNC)
		return at + 1 + (size_t)(int64_t)i->imm;
	if (!is_jump(i) || BPF_OP(i->code) == BPF_EXIT)
		return 0;
	if (BPF_OP(i->code) == BPF_CALL)
		return i->src_reg == BPF_PSEUDO_CALL ? at + 1 + (size_t)(int64_t)i->imm : 0;
	if (i->code == (BPF_JMP32 | BPF_JA))
		return at + 1 + (size_t)(int64_t)i->imm;
	return at + 1 + (size_t)(int64_t)i->off;
}

/* True for each instruction that is jumped to. NULL: no memory. */
static bool *find_targets(const struct bpf_insn *insn, size_t count)
{
	bool *is_target = calloc(count, sizeof(*is_target));

	for (size_t at = 0; is_target && at < count; at++) {
		size_t target = target_of(&insn[at], at);

		if (target && target < count)
			is_target[target] = true;
	}
	return is_target;
}

/* ---- one instruction ---- */

static size_t width_of(const struct bpf_insn *i)
{
	switch (BPF_SIZE(i->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	default:
		return 8;
	}
}

static bool read_data(const struct fold_data *data, int64_t at, size_t width, uint64_t *value)
{
	const uint8_t *p = data->bytes + at;
	uint16_t two;
	uint32_t four;

	if (at < 0 || (uint64_t)at > data->size || data->size - (size_t)at < width)
		return false;
	switch (width) {
	case 1:
		*value = *p;
		break;
	case 2:
		memcpy(&two, p, sizeof(two));
		*value = two;
		break;
	case 4:
		memcpy(&four, p, sizeof(four));
		*value = four;
		break;
	default:
		memcpy(value, p, sizeof(*value));
	}
	return true;
}

/* A load extends with zeros. So does a move of 32 bits; one of 64 extends its number's sign. */
static bool fold(struct bpf_insn *i, const struct registers *r, const struct fold_data *data)
{
	uint64_t value;

	if (BPF_MODE(i->code) != BPF_MEM || i->src_reg >= REGISTERS || !r->known[i->src_reg] ||
	    !read_data(data, r->offset[i->src_reg] + i->off, width_of(i), &value) ||
	    value > UINT32_MAX || (value > INT32_MAX && width_of(i) != sizeof(uint32_t)))
		return false;
	*i = (struct bpf_insn){
		.code = (uint8_t)((value > INT32_MAX ? BPF_ALU : BPF_ALU64) | BPF_MOV | BPF_K),
		.dst_reg = i->dst_reg,
		.imm = (int32_t)(uint32_t)value,
	};
	return true;
}

/* The registers that the instruction writes hold something else now. */
static void forget(struct registers *r, const struct bpf_insn *i)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LDX:
	case BPF_ALU:
	case BPF_ALU64:
		if (i->dst_reg < REGISTERS)
			r->known[i->dst_reg] = false;
		break;
	case BPF_STX: /* an atomic operation may write to any of these, as a load-acquire does */
		if (BPF_MODE(i->code) == BPF_ATOMIC) {
			r->known[0] = false;
			if (i->dst_reg < REGISTERS)
				r->known[i->dst_reg] = false;
			if (i->src_reg < REGISTERS)
				r->known[i->src_reg] = false;
		}
		break;
	case BPF_LD: /* the old loads from packets are calls */
		memset(r->known, 0, CALL_LOST * sizeof(r->known[0]));
		break;
	default:
		if (is_jump(i) && BPF_OP(i->code) == BPF_CALL)
			memset(r->known, 0, CALL_LOST * sizeof(r->known[0]));
	}
}

static void learn(struct registers *r, const struct bpf_insn *i, const struct fold_data *data)
{
	if (i->dst_reg >= REGISTERS)
		return;
	r->known[i->dst_reg] = i->src_reg == BPF_PSEUDO_MAP_VALUE && i->imm == data->map;
	r->offset[i->dst_reg] = (uint32_t)i[1].imm;
}

size_t fold_loads(struct bpf_insn *insn, size_t count, const struct fold_data *data)
{
	bool *is_target = find_targets(insn, count);
	struct registers r = {0};
	size_t folded = 0;

	for (size_t at = 0; is_target && at < count; at++) {
		struct bpf_insn *i = &insn[at];

		if (is_target[at])
			r = (struct registers){0};
		if (i->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			if (at + 1 < count)
				learn(&r, i, data);
			at++; /* its second half is no instruction */
			continue;
		}
		if (BPF_CLASS(i->code) == BPF_LDX)
			folded += fold(i, &r, data);
		forget(&r, i);
	}
	free(is_target);
	return folded;
}
