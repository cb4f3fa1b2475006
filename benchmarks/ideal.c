/* The fastest broker that could be: Produce is answered at once and its records are thrown away, all other requests go
 * to a real broker, whose advertised listener is this program. What a client reaches here is the most that it can
 * reach with any broker on this machine.
 *
 *     ideal PORT BROKER_PORT
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_CONNECTIONS = 64, BUFFER = 8 << 20, PARTITIONS = 64, COUNT_IN_BATCH = 57 };

typedef struct {
    int client, broker;
    uint8_t *in, *out;
    size_t filled, answered;
} Connection;

static Connection connections[MOST_CONNECTIONS + 1];
static struct pollfd watched[MOST_CONNECTIONS + 1]; /* the listener first */
static int open_now = 0;
static int64_t next_offset[PARTITIONS];

static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }
static int16_t get16(const uint8_t *p) { return (int16_t)(p[0] << 8 | p[1]); }

static uint8_t *put(uint8_t *p, uint64_t value, int bytes) {
    while (bytes--) *p++ = (uint8_t)(value >> 8 * bytes);
    return p;
}

static uint8_t *get_varint(uint8_t *p, uint32_t *value) {
    int shift = 0;
    for (*value = 0; *p & 0x80; shift += 7) *value |= (uint32_t)(*p++ & 0x7f) << shift;
    *value |= (uint32_t)*p++ << shift;
    return p;
}

static int all(ssize_t (*move)(int, void *, size_t), int fd, void *data, size_t size) {
    for (uint8_t *p = data; size;) {
        ssize_t moved = move(fd, p, size);
        if (moved <= 0) return 0;
        p += moved;
        size -= (size_t)moved;
    }
    return 1;
}

static ssize_t writing(int fd, void *data, size_t size) { return write(fd, data, size); }

static int flush(Connection *c) {
    int sent = all(writing, c->client, c->out, c->answered);
    c->answered = 0;
    return sent;
}

/* Produce v9 to v13, which are flexible; counts are one more than they say. */
static void answer(Connection *c, uint8_t *frame) {
    int version = get16(frame + 2), client_id = get16(frame + 8);
    uint8_t *p = frame + 10 + (client_id > 0 ? client_id : 0) + 1, *begin = c->out + c->answered, *o = begin + 4;
    uint32_t size, topics, partitions;
    p = get_varint(p, &size); /* the transactional id */
    p += (size ? size - 1 : 0);
    int acks = get16(p);
    p = get_varint(p + 6, &topics);
    o = put(o, get32(frame + 4), 4);
    *o++ = 0;
    *o++ = (uint8_t)topics;
    while (--topics) {
        uint8_t *name = p;
        if (version >= 13) {
            p += 16;
        } else {
            p = get_varint(p, &size);
            p += size - 1;
        }
        memcpy(o, name, (size_t)(p - name));
        o += p - name;
        p = get_varint(p, &partitions);
        *o++ = (uint8_t)partitions;
        while (--partitions) {
            uint32_t index = get32(p);
            p = get_varint(p + 4, &size);
            int64_t *offset = &next_offset[index % PARTITIONS];
            o = put(put(o, index, 4), 0, 2);
            o = put(put(put(o, (uint64_t)*offset, 8), UINT64_MAX, 8), 0, 8);
            o = put(o, 1 << 16, 3); /* no record errors, no message, no tags */
            *offset += get32(p + COUNT_IN_BATCH);
            p += size - 1 + 1;
        }
        *o++ = 0;
        p++;
    }
    o = put(o, 0, 5);
    put(begin, (uint64_t)(o - begin - 4), 4);
    if (acks) c->answered = (size_t)(o - c->out);
}

static int pass_on(Connection *c, uint8_t *frame, size_t size) {
    uint8_t head[4];
    if (!flush(c) || !all(writing, c->broker, frame - 4, size + 4) || !all(read, c->broker, head, 4)) return 0;
    size_t answered = get32(head);
    if (answered > BUFFER || !all(read, c->broker, c->out, answered)) return 0;
    return all(writing, c->client, head, 4) && all(writing, c->client, c->out, answered);
}

static int serve(Connection *c) {
    ssize_t got = read(c->client, c->in + c->filled, BUFFER - c->filled);
    if (got <= 0) return 0;
    c->filled += (size_t)got;
    size_t at = 0;
    while (c->filled - at >= 4 && c->filled - at - 4 >= get32(c->in + at)) {
        size_t size = get32(c->in + at);
        uint8_t *frame = c->in + at + 4;
        if (get16(frame) == 0 && get16(frame + 2) >= 9)
            answer(c, frame);
        else if (!pass_on(c, frame, size))
            return 0;
        at += 4 + size;
    }
    memmove(c->in, c->in + at, c->filled - at);
    c->filled -= at;
    return c->filled < BUFFER && flush(c);
}

static void accept_one(int listener, struct sockaddr_in broker) {
    int one = 1;
    Connection *c = &connections[open_now + 1];
    *c = (Connection){accept(listener, NULL, NULL), socket(AF_INET, SOCK_STREAM, 0), malloc(BUFFER), malloc(BUFFER), 0, 0};
    if (open_now == MOST_CONNECTIONS - 1 || connect(c->broker, (void *)&broker, sizeof broker)) exit(1);
    setsockopt(c->client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(c->broker, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watched[++open_now] = (struct pollfd){c->client, POLLIN, 0};
}

static void hang_up(int index) {
    Connection *c = &connections[index];
    close(c->client);
    close(c->broker);
    free(c->in);
    free(c->out);
    connections[index] = connections[open_now];
    watched[index] = watched[open_now--];
}

int main(int count, char **arguments) {
    if (count != 3) return 2;
    int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {AF_INET, htons((uint16_t)atoi(arguments[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    struct sockaddr_in broker = {AF_INET, htons((uint16_t)atoi(arguments[2])), {htonl(INADDR_LOOPBACK)}, {0}};
    signal(SIGPIPE, SIG_IGN);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listener, (void *)&address, sizeof address) || listen(listener, 16)) return 1;
    puts("ready");
    fflush(stdout);
    watched[0] = (struct pollfd){listener, POLLIN, 0};
    while (poll(watched, (nfds_t)open_now + 1, -1) > 0 || errno == EINTR) {
        for (int index = open_now; index > 0; index--)
            if (watched[index].revents && !serve(&connections[index])) hang_up(index);
        if (watched[0].revents) accept_one(listener, broker);
    }
    return 0;
}
