/*
 * test_ingest_streams.c - pipes, FIFOs, sockets, terminals, standard input, ticks, cancel and signals.
 */
#include "unit/ingest_catcher.h"

#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

static size_t scratch_fifo(struct scratch *s, size_t len) {
    char path[96];
    snprintf(path, sizeof path, "%s/fifo%zu", s->dir, s->count);
    assert_int_equal(mkfifo(path, 0600), 0);
    return scratch_expect(s, path, len);
}

/* A child that writes data in pieces of `piece` bytes with pauses, into path or, if that is NULL, fd. */
struct feed {
    const char *path;
    int fd;
    const uint8_t *data;
    size_t len, piece;
    useconds_t before, between;
};

static pid_t feed_start(const struct feed *f) {
    pid_t child = fork();
    if (child != 0) return child;
    alarm(30);
    usleep(f->before);
    int fd = f->path ? open(f->path, O_WRONLY) : f->fd;
    for (size_t at = 0; at < f->len;) {
        size_t want = f->len - at < f->piece ? f->len - at : f->piece;
        ssize_t put = write(fd, f->data + at, want);
        if (put < 0) _exit(1);
        at += (size_t)put;
        usleep(f->between);
    }
    _exit(0);
}

static void feed_end(pid_t child) {
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void slow_fifo(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 5000);
    size_t i = scratch_fifo(s, 3000);
    scratch_file(s, 6000);
    struct feed feed = {s->path[i], -1, s->data[i], s->len[i], 100, 30000, 10000};
    pid_t child = feed_start(&feed);
    struct catcher *c = catcher_new(4, 1024);
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    feed_end(child);
    check_all(s, c);
    assert_true(c->file[i].size == WP_INGEST_SIZE_UNKNOWN);
    assert_true(c->ticks >= 1); /* it lasts 330 ms at least */
    catcher_free(c);
}

static void fast_fifo(void **state) {
    struct scratch *s = *state;
    size_t i = scratch_fifo(s, 3000000);
    struct feed feed = {s->path[i], -1, s->data[i], s->len[i], 70000, 0, 0};
    pid_t child = feed_start(&feed);
    struct catcher *c = catcher_new(4, 30000);
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    feed_end(child);
    check_all(s, c);
    assert_true(c->blocks <= 100 + 1 + c->ticks); /* full but for the last one and one a tick */
    catcher_free(c);
}

/* The writer says nothing for long while the files behind it pile up at an eater that wants the FIFO first.
 */
static void late_fifo_in_order(void **state) {
    struct scratch *s = *state;
    size_t i = scratch_fifo(s, 20000);
    for (size_t k = 0; k < 10; k++) scratch_file(s, 5000);
    size_t last = scratch_fifo(s, 20000);
    struct feed feed = {s->path[i], -1, s->data[i], s->len[i], 3000, 100000, 1000};
    struct feed feed_last = {s->path[last], -1, s->data[last], s->len[last], 3000, 0, 1000};
    pid_t child = feed_start(&feed), other = feed_start(&feed_last);
    struct catcher *c = catcher_new(4, 1000);
    c->in_order = true;
    assert_int_equal(catcher_run(c, s->names, s->count, 12), WP_OK);
    feed_end(child);
    feed_end(other);
    check_all(s, c);
    catcher_free(c);
}

/* What a slow pipe has said is handed over although it fills no block: the writer waits for it to arrive. */
struct dialog {
    const char *path;
    const uint8_t *data;
    sem_t arrived;
};

static void dialog_arrived(struct catcher *c, uint32_t file) {
    (void)file;
    struct dialog *d = c->arg;
    sem_post(&d->arrived);
}

static void *dialog_writer(void *arg) {
    struct dialog *d = arg;
    int fd = open(d->path, O_WRONLY);
    for (int i = 0; i < 3; i++) {
        if (write(fd, d->data + i * 5, 5) != 5) break;
        sem_wait(&d->arrived);
    }
    close(fd);
    return NULL;
}

static void slow_pipe_is_flushed(void **state) {
    struct scratch *s = *state;
    size_t i = scratch_fifo(s, 15);
    struct dialog dialog = {.path = s->path[i], .data = s->data[i]};
    sem_init(&dialog.arrived, 0, 0);
    struct catcher *c = catcher_new(2, 1000);
    c->at_block = dialog_arrived;
    c->arg = &dialog;
    pthread_t writer;
    pthread_create(&writer, NULL, dialog_writer, &dialog);
    assert_int_equal(catcher_run(c, s->names, s->count, 1), WP_OK);
    pthread_join(writer, NULL);
    sem_destroy(&dialog.arrived);
    check_all(s, c);
    assert_int_equal(c->blocks, 3);
    catcher_free(c);
}

/* A pipe that has something while there is no block, and then while `more` says no: it waits without turning
 * round. */
static void *give_late(void *arg) {
    struct catcher *c = arg;
    usleep(200000);
    pthread_mutex_lock(&c->lock);
    c->free_count = c->total;
    c->shut[0] = true;
    pthread_mutex_unlock(&c->lock);
    wp_ingest_wake(c->ing);
    usleep(200000);
    pthread_mutex_lock(&c->lock);
    c->shut[0] = false;
    pthread_mutex_unlock(&c->lock);
    wp_ingest_wake(c->ing);
    return NULL;
}

static void starved_pipe_sleeps(void **state) {
    struct scratch *s = *state;
    size_t i = scratch_fifo(s, 4000);
    struct feed feed = {s->path[i], -1, s->data[i], s->len[i], 4000, 0, 0};
    pid_t child = feed_start(&feed);
    struct catcher *c = catcher_new(1, 1000);
    c->free_count = 0;
    catcher_ingest(c, s->names, s->count, 1);
    pthread_t giver;
    clock_t cpu = clock();
    pthread_create(&giver, NULL, give_late, c);
    assert_int_equal(catcher_finish(c, NULL), WP_OK);
    cpu = clock() - cpu;
    pthread_join(giver, NULL);
    feed_end(child);
    check_all(s, c);
    assert_true(cpu < CLOCKS_PER_SEC / 10);
    catcher_free(c);
}

/* Standard input: dup2 over 0 for the time of one run. */

static struct catcher *run_stdin(struct scratch *s, int fd, void (*at_block)(struct catcher *, uint32_t)) {
    int saved = dup(0);
    int flags = fcntl(fd, F_GETFL);
    dup2(fd, 0);
    struct catcher *c = catcher_new(3, 1000);
    c->at_block = at_block;
    assert_int_equal(catcher_run(c, s->names, s->count, 2), WP_OK);
    assert_int_equal(fcntl(0, F_GETFL), flags); /* above all, O_NONBLOCK */
    dup2(saved, 0);
    close(saved);
    return c;
}

static void stdin_pipe(void **state) {
    struct scratch *s = *state;
    int ends[2];
    scratch_file(s, 3000);
    size_t i = scratch_expect(s, "-", 200000);
    assert_int_equal(pipe(ends), 0);
    struct feed feed = {NULL, ends[1], s->data[i], s->len[i], 9999, 0, 300};
    pid_t child = feed_start(&feed);
    close(ends[1]);
    struct catcher *c = run_stdin(s, ends[0], NULL);
    close(ends[0]);
    feed_end(child);
    check_all(s, c);
    catcher_free(c);
}

static void stdin_socket(void **state) {
    struct scratch *s = *state;
    int ends[2];
    size_t i = scratch_expect(s, "-", 100000);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    struct feed feed = {NULL, ends[1], s->data[i], s->len[i], 9999, 0, 300};
    pid_t child = feed_start(&feed);
    close(ends[1]);
    struct catcher *c = run_stdin(s, ends[0], NULL);
    close(ends[0]);
    feed_end(child);
    check_all(s, c);
    catcher_free(c);
}

/* From where it stands, as after a shell's `read`, and left where the reading ended. */
static void stdin_file(void **state) {
    struct scratch *s = *state;
    size_t i = scratch_file(s, 50000);
    s->names[i] = "-";
    for (size_t from = 0; from <= 50000; from += 12500) {
        int fd = open(s->path[i], O_RDONLY);
        lseek(fd, (off_t)from, SEEK_SET);
        struct catcher *c = run_stdin(s, fd, NULL);
        assert_int_equal(c->file[i].status, WP_OK);
        assert_int_equal(c->file[i].closes, 1);
        assert_int_equal(c->file[i].size, 50000 - from);
        assert_int_equal(c->file[i].len, 50000 - from);
        if (from < 50000) assert_memory_equal(c->file[i].data, s->data[i] + from, 50000 - from);
        assert_int_equal(lseek(fd, 0, SEEK_CUR), 50000);
        close(fd);
        catcher_free(c);
    }
}

/* The flag would hit our own output on the same terminal. */
static void check_blocking(struct catcher *c, uint32_t file) {
    (void)c;
    (void)file;
    assert_false(fcntl(0, F_GETFL) & O_NONBLOCK);
}

static void stdin_terminal(void **state) {
    struct scratch *s = *state;
    scratch_expect(s, "-", 0);
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0) skip();
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (terminal < 0) skip();
    assert_int_equal(write(master, "one\ntwo\n\004", 9), 9); /* ^D ends it */
    struct catcher *c = run_stdin(s, terminal, check_blocking);
    assert_int_equal(c->file[0].status, WP_OK);
    assert_int_equal(c->file[0].len, 8);
    assert_memory_equal(c->file[0].data, "one\ntwo\n", 8);
    catcher_free(c);
    close(terminal);
    close(master);
}

static void stdin_closed(void **state) {
    struct scratch *s = *state;
    scratch_expect(s, "-", 0);
    scratch_file(s, 3000);
    int saved = dup(0);
    struct catcher *c = catcher_new(3, 1000);
    catcher_ingest(c, s->names, s->count, 2);
    close(0);
    assert_int_equal(catcher_finish(c, NULL), WP_OK);
    dup2(saved, 0);
    close(saved);
    assert_int_equal(c->file[0].status, WP_ESYSTEM);
    assert_string_equal(c->file[0].reason, "cannot open: Bad file descriptor");
    check_file(s, c, 1);
    catcher_free(c);
}

/* Stopping. */

struct stop {
    struct catcher *c;
    int signal;    /* 0 = wp_ingest_cancel */
    sem_t running; /* a block has come, so that handlers are in place */
};

static void stop_running(struct catcher *c, uint32_t file) {
    (void)file;
    struct stop *stop = c->arg;
    sem_post(&stop->running);
}

static void *stop_later(void *arg) {
    struct stop *stop = arg;
    sem_wait(&stop->running);
    usleep(20000);
    if (stop->signal)
        kill(getpid(), stop->signal);
    else
        wp_ingest_cancel(stop->c->ing);
    return NULL;
}

/* A FIFO that says nothing and a file whose blocks nobody eats: it would last for ever. */
static void stop_by(struct scratch *s, int number) {
    if (s->count == 0) {
        scratch_fifo(s, 0);
        scratch_file(s, 100000);
    }
    int writer = open(s->path[0], O_RDWR);
    struct catcher *c = catcher_new(3, 1000);
    struct stop stop = {.c = c, .signal = number};
    sem_init(&stop.running, 0, 0);
    c->at_block = stop_running;
    c->arg = &stop;
    c->in_order = true;
    catcher_ingest(c, s->names, s->count, 2);
    if (number) wp_ingest_catch_signals(c->ing);
    pthread_t thread;
    pthread_create(&thread, NULL, stop_later, &stop);
    struct wp_error err = {0};
    assert_int_equal(catcher_finish(c, &err), WP_ECANCELED);
    pthread_join(thread, NULL);
    sem_destroy(&stop.running);
    assert_int_equal(err.status, WP_ECANCELED);
    assert_int_equal(c->file[0].closes + c->file[1].closes, 0);
    catcher_free(c);
    close(writer);
}

static void cancel_from_thread(void **state) {
    stop_by(*state, 0);
}

static void cancel_by_signal(void **state) {
    static const int number[] = {SIGINT, SIGTERM, SIGINT};
    for (int i = 0; i < 3; i++) {
        struct sigaction now;
        stop_by(*state, number[i]);
        assert_int_equal(sigaction(number[i], NULL, &now), 0);
        assert_true(now.sa_handler == SIG_DFL);
    }
}

static void cancel_before_run(void **state) {
    struct scratch *s = *state;
    scratch_file(s, 3000);
    struct catcher *c = catcher_new(3, 1000);
    catcher_ingest(c, s->names, s->count, 2);
    assert_false(wp_ingest_canceled(c->ing));
    wp_ingest_cancel(c->ing);
    assert_true(wp_ingest_canceled(c->ing));
    assert_int_equal(catcher_finish(c, NULL), WP_ECANCELED);
    assert_int_equal(c->next_open, 0);
    catcher_free(c);
}

static void cancel_from_sink(struct catcher *c, uint32_t file) {
    (void)file;
    if (c->blocks == 5) wp_ingest_cancel(c->ing);
}

/* While reads are under way: they end before the run does, and their blocks come back. */
static void cancel_amid_reads(void **state) {
    struct scratch *s = *state;
    for (size_t i = 0; i < 8; i++) scratch_file(s, 100000);
    for (int k = 0; k < 20; k++) {
        struct catcher *c = catcher_new(20, 1000);
        c->at_block = cancel_from_sink;
        catcher_ingest(c, s->names, s->count, 8);
        assert_int_equal(catcher_finish(c, NULL), WP_ECANCELED);
        assert_true(c->blocks >= 5 && c->blocks < 100);
        catcher_free(c);
    }
}

int main(void) {
    alarm(60);
    const struct CMUnitTest tests[] = {
        SCRATCH(slow_fifo),           SCRATCH(fast_fifo),
        SCRATCH(late_fifo_in_order),  SCRATCH(slow_pipe_is_flushed),
        SCRATCH(starved_pipe_sleeps), SCRATCH(stdin_pipe),
        SCRATCH(stdin_socket),        SCRATCH(stdin_file),
        SCRATCH(stdin_terminal),      SCRATCH(stdin_closed),
        SCRATCH(cancel_from_thread),  SCRATCH(cancel_by_signal),
        SCRATCH(cancel_before_run),   SCRATCH(cancel_amid_reads),
    };
    return cmocka_run_group_tests_name("ingest_streams", tests, warm_up, NULL);
}
