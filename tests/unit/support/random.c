/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "random.h"

#define DEFAULT_SEED 0x5eedULL

struct random random_start(void)
{
    const char *seed = getenv("CPUPOLICY_TEST_SEED");
    uint64_t value = seed ? strtoull(seed, NULL, 0) : DEFAULT_SEED;

    return (struct random){ .state = value, .seed = value };
}

unsigned int random_share(unsigned int all)
{
    const char *share = getenv("CPUPOLICY_TEST_SHARE");
    unsigned long part = share ? strtoul(share, NULL, 10) : 1;
    unsigned int nr = part > 1 ? all / part : all;

    return nr < 1000 && all >= 1000 ? 1000 : nr;
}

/* Steele, Lea, Flood: Fast splittable pseudorandom number generators. */
uint64_t random_64(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;

    return z ^ (z >> 31);
}

uint32_t random_32(struct random *r)
{
    return random_64(r) >> 32;
}

uint32_t random_below(struct random *r, uint32_t bound)
{
    return random_32(r) % bound;
}

uint32_t random_register(struct random *r)
{
    switch ( random_below(r, 8) )
    {
    case 0:
        return 0;

    case 1:
        return UINT32_MAX;

    case 2:
        return 1u << random_below(r, 32);

    case 3:
        return random_below(r, 0x40);

    default:
        return random_32(r);
    }
}
