// SPDX-License-Identifier: BSD-2-Clause
#include "event/why_report.h"

const struct why_diagnosis_info why_diagnosis_infos[DIAGNOSIS_COUNT] = {
#define DIAGNOSIS(id, name, trouble, meaning) [DIAGNOSIS_##id] = {name, meaning, trouble},
	WHY_DIAGNOSES(DIAGNOSIS)
#undef DIAGNOSIS
};
