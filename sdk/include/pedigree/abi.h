/* SPDX-License-Identifier: MIT
 * pedigree/abi.h - binary contract between the host and an analyzer plugin.
 *
 * Rules (normative; docs/reference/abi.md gives the reasons):
 *  1. C only: fixed-width integers, double, pointers. No bool, no enum fields, no bit-fields.
 *  2. Every struct that may grow starts with struct_size. Fields are only ever appended; a reader
 *     tests PEDIGREE_HAS(ptr, field) before it touches a field newer than minor 0. The stride of an
 *     array of such structs is the struct_size of its first element, never sizeof.
 *  3. Nobody frees the other side's memory. Data passed in is borrowed until the call returns;
 *     the receiver copies what it keeps. Descriptors have static storage duration.
 *  4. No exception, longjmp or signal crosses a call made through this header.
 *  5. Text is UTF-8 with an explicit length; it need not end in NUL and may contain NUL.
 *  6. Each function carries a thread tag: [any] callable concurrently from any thread;
 *     [instance] never two threads in the same instance at once.
 */
#ifndef PEDIGREE_ABI_H
#define PEDIGREE_ABI_H

#include <stddef.h>
#include <stdint.h>

#define PEDIGREE_ABI_MAJOR 1 /* in the entry symbol's name: a new major is a new symbol */
#define PEDIGREE_ABI_MINOR 0 /* appended fields, new flags, new status codes */

#if defined(__GNUC__)
#define PEDIGREE_EXPORT __attribute__((visibility("default")))
#else
#define PEDIGREE_EXPORT
#endif

#define PEDIGREE_HAS(ptr, field)                                                 \
  ((size_t)((const char *)&(ptr)->field - (const char *)(ptr)) +                 \
       sizeof((ptr)->field) <=                                                   \
   (size_t)(ptr)->struct_size)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pedigree_str {
  const char *data;
  size_t size;
} pedigree_str;

typedef int32_t pedigree_status;
#define PEDIGREE_OK 0
#define PEDIGREE_NOT_APPLICABLE 1 /* the models lack what this analyzer reads; not an error */
#define PEDIGREE_CANCELLED 2      /* stopped because host->cancelled() became non-zero */
#define PEDIGREE_ERR_CONFIG (-1)
#define PEDIGREE_ERR_INPUT (-2) /* an artifact is missing, truncated or malformed */
#define PEDIGREE_ERR_RESOURCE (-3)
#define PEDIGREE_ERR_INTERNAL (-4)

typedef int32_t pedigree_kind; /* the evidence family an analyzer belongs to */
#define PEDIGREE_KIND_TOKENIZER 1
#define PEDIGREE_KIND_ARCHITECTURE 2
#define PEDIGREE_KIND_WEIGHT 3
#define PEDIGREE_KIND_BEHAVIOR 4
#define PEDIGREE_KIND_TRAINING_LOG 5

typedef int32_t pedigree_level;
#define PEDIGREE_DEBUG 0
#define PEDIGREE_INFO 1
#define PEDIGREE_WARN 2
#define PEDIGREE_ERROR 3

#define PEDIGREE_EVIDENCE_HAS_P 1u /* log10_p holds a valid p-value */

/* One measurement. The weighing reads the typed fields and never parses the two JSON texts.
 * relation is one of: identical derived partial shared_initialization tokenizer_reuse
 * architecture_reuse behavioral_proximity supports_from_scratch none. */
typedef struct pedigree_evidence {
  uint32_t struct_size;
  uint32_t flags;
  pedigree_str signal;       /* declared in pedigree_analyzer.signals, e.g. "tokenizer.merge-order" */
  pedigree_str reference;    /* compared model's id, empty when the signal is about the subject alone */
  pedigree_str component;    /* text_decoder vision_encoder audio_encoder projector embedding tokenizer model ... */
  double value;              /* the raw measurement, in the signal's declared unit; finite */
  double log10_lr;           /* log10 P(data|descends from reference)/P(data|independent), capped; finite */
  double log10_p;            /* log10 of a valid p-value under independence; <= 0; only with HAS_P */
  pedigree_str relation;     /* what the measurement would show, from the list above */
  pedigree_str summary_key;  /* key in the plugin's message catalogue */
  pedigree_str params_json;  /* JSON object: the values named in that message; may be empty */
  pedigree_str details_json; /* JSON object for reports, at most 1 MiB; may be empty */
} pedigree_evidence;

typedef struct pedigree_host_ctx pedigree_host_ctx;

/* What the host offers. Valid from create() until destroy() returns.
 * emit() answers PEDIGREE_ERR_INPUT for an undeclared signal, an unknown relation or a number
 * that is not finite. extension() ids read "pedigree.<name>/<revision>"; an extension struct
 * never changes once published; NULL when the host lacks it. */
typedef struct pedigree_host {
  uint32_t struct_size;
  uint32_t abi_minor;
  pedigree_host_ctx *ctx;
  void (*log)(pedigree_host_ctx *, pedigree_level, pedigree_str message);     /* [any] */
  void (*set_error)(pedigree_host_ctx *, pedigree_str message);               /* [any] text for a negative status or NOT_APPLICABLE */
  void (*progress)(pedigree_host_ctx *, double fraction, pedigree_str phase); /* [any] fraction in [0,1]; host throttles */
  int32_t (*cancelled)(pedigree_host_ctx *);                                  /* [any] poll at least every second */
  pedigree_status (*emit)(pedigree_host_ctx *, const pedigree_evidence *);    /* [any] */
  const void *(*extension)(pedigree_host_ctx *, pedigree_str id);             /* [any] */
} pedigree_host;

/* One model of the comparison. */
typedef struct pedigree_model {
  uint32_t struct_size;
  uint32_t reserved0; /* must be 0 */
  pedigree_str id;    /* Hub id, folder name or the pipeline's key; unique in a request */
  pedigree_str role;  /* "subject" "suspect" "control" "ancestor" */
} pedigree_model;

/* One file of one model, opened and mapped read-only by the host.
 * A fact known only from the catalog is an ordinary artifact whose name starts with "catalog:". */
typedef struct pedigree_artifact {
  uint32_t struct_size;
  int32_t fd;          /* open for reading, for pread(); -1 when the bytes are in memory only */
  pedigree_str model;  /* id of one of request.models */
  pedigree_str role;   /* docs/reference/artifacts.md: config tokenizer weights gguf ... */
  pedigree_str name;   /* file name relative to the model, for messages and shard lookup */
  const uint8_t *data; /* mapped; touching pages of a file that shrinks raises SIGBUS: prefer fd for bulk reads */
  uint64_t size;
} pedigree_artifact;

typedef struct pedigree_request {
  uint32_t struct_size;
  uint32_t max_threads;               /* at least 1; a budget, not a hint */
  uint64_t seed;                      /* the only permitted source of randomness */
  const pedigree_model *models;       /* models[0] is the subject; stride is models[0].struct_size */
  uint64_t model_count;
  const pedigree_artifact *artifacts; /* grouped by model; stride is artifacts[0].struct_size */
  uint64_t artifact_count;
  pedigree_str scratch_dir;           /* writable folder kept with the run; empty unless FLAG_WRITES */
} pedigree_request;

typedef struct pedigree_signal {
  uint32_t struct_size;
  uint32_t reserved0;
  pedigree_str id, unit, summary;
  double min_value, max_value;
} pedigree_signal;

typedef struct pedigree_instance pedigree_instance;

#define PEDIGREE_FLAG_DETERMINISTIC 1u   /* same artifacts, config, seed => same evidence bytes */
#define PEDIGREE_FLAG_NEEDS_REFERENCE 2u /* nothing to say about the subject alone */
#define PEDIGREE_FLAG_HEAVY 4u           /* one worker run per reference; else all references in one run */
#define PEDIGREE_FLAG_NETWORK 8u         /* may open sockets (a live endpoint named in its options) */
#define PEDIGREE_FLAG_WRITES 16u         /* may write into request.scratch_dir */

typedef struct pedigree_analyzer {
  uint32_t struct_size;
  pedigree_kind kind;
  uint32_t flags;
  uint32_t signal_count;
  uint32_t role_count;
  uint32_t reserved0;
  const pedigree_signal *signals;          /* what run() may emit; stride is signals[0].struct_size */
  const pedigree_str *roles;               /* artifact roles it reads; lets the host plan and skip */
  pedigree_str id, summary, config_schema; /* JSON Schema; every property has a default */
  pedigree_status (*create)(const pedigree_host *, pedigree_str config_json, pedigree_instance **out); /* [any] */
  pedigree_status (*run)(pedigree_instance *, const pedigree_request *);                               /* [instance] */
  void (*destroy)(pedigree_instance *);                                                                /* [instance] */
} pedigree_analyzer;

typedef struct pedigree_plugin {
  uint32_t struct_size;
  uint32_t abi_minor; /* the minor this plugin was compiled against */
  pedigree_str id, version, vendor, license, homepage;
  const pedigree_analyzer *const *analyzers;
  uint64_t analyzer_count;
} pedigree_plugin;

/* The one exported symbol. NULL when the plugin needs a newer minor. [any] */
typedef const pedigree_plugin *(*pedigree_plugin_v1_fn)(uint32_t host_abi_minor);
PEDIGREE_EXPORT const pedigree_plugin *pedigree_plugin_v1(uint32_t host_abi_minor);

#ifdef __cplusplus
}
#endif
#endif /* PEDIGREE_ABI_H */
