/* SPDX-License-Identifier: MIT
 * A sign of being armed that is seen from outside. */
#ifndef SVP_SIGN_H
#define SVP_SIGN_H

/* Maps a page of our own file once more, readable and shared ("r--s" in /proc/PID/maps): processes
 * that are forked have it too, and exec() ends it. It is what "s2sverify-preload status" looks for.
 * Where that can't be done, nothing is. */
void svp_show_armed(void);

#endif
