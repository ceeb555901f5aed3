/*
 * delay-wire NAMESPACE INTERFACE NAMESPACE INTERFACE MILLISECONDS
 *
 * A cable between two network namespaces on which every frame takes half of a round trip. Handshakes are as late as data,
 * and nothing is lost or reordered: what a long line does to a protocol, on a kernel without a delay of its own.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { FRAME = 65536, AT_ONCE = 64, SECOND = 1000000000 };

struct frame {
  struct frame *next;
  int64_t due;
  size_t length;
  unsigned char bytes[];
};

/* One direction: frames on their way, the oldest first. */
struct line {
  int from, to;
  struct frame *first, **end;
};

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

/* A new interface in a namespace; what is sent out of it can be read here. */
static int open_interface(const char *namespace, const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int entrance = open(path, O_RDONLY | O_CLOEXEC);
  if (entrance < 0 || setns(entrance, CLONE_NEWNET) != 0) fail(path);
  close(entrance);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
  if (ioctl(device, TUNSETIFF, &request) != 0) fail(name);
  return device;
}

/* Only so many at once, or a busy direction would hold up the other. */
static void take_in(struct line *line, int64_t delay) {
  static unsigned char bytes[FRAME];
  for (int taken = 0; taken < AT_ONCE; taken++) {
    ssize_t length = read(line->from, bytes, sizeof bytes);
    if (length <= 0) return;
    struct frame *frame = malloc(sizeof *frame + (size_t)length);
    if (!frame) fail("malloc");
    frame->next = NULL;
    frame->due = now() + delay;
    frame->length = (size_t)length;
    memcpy(frame->bytes, bytes, frame->length);
    *line->end = frame;
    line->end = &frame->next;
  }
}

/* A full interface drops the frame, as a real one would. */
static void give_out(struct line *line) {
  while (line->first && line->first->due <= now()) {
    struct frame *frame = line->first;
    if (write(line->to, frame->bytes, frame->length) < 0 && errno != EAGAIN && errno != EIO) fail("write");
    line->first = frame->next;
    if (!line->first) line->end = &line->first;
    free(frame);
  }
}

static int64_t next_due(const struct line *lines) {
  int64_t due = INT64_MAX;
  for (int i = 0; i < 2; i++)
    if (lines[i].first && lines[i].first->due < due) due = lines[i].first->due;
  return due;
}

static void wait_for(struct line *lines) {
  struct pollfd ends[2] = {{lines[0].from, POLLIN, 0}, {lines[1].from, POLLIN, 0}};
  int64_t due = next_due(lines), left = due - now();
  if (left < 0) left = 0;
  struct timespec patience = {left / SECOND, left % SECOND};
  ppoll(ends, 2, due == INT64_MAX ? NULL : &patience, NULL);
}

int main(int count, char **words) {
  if (count != 6) return 2;
  int one = open_interface(words[1], words[2]), other = open_interface(words[3], words[4]);
  struct line lines[2] = {{.from = one, .to = other}, {.from = other, .to = one}};
  for (int i = 0; i < 2; i++) lines[i].end = &lines[i].first;
  int64_t delay = (int64_t)(atof(words[5]) * (SECOND / 1000) / 2);
  /* Whatever else this machine does, frames leave on time. */
  setpriority(PRIO_PROCESS, 0, -20);
  prctl(PR_SET_TIMERSLACK, 1000);
  puts("ready");
  fflush(stdout);
  for (;;) {
    wait_for(lines);
    for (int i = 0; i < 2; i++) take_in(&lines[i], delay);
    for (int i = 0; i < 2; i++) give_out(&lines[i]);
  }
}
