#include "model.h"
int coverage_report(const struct model *m, const char *path, FILE *out){(void)m;(void)path;(void)out;return 0;}
