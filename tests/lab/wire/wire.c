/* SPDX-License-Identifier: BSD-2-Clause */
/* A user-space wire: joins TAP devices in two network namespaces and does to frames what a
 * provider's layer 2 cloud may do. Both ends keep their carrier whatever happens in between.
 *
 *   wire CONTROL-SOCKET SEED NAME=NETNS/DEVICE,NETNS/DEVICE ...
 *
 * The control socket is SOCK_SEQPACKET: one line a message, one message an answer.
 *   set WIRE ab|ba|both KEY=VALUE ...    answer "ok" or "error: ..."
 *   reset WIRE|*                         back to a clean wire
 *   show [WIRE]                          settings and counters, a line a direction
 *   late [clear]                         how long the process itself waited for a processor; clear: forget it then
 * Ends on SIGTERM or SIGINT. Runs before all that is not real-time (SCHED_RR, the lowest priority), or at
 * nice -20 where that is not permitted; says on standard error which, where it is not the first.
 */
#define _GNU_SOURCE 1
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"
#include "heap.h"
#include "impair.h"
#include "late.h"

enum {
    FRAME_MAX = 9216 + 64,
    TAG_BYTES = 4,
    MAC_BYTES = 12,
    EVENTS = 64,
    BURST = 64,             /* frames read from one device before looking at the others */
    LINE_MAX_ = 1024,
    ANSWER_MAX = 65536,
};

enum source_kind { SOURCE_TAP, SOURCE_LISTEN, SOURCE_CLIENT };

/* What an epoll event points at. It is the first member of every watched thing. */
struct source {
    enum source_kind kind;
    int fd;
};

struct direction {
    struct source in;       /* the TAP whose frames travel this way */
    int out;
    struct lane lane;
    uint64_t frames, bytes, lost, failed;
};

struct wire {
    char name[32];
    struct direction way[2];    /* 0: a to b, 1: b to a */
};

struct program {
    int epoll;
    struct source listen;
    struct wire *wires;
    size_t wire_count;
    struct heap heap;
    struct late late;
    uint64_t order;
};

static volatile sig_atomic_t stopping;

static void on_stop(int signal_number)
{
    (void)signal_number;
    stopping = 1;
}

__attribute__((format(printf, 1, 2), noreturn)) static void fail(const char *format, ...)
{
    int saved = errno;
    va_list args;

    fputs("wire: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, ": %s\n", strerror(saved));
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* ---- frames ---- */

static void send_frame(struct direction *way, const uint8_t *bytes, size_t len)
{
    ssize_t written = write(way->out, bytes, len);

    if (written < 0) {      /* the device is down, or its queue is full: the frame is gone */
        way->failed++;
        return;
    }
    way->frames++;
    way->bytes += len;
}

static void send_later(struct program *program, struct direction *way, uint64_t due,
                       const uint8_t *bytes, size_t len)
{
    struct waiting *frame = malloc(sizeof *frame + len);

    if (!frame) {
        way->failed++;
        return;
    }
    frame->due_ns = due;
    frame->order = program->order++;
    frame->owner = way;
    frame->len = len;
    memcpy(frame->bytes, bytes, len);
    if (!heap_push(&program->heap, frame))
        way->failed++;
}

static void send_due(struct program *program)
{
    const struct waiting *next;

    while ((next = heap_peek(&program->heap)) && next->due_ns <= now_ns()) {
        struct waiting *frame = heap_pop(&program->heap);

        send_frame(frame->owner, frame->bytes, frame->len);
        free(frame);
    }
}

/* Pushes an 802.1Q tag behind the addresses; the buffer has room for it. */
static size_t push_tag(uint8_t *bytes, size_t len, uint16_t vlan)
{
    const uint8_t tag[TAG_BYTES] = {0x81, 0x00, (uint8_t)(vlan >> 8 & 0x0f), (uint8_t)vlan};

    memmove(bytes + MAC_BYTES + TAG_BYTES, bytes + MAC_BYTES, len - MAC_BYTES);
    memcpy(bytes + MAC_BYTES, tag, TAG_BYTES);
    return len + TAG_BYTES;
}

static void carry(struct program *program, struct direction *way, uint8_t *bytes, size_t len)
{
    struct frame_info info = frame_read(bytes, len);
    uint64_t now = now_ns();
    struct fate fate = lane_decide(&way->lane, &info, len, now);

    if (fate.lost) {
        way->lost++;
        return;
    }
    if (way->lane.impair.tag && len >= MAC_BYTES)
        len = push_tag(bytes, len, (uint16_t)way->lane.impair.tag);
    for (unsigned i = 0; i < fate.copies; i++) {
        if (fate.due_ns <= now)
            send_frame(way, bytes, len);
        else
            send_later(program, way, fate.due_ns, bytes, len);
    }
}

static void read_tap(struct program *program, struct direction *way)
{
    static uint8_t bytes[FRAME_MAX + TAG_BYTES];

    for (int i = 0; i < BURST; i++) {
        ssize_t len = read(way->in.fd, bytes, FRAME_MAX);

        if (len > 0) {
            carry(program, way, bytes, (size_t)len);
            continue;
        }
        if (len < 0 && errno != EAGAIN && errno != EINTR && errno != EIO)
            epoll_ctl(program->epoll, EPOLL_CTL_DEL, way->in.fd, NULL); /* device removed */
        return;
    }
}

/* ---- control ---- */

struct answer {
    char text[ANSWER_MAX];
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void say(struct answer *answer, const char *format,
                                                      ...)
{
    size_t room = sizeof answer->text - answer->len;
    va_list args;

    va_start(args, format);
    int len = vsnprintf(answer->text + answer->len, room, format, args);
    va_end(args);
    if (len > 0)
        answer->len += (size_t)len < room ? (size_t)len : room - 1;
}

static struct wire *find_wire(struct program *program, const char *name)
{
    for (size_t i = 0; name && i < program->wire_count; i++)
        if (strcmp(program->wires[i].name, name) == 0)
            return &program->wires[i];
    return NULL;
}

static const char *change(struct direction *way, char *const *settings, size_t count)
{
    struct impair changed = way->lane.impair;

    for (size_t i = 0; i < count; i++) {
        char key[32];
        const char *equals = strchr(settings[i], '=');

        if (!equals || (size_t)(equals - settings[i]) >= sizeof key)
            return "not KEY=VALUE";
        memcpy(key, settings[i], (size_t)(equals - settings[i]));
        key[equals - settings[i]] = '\0';
        const char *problem = impair_set(&changed, key, equals + 1, now_ns());

        if (problem)
            return problem;
    }
    way->lane.impair = changed;
    return NULL;
}

static void do_set(struct program *program, char *const *words, size_t count, struct answer *answer)
{
    struct wire *wire = count > 2 ? find_wire(program, words[1]) : NULL;

    if (!wire) {
        say(answer, "error: no such wire");
        return;
    }
    bool ab = strcmp(words[2], "ab") == 0, ba = strcmp(words[2], "ba") == 0;
    bool both = strcmp(words[2], "both") == 0;
    const char *problem = ab || ba || both ? NULL : "direction must be ab, ba or both";

    if (!problem && (ab || both))
        problem = change(&wire->way[0], words + 3, count - 3);
    if (!problem && (ba || both))
        problem = change(&wire->way[1], words + 3, count - 3);
    if (problem)
        say(answer, "error: %s", problem);
    else
        say(answer, "ok");
}

static void do_reset(struct program *program, char *const *words, size_t count,
                     struct answer *answer)
{
    bool all = count == 2 && strcmp(words[1], "*") == 0;

    if (!all && (count != 2 || !find_wire(program, words[1]))) {
        say(answer, "error: no such wire");
        return;
    }
    for (size_t i = 0; i < program->wire_count; i++) {
        struct wire *wire = &program->wires[i];

        if (!all && strcmp(wire->name, words[1]) != 0)
            continue;
        for (int w = 0; w < 2; w++) {
            impair_reset(&wire->way[w].lane.impair);
            wire->way[w].lane.busy_until_ns = 0;
            wire->way[w].lane.last_due_ns = 0;
        }
    }
    say(answer, "ok");
}

static void do_show(struct program *program, char *const *words, size_t count,
                    struct answer *answer)
{
    static const char *const names[2] = {"ab", "ba"};

    for (size_t i = 0; i < program->wire_count; i++) {
        const struct wire *wire = &program->wires[i];

        if (count > 1 && strcmp(wire->name, words[1]) != 0)
            continue;
        for (int w = 0; w < 2; w++) {
            const struct direction *way = &wire->way[w];
            char settings[LINE_MAX_] = "";

            impair_print(&way->lane.impair, settings, sizeof settings);
            say(answer, "%s %s frames=%llu bytes=%llu lost=%llu failed=%llu %s\n", wire->name,
                names[w], (unsigned long long)way->frames, (unsigned long long)way->bytes,
                (unsigned long long)way->lost, (unsigned long long)way->failed, settings);
        }
    }
    say(answer, "ok");
}

/* One line: "late known=1 max_us=N over=N", then WALL-CLOCK-MS:WAITED-US of the newest, the oldest first. */
static void do_late(struct program *program, bool clear, struct answer *answer)
{
    struct late *late = &program->late;
    uint64_t first = late->over > LATE_MOMENTS ? late->over - LATE_MOMENTS : 0;

    say(answer, "late known=%d max_us=%llu over=%llu", late->fd >= 0,
        (unsigned long long)late->max_ns / 1000, (unsigned long long)late->over);
    for (uint64_t i = first; i < late->over; i++)
        say(answer, " %llu:%llu", (unsigned long long)late->moments[i % LATE_MOMENTS].at_ms,
            (unsigned long long)late->moments[i % LATE_MOMENTS].waited_us);
    say(answer, "\nok");
    if (clear)
        late_clear(late);
}

static void obey(struct program *program, char *line, struct answer *answer)
{
    char *words[32];
    size_t count = 0;
    char *rest = line;

    for (char *word; count < 32 && (word = strtok_r(rest, " \n", &rest));)
        words[count++] = word;
    if (count == 0)
        say(answer, "error: empty command");
    else if (strcmp(words[0], "set") == 0)
        do_set(program, words, count, answer);
    else if (strcmp(words[0], "reset") == 0)
        do_reset(program, words, count, answer);
    else if (strcmp(words[0], "show") == 0)
        do_show(program, words, count, answer);
    else if (strcmp(words[0], "late") == 0)
        do_late(program, count == 2 && strcmp(words[1], "clear") == 0, answer);
    else
        say(answer, "error: no such command");
}

static void watch(struct program *program, struct source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

    if (epoll_ctl(program->epoll, EPOLL_CTL_ADD, source->fd, &event) < 0)
        fail("epoll");
}

static void accept_client(struct program *program)
{
    int fd = accept4(program->listen.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct source *client = fd < 0 ? NULL : malloc(sizeof *client);

    if (!client) {
        if (fd >= 0)
            close(fd);
        return;
    }
    *client = (struct source){.kind = SOURCE_CLIENT, .fd = fd};
    watch(program, client);
}

static void serve_client(struct program *program, struct source *client)
{
    static struct answer answer;
    char line[LINE_MAX_];
    ssize_t len = recv(client->fd, line, sizeof line - 1, 0);

    if (len <= 0) {
        close(client->fd);
        free(client);
        return;
    }
    line[len] = '\0';
    answer.len = 0;
    obey(program, line, &answer);
    if (send(client->fd, answer.text, answer.len, MSG_NOSIGNAL) < 0)
        perror("wire: control answer");
}

/* ---- start ---- */

/* Opens a TAP device inside a named network namespace; the device belongs to the namespace in
 * which /dev/net/tun was opened. */
static int open_tap(const char *netns, const char *device, int home)
{
    char path[256];
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};

    snprintf(path, sizeof path, "/run/netns/%s", netns);
    int ns = open(path, O_RDONLY | O_CLOEXEC);

    if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
        fail("namespace %s", netns);
    close(ns);
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

    snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
        fail("device %s in %s", device, netns);
    if (setns(home, CLONE_NEWNET) < 0)
        fail("leaving %s", netns);
    return fd;
}

/* NAME=NETNS/DEVICE,NETNS/DEVICE */
static void open_wire(struct program *program, struct wire *wire, const char *spec, int home)
{
    char netns[2][64], device[2][IFNAMSIZ];

    if (sscanf(spec, "%31[^=]=%63[^/]/%15[^,],%63[^/]/%15s", wire->name, netns[0], device[0],
               netns[1], device[1]) != 5) {
        fprintf(stderr, "wire: not NAME=NETNS/DEVICE,NETNS/DEVICE: %s\n", spec);
        exit(2);
    }
    int a = open_tap(netns[0], device[0], home);
    int b = open_tap(netns[1], device[1], home);

    wire->way[0].in = (struct source){.kind = SOURCE_TAP, .fd = a};
    wire->way[0].out = b;
    wire->way[1].in = (struct source){.kind = SOURCE_TAP, .fd = b};
    wire->way[1].out = a;
    watch(program, &wire->way[0].in);
    watch(program, &wire->way[1].in);
}

static void open_wires(struct program *program, char *const *specs, size_t count, uint64_t seed)
{
    int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);

    program->wires = calloc(count, sizeof *program->wires);
    program->wire_count = count;
    if (home < 0 || !program->wires)
        fail("start");
    for (size_t i = 0; i < count; i++) {
        struct wire *wire = &program->wires[i];

        open_wire(program, wire, specs[i], home);
        for (size_t w = 0; w < 2; w++) {
            impair_reset(&wire->way[w].lane.impair);
            wire->way[w].lane.random = seed * 1000003 + i * 2 + w;
        }
    }
    close(home);
}

static void open_control(struct program *program, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        fail("%s", path);
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    program->listen.kind = SOURCE_LISTEN;
    program->listen.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    umask(0077);
    if (program->listen.fd < 0
        || bind(program->listen.fd, (const struct sockaddr *)&address, sizeof address) < 0
        || listen(program->listen.fd, 16) < 0)
        fail("control socket %s", path);
    watch(program, &program->listen);
}

/* ---- loop ---- */

static void handle(struct program *program, struct source *source)
{
    switch (source->kind) {
    case SOURCE_TAP:
        read_tap(program, (struct direction *)(void *)source);
        break;
    case SOURCE_LISTEN:
        accept_client(program);
        break;
    case SOURCE_CLIENT:
        serve_client(program, source);
        break;
    }
}

/* Until the next frame is due; NULL = for ever. */
static const struct timespec *time_left(const struct program *program, struct timespec *left)
{
    const struct waiting *next = heap_peek(&program->heap);
    uint64_t now = now_ns();

    if (!next)
        return NULL;
    uint64_t wait = next->due_ns > now ? next->due_ns - now : 0;

    left->tv_sec = (time_t)(wait / 1000000000U);
    left->tv_nsec = (long)(wait % 1000000000U);
    return left;
}

static void run(struct program *program, const sigset_t *mask)
{
    struct epoll_event events[EVENTS];
    struct timespec left;

    while (!stopping) {
        int count = epoll_pwait2(program->epoll, events, EVENTS, time_left(program, &left), mask);

        if (count < 0 && errno != EINTR)
            fail("epoll_pwait2");
        late_look(&program->late);
        send_due(program);
        for (int i = 0; i < count; i++) {
            handle(program, events[i].data.ptr);
            late_look(&program->late);
            send_due(program);
        }
    }
}

/* Stop signals are let in only while waiting, so that none is missed. */
static void catch_signals(sigset_t *while_waiting)
{
    struct sigaction action = {.sa_handler = on_stop};
    sigset_t blocked;

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGINT);
    sigprocmask(SIG_BLOCK, &blocked, while_waiting);
    sigdelset(while_waiting, SIGTERM);
    sigdelset(while_waiting, SIGINT);
}

/* A wire that waits for a processor is a queue on each of its links. The kernel bounds what real-time processes
 * may take, so one that runs wild does not hold the machine. */
static void hurry(void)
{
    const struct sched_param lowest = {.sched_priority = sched_get_priority_min(SCHED_RR)};

    if (sched_setscheduler(0, SCHED_RR, &lowest) == 0)
        return;
    fprintf(stderr, "wire: not real-time (%s): ", strerror(errno));
    if (setpriority(PRIO_PROCESS, 0, -20) == 0)
        fputs("at nice -20, a loaded machine may hold frames\n", stderr);
    else
        fprintf(stderr, "nor at nice -20 (%s), a loaded machine holds frames\n", strerror(errno));
}

int main(int argc, char **argv)
{
    struct program program = {0};
    sigset_t mask;

    if (argc < 4) {
        fprintf(stderr, "usage: wire CONTROL-SOCKET SEED NAME=NETNS/DEVICE,NETNS/DEVICE ...\n");
        return 2;
    }
    catch_signals(&mask);
    prctl(PR_SET_TIMERSLACK, 1UL);
    hurry();
    program.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (program.epoll < 0)
        fail("epoll");
    open_wires(&program, argv + 3, (size_t)(argc - 3), strtoull(argv[2], NULL, 10));
    open_control(&program, argv[1]);
    late_open(&program.late);
    run(&program, &mask);
    heap_clear(&program.heap);
    unlink(argv[1]);
    free(program.wires);
    return 0;
}
