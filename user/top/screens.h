/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * screens.h - one function a screen, each for the rows y to y + rows - 1. For the files that draw.
 */
#ifndef SOCKSTATE_TOP_SCREENS_H
#define SOCKSTATE_TOP_SCREENS_H

#include "top/draw.h"

void overview_draw(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene);
void details_draw(struct grid *g, int y, int rows, struct ui *ui, const struct scene *scene);

#endif
