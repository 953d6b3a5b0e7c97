/* SPDX-License-Identifier: MIT */
/* The TLS library is linked to the program: it is in the global scope. */
#include "program.h"

int main(void)
{
    return program();
}
