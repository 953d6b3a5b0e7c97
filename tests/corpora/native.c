/* SPDX-License-Identifier: MIT */
#include "native.h"

struct native_question native_question_of(const struct corpus_case *c, int64_t now)
{
    return (struct native_question){
        .anchors = c->anchors.items,
        .anchor_count = c->anchors.count,
        .presented = c->presented.items,
        .presented_count = c->presented.count,
        .crls = c->crls.count > 0 ? &c->crls : NULL,
        .time = c->has_time ? c->time : now,
        .names = c->names,
        .name_count = c->name_count,
        .depth = c->depth,
    };
}
