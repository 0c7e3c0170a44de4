/*
 * bench_simdjson.cc - simdjson alone over JSON lines: the floor of reading records.
 *
 *   bench_simdjson FILE.jsonl [ROUNDS]     a plain file, read whole
 *
 * Every member of every document is visited on demand and its raw key and value are looked at where they
 * stand: nothing is unescaped, copied or checked beyond what simdjson does by itself. Prints the MB/s of CPU
 * time, best of ROUNDS [5]:
 *   lines     a document at a time, as a reader with line numbers has to
 *   stream    many documents at a time (iterate_many)
 */
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <simdjson.h>

using namespace simdjson;

namespace {

constexpr size_t BATCH_BYTES = size_t(1) << 20;

double cpu_seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

[[noreturn]] void die(const char *what) {
    fprintf(stderr, "bench_simdjson: %s\n", what);
    exit(1);
}

/* The bytes of all keys and scalar values, so that they are looked at. */
template <typename Document> size_t touch(Document &document) {
    ondemand::object object;
    if (document.get_object().get(object)) die("not an object");
    size_t sum = 0;
    for (auto member : object) {
        ondemand::field field;
        if (std::move(member).get(field)) die("not JSON");
        sum += size_t(field.key().raw()[0]) + field.value().raw_json_token().size();
    }
    return sum;
}

size_t run_lines(ondemand::parser &parser, const padded_string &text) {
    size_t sum = 0;
    for (const char *at = text.data(), *end = at + text.size(); at < end;) {
        const char *stop = static_cast<const char *>(memchr(at, '\n', size_t(end - at)));
        if (!stop) stop = end;
        ondemand::document document;
        if (parser.iterate(at, size_t(stop - at), size_t(end - at) + SIMDJSON_PADDING).get(document))
            die("not JSON");
        sum += touch(document);
        at = stop + 1;
    }
    return sum;
}

size_t run_stream(ondemand::parser &parser, const padded_string &text) {
    size_t sum = 0;
    ondemand::document_stream stream;
    if (parser.iterate_many(text, BATCH_BYTES).get(stream)) die("out of memory");
    for (auto document : stream) sum += touch(document);
    return sum;
}

void measure(const char *name, size_t (*run)(ondemand::parser &, const padded_string &),
             const padded_string &text, int rounds) {
    ondemand::parser parser;
    double best = 1e9;
    size_t sum = 0;
    for (int i = 0; i < rounds; i++) {
        double from = cpu_seconds();
        sum += run(parser, text);
        double took = cpu_seconds() - from;
        if (took < best) best = took;
    }
    if (!sum) die("the file has no documents");
    printf("%s %.1f\n", name, double(text.size()) / best * 1e-6);
}

} // namespace

int main(int argc, char **argv) {
    padded_string text;
    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: bench_simdjson FILE.jsonl [ROUNDS]\n");
        return 2;
    }
    int rounds = argc > 2 ? atoi(argv[2]) : 5;
    if (padded_string::load(argv[1]).get(text)) die("cannot read the file");
    measure("lines", run_lines, text, rounds);
    measure("stream", run_stream, text, rounds);
    return 0;
}
