#include "model.h"
void emit_feature_doc(const struct model *m, FILE *out){(void)m;(void)out;}
