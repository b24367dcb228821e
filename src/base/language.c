/* SPDX-License-Identifier: Apache-2.0 */
/* Accept-Language. What is not understood is passed over: nobody is refused for the language of
 * their browser. */
#include "language.h"

#include <strings.h>

#include "rehab/sentence.h"

static const char blanks[] = " \t";

/* Takes what stands before `end`, or everything; `rest` goes on behind it. */
static struct text take(struct text *rest, char end)
{
    size_t size = 0;
    while (size < rest->size && rest->at[size] != end)
        size++;
    struct text found = {rest->at, size};
    size_t skip = size < rest->size ? size + 1 : size;
    *rest = (struct text){rest->at + skip, rest->size - skip};
    return found;
}

static struct text trim(struct text t)
{
    while (t.size > 0 && strchr(blanks, t.at[0]) != NULL)
        t = (struct text){t.at + 1, t.size - 1};
    while (t.size > 0 && strchr(blanks, t.at[t.size - 1]) != NULL)
        t.size--;
    return t;
}

/* "q=0.85" in thousandths; what says nothing of the kind is wanted without reserve. */
static uint32_t read_weight(struct text t)
{
    uint32_t weight = 0, unit = 1000;
    if (t.size < 3 || (t.at[0] | 0x20) != 'q' || t.at[1] != '=') return 1000;
    for (size_t i = 2; i < t.size && i < 7; i++) {
        if (t.at[i] == '.') continue;
        if (t.at[i] < '0' || t.at[i] > '9') return 0;
        weight += (uint32_t)(t.at[i] - '0') * unit;
        unit /= 10;
    }
    return weight < 1000 ? weight : 1000;
}

struct text language_spoken(struct text tag)
{
    struct rehab_text found = rehab_language((struct rehab_text){tag.at, (uint32_t)tag.size});
    return (struct text){found.at, found.size};
}

/* Are there sentences in it? English is the answer for what there is nothing for. */
static bool is_spoken(struct text tag)
{
    return tag.size >= 2 && strncasecmp(language_spoken(tag).at, tag.at, 2) == 0 &&
           (tag.size == 2 || tag.at[2] == '-');
}

struct text language_choose(struct text accepted)
{
    struct text best = {NULL, 0};
    uint32_t most = 0;
    while (accepted.size > 0) {
        struct text parameters = take(&accepted, ','), tag = trim(take(&parameters, ';'));
        uint32_t weight = read_weight(trim(parameters));
        if (weight <= most || !is_spoken(tag)) continue;
        most = weight;
        best = tag;
    }
    return best;
}
