/* heading.h - what a record says it is about, for the batch run and the online run alike: sketch/title.h. */
#ifndef WP_ENGINE_HEADING_H
#define WP_ENGINE_HEADING_H

#include "input/record.h"
#include "sketch/title.h"

/* From the title, or what of the url stands for it; all zero when there is neither. Ends the tokenizer's last
 * views. WP_ENOMEM. */
enum wp_status wp_heading_read(const struct wp_record *record, struct wp_tokenizer *tokenizer,
                               struct wp_title *title);

#endif
