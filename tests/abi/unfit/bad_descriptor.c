/* SPDX-License-Identifier: MIT
 * A descriptor with one bad fact, chosen at build time by -DBAD_... */
#include <pedigree/abi.h>

#define STR(text) {(text), sizeof(text) - 1}

static pedigree_status create(const pedigree_host *host, pedigree_str config, pedigree_instance **out) {
  (void)host, (void)config, (void)out;
  return PEDIGREE_ERR_INTERNAL;
}
static pedigree_status run(pedigree_instance *instance, const pedigree_request *request) {
  (void)instance, (void)request;
  return PEDIGREE_ERR_INTERNAL;
}
static void destroy(pedigree_instance *instance) { (void)instance; }

#ifdef BAD_RANGE
#define RANGE 1.0, 1.0
#elif defined(BAD_INFINITE)
#define RANGE 0.0, __builtin_inf()
#else
#define RANGE 0.0, 1.0
#endif
static const pedigree_signal signals[2] = {
    {sizeof(pedigree_signal), 0, STR("bad.first"), STR("count"), STR("First."), RANGE},
#ifdef BAD_TWICE
    {sizeof(pedigree_signal), 0, STR("bad.first"), STR("count"), STR("Again."), 0.0, 1.0}};
#else
    {sizeof(pedigree_signal), 0, STR("bad.second"), STR("count"), STR("Second."), 0.0, 1.0}};
#endif

static const pedigree_analyzer analyzer = {
#ifdef BAD_SIZE
    64,
#else
    sizeof(pedigree_analyzer),
#endif
#ifdef BAD_KIND
    9,
#else
    PEDIGREE_KIND_WEIGHT,
#endif
    0,
#ifdef BAD_COUNT
    0xFFFFFFFFu,
#else
    2,
#endif
    0, 0, signals, NULL,
#ifdef BAD_ID
    STR("Bad Id"),
#else
    STR("bad.analyzer"),
#endif
#ifdef BAD_TEXT
    STR("caf\xE9"),
#else
    STR("Bad."),
#endif
#ifdef BAD_SCHEMA
    STR("{\"properties\":{\"a\":{\"type\":\"number\"}}}"),
#else
    STR("{\"type\":\"object\",\"properties\":{}}"),
#endif
    create,
#ifdef BAD_NULL
    NULL,
#else
    run,
#endif
    destroy};
static const pedigree_analyzer *const analyzers[1] = {&analyzer};
static const pedigree_plugin plugin = {sizeof(pedigree_plugin), 0, STR("org.pedigree.fixture.bad"),
#ifdef BAD_VERSION
                                       STR("1.0"),
#else
                                       STR("1.0.0"),
#endif
                                       STR("Fixtures"),
#ifdef BAD_LICENCE
                                       STR(""),
#else
                                       STR("MIT"),
#endif
                                       STR(""), analyzers, 1};

PEDIGREE_EXPORT const pedigree_plugin *pedigree_plugin_v1(uint32_t host_abi_minor) {
  (void)host_abi_minor;
  (void)create, (void)run, (void)destroy;
  return &plugin;
}
