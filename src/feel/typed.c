#include "postgres.h"
#include "feel/node.h"
Jsonb *bpm_feel_typed(Jsonb *vector) { return NULL; }
