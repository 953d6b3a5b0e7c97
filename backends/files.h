/* SPDX-License-Identifier: MIT
 * What backends do with files: no call of a TLS library in it. */
#ifndef SVB_FILES_H
#define SVB_FILES_H

#include <s2sverify/backend.h>

/* What may be missing. That it can't be read is a failure, but in the system's store (T-1). */
enum svb_need { SVB_REQUIRED, SVB_IF_THERE, SVB_IF_READABLE };

/* Hands over what is in a PEM file, as s2sv_loader_add_pem() does. Returns a status; the error
 * names the file, of one that was passed over as well. */
int svb_load_file(struct s2sv_loader *loader, enum s2sv_place place, const char *path,
                  enum svb_need need, s2sv_is_for_servers *is_for_servers);

/* Hands over the certificates of a directory of hashed names (1a2b3c4d.0, as "openssl rehash" names
 * them; revocation lists are 1a2b3c4d.r0), in the order of their names. A link that leads nowhere
 * is passed over. Not required, it may hold nothing. */
int svb_load_dir(struct s2sv_loader *loader, const char *dir, enum svb_need need,
                 s2sv_is_for_servers *is_for_servers);

#endif
